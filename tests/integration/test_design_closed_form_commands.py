"""`equipoise design interim`, `screening`, `power`, `timing` and bounds as a statistician meets them."""

import json
from typing import Any

import pytest

from equipoise.cli.main import run

HALVES = ("--alpha", "0.025", "--information", "0.5,1")
OF = (*HALVES, "--spending", "of")
SIXTY = ("--hr", "0.6", "--alpha", "0.1")
RUNS = ("--subjects", "100", "--accrual", "12", "--control-hazard", "0.1", "--hr", "0.7")


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a design command prints."""
    run(["design", *arguments])
    return capsys.readouterr().out


def test_a_hazard_ratio_seen_is_the_z_it_stands_for(capsys: pytest.CaptureFixture[str]) -> None:
    counted = ("--events", "45", "--planned-events", "90")
    seen = json.loads(printed(capsys, "interim", *OF, "--observed-hr", "0.7", *counted, "--json"))
    assert seen["z"] == pytest.approx(-1.1963, abs=5e-5)
    assert seen["information"] == 0.5
    by_z = json.loads(printed(capsys, "interim", *OF, "--z", str(seen["z"]), *counted, "--json"))
    assert by_z["hazard_ratio"] == pytest.approx(0.7)
    assert by_z["predictive_power"] == pytest.approx(seen["predictive_power"])


def test_below_zero_the_experimental_arm_does_better(capsys: pytest.CaptureFixture[str]) -> None:
    better = printed(capsys, "interim", *OF, "--z", "-3", "--at", "0.5", "--power", "0.9")
    assert "the experimental arm does better" in better
    assert "The bound of this look, z -2.9626, is crossed" in better
    assert "under the planned effect" in better
    worse = printed(capsys, "interim", *OF, "--z", "3", "--at", "0.4")
    assert "the control arm does not do worse" in worse
    assert "bound of this look" not in worse


def test_a_hazard_ratio_beyond_all_numbers_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    given = ("interim", *OF, "--z", "39", "--at", "0.5", "--planned-events", "0.0001")
    assert json.loads(printed(capsys, *given, "--json"))["hazard_ratio"] is None


def test_a_look_that_does_not_stop_has_no_futility_bound(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(printed(capsys, "boundaries", *OF, "--futility-bounds=-inf", "--json"))
    assert found["futility_values"][0] is None
    assert found["under_no_effect"]["below"][0] == 0


def test_screening_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(
        capsys, "screening", "--hr", "0.6667", "--alpha", "0.2", "--power", "0.8", "--stop-above", "0.95",
        "--control-hazard", "0.1", "--accrual", "18", "--duration", "24",
    )  # fmt: skip
    assert "rounded up 69: power 80.0% at hazard ratio 0.6667, one-sided alpha 0.2" in text
    assert "subjects" in text
    assert "undecided" in text
    assert "undecided" not in printed(capsys, "screening", *SIXTY, "--events", "90")


def test_power_of_ninety_events_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "power", "--events", "90", "--hr", "0.6,0.93", "--alpha", "0.1")
    assert "below 0.7632" in text
    assert "power 87.32%" in text
    assert "power 17.43%" in text


def test_timing_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "timing", *RUNS, "--events", "50", "--at", "6")
    assert "50 events are expected by " in text
    assert "by 6: 50.0 participants" in text


def test_bounds_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, "boundaries", *OF, "--futility", "hsd:-2", "--power", "0.9")
    assert "futility z" in text
    assert "Power 90.0% where z is expected to be" in text
    assert "futility z" not in printed(capsys, "boundaries", *OF)


WRONG: list[tuple[tuple[str, ...], tuple[str, ...]]] = [
    (("boundaries", *HALVES), ("no rule", "--spending", "wang-tsiatis:DELTA")),
    (("boundaries", *OF, "--family", "wang-tsiatis:0"), ("two rules",)),
    (("boundaries", *HALVES, "--family", "haybittle"), ("no such family", "wang-tsiatis:DELTA")),
    (("boundaries", *HALVES, "--family", "wang-tsiatis:x"), ("no such family",)),
    (("boundaries", *HALVES, "--family", "wang-tsiatis:3"), ("delta is out of range",)),
    (("boundaries", *HALVES, "--family", "wang-tsiatis:0", "--futility-bounds", "0"), ("no rule for futility",)),
    (("boundaries", *OF, "--futility", "of"), ("needs the power",)),
    (("boundaries", *OF, "--futility", "of", "--futility-bounds", "0"), ("two futility rules",)),
    (("boundaries", *OF, "--futility-bounds", "0,1"), ("do not match the looks", "one for each look but the last: 1")),
    (("boundaries", *OF, "--futility-bounds", "nan"), ("futility bound is not a number",)),
    (("boundaries", *OF, "--futility-bounds", "3"), ("above the efficacy bound", "at most 2.9626")),
    (("boundaries", *OF, "--futility-bounds", "zero"), ("futility bounds are not numbers",)),
    (("boundaries", *OF, "--binding"), ("no futility rule", "--binding")),
    (("boundaries", *OF, "--futility-level", "0.1"), ("no futility rule", "--futility-level")),
    (("boundaries", *OF, "--futility", "of", "--futility-level", "0.1", "--binding"), ("never binding",)),
    (("boundaries", *OF, "--two-sided", "--futility", "of", "--power", "0.9"), ("one-sided test",)),
    (("interim", *OF, "--at", "0.5"), ("not said", "--z", "--observed-hr")),
    (("interim", *OF, "--z", "1"), ("how much has been seen", "--at", "--planned-events")),
    (("interim", *OF, "--z", "1", "--at", "0.5", "--observed-hr", "0.7"), ("said twice",)),
    (("interim", *OF, "--z", "1", "--at", "1"), ("no look lies ahead",)),
    (("interim", *OF, "--z", "nan", "--at", "0.5"), ("out of range", "--z")),
    (("interim", *OF, "--z", "1", "--events", "90", "--planned-events", "90"), ("no look lies ahead", "90 of 90")),
    (("interim", *OF, "--z", "1", "--events", "45"), ("--planned-events",)),
    (("interim", *OF, "--z", "1", "--events", "45", "--planned-events", "90", "--at", "0.5"), ("said twice",)),
    (("interim", *OF, "--z", "1", "--at", "0.5", "--planned-events", "-3"), ("events planned", "above 0")),
    (("interim", *OF, "--observed-hr", "0.7", "--at", "0.5"), ("events behind it", "--planned-events")),
    (("interim", *OF, "--observed-hr", "0", "--at", "0.5", "--planned-events", "9"), ("hazard ratio is out of range",)),
    (
        ("interim", *OF, "--observed-hr", "1e-9", "--at", "0.5", "--planned-events", "900"),
        ("out of range for its events", "1e-09"),
    ),
    (("interim", *OF, "--z", "1", "--at", "0.5", "--hr", "0.7"), ("events planned", "--planned-events")),
    (("interim", *OF, "--z", "1", "--at", "0.5", "--hr", "a"), ("hazard ratios are not numbers",)),
    (("interim", *OF, "--z", "1", "--at", "0.5", "--prior-hr", "0.7"), ("prior is half said",)),
    (
        (
            "interim",
            *OF,
            "--z",
            "1",
            "--at",
            "0.5",
            "--planned-events",
            "90",
            "--prior-hr",
            "0.7",
            "--prior-events",
            "0",
        ),
        ("worth no events",),
    ),
    (("screening", *SIXTY), ("size is not said", "--power", "--events")),
    (("screening", *SIXTY, "--power", "0.8", "--events", "90"), ("said twice",)),
    (("screening", "--hr", "1.2", "--alpha", "0.1", "--power", "0.8"), ("not worth going on with", "below 1")),
    (("screening", *SIXTY, "--events", "0"), ("no events to decide on",)),
    (("screening", *SIXTY, "--events", "90", "--stop-above", "0.5"), ("better than the one to go on with",)),
    (("screening", *SIXTY, "--events", "90", "--accrual", "3"), ("subjects need all of the conduct",)),
    (("screening", "--hr", "0.6", "--alpha", "0.7", "--events", "90"), ("alpha cannot be the level",)),
    (("screening", "--hr", "0.6", "--alpha", "1e-300", "--events", "1e-9"), ("so few events", "more events")),
    (("power", *SIXTY, "--events", "0"), ("no events to test",)),
    (("power", "--hr", "x", "--alpha", "0.1", "--events", "9"), ("hazard ratios are not numbers",)),
    (("timing", *RUNS), ("nothing is asked", "--events", "--at")),
    (("timing", *RUNS, "--at", "-1"), ("out of range", "above 0")),
    (("timing", *RUNS, "--events", "ten"), ("events are not numbers",)),
    (("timing", *RUNS[2:], "--subjects", "0", "--at", "3"), ("no participants",)),
    (("timing", *RUNS, "--dropout", "-1", "--at", "3"), ("dropout hazard is out of range",)),
]


@pytest.mark.parametrize(("arguments", "words"), WRONG, ids=lambda part: " ".join(part)[:60])
def test_wrong_questions(arguments: tuple[str, ...], words: tuple[str, ...], capsys: Any) -> None:
    with pytest.raises(SystemExit) as stop:
        run(["design", *arguments])
    out = capsys.readouterr()
    assert (stop.value.code, out.out) == (14, "")
    sentence = out.err.strip()
    assert "\n" not in sentence
    for each in words:
        assert each in sentence


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("timing", *RUNS, "--events", "200"), "200 events are never reached"),
        (("screening", "--hr", "0.6", "--alpha", "0.2", "--power", "0.1"), "does not exceed"),
    ],
)
def test_designs_that_cannot_be(arguments: tuple[str, ...], words: str, capsys: Any) -> None:
    with pytest.raises(SystemExit) as stop:
        run(["design", *arguments])
    out = capsys.readouterr()
    assert (stop.value.code, out.out) == (13, "")
    assert words in out.err
