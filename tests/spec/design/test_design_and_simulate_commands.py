"""`equipoise design` and `equipoise simulate` as a person or another program calls them."""

import json
import math

import pytest
from click.testing import CliRunner

from equipoise.cli.main import main
from equipoise.kernel.errors import EstimationError, InputError


def answer(*arguments):
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], standalone_mode=False)
    if result.exception:
        raise result.exception
    return result.stdout


def document(*arguments):
    return json.loads(answer(*arguments, "--json"))


def test_boundaries():
    found = document(
        "design", "boundaries", "--alpha", 0.05, "--two-sided", "--information", "0.5,1", "--spending", "of"
    )
    assert found["critical_values"][0] == pytest.approx(2.96258804272755, abs=1e-9)
    assert found["spent"][1] == pytest.approx(0.05)
    assert found["levels"][0] == pytest.approx(found["spent"][0] / 2)


def test_a_look_that_can_spend_nothing_has_no_critical_value():
    found = document("design", "boundaries", "--alpha", 0.025, "--information", "0.001,1", "--spending", "of")
    assert found["critical_values"][0] is None
    assert found["critical_values"][1] == pytest.approx(1.959963984540054, abs=1e-9)


def test_events_without_the_conduct_have_no_subjects():
    found = document("design", "events", "--hr", 0.6, "--alpha", 0.1, "--power", 0.8)
    assert found["events"] == pytest.approx(69.1011581964387)
    assert found["events_ceil"] == 70
    assert found["subjects"] is None
    assert found["subjects_ceil"] is None


def test_events_and_subjects():
    found = document(
        "design", "events", "--hr", 0.6, "--alpha", 0.1, "--power", 0.8, "--ratio", 2, "--method", "lachin-foulkes",
        "--control-hazard", 0.0990210257942779, "--dropout", 0.00427444119896255, "--accrual", 24, "--duration", 30,
    )  # fmt: skip
    assert (found["events"], found["subjects"]) == pytest.approx((74.9075366397593, 113.415054598231))
    assert (found["events_ceil"], found["subjects_ceil"]) == (75, 114)


def test_the_flagship_s_design():
    found = document("design", "nct07014202")
    assert (found["events"], found["subjects"]) == (90, 120)
    assert found["power"] == pytest.approx(0.8732, abs=1e-4)
    assert found["boundaries"]["critical_values"] == pytest.approx([1.2815515655446])
    assert found["looks"][0]["efficacy"] is None
    assert found["looks"][0]["hazard_ratio_at_futility"] == pytest.approx(1.0)
    assert 30 < found["duration"] < 36
    powers = {one["id"]: one["power"] for one in found["scenarios"]}
    assert powers["control_70_hr_093"] == pytest.approx(0.1743, abs=1e-4)
    assert powers["control_70_hr_100"] == pytest.approx(0.1, abs=1e-9)
    assert powers["control_70_lesions_020"] is None


def test_simulate_says_what_is_put_in_and_what_comes_out():
    found = document(
        "simulate", "nct07014202", "--trials", 500, "--seed", 3, "--scenario", "control_70_hr_100", "--scenario",
        "control_70_lesions_020",
    )  # fmt: skip
    null, lesions = found["scenarios"]
    assert null["trials"] == 500
    assert null["power"] == pytest.approx(0.1, abs=5 * null["power_se"])
    assert null["type_one_error"] == null["power"]
    assert null["hazard_ratio_is"] == "input"
    assert null["medians_are"] == "scan_observed"
    assert null["coverage"] == pytest.approx(0.95, abs=0.04)
    assert set(null["medians"]) == {"control", "experimental"}
    assert lesions["hazard_ratio_is"] == "output"
    assert lesions["coverage"] is None
    assert math.exp(lesions["mean_log_hr"]) == pytest.approx(lesions["hazard_ratio"])
    assert lesions["first_failures"]["experimental"]["local"] < lesions["first_failures"]["control"]["local"]
    assert lesions["events"] == pytest.approx(90, abs=1)


def test_simulate_for_people():
    text = answer("simulate", "nct07014202", "--trials", 200, "--scenario", "control_70_delayed")
    assert "an output of the model" in text
    assert "(seen at scans)" in text


def test_a_scenario_named_twice_is_simulated_once():
    found = document("simulate", "nct07014202", "--trials", 1, *("--scenario", "control_70_hr_060") * 2)
    assert [one["scenario"] for one in found["scenarios"]] == ["control_70_hr_060"]
    assert ", 1 trial\n" in answer("simulate", "nct07014202", "--trials", 1, "--scenario", "control_70_hr_060")


def test_the_same_seed_prints_the_same_document_for_any_threads():
    given = ("simulate", "nct07014202", "--trials", 5000, "--seed", 9, "--scenario", "control_70_hr_060", "--json")
    assert answer(*given, "--threads", 1) == answer(*given, "--threads", 3)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("design", "events", "--hr", 1, "--alpha", 0.1, "--power", 0.8), EstimationError, "Give the hazard ratio"),
        (("design", "events", "--hr", 0.6, "--alpha", 0.2, "--power", 0.1), EstimationError, "Ask for a power above"),
        (
            ("design", "events", "--hr", 0.6, "--alpha", 0.1, "--power", 0.8, "--accrual", 12),
            InputError,
            "no --control-hazard, no --duration",
        ),
        (
            ("design", "events", "--hr", 0.6, "--alpha", 0.1, "--power", 0.8, "--method", "guess"),
            InputError,
            "no such method.*schoenfeld, freedman, lachin-foulkes",
        ),
        (
            ("design", "boundaries", "--alpha", 0.1, "--information", "1,0.5", "--spending", "of"),
            InputError,
            "out of order",
        ),
        (
            ("design", "boundaries", "--alpha", 0.1, "--information", "half,1", "--spending", "of"),
            InputError,
            "looks are not numbers",
        ),
        (("design", "no-such-protocol"), InputError, "no such protocol file"),
        (("simulate", "nct07014202", "--scenario", "none"), InputError, "no such scenario.*control_70_hr_060"),
        (("simulate", "nct07014202", "--trials", 0), InputError, "number of trials is out of range"),
        (("design", "forecasts", "three-arm-drug", "--scenario", "none"), InputError, "no such scenario.*dose_"),
        (("design", "randomization", "nct07014202", "--limit", "nan"), InputError, "limit is out of range.*50 to 100"),
        (("design", "randomization", "nct07014202", "--limit", "49"), InputError, "limit is out of range.*50 to 100"),
    ],
)
def test_what_cannot_be_designed_is_refused_in_a_sentence(arguments, error, words):
    with pytest.raises(error, match=words):
        answer(*arguments)
