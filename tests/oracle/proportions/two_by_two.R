# Writes proportions.csv and two_by_two.json: what `equipoise estimate proportion` is asked, and what R answers.
suppressMessages(library(jsonlite))
set.seed(20)
n <- 240
d <- data.frame(id = seq_len(n), arm = sample(c("control", "drug", "high"), n, TRUE, c(.4, .35, .25)),
                site = sample(c("north", "south", "west"), n, TRUE), sex = sample(c("f", "m"), n, TRUE))
d$response <- rbinom(n, 1, plogis(-1.1 + .6 * (d$arm == "drug") + 1.2 * (d$arm == "high") + .5 * (d$site == "west")))
d$never <- ifelse(d$arm == "control", 0L, d$response)          # nobody in control
d$always <- ifelse(d$arm == "high", 1L, d$response)            # everybody in the high arm
write.csv(d, "proportions.csv", row.names = FALSE, quote = FALSE)

# Miettinen and Nurminen 1985: the constrained rates by the root of the score, the limits by the root of the statistic.
score <- function(x1, n1, x0, n0, gap) {
  low <- max(0, -gap); high <- min(1, 1 - gap)
  s <- function(p) { a <- p + gap
    (if (x1 > 0) x1 / a else 0) - (if (x1 < n1) (n1 - x1) / (1 - a) else 0) +
      (if (x0 > 0) x0 / p else 0) - (if (x0 < n0) (n0 - x0) / (1 - p) else 0) }
  e <- 1e-13 * (high - low)
  p <- if (s(low + e) <= 0) low else if (s(high - e) >= 0) high else uniroot(s, c(low + e, high - e), tol = 1e-15)$root
  a <- p + gap; N <- n1 + n0
  (a * (1 - a) / n1 + p * (1 - p) / n0) * N / (N - 1) }
mn <- function(tables, level) {
  x1 <- tables[, 1]; n1 <- tables[, 2]; x0 <- tables[, 3]; n0 <- tables[, 4]
  w <- n1 * n0 / (n1 + n0); w <- w / sum(w); value <- sum(w * (x1 / n1 - x0 / n0)); z <- qnorm(.5 + level / 2)
  stat <- function(gap) (value - gap) / sqrt(sum(w^2 * mapply(score, x1, n1, x0, n0, gap)))
  c(value, uniroot(function(g) stat(g) - z, c(-1 + 1e-9, value), tol = 1e-14)$root,
    uniroot(function(g) stat(g) + z, c(value, 1 - 1e-9), tol = 1e-14)$root) }
# The conditional odds ratio and its limits as fisher.test defines them, its search carried through to the end.
odds <- function(t, level) {
  m <- sum(t[1, ]); n <- sum(t[2, ]); k <- sum(t[, 1]); x <- t[1, 1]; at <- max(0, k - n):min(k, m)
  d <- function(b) { w <- dhyper(at, m, n, k, log = TRUE) + b * at; w <- exp(w - max(w)); w / sum(w) }
  solve0 <- function(f) exp(uniroot(f, c(-30, 30), tol = 1e-14)$root); tail <- (1 - level) / 2
  first <- x == min(at); last <- x == max(at)
  c(if (first) 0 else if (last) Inf else solve0(function(b) sum(d(b) * at) - x),
    if (first) 0 else solve0(function(b) sum(d(b)[at >= x]) - tail),
    if (last) Inf else solve0(function(b) tail - sum(d(b)[at <= x]))) }
num <- function(x) { x <- unname(as.numeric(x)); x[!is.finite(x)] <- NA; x }

out <- list()
for (case in list(list("response", .95), list("response", .8), list("never", .95), list("always", .99))) {
  event <- case[[1]]; level <- case[[2]]; y <- d[[event]]
  arms <- lapply(c("control", "drug", "high"), function(a) { x <- sum(y[d$arm == a]); m <- sum(d$arm == a)
    list(arm = a, n = m, events = x, exact = num(binom.test(x, m, conf.level = level)$conf.int),
         wilson = num(prop.test(x, m, correct = FALSE, conf.level = level)$conf.int)) })
  pairs <- lapply(c("drug", "high"), function(a) {
    own <- d$arm %in% c(a, "control"); g <- d$arm[own] == a; v <- y[own]
    x <- c(sum(v[g]), sum(v[!g])); m <- c(sum(g), sum(!g))
    p <- prop.test(x, m, correct = FALSE, conf.level = level); k <- prop.test(x, m, conf.level = level)
    t <- matrix(c(x[1], x[2], m[1] - x[1], m[2] - x[2]), 2)
    f <- fisher.test(t, conf.level = level)
    own_odds <- odds(t, level); r <- c(f$estimate, f$conf.int)
    stopifnot(all(abs(own_odds - r)[is.finite(r)] < 1e-3 * pmax(1, r[is.finite(r)])))
    s <- interaction(d$site[own], d$sex[own], drop = TRUE)
    cube <- table(factor(!g), factor(1 - v), s)
    cmh <- mantelhaen.test(cube, correct = FALSE, conf.level = level)
    rows <- t(apply(cube, 3, function(q) c(q[1, 1], sum(q[1, ]), q[2, 1], sum(q[2, ]))))
    list(arm = a, chisq = num(p$statistic), p = num(p$p.value), p_corrected = num(k$p.value),
         wald = num(p$conf.int), mn = num(mn(cbind(x[1], m[1], x[2], m[2]), level)),
         fisher = num(f$p.value), greater = num(fisher.test(t, alternative = "greater")$p.value),
         odds = num(odds(t, level)),
         cmh = num(cmh$statistic), cmh_p = num(cmh$p.value), cmh_or = num(cmh$estimate),
         cmh_limits = num(cmh$conf.int), cmh_corrected = num(mantelhaen.test(cube)$p.value),
         mn_stratified = num(mn(rows, level))) })
  out[[length(out) + 1]] <- list(event = event, level = level, arms = arms, pairs = pairs)
}
write(toJSON(out, digits = I(15), auto_unbox = TRUE, na = "null"), "two_by_two.json")
