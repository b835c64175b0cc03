"""Exploring a design: what may be moved, what is refused, and that the answers are those of the field's formulas."""

import math
from dataclasses import replace
from decimal import Decimal

import pytest
from scipy.stats import norm

from equipoise.protocol.load import load
from equipoise.protocol.model import Protocol
from equipoise.protocols import shipped
from equipoise.reports.design_section import design_section
from equipoise.simulation.exploration import (
    Inputs,
    explore,
    explored_protocol,
    read_inputs,
    sentences,
    starting_inputs,
)


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
