"""A design somebody explores: a few numbers moved away from a protocol's own, and at once what they lead to.

    start = starting_inputs(protocol, scenario)
    inputs, faults = read_inputs({"hazard_ratio": "0.7"}, start)
    found = explore(protocol, scenario, inputs)

Everything that is not moved stays the protocol's: strata, randomization, scans, deaths. Power and calendar come in
closed form and from the simulator, which follows the same file as the trial.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation

import numpy as np

from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.kernel.messages import Message, message
from equipoise.protocol.model import Look, Protocol, Scenario
from equipoise.simulation import words as _words
from equipoise.simulation.expectation import Curve, expected_events
from equipoise.simulation.planned_design import PlannedLook, planned_design, power_at
from equipoise.simulation.results import Proportion, Result
from equipoise.simulation.run import run
from equipoise.simulation.scenarios import YEARS_AFTER_ACCRUAL, trial_of
from equipoise.simulation.trials import TrialDesign
from equipoise.statistics.group_sequential import Boundaries

SPENDINGS = ("none", "of", "pocock")
"""How interim looks may claim efficacy: not at all (they advise on futility alone), or by a spending function."""

SEED = "explore"
"""One seed for every design, so that moving a number does not move the chance behind it."""

PARTICIPANTS_SIMULATED = 240_000
"""The work of one answer, whatever is asked: so many participants in the trials at the chosen hazard ratio."""
MOST_SIMULATED, FEWEST_SIMULATED = 2000, 200
CURVE_SHARE = 2
"""Each simulated point of the power curve has half as many trials."""

LONGEST_ACCRUAL_YEARS = 20
CURVE_STEP = 0.02
CURVE = tuple(round(0.30 + CURVE_STEP * step, 2) for step in range(41))
SIMULATED_AT = (0.5, 0.65, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class Knob:
    """A number that can be moved: its limits and its step."""

    id: str
    low: Decimal
    high: Decimal
    step: Decimal

    @property
    def is_whole(self) -> bool:
        """Whether it counts something."""
        return self.step == 1


def _knob(id_: str, low: str, high: str, step: str) -> Knob:
    return Knob(id_, Decimal(low), Decimal(high), Decimal(step))


KNOBS = (
    _knob("hazard_ratio", "0.30", "1.50", "0.01"),
    _knob("control_median", "1", "60", "0.1"),
    _knob("accrual_per_month", "0.5", "60", "0.1"),
    _knob("subjects", "20", "1000", "1"),
    _knob("follow_up", "0", "60", "0.5"),
    _knob("dropout", "0", "60", "0.5"),
    _knob("alpha", "0.005", "0.25", "0.005"),
    _knob("events", "10", "1000", "1"),
    _knob("looks", "1", "5", "1"),
)


@dataclass(frozen=True, slots=True)
class Inputs:
    """The numbers moved. Medians and follow-up in months, dropout in per cent a year, alpha of one side."""

    hazard_ratio: Decimal
    control_median: Decimal
    accrual_per_month: Decimal
    subjects: Decimal
    follow_up: Decimal
    dropout: Decimal
    alpha: Decimal
    events: Decimal
    looks: Decimal
    spending: str

    def items(self) -> list[tuple[str, str]]:
        """Each by name, as text."""
        return [(field.name, str(getattr(self, field.name))) for field in fields(self)]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Power at a hazard ratio: in closed form, and simulated where it was."""

    hazard_ratio: float
    closed: float
    simulated: Proportion | None = None


@dataclass(frozen=True, slots=True)
class Exploration:
    """What the numbers lead to. Months count from the first participant; None where events are not expected.

    `calendar` has (month, participants, events) by whole months. `look_months` are when each look's events are
    expected. `needed_events` reach the plan's power at this hazard ratio; None at 1.
    """

    inputs: Inputs
    scenario: str
    ratio: float
    power: float
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

    @property
    def month(self) -> float | None:
        """When the last look's events are expected."""
        return self.look_months[-1]


def starting_inputs(protocol: Protocol, scenario: Scenario) -> Inputs:
    """The protocol's own numbers, in a scenario."""
    accrual, analysis = protocol.accrual, protocol.analysis
    interim = [look.spending for look in protocol.monitoring[:-1] if look.spending]
    return Inputs(
        hazard_ratio=scenario.hazard_ratio,
        control_median=scenario.control_pfs_median,
        accrual_per_month=_plain((Decimal(accrual.subjects) / accrual.months).quantize(Decimal("0.01"))),
        subjects=Decimal(accrual.subjects),
        follow_up=accrual.follow_up_months,
        dropout=_plain(100 * accrual.dropout_per_year),
        alpha=analysis.alpha / analysis.sides,
        events=Decimal(analysis.target_events),
        looks=Decimal(max(len(protocol.monitoring), 1)),
        spending=("pocock" if interim[0] == "pocock" else "of") if interim else "none",
    )


def read_inputs(given: Mapping[str, str], start: Inputs) -> tuple[Inputs, dict[str, Message]]:
    """The numbers as somebody typed them, and what is wrong with each; what is left out or wrong is as at the start."""
    found: dict[str, Decimal | str] = {}
    faults: dict[str, Message] = {}
    for knob in KNOBS:
        text = given.get(knob.id, "").strip()
        if not text:
            continue
        value = _read(text)
        own: Decimal = getattr(start, knob.id)
        low, high = min(knob.low, own), max(knob.high, own)
        if value is None:
            faults[knob.id] = message("design.not_a_number", seen=text[:40])
        elif not low <= value <= high:
            faults[knob.id] = message("design.out_of_range", seen=text[:40], low=f"{low:f}", high=f"{high:f}")
        elif knob.is_whole and value != value.to_integral_value():
            faults[knob.id] = message("design.not_whole", seen=text[:40])
        else:
            found[knob.id] = own if value == own else value
    spending = given.get("spending", "").strip()
    if spending and spending not in SPENDINGS:
        faults["spending"] = message("design.unknown_choice", seen=spending[:40])
    elif spending:
        found["spending"] = spending
    inputs = replace(start, **found)  # type: ignore[arg-type]
    if not faults and inputs.events > inputs.subjects:
        faults["events"] = message("design.too_many_events", events=inputs.events, subjects=inputs.subjects)
    years = inputs.subjects / inputs.accrual_per_month / 12
    if not faults and years > LONGEST_ACCRUAL_YEARS:
        faults["accrual_per_month"] = message(
            "design.too_long", rate=inputs.accrual_per_month, subjects=inputs.subjects, years=f"{years:.0f}",
            most=LONGEST_ACCRUAL_YEARS,
        )  # fmt: skip
    return (start if faults else inputs), faults


def explore(protocol: Protocol, scenario: Scenario, inputs: Inputs, *, threads: int = 1) -> Exploration:
    """Work out a design. Raises EstimationError or InputError where the protocol makes none of these numbers."""
    moved, own = explored_protocol(protocol, scenario, inputs)
    planned = planned_design(replace(moved, scenarios=()))
    ratio, bounds, events = planned.ratio, planned.bounds, planned.events
    design = trial_of(moved, own)
    hazard_ratio = float(inputs.hazard_ratio)
    trials = min(MOST_SIMULATED, max(FEWEST_SIMULATED, PARTICIPANTS_SIMULATED // design.subjects))
    simulated = run(design, trials=trials, seed=SEED, threads=threads)
    enrolled, expected = expected_events(design)
    months = tuple(_month_of(look.events, expected) for look in planned.looks)
    end = float(moved.accrual.months + moved.accrual.follow_up_months)
    shown = max(end, months[-1] or 0.0) * 1.1
    steps = range(min(math.ceil(shown), int(design.longest / DAYS_PER_MONTH)) + 1)
    days = [round(step * DAYS_PER_MONTH) for step in steps]
    return Exploration(
        inputs=inputs,
        scenario=own.id,
        ratio=ratio,
        power=power_at(hazard_ratio, events, bounds, ratio),
        needed_events=planned.schoenfeld_events if hazard_ratio != 1.0 else None,
        asked_power=planned.asked_power,
        curve=_curve(moved, own, bounds, ratio, trials // CURVE_SHARE, threads),
        calendar=tuple(
            (float(step), float(enrolled[day]), float(expected[day])) for step, day in zip(steps, days, strict=True)
        ),
        looks=planned.looks,
        look_months=months,
        planned_end=end,
        events_by_planned_end=float(expected[min(round(end * DAYS_PER_MONTH), expected.size - 1)]),
        events_at_most=float(expected[-1]),
        simulated=simulated,
        notes=() if own.hazard_ratio == scenario.hazard_ratio or not _has_own_effect(scenario)
        else (message("design.effect_replaced"),),
    )  # fmt: skip


def explored_protocol(protocol: Protocol, scenario: Scenario, inputs: Inputs) -> tuple[Protocol, Scenario]:
    """The protocol and its scenario with the numbers moved; what equals the start is left exactly as it stands.

    Moving the hazard ratio puts one ratio in the place of a delayed effect or one on lesions. Looks that are moved are
    spread evenly; where none but the last may claim efficacy, the others advise to stop above a hazard ratio of 1.
    """
    start = starting_inputs(protocol, scenario)
    accrual = replace(
        protocol.accrual,
        subjects=int(inputs.subjects),
        follow_up_months=inputs.follow_up,
        dropout_per_year=inputs.dropout / 100,
    )
    if (inputs.subjects, inputs.accrual_per_month) != (start.subjects, start.accrual_per_month):
        accrual = replace(accrual, months=inputs.subjects / inputs.accrual_per_month)
    analysis = replace(
        protocol.analysis,
        alpha=inputs.alpha * protocol.analysis.sides,
        target_events=int(inputs.events),
        target_hazard_ratio=inputs.hazard_ratio if inputs.hazard_ratio != 1 else protocol.analysis.target_hazard_ratio,
    )
    monitoring = protocol.monitoring
    if (inputs.looks, inputs.spending) != (start.looks, start.spending):
        monitoring = _looks(int(inputs.looks), inputs.spending)
    own = replace(scenario, control_pfs_median=inputs.control_median)
    if inputs.hazard_ratio != start.hazard_ratio:
        own = replace(own, hazard_ratio=inputs.hazard_ratio, later=(), lesion_hazard_ratio=None)
    return replace(protocol, accrual=accrual, analysis=analysis, monitoring=monitoring), own


def sentences(found: Exploration) -> tuple[Message, ...]:
    """What a protocol would print of the design."""
    inputs, simulated = found.inputs, found.simulated
    common = {"events": inputs.events, "power": _percent(found.power), "ratio": f"{found.ratio:g}:1"}
    if inputs.hazard_ratio == 1:
        said = [message("design.power_null", **common)]
    else:
        said = [
            message("design.power", **common, hazard_ratio=inputs.hazard_ratio, alpha=f"{inputs.alpha.normalize():f}")
        ]
    if inputs.looks == 1:
        said.append(message("design.one_look"))
    elif inputs.spending == "none":
        said.append(message("design.silent_looks", looks=inputs.looks))
    else:
        name = "Pocock" if inputs.spending == "pocock" else "O'Brien-Fleming"
        said.append(message("design.spending_looks", looks=inputs.looks, spending=name))
    accrued = {
        "subjects": inputs.subjects, "rate": inputs.accrual_per_month, "dropout": inputs.dropout,
        "events": inputs.events,
    }  # fmt: skip
    if found.month is not None:
        said.append(message("design.calendar", **accrued, month=f"{found.month:.1f}"))
    else:
        years = f"{(found.planned_end - float(inputs.follow_up)) / 12 + YEARS_AFTER_ACCRUAL:.0f}"
        said.append(message("design.calendar_never", **accrued, most=f"{found.events_at_most:.0f}", years=years))
    said.append(
        message(
            "design.by_end", month=f"{found.planned_end:.1f}", follow_up=inputs.follow_up,
            events=f"{found.events_by_planned_end:.0f}",
        )
    )  # fmt: skip
    power, time = simulated.power, simulated.duration
    said.append(
        message(
            "design.simulated", trials=simulated.trials, power=_percent(power.value), low=_percent(power.lower),
            high=_percent(power.upper),
        )
    )  # fmt: skip
    if time.mean is not None and time.low is not None and time.high is not None:
        said.append(
            message("design.simulated_time", mean=f"{time.mean:.1f}", low=f"{time.low:.1f}", high=f"{time.high:.1f}")
        )
    if simulated.unreached.value > 0.0:
        share = _percent(simulated.unreached.value)
        said.append(message("design.simulated_unreached", share=share, years=YEARS_AFTER_ACCRUAL))
    return tuple(said)


def _has_own_effect(scenario: Scenario) -> bool:
    return bool(scenario.later) or scenario.lesion_hazard_ratio is not None


def _looks(count: int, spending: str) -> tuple[Look, ...]:
    found = []
    for place in range(1, count + 1):
        last = place == count
        silent = spending == "none"
        found.append(
            Look(
                id="final" if last else f"look_{place}",
                label="",
                information=Decimal(place) / count,
                spending="" if silent or count == 1 else spending,
                futility_hazard_ratio=Decimal(1) if silent and not last else None,
            )
        )
    return tuple(found)


def _curve(
    protocol: Protocol, scenario: Scenario, bounds: Boundaries, ratio: float, trials: int, threads: int
) -> tuple[CurvePoint, ...]:
    """Power over hazard ratios up to the chosen one at least; simulated at a few, each with one ratio throughout."""
    own = float(scenario.hazard_ratio)
    events = protocol.analysis.target_events
    simulated = {}
    for hazard_ratio in SIMULATED_AT:
        world = replace(scenario, hazard_ratio=Decimal(str(hazard_ratio)), later=(), lesion_hazard_ratio=None)
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


def _percent(share: float) -> str:
    if share > 0.995:
        return "> 99 %" if share < 1.0 else "100 %"
    return f"{100 * share:.0f} %" if share >= 0.01 or share == 0.0 else "< 1 %"


def _plain(value: Decimal) -> Decimal:
    """Without zeros at the end, and without an exponent."""
    return Decimal(f"{value.normalize():f}")


def _read(text: str) -> Decimal | None:
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() and len(text) <= 40 else None


assert _words
