"""Kaplan-Meier and Nelson-Aalen curves with Greenwood or robust variance, their quantiles, landmarks and follow-up.

Kaplan and Meier, JASA 1958;53:457. Greenwood 1926. Conventions are those of R's survfit, see `docs/discrepancies.md`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.kernel.messages import Message, message
from equipoise.statistics.confidence import Scale, crossing, limits, scale_of
from equipoise.statistics.estimate import LEVEL, Estimate, present
from equipoise.statistics.follow_up import Floats, FollowUp, codes, follow_up
from equipoise.statistics.life_table import LifeTable, life_table

Method = Literal["kaplan-meier", "nelson-aalen", "fleming-harrington"]


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalCurve:
    """A survival curve at every distinct time, censorings included. All arrays have the length of `time`.

    `std_err` belongs to `surv`, `std_err_log` to its logarithm, `std_err_cumhaz` to `cumhaz`; limits and standard
    errors are NaN where S = 0. Counts are sums of weights where there are any; `n` and `events` count rows.
    """

    n: int
    events: int
    time: Floats
    n_risk: Floats
    n_event: Floats
    n_censor: Floats
    surv: Floats
    std_err: Floats
    std_err_log: Floats
    cumhaz: Floats
    std_err_cumhaz: Floats
    lower: Floats
    upper: Floats
    scale: Scale
    level: float

    def quantile(self, probability: float) -> Estimate:
        """The time by which a fraction has had the event, with limits where those of the curve cross.

        Brookmeyer and Crowley, Biometrics 1982;38:29. A flat stretch at exactly 1 - probability gives its midpoint.
        """
        value = present(crossing(self.time, self.surv, probability))
        lower = present(crossing(self.time, self.lower, probability))
        upper = present(crossing(self.time, self.upper, probability))
        level = f"{1 - probability:g}"
        reason: Message | None = None
        if value is None:
            reason = message("statistics.quantile_not_reached", level=level)
        elif upper is None:
            code = "statistics.upper_not_reached" if lower is not None else "statistics.limits_not_reached"
            reason = message(code, level=level)
        return Estimate(value, None, lower, upper, self.level, f"Kaplan-Meier, {self.scale} limits", reason)

    @property
    def median(self) -> Estimate:
        """The median time to event."""
        return self.quantile(0.5)

    def at(self, times: ArrayLike) -> tuple[Estimate, ...]:
        """S at landmark times. After the last follow-up there is no estimate, unless the curve has reached 0."""
        found = []
        for time in np.atleast_1d(np.asarray(times, dtype=np.float64)):
            index = int(np.searchsorted(self.time, time, side="right")) - 1
            method = f"Kaplan-Meier, {self.scale} limits"
            if time > self.time[-1] and self.surv[-1] > 0:
                reason = message("statistics.beyond_follow_up", time=f"{time:g}", last=f"{self.time[-1]:g}")
                found.append(Estimate(None, level=self.level, method=method, reason=reason))
            elif index < 0:
                found.append(Estimate(1.0, 0.0, 1.0, 1.0, self.level, method))
            else:
                found.append(
                    Estimate(
                        float(self.surv[index]), present(self.std_err[index]), present(self.lower[index]),
                        present(self.upper[index]), self.level, method,
                    )
                )  # fmt: skip
        return tuple(found)

    def at_risk(self, times: ArrayLike) -> Floats:
        """The number at risk just before each time: the numbers under a figure."""
        index = np.searchsorted(self.time, np.atleast_1d(np.asarray(times, dtype=np.float64)), side="left")
        return np.append(self.n_risk, 0.0)[index]

    def events_by(self, times: ArrayLike) -> Floats:
        """The number of events up to and including each time."""
        index = np.searchsorted(self.time, np.atleast_1d(np.asarray(times, dtype=np.float64)), side="right")
        return np.concatenate([[0.0], np.cumsum(self.n_event)])[index]


def kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    scale: str = "log",
    level: float = LEVEL,
    robust: bool = False,
    cluster: ArrayLike | None = None,
    method: Method = "kaplan-meier",
) -> SurvivalCurve:
    """Estimate one survival curve.

    S(t) = prod (1 - d/n); Greenwood's var log S = sum d / (n (n - d)). With `robust` or `cluster` (codes) the
    infinitesimal jackknife instead. `method` "nelson-aalen" gives exp(-sum d/n), "fleming-harrington" the same with
    tied events taken one after another. Raises InputError.
    """
    data = follow_up(time, event, entry, weights)
    if data.by_day is not None and weights is None and method == "kaplan-meier" and cluster is None and not robust:
        from equipoise.statistics.kernels import product_limit_of_days

        events, found = product_limit_of_days(data.by_day[0], _half_width(level))
        return _curve_of(len(data), events, tuple(found), scale_of(scale), level)
    table = life_table(data, None, 1)
    groups = None if cluster is None else codes(cluster, "cluster", len(data))
    return _curve(data, table, 0, scale_of(scale), level, method, groups, robust or cluster is not None)


def kaplan_meier_by_arm(
    time: ArrayLike,
    event: ArrayLike,
    arm: ArrayLike,
    arms: int,
    *,
    entry: ArrayLike | None = None,
    scale: str = "log",
    level: float = LEVEL,
) -> tuple[SurvivalCurve | None, ...]:
    """Estimate a curve for each arm code 0 .. arms - 1, from one pass over the rows. An empty arm gives None."""
    data = follow_up(time, event, entry)
    table = life_table(data, codes(arm, "arm", len(data)), arms)
    curves: list[SurvivalCurve | None] = []
    for row in range(arms):
        if not (table.n_event[row] + table.n_censor[row]).any():
            curves.append(None)
        else:
            curves.append(_curve(data, table, row, scale_of(scale), level, "kaplan-meier", None, False))
    return tuple(curves)


def reverse_kaplan_meier(
    time: ArrayLike, event: ArrayLike, *, entry: ArrayLike | None = None, scale: str = "log", level: float = LEVEL
) -> SurvivalCurve:
    """Estimate the distribution of follow-up: being censored is the event (Schemper and Smith 1996). Its median is the
    median follow-up."""
    data = follow_up(time, event, entry)
    return kaplan_meier(data.time, ~data.event, entry=data.entry, scale=scale, level=level)


def _curve(
    data: FollowUp,
    table: LifeTable,
    row: int,
    scale: Scale,
    level: float,
    method: Method,
    cluster: NDArray[np.int64] | None,
    robust: bool,
) -> SurvivalCurve:
    time, risk, deaths, censored = table.time, table.n_risk[row], table.n_event[row], table.n_censor[row]
    if table.groups > 1:
        own = deaths + censored > 0
        time, risk, deaths, censored = time[own], risk[own], deaths[own], censored[own]
    rows, events = _row_counts(data, table, row)
    z = _half_width(level)
    if method == "kaplan-meier" and data.by_day is not None and not robust:
        from equipoise.statistics.kernels import product_limit

        found = product_limit(risk, deaths, z)
        return _curve_of(rows, events, (time, risk, deaths, censored, *found), scale, level)
    surv, cumhaz, log_variance, variance = _sums(risk, deaths, method)
    std_err_log, std_err_cumhaz = np.sqrt(log_variance), np.sqrt(variance)
    if robust:
        std_err_log, std_err_cumhaz = _jackknife(data, time, risk, deaths, cluster)
    std_err_log = np.where(surv > 0, std_err_log, np.nan)
    lower, upper = limits(surv, std_err_log, scale, z)
    return SurvivalCurve(
        rows, events, time, risk, deaths, censored, surv, surv * std_err_log, std_err_log, cumhaz, std_err_cumhaz,
        lower, upper, scale, level,
    )  # fmt: skip


def _half_width(level: float) -> float:
    """How many standard errors a limit of that level lies from the estimate."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def _curve_of(rows: int, events: int, table: Sequence[Floats], scale: Scale, level: float) -> SurvivalCurve:
    """The curve of the compiled kernels' rows, times first, whose limits are on the scale of log S."""
    time, risk, deaths, censored, surv, std_err, std_err_log, cumhaz, std_err_cumhaz, lower, upper = table
    if scale != "log":
        lower, upper = limits(surv, std_err_log, scale, _half_width(level))
    return SurvivalCurve(
        rows, events, time, risk, deaths, censored, surv, std_err, std_err_log, cumhaz, std_err_cumhaz,
        lower, upper, scale, level,
    )  # fmt: skip


def _sums(risk: Floats, deaths: Floats, method: Method) -> tuple[Floats, Floats, Floats, Floats]:
    """S, the cumulative hazard, the variance of log S and that of the cumulative hazard."""
    share = deaths / risk
    if method == "fleming-harrington":
        hazard, hazard_variance = _one_after_another(risk, deaths)
    else:
        hazard, hazard_variance = share, deaths / risk**2
    cumhaz, variance = hazard.cumsum(), hazard_variance.cumsum()
    if method != "kaplan-meier":
        return np.exp(-cumhaz), cumhaz, variance, variance
    with np.errstate(divide="ignore", invalid="ignore"):  # where all at risk have the event, S = 0
        greenwood = deaths / (risk * (risk - deaths))
    return (1 - share).cumprod(), cumhaz, greenwood.cumsum(), variance


def _row_counts(data: FollowUp, table: LifeTable, row: int) -> tuple[int, int]:
    if data.weights is not None:
        return len(data), int(data.event.sum())
    events = round(float(table.n_event[row].sum()))
    return len(data) if table.groups == 1 else events + round(float(table.n_censor[row].sum())), events


def _one_after_another(risk: Floats, deaths: Floats) -> tuple[Floats, Floats]:
    """Hazard and variance with tied events taken in sequence: sum over k < d of 1/(n - k) and 1/(n - k)^2."""
    counts = deaths.astype(np.int64)
    at = np.repeat(np.arange(len(risk)), counts)
    rank = np.arange(len(at)) - np.repeat(np.cumsum(counts) - counts, counts)
    left = risk[at] - rank
    return np.bincount(at, 1 / left, len(risk)), np.bincount(at, 1 / left**2, len(risk))


_CELLS = 2_000_000
"""Participants times times worked on at once."""


def _jackknife(
    data: FollowUp, time: Floats, risk: Floats, deaths: Floats, cluster: NDArray[np.int64] | None
) -> tuple[Floats, Floats]:
    """Infinitesimal-jackknife standard errors of log S and of the cumulative hazard, by participant or cluster.

    The influence of a participant on log S(t) is -[dN/(n - d) at its event] + integral of d/(n (n - d)) while at risk.
    """
    n = len(data)
    weight = np.ones(n) if data.weights is None else data.weights
    group = np.arange(n) if cluster is None else np.unique(cluster, return_inverse=True)[1]
    last = np.searchsorted(time, data.time, side="left")
    first = np.zeros(n, np.int64) if data.entry is None else np.searchsorted(time, data.entry, side="right")

    order = np.argsort(group, kind="stable")
    block = max(1, _CELLS // (len(time) + 1))

    def standard_error(jump: Floats, drift: Floats) -> Floats:
        variance = np.zeros(len(time))
        for begin in range(0, int(group.max()) + 1, block):
            rows = order[slice(*np.searchsorted(group[order], [begin, begin + block]))]
            own, ended = group[rows] - begin, data.event[rows]
            step = np.zeros((block, len(time) + 1))
            np.add.at(step, (own[ended], last[rows][ended]), -(weight * jump[last])[rows][ended])
            at_risk = np.zeros_like(step)
            np.add.at(at_risk, (own, first[rows]), weight[rows])
            np.add.at(at_risk, (own, last[rows] + 1), -weight[rows])
            influence = np.cumsum(step[:, :-1] + np.cumsum(at_risk, axis=1)[:, :-1] * drift, axis=1)
            variance += (influence**2).sum(axis=0)
        return np.sqrt(variance)

    with np.errstate(divide="ignore", invalid="ignore"):
        left = risk - deaths
        log_scale = standard_error(np.where(left > 0, 1 / left, 0.0), np.where(left > 0, deaths / (risk * left), 0.0))
    return log_scale, standard_error(1 / risk, deaths / risk**2)
