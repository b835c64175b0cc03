"""How often forecasts of events hold what they say: many imagined trials, each forecast at a few months.

Two questions, since a forecast that starts at a plan cannot be judged by trials that follow the plan alone:

* `from_scenario`: trials of one world of the protocol, with what sites would have reported by then. Where the plan is
  exactly right, intervals that allow for its being wrong hold the truth more often than they say.
* `from_plan`: trials whose hazards, pace and dropout are drawn from what the plan says may be. Over these, intervals
  must hold exactly as often as they say (Talts and others, Validating Bayesian inference algorithms, 2018).
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.kernel.errors import InputError
from equipoise.simulation.arms import ImaginedArms, imagine_arms
from equipoise.simulation.arms_plan import AnyDesign, ArmsDesign, whole
from equipoise.simulation.forecast import AT_RISK, EVENT, FAN, LEFT, Course, Expectation, Real, forecast
from equipoise.simulation.one_trial import ImaginedTrial, imagine
from equipoise.simulation.philox import key_of
from equipoise.simulation.results import Proportion
from equipoise.simulation.trials import Site, SiteAccrual, UniformAccrual

SHARES = (0.80, 0.95)
"""The intervals judged."""

FUTURES = 500
HORIZON = 30 * 365.25
"""As far ahead as anything is imagined, in days: a rare slow world must not look like one that never ends."""


@dataclass(frozen=True, slots=True)
class Imagined:
    """One whole trial, pooled, in days: arrival, and from it to the event as reported and to leaving."""

    arrival: Real
    event: Real
    leaving: Real

    def day_of(self, number: int) -> float:
        """The calendar day of an event; infinity where so many never come."""
        days = np.sort(np.where(self.event <= self.leaving, self.arrival + self.event, math.inf))
        return float(days[number - 1])

    def known_on(self, today: float, scans: Sequence[float], window: float = 0.0) -> Course:
        """What sites would have reported by a day: whoever has no event was last seen at a scan."""
        here = self.arrival < today
        limit, event, leaving = (today - self.arrival)[here], self.event[here], self.leaving[here]
        came = event <= np.minimum(limit, leaving)
        state = np.where(came, EVENT, np.where(leaving < limit, LEFT, AT_RISK))
        last = np.minimum(limit, leaving)
        if scans:
            planned = np.array((0.0, *scans))
            last = planned[np.maximum(np.searchsorted(planned, last - window, side="right") - 1, 0)]
        return Course(self.arrival[here], np.where(came, event, last), state, today, tuple(scans))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Forecasts made at one month: how many, how often each of `SHARES` held, and the errors of the median in months.

    Trials that had reached the target by then, or had nothing to go on, are left out.
    """

    month: float
    trials: int
    held: tuple[Proportion, ...]
    median_error: float
    middle_half: tuple[float, float]


def from_scenario(design: AnyDesign, *, trials: int, seed: int | str) -> Iterator[Imagined]:
    """Trials of a design, its participants arriving at random at its pace."""
    shared = whole(design)
    if isinstance(shared.accrual, UniformAccrual):
        pace = Site(0.0, shared.subjects / shared.accrual.days)
        shared = replace(shared, accrual=SiteAccrual((pace,)))
    for number in range(trials):
        one: ImaginedTrial | ImaginedArms
        if isinstance(design, ArmsDesign):
            one = imagine_arms(replace(design, trial=shared), seed=seed, trial=number)
        else:
            one = imagine(shared, seed=seed, trial=number)
        event = one.death if shared.endpoint == "os" else one.seen
        yield Imagined(one.arrival.astype(float), event.astype(float), one.dropout.astype(float))


def from_plan(plan: Expectation, scans: Sequence[float], *, trials: int, seed: int | str) -> Iterator[Imagined]:
    """Trials of worlds drawn from the plan's own uncertainty."""
    chance = np.random.Generator(np.random.Philox(key=key_of(seed, "calibration")))
    starts, planned = np.array(plan.hazard.starts), np.array(scans)
    for _ in range(trials):
        level = chance.gamma(plan.weight) / plan.weight
        drawn = chance.gamma(plan.shape_weight, size=starts.size) / plan.shape_weight
        hazards = np.array(plan.hazard.values) * level * drawn
        pace = plan.per_day * chance.gamma(plan.weight) / plan.weight
        arrival = np.cumsum(chance.exponential(1.0 / pace, plan.subjects))
        reached = np.concatenate([[0.0], np.cumsum(hazards[:-1] * np.diff(starts))])
        load = chance.exponential(size=plan.subjects)
        piece = np.searchsorted(reached, load, side="right") - 1
        event = starts[piece] + (load - reached[piece]) / hazards[piece]
        if planned.size:
            place = np.searchsorted(planned, event)
            event = np.where(place < planned.size, planned[np.minimum(place, planned.size - 1)], event)
        leaving = chance.exponential(1.0 / (plan.leaving * chance.gamma(1.0)), plan.subjects)
        yield Imagined(arrival, event, leaving)


def calibrate(
    imagined: Iterator[Imagined], plan: Expectation, target: int, months: Sequence[float], *, seed: int | str,
    scans: Sequence[float] = (), window: float = 0.0, progress: Callable[[int], None] | None = None,
) -> tuple[Calibration, ...]:  # fmt: skip
    """Forecast each trial at each month and compare with what came. `progress` is told the trials done.

    Raises InputError for a month that is not above 0.
    """
    if not months or min(months) <= 0.0:
        raise InputError("a forecast needs a time after accrual began", seen=list(months), wanted="months above 0")
    held: list[list[list[bool]]] = [[[] for _ in SHARES] for _ in months]
    errors: list[list[float]] = [[] for _ in months]
    for number, trial in enumerate(imagined):
        truth = trial.day_of(target)
        for place, month in enumerate(months):
            today = month * DAYS_PER_MONTH
            course = trial.known_on(today, scans, window)
            gone = int(np.count_nonzero(course.state == LEFT))
            if truth <= today or target > plan.subjects - gone:
                continue
            found = forecast(course, plan, target, seed=f"{seed} {number}", futures=FUTURES, horizon=HORIZON, points=2)
            day = {
                share: math.inf if value is None else value for share, value in zip(FAN, found.quantiles, strict=True)
            }
            for row, share in enumerate(SHARES):
                tail = round((1.0 - share) / 2.0, 3)
                held[place][row].append(day[tail] <= truth <= day[round(1.0 - tail, 3)])
            if math.isfinite(truth) and math.isfinite(day[0.5]):
                errors[place].append((day[0.5] - truth) / DAYS_PER_MONTH)
        if progress is not None:
            progress(number + 1)
    return tuple(
        Calibration(
            month=month, trials=len(held[place][0]),
            held=tuple(Proportion.of(sum(hits), max(len(hits), 1)) for hits in held[place]),
            median_error=float(np.median(errors[place])) if errors[place] else math.nan,
            middle_half=_middle_half(errors[place]),
        )
        for place, month in enumerate(months)
    )  # fmt: skip


def _middle_half(errors: list[float]) -> tuple[float, float]:
    if not errors:
        return math.nan, math.nan
    low, high = np.quantile(errors, (0.25, 0.75))
    return float(low), float(high)
