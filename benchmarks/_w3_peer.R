# The R peer of W3: holds the data, reads a task a line, answers CPU seconds and the figure found.
suppressPackageStartupMessages(library(survival))
folder <- commandArgs(TRUE)[1]
column <- function(name) readBin(file.path(folder, name), "double", file.size(file.path(folder, name)) / 8, endian = "little")
t <- column("time"); e <- column("event"); arm <- column("arm"); s <- column("stratum")
x <- matrix(column("x"), nrow = length(t)); colnames(x) <- paste0("x", seq_len(ncol(x)))
d <- data.frame(t, e, arm, s, x)
y <- Surv(t, e)
tasks <- list(
  "km" = function() summary(survfit(Surv(t, e) ~ 1, d), times = sort(unique(t))[100])$surv,
  "logrank" = function() survdiff(Surv(t, e) ~ arm + strata(s), d)$chisq,
  "cox1" = function() coef(coxph(Surv(t, e) ~ x1, d))[1],
  "cox5" = function() coef(coxph(Surv(t, e) ~ x1 + x2 + x3 + x4 + x5, d))[1],
  "cox5 strata" = function() coef(coxph(Surv(t, e) ~ x1 + x2 + x3 + x4 + x5 + strata(s), d))[1],
  "coxph.fit 5" = function() coxph.fit(x, y, NULL, NULL, NULL, coxph.control(), NULL, "efron", NULL, resid = FALSE)$coefficients[1]
)
input <- file("stdin", "r")
while (length(line <- readLines(input, n = 1)) > 0) {
  if (line == "versions") {
    cat(R.version.string, ", survival ", as.character(packageVersion("survival")), "\n", sep = ""); flush(stdout()); next
  }
  task <- tasks[[line]]
  if (is.null(task)) { cat("none\n"); flush(stdout()); next }
  start <- proc.time(); answer <- task(); taken <- proc.time() - start
  cat(sum(taken[1:2]), format(answer, digits = 15), "\n"); flush(stdout())
}
