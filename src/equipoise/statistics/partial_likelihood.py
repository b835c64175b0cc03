"""The partial likelihood of the Cox model: value, score and information, with ties by Efron or Breslow.

Cox, JRSS B 1972;34:187. Efron, JASA 1977;72:557: of d tied events the k-th sees a risk set from which k/d of the tied
ones have left. Rows are sorted once by stratum and descending time, so that every risk set is a run of rows (less, with
delayed entry, a run of those not yet entered) and its sums are differences of cumulative sums. The information needs no
sum of outer products over risk sets: it is X' diag(v) X less a product of risk-set means, where v is each row's
cumulative hazard times its risk.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from equipoise.statistics.follow_up import COMPILED, Bools, Floats, FollowUp, Ints


@dataclass(frozen=True, eq=False)
class RiskSets:
    """The rows in order of (stratum, descending time, events first), and where each event time's risk set lies.

    There are n rows, p covariates, J event times (distinct within strata, in the order of the rows) and m events.
    """

    order: Ints  # (n) position of each sorted row in the data given
    x: Floats  # (n, p) covariates, centred and scaled, column by column in memory
    case_weight: Floats | None  # (n)
    event: Bools  # (n)
    time: Floats  # (J) the event times
    stratum: Ints  # (J) code of the stratum
    begin: Ints  # (J) first row of the stratum
    end: Ints  # (J) one past the last row with a time at or after the event time
    deaths: Ints  # (m) rows with an event; those of one event time stand together
    first_death: Ints  # (J) where the event time's deaths begin in `deaths`
    count: Ints  # (J) tied events
    new_time: Bools  # (n) whether a row is the first of its time
    begins: Ints  # first row of each stratum
    entry_order: Ints  # (n) rows by stratum and descending entry; empty without delayed entry
    not_entered: Ints  # (J) one past the last position of `entry_order` not yet entered; empty without delayed entry
    before_entry: Ints  # (n) the first event time at or before each row's entry; empty without delayed entry
    efron: bool  # whether ties are Efron's

    @property
    def events(self) -> int:
        """The number of events."""
        return len(self.deaths)

    @cached_property
    def weight(self) -> Floats:
        """Case weights, (n); 1 where there are none."""
        return np.ones(len(self.order)) if self.case_weight is None else self.case_weight

    @cached_property
    def at(self) -> Ints:
        """The event time of each event, (m)."""
        return np.repeat(np.arange(len(self.count)), self.count)

    @cached_property
    def share(self) -> Floats:
        """k / d of each event, (m): how much of the tied events has left; 0 throughout for Breslow."""
        if not self.efron:
            return np.zeros(len(self.deaths))
        return (np.arange(len(self.deaths)) - self.first_death[self.at]) / self.count[self.at]

    @cached_property
    def mean_weight(self) -> Floats:
        """Average weight of the tied events, (J)."""
        return np.asarray(np.add.reduceat(self.weight[self.deaths], self.first_death) / self.count)

    @cached_property
    def enter(self) -> Ints:
        """The first event time, in this descending order, at which each row is at risk, (n)."""
        block = np.cumsum(self.new_time) - 1
        with_event = self.event[self.new_time]
        return np.asarray((np.cumsum(with_event) - with_event)[block])

    @cached_property
    def leave(self) -> Ints:
        """One past the last event time at which each row is at risk, (n)."""
        return np.minimum(self.before_entry, self.last) if len(self.before_entry) else self.last

    @cached_property
    def last(self) -> Ints:
        """One past the last event time of each row's stratum, (n)."""
        heads = self.deaths[self.first_death]
        last = np.append(np.searchsorted(heads, self.begins[1:]), len(heads))
        return np.asarray(np.repeat(last, np.diff(np.append(self.begins, len(self.order)))))

    @cached_property
    def first_times(self) -> Ints:
        """The first event time of each stratum that has any."""
        return np.flatnonzero(np.append(True, self.begin[1:] != self.begin[:-1]))

    @cached_property
    def event_moment(self) -> Floats:
        """Sum of the covariates over the events, (p)."""
        return np.asarray(self.x.T @ self.event.astype(np.float64))


def risk_sets(data: FollowUp, x: Floats, means: Floats, spread: Floats, stratum: Ints | None, efron: bool) -> RiskSets:
    """Sort the rows and find the risk sets. `x` is (n, p); it is centred at `means` and scaled by `spread`."""
    n = len(data)
    order = _order(data, stratum)
    time, event = data.time[order], data.event[order]
    new_time = np.empty(n, bool)
    new_time[0] = True
    np.not_equal(time[1:], time[:-1], out=new_time[1:])
    begins = np.zeros(1, np.int64)
    if stratum is not None:
        strata = stratum[order]
        begins = np.append(begins, np.flatnonzero(strata[1:] != strata[:-1]) + 1)
        new_time[begins] = True
    # Blocks are runs of rows of one time; events stand first in them.
    block_begin = np.flatnonzero(new_time)
    with_event = event[block_begin]
    heads = block_begin[with_event]
    deaths = np.flatnonzero(event)
    first_death = np.searchsorted(deaths, heads)
    levels = np.zeros(len(heads), np.int64) if stratum is None else strata[heads]
    entry_order = not_entered = before_entry = np.zeros(0, np.int64)
    if data.entry is not None:
        entry = data.entry[order]
        own = np.zeros(n, np.int64) if stratum is None else strata
        entry_order = np.lexsort((-entry, own))
        # Within a stratum, event times descend: the first at or before the entry ends the row's time at risk.
        keys_events, keys_rows = _ranks(levels, time[heads], own, entry)
        before_entry = np.searchsorted(keys_events, keys_rows, side="left")
        not_entered = np.searchsorted(keys_rows[entry_order], keys_events, side="right")
    return RiskSets(
        order, _gathered(x, order, means, spread), None if data.weights is None else data.weights[order], event,
        time[heads], levels, begins[np.searchsorted(begins, heads, side="right") - 1],
        np.append(block_begin[1:], n)[with_event], deaths, first_death,
        np.diff(np.append(first_death, len(deaths))), new_time, begins, entry_order, not_entered, before_entry, efron,
    )  # fmt: skip


def _order(data: FollowUp, stratum: Ints | None) -> Ints:
    """Rows by stratum, descending time, events first."""
    strata = 1 if stratum is None else int(stratum.max()) + 1
    if data.days and strata * data.days <= _KEYS:
        from equipoise.statistics.kernels import order_by_days

        order = np.empty(len(data), np.int64)
        levels = np.zeros(0, np.int64) if stratum is None else stratum
        place = np.zeros(strata * data.days * 2 + 1, np.int64)
        order_by_days(data.time, data.event.view(np.uint8), levels, data.days, place, order)
        return order
    return np.lexsort((~data.event, -data.time) if stratum is None else (~data.event, -data.time, stratum))


_KEYS = 5_000_000
"""The most strata and days that are sorted by counting."""


def _gathered(x: Floats, order: Ints, means: Floats, spread: Floats) -> Floats:
    if len(order) < COMPILED:
        return np.asfortranarray((x[order] - means) / spread)
    from equipoise.statistics.kernels import gather_scaled

    out = np.empty(x.shape[::-1])
    gather_scaled(x, order, means, spread, out)
    return out.T


def _ranks(event_stratum: Ints, event_time: Floats, stratum: Ints, entry: Floats) -> tuple[Ints, Ints]:
    """Common ranks of event times and entries by stratum and descending time, so that one search serves all strata."""
    strata = np.concatenate([event_stratum, stratum])
    times = np.concatenate([event_time, entry])
    order = np.lexsort((-times, strata))
    new = np.concatenate([[True], (np.diff(strata[order]) != 0) | (np.diff(times[order]) != 0)])
    rank = np.empty(len(order), np.int64)
    rank[order] = np.cumsum(new)
    return rank[: len(event_stratum)], rank[len(event_stratum) :]


@dataclass(frozen=True, slots=True, eq=False)
class Likelihood:
    """The partial likelihood at one coefficient vector."""

    loglik: float
    score: Floats  # (p)
    information: Floats  # (p, p)


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation(Likelihood):
    """The same with the risk-set sums it came from."""

    risk: Floats  # (n) exp(eta), without the weight
    denominator: Floats  # (m) sum of weighted risks seen by each event
    mean: Floats  # (m, p) weighted mean of the covariates seen by each event
    hazard: Floats  # (m) increment of the baseline hazard at each event


def evaluate(sets: RiskSets, beta: Floats, offset: Floats | None = None) -> Likelihood | None:
    """Value, score and information at `beta`; None where the risks overflow. `offset` is in the order of the rows."""
    if len(sets.order) < COMPILED or len(sets.entry_order) or sets.case_weight is not None:
        return evaluate_fully(sets, beta, offset)
    from equipoise.statistics.kernels import partial_likelihood

    eta = linear_predictors(sets, beta, offset)
    if eta is None:
        return None
    risk, p = np.exp(eta), len(beta)
    score, information = np.zeros(p), np.zeros((p, p))
    log_risk = float(sets.event_moment @ beta) + (0.0 if offset is None else float(offset[sets.deaths].sum()))
    loglik = partial_likelihood(
        sets.x.T, risk, sets.begin, sets.end, sets.deaths[sets.first_death], sets.count, sets.efron, score, information
    )
    return Likelihood(log_risk + loglik, score, information)


def linear_predictors(sets: RiskSets, beta: Floats, offset: Floats | None) -> Floats | None:
    """x'b of the sorted rows; None where one is so large that sums of squares of its exponential would overflow."""
    eta = sets.x @ beta if offset is None else sets.x @ beta + offset
    return eta if max(float(eta.max()), -float(eta.min())) < STEEPEST else None


STEEPEST = 300.0
"""Linear predictors beyond this are refused: exp(300) squared is still a number."""


def evaluate_fully(sets: RiskSets, beta: Floats, offset: Floats | None = None) -> Evaluation | None:
    """The same, with the sums that residuals and tests of proportional hazards need."""
    eta = linear_predictors(sets, beta, offset)
    if eta is None:
        return None
    risk = np.exp(eta)
    weighted = risk * sets.weight
    own = weighted[sets.deaths]
    total = at_risk_sums(sets, weighted)[sets.at]
    moment = at_risk_sums(sets, weighted[:, None] * sets.x)[sets.at]
    tied = tied_sums(sets, own)[sets.at] * sets.share
    tied_moment = tied_sums(sets, own[:, None] * sets.x[sets.deaths])[sets.at] * sets.share[:, None]
    denominator = total - tied
    if not (denominator > 0).all():  # risks so unlike that their sums cannot be told apart
        return None
    mean = (moment - tied_moment) / denominator[:, None]
    death_weight = sets.mean_weight[sets.at]
    hazard = death_weight / denominator
    loglik = float(sets.weight[sets.deaths] @ eta[sets.deaths] - death_weight @ np.log(denominator))
    exposure = weighted * cumulative(sets, tied_sums(sets, hazard))
    exposure[sets.deaths] -= own * tied_sums(sets, hazard * sets.share)[sets.at]
    residual = -exposure
    residual[sets.deaths] += sets.weight[sets.deaths]
    score = residual @ sets.x
    information = (sets.x * exposure[:, None]).T @ sets.x - (mean * death_weight[:, None]).T @ mean
    return Evaluation(loglik, score, (information + information.T) / 2, risk, denominator, mean, hazard)


def running(values: Floats, begins: Ints) -> Floats:
    """Cumulative sums, (n) or (n, q), that begin anew at each of `begins`, ascending from 0.

    Differences of sums that ran through would leave in one stratum the rounding of another: risks may be e^20 apart.
    """
    if len(begins) == 1:
        return np.asarray(np.cumsum(values, axis=0))
    found = np.empty(values.shape)
    lengths = np.diff(np.append(begins, len(values)))
    for length in np.unique(lengths):
        own = begins[lengths == length]
        if len(own) == 1:
            rows = slice(own[0], own[0] + length)
            np.cumsum(values[rows], axis=0, out=found[rows])
        else:
            block = own[:, None] + np.arange(length)
            found[block] = np.cumsum(values[block], axis=1)
    return found


def cumulative(sets: RiskSets, at_event_times: Floats) -> Floats:
    """Sum of a quantity of the event times, (J) or (J, q), over those at which each row is at risk."""
    ends = np.append(sets.first_times[1:], len(at_event_times))
    backwards = running(at_event_times[::-1], len(at_event_times) - ends[::-1])[::-1]
    backwards = np.concatenate([backwards, np.zeros((1, *at_event_times.shape[1:]))])
    nothing = len(at_event_times)
    from_enter = np.where(sets.enter < sets.leave, sets.enter, nothing)
    found = backwards[from_enter]
    if len(sets.entry_order):
        found = found - backwards[np.where(sets.leave < sets.last, np.maximum(from_enter, sets.leave), nothing)]
    return np.asarray(found)


def at_risk_sums(sets: RiskSets, values: Floats) -> Floats:
    """Sum of a quantity of the rows, (n) or (n, q), over each risk set."""
    found = running(values, sets.begins)[sets.end - 1]
    if len(sets.entry_order):
        late = running(values[sets.entry_order], sets.begins)[np.maximum(sets.not_entered - 1, 0)]
        some = (sets.not_entered > sets.begin).reshape(-1, *(1,) * (values.ndim - 1))
        found = found - np.where(some, late, 0.0)
    return np.asarray(found)


def tied_sums(sets: RiskSets, values: Floats) -> Floats:
    """Sum of a quantity of the events, (m) or (m, q), over those tied at each event time."""
    return np.asarray(np.add.reduceat(values, sets.first_death, axis=0))
