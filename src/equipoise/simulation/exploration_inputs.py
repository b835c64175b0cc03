"""What can be moved of a design: the numbers, what is wrong with one typed, and the protocol they make.

start = starting_inputs(protocol, scenario)
inputs, faults = read_inputs({"hazard_ratio": "0.7"}, start)
moved, own = explored_protocol(protocol, scenario, inputs)
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation

from equipoise.kernel.messages import Message, message
from equipoise.protocol.model import ArmEffect, Look, Protocol, Scenario
from equipoise.simulation import words as _words
from equipoise.simulation.arms_plan import arms_design
from equipoise.simulation.scenarios import experimental_arms, trial_of

SPENDINGS = ("none", "of", "pocock")
"""How interim looks may claim efficacy: not at all (they advise on futility alone), or by a spending function."""

LONGEST_ACCRUAL_YEARS = 20


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


OF_ARM = "hr-"
"""Begins the name of the hazard ratio of one of several experimental arms; its id follows."""

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
    by_arm: tuple[tuple[str, Decimal], ...] = ()
    """With several experimental arms: the hazard ratio of each, in the place of the one."""

    def items(self) -> list[tuple[str, str]]:
        """Each by name, as text."""
        found = [(field.name, str(getattr(self, field.name))) for field in fields(self) if field.name != "by_arm"]
        return [*found, *((f"{OF_ARM}{arm}", str(ratio)) for arm, ratio in self.by_arm)]

    def value(self, knob: str) -> Decimal:
        """The number of a knob."""
        if knob.startswith(OF_ARM):
            return dict(self.by_arm)[knob.removeprefix(OF_ARM)]
        number: Decimal = getattr(self, knob)
        return number

    @property
    def knobs(self) -> "tuple[Knob, ...]":
        """What can be moved: one hazard ratio, or with several experimental arms one for each."""
        if not self.by_arm:
            return KNOBS
        return (*(replace(KNOBS[0], id=f"{OF_ARM}{arm}") for arm, _ in self.by_arm), *KNOBS[1:])


def starting_inputs(protocol: Protocol, scenario: Scenario) -> Inputs:
    """The protocol's own numbers, in a scenario."""
    accrual, analysis = protocol.accrual, protocol.analysis
    interim = [look.spending for look in protocol.monitoring[:-1] if look.spending]
    return Inputs(
        hazard_ratio=_stated(protocol, scenario),
        control_median=scenario.control_pfs_median,
        accrual_per_month=_plain((Decimal(accrual.subjects) / accrual.months).quantize(Decimal("0.01"))),
        subjects=Decimal(accrual.subjects),
        follow_up=accrual.follow_up_months,
        dropout=_plain(100 * accrual.dropout_per_year),
        alpha=analysis.alpha / analysis.sides,
        events=Decimal(analysis.target_events),
        looks=Decimal(max(len(protocol.monitoring), 1)),
        spending=("pocock" if interim[0] == "pocock" else "of") if interim else "none",
        by_arm=_ratios(protocol, scenario),
    )


def _stated(protocol: Protocol, scenario: Scenario) -> Decimal:
    """The hazard ratio of a single experimental arm; that of several is each one's own."""
    arms = experimental_arms(protocol)
    if len(arms) != 1 or scenario.effect_on(arms[0]) is None:
        return scenario.hazard_ratio
    return _ratio_on(scenario, arms[0], trial_of(protocol, scenario).hazard_ratio)


def _ratio_on(scenario: Scenario, arm: str, known: float | None) -> Decimal:
    """The hazard ratio stated of an arm; where a median is, the one that leads to it, to two places."""
    own = scenario.effect_on(arm)
    stated = scenario.hazard_ratio if own is None else own.hazard_ratio
    if stated is None:
        stated = Decimal(f"{known:.2f}") if known is not None else scenario.hazard_ratio
    return stated


def _ratios(protocol: Protocol, scenario: Scenario) -> tuple[tuple[str, Decimal], ...]:
    """The hazard ratio of each of several experimental arms; an effect that is no one ratio stands as its first."""
    if len(experimental_arms(protocol)) < 2:
        return ()
    design = arms_design(protocol, scenario)
    known = zip(design.arms, design.hazard_ratios, strict=True)
    return tuple((arm, _ratio_on(scenario, arm, ratio)) for arm, ratio in known)


def read_inputs(given: Mapping[str, str], start: Inputs) -> tuple[Inputs, dict[str, Message]]:
    """The numbers as somebody typed them, and what is wrong with each; what is left out or wrong is as at the start."""
    found: dict[str, Decimal | str] = {}
    faults: dict[str, Message] = {}
    ratios = dict(start.by_arm)
    for knob in start.knobs:
        text = given.get(knob.id, "").strip()
        if not text:
            continue
        value = _read(text)
        own = start.value(knob.id)
        low, high = min(knob.low, own), max(knob.high, own)
        if value is None:
            faults[knob.id] = message("design.not_a_number", seen=text[:40])
        elif not low <= value <= high:
            faults[knob.id] = message("design.out_of_range", seen=text[:40], low=f"{low:f}", high=f"{high:f}")
        elif knob.is_whole and value != value.to_integral_value():
            faults[knob.id] = message("design.not_whole", seen=text[:40])
        elif knob.id.startswith(OF_ARM):
            ratios[knob.id.removeprefix(OF_ARM)] = own if value == own else value
        else:
            found[knob.id] = own if value == own else value
    spending = given.get("spending", "").strip()
    if spending and spending not in SPENDINGS:
        faults["spending"] = message("design.unknown_choice", seen=spending[:40])
    elif spending:
        found["spending"] = spending
    inputs = replace(start, **found, by_arm=tuple(ratios.items()))  # type: ignore[arg-type]
    if not faults and inputs.events > inputs.subjects:
        faults["events"] = message("design.too_many_events", events=inputs.events, subjects=inputs.subjects)
    years = inputs.subjects / inputs.accrual_per_month / 12
    if not faults and years > LONGEST_ACCRUAL_YEARS:
        faults["accrual_per_month"] = message(
            "design.too_long", rate=inputs.accrual_per_month, subjects=inputs.subjects, years=f"{years:.0f}",
            most=LONGEST_ACCRUAL_YEARS,
        )  # fmt: skip
    return (start if faults else inputs), faults


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
    if inputs.by_arm:
        analysis = replace(analysis, target_hazard_ratio=protocol.analysis.target_hazard_ratio)
        stated = {one.arm: one for one in scenario.by_arm}
        stated |= {
            arm: ArmEffect(arm=arm, hazard_ratio=ratio)
            for arm, ratio in inputs.by_arm
            if ratio != dict(start.by_arm)[arm]
        }
        own = replace(own, by_arm=tuple(stated.values()))
    if inputs.hazard_ratio != start.hazard_ratio:
        own = replace(own, hazard_ratio=inputs.hazard_ratio, later=(), lesion_hazard_ratio=None, by_arm=())
    return replace(protocol, accrual=accrual, analysis=analysis, monitoring=monitoring), own


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
