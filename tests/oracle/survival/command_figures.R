# Writes data/heart.csv and command_figures.json: what `equipoise estimate` is asked, and what R answers.
suppressMessages({library(survival); library(jsonlite)})
ctl <- coxph.control(eps = 1e-13, toler.chol = 1e-14, iter.max = 100)
h <- with(heart, data.frame(start, stop, event, age, year, surgery, transplant = as.integer(transplant) - 1L, id))
write.csv(h, "data/heart.csv", row.names = FALSE)
v <- read.csv("data/veteran.csv")
num <- function(x) { x <- unname(as.numeric(x)); x[!is.finite(x)] <- NA; x }
medians <- function(s, g, conf) { q <- quantile(survfit(s ~ g, conf.type = conf), 0.5)
  list(median = num(q$quantile), lower = num(q$lower), upper = num(q$upper)) }
fitted <- function(f) list(coef = num(f$coefficients), se = num(sqrt(diag(f$var))))  # coxph gives exact ties no class here
out <- list()

# Delayed entry, two arms. With ties = "exact" the score test of coxph is the log-rank test with its own variance.
s <- with(h, Surv(start, stop, event))
for (strata in list(NULL, "surgery")) for (ties in c("efron", "breslow", "exact")) {
  form <- if (is.null(strata)) s ~ transplant else s ~ transplant + strata(surgery)
  f <- coxph(form, h, ties = ties, control = ctl); e <- coxph(form, h, ties = "exact", control = ctl)
  out[[length(out) + 1]] <- c(list(
    file = "heart", arguments = c("--time", "stop", "--event", "event", "--entry", "start", "--arm", "transplant",
      "--ties", ties, if (!is.null(strata)) c("--strata", strata)),
    chisq = num(e$score), cox = fitted(f)), medians(s, h$transplant, "log")) }

# Four arms, a control that is not the first, weights and scales.
g <- relevel(factor(v$celltype), "large"); s <- with(v, Surv(time, status))
for (rho in c(0, 0.5, 1)) for (conf in c("log", "log-log", "plain")) {
  d <- survdiff(s ~ g + strata(v$prior), rho = rho); f <- coxph(s ~ g + strata(v$prior), control = ctl)
  out[[length(out) + 1]] <- c(list(
    file = "veteran", arguments = c("--time", "time", "--event", "status", "--arm", "celltype", "--control", "large",
      "--strata", "prior", "--weights", paste0(rho, ",0"), "--conf", conf),
    chisq = num(d$chisq), cox = fitted(f)), medians(s, g, conf)) }
write(toJSON(out, digits = I(15), auto_unbox = TRUE, na = "null"), "command_figures.json")
