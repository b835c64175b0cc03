# Analyses trials.csv with R's survival; writes r_analysis.json (15 significant digits).
library(survival)
d <- read.csv("trials.csv")
rows <- lapply(unique(d$trial), function(id) {
  x <- d[d$trial == id, ]
  s <- survdiff(Surv(time, event) ~ arm + strata(stratum), x)
  observed <- if (is.matrix(s$obs)) rowSums(s$obs) else s$obs
  expected <- if (is.matrix(s$exp)) rowSums(s$exp) else s$exp
  fit <- coxph(Surv(time, event) ~ arm + strata(stratum), x, control = coxph.control(eps = 1e-13, iter.max = 50))
  medians <- quantile(survfit(Surv(time, event) ~ arm, x), 0.5)$quantile
  sprintf('  "%s": {"z": %.15g, "log_hr": %.15g, "se": %.15g, "median_control": %s, "median_experimental": %s}',
          id, (observed[2] - expected[2]) / sqrt(s$var[2, 2]), coef(fit), sqrt(fit$var),
          ifelse(is.na(medians[1]), "null", medians[1]), ifelse(is.na(medians[2]), "null", medians[2]))
})
writeLines(c("{", paste(rows, collapse = ",\n"), "}"), "r_analysis.json")
