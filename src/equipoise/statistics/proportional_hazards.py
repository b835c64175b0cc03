"""Test of proportional hazards: does a coefficient change with a function of time?

Grambsch and Therneau, Biometrika 1994;81:515, as the exact score test of adding x g(t) to the model (as R's cox.zph
since survival 3.0), not its one-step approximation.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy.special import chdtrc

from equipoise.kernel.errors import InputError
from equipoise.kernel.messages import message
from equipoise.statistics.cox import CoxFit
from equipoise.statistics.estimate import HypothesisTest
from equipoise.statistics.follow_up import Floats
from equipoise.statistics.partial_likelihood import at_risk_sums, tied_sums
from equipoise.statistics.survival import kaplan_meier

Transform = Literal["km", "rank", "identity", "log"]


@dataclass(frozen=True, slots=True)
class ProportionalHazards:
    """One test a covariate, in their order, and the global one."""

    transform: str
    tests: tuple[HypothesisTest, ...]
    overall: HypothesisTest


def proportional_hazards(fit: CoxFit, transform: str = "km") -> ProportionalHazards:
    """Test each coefficient, and all together, against g(t): "km" (1 - S(t-)), "rank", "identity" or "log".

    Not for the exact treatment of ties. Raises InputError.
    """
    if transform not in get_args(Transform):
        raise InputError(
            "there is no such transform", seen=transform, wanted="one of " + ", ".join(get_args(Transform))
        )
    if fit.ties == "exact":
        raise InputError("the test needs Efron's or Breslow's treatment of ties", seen=fit.ties)
    sets, at = fit.sets, fit.at_fit
    g = _transformed(fit, transform)[sets.order][sets.deaths[sets.first_death]]
    g = g - np.average(g, weights=sets.count)
    weighted = at.risk * sets.weight
    outer = sets.x[:, :, None] * sets.x[:, None, :]
    second = at_risk_sums(sets, weighted[:, None, None] * outer)
    own_second = tied_sums(sets, weighted[sets.deaths][:, None, None] * outer[sets.deaths])
    death_weight = sets.mean_weight[sets.at]
    spread = (
        second * tied_sums(sets, at.hazard)[:, None, None]
        - own_second * tied_sums(sets, at.hazard * sets.share)[:, None, None]
        - tied_sums(sets, death_weight[:, None, None] * at.mean[:, :, None] * at.mean[:, None, :])
    )
    residual = tied_sums(sets, sets.weight[sets.deaths, None] * sets.x[sets.deaths]) - tied_sums(
        sets, death_weight[:, None] * at.mean
    )
    score = g @ residual
    plain, crossed, squared = (np.tensordot(power, spread, 1) for power in (np.ones_like(g), g, g * g))
    # The score test of the second block, the first being free: its information given the first.
    given = squared - crossed @ np.linalg.solve(plain, crossed)
    tests = []
    for column in range(len(score)):
        link = crossed[:, column]
        own = squared[column, column]
        remaining = np.array([[own - link @ np.linalg.solve(plain, link)]])
        tests.append(_score_test(score[column : column + 1], remaining, np.array([own])))
    return ProportionalHazards(transform, tuple(tests), _score_test(score, given, np.diag(squared)))


def _score_test(score: Floats, information: Floats, scale: Floats) -> HypothesisTest:
    """score' information^-1 score; none where time does not vary, as with all events on one day."""
    df = len(score)
    if (scale > 0).all():
        root = np.sqrt(scale)
        relative = information / np.outer(root, root)
        if float(np.linalg.eigvalsh(relative)[0]) > 1e-10:
            statistic = float(score @ np.linalg.solve(information, score))
            return HypothesisTest(statistic, df, float(chdtrc(df, statistic)), method="Grambsch-Therneau")
    return HypothesisTest(None, df, None, method="Grambsch-Therneau", reason=message("statistics.no_variance"))


def _transformed(fit: CoxFit, transform: str) -> Floats:
    time = fit.data.time
    match transform:
        case "identity":
            return time
        case "log":
            if not (time > 0).all():
                row = int(np.flatnonzero(time <= 0)[0])
                raise InputError("a time of 0 has no logarithm", row=row + 1, column="time", seen=0.0)
            return np.asarray(np.log(time))
        case "rank":
            _, at, count = np.unique(time, return_inverse=True, return_counts=True)
            return np.asarray((np.cumsum(count) - (count - 1) / 2)[at])
    curve = kaplan_meier(time, fit.data.event, entry=fit.data.entry)
    before = np.concatenate([[1.0], curve.surv])
    return np.asarray(1 - before[np.searchsorted(curve.time, time, side="left")])
