# Events and subjects of unusual comparisons, by adaptive quadrature in base R: run as `Rscript unusual_sizes.R`.
# Lachin and Foulkes 1986 with uniform accrual and exponential dropout; Schoenfeld 1983; Freedman 1982.
seen <- function(hazard, dropout, accrual, duration) {
  density <- function(u) hazard / (hazard + dropout) * (1 - exp(-(hazard + dropout) * (duration - u)))
  integrate(density, 0, accrual, rel.tol = 1e-12)$value / accrual
}
sizes <- function(hr, alpha, sides, power, ratio, hazard, dropout, accrual, duration) {
  za <- qnorm(1 - alpha / sides); zb <- qnorm(power)
  control <- seen(hazard, dropout, accrual, duration) / (1 + ratio)
  experimental <- seen(hazard * hr, dropout, accrual, duration) * ratio / (1 + ratio)
  null <- seen(hazard * (1 + hr * ratio) / (1 + ratio), dropout, accrual, duration)
  root <- za * sqrt((1 + ratio) / null + (1 + ratio) / (ratio * null)) + zb * sqrt(1 / control + 1 / experimental)
  subjects <- (root / log(hr))^2
  schoenfeld <- (za + zb)^2 * (1 + ratio)^2 / (ratio * log(hr)^2)
  freedman <- (za + zb)^2 * (1 + ratio * hr)^2 / (ratio * (1 - hr)^2)
  all <- control + experimental
  c(subjects * all, subjects, schoenfeld, schoenfeld / all, freedman, freedman / all)
}
cases <- list(
  c(0.6, 0.2, 1, 0.8, 0.5, 0.1, 0.01, 24, 36), c(0.7, 0.05, 2, 0.9, 3, 0.08, 0.02, 12, 20),
  c(1.4, 0.1, 1, 0.85, 0.5, 0.05, 0, 30, 30), c(0.85, 0.025, 1, 0.9, 3, 0.2, 0.05, 6, 60),
  c(0.5, 0.2, 1, 0.6, 2.5, 0.3, 0.1, 10, 10.5), c(0.65, 0.2, 2, 0.8, 0.5, 0.02, 0.03, 40, 41)
)
rows <- sapply(cases, function(x) {
  found <- do.call(sizes, as.list(x))
  sprintf('    {"given": [%s], "found": [%s]}', paste(format(x, trim = TRUE, digits = 15), collapse = ", "),
          paste(sprintf("%.10f", found), collapse = ", "))
})
cat('{\n  "made_by": "', R.version.string, '",\n',
    '  "given": ["hr", "alpha", "sides", "power", "ratio", "hazard", "dropout", "accrual", "duration"],\n',
    '  "found": ["lachin-foulkes events", "subjects", "schoenfeld events", "subjects", "freedman events", "subjects"],\n',
    '  "cases": [\n', paste(rows, collapse = ",\n"), '\n  ]\n}\n', sep = "")
