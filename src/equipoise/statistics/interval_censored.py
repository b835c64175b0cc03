"""Times known only to lie between two looks: the nonparametric maximum-likelihood estimate of their distribution.

An event happened after `left` and by `right`: (left, right]. Equal ends are an exact time, an infinite right end is a
censored one, and 0 on the left says that nobody looked before. Mass can lie only in the innermost intervals, those that
begin with some left end and finish with the next right end (Peto, Appl Stat 1973;22:86; Turnbull, JRSS B 1976;38:290).

The likelihood is written in the increments of the cumulative hazard over the innermost intervals, in which it is
concave for any given relative risks, and is maximized by Newton's method projected on what is not negative (Bertsekas,
SIAM J Control Optim 1982;20:221). The Kuhn-Tucker conditions, which here are sufficient, are checked at the end
(Gentleman and Geyer, Biometrika 1994;81:618).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from equipoise.kernel.errors import InputError
from equipoise.statistics.errors import NotConverged
from equipoise.statistics.follow_up import Bools, Floats, Ints, floats, tied

ITERATIONS = 500
TOLERANCE = 1e-9
"""How far the Kuhn-Tucker conditions may be missed, as a share of the participants."""
DECREMENT = 1e-11
"""What a further step would add to the log-likelihood: too little to take it."""
NEARBY = 1e-6
"""An increment below this share of the largest is taken to 0 where its gradient is not positive."""


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """One interval (left, right] a participant; equal ends are an exact time, `right` is inf where censored."""

    left: Floats
    right: Floats

    def __len__(self) -> int:
        return len(self.left)

    @property
    def is_event(self) -> Bools:
        """Whose event is known to have happened."""
        return np.asarray(np.isfinite(self.right))

    @property
    def is_exact(self) -> Bools:
        """Whose event is known to the day."""
        return np.asarray(self.left == self.right)

    def of(self, rows: Bools | Ints) -> "Intervals":
        """Some of the rows."""
        return Intervals(self.left[rows], self.right[rows])


def intervals(left: ArrayLike, right: ArrayLike) -> Intervals:
    """Check the ends: `left` finite and not negative, `right` no less and perhaps infinite. Raises InputError."""
    low = floats(left, "left")
    high = np.ascontiguousarray(right, dtype=np.float64)
    if high.shape != low.shape:
        raise InputError("the ends do not pair", column="right", seen=high.shape, wanted=f"{low.shape}")
    for wrong, column, values, wanted in (
        (low < 0, "left", low, "a time at or after 0"),
        (np.isnan(high), "right", high, "a time, or inf for a censored one"),
        (high < low, "right", high, "a time at or after the left end"),
    ):
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise InputError(
                "a value is out of place", row=row + 1, column=column, seen=values[row].item(), wanted=wanted
            )
    known = np.isfinite(high)
    both, _ = tied(np.concatenate([low, high[known]]), None)
    ends = np.full(len(high), np.inf)
    ends[known] = both[len(low) :]
    return Intervals(both[: len(low)], ends)


@dataclass(frozen=True, slots=True, eq=False)
class Innermost:
    """The innermost intervals in their order, and which of them each participant's interval covers: [first, stop)."""

    left: Floats
    right: Floats
    first: Ints
    stop: Ints


def innermost(data: Intervals) -> Innermost:
    """Find them by one pass over the sorted ends.

    At one time an exact event's own beginning comes first, then right ends, then left ends, which are open.
    """
    exact = data.is_exact
    n = len(data)
    value = np.concatenate([data.left, data.right])
    rank = np.concatenate([np.where(exact, 0, 2), np.ones(n, np.int64)])
    is_left = np.arange(2 * n) < n
    order = np.lexsort((rank, value))
    begins = is_left[order]
    at = np.flatnonzero(begins[:-1] & ~begins[1:])
    left, right = value[order][at], value[order][at + 1]
    point = rank[order][at] == 0
    # An end counts an interval as past where the interval's own right end lies at or before it.
    first = np.searchsorted(right, data.left, side="right")
    own = np.searchsorted(right, data.left, side="left")
    at_point = np.zeros(n, bool)
    inside = own < len(right)
    at_point[inside] = exact[inside] & point[own[inside]] & (right[own[inside]] == data.left[inside])
    first = np.where(at_point, own, first)
    stop = np.searchsorted(right, data.right, side="right")
    return Innermost(left, right, first.astype(np.int64), stop.astype(np.int64))


class Likelihood:
    """The log-likelihood of the increments of the baseline cumulative hazard, one an innermost interval but the last.

    Whoever was event-free longest covers nothing but the last innermost interval, so that its increment is infinite:
    whatever mass is left lies there.
    """

    def __init__(self, data: Intervals, x: Floats | None = None) -> None:
        self.inner = innermost(data)
        covariates = np.zeros((len(data), 0)) if x is None else x
        rows = np.column_stack([self.inner.first, self.inner.stop, covariates])
        alike, count = np.unique(rows, axis=0, return_counts=True)
        self.first, self.stop = alike[:, 0].astype(np.int64), alike[:, 1].astype(np.int64)
        self.x, self.weight = np.ascontiguousarray(alike[:, 2:]), count.astype(np.float64)
        self.n = len(data)
        self.size = len(self.inner.right) - 1
        self.bounded = self.stop <= self.size

    def start(self) -> Floats:
        """The increments of equal masses: a place where the likelihood is finite."""
        left = 1 - np.arange(self.size + 1) / (self.size + 1)
        return np.asarray(-np.diff(np.log(left)))

    def parts(self, increments: Floats, risk: Floats) -> tuple[Floats, Floats]:
        """Each row's hazard before its interval, and inside it (infinite where that reaches the last)."""
        total = np.concatenate([[0.0], np.cumsum(increments)])
        before = risk * total[self.first]
        inside = np.full(len(risk), np.inf)
        held = self.bounded
        inside[held] = risk[held] * (total[self.stop[held]] - total[self.first[held]])
        return before, inside

    def value(self, increments: Floats, risk: Floats) -> float:
        """The log-likelihood; -inf where a row is impossible."""
        before, inside = self.parts(increments, risk)
        if not (inside > 0).all():
            return -np.inf
        with np.errstate(under="ignore"):
            gained = np.log(-np.expm1(-inside))
        return float(self.weight @ (gained - before))

    def slopes(self, increments: Floats, risk: Floats) -> tuple[Floats, Floats]:
        """The gradient in the increments, and minus the second derivatives."""
        _, inside = self.parts(increments, risk)
        m, held = self.size, self.bounded
        gradient = np.zeros(m + 1)
        np.add.at(gradient, self.first, self.weight * risk)
        gradient[:] = np.cumsum(gradient) - gradient.sum()  # -(risk of those whose interval begins later)
        inner = inside[held]
        with np.errstate(over="ignore"):
            rise = self.weight[held] * risk[held] / np.expm1(inner)
            bend = self.weight[held] * risk[held] ** 2 / (4 * np.sinh(inner / 2) ** 2)
        first, stop = self.first[held], self.stop[held]
        step = np.zeros(m + 1)
        np.add.at(step, first, rise)
        np.add.at(step, stop, -rise)
        gradient += np.cumsum(step)
        second = np.zeros((m + 1, m + 1))
        np.add.at(second, (first, first), bend)
        np.add.at(second, (first, stop), -bend)
        np.add.at(second, (stop, first), -bend)
        np.add.at(second, (stop, stop), bend)
        return gradient[:m], np.cumsum(np.cumsum(second, axis=0), axis=1)[:m, :m]

    def violation(self, increments: Floats, risk: Floats) -> float:
        """How far the Kuhn-Tucker conditions are missed, a participant: 0 at the maximum.

        No gradient may be positive, and where the increment is positive it must be 0. Where the increment is
        positive the gradient is taken times the increment, which makes it free of the unit of the hazard.
        """
        gradient, _ = self.slopes(increments, risk)
        total = np.cumsum(increments)
        missed = np.where(increments > 0, np.abs(gradient) * np.minimum(total, 1), np.maximum(gradient, 0))
        return float(missed.max(initial=0.0)) / self.n

    def maximize(self, risk: Floats, begin: Floats | None = None) -> Floats:
        """The increments that maximize the likelihood for given relative risks. Raises NotConverged."""
        now = self.start() if begin is None else begin
        value = self.value(now, risk)
        if not np.isfinite(value):
            now = self.start()
            value = self.value(now, risk)
        for _ in range(ITERATIONS):
            gradient, second = self.slopes(now, risk)
            held = (now <= NEARBY * float(now.max(initial=0.0))) & (gradient <= 0)
            held &= now * np.diag(second) <= -gradient  # a small increment that its own curvature keeps is not held
            free = ~held
            direction = np.zeros(self.size)
            direction[free] = _solved(second[np.ix_(free, free)], gradient[free])
            direction[held] = -now[held]
            if abs(float(gradient @ direction)) <= DECREMENT and self.violation(now, risk) <= TOLERANCE:
                without = np.where(held, 0.0, now)
                return without if self.value(without, risk) >= value - DECREMENT else now
            step, moved = 1.0, False
            while step > 1e-12:
                there = np.maximum(now + step * direction, 0.0)
                proposal = self.value(there, risk)
                if np.isfinite(proposal) and proposal >= value:
                    moved = proposal - value > 1e-14 * abs(value)
                    now, value = there, proposal
                    break
                step /= 2
            if not moved:
                break
        if self.violation(now, risk) <= 1e2 * TOLERANCE:
            return now
        raise NotConverged("statistics.not_converged", iterations=ITERATIONS)


def _solved(second: Floats, gradient: Floats) -> Floats:
    """Newton's direction, where the matrix may be all but singular."""
    ridge = second.copy()
    ridge[np.diag_indices_from(ridge)] *= 1 + 1e-11
    try:
        return np.asarray(cho_solve(cho_factor(ridge, check_finite=False), gradient, check_finite=False))
    except LinAlgError:
        return np.asarray(np.linalg.lstsq(second, gradient, rcond=None)[0])


@dataclass(frozen=True, slots=True, eq=False)
class TurnbullCurve:
    """The nonparametric estimate: masses in the intervals (left, right], and survival after each.

    Inside an interval survival is not determined; `right` of the last is inf where nobody's event ends it. Only
    intervals with mass are kept. `violation` is by how much the Kuhn-Tucker conditions are missed, a participant.
    """

    n: int
    events: int
    exact: int
    left: Floats
    right: Floats
    mass: Floats
    surv: Floats
    loglik: float
    violation: float

    def at(self, time: float) -> tuple[float, float]:
        """Survival at a time: the least and the most it can be, equal outside the intervals of mass."""
        before = np.concatenate([[1.0], self.surv])
        ended = int(np.searchsorted(self.right, time, side="right"))
        begun = int(np.searchsorted(self.left, time, side="left"))
        begun = max(begun, ended)
        return float(before[begun]), float(before[ended])

    def quantile(self, probability: float) -> tuple[float, float] | None:
        """Between which times a fraction has had the event; None where the curve does not fall so far.

        A curve that is flat at exactly that height gives the flat stretch.
        """
        level = 1 - probability
        close = np.isclose(self.surv, level, rtol=0, atol=1e-9)
        if close.any():
            place = int(np.flatnonzero(close)[0])
            following = self.left[place + 1] if place + 1 < len(self.left) else np.inf
            return float(self.right[place]), float(following)
        below = np.flatnonzero(self.surv < level)
        if not len(below) or not np.isfinite(self.right[below[0]]):
            return None
        return float(self.left[below[0]]), float(self.right[below[0]])

    @property
    def median(self) -> tuple[float, float] | None:
        """Between which times half have had the event."""
        return self.quantile(0.5)


SMALLEST = 1e-10
"""A mass below this is rounding."""


def turnbull(data: Intervals) -> TurnbullCurve:
    """Estimate the distribution of times known to intervals. Raises InputError, NotConverged."""
    if not len(data):
        raise InputError("there are no rows", column="left", wanted="at least one row")
    model = Likelihood(data)
    risk = np.ones(len(model.first))
    increments = model.maximize(risk)
    surv = np.append(np.exp(-np.cumsum(increments)), 0.0)
    mass = -np.diff(np.concatenate([[1.0], surv]))
    kept = mass > SMALLEST
    return TurnbullCurve(
        len(data), int(data.is_event.sum()), int(data.is_exact.sum()), model.inner.left[kept], model.inner.right[kept],
        mass[kept], surv[kept], model.value(increments, risk), model.violation(increments, risk),
    )  # fmt: skip
