# Writes interim_and_screening.json: what is still to come at a look, and randomized phase II screening, in base R.
suppressMessages(library(jsonlite))
table <- fromJSON("gsdesign_boundaries_r80.json")$tables$k3_LDOF_t1_a025_b1   # bounds of gsDesign at 1/3, 2/3, 1
t <- table$timing; bound <- table$upper_bound

# The score process B(t) = Z sqrt(t) has independent increments with mean theta dt and variance dt: with one look ahead
# there is a formula, with two one integrates over where the next look leaves the process.
last <- function(b, from, theta) pnorm((b + theta * (1 - from) - bound[3]) / sqrt(1 - from))
conditional <- function(z, from, theta) {
  b <- z * sqrt(from)
  if (from >= t[2]) return(last(b, from, theta))
  step <- t[2] - from; stop <- bound[2] * sqrt(t[2]); m <- b + theta * step
  p <- pnorm((m - stop) / sqrt(step))
  p + integrate(function(x) dnorm(x, m, sqrt(step)) * sapply(x, last, t[2], theta), m - 12 * sqrt(step), stop,
                rel.tol = 1e-12, subdivisions = 1000)$value }
predictive <- function(z, from, mean0 = 0, weight = 0) {
  mean <- (z * sqrt(from) + mean0 * weight) / (from + weight); sd <- 1 / sqrt(from + weight)
  integrate(function(x) dnorm(x, mean, sd) * sapply(x, function(th) conditional(z, from, th)), mean - 9 * sd,
            mean + 9 * sd, rel.tol = 1e-10, subdivisions = 1000)$value }
drift <- function(events, hr, r) -log(hr) * sqrt(events * r) / (1 + r)

interim <- list()
for (case in list(list(z = 1, from = t[1]), list(z = -0.4, from = t[1]), list(z = 1.8, from = 0.5), list(z = 2, from = t[2]))) {
  z <- case$z; from <- case$from; r <- 2; planned <- 150
  interim[[length(interim) + 1]] <- list(
    z = -z, at = from, ratio = r, planned_events = planned, trend = conditional(z, from, z / sqrt(from)),
    no_effect = conditional(z, from, 0), hazard_ratio = 0.65,
    power = conditional(z, from, drift(planned, 0.65, r)), predictive = predictive(z, from),
    prior_hr = 0.7, prior_events = 30, with_prior = predictive(z, from, drift(planned, 0.7, r), 30 / planned)) }

screening <- list()
for (hr in c(1 / 1.5, 1 / 1.75)) for (alpha in c(0.1, 0.2)) for (power in c(0.8, 0.9)) for (r in c(1, 2)) {
  d <- (qnorm(1 - alpha) + qnorm(power))^2 * (1 + r)^2 / (r * log(hr)^2)
  se <- (1 + r) / sqrt(d * r); go <- exp(-qnorm(1 - alpha) * se); stop <- 0.97
  screening[[length(screening) + 1]] <- list(hr = hr, alpha = alpha, power = power, ratio = r, events = d, go_below = go,
    stop_above = stop, go = pnorm((log(go) - log(0.8)) / se), stop = pnorm((log(stop) - log(0.8)) / se, lower.tail = FALSE)) }

# Exponential times, uniform accrual over A, dropout: the expected events by a time, by quadrature.
seen <- function(at, n, A, l, d) n / A * integrate(function(s) l / (l + d) * (1 - exp(-(l + d) * (at - s))), 0, min(at, A),
                                                   rel.tol = 1e-12)$value
A <- 20; l <- 0.09; d <- 0.01; hr <- 0.7; r <- 2; n <- 180
total <- function(at) c(seen(at, n / (1 + r), A, l, d), seen(at, n * r / (1 + r), A, l * hr, d))
timing <- list(subjects = n, accrual = A, control_hazard = l, dropout = d, hr = hr, ratio = r,
  at = c(5, 20, 40), events = t(sapply(c(5, 20, 40), total)), targets = c(30, 100),
  times = sapply(c(30, 100), function(k) uniroot(function(x) sum(total(x)) - k, c(1e-6, 500), tol = 1e-13)$root))
write(toJSON(list(interim = interim, screening = screening, timing = timing), digits = I(15), auto_unbox = TRUE),
      "interim_and_screening.json")
