# Competing events with delayed entry, by R's survival: Aalen-Johansen curves by arm (infinitesimal jackknife by
# participant), cause-specific coxph and finegray with coxph; and Aalen's variance, summed term by term from the curve's
# numbers at risk and of events. Run as Rscript delayed_entry_competing.R > delayed_entry_competing.json
library(survival)
options(digits = 17, warn = 1)
show <- function(x) paste0("[", paste(trimws(formatC(x, digits = 15, format = "g")), collapse = ", "), "]")
set.seed(57)
n <- 120
arm <- rbinom(n, 1, 0.5); site <- sample(1:2, n, replace = TRUE)
one <- rexp(n, 0.05 * exp(-0.6 * arm)); two <- rexp(n, 0.03); cens <- runif(n, 3, 40)
time <- ceiling(pmin(one, two, cens) * 2) / 2
status <- ifelse(one <= pmin(two, cens), 1, ifelse(two <= cens, 2, 0))
entry <- floor(ifelse(runif(n) < 0.5, runif(n) * pmin(time, 10) * 0.7, 0) * 2) / 2
entry[entry >= time] <- 0
entry[c(which(arm == 0)[1:4], which(arm == 1)[1:4])] <- 0
d <- data.frame(id = 1:n, time, status, kind = factor(status, 0:2, c("censored", "event", "other")), arm, site, entry)
aalen <- function(risk, own, other) {
  all <- own + other; surv <- cumprod(1 - all / risk); before <- c(1, surv[-length(surv)])
  inc <- cumsum(before * own / risk); found <- numeric(length(risk))
  spread <- function(deaths) ifelse(deaths > 1, 1 - (deaths - 1) / (risk - 1), 1) * before^2 * deaths / risk^2
  a <- spread(own); b <- spread(other); last <- 0
  for (t in seq_along(risk)) {
    if (own[t] == 0) { found[t] <- last; next }
    total <- 0
    for (u in seq_len(t)) {
      if (surv[u] > 0) {
        total <- total + a[u] * ((inc[t] - inc[u] - surv[u]) / surv[u])^2 + b[u] * ((inc[t] - inc[u]) / surv[u])^2
      } else total <- total + a[u]
    }
    found[t] <- last <- total
  }
  found
}
curves <- sapply(0:1, function(one) {
  f <- survfit(Surv(entry, time, kind) ~ 1, d[d$arm == one, ], id = id)
  kept <- rowSums(f$n.event) + f$n.censor > 0
  risk <- f$n.risk[kept, 1]; own <- f$n.event[kept, 2]; other <- f$n.event[kept, 3]
  sprintf('"%d": {"time": %s, "n_risk": %s, "1": {"estimate": %s, "std_err": %s, "aalen": %s}, "2": {"estimate": %s, "std_err": %s, "aalen": %s}}',
          one, show(f$time[kept]), show(risk), show(f$pstate[kept, 2]), show(f$std.err[kept, 2]), show(aalen(risk, own, other)),
          show(f$pstate[kept, 3]), show(f$std.err[kept, 3]), show(aalen(risk, other, own)))
})
tight <- coxph.control(eps = 1e-13, iter.max = 60)
fits <- unlist(lapply(1:2, function(cause) {
  specific <- coxph(Surv(entry, time, status == cause) ~ arm, d, control = tight)
  by_site <- coxph(Surv(entry, time, status == cause) ~ arm + strata(site), d, control = tight)
  fg <- finegray(Surv(entry, time, kind) ~ arm + id, d, id = id, etype = c("event", "other")[cause])
  sub <- coxph(Surv(fgstart, fgstop, fgstatus) ~ arm, fg, weights = fgwt, cluster = id, ties = "efron", control = tight)
  fgs <- finegray(Surv(entry, time, kind) ~ arm + site + strata(site) + id, d, id = id, etype = c("event", "other")[cause])
  subs <- coxph(Surv(fgstart, fgstop, fgstatus) ~ arm + strata(site), fgs, weights = fgwt, cluster = id, ties = "efron",
                control = tight)
  one <- function(name, f) sprintf('"%s_%d": {"coef": %s, "se": %s}', name, cause, formatC(coef(f), digits = 15),
                                   formatC(sqrt(vcov(f)), digits = 15))
  c(one("cause_specific", specific), one("cause_specific_strata", by_site), one("finegray", sub), one("finegray_strata", subs))
}))
cat(sprintf('{"time": %s, "status": %s, "arm": %s, "site": %s, "entry": %s,\n"curves": {%s},\n"fits": {%s}}\n',
            show(time), show(status), show(arm), show(site), show(entry), paste(curves, collapse = ",\n"), paste(fits, collapse = ",\n")))
