# Two-sided bounds by error spending, to full accuracy: Gauss-Legendre quadrature in base R, nothing shared with any
# package. Prints, for each design, the bounds at which each look's crossing probability is what the spending function
# leaves for it.   Rscript two_sided_bounds.R > two_sided_bounds.json

of <- function(t, a) 2 * (1 - pnorm(qnorm(1 - a / 2) / sqrt(t)))
pocock <- function(t, a) a * log(1 + (exp(1) - 1) * t)
hsd <- function(g) function(t, a) a * (1 - exp(-g * t)) / (1 - exp(-g))

gauss <- function(n) {  # Golub and Welsch
  i <- seq_len(n - 1); b <- i / sqrt(4 * i^2 - 1)
  m <- matrix(0, n, n); m[cbind(i, i + 1)] <- b; m[cbind(i + 1, i)] <- b
  e <- eigen(m, symmetric = TRUE)
  list(x = e$values, w = 2 * e$vectors[1, ]^2)
}
rule <- gauss(200)

# Brownian motion B(t) = Z sqrt(t), carried from look to look on nodes of the continuation region.
bounds <- function(looks, a, spending) {
  spent <- sapply(looks, spending, a = a); upper <- numeric(0)
  x <- 0; mass <- 1; before <- 0
  for (k in seq_along(looks)) {
    step <- sqrt(looks[k] - before); target <- spent[k] - if (k == 1) 0 else spent[k - 1]
    above <- function(z) sum(mass * pnorm((z * sqrt(looks[k]) - x) / step, lower.tail = FALSE)) - target
    z <- uniroot(above, c(0.1, 9), tol = 1e-14, maxiter = 500)$root
    upper <- c(upper, z)
    edge <- z * sqrt(looks[k]); nodes <- edge * rule$x; weights <- edge * rule$w
    mass <- weights * sapply(nodes, function(y) sum(mass * dnorm((y - x) / step) / step)); x <- nodes; before <- looks[k]
  }
  upper
}

designs <- list(
  list(name = "k3_of_05", looks = c(1, 2, 3) / 3, alpha = 0.05, spending = "of"),
  list(name = "k5_of_05", looks = c(0.15, 0.4, 0.6, 0.85, 1), alpha = 0.05, spending = "of"),
  list(name = "k3_pocock_05", looks = c(1, 2, 3) / 3, alpha = 0.05, spending = "pocock"),
  list(name = "k4_pocock_20", looks = c(0.2, 0.5, 0.8, 1), alpha = 0.20, spending = "pocock"),
  list(name = "k3_hsd-4_05", looks = c(1, 2, 3) / 3, alpha = 0.05, spending = "hsd:-4"),
  list(name = "k2_hsd1_10", looks = c(0.5, 1), alpha = 0.10, spending = "hsd:1")
)
rows <- lapply(designs, function(d) {
  f <- if (d$spending == "of") of else if (d$spending == "pocock") pocock else hsd(as.numeric(sub("hsd:", "", d$spending)))
  show <- function(v) paste(sprintf("%.13g", v), collapse = ", ")
  sprintf('  {"name": "%s", "information": [%s], "alpha": %g, "spending": "%s",\n   "upper": [%s]}',
    d$name, paste(sprintf("%.16g", d$looks), collapse = ", "), d$alpha, d$spending,
    show(bounds(d$looks, d$alpha / 2, f)))
})
cat('{"versions": {"R": "', paste(R.version$major, R.version$minor, sep = "."), '"},\n "designs": [\n', paste(rows, collapse = ",\n"), '\n]}\n', sep = "")
