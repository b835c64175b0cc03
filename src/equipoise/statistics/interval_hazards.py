"""Proportional hazards where times are known to intervals only: the full likelihood, its test, profile intervals.

Finkelstein, Biometrics 1986;42:845: S(t | x) = S0(t)^exp(x beta), S0 left free. Both are estimated together: for each
beta the baseline that maximizes the likelihood is found (`interval_censored`), which leaves the profile likelihood of
beta. It behaves as a likelihood does: its curvature gives standard errors, twice its fall is chi-square (Huang, Ann
Statist 1996;24:540; Murphy and van der Vaart, JASA 2000;95:449). Strata have baselines of their own; with few
participants in each, whose baselines then follow the noise, covariates are the better adjustment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, chdtri, ndtr

from equipoise.kernel.errors import InputError
from equipoise.kernel.messages import Message, message
from equipoise.statistics.cox import identified, location, matrix, runaway
from equipoise.statistics.errors import NoEstimate, NotConverged, TooFewEvents
from equipoise.statistics.estimate import LEVEL, Estimate, HypothesisTest
from equipoise.statistics.follow_up import Floats, codes
from equipoise.statistics.interval_censored import Intervals, Likelihood
from equipoise.statistics.profile_likelihood import crossing

ITERATIONS = 100
STEEPEST = 30.0
"""A coefficient further than this many standard deviations of its covariate from zero runs to infinity."""
FAR = 3.0
"""Where the baseline cannot be found any more beyond so many, the coefficient is on its way there."""
WIDEST = 20.0
"""The same for the limit of an interval."""


@dataclass(slots=True, eq=False)
class _Profile:
    """The profile log-likelihood of beta: the baselines of all strata maximized for each, begun from the last ones."""

    strata: list[Likelihood]
    last: list[Floats]

    def at(self, beta: Floats) -> tuple[float, Floats, Floats]:
        """The profile log-likelihood, its gradient, and its curvature (minus the second derivatives)."""
        value, size = 0.0, len(beta)
        gradient, curvature = np.zeros(size), np.zeros((size, size))
        for place, model in enumerate(self.strata):
            eta = model.x @ beta
            if float(np.abs(eta).max(initial=0.0)) > 200:
                raise NotConverged("statistics.not_converged", iterations=ITERATIONS)
            risk = np.exp(eta)
            found = self.last[place] = model.maximize(risk, self.last[place])
            value += model.value(found, risk)
            slope, bend = _curve(model, found, risk)
            gradient += slope
            curvature += bend
        return value, gradient, curvature


def _curve(model: Likelihood, increments: Floats, risk: Floats) -> tuple[Floats, Floats]:
    """The gradient of a stratum in beta, and its curvature when the baseline follows."""
    before, inside = model.parts(increments, risk)
    first, second = -before, before.copy()
    held = model.bounded
    u = inside[held]
    with np.errstate(over="ignore"):
        share = u / np.expm1(u)
        bent = (u / (2 * np.sinh(u / 2))) ** 2
    first[held] += share
    second[held] -= share - bent
    gradient = model.x.T @ (model.weight * first)
    curvature = (model.x * (model.weight * second)[:, None]).T @ model.x
    free = increments > 0
    if not free.any():
        return gradient, curvature
    # How the slope in each increment moves with beta: -risk before the interval, the rest inside it.
    cross = np.zeros((model.size + 1, model.x.shape[1]))
    scaled = (model.weight * risk)[:, None] * model.x
    np.add.at(cross, model.first, scaled)
    cross[:] = np.cumsum(cross, axis=0) - cross.sum(axis=0)
    part = scaled[held] * ((share - bent) / u)[:, None]
    step = np.zeros_like(cross)
    np.add.at(step, model.first[held], part)
    np.add.at(step, model.stop[held], -part)
    cross += np.cumsum(step, axis=0)
    own = cross[: model.size][free]
    _, block = model.slopes(increments, risk)
    block = block[np.ix_(free, free)]
    moved = np.linalg.lstsq(block, own, rcond=None)[0]
    return gradient, np.asarray(curvature - own.T @ moved)


@dataclass(frozen=True, slots=True, eq=False)
class IntervalFit:
    """A fitted model. `loglik` is (all coefficients 0, at the fit); `variance` the inverse of the profile's curvature.

    Coefficients belong to the covariates as given, in their order.
    """

    names: tuple[str, ...]
    n: int
    events: int
    coef: Floats
    variance: Floats
    loglik: tuple[float, float]
    spread: Floats
    profile: _Profile

    @property
    def std_err(self) -> Floats:
        """Standard errors of the coefficients, from the curvature of the profile likelihood."""
        return np.sqrt(np.diag(self.variance))

    def lr(self, index: int = 0) -> HypothesisTest:
        """The likelihood-ratio test of one coefficient, the others estimated; z has the sign of the coefficient."""
        null = self._maximized(index, 0.0)
        chisq = max(0.0, 2 * (self.loglik[1] - null))
        z = float(np.sign(self.coef[index]) * np.sqrt(chisq))
        return HypothesisTest(chisq, 1, float(chdtrc(1, chisq)), z, float(ndtr(z)), "Likelihood ratio")

    def hazard_ratio(self, index: int = 0, level: float = LEVEL) -> Estimate:
        """The hazard ratio of one covariate with its profile-likelihood interval; a side without a limit is None."""
        spread, centre = float(self.spread[index]), float(self.coef[index] * self.spread[index])
        target = float(chdtri(1, 1 - level)) / 2

        def lack(value: float) -> float:
            try:
                return self._maximized(index, value / spread) - self.loglik[1] + target
            except NoEstimate:
                return float("nan")

        step = NormalDist().inv_cdf(0.5 + level / 2) * max(float(self.std_err[index]) * spread, 1e-6)
        lower, upper = (
            crossing(lack, centre, sign * step, growth=1.5, widest=WIDEST, tolerance=1e-9) for sign in (-1, 1)
        )
        sides = [side for side, limit in (("below", lower), ("above", upper)) if limit is None]
        reason: Message | None = None
        if sides:
            reason = message("statistics.no_limit", side=tuple(message(f"statistics.{side}") for side in sides))
        low, high = (None if side is None else float(np.exp(side / spread)) for side in (lower, upper))
        return Estimate(
            float(np.exp(self.coef[index])), float(self.std_err[index]), low, high, level,
            "Interval-censored proportional hazards, profile likelihood", reason,
        )  # fmt: skip

    def _maximized(self, index: int, value: float) -> float:
        """The log-likelihood with one coefficient held and the others at their best."""
        start = self.coef.copy()
        start[index] = value
        return _climbed(self.profile, start, np.arange(len(start)) != index, self.spread, self.names)[1]


def interval_hazards(
    data: Intervals, covariates: ArrayLike, *, strata: ArrayLike | None = None, names: Sequence[str] | None = None
) -> IntervalFit:
    """Fit the model. Strata (codes) have baselines of their own.

    Raises InputError, TooFewEvents, NotIdentified (a covariate is constant), NotConverged (a coefficient that runs to
    infinity).
    """
    x = matrix(covariates, len(data), names)
    labels = tuple(names) if names is not None else tuple(f"x{column + 1}" for column in range(x.shape[1]))
    if len(labels) != x.shape[1]:
        raise InputError("the names do not match the covariates", seen=labels, wanted=f"{x.shape[1]} names")
    if not data.is_event.any():
        raise TooFewEvents("statistics.no_events", n=len(data))
    means, spread = location(x, labels)
    group = np.zeros(len(data), np.int64) if strata is None else codes(strata, "strata", len(data))
    models = []
    for code in np.unique(group):
        rows = group == code
        if data.is_event[rows].any():
            models.append(Likelihood(data.of(rows), x[rows] - means))
    profile = _Profile(models, [model.start() for model in models])
    zero = np.zeros(x.shape[1])
    null, _, at_zero = profile.at(zero)
    identified(at_zero / np.outer(spread, spread) / len(data), labels)
    beta, value, curvature = _climbed(profile, zero, np.ones(len(zero), bool), spread, labels)
    vanished = runaway(at_zero, curvature)
    if vanished is not None:
        raise NotConverged("statistics.infinite_coefficient", covariate=labels[vanished])
    return IntervalFit(
        labels, len(data), int(data.is_event.sum()), beta, np.linalg.inv(curvature), (null, value), spread, profile
    )


def _climbed(
    profile: _Profile, start: Floats, free: np.ndarray, spread: Floats, names: tuple[str, ...]
) -> tuple[Floats, float, Floats]:
    """The maximum over the free coefficients by Newton's method: coefficients, log-likelihood, curvature of all."""
    beta = start
    value, gradient, curvature = profile.at(beta)
    if not free.any():
        return beta, value, curvature
    for _ in range(ITERATIONS):
        block = curvature[np.ix_(free, free)]
        try:
            step = np.linalg.solve(block, gradient[free])
        except np.linalg.LinAlgError:
            break
        if float(gradient[free] @ step) < 0:  # the profile curves up here: go uphill instead
            step = gradient[free] / np.maximum(np.abs(np.diag(block)), 1e-12)
        if abs(float(gradient[free] @ step)) < 1e-14 * max(1.0, abs(value)):
            return beta, value, curvature
        step = step * min(1.0, 2.0 / float(np.abs(step * spread[free]).max()))
        taken = False
        for _ in range(40):
            there = beta.copy()
            there[free] += step
            try:
                found = profile.at(there)
            except NotConverged:
                if float(np.abs(there * spread).max()) > FAR:
                    worst = int(np.abs(there * spread).argmax())
                    raise NotConverged("statistics.infinite_coefficient", covariate=names[worst]) from None
                raise
            if found[0] >= value - 1e-12 * abs(value):
                taken = bool(abs(found[0] - value) > 1e-13 * abs(value))
                beta, (value, gradient, curvature) = there, found
                break
            step = step / 2
        if float(np.abs(beta * spread).max()) > STEEPEST:
            worst = int(np.abs(beta * spread).argmax())
            raise NotConverged("statistics.infinite_coefficient", covariate=names[worst])
        if not taken:
            if float(np.abs(gradient[free] / spread[free]).max()) < 1e-4:
                return beta, value, curvature
            break
    raise NotConverged("statistics.not_converged", iterations=ITERATIONS)
