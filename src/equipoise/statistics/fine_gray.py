"""Proportional subdistribution hazards (Fine and Gray, JASA 1999;94:496), by two estimators that differ under ties.

`fine_gray` is the paper's (and cmprsk::crr's): participants with a competing event stay at risk with weight
G(t-)/G(T-), ties after Breslow, and a variance that knows G is estimated. `fine_gray_weighted` writes the same idea
as weighted intervals for the ordinary Cox model (survival::finegray and coxph), where censorings follow events of
the same time, ties may be Efron's and the variance is the sandwich by participant or cluster. Without ties of
events with censorings the coefficients agree (Breslow); say which one was used.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from equipoise.kernel.errors import InputError
from equipoise.kernel.messages import message
from equipoise.statistics.competing import own_cause, statuses
from equipoise.statistics.cox import ITERATIONS, CoxFit, cox, identified, location, matrix, runaway
from equipoise.statistics.errors import NoEstimate, NotConverged
from equipoise.statistics.estimate import LEVEL, Estimate, HypothesisTest
from equipoise.statistics.follow_up import Floats, Ints, codes, floats, follow_up
from equipoise.statistics.partial_likelihood import STEEPEST
from equipoise.statistics.survival import kaplan_meier


@dataclass(frozen=True, slots=True, eq=False)
class FineGrayFit:
    """A fitted subdistribution model: coefficients in the order of the covariates; `loglik` is (at zero, at the fit).

    `baseline` holds the jumps of the baseline cumulative subdistribution hazard (all covariates 0) at `event_times`,
    each of the stratum whose code stands in `strata`.
    """

    names: tuple[str, ...]
    cause: int
    n: int
    events: int
    coef: Floats
    variance: Floats
    loglik: tuple[float, float]
    event_times: Floats
    baseline: Floats
    strata: Ints

    @property
    def std_err(self) -> Floats:
        """Standard errors of the coefficients."""
        return np.sqrt(np.diag(self.variance))

    def hazard_ratio(self, index: int = 0, level: float = LEVEL) -> Estimate:
        """The subdistribution hazard ratio of one covariate; the standard error is that of its logarithm."""
        value, std_err = float(self.coef[index]), float(self.std_err[index])
        half = NormalDist().inv_cdf(0.5 + level / 2) * std_err
        ratio, lower, upper = (float(np.exp(part)) for part in (value, value - half, value + half))
        return Estimate(ratio, std_err, lower, upper, level, "Fine-Gray, weighted risk sets, Wald")

    def test(self, index: int = 0) -> HypothesisTest:
        """The Wald test of one coefficient."""
        if not self.std_err[index] > 0:
            return HypothesisTest(None, 1, None, method="Wald", reason=message("statistics.no_variance"))
        z = float(self.coef[index] / self.std_err[index])
        return HypothesisTest(z * z, 1, float(2 * ndtr(-abs(z))), z, float(ndtr(z)), "Wald")


_Point = tuple[float, Floats, Floats, Floats, Floats, Floats]


class _Model:
    """The weighted risk sets at each distinct event time, as differences of cumulative sums over sorted rows."""

    def __init__(self, time: Floats, kind: Ints, x: Floats) -> None:
        """`kind` is 0 censored, 1 the cause, 2 another; rows are sorted by time."""
        self.x, self.kind, self.time = x, kind, time
        curve = kaplan_meier(time, kind == 0)
        before = np.concatenate([[1.0], curve.surv])
        self.g = before[np.searchsorted(curve.time, time, side="left")]
        self.event_times, self.count = np.unique(time[kind == 1], return_counts=True)
        self.first = np.searchsorted(time, self.event_times, side="left")
        self.g_at = self.g[self.first]
        self.own = kind == 1
        self.events = x[self.own].sum(axis=0)

    def sums(self, values: Floats) -> Floats:
        """Sum of a quantity of the rows over each weighted risk set."""
        zero = np.zeros((1, *values.shape[1:]))
        shape = (-1,) + (1,) * (values.ndim - 1)
        up = np.concatenate([zero, np.cumsum(values, axis=0)])
        other = np.where(self.kind == 2, 1 / self.g, 0.0).reshape(shape)
        competing = np.concatenate([zero, np.cumsum(values * other, axis=0)])
        return np.asarray(up[-1] - up[self.first] + self.g_at.reshape(shape) * competing[self.first])

    def at(self, beta: Floats) -> "_Point | None":
        """Log-likelihood, score, information, risks, risk-set totals and means; None where the risks overflow."""
        eta = self.x @ beta
        if not float(np.abs(eta).max()) < STEEPEST:
            return None
        risk = np.exp(eta)
        total = self.sums(risk)
        if not (total > 0).all():
            return None
        mean = self.sums(risk[:, None] * self.x) / total[:, None]
        second = self.sums(risk[:, None, None] * self.x[:, :, None] * self.x[:, None, :]) / total[:, None, None]
        loglik = float(eta[self.own].sum() - self.count @ np.log(total))
        spread = second - mean[:, :, None] * mean[:, None, :]
        return loglik, self.events - self.count @ mean, np.tensordot(self.count, spread, 1), risk, total, mean

    def influence(self, risk: Floats, total: Floats, mean: Floats) -> Floats:
        """Each row's eta + psi of the paper, section 4: its share in the score, and in the estimate of G."""
        jump = self.count / total
        zero = np.zeros(1)
        last = np.searchsorted(self.event_times, self.time, side="right")

        def upto(values: Floats) -> Floats:
            return np.asarray(np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0)]))

        hazard, moment = upto(jump), upto(jump[:, None] * mean)
        late_hazard, late_moment = upto(jump * self.g_at), upto((jump * self.g_at)[:, None] * mean)
        exposure, exposed_moment = hazard[last], moment[last]
        rest = np.where(self.kind == 2, 1 / self.g, 0.0)
        exposure = exposure + rest * (late_hazard[-1] - late_hazard[last])
        exposed_moment = exposed_moment + rest[:, None] * (late_moment[-1] - late_moment[last])
        eta = risk[:, None] * (exposed_moment - self.x * exposure[:, None])
        at_event = np.minimum(np.searchsorted(self.event_times, self.time, side="left"), len(mean) - 1)
        eta[self.own] += self.x[self.own] - mean[at_event[self.own]]
        # psi: censoring at u changes the weights of those who had a competing event before u.
        censor_times, censored = np.unique(self.time[self.kind == 0], return_counts=True)
        if not len(censor_times):
            return np.asarray(eta)
        before = np.searchsorted(self.time, censor_times, side="left")
        weighted = np.concatenate([zero, np.cumsum(risk * rest)])[before]
        weighted_x = upto((risk * rest)[:, None] * self.x)[before]
        later = np.searchsorted(self.event_times, censor_times, side="left")
        q = weighted_x * (late_hazard[-1] - late_hazard[later])[:, None] - weighted[:, None] * (
            late_moment[-1] - late_moment[later]
        )
        at_risk = len(self.time) - before
        drift = upto((censored / at_risk**2)[:, None] * q)
        psi = -drift[np.searchsorted(censor_times, self.time, side="right")]
        own = self.kind == 0
        index = np.searchsorted(censor_times, self.time[own])
        psi[own] += q[index] / at_risk[index, None]
        return np.asarray(eta + psi)


def fine_gray(
    time: ArrayLike,
    status: ArrayLike,
    covariates: ArrayLike,
    *,
    cause: int = 1,
    strata: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    names: Sequence[str] | None = None,
) -> FineGrayFit:
    """Fit the model of the paper; `cluster` (codes) sums the influences (Zhou et al., Biostatistics 2012;13:371).

    Strata (codes) have baselines, and censoring, of their own (Zhou et al., Biometrics 2011;67:661, regular
    strata). Raises InputError, TooFewEvents, NotIdentified, NotConverged.
    """
    times, state, x, labels, means, spread = _checked(time, status, covariates, cause, names)
    stratum = np.zeros(len(times), np.int64) if strata is None else codes(strata, "strata", len(times))
    order = np.lexsort((times, stratum))
    kind = np.where(state == cause, 1, 2 * (state > 0))[order]
    ordered, scaled = times[order], ((x - means) / spread)[order]
    cuts = np.flatnonzero(np.diff(stratum[order])) + 1
    every = np.split(np.arange(len(times)), cuts)
    rows = [own for own in every if (kind[own] == 1).any()]  # the others contribute nothing
    models = [_Model(ordered[own], kind[own], scaled[own]) for own in rows]
    null, current, beta = _maximize(models, x.shape[1], labels)
    influence = np.zeros(scaled.shape)
    for own, model, (_, _, _, risk, total, mean) in zip(rows, models, current.parts, strict=True):
        influence[own] = model.influence(risk, total, mean)
    if cluster is not None:
        group = np.unique(codes(cluster, "cluster", len(times)), return_inverse=True)[1][order]
        pooled = np.zeros((int(group.max()) + 1, influence.shape[1]))
        np.add.at(pooled, group, influence)
        influence = pooled
    root = influence @ np.linalg.inv(current.information)
    coef = beta / spread
    jumps = [model.count / (part[4] * np.exp(means @ coef)) for model, part in zip(models, current.parts, strict=True)]
    return FineGrayFit(
        labels, cause, len(times), sum(int(model.count.sum()) for model in models), coef,
        root.T @ root / np.outer(spread, spread), (null.loglik, current.loglik),
        np.concatenate([model.event_times for model in models]), np.concatenate(jumps),
        np.repeat([stratum[order[own[0]]] for own in rows], [len(model.count) for model in models]),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Total:
    """The sum over strata at a value of the coefficients, and each stratum's own part."""

    parts: list[_Point]

    @property
    def loglik(self) -> float:
        return sum(part[0] for part in self.parts)

    @property
    def score(self) -> Floats:
        return np.asarray(sum(part[1] for part in self.parts))

    @property
    def information(self) -> Floats:
        return np.asarray(sum(part[2] for part in self.parts))


def _total(models: Sequence[_Model], beta: Floats) -> _Total | None:
    parts = [model.at(beta) for model in models]
    known = [part for part in parts if part is not None]
    return _Total(known) if len(known) == len(parts) else None


def _maximize(models: Sequence[_Model], covariates: int, labels: tuple[str, ...]) -> tuple[_Total, _Total, Floats]:
    """Newton's method from zero, with halved steps."""
    beta, converged = np.zeros(covariates), False
    null = current = _total(models, beta)
    assert null is not None
    assert current is not None
    identified(null.information, labels)
    for _ in range(ITERATIONS):
        try:
            step = np.linalg.solve(current.information, current.score)
        except np.linalg.LinAlgError:
            break
        converged = bool(current.score @ step < 1e-18)
        if converged:
            break
        proposal, halvings = _total(models, beta + step), 0
        while (proposal is None or proposal.loglik < current.loglik - 1e-10 * abs(current.loglik)) and halvings < 30:
            step, halvings = step / 2, halvings + 1
            proposal = _total(models, beta + step)
        if proposal is None:
            break
        beta, current = beta + step, proposal
    vanished = runaway(null.information, current.information)
    if vanished is not None:
        raise NotConverged("statistics.infinite_coefficient", covariate=labels[vanished])
    if not converged:
        raise NotConverged("statistics.not_converged", iterations=ITERATIONS)
    return null, current, beta


def fine_gray_weighted(
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
    """Fit by weighted intervals; the sandwich variance pools each participant's intervals, or `cluster`'s.

    Strata have baselines, and censoring, of their own. With delayed `entry` the weights also carry the probability of
    having entered (Geskus, Biometrics 2011;67:39). Raises as `fine_gray`.
    """
    times, state, x, labels, _, _ = _checked(time, status, covariates, cause, names)
    entries = None
    if entry is not None:
        entries = follow_up(times, state > 0, entry).entry
    group = np.arange(len(times)) if cluster is None else codes(cluster, "cluster", len(times))
    stratum = np.zeros(len(times), np.int64) if strata is None else codes(strata, "strata", len(times))
    parts = []
    for code in np.unique(stratum):
        own = np.flatnonzero(stratum == code)
        found = weighted_intervals(times[own], state[own], cause, entry=None if entries is None else entries[own])
        parts.append(replace(found, row=own[found.row]))
    row, start, stop, event, weight = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("row", "start", "stop", "event", "weight")
    )
    return cox(
        stop, event, x[row], entry=start, weights=weight, cluster=group[row],
        strata=None if strata is None else stratum[row], ties=ties, names=labels,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class WeightedIntervals:
    """Participants' intervals (start, stop] with weights; `row` is the participant's row in the data given."""

    row: Ints
    start: Floats
    stop: Floats
    event: np.ndarray
    weight: Floats


def weighted_intervals(times: Floats, state: Ints, cause: int, *, entry: Floats | None = None) -> WeightedIntervals:
    """Extend those with a competing event beyond it, weighted by the probability of still being observed.

    That is G, of not being censored, with events before censorings of the same time, and with delayed entry H, of
    having entered. Their steps cut the intervals, of which only those with an event of the cause are kept. Raises
    NoEstimate where that probability is estimated as 0 at a competing event.
    """
    origin = 0.0 if times.min() > 0 else 2 * float(times.min()) - 1
    begin = np.full(len(times), origin) if entry is None else entry
    changes, probability = _observed(times, state, entry)
    ends = np.append(changes, times.max())
    own_times = np.unique(times[state == cause])
    used = np.unique(np.searchsorted(ends, own_times, side="left"))
    others = np.flatnonzero((state > 0) & (state != cause)) if len(own_times) else np.zeros(0, np.int64)
    own = np.searchsorted(ends, times[others], side="left")
    stop = times.copy()
    stop[others] = ends[own]
    who, piece = np.nonzero(used[None, :] > own[:, None])
    piece = used[piece]
    unseen = probability[own[who]] == 0
    if unseen.any():
        raise NoEstimate("statistics.unobserved", time=f"{times[others[who[unseen]]].min():g}")
    weight = probability[piece] / probability[own[who]]
    kept = weight > 0
    who, piece, weight = who[kept], piece[kept], weight[kept]
    row = np.concatenate([np.arange(len(times)), others[who]])
    start = np.concatenate([begin, ends[piece - 1]])
    end = np.concatenate([stop, ends[piece]])
    event = np.concatenate([state == cause, np.zeros(len(who), bool)])
    weights = np.concatenate([np.ones(len(times)), weight])
    order = np.lexsort((start, row))
    return WeightedIntervals(row[order], start[order], end[order], event[order], weights[order])


def _observed(times: Floats, state: Ints, entry: Floats | None) -> tuple[Floats, Floats]:
    """When the probability of being under observation changes, and what it is before the first change and after each.

    H is estimated in reversed time: at each entry, the share of those under observation who had just entered.
    """
    censor_times, censored = np.unique(times[state == 0], return_counts=True)
    ordered = np.sort(times)
    at_risk = len(times) - np.searchsorted(ordered, censor_times, side="right") + censored
    if entry is not None:
        at_risk = at_risk - (len(times) - np.searchsorted(np.sort(entry), censor_times, side="left"))
    uncensored = np.concatenate([[1.0], np.cumprod(1 - censored / at_risk)])
    if entry is None or not float(entry.max()) > float(times.min()):
        return censor_times, uncensored
    entries, entered = np.unique(entry, return_counts=True)
    begun = np.searchsorted(np.sort(entry), entries, side="right")
    present = begun - np.searchsorted(ordered, entries, side="right")
    factors = 1 - entered / present
    had_entered = np.append(np.cumprod(factors[::-1])[::-1][1:], 1.0)
    changes = np.unique(np.concatenate([entries, censor_times]))
    h = had_entered[np.maximum(np.searchsorted(entries, changes, side="right") - 1, 0)]
    g = uncensored[np.searchsorted(censor_times, changes, side="right")]
    return changes, np.concatenate([[1.0], h * g])


def _checked(
    time: ArrayLike, status: ArrayLike, covariates: ArrayLike, cause: int, names: Sequence[str] | None
) -> tuple[Floats, Ints, Floats, tuple[str, ...], Floats, Floats]:
    raw = floats(time, "time")
    state = statuses(status, len(raw))
    times = follow_up(raw, state > 0).time
    x = matrix(covariates, len(times), names)
    labels = tuple(names) if names is not None else tuple(f"x{column + 1}" for column in range(x.shape[1]))
    if len(labels) != x.shape[1]:
        raise InputError("the names do not match the covariates", seen=labels, wanted=f"{x.shape[1]} names")
    own_cause(state, cause)
    means, spread = location(x, labels)
    return times, state, x, labels, means, spread
