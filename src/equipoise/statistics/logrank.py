"""The log-rank test of k arms: stratified, weighted (Fleming-Harrington, modestly), left-truncated; re-randomization.

Mantel 1966; Peto and Peto, JRSS A 1972;135:185; Fleming and Harrington 1991, section 7.2; Magirr and Burman,
Stat Med 2019;38:3782. At each event time the variance is hypergeometric; weights are computed within the stratum from
the pooled left-continuous Kaplan-Meier curve.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, ndtr

from equipoise.kernel.errors import InputError
from equipoise.kernel.messages import Message, message
from equipoise.statistics.errors import TooFewArms, TooFewEvents
from equipoise.statistics.estimate import HypothesisTest
from equipoise.statistics.follow_up import Bools, Floats, coded, codes, counted_rows, follow_up
from equipoise.statistics.life_table import LifeTable, life_table, life_tables, tables_of_days


@dataclass(frozen=True, slots=True)
class FlemingHarrington:
    """Weights S(t-)^rho (1 - S(t-))^gamma; (0, 0) is the log-rank test, (1, 0) stresses early, (0, 1) late."""

    rho: float = 0.0
    gamma: float = 0.0

    def __call__(self, time: Floats, before: Floats) -> Floats:
        return np.asarray(before**self.rho * (1 - before) ** self.gamma)


@dataclass(frozen=True, slots=True)
class ModestlyWeighted:
    """Weights 1 / max(S(t-), S(t*)): late differences count more, but never below a single participant's due."""

    t_star: float

    def __call__(self, time: Floats, before: Floats) -> Floats:
        held = before[min(int(np.searchsorted(time, self.t_star, side="right")), len(before) - 1)]
        return np.asarray(1 / np.maximum(before, held))


Weighting = Callable[[Floats, Floats], Floats]
"""Event times and the pooled S just before them -> weights."""

UNWEIGHTED = FlemingHarrington()


@dataclass(frozen=True, slots=True, eq=False)
class LogRank:
    """Observed and expected (weighted) events by arm, the covariance of their differences, and the test.

    `silent` names the strata that contribute nothing, and why. For two arms `score` is O - E of arm 1, `information`
    its variance, and `test.z` = score / sqrt(information): z < 0 favours arm 1, the experimental one.
    """

    n: int
    events: int
    observed: Floats
    expected: Floats
    covariance: Floats
    test: HypothesisTest
    silent: tuple[Message, ...] = ()

    @property
    def score(self) -> float:
        """Observed minus expected events of the last arm."""
        return float(self.observed[-1] - self.expected[-1])

    @property
    def information(self) -> float:
        """The variance of the score."""
        return float(self.covariance[-1, -1])


def logrank(
    time: ArrayLike,
    event: ArrayLike,
    arm: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    weighting: Weighting = UNWEIGHTED,
    arm_names: Sequence[str] | None = None,
    stratum_names: Sequence[str] | None = None,
) -> LogRank:
    """Test that the hazards of the arms are equal.

    `arm` and `strata` are integer codes from 0; arm 0 is control. Raises InputError, TooFewArms, TooFewEvents.
    """
    n, tables = _tables(time, event, arm, strata, entry, 0 if arm_names is None else len(arm_names))
    count = tables[0][1].groups
    names = [str(code) for code in range(count)] if arm_names is None else list(arm_names)
    filled = [(table.n_event + table.n_censor).any(axis=1) for _, table in tables]
    present = np.flatnonzero(np.logical_or.reduce(filled))
    if len(present) < 2:
        raise TooFewArms("statistics.one_arm", arms=", ".join(names[code] for code in present))
    events = round(sum(float(table.n_event.sum()) for _, table in tables))
    if not events:
        raise TooFewEvents("statistics.no_events", n=n)
    observed, expected, covariance = np.zeros(count), np.zeros(count), np.zeros((count, count))
    silent: list[Message] = []
    for (level, table), arms in zip(tables, filled, strict=True):
        at_events = table.at_events()
        why = _silence(arms, at_events)
        if why is not None and strata is not None:
            silent.append(message(why, stratum=str(level) if stratum_names is None else stratum_names[level]))
        o, e, v = _stratum(at_events, weighting)
        observed += o
        expected += e
        covariance += v
    return LogRank(
        n, events, observed, expected, covariance,
        _test(observed - expected, covariance, expected), tuple(silent),
    )  # fmt: skip


def _tables(
    time: ArrayLike, event: ArrayLike, arm: ArrayLike, strata: ArrayLike | None, entry: ArrayLike | None, arms: int
) -> tuple[int, list[tuple[int, LifeTable]]]:
    """The number of rows, and a life table of at least so many arms for each stratum that has rows, with its code."""
    counted = None if entry is not None else counted_rows(time, event, arm, strata)
    if counted is not None:
        times, _, counts = counted
        return len(times), tables_of_days(counts, max(arms, counts.shape[1]))
    data = follow_up(time, event, entry)
    codes_of_arm, count = coded(arm, "arm", len(data))
    count = max(count, arms)
    if strata is None:
        return len(data), [(0, life_table(data, codes_of_arm, count))]
    return len(data), life_tables(data, codes_of_arm, count, *coded(strata, "strata", len(data)))


def _silence(arms: Bools, events: LifeTable) -> str | None:
    """Why a stratum, of these arms and event times, says nothing about the arms, if it does not."""
    if arms.sum() < 2:
        return "statistics.stratum_one_arm"
    if not len(events.time):
        return "statistics.stratum_no_events"
    overlap = (events.n_risk[:, 0] > 0).sum() >= 2 or ((events.n_risk > 0).sum(axis=0) >= 2).any()
    return None if overlap else "statistics.stratum_no_overlap"


def pooled_before(table: LifeTable) -> Floats:
    """The pooled Kaplan-Meier curve just before each event time of a table of event times."""
    after = np.cumprod(1 - table.n_event.sum(axis=0) / table.n_risk.sum(axis=0))
    return np.concatenate([[1.0], after[:-1]])


def _stratum(table: LifeTable, weighting: Weighting) -> tuple[Floats, Floats, Floats]:
    """Weighted observed and expected events and their covariance in one stratum, from its event times."""
    groups = table.groups
    if not len(table.time):
        return np.zeros(groups), np.zeros(groups), np.zeros((groups, groups))
    deaths, risk = table.n_event.sum(axis=0), table.n_risk.sum(axis=0)
    share = table.n_risk / risk
    # Who is alone at risk and has the event adds nothing: then risk = deaths.
    left = (risk - deaths) / np.maximum(risk - 1, 1)
    if weighting is UNWEIGHTED:
        observed, counted, spread = table.n_event.sum(axis=1), deaths, deaths * left
    else:
        weight = weighting(table.time, pooled_before(table))
        observed, counted, spread = table.n_event @ weight, weight * deaths, weight**2 * deaths * left
    return observed, share @ counted, np.diag(share @ spread) - (share * spread) @ share.T


def _test(difference: Floats, covariance: Floats, expected: Floats) -> HypothesisTest:
    compared = np.flatnonzero(expected > 0)
    df = len(compared) - 1
    if df < 1:
        return HypothesisTest(None, 0, None, method="log-rank", reason=message("statistics.no_comparison"))
    kept = compared[1:]
    matrix = covariance[np.ix_(kept, kept)]
    if np.linalg.matrix_rank(matrix, hermitian=True) < df:
        return HypothesisTest(None, df, None, method="log-rank", reason=message("statistics.no_variance"))
    chisq = float(difference[kept] @ np.linalg.solve(matrix, difference[kept]))
    p = float(chdtrc(df, chisq))
    if df > 1 or len(expected) > 2:
        return HypothesisTest(chisq, df, p, method="log-rank")
    z = float(difference[-1] / np.sqrt(matrix[0, 0]))
    return HypothesisTest(chisq, df, p, z, float(ndtr(z)), "log-rank")


def scores(
    time: ArrayLike,
    event: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    weighting: Weighting = UNWEIGHTED,
) -> Floats:
    """Log-rank scores, one a row: weighted event minus weighted cumulative pooled hazard while at risk.

    Their sum over an arm is that arm's O - E, whatever the arms are: so a re-randomized trial needs one sum.
    """
    data = follow_up(time, event, entry)
    stratum = np.zeros(len(data), np.int64) if strata is None else codes(strata, "strata", len(data))
    found = np.zeros(len(data))
    for level in np.unique(stratum):
        rows = np.flatnonzero(stratum == level)
        table = life_table(data, None, 1, rows).at_events()
        if not len(table.time):
            continue
        weight = weighting(table.time, pooled_before(table))
        cumulative = np.concatenate([[0.0], np.cumsum(weight * table.n_event[0] / table.n_risk[0])])
        own = np.searchsorted(table.time, data.time[rows], side="right")
        at_event = np.append(weight, 0.0)[np.searchsorted(table.time, data.time[rows], side="left")]
        found[rows] = np.where(data.event[rows], at_event, 0.0) - cumulative[own]
        if data.entry is not None:
            found[rows] += cumulative[np.searchsorted(table.time, data.entry[rows], side="right")]
    return found


@dataclass(frozen=True, slots=True)
class Rerandomization:
    """A re-randomization test: the observed score, how many re-randomized ones were as extreme, and the p-values.

    p = (1 + extreme) / (1 + replicates), so it is never 0 and the test keeps its level (Phipson and Smyth 2010).
    """

    score: float
    replicates: int
    as_extreme: int
    as_low: int
    p: float
    p_one_sided: float


def rerandomization_test(
    time: ArrayLike,
    event: ArrayLike,
    arm: ArrayLike,
    replicates: NDArray[np.integer],
    *,
    strata: ArrayLike | None = None,
    weighting: Weighting = UNWEIGHTED,
) -> Rerandomization:
    """Compare O - E of arm 1 with its values under re-drawn allocations (Rosenberger and Lachin 2016, chapter 6).

    `replicates` holds one re-drawn allocation a row, made by the trial's own randomization method; times and events
    stay as observed. Under minimization this is the analysis that respects the design. Two arms, coded 0 and 1.
    """
    found = scores(time, event, strata=strata, weighting=weighting)
    arms = codes(arm, "arm", len(found))
    drawn = np.asarray(replicates)
    if drawn.ndim != 2 or drawn.shape[1] != len(found) or not len(drawn):
        raise InputError(
            "the replicates are not one allocation a row", seen=drawn.shape, wanted=f"(replicates, {len(found)})"
        )
    if int(arms.max()) > 1 or not ((drawn == 0) | (drawn == 1)).all():
        raise InputError("the arms are not two", column="arm", wanted="codes 0 and 1")
    observed = float(found @ arms)
    under_null = drawn @ found
    slack = 1e-9 * max(1.0, float(np.abs(found).sum()))
    extreme = int((np.abs(under_null) >= abs(observed) - slack).sum())
    low = int((under_null <= observed + slack).sum())
    total = len(drawn)
    return Rerandomization(observed, total, extreme, low, (1 + extreme) / (1 + total), (1 + low) / (1 + total))
