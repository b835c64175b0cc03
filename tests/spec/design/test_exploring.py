"""Exploring a design: what may be moved, what is refused, and that the answers are those of the field's formulas."""

import math
from dataclasses import replace
from decimal import Decimal

import pytest
from scipy.stats import norm

from equipoise.protocol.load import load
from equipoise.protocol.model import ArmEffect, Protocol
from equipoise.protocols import shipped
from equipoise.reports.design_section import design_section
from equipoise.simulation.exploration import explore
from equipoise.simulation.exploration_inputs import Inputs, explored_protocol, read_inputs, starting_inputs
from equipoise.simulation.exploration_sentences import sentences


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    """The flagship's."""
    return load(shipped("nct07014202"), "nct07014202.yaml").protocol


@pytest.fixture(scope="module")
def start(protocol: Protocol) -> Inputs:
    """Its own numbers in its first scenario."""
    return starting_inputs(protocol, protocol.scenarios[0])


def moved(start: Inputs, **given: str) -> Inputs:
    """Numbers read as typed, none of them wrong."""
    inputs, faults = read_inputs(given, start)
    assert not faults
    return inputs


def test_it_starts_at_the_protocols_own_numbers(start: Inputs) -> None:
    numbers = [Decimal(value) for name, value in start.items() if name != "spending"]
    assert numbers == [Decimal(text) for text in ("0.6", "7", "5", "120", "12", "5", "0.1", "90", "2")]
    assert start.spending == "none"


def test_nothing_moved_leaves_the_protocol_as_it_stands(protocol: Protocol, start: Inputs) -> None:
    same, scenario = explored_protocol(protocol, protocol.scenarios[0], start)
    assert same.monitoring == protocol.monitoring
    assert same.accrual == protocol.accrual
    assert scenario == protocol.scenarios[0]


@pytest.mark.parametrize(
    ("name", "typed", "code"),
    [
        ("alpha", "x", "design.not_a_number"),
        ("alpha", "NaN", "design.not_a_number"),
        ("alpha", "1e999999", "design.out_of_range"),
        ("alpha", "0", "design.out_of_range"),
        ("hazard_ratio", "-0.6", "design.out_of_range"),
        ("subjects", "10000000", "design.out_of_range"),
        ("looks", "2.5", "design.not_whole"),
        ("events", "121", "design.too_many_events"),
        ("accrual_per_month", "0", "design.out_of_range"),
        ("spending", "everything", "design.unknown_choice"),
    ],
)
def test_what_cannot_be_is_refused_in_both_languages(start: Inputs, name: str, typed: str, code: str) -> None:
    inputs, faults = read_inputs({name: typed}, start)
    assert {place: fault.code for place, fault in faults.items()} == {name: code}
    assert inputs == start
    assert faults[name].say("en") != faults[name].say("zh-hans")


def test_accrual_that_outlives_its_makers_is_refused(start: Inputs) -> None:
    _, faults = read_inputs({"subjects": "1000", "accrual_per_month": "0.5"}, start)
    assert faults["accrual_per_month"].code == "design.too_long"


@pytest.mark.parametrize(
    ("hazard_ratio", "events", "alpha"), [("0.6", 90, "0.1"), ("0.75", 60, "0.2"), ("1.2", 90, "0.05")]
)
def test_power_is_schoenfelds(protocol: Protocol, start: Inputs, hazard_ratio: str, events: int, alpha: str) -> None:
    inputs = moved(start, hazard_ratio=hazard_ratio, events=str(events), alpha=alpha, looks="1")
    found = explore(protocol, protocol.scenarios[0], inputs)
    wanted = norm.cdf(-math.log(float(hazard_ratio)) * math.sqrt(events) / 2 - norm.isf(float(alpha)))
    assert found.power == pytest.approx(wanted, abs=1e-9)


def test_simulated_null_claims_its_alpha_and_interim_spending_adds_up(protocol: Protocol, start: Inputs) -> None:
    inputs = moved(start, hazard_ratio="1", looks="3", spending="of")
    found = explore(protocol, protocol.scenarios[0], inputs)
    assert found.simulated.trials == 2000
    assert found.simulated.power.value == pytest.approx(0.1, abs=4 * math.sqrt(0.09 / 2000))
    assert found.looks[-1].spent == pytest.approx(0.1, abs=1e-9)
    assert [look.events for look in found.looks] == [30, 60, 90]
    assert found.needed_events is None


def test_expected_and_simulated_calendar_agree(protocol: Protocol, start: Inputs) -> None:
    found = explore(protocol, protocol.scenarios[0], moved(start, looks="1", control_median="9"))
    assert found.month is not None
    assert found.simulated.duration.mean == pytest.approx(found.month, abs=0.6)


def test_moving_the_ratio_replaces_a_delayed_effect_and_says_so(protocol: Protocol, start: Inputs) -> None:
    delayed = next(one for one in protocol.scenarios if one.later or one.lesion_hazard_ratio is not None)
    own = starting_inputs(protocol, delayed)
    assert not explore(protocol, delayed, own).notes
    inputs = replace(own, hazard_ratio=own.hazard_ratio - Decimal("0.05"))
    assert [note.code for note in explore(protocol, delayed, inputs).notes] == ["design.effect_replaced"]


def test_a_large_trial_is_simulated_less_often(protocol: Protocol, start: Inputs) -> None:
    found = explore(protocol, protocol.scenarios[0], moved(start, subjects="1000", accrual_per_month="20"))
    assert found.simulated.trials * 1000 <= 240_000


def test_the_section_prints_what_the_page_says(protocol: Protocol, start: Inputs) -> None:
    found = explore(protocol, protocol.scenarios[0], start)
    text = design_section(
        found, trial="A | trial", version="1.0", scenario="first", digest="0" * 64, seed="explore", language="en"
    )
    assert "With 90 events the trial has 87 % power" in text
    assert text.startswith("# Sample size and operating characteristics\n\nA \\| trial")
    assert all(one.say("en") in text for one in sentences(found))
    chinese = design_section(
        found, trial="试验", version="1.0", scenario="一", digest="0" * 64, seed="explore", language="zh-hans"
    )
    assert "在 90 个事件时" in chinese


def test_several_arms_have_a_hazard_ratio_each_and_schoenfeld_s_power():
    several = load(shipped("three-arm-drug"), "three-arm-drug.yaml").protocol
    (scenario,) = (one for one in several.scenarios if one.id == "dose_response")
    start = starting_inputs(several, scenario)
    assert [knob.id for knob in start.knobs][:3] == ["hr-low", "hr-high", "control_median"]
    assert dict(start.by_arm) == {"low": Decimal("0.75"), "high": Decimal("0.55")}
    assert explored_protocol(several, scenario, start)[1] == scenario
    inputs, faults = read_inputs({"hr-low": "1", "hr-none": "0.2"}, start)
    assert not faults
    found = explore(several, scenario, inputs)
    low, high = found.arms
    assert (low.hazard_ratio, low.needed_events) == (1.0, None)
    assert low.power == pytest.approx(0.05, abs=1e-9)
    assert high.power == pytest.approx(
        norm.cdf(-math.log(0.55) * math.sqrt(high.events) / 2 - norm.isf(0.05)), abs=1e-9
    )
    assert high.needed_events == pytest.approx(4 * (norm.isf(0.05) + norm.isf(0.2)) ** 2 / math.log(0.55) ** 2)
    for one in found.arms:
        assert one.simulated.lower - 0.02 < one.power < one.simulated.upper + 0.02
    assert found.looks[-1].hazard_ratio_at_efficacy == pytest.approx(
        math.exp(-2 * norm.isf(0.05) / math.sqrt(143 / 1.5))
    )
    labels = {arm.id: arm.label for arm in several.arms}
    said = " ".join(one.say("en") for one in sentences(found, labels))
    assert "EQX-101 100 mg: without effect" in said
    assert "EQX-101 200 mg" in said
    assert read_inputs({"hr-high": "nought"}, start)[1].keys() == {"hr-high"}


def test_one_experimental_arm_may_have_its_effect_stated_by_arm(protocol):
    (arm,) = (arm.id for arm in protocol.arms if arm.role == "experimental")
    stated = replace(
        protocol.scenarios[0], hazard_ratio=Decimal("0.9"), by_arm=(ArmEffect(arm=arm, hazard_ratio=Decimal("0.5")),)
    )
    start = starting_inputs(protocol, stated)
    assert start.hazard_ratio == Decimal("0.5")
    moved, _ = read_inputs({"hazard_ratio": "0.7"}, start)
    assert explored_protocol(protocol, stated, moved)[1].by_arm == ()
    assert explored_protocol(protocol, stated, start)[1] == stated
    found = explore(protocol, stated, start)
    assert found.power > 0.9
    assert found.simulated.power.value == pytest.approx(found.power, abs=0.06)
    assert 0.5 in {point.hazard_ratio for point in found.curve}


def test_where_survival_is_primary_the_page_says_whose_hazard_ratio_is_moved():
    survival = load(shipped("sabr-comet"), "sabr-comet.yaml").protocol
    scenario = survival.scenarios[0]
    inputs, _ = read_inputs({"hazard_ratio": "0.5"}, starting_inputs(survival, scenario))
    found = explore(survival, scenario, inputs)
    (note,) = (note for note in found.notes if note.code == "design.ratio_is_output")
    assert 0.5 < float(note.params["ratio"]) < 1
    assert found.simulated.power.upper < found.power
