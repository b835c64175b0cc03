"""A design somebody explores: a few numbers moved away from a protocol's own, and at once what they lead to.

    start = starting_inputs(protocol, scenario)
    inputs, faults = read_inputs({"hazard_ratio": "0.7"}, start)
    found = explore(protocol, scenario, inputs)

Everything that is not moved stays the protocol's: strata, randomization, scans, deaths. Power and calendar come in
closed form and from the simulator, which follows the same file as the trial.
"""

import math
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.kernel.messages import Message, message
from equipoise.protocol.model import Protocol, Scenario
from equipoise.simulation import words as _words
from equipoise.simulation.arms import tally_arms
from equipoise.simulation.arms_expectation import expected_course
from equipoise.simulation.arms_plan import arms_design
from equipoise.simulation.expectation import Curve, expected_events
from equipoise.simulation.exploration_inputs import Inputs, explored_protocol
from equipoise.simulation.planned_arms import MULTIPLICITY, PlannedArms, planned_arms
from equipoise.simulation.planned_design import PlannedLook, planned_design, planned_looks, power_at
from equipoise.simulation.results import Proportion, Result, summarize
from equipoise.simulation.run import run
from equipoise.simulation.scenarios import (
    experimental_arms,
    looks_of,
    share_of_events,
    trial_of,
)
from equipoise.simulation.trials import TrialDesign
from equipoise.statistics.group_sequential import Boundaries, inflation
from equipoise.statistics.many_to_one import Together
from equipoise.statistics.sample_size import Comparison, schoenfeld_events

SEED = "explore"
"""One seed for every design, so that moving a number does not move the chance behind it."""

PARTICIPANTS_SIMULATED = 240_000
"""The work of one answer, whatever is asked: so many participants in the trials at the chosen hazard ratio."""
MOST_SIMULATED, FEWEST_SIMULATED = 2000, 200
CURVE_SHARE = 2
"""Each simulated point of the power curve has half as many trials."""

CURVE_STEP = 0.02
CURVE = tuple(round(0.30 + CURVE_STEP * step, 2) for step in range(41))
SIMULATED_AT = (0.5, 0.65, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Power at a hazard ratio: in closed form, and simulated where it was."""

    hazard_ratio: float
    closed: float
    simulated: Proportion | None = None


@dataclass(frozen=True, slots=True)
class ArmPower:
    """One of several experimental arms against control: its hazard ratio (None: an output), power, events, needed ones.

    `events` are those expected in the two arms when all have reached theirs; `needed_events` reach the asked power.
    """

    arm: str
    hazard_ratio: float | None
    power: float | None
    events: float
    needed_events: float | None
    simulated: Proportion


@dataclass(frozen=True, slots=True)
class Exploration:
    """What the numbers lead to. Months count from the first participant; None where events are not expected.

    `calendar` has (month, participants, events) by whole months. `look_months` are when each look's events are
    expected. `needed_events` reach the plan's power at this hazard ratio; None at 1. With several experimental `arms`
    power is that any comparison rejects, None where looks may claim efficacy early; the curve is of one comparison.
    """

    inputs: Inputs
    scenario: str
    ratio: float
    power: float | None
    needed_events: float | None
    asked_power: float
    curve: tuple[CurvePoint, ...]
    calendar: tuple[tuple[float, float, float], ...]
    looks: tuple[PlannedLook, ...]
    look_months: tuple[float | None, ...]
    planned_end: float
    events_by_planned_end: float
    events_at_most: float
    simulated: Result
    notes: tuple[Message, ...]
    arms: tuple[ArmPower, ...] = ()
    together: Together | None = None
    without_effect: Together | None = None

    @property
    def month(self) -> float | None:
        """When the last look's events are expected."""
        return self.look_months[-1]


def explore(protocol: Protocol, scenario: Scenario, inputs: Inputs, *, threads: int = 1) -> Exploration:
    """Work out a design. Raises EstimationError or InputError where the protocol makes none of these numbers."""
    moved, own = explored_protocol(protocol, scenario, inputs)
    if inputs.by_arm:
        return _explore_arms(moved, scenario, own, inputs, threads)
    planned = planned_design(replace(moved, scenarios=()))
    ratio, bounds, events = planned.ratio, planned.bounds, planned.events
    design = trial_of(moved, own)
    hazard_ratio = float(inputs.hazard_ratio)
    trials = min(MOST_SIMULATED, max(FEWEST_SIMULATED, PARTICIPANTS_SIMULATED // design.subjects))
    simulated = run(design, trials=trials, seed=SEED, threads=threads)
    enrolled, expected = expected_events(design)
    months = tuple(_month_of(look.events, expected) for look in planned.looks)
    end = float(moved.accrual.months + moved.accrual.follow_up_months)
    return Exploration(
        inputs=inputs,
        scenario=own.id,
        ratio=ratio,
        power=power_at(hazard_ratio, events, bounds, ratio),
        needed_events=planned.schoenfeld_events if hazard_ratio != 1.0 else None,
        asked_power=planned.asked_power,
        curve=_curve(moved, own, hazard_ratio, bounds, ratio, trials // CURVE_SHARE, threads),
        calendar=_calendar(enrolled, expected, max(end, months[-1] or 0.0)),
        looks=planned.looks,
        look_months=months,
        planned_end=end,
        events_by_planned_end=float(expected[min(round(end * DAYS_PER_MONTH), expected.size - 1)]),
        events_at_most=float(expected[-1]),
        simulated=simulated,
        notes=_notes(scenario, own, experimental_arms(moved)[0], simulated),
    )  # fmt: skip


def _explore_arms(
    moved: Protocol, scenario: Scenario, own: Scenario, inputs: Inputs, threads: int
) -> Exploration:  # fmt: skip
    """The same with several experimental arms. The curve and the looks are those of the first one's comparison."""
    planned = planned_arms(replace(moved, scenarios=(own,)))
    (expected,) = planned.scenarios
    design = arms_design(moved, own)
    subjects = design.trial.subjects
    trials = min(MOST_SIMULATED, max(FEWEST_SIMULATED, PARTICIPANTS_SIMULATED // subjects))
    tallied = tally_arms(design, trials=trials, seed=SEED, threads=threads)
    course = expected_course(design)
    first = planned.comparisons[0]
    looks = planned_looks(
        moved, planned.bounds, looks_of(moved, first.arm), first.ratio, share_of_events(moved, first.arm)
    )
    months = tuple(_month_of(look.events, course.events) for look in looks)
    end = float(moved.accrual.months + moved.accrual.follow_up_months)
    cost = inflation(planned.bounds, planned.asked_power)
    arms = []
    for comparison, tally in zip(planned.comparisons, tallied.own, strict=True):
        ratio = expected.hazard_ratios[comparison.arm]
        needed = None
        if ratio is not None and ratio != 1.0:
            asked = Comparison(ratio, planned.alpha, planned.asked_power, planned.sides, comparison.ratio)
            needed = cost * schoenfeld_events(asked)
        arms.append(
            ArmPower(
                comparison.arm, ratio, expected.power[comparison.arm], expected.events[comparison.arm], needed,
                Proportion.of(int(tally.rejected.sum()), max(tally.trials, 1)),
            )
        )  # fmt: skip
    simulated = summarize(design.trial, tallied.whole)
    replaced = any(_is_replaced(scenario, own, arm.arm) for arm in arms)
    return Exploration(
        inputs=inputs,
        scenario=own.id,
        ratio=first.ratio,
        power=expected.together.any if expected.together is not None else None,
        needed_events=None,
        asked_power=planned.asked_power,
        curve=_arms_curve(moved, own, planned, trials // CURVE_SHARE, threads),
        calendar=_calendar(course.enrolled, course.events, max(end, months[-1] or 0.0)),
        looks=looks,
        look_months=months,
        planned_end=end,
        events_by_planned_end=expected.events_by_planned_end,
        events_at_most=float(course.events[-1]),
        simulated=simulated,
        notes=(MULTIPLICITY, *((message("design.effect_replaced"),) if replaced else ())),
        arms=tuple(arms),
        together=expected.together,
        without_effect=planned.null,
    )


def _notes(scenario: Scenario, own: Scenario, arm: str, simulated: Result) -> tuple[Message, ...]:
    """What somebody reading the numbers must know of them."""
    found = [message("design.effect_replaced")] if _is_replaced(scenario, own, arm) else []
    if simulated.endpoint == "os" and simulated.hazard_ratio_is_output and simulated.hazard_ratio is not None:
        found.append(message("design.ratio_is_output", ratio=f"{simulated.hazard_ratio:.2f}"))
    return tuple(found)


def _is_replaced(scenario: Scenario, own: Scenario, arm: str) -> bool:
    """Whether an arm's effect is one ratio now and was more than that."""
    before, after = scenario.effect_on(arm), own.effect_on(arm)
    if before is not None:
        return bool(before.later) and after != before
    more = bool(scenario.later) or scenario.lesion_hazard_ratio is not None
    kept = (scenario.later, scenario.lesion_hazard_ratio) == (own.later, own.lesion_hazard_ratio)
    return more and (after is not None or not kept)


def _arms_curve(
    moved: Protocol, own: Scenario, planned: PlannedArms, trials: int, threads: int
) -> tuple[CurvePoint, ...]:  # fmt: skip
    """Power of the first arm's comparison over hazard ratios, at its share of the events; simulated where all alike."""
    first = planned.comparisons[0]
    simulated = {}
    for ratio in SIMULATED_AT:
        world = replace(
            own, hazard_ratio=Decimal(str(ratio)), later=(), lesion_hazard_ratio=None, by_arm=(), id="curve"
        )
        tally = tally_arms(arms_design(moved, world), trials=trials, seed=SEED, threads=threads).own[0]
        simulated[ratio] = Proportion.of(int(tally.rejected.sum()), max(tally.trials, 1))
    return tuple(
        CurvePoint(at, power_at(at, first.events, planned.bounds, first.ratio), simulated.get(at))
        for at in sorted({*CURVE, *SIMULATED_AT})
    )


def _calendar(enrolled: Curve, expected: Curve, shown: float) -> tuple[tuple[float, float, float], ...]:
    """(month, participants, events) by whole months, a tenth beyond what is to be shown."""
    steps = range(min(math.ceil(shown * 1.1), int((expected.size - 1) / DAYS_PER_MONTH)) + 1)
    days = [round(step * DAYS_PER_MONTH) for step in steps]
    return tuple(
        (float(step), float(enrolled[day]), float(expected[day])) for step, day in zip(steps, days, strict=True)
    )


def _curve(
    protocol: Protocol, scenario: Scenario, own: float, bounds: Boundaries, ratio: float, trials: int, threads: int
) -> tuple[CurvePoint, ...]:
    """Power over hazard ratios up to the chosen one at least; simulated at a few, each with one ratio throughout."""
    events = protocol.analysis.target_events
    simulated = {}
    for hazard_ratio in SIMULATED_AT:
        world = replace(
            scenario, hazard_ratio=Decimal(str(hazard_ratio)), later=(), lesion_hazard_ratio=None, by_arm=()
        )
        simulated[hazard_ratio] = run(
            _named(trial_of(protocol, world)), trials=trials, seed=SEED, threads=threads
        ).power
    missing = max(0, math.ceil((own - CURVE[-1]) / CURVE_STEP) - 1)
    beyond = (round(CURVE[-1] + CURVE_STEP * step, 2) for step in range(1, missing + 1))
    return tuple(
        CurvePoint(at, power_at(at, events, bounds, ratio), simulated.get(at))
        for at in sorted({*CURVE, *SIMULATED_AT, *beyond, own})
    )


def _named(design: TrialDesign) -> TrialDesign:
    """The same chance at every point of a curve, so that it bends with the design and not with luck."""
    return replace(design, name="curve")


def _month_of(events: int, expected: Curve) -> float | None:
    """When so many are expected, between days by proportion."""
    reached = np.flatnonzero(expected >= events)
    if not reached.size:
        return None
    place = int(reached[0])
    before = float(expected[place - 1]) if place else 0.0
    return (place - (float(expected[place]) - events) / (float(expected[place]) - before)) / DAYS_PER_MONTH


assert _words
