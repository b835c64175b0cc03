# Figures for interval-censored times, by R 4.2.2 with survival 3.5-3: run as Rscript grouped_and_turnbull.R > figures.json
#
# grouped: everyone is looked at on the same days, so that the model of Finkelstein is the binomial model with the
#   complementary log-log link (Prentice and Gloeckler, Biometrics 1978;34:57): one row a participant and look.
# turnbull: survfit(Surv(left, right, type = "interval2")), which stops its iteration early: good to about 1e-3.
library(survival)
options(digits = 17)
show <- function(x) paste0("[", paste(ifelse(is.finite(x), trimws(formatC(x, digits = 15, format = "g")), "null"), collapse = ", "), "]")

grouped <- function(seed, n, looks, log_hr) {
  set.seed(seed)
  arm <- rep(0:1, length.out = n); age <- round(rnorm(n, 62, 8)); site <- rep(1:2, each = n / 2)
  latent <- rexp(n, 0.12 * exp(log_hr * arm + 0.02 * (age - 62)))
  last <- sample(seq_along(looks), n, replace = TRUE, prob = seq_along(looks))
  ends <- c(0, looks)
  left <- right <- numeric(n)
  for (i in 1:n) {
    seen <- looks[1:last[i]]
    left[i] <- max(0, seen[seen < latent[i]])
    right[i] <- if (any(seen >= latent[i])) min(seen[seen >= latent[i]]) else Inf
  }
  rows <- do.call(rbind, lapply(1:n, function(i) {
    upto <- if (is.finite(right[i])) right[i] else left[i]
    at <- which(looks <= upto)
    if (length(at) == 0) return(NULL)
    data.frame(id = i, look = at, y = as.integer(looks[at] == right[i]), arm = arm[i], age = age[i], site = site[i])
  }))
  fit <- function(formula) glm(formula, binomial(link = "cloglog"), rows, control = glm.control(epsilon = 1e-15, maxit = 200))
  one <- function(name, formula, null, covariates) {
    f <- fit(formula); f0 <- fit(null)
    # Where the deviance of the model with the arm's coefficient held has risen by the chi-square quantile.
    rise <- function(b) { rows$held <<- b * rows$arm; fit(update(null, . ~ . + offset(held)))$deviance - f$deviance - qchisq(0.95, 1) }
    at <- coef(f)["arm"]
    limits <- c(uniroot(rise, c(at - 3, at), tol = 1e-12)$root, uniroot(rise, c(at, at + 3), tol = 1e-12)$root)
    sprintf('"%s": {"coef": %s, "se": %s, "lr": %.15g, "limits": %s}', name, show(coef(f)[covariates]),
            show(sqrt(diag(vcov_observed(f)))[covariates]), f0$deviance - f$deviance, show(limits))
  }
  # The standard errors of the observed information: glm's own are those of the expected one.
  vcov_observed <- function(f) {
    x <- model.matrix(f); eta <- as.vector(x %*% coef(f)); y <- f$y; u <- exp(eta)
    second <- ifelse(y == 1, u / expm1(u) - (u / (2 * sinh(u / 2)))^2, -u)
    v <- solve(-t(x) %*% (x * second)); dimnames(v) <- list(colnames(x), colnames(x)); v
  }
  fits <- c(one("arm", y ~ factor(look) + arm - 1, y ~ factor(look) - 1, "arm"),
            one("arm_age", y ~ factor(look) + arm + age - 1, y ~ factor(look) + age - 1, c("arm", "age")),
            one("arm_by_site", y ~ factor(look):factor(site) + arm - 1, y ~ factor(look):factor(site) - 1, "arm"))
  sprintf('{"left": %s, "right": %s, "arm": %s, "age": %s, "site": %s, "fits": {%s}}', show(left), show(right), show(arm), show(age),
          show(site), paste(fits, collapse = ", "))
}

turnbull <- function(left, right) {
  d <- data.frame(l = ifelse(left == 0, NA, left), r = ifelse(is.finite(right), right, NA))
  f <- survfit(Surv(l, r, type = "interval2") ~ 1, data = d)
  sprintf('{"left": %s, "right": %s, "time": %s, "surv": %s}', show(left), show(right), show(f$time), show(f$surv))
}

scattered <- function(seed, n, gap) {
  set.seed(seed)
  latent <- round(rexp(n, 0.1), 1) + 0.1
  left <- numeric(n); right <- rep(Inf, n)
  for (i in 1:n) {
    seen <- round(cumsum(runif(12, 0.5 * gap, 1.5 * gap)), 1)[1:sample(3:12, 1)]
    left[i] <- max(0, seen[seen < latent[i]])
    if (any(seen >= latent[i])) right[i] <- min(seen[seen >= latent[i]])
    if (runif(1) < 0.15) left[i] <- right[i] <- latent[i]
  }
  turnbull(left, right)
}

cat('{"grouped": [\n', paste(grouped(11, 120, c(2, 4, 6, 9, 12, 18), -0.5), grouped(12, 60, c(3, 6, 9), 0.3),
    grouped(13, 300, c(1, 2, 3, 4, 5, 6, 8, 10), 0), sep = ",\n"), '\n],\n"turnbull": [\n',
    paste(scattered(21, 40, 3), scattered(22, 80, 2), scattered(23, 25, 5), sep = ",\n"), "\n]}\n", sep = "")
