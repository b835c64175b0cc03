"""A protocol's design with several experimental arms, in closed form: each comparison with control, and all together.

Each comparison is tested at the plan's alpha in the events of its own two arms, taken to be their share of all events
by the allocation ratio. That the plan's alpha is the level of one comparison is an assumption (`MULTIPLICITY`).
"""

from dataclasses import dataclass

from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.kernel.errors import EstimationError
from equipoise.protocol.model import Protocol
from equipoise.simulation.arms_plan import arms_allocation
from equipoise.simulation.expectation import expected_day
from equipoise.simulation.planned_design import power_at
from equipoise.simulation.scenarios import (
    bounds_of,
    control_arm,
    design_of,
    experimental_arms,
    looks_of,
    share_of_events,
)
from equipoise.statistics.group_sequential import Boundaries, inflation
from equipoise.statistics.many_to_one import Together, together
from equipoise.statistics.sample_size import Comparison, drift, hazard_ratio_at, schoenfeld_events

MULTIPLICITY = (
    "Assumption: the plan's alpha is the level of one comparison, whatever rule set it; nothing is adjusted on top."
)


@dataclass(frozen=True, slots=True)
class PlannedComparison:
    """An experimental arm against control: expected events of the two arms, what the asked power needs, the power.

    `needed_events` are those of the two arms (Schoenfeld), `needed_in_all` of all arms. `hazard_ratio_to_reject` is the
    estimate at which the last look just rejects.
    """

    arm: str
    ratio: float
    events: float
    needed_events: float
    needed_in_all: float
    power: float
    hazard_ratio_to_reject: float


@dataclass(frozen=True, slots=True)
class PlannedArmsScenario:
    """A scenario: power of each comparison, of any and of all (None where the ratio is an output), months of looks."""

    id: str
    label: str
    hazard_ratio: float | None
    power: dict[str, float] | None
    together: Together | None
    months: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class PlannedArms:
    """The whole design. `null` and `target` are the chances that any, and that all, comparisons reject.

    Both are of a single analysis; None where several looks may claim efficacy: simulate then.
    """

    hazard_ratio: float
    alpha: float
    sides: int
    asked_power: float
    events: int
    subjects: int
    control: str
    bounds: Boundaries
    looks: tuple[int, ...]
    comparisons: tuple[PlannedComparison, ...]
    null: Together | None
    target: Together | None
    scenarios: tuple[PlannedArmsScenario, ...]


def planned_arms(protocol: Protocol) -> PlannedArms:
    """Work the design out. Raises EstimationError or InputError where it cannot be met, saying what would."""
    analysis = protocol.analysis
    control, arms = control_arm(protocol), experimental_arms(protocol)
    target, alpha = float(analysis.target_hazard_ratio), float(analysis.alpha)
    if analysis.target_events > protocol.accrual.subjects:
        raise EstimationError(
            f"{analysis.target_events} events cannot come from {protocol.accrual.subjects} participants, one each. "
            f"Plan at least {analysis.target_events} participants."
        )
    bounds, looks = bounds_of(protocol), looks_of(protocol, arms[0])
    cost = inflation(bounds, float(analysis.power))
    ratios = {arm: protocol.randomization.ratio[arm] / protocol.randomization.ratio[control] for arm in arms}
    events = {arm: analysis.target_events * share_of_events(protocol, arm) for arm in arms}

    def comparison(arm: str) -> PlannedComparison:
        asked = Comparison(target, alpha, float(analysis.power), analysis.sides, ratios[arm])
        needed = cost * schoenfeld_events(asked)
        return PlannedComparison(
            arm=arm,
            ratio=ratios[arm],
            events=events[arm],
            needed_events=needed,
            needed_in_all=needed / share_of_events(protocol, arm),
            power=power_at(target, events[arm], bounds, ratios[arm]),
            hazard_ratio_to_reject=hazard_ratio_at(bounds.upper[-1], events[arm], ratios[arm]),
        )

    def jointly(ratio: float) -> Together | None:
        if len(bounds.upper) > 1:
            return None
        drifts = [drift(events[arm], ratio, ratios[arm]) for arm in arms]
        return together(bounds.upper[0], drifts, list(ratios.values()), sides=analysis.sides)

    found = []
    for scenario in protocol.scenarios:
        trial = design_of(protocol, scenario, arms_allocation(protocol), looks)
        months: list[float | None] = []
        for count in looks.events:
            try:
                months.append(expected_day(trial, count) / DAYS_PER_MONTH)
            except EstimationError:
                months.append(None)
        known = trial.hazard_ratio
        power = None
        if known is not None:
            power = {arm: power_at(known, events[arm], bounds, ratios[arm]) for arm in arms}
        both = jointly(known) if known is not None else None
        found.append(PlannedArmsScenario(scenario.id, scenario.label, known, power, both, tuple(months)))
    return PlannedArms(
        hazard_ratio=target,
        alpha=alpha,
        sides=analysis.sides,
        asked_power=float(analysis.power),
        events=analysis.target_events,
        subjects=protocol.accrual.subjects,
        control=control,
        bounds=bounds,
        looks=looks.events,
        comparisons=tuple(comparison(arm) for arm in arms),
        null=jointly(1.0),
        target=jointly(target),
        scenarios=tuple(found),
    )
