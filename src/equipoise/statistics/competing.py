"""Cumulative incidence with competing events: Aalen-Johansen curves, Gray's test, cause-specific hazards.

Status is 0 for censored, 1, 2, ... for the first event that happened. Aalen and Johansen, Scand J Stat 1978;5:141.
Two variances are given by name: the infinitesimal jackknife (R's survfit), by participant or cluster, on which the
intervals rest, and Aalen's (R's cmprsk::cuminc).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from equipoise.kernel.errors import InputError
from equipoise.kernel.messages import message
from equipoise.statistics.confidence import Scale, limits, scale_of
from equipoise.statistics.cox import CoxFit, cox
from equipoise.statistics.errors import TooFewEvents
from equipoise.statistics.estimate import LEVEL, Estimate, present
from equipoise.statistics.follow_up import Floats, Ints, codes, floats, follow_up


@dataclass(frozen=True, slots=True, eq=False)
class CumulativeIncidence:
    """The cumulative incidence of one cause at every distinct time, censorings included.

    `std_err` is the jackknife's, `variance_aalen` Aalen's; limits are NaN while the incidence is 0, but on
    the plain scale.
    """

    cause: int
    n: int
    events: int
    competing: int
    time: Floats
    n_risk: Floats
    n_event: Floats
    n_competing: Floats
    n_censor: Floats
    incidence: Floats
    std_err: Floats
    variance_aalen: Floats
    lower: Floats
    upper: Floats
    scale: Scale
    level: float

    def at(self, times: ArrayLike) -> tuple[Estimate, ...]:
        """The incidence at landmark times. After the last follow-up there is none, unless nobody is left at risk."""
        found = []
        method = f"Aalen-Johansen, jackknife, {self.scale} limits"
        exhausted = self.n_censor[-1] == 0
        for time in np.atleast_1d(np.asarray(times, dtype=np.float64)):
            index = int(np.searchsorted(self.time, time, side="right")) - 1
            if time > self.time[-1] and not exhausted:
                reason = message("statistics.beyond_follow_up", time=f"{time:g}", last=f"{self.time[-1]:g}")
                found.append(Estimate(None, level=self.level, method=method, reason=reason))
            elif index < 0:
                found.append(Estimate(0.0, 0.0, None, None, self.level, method))
            else:
                found.append(
                    Estimate(
                        float(self.incidence[index]), float(self.std_err[index]), present(self.lower[index]),
                        present(self.upper[index]), self.level, method,
                    )
                )  # fmt: skip
        return tuple(found)


def statuses(status: ArrayLike, length: int) -> Ints:
    """Status codes, checked. Raises InputError."""
    return codes(status, "status", length)


def cumulative_incidence(
    time: ArrayLike,
    status: ArrayLike,
    *,
    cause: int = 1,
    entry: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    scale: str = "log",
    level: float = LEVEL,
) -> CumulativeIncidence:
    """Estimate F(t) = sum S(t-) d/n of one cause. `cluster` (codes) pools the jackknife. Raises InputError."""
    times = floats(time, "time")
    state = statuses(status, len(times))
    data = follow_up(times, state > 0, entry)
    distinct, at = np.unique(data.time, return_inverse=True)
    size = len(distinct)
    own = np.bincount(at[state == cause], minlength=size).astype(np.float64)
    other = np.bincount(at[(state > 0) & (state != cause)], minlength=size).astype(np.float64)
    censored = np.bincount(at[state == 0], minlength=size).astype(np.float64)
    first = np.zeros(len(data), np.int64) if data.entry is None else np.searchsorted(distinct, data.entry, side="right")
    entered = np.bincount(first, minlength=size + 1).astype(np.float64)[:size]
    gone = own + other + censored
    risk = np.cumsum(entered) - np.concatenate([[0.0], np.cumsum(gone)[:-1]])
    surv = np.cumprod(1 - (own + other) / risk)
    before = np.concatenate([[1.0], surv[:-1]])
    incidence = np.cumsum(before * own / risk)
    group = np.arange(len(data)) if cluster is None else np.unique(
        codes(cluster, "cluster", len(data)), return_inverse=True
    )[1]  # fmt: skip
    std_err = _jackknife(at, first, state == cause, state > 0, group, risk, own, own + other, before)
    with np.errstate(divide="ignore", invalid="ignore"):
        lower, upper = limits(incidence, std_err / incidence, scale_of(scale), NormalDist().inv_cdf(0.5 + level / 2))
    if scale == "plain":
        lower, upper = (np.where(incidence > 0, limit, 0.0) for limit in (lower, upper))
    return CumulativeIncidence(
        cause, len(data), int(own.sum()), int(other.sum()), distinct, risk, own, other, censored, incidence, std_err,
        _aalen_variance(risk, own, other, before, surv, incidence), lower, upper, scale_of(scale), level,
    )  # fmt: skip


def _jackknife(
    at: Ints,
    first: Ints,
    is_cause: np.ndarray,
    is_event: np.ndarray,
    group: Ints,
    risk: Floats,
    own: Floats,
    every: Floats,
    before: Floats,
) -> Floats:
    """Standard errors from the influence of each group of rows on F(t), carried forward through the event times.

    dS/dw and dF/dw obey the recursions of S and F: U_S <- U_S (1 - h) - S (dN - Y h)/n, U_F <- U_F + U_S h1 + S
    (dN1 - Y h1)/n.
    """
    groups = int(group.max()) + 1
    size = len(risk)
    on_surv, on_cause, at_risk = np.zeros(groups), np.zeros(groups), np.zeros(groups)
    joining, leaving = _by_time(first, size + 1), _by_time(at, size)
    found = np.zeros(size)
    for j in range(size):
        np.add.at(at_risk, group[joining[j]], 1.0)
        rows = leaving[j]
        if every[j]:
            hazard, cause_hazard = every[j] / risk[j], own[j] / risk[j]
            jump, cause_jump = -at_risk * hazard, -at_risk * cause_hazard
            np.add.at(jump, group[rows], is_event[rows].astype(np.float64))
            np.add.at(cause_jump, group[rows], is_cause[rows].astype(np.float64))
            factor = before[j] / risk[j]
            on_cause = on_cause + on_surv * cause_hazard + factor * cause_jump
            on_surv = on_surv * (1 - hazard) - factor * jump
        np.add.at(at_risk, group[rows], -1.0)
        found[j] = on_cause @ on_cause
    return np.sqrt(found)


def _by_time(at: Ints, size: int) -> list[Ints]:
    """Row numbers by the time they belong to."""
    order = np.argsort(at, kind="stable")
    return np.split(order, np.searchsorted(at[order], np.arange(1, size)))


def _aalen_variance(
    risk: Floats, own: Floats, other: Floats, before: Floats, surv: Floats, incidence: Floats
) -> Floats:
    """Aalen's variance of F(t), with the correction for ties: per event time v = S^2 d (1 - (d - 1)/(n - 1)) / n^2.

    Var F(t) = sum over u <= t of v (F(t) - F(u) - S(u))^2 / S(u)^2 for the cause, of v (F(t) - F(u))^2 / S(u)^2 for
    others.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = np.where(surv > 0, 1 / surv, 0.0)

    def spread(deaths: Floats) -> Floats:
        correction = np.where(deaths > 1, 1 - (deaths - 1) / np.maximum(risk - 1, 1), 1.0)
        return before**2 * correction * deaths / risk**2

    by_cause, by_other = spread(own), np.where(surv > 0, spread(other), 0.0)
    toward = 1 + incidence * inverse
    away = incidence * inverse
    square = np.cumsum(by_cause * toward**2 + by_other * away**2)
    cross = np.cumsum((by_cause * toward + by_other * away) * inverse)
    plain = np.cumsum((by_cause + by_other) * inverse**2)
    at_cause = square + incidence**2 * plain - 2 * incidence * cross
    # Aalen's estimate is a step function of the cause's own event times.
    last = np.maximum.accumulate(np.where(own > 0, np.arange(len(own)), -1))
    return np.where(last >= 0, at_cause[np.maximum(last, 0)], 0.0)


def cause_specific_hazard(
    time: ArrayLike,
    status: ArrayLike,
    covariates: ArrayLike,
    *,
    cause: int = 1,
    strata: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    ties: str = "efron",
    names: Sequence[str] | None = None,
) -> CoxFit:
    """Fit the Cox model of one cause, other causes censoring. Raises as `cox`."""
    times = floats(time, "time")
    state = statuses(status, len(times))
    own_cause(state, cause)
    return cox(times, state == cause, covariates, strata=strata, entry=entry, cluster=cluster, ties=ties, names=names)


def own_cause(state: Ints, cause: int) -> None:
    """Refuse a cause that never happened. Raises TooFewEvents."""
    if cause < 1:
        raise InputError("there is no such cause", column="cause", seen=cause, wanted="1 or more")
    if not (state == cause).any():
        raise TooFewEvents("statistics.no_events_of_type", cause=cause)
