# Figures that tests/oracle/analysis/test_report_tables_oracle.py holds the report's tables to.
library(survival)
d <- read.csv("../survival/data/lung.csv")
out <- list()
num <- function(x) as.numeric(formatC(x, digits = 15, format = "g"))
d$arm <- as.integer(d$sex == 2)
d$old <- as.integer(d$age >= 65)
ctl <- coxph.control(eps = 1e-13, iter.max = 100)
main <- coxph(Surv(time, status) ~ arm + old, d, control = ctl)
full <- coxph(Surv(time, status) ~ arm * old, d, control = ctl)
lr <- 2 * (full$loglik[2] - main$loglik[2])
cat("quantity,value\n")
say <- function(name, value) cat(sprintf("%s,%.15g\n", name, value))
say("interaction_chisq", lr)
say("interaction_p", pchisq(lr, 1, lower.tail = FALSE))
for (level in 0:1) {
  fit <- coxph(Surv(time, status) ~ arm, d[d$old == level, ], control = ctl)
  ci <- summary(fit)$conf.int
  say(sprintf("hr_%d", level), ci[1]); say(sprintf("lower_%d", level), ci[3]); say(sprintf("upper_%d", level), ci[4])
}
# Rows of one institution as a cluster, each institution weighing the same.
e <- d[!is.na(d$inst), ]
e$w <- 1 / ave(rep(1, nrow(e)), e$inst, FUN = sum)
fit <- coxph(Surv(time, status) ~ arm, e, weights = w, cluster = inst, control = ctl)
say("weighted_coef", coef(fit)); say("weighted_robust_se", sqrt(diag(vcov(fit))))
a <- c(-16.7, 0, 8.3, 16.7, 0, -8.3, 25); b <- c(0, -8.3, -16.7, -25, 8.3)
tt <- t.test(a, b)
say("welch_value", tt$estimate[1] - tt$estimate[2]); say("welch_lower", tt$conf.int[1]); say("welch_upper", tt$conf.int[2])
one <- t.test(a)
say("mean_lower", one$conf.int[1]); say("mean_upper", one$conf.int[2])
exact <- binom.test(13, 41)$conf.int
say("exact_lower", exact[1]); say("exact_upper", exact[2])
