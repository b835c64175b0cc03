# An independent simulation, in continuous time, of the trial `exponential(0.6)` of tests/simulated_designs.py:
# 120 participants 1:1 in permuted blocks of 4 within two strata, uniform accrual over 24 months, control median 7.0
# months, dropout 5 % a year, analysis at 90 events. Writes w1_in_r.json.
library(survival)
set.seed(20261122)
trials <- as.integer(Sys.getenv("TRIALS", "40000")); month <- 30.4375
one <- function(hr) {
  n <- 120
  arrival <- sort(runif(n, 0, 24 * month)); stratum <- rbinom(n, 1, 0.5); arm <- integer(n)
  for (s in 0:1) { own <- which(stratum == s)
    arm[own] <- c(replicate(ceiling(length(own) / 4), sample(c(0, 0, 1, 1))))[seq_along(own)] }
  hazard <- log(2) / (7 * month) * ifelse(arm == 1, hr, 1)
  time <- rexp(n, hazard); out <- rexp(n, -log(0.95) / 365.25)
  seen <- sort((arrival + time)[time <= out]); cut <- seen[90]
  keep <- arrival <= cut; limit <- pmin(out, cut - arrival)[keep]
  y <- Surv(pmin(time[keep], limit), as.integer(time[keep] <= limit)); x <- arm[keep]; g <- stratum[keep]
  s <- survival:::survdiff.fit(y, factor(x), factor(g)); O <- rowSums(s$observed); E <- rowSums(s$expected)
  f <- coxph.fit(matrix(x), y, g, NULL, NULL, coxph.control(), NULL, "efron", NULL)
  c((O[2] - E[2]) / sqrt(s$var[2, 2]), f$coefficients, sqrt(f$var), cut / month)
}
results <- lapply(c(0.6, 1), function(hr) {
  r <- replicate(trials, one(hr))
  c(power = mean(r[1, ] <= qnorm(0.1)), mean_log_hr = mean(r[2, ]),
    coverage = mean(abs(r[2, ] - log(hr)) <= qnorm(0.975) * r[3, ]), duration = mean(r[4, ]))
})
rows <- mapply(function(hr, r) sprintf('  "%s": {"trials": %d, %s}', hr, trials,
  paste(sprintf('"%s": %.15g', names(r), r), collapse = ", ")), c("0.6", "1.0"), results)
writeLines(c("{", paste(rows, collapse = ",\n"), "}"), "w1_in_r.json")
