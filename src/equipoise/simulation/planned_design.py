"""A protocol's own design in closed form: what it needs, what it has, its bounds, and when its looks are expected."""

import math
from dataclasses import dataclass

from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.kernel.errors import EstimationError
from equipoise.kernel.messages import message
from equipoise.protocol.model import Protocol, Scenario
from equipoise.simulation import words as words
from equipoise.simulation.expectation import ArmCurves, curves, expected_day, expected_events
from equipoise.simulation.scenarios import allocation_of, bounds_of, looks_of, spending_looks, trial_of
from equipoise.simulation.trials import Looks
from equipoise.statistics.group_sequential import Boundaries, inflation, operating_characteristics
from equipoise.statistics.sample_size import (
    Comparison,
    check_hazard_ratio,
    drift,
    freedman_events,
    hazard_ratio_at,
    schoenfeld_events,
)


@dataclass(frozen=True, slots=True)
class PlannedLook:
    """A look: its events, the statistic and the hazard ratio that would claim efficacy there, or advise to stop.

    Statistics are positive where the experimental arm does better; None where the look cannot decide so.
    """

    id: str
    information: float
    events: int
    efficacy: float | None
    hazard_ratio_at_efficacy: float | None
    level: float | None
    spent: float
    futility: float | None
    hazard_ratio_at_futility: float | None


@dataclass(frozen=True, slots=True)
class PlannedScenario:
    """What the design can do in a scenario: power in closed form, and when (in months) the looks are expected.

    `power` is None where the hazard ratio is an output of the scenario: simulate it. `months` has one entry a look,
    None where its events are not expected. `medians` are (control, experimental) progression-free survival, in months:
    latent, and as scans would show them.
    """

    id: str
    label: str
    hazard_ratio: float | None
    power: float | None
    months: tuple[float | None, ...]
    events_by_planned_end: float
    latent_medians: tuple[float | None, float | None]
    seen_medians: tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class PlannedDesign:
    """The design: needed and planned events, subjects, power at the target hazard ratio, bounds, expected duration.

    `power` holds at the planned events, sequential bounds included and futility advice not followed unless it binds.
    `inflation` is what the looks cost in events against one analysis.
    """

    hazard_ratio: float
    alpha: float
    sides: int
    ratio: float
    asked_power: float
    events: int
    subjects: int
    power: float
    schoenfeld_events: float
    freedman_events: float
    inflation: float
    bounds: Boundaries
    looks: tuple[PlannedLook, ...]
    scenarios: tuple[PlannedScenario, ...]

    @property
    def duration(self) -> float | None:
        """Months until the last look is expected in the scenario nearest the target, the first among equals."""
        known = [scenario for scenario in self.scenarios if scenario.hazard_ratio is not None]
        if not known:
            return None
        nearest = min(known, key=lambda scenario: abs((scenario.hazard_ratio or 0.0) - self.hazard_ratio))
        return nearest.months[-1]


def planned_design(protocol: Protocol) -> PlannedDesign:
    """Work out a protocol's design. Raises EstimationError or InputError where it cannot be met, saying what would."""
    analysis = protocol.analysis
    arms = allocation_of(protocol)
    ratio = arms.experimental / arms.control
    target, alpha = float(analysis.target_hazard_ratio), float(analysis.alpha)
    comparison = Comparison(target, alpha, float(analysis.power), analysis.sides, ratio)
    if analysis.target_events > protocol.accrual.subjects:
        raise EstimationError(
            message("stop.too_many_events", events=analysis.target_events, subjects=protocol.accrual.subjects)
        )
    bounds, looks = bounds_of(protocol), looks_of(protocol)
    cost = inflation(bounds, float(analysis.power))
    return PlannedDesign(
        hazard_ratio=target,
        alpha=alpha,
        sides=analysis.sides,
        ratio=ratio,
        asked_power=float(analysis.power),
        events=analysis.target_events,
        subjects=protocol.accrual.subjects,
        power=power_at(target, analysis.target_events, bounds, ratio),
        schoenfeld_events=cost * schoenfeld_events(comparison),
        freedman_events=cost * freedman_events(comparison),
        inflation=cost,
        bounds=bounds,
        looks=planned_looks(protocol, bounds, looks, ratio),
        scenarios=tuple(_scenario(protocol, scenario, bounds, looks, ratio) for scenario in protocol.scenarios),
    )


def power_at(hazard_ratio: float, events: float, bounds: Boundaries, ratio: float) -> float:
    """The chance of crossing a bound of efficacy (either one of a two-sided test), by Schoenfeld's approximation."""
    check_hazard_ratio(hazard_ratio)
    found = operating_characteristics(bounds, drift(events, hazard_ratio, ratio))
    return found.power + (math.fsum(found.futility) if bounds.sides == 2 else 0.0)


def planned_looks(
    protocol: Protocol, bounds: Boundaries, looks: Looks, ratio: float, share: float = 1.0
) -> tuple[PlannedLook, ...]:
    """The looks with their bounds. `share` is the part of the events that falls on the two arms compared."""
    claiming = [look.id for look in spending_looks(protocol)]
    found, spent = [], 0.0
    monitored = protocol.monitoring
    ids = [look.id for look in monitored] or ["final"]
    fractions = [float(look.information) for look in monitored] or [1.0]
    for place, (look, fraction) in enumerate(zip(ids, fractions, strict=True)):
        events = looks.events[place]
        efficacy = looks.efficacy[place] if abs(looks.efficacy[place]) != float("inf") else None
        lower = looks.futility[place] if looks.futility and abs(looks.futility[place]) != float("inf") else None
        level = None
        if look in claiming or not monitored:
            own = claiming.index(look) if monitored else 0
            spent, level = bounds.spent[own], bounds.levels[own]
        found.append(
            PlannedLook(
                id=look,
                information=fraction,
                events=events,
                efficacy=efficacy,
                hazard_ratio_at_efficacy=hazard_ratio_at(efficacy, share * events, ratio)
                if efficacy is not None
                else None,
                level=level,
                spent=spent,
                futility=lower,
                hazard_ratio_at_futility=hazard_ratio_at(lower, share * events, ratio) if lower is not None else None,
            )
        )
    return tuple(found)


def _scenario(
    protocol: Protocol, scenario: Scenario, bounds: Boundaries, looks: Looks, ratio: float
) -> PlannedScenario:
    trial = trial_of(protocol, scenario)
    control, experimental = curves(trial)
    months: list[float | None] = []
    for events in looks.events:
        try:
            months.append(expected_day(trial, events) / DAYS_PER_MONTH)
        except EstimationError:
            months.append(None)
    _, expected = expected_events(trial)
    end = round(float(protocol.accrual.months + protocol.accrual.follow_up_months) * DAYS_PER_MONTH)
    events_planned = protocol.analysis.target_events
    known = trial.hazard_ratio
    return PlannedScenario(
        id=scenario.id,
        label=scenario.label,
        hazard_ratio=known,
        power=power_at(known, events_planned, bounds, ratio) if known is not None else None,
        months=tuple(months),
        events_by_planned_end=float(expected[min(end, expected.size - 1)]),
        latent_medians=(_median(control, "latent"), _median(experimental, "latent")),
        seen_medians=(_median(control, "seen"), _median(experimental, "seen")),
    )


def _median(arm: ArmCurves, which: str) -> float | None:
    day = arm.median(which)
    return day / DAYS_PER_MONTH if day is not None else None
