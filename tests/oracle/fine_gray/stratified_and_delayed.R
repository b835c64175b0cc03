# Stratified subdistribution hazards, and with delayed entry, by R's survival (finegray and a weighted coxph, Breslow and
# Efron ties, robust variance by participant); run as Rscript stratified_and_delayed.R > figures.json
library(survival)
options(digits = 17, warn = 1)
show <- function(x) paste0("[", paste(trimws(formatC(x, digits = 15, format = "g")), collapse = ", "), "]")
set.seed(31)
n <- 160
arm <- rbinom(n, 1, 0.5); age <- round(rnorm(n), 2); site <- sample(1:3, n, replace = TRUE)
one <- rexp(n, 0.05 * exp(-0.5 * arm + 0.2 * age + 0.3 * (site == 2))); two <- rexp(n, 0.03); cens <- runif(n, 2, 40)
time <- round(pmin(one, two, cens), 2) + 0.01
status <- ifelse(one <= pmin(two, cens), 1, ifelse(two <= cens, 2, 0))
entry <- round(ifelse(runif(n) < 0.4, runif(n) * pmin(time, 12) * 0.8, 0), 2)
kind <- factor(status, 0:2, c("censored", "event", "other"))
d <- data.frame(id = 1:n, time, kind, arm, age, site, entry)
fitted <- function(fg, formula, ties) {
  f <- coxph(formula, fg, weights = fgwt, cluster = id, ties = ties, control = coxph.control(eps = 1e-13, iter.max = 60))
  sprintf('{"coef": %s, "robust_se": %s, "se": %s}', show(coef(f)), show(sqrt(diag(vcov(f)))), show(sqrt(diag(f$naive.var))))
}
plain <- finegray(Surv(time, kind) ~ arm + age + site + id, d, id = id)
strat <- finegray(Surv(time, kind) ~ arm + age + strata(site) + site + id, d, id = id)
delay <- finegray(Surv(entry, time, kind) ~ arm + age + site + id, d, id = id)
both <- finegray(Surv(entry, time, kind) ~ arm + age + strata(site) + site + id, d, id = id)
y <- "Surv(fgstart, fgstop, fgstatus) ~ arm + age"
own <- as.formula(y); by <- as.formula(paste(y, "+ strata(site)"))
out <- c(sapply(c("breslow", "efron"), function(t) sprintf('"plain_%s": %s', t, fitted(plain, own, t))),
         sapply(c("breslow", "efron"), function(t) sprintf('"strata_%s": %s', t, fitted(strat, by, t))),
         sapply(c("breslow", "efron"), function(t) sprintf('"entry_%s": %s', t, fitted(delay, own, t))),
         sapply(c("breslow", "efron"), function(t) sprintf('"entry_strata_%s": %s', t, fitted(both, by, t))))
d$time <- d$time + d$id * 1e-5
untied <- finegray(Surv(time, kind) ~ arm + age + site + id, d, id = id)
apart <- finegray(Surv(time, kind) ~ arm + age + strata(site) + site + id, d, id = id)
out <- c(out, sprintf('"untied": %s', fitted(untied, own, "breslow")), sprintf('"untied_strata": %s', fitted(apart, by, "breslow")))
w <- c(rep(c(1, 2.5, 0.5), length.out = n))
curve <- survfit(Surv(time, status == 1) ~ 1, weights = w)
delayed <- survfit(Surv(entry, time, status == 1) ~ 1)
cat(sprintf('{"time": %s, "status": %s, "arm": %s, "age": %s, "site": %s, "entry": %s, "weight": %s,\n"fits": {%s},\n',
            show(time), show(status), show(arm), show(age), show(site), show(entry), show(w), paste(out, collapse = ",\n")))
for (one in list(list("weighted", curve), list("delayed", delayed))) {
  f <- one[[2]]
  cat(sprintf('"%s": {"time": %s, "n_risk": %s, "n_event": %s, "surv": %s, "std_err": %s}%s\n', one[[1]], show(f$time),
              show(f$n.risk), show(f$n.event), show(f$surv), show(f$std.err * f$surv), if (one[[1]] == "weighted") "," else "}"))
}
