# All of W1 in a tuned loop around survdiff.fit and coxph.fit; prints CPU microseconds a trial and the power.
suppressPackageStartupMessages(library(survival))
trials <- as.integer(commandArgs(TRUE)[1]); set.seed(1)
control <- coxph.control(); month <- 30.4375; hits <- 0
started <- proc.time()
for (trial in seq_len(trials)) {
  n <- 120
  arrival <- sort(runif(n, 0, 24 * month)); stratum <- rbinom(n, 1, 0.5); arm <- integer(n)
  for (s in 0:1) { own <- which(stratum == s)
    arm[own] <- c(replicate(ceiling(length(own) / 4), sample(c(0L, 0L, 1L, 1L))))[seq_along(own)] }
  time <- rexp(n, log(2) / (7 * month) * ifelse(arm == 1L, 0.6, 1)); out <- rexp(n, -log(0.95) / 365.25)
  cut <- sort((arrival + time)[time <= out])[90]
  keep <- arrival <= cut; limit <- pmin(out, cut - arrival)[keep]; x <- arm[keep]; g <- stratum[keep] + 1
  y <- Surv(pmin(time[keep], limit), as.integer(time[keep] <= limit))
  s <- survival:::survdiff.fit(y, factor(x), g)
  f <- coxph.fit(matrix(as.double(x)), y, g, NULL, NULL, control, NULL, "efron", NULL)
  medians <- vapply(0:1, function(a) { k <- survival:::survfitKM(factor(rep(1, sum(x == a))), y[x == a], se.fit = FALSE)
    k$time[which(k$surv <= 0.5)[1]] }, 0)
  hits <- hits + ((sum(s$observed[2, ]) - sum(s$expected[2, ])) / sqrt(s$var[2, 2]) <= -1.2815515655446004)
}
spent <- proc.time() - started
cat(sum(spent[1:2]) / trials * 1e6, hits / trials, "\n")
