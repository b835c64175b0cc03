"""Accelerated failure time models: Weibull, exponential, log-normal and log-logistic, by maximum likelihood.

log T = x'b + sigma W (Kalbfleisch and Prentice 2002, chapter 3). Positive coefficients lengthen time. They turn a
published curve into a simulation's scenario. As R's survreg.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, log_ndtr

from equipoise.kernel.errors import InputError
from equipoise.statistics.cox import identified, location, matrix, runaway
from equipoise.statistics.errors import NotConverged, TooFewEvents
from equipoise.statistics.follow_up import Bools, Floats, floats, follow_up

Distribution = Literal["weibull", "exponential", "lognormal", "loglogistic"]

Terms = tuple[Floats, Floats, Floats]
"""Log density or log survival of W at z, and its first and second derivatives."""


@dataclass(frozen=True, slots=True, eq=False)
class ParametricFit:
    """A fitted model: the intercept first in `coef`; `variance` has the log of the scale last, where estimated."""

    names: tuple[str, ...]
    distribution: Distribution
    n: int
    events: int
    coef: Floats
    scale: float
    variance: Floats
    loglik: tuple[float, float]

    @property
    def std_err(self) -> Floats:
        """Standard errors, in the order of `variance`."""
        return np.sqrt(np.diag(self.variance))


def parametric_survival(
    time: ArrayLike,
    event: ArrayLike,
    covariates: ArrayLike | None = None,
    *,
    distribution: Distribution = "weibull",
    names: Sequence[str] | None = None,
) -> ParametricFit:
    """Fit the model; times must be above 0. Raises InputError, TooFewEvents, NotIdentified, NotConverged."""
    if distribution not in get_args(Distribution):
        raise InputError("there is no such distribution", seen=distribution, wanted=", ".join(get_args(Distribution)))
    data = follow_up(time, event)
    own = floats(time, "time")  # a density knows no ties: the times as given, none made equal to its neighbour
    if (own <= 0).any():
        row = int(np.flatnonzero(own <= 0)[0])
        raise InputError("a time is 0", row=row + 1, column="time", seen=0, wanted="a time above 0")
    if not data.event.any():
        raise TooFewEvents("statistics.no_events", n=len(data))
    ones = np.ones((len(data), 1))
    labels: tuple[str, ...] = ()
    design = ones
    if covariates is not None:
        x = matrix(covariates, len(data), names)
        labels = tuple(names) if names is not None else tuple(f"x{column + 1}" for column in range(x.shape[1]))
        means, spread = location(x, labels)
        scaled = (x - means) / spread
        identified(scaled.T @ scaled, labels)
        design = np.column_stack([ones, scaled])
    log_time = np.log(own)
    null = _maximize(log_time, data.event, ones, distribution, ())
    theta, information, loglik = (
        null if covariates is None else _maximize(log_time, data.event, design, distribution, labels)
    )
    # Back from centred and scaled covariates to the ones given.
    back = np.eye(len(theta))
    if covariates is not None:
        p = len(labels)
        back[0, 1 : p + 1] = -means / spread
        back[range(1, p + 1), range(1, p + 1)] = 1 / spread
    theta = back @ theta
    fixed = distribution == "exponential"
    coef = theta if fixed else theta[:-1]
    return ParametricFit(
        ("intercept", *labels), distribution, len(data), int(data.event.sum()), coef,
        1.0 if fixed else float(np.exp(theta[-1])), back @ np.linalg.inv(information) @ back.T, (null[2], loglik),
    )  # fmt: skip


SMALLEST_SCALE = 1e-8
"""A fitted scale below this says that the events fall at one time, not that they scatter so little."""


def _maximize(
    log_time: Floats, event: Bools, design: Floats, distribution: Distribution, labels: Sequence[str]
) -> tuple[Floats, Floats, float]:
    """Newton's method on (coefficients, log scale): where, the information there, the log-likelihood.

    Raises NotConverged, saying which coefficient runs to infinity or that the scale runs to 0.
    """
    fixed = distribution == "exponential"
    theta = np.zeros(design.shape[1] + (not fixed))
    theta[0] = log_time.mean()
    if not fixed:  # times over many orders of magnitude have no likelihood to climb from a scale of 1
        theta[-1] = max(0.0, np.log(max(float(log_time.std()), 1e-300)))
    current = _likelihood(theta, log_time, event, design, distribution)
    converged = False
    for _ in range(100):
        loglik, score, information = current
        try:
            step = np.linalg.solve(information, score)
        except np.linalg.LinAlgError:
            break
        if score @ step < 0:  # not yet concave: climb as if it bent down as fast as it bends up, and more
            bend = -float(np.linalg.eigvalsh(information)[0])
            step = np.linalg.solve(information + 2 * bend * np.eye(len(theta)), score)
        elif not np.isfinite(loglik):
            break
        elif score @ step < 1e-20 * max(1.0, abs(loglik)):
            converged = True
            break
        for _ in range(60):
            proposal = _likelihood(theta + step, log_time, event, design, distribution)
            if proposal[0] >= loglik - 1e-12 * abs(loglik):
                break
            step = step / 2
        theta, current = theta + step, proposal
        if not fixed and theta[-1] < np.log(SMALLEST_SCALE):
            break
    if not fixed and theta[-1] < np.log(SMALLEST_SCALE):
        raise NotConverged("statistics.scale_vanishes")
    vanished = _vanished(design, current[2], 1.0 if fixed else float(np.exp(theta[-1])))
    if vanished is not None:
        raise NotConverged("statistics.infinite_coefficient", covariate=labels[vanished])
    if not converged:
        raise NotConverged("statistics.not_converged", iterations=100)
    return theta, information, loglik


def _vanished(design: Floats, information: Floats, scale: float) -> int | None:
    """The covariate along which the information, given the intercept, has vanished, if any."""
    p = design.shape[1]
    if p == 1 or not np.isfinite(information).all():
        return None
    own = information[:p, :p] * scale**2
    given = own[1:, 1:] - np.outer(own[1:, 0], own[0, 1:]) / own[0, 0]
    return runaway(design[:, 1:].T @ design[:, 1:], given)


def _likelihood(
    theta: Floats, log_time: Floats, event: Bools, design: Floats, distribution: Distribution
) -> tuple[float, Floats, Floats]:
    """Value, score and information; minus infinity, and no slope, where a number leaves the range there is."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        value, score, information = _derivatives(theta, log_time, event, design, distribution)
    if not (np.isfinite(value) and np.isfinite(score).all() and np.isfinite(information).all()):
        return -np.inf, np.zeros(len(theta)), np.eye(len(theta))
    return value, score, information


def _derivatives(
    theta: Floats, log_time: Floats, event: Bools, design: Floats, distribution: Distribution
) -> tuple[float, Floats, Floats]:
    fixed = distribution == "exponential"
    p = design.shape[1]
    log_scale = 0.0 if fixed else float(theta[-1])
    scale = np.exp(log_scale)
    z = (log_time - design @ theta[:p]) / scale
    density, survival = _TERMS[distribution]
    value, first, second = (np.where(event, one, other) for one, other in zip(density(z), survival(z), strict=True))
    loglik = float(value.sum() - event.sum() * log_scale - log_time[event].sum())
    score = -(first / scale) @ design
    information = -(design * (second / scale**2)[:, None]).T @ design
    if fixed:
        return loglik, score, information
    cross = -((z * second + first) / scale) @ design
    own = -float((z * first + z**2 * second).sum())
    score = np.append(score, -float((z * first).sum()) - event.sum())
    return loglik, score, np.block([[information, cross[:, None]], [cross[None, :], np.array([[own]])]])


def _extreme_density(z: Floats) -> Terms:
    e = np.exp(z)
    return z - e, 1 - e, -e


def _extreme_survival(z: Floats) -> Terms:
    e = np.exp(z)
    return -e, -e, -e


def _normal_density(z: Floats) -> Terms:
    return -0.5 * z**2 - 0.5 * np.log(2 * np.pi), -z, np.full_like(z, -1.0)


def _normal_survival(z: Floats) -> Terms:
    log = log_ndtr(-z)
    hazard = np.exp(-0.5 * z**2 - 0.5 * np.log(2 * np.pi) - log)
    return log, -hazard, -hazard * (hazard - z)


def _logistic_density(z: Floats) -> Terms:
    p = expit(z)
    return z - 2 * np.logaddexp(0, z), 1 - 2 * p, -2 * p * (1 - p)


def _logistic_survival(z: Floats) -> Terms:
    p = expit(z)
    return -np.logaddexp(0, z), -p, -p * (1 - p)


_TERMS: dict[str, tuple[Callable[[Floats], Terms], Callable[[Floats], Terms]]] = {
    "weibull": (_extreme_density, _extreme_survival),
    "exponential": (_extreme_density, _extreme_survival),
    "lognormal": (_normal_density, _normal_survival),
    "loglogistic": (_logistic_density, _logistic_survival),
}
