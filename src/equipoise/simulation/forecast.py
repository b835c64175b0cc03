"""When will the events come? A forecast during the trial from pooled data alone: no arm is looked at.

Accrual, the hazard of the event (in pieces of time since randomization) and the hazard of leaving have gamma priors
centred on the plan, worth a few participants or events, so that the forecast starts at the plan and follows the data.
The hazard has two levels: one factor for all of it, learnt from every event, and each piece around that, so that a
piece few have reached borrows from the others. Given the factor a piece is gamma, so the factor's own posterior is a
density of one variable, worked out on a grid.
Each of many imagined futures draws them from their posterior, lets those at risk go on from where they stand and lets
the rest arrive (Bagiella and Heitjan, Stat Med 2001;20:2055; Ying, Heitjan and Chen, Clin Trials 2004;1:352).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.kernel.errors import EstimationError, InputError
from equipoise.kernel.messages import message
from equipoise.simulation import words as words
from equipoise.simulation.philox import key_of
from equipoise.statistics.expected_events import Pieces

type Real = NDArray[np.float64]

AT_RISK, EVENT, LEFT = range(3)
"""The states of a participant."""

FAN = (0.025, 0.10, 0.25, 0.50, 0.75, 0.90, 0.975)
"""The quantiles of a fan chart."""

LEVELS = 4001
"""Points of the grid over the logarithm of the hazard's level: steps of a third of a per cent."""


@dataclass(frozen=True, slots=True)
class Course:
    """The trial so far, pooled, in days since accrual began.

    `arrival` is the day of randomization; `follow_up` the days from it to the event, to leaving, or to the last day
    known to be at risk; `state` is AT_RISK, EVENT or LEFT; `today` is the day of the forecast. `scans` are the planned
    days, since randomization, on which events come to light; empty where they are known as they happen.
    """

    arrival: Real
    follow_up: Real
    state: NDArray[np.int64]
    today: float
    scans: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not len(self.arrival) == len(self.follow_up) == len(self.state):
            raise InputError("the columns of the course differ in length", seen=f"{len(self.arrival)} arrivals")
        if not self.today > 0.0:
            raise InputError("the forecast comes before accrual has begun", seen=self.today, wanted="a day above 0")
        late = (self.arrival + self.follow_up > self.today + 1e-9) | (self.arrival > self.today) | (self.follow_up < 0)
        if late.any():
            row = int(np.flatnonzero(late)[0])
            raise InputError(
                "a follow-up reaches beyond the day of the forecast, or is negative", row=row + 1,
                seen=f"arrival {self.arrival[row]:g}, follow-up {self.follow_up[row]:g}",
                wanted=f"by day {self.today:g}",
            )  # fmt: skip

    @property
    def events(self) -> int:
        """Events so far."""
        return int(np.count_nonzero(self.state == EVENT))


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the plan expects: participants in all, accrual a day, hazards a day; `weight` is what that is worth.

    The weight is in participants (for accrual) and in events (for the level of the hazard): the data outweigh it after
    as many. `shape_weight` is what the plan's shape is worth, in events within a piece: that hazards rise or fall over
    time otherwise than planned is believed less readily than that all of them are higher or lower.
    """

    subjects: int
    per_day: float
    hazard: Pieces
    leaving: float
    weight: float = 5.0
    shape_weight: float = 20.0

    def __post_init__(self) -> None:
        if self.per_day <= 0.0:
            raise EstimationError(message("stop.rate_of_none"))
        if not any(self.hazard.values) or min(self.weight, self.shape_weight) <= 0.0 or self.leaving < 0.0:
            raise InputError("the expectation needs a hazard above 0, a weight above 0 and no negative leaving")


@dataclass(frozen=True, slots=True)
class Forecast:
    """When the target is reached, and the events and participants to be expected until then.

    `quantiles` gives for each of `FAN` the day since accrual began (None where so many futures never reach the target);
    `reached` is the share of futures that do. `days` is the grid of the fan; `events` and `enrolled` have one row a
    quantile of `FAN`.
    """

    target: int
    today: float
    quantiles: tuple[float | None, ...]
    reached: float
    days: tuple[float, ...]
    events: tuple[tuple[float, ...], ...]
    enrolled: tuple[tuple[float, ...], ...]

    @property
    def middle(self) -> float | None:
        """The median day."""
        return self.quantiles[FAN.index(0.5)]


def forecast(
    course: Course,
    plan: Expectation,
    target: int,
    *,
    seed: int | str,
    futures: int = 2_000,
    horizon: float = 10 * 365.25,
    points: int = 60,
) -> Forecast:
    """Forecast the day of the `target`-th event. Raises EstimationError where it cannot come any more."""
    most = max(plan.subjects, len(course.arrival)) - int(np.count_nonzero(course.state == LEFT))
    if target > most:
        left = int(np.count_nonzero(course.state == LEFT))
        raise EstimationError(
            message("stop.event_cannot_come", event=target, planned=plan.subjects, left=left, most=most)
        )
    if target < 1 or futures < 2 or points < 2:
        raise InputError(
            "the target, the futures or the points are out of range", seen=f"{target}, {futures}, {points}"
        )
    chance = np.random.Generator(np.random.Philox(key=key_of(seed, "forecast")))
    coming, arriving = _futures(course, plan, chance, futures, horizon)
    known = np.sort((course.arrival + course.follow_up)[course.state == EVENT])
    past = np.broadcast_to(known, (futures, known.size))
    dates = np.sort(np.concatenate([past, coming], axis=1), axis=1)
    hits = dates[:, target - 1]
    finite = np.isfinite(hits)
    quantiles = tuple(
        float(value) if math.isfinite(value) else None for value in np.quantile(hits, FAN, method="inverted_cdf")
    )
    last = float(np.max(hits[finite], initial=course.today)) if finite.any() else course.today + horizon
    grid = np.linspace(0.0, max(last, course.today + 1.0), points)
    here = np.sort(course.arrival)
    return Forecast(
        target=target,
        today=course.today,
        quantiles=quantiles,
        reached=float(finite.mean()),
        days=tuple(float(day) for day in grid),
        events=_fan(dates, grid),
        enrolled=_fan(
            np.sort(np.concatenate([np.broadcast_to(here, (futures, here.size)), arriving], axis=1), axis=1), grid
        ),
    )


def posterior(course: Course, plan: Expectation, level: float | Real = 1.0) -> tuple[Real, Real]:
    """Shape and rate of the gamma posterior of the hazard in each piece, around the plan's hazard times a level.

    `level` may be a column, one row a future; then so is the rate.
    """
    seen, exposure = _by_piece(course, plan)
    around = np.maximum(np.array(plan.hazard.values), 1e-9) * level
    return plan.shape_weight + seen, plan.shape_weight / around + exposure


def levels(course: Course, plan: Expectation, chance: np.random.Generator, futures: int) -> Real:
    """Draws of the hazard's level, a column, from its posterior with the hazards of the pieces integrated out.

    Each piece's events are then negative binomial around the level: gamma mixed with Poisson.
    """
    seen, exposure = _by_piece(course, plan)
    planned = np.maximum(np.array(plan.hazard.values), 1e-9)
    grid = np.linspace(math.log(1e-3), math.log(1e3), LEVELS)
    level = np.exp(grid)
    density = plan.weight * (grid - level)
    for events, days, own in zip(seen, exposure, planned, strict=True):
        rate = plan.shape_weight / (own * level)
        density += plan.shape_weight * np.log(rate) - (plan.shape_weight + events) * np.log(rate + days)
    mass = np.cumsum(np.exp(density - density.max()))
    return np.asarray(np.exp(np.interp(chance.random((futures, 1)) * mass[-1], mass, grid)))


def _by_piece(course: Course, plan: Expectation) -> tuple[Real, Real]:
    """Events and days at risk in each piece of the hazard."""
    ends = (*plan.hazard.starts[1:], math.inf)
    seen, exposure = [], []
    at_risk = _at_risk(course)
    for start, end in zip(plan.hazard.starts, ends, strict=True):
        exposure.append(float(np.clip(at_risk - start, 0.0, end - start).sum()))
        here = (course.state == EVENT) & (at_risk > start) & (at_risk <= end)
        seen.append(float(np.count_nonzero(here)))
    return np.array(seen), np.array(exposure)


def _at_risk(course: Course) -> Real:
    """Days at risk: an event that a scan showed came, on average, halfway since the scan planned before it."""
    if not course.scans:
        return course.follow_up
    planned = np.array((0.0, *course.scans))
    before = planned[np.maximum(np.searchsorted(planned, course.follow_up, side="left") - 1, 0)]
    return np.asarray(np.where(course.state == EVENT, 0.5 * (before + course.follow_up), course.follow_up))


def _shown(time: Real, scans: tuple[float, ...]) -> Real:
    """When an event comes to light: at the next planned scan; as it happens after the last one, or without scans."""
    if not scans:
        return time
    planned = np.array((*scans, np.inf))
    following = planned[np.searchsorted(planned, time, side="left")]
    return np.asarray(np.where(np.isfinite(following), following, time))


def _futures(
    course: Course, plan: Expectation, chance: np.random.Generator, futures: int, horizon: float
) -> tuple[Real, Real]:
    """Dates of events to come, and of arrivals to come: one row a future; infinity for what never comes."""
    shapes, rates = posterior(course, plan, levels(course, plan, chance, futures))
    hazards = chance.gamma(shapes, 1.0 / rates, (futures, shapes.size))
    exposure = float(course.follow_up.sum())
    gone = np.count_nonzero(course.state == LEFT)
    if plan.leaving > 0.0 or gone:
        expected = max(plan.leaving, 1e-9)
        leaving = chance.gamma(1.0 + gone, 1.0 / (1.0 / expected + exposure), (futures, 1))
    else:
        leaving = np.full((futures, 1), 1e-12)
    pace = chance.gamma(
        plan.weight + len(course.arrival), 1.0 / (plan.weight / plan.per_day + course.today), (futures, 1)
    )
    staying = course.state == AT_RISK
    begun, arrived = course.follow_up[staying], course.arrival[staying]
    missing = max(0, plan.subjects - len(course.arrival))
    arriving = course.today + np.cumsum(chance.standard_exponential((futures, missing)), axis=1) / pace
    start = np.concatenate([np.broadcast_to(arrived, (futures, arrived.size)), arriving], axis=1)
    lived = np.concatenate([np.broadcast_to(begun, (futures, begun.size)), np.zeros((futures, missing))], axis=1)
    total = chance.standard_exponential(start.shape)
    time = _shown(_event_time(total, lived, hazards, plan.hazard.starts), course.scans)
    leave = lived + chance.standard_exponential(start.shape) / leaving
    # An event of someone last seen before today, had it come by then, would be reported from today on.
    date = np.maximum(start + time, course.today)
    date[(time > leave) | (date > course.today + horizon)] = np.inf
    arriving[arriving > course.today + horizon] = np.inf
    return date, arriving


def _event_time(load: Real, lived: Real, hazards: Real, starts: tuple[float, ...]) -> Real:
    """Time since randomization at which the cumulative hazard has grown by `load` from what it was at `lived`."""
    ends = (*starts[1:], math.inf)
    left, time = load.copy(), np.full(load.shape, np.inf)
    for piece, (start, end) in enumerate(zip(starts, ends, strict=True)):
        rate = hazards[:, piece : piece + 1]
        entry = np.maximum(lived, start)
        capacity = np.where(lived < end, rate * (end - entry), 0.0)
        here = np.isinf(time) & (left < capacity)
        time = np.where(here, entry + left / rate, time)
        left = left - np.where(here, 0.0, capacity) if math.isfinite(end) else left
    return time


def _fan(dates: Real, grid: Real) -> tuple[tuple[float, ...], ...]:
    """Quantiles over futures of how many dates have passed by each day of the grid."""
    counts = np.stack([np.count_nonzero(dates <= day, axis=1) for day in grid], axis=1)
    return tuple(
        tuple(float(value) for value in row) for row in np.quantile(counts, FAN, axis=0, method="inverted_cdf")
    )
