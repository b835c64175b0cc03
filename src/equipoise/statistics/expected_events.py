"""Expected participants, events and dropouts over calendar time, in closed form.

Accrual is piecewise constant in calendar time; time to event and time to dropout are exponential in pieces and
independent (Lachin and Foulkes, Biometrics 1986;42:507, extended to pieces). All times, rates and hazards share one
unit of time; 0 is the first day of accrual.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.kernel.errors import InputError
from equipoise.statistics.errors import NoEstimate


@dataclass(frozen=True, slots=True)
class Pieces:
    """A step function of time: `values[i]` holds from `starts[i]` until the next start; the last holds for ever."""

    starts: tuple[float, ...]
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        shown = ", ".join(f"{start:g}: {value:g}" for start, value in zip(self.starts, self.values, strict=False))
        if len(self.starts) != len(self.values) or not self.starts or self.starts[0] != 0.0:
            raise InputError("a step function needs one value a piece, the first from 0", seen=shown)
        if any(later <= earlier for earlier, later in itertools.pairwise(self.starts)):
            raise InputError("the pieces are out of order", seen=shown, wanted="starts that increase")
        if any(not math.isfinite(value) or value < 0.0 for value in self.values):
            raise InputError("a rate is negative or not a number", seen=shown, wanted="rates of 0 or more")

    @classmethod
    def constant(cls, value: float) -> "Pieces":
        """One value for ever."""
        return cls((0.0,), (value,))

    def at(self, time: float) -> float:
        """The value that holds at a time."""
        found = self.values[0]
        for start, value in zip(self.starts, self.values, strict=True):
            if start <= time:
                found = value
        return found

    def times(self, other: "Pieces") -> "Pieces":
        """The product of two step functions."""
        starts = tuple(sorted({*self.starts, *other.starts}))
        return Pieces(starts, tuple(self.at(start) * other.at(start) for start in starts))

    def integral(self, until: float) -> float:
        """The integral from 0 to a time."""
        total = 0.0
        for start, end, value in self.spans(until):
            total += value * (end - start)
        return total

    def spans(self, until: float) -> list[tuple[float, float, float]]:
        """The pieces up to a time, as (start, end, value)."""
        ends = (*self.starts[1:], math.inf)
        return [
            (start, min(end, until), value)
            for start, end, value in zip(self.starts, ends, self.values, strict=True)
            if start < until
        ]


@dataclass(frozen=True, slots=True)
class Accrual:
    """Participants a unit of time, in pieces, until `duration`."""

    rates: Pieces
    duration: float

    def __post_init__(self) -> None:
        if not math.isfinite(self.duration) or self.duration <= 0.0:
            raise InputError("accrual takes no time", seen=self.duration, wanted="a duration above 0")
        if self.rates.integral(self.duration) <= 0.0:
            raise NoEstimate("statistics.nobody_accrued")

    @classmethod
    def uniform(cls, subjects: float, duration: float) -> "Accrual":
        """A constant rate that accrues so many participants in all."""
        if not math.isfinite(duration) or duration <= 0.0:
            raise InputError("accrual takes no time", seen=duration, wanted="a duration above 0")
        return cls(Pieces.constant(subjects / duration), duration)

    def subjects(self, time: float = math.inf) -> float:
        """Participants accrued by a time."""
        return self.rates.integral(min(time, self.duration))

    def scaled(self, factor: float) -> "Accrual":
        """The same shape with every rate multiplied."""
        return Accrual(Pieces(self.rates.starts, tuple(factor * rate for rate in self.rates.values)), self.duration)


def events(time: float, accrual: Accrual, hazard: Pieces, dropout: Pieces) -> float:
    """Expected events by a calendar time in one arm (or a homogeneous group) with this accrual.

    The integral over accrual of P(event within u), whose own integral over u is exact on each piece.
    """
    if time <= 0.0:
        return 0.0
    curve = _EventCurve(hazard, dropout)
    return math.fsum(
        rate * (curve.integral(time - start) - curve.integral(time - end))
        for start, end, rate in accrual.rates.spans(min(accrual.duration, time))
    )


def time_of_events(target: float, groups: Sequence[tuple[Accrual, Pieces, Pieces]]) -> float:
    """The calendar time at which the groups (accrual, hazard, dropout) together are expected to reach a target.

    Raises EstimationError where they never do, saying how many can be expected.
    """

    def total(time: float) -> float:
        return math.fsum(events(time, accrual, hazard, dropout) for accrual, hazard, dropout in groups)

    if target <= 0.0:
        return 0.0
    most = math.fsum(
        accrual.subjects() * _EventCurve(hazard, dropout).eventually() for accrual, hazard, dropout in groups
    )
    if target >= most:
        subjects = math.fsum(accrual.subjects() for accrual, _, _ in groups)
        raise NoEstimate(
            "statistics.events_never_reached", target=f"{target:g}", subjects=f"{subjects:g}", most=f"{most:.1f}"
        )
    low, high = 0.0, max(accrual.duration for accrual, _, _ in groups)
    while total(high) < target:
        low, high = high, 2.0 * high
    for _ in range(200):
        middle = 0.5 * (low + high)
        if middle in (low, high):
            break
        if total(middle) < target:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


class _EventCurve:
    """P(event within u, before dropout) and its integral over u, piece by piece in closed form."""

    def __init__(self, hazard: Pieces, dropout: Pieces) -> None:
        starts = sorted({*hazard.starts, *dropout.starts})
        self._pieces = [(start, hazard.at(start), hazard.at(start) + dropout.at(start)) for start in starts]

    def probability(self, follow_up: float) -> float:
        return self._walk(follow_up)[0]

    def integral(self, follow_up: float) -> float:
        return self._walk(follow_up)[1]

    def eventually(self) -> float:
        """The probability that the event is ever seen."""
        start, cause, total = self._pieces[-1]
        so_far = self.probability(start)
        at_risk = math.exp(
            -math.fsum(load * (end - begin) for (begin, _, load), (end, _, _) in itertools.pairwise(self._pieces))
        )
        return so_far + (at_risk * cause / total if total > 0.0 else 0.0)

    def _walk(self, follow_up: float) -> tuple[float, float]:
        if follow_up <= 0.0:
            return 0.0, 0.0
        at_risk, seen, area = 1.0, 0.0, 0.0
        ends = [start for start, _, _ in self._pieces[1:]] + [math.inf]
        for (start, cause, total), end in zip(self._pieces, ends, strict=True):
            if start >= follow_up:
                break
            length = min(end, follow_up) - start
            load = total * length
            leaving = -math.expm1(-load)
            if total > 0.0:
                # integral of (1 - e^(-total v)) over v in 0 ... length, without cancellation for small loads
                bowl = _exponential_bowl(load) * length
                area += seen * length + at_risk * cause / total * bowl
                seen += at_risk * cause / total * leaving
            else:
                area += seen * length
            at_risk *= math.exp(-load)
        return seen, area


def _exponential_bowl(load: float) -> float:
    """1 - (1 - e^-x) / x, by its series where the difference would cancel."""
    if load > 0.05:
        return 1.0 + math.expm1(-load) / load
    term, total = load / 2.0, 0.0
    for order in range(3, 14):
        total += term
        term *= -load / order
    return total
