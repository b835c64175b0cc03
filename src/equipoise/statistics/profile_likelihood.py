"""Profile-likelihood intervals of a Cox coefficient: the values a likelihood-ratio test would not reject.

Venzon and Moolgavkar, Appl Stat 1988;37:87. With few events they are less symmetric, and truer, than Wald's.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.optimize import brentq
from scipy.special import chdtri

from equipoise.kernel.messages import Message, message
from equipoise.statistics.cox import CoxFit, maximize
from equipoise.statistics.errors import NoEstimate
from equipoise.statistics.estimate import LEVEL, Estimate
from equipoise.statistics.exact_ties import evaluate_exact
from equipoise.statistics.partial_likelihood import evaluate

WIDEST = 40.0
"""A limit further than this many standard deviations of the covariate from zero is no limit."""


def profile_interval(fit: CoxFit, index: int = 0, level: float = LEVEL) -> Estimate:
    """The log hazard ratio of one covariate with its profile-likelihood interval; a side without a limit is None."""
    spread = float(fit.spread[index])
    centre = float(fit.coef[index]) * spread
    target = float(chdtri(1, 1 - level)) / 2
    lack = _lack(fit, index, target)
    step = max(float(np.sqrt(fit.naive_variance[index, index])) * spread, 1e-8)
    lower, upper = (
        crossing(lack, centre, sign * 2 * step, growth=2, widest=WIDEST, tolerance=1e-12) for sign in (-1, 1)
    )
    sides = [side for side, limit in (("below", lower), ("above", upper)) if limit is None]
    reason: Message | None = None
    if sides:
        reason = message("statistics.no_limit", side=tuple(message(f"statistics.{side}") for side in sides))
    return Estimate(
        float(fit.coef[index]), float(fit.std_err[index]),
        None if lower is None else lower / spread, None if upper is None else upper / spread,
        level, f"Cox, {fit.ties} ties, profile likelihood", reason,
    )  # fmt: skip


def _lack(fit: CoxFit, index: int, target: float) -> Callable[[float], float]:
    """How far the profile log-likelihood at a value of the coefficient lies above the level that bounds the
    interval.
    """
    at = evaluate_exact if fit.ties == "exact" else evaluate
    others = [column for column in range(len(fit.coef)) if column != index]
    reduced = replace(fit.sets, x=np.ascontiguousarray(fit.sets.x[:, others]))
    own = fit.sets.x[:, index]
    labels = [fit.names[column] for column in others]

    def lack(value: float) -> float:
        if others:
            try:
                best = maximize(reduced, at, labels, own * value)[1].loglik
            except NoEstimate:
                return float("nan")
        else:
            here = at(fit.sets, np.array([value]), None)
            if here is None:
                return float("nan")
            best = here.loglik
        return best - fit.loglik[1] + target

    return lack


def crossing(
    lack: Callable[[float], float], centre: float, step: float, *, growth: float, widest: float, tolerance: float
) -> float | None:
    """Where a lack of likelihood, above 0 at `centre`, crosses 0, looked for in steps that grow by `growth`.

    None where it does not within `widest` of zero and the centre, or cannot be computed so far out.
    """
    near, far = centre, centre + step
    while True:
        here = lack(far)
        if np.isnan(here) or abs(far) > widest + abs(centre):
            return None
        if here <= 0:
            try:
                return float(brentq(lack, near, far, xtol=tolerance, rtol=tolerance))
            except ValueError:  # on the way the other coefficients ran off
                return None
        near, far = far, centre + growth * (far - centre)
