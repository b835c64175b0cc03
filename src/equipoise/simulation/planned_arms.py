"""A protocol's design with several experimental arms, in closed form: each comparison with control, and all together.

Each comparison is tested at the plan's alpha in the events of its own two arms. The plan takes these for their share of
all events by the allocation ratio; a scenario for what it expects of the two arms when all have reached theirs. That
the plan's alpha is the level of one comparison is an assumption (`MULTIPLICITY`).
"""

from dataclasses import dataclass

from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.kernel.errors import EstimationError
from equipoise.kernel.messages import message
from equipoise.protocol.model import Protocol, Scenario
from equipoise.simulation import words as words
from equipoise.simulation.arms_expectation import expected_course
from equipoise.simulation.arms_plan import arms_design
from equipoise.simulation.expectation import day_of
from equipoise.simulation.planned_design import power_at
from equipoise.simulation.scenarios import (
    bounds_of,
    control_arm,
    experimental_arms,
    looks_of,
    share_of_events,
)
from equipoise.statistics.group_sequential import Boundaries, inflation
from equipoise.statistics.many_to_one import Together, together
from equipoise.statistics.sample_size import Comparison, drift, hazard_ratio_at, schoenfeld_events

MULTIPLICITY = message("arms.multiplicity")


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
    """A scenario: hazard ratio and power of each comparison, power of any and of all, months of looks.

    Numbers are None where a hazard ratio is an output: simulate. `events` are those expected in the two arms of a
    comparison when all arms together have theirs: an arm that does better has fewer.
    """

    id: str
    label: str
    hazard_ratios: dict[str, float | None]
    events: dict[str, float]
    power: dict[str, float | None]
    together: Together | None
    months: tuple[float | None, ...]
    events_by_planned_end: float


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
            message("stop.too_many_events", events=analysis.target_events, subjects=protocol.accrual.subjects)
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

    def jointly(known: dict[str, float], expected: dict[str, float]) -> Together | None:
        if len(bounds.upper) > 1:
            return None
        drifts = [drift(expected[arm], known[arm], ratios[arm]) for arm in arms]
        return together(bounds.upper[0], drifts, list(ratios.values()), sides=analysis.sides)

    def scenario(one: Scenario) -> PlannedArmsScenario:
        design = arms_design(protocol, one)
        course = expected_course(design)
        months: list[float | None] = []
        for count in looks.events:
            try:
                months.append(day_of(design.trial, course.events, count) / DAYS_PER_MONTH)
            except EstimationError:
                months.append(None)
        last = round(months[-1] * DAYS_PER_MONTH) if months[-1] is not None else design.trial.longest
        end = round(float(protocol.accrual.months + protocol.accrual.follow_up_months) * DAYS_PER_MONTH)
        expected = {
            arm: float((course.by_arm[0] + own)[last]) for arm, own in zip(arms, course.by_arm[1:], strict=True)
        }
        known = {arm: pair.hazard_ratio for arm, pair in zip(arms, design.pairs, strict=True)}
        inputs = {arm: ratio for arm, ratio in known.items() if ratio is not None}
        return PlannedArmsScenario(
            id=one.id,
            label=one.label,
            hazard_ratios=known,
            events=expected,
            power={
                arm: power_at(inputs[arm], expected[arm], bounds, ratios[arm]) if arm in inputs else None
                for arm in arms
            },
            together=jointly(inputs, expected) if len(inputs) == len(arms) else None,
            months=tuple(months),
            events_by_planned_end=float(course.events[min(end, course.events.size - 1)]),
        )

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
        null=jointly(dict.fromkeys(arms, 1.0), events),
        target=jointly(dict.fromkeys(arms, target), events),
        scenarios=tuple(scenario(one) for one in protocol.scenarios),
    )
