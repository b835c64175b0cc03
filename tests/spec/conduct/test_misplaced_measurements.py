"""Rows of a scan that cannot be placed or contradict each other: refused where entered, else a finding says why."""

from datetime import date, timedelta
from typing import Any

import pytest

from acting import COORDINATOR, RADIATION_ONCOLOGIST, Trial, opened, randomized, refusal
from equipoise.conduct.actions.records import Enter, RemoveRow
from equipoise.conduct.actions.together import EnterTogether
from equipoise.conduct.assessment import course
from equipoise.conduct.casebook import Casebook
from equipoise.kernel.errors import Refusal
from flagship_participants import flagship
from followed_lesions import RANDOMIZED, lesion, participant, record, scan

SCAN = RANDOMIZED + timedelta(days=56)


@pytest.fixture
def book() -> Casebook:
    """Somebody with one target of 40 mm, scanned once: 30 mm."""
    made = participant(residual=("L1",))
    lesion(made, "L1", "40")
    scan(made, 1, {"L1": "30"}, non_target="NA", overall="SD")
    return made


def measured(book: Casebook, row: str, on: str, size: str, name: str = "L1") -> None:
    values = {"measured_lesion": [name], "measured_on": on, "measured_state": "measured", "diameter": size}
    book.records["lesion_assessment", row] = record("lesion_assessment", row, values)


def codes(book: Casebook) -> list[str]:
    return [finding.says.code for finding in course(flagship(), book).findings]


def sums(book: Casebook) -> list[Any]:
    return [one.verdict.sum for one in course(flagship(), book).scans if one.verdict]


def test_nothing_is_said_of_a_sound_course(book: Casebook) -> None:
    assert codes(book) == []


def test_a_measurement_before_the_baseline_counts_for_nothing_and_says_so(book: Casebook) -> None:
    day = RANDOMIZED - timedelta(days=1)
    measured(book, "9", day.isoformat(), "10")
    (finding,) = course(flagship(), book).findings
    assert finding.says.code == "scan.before_baseline"
    assert finding.where == "lesion.L1"
    for language in ("en", "zh-hans"):
        assert all(said in finding.says.say(language) for said in ("L1", day.isoformat(), RANDOMIZED.isoformat()))
    assert sums(book) == [30], "10 mm from before the baseline is no nadir"


def test_the_day_of_the_baseline_itself_is_a_scan(book: Casebook) -> None:
    measured(book, "9", RANDOMIZED.isoformat(), "40")
    assert codes(book) == []
    assert sums(book) == [40, 30]


def test_an_assessment_before_the_baseline_is_no_scan(book: Casebook) -> None:
    scan(book, 2, {}, days=-3, overall="PD")
    assert codes(book) == ["scan.assessment_before_baseline"]
    assert len(course(flagship(), book).scans) == 1


def test_visits_out_of_order_are_judged_by_their_dates_and_said_so(book: Casebook) -> None:
    """Visit 2 lies before visit 1: 50 mm is then first of all +25 % over the baseline, and 30 mm comes after it."""
    scan(book, 2, {"L1": "50"}, days=20, non_target="NA", overall="PD")
    assert codes(book) == ["scan.out_of_order"]
    assert [one.visit for one in course(flagship(), book).scans] == ["imaging:2", "imaging:1"]
    first = course(flagship(), book).scans[0].verdict
    assert first is not None
    assert str(first.overall) == "PD"


def test_two_visits_of_one_day_are_said(book: Casebook) -> None:
    scan(book, 2, {}, days=56, overall="SD")
    assert codes(book) == ["scan.same_day"]


def test_a_lesion_measured_twice_is_said_and_the_last_entry_counts(book: Casebook) -> None:
    measured(book, "9", SCAN.isoformat(), "33")
    assert codes(book) == ["scan.measured_twice"]
    assert sums(book) == [33]


def test_a_measurement_of_no_lesion_is_said(book: Casebook) -> None:
    measured(book, "9", SCAN.isoformat(), "33", "L7")
    assert codes(book) == ["scan.unknown_lesion"]
    assert sums(book) == [30]


def test_a_measurement_without_a_date_is_said(book: Casebook) -> None:
    values = {"measured_lesion": ["L1"], "measured_state": "measured", "diameter": "33"}
    book.records["lesion_assessment", "9"] = record("lesion_assessment", "9", values)
    assert codes(book) == ["scan.undated"]


# THROUGH THE ACTIONS


@pytest.fixture
def trial() -> Trial:
    """Somebody randomized in March with the lesion L1; the clock stands after the first scan."""
    made = opened()
    made.subject = randomized(made)  # type: ignore[attr-defined]
    made.today = date(2026, 5, 6)
    return made


def subject(trial: Trial) -> str:
    return str(trial.subject)  # type: ignore[attr-defined]


def row(trial: Trial, *, on: str = "2026-05-05", visit: str = "imaging:1", **change: Any) -> Enter:
    values: dict[str, Any] = {
        "measured_lesion": ["L1"],
        "measured_on": on,
        "measured_state": "measured",
        "diameter": "20",
    }
    raw = {name: {"value": value} for name, value in (values | change).items()}
    return Enter(subject(trial), "lesion_assessment", raw, occurrence="new", visit=visit)


def refused(trial: Trial, action: Any, actor: Any = COORDINATOR) -> Refusal:
    """The refusal."""
    return refusal(trial, action, actor)


def test_a_target_measured_twice_at_one_scan_is_refused(trial: Trial) -> None:
    trial.do(row(trial), COORDINATOR)
    assert refused(trial, row(trial, diameter="21")).code == "refuse.measured_already"
    assert refused(trial, row(trial, visit="", diameter="21")).code == "refuse.measured_already", "on one day"
    both = EnterTogether(subject(trial), (row(trial, on="2026-05-06"), row(trial, on="2026-05-06")))
    assert refused(trial, both).code == "refuse.measured_already"
    assert len(trial.book(subject(trial)).rows("lesion_assessment")) == 1


def test_two_lesions_of_one_id_cannot_be(trial: Trial) -> None:
    found = {"organ": {"value": "liver"}, "found_on": {"value": "2026-05-05"}, "status": {"value": "new"}}
    assert refused(trial, Enter(subject(trial), "lesions", found, occurrence="L9")).code == "refuse.row"
    assert refused(trial, Enter(subject(trial), "lesions", found, occurrence="L1")).code in (
        "refuse.stale",
        "refuse.reason_needed",
    ), "an id that is taken is a correction of that lesion"
    for _ in range(2):
        trial.do(Enter(subject(trial), "lesions", found, occurrence="new"), COORDINATOR)
    names = [one.occurrence for one in trial.book(subject(trial)).rows("lesions")]
    assert len(set(names)) == len(names)


def test_a_course_on_a_lesion_that_does_not_exist_is_refused(trial: Trial) -> None:
    raw = {"rt_lesions": {"value": ["L1", "L9"]}, "rt_volume": {"value": "PTV"}, "rt_status": {"value": "delivered"}}
    refusal = refused(trial, Enter(subject(trial), "radiotherapy_course", raw, occurrence="new"), RADIATION_ONCOLOGIST)
    assert "L9" in refusal.say("en")
    assert "L1" in refusal.say("zh-hans")
    twice = {**raw, "rt_lesions": {"value": ["L1", "L1"]}}
    trial.do(Enter(subject(trial), "radiotherapy_course", twice, occurrence="new"), RADIATION_ONCOLOGIST)
    (entered,) = trial.book(subject(trial)).rows("radiotherapy_course")
    assert entered.items["rt_lesions"].value == ("L1",), "named twice it is one lesion"


def test_a_lesion_that_others_name_is_not_struck(trial: Trial) -> None:
    found = {"organ": {"value": "liver"}, "found_on": {"value": "2026-05-05"}, "status": {"value": "new"}}
    trial.do(Enter(subject(trial), "lesions", found, occurrence="new"), COORDINATOR)
    name = trial.book(subject(trial)).rows("lesions")[-1].occurrence
    trial.do(row(trial, measured_lesion=[name]), COORDINATOR)
    assert refused(trial, RemoveRow(subject(trial), "lesions", name, "Vessel")).code == "refuse.lesion_named"
    trial.do(RemoveRow(subject(trial), "lesion_assessment", "1", "Vessel"), COORDINATOR)
    trial.do(RemoveRow(subject(trial), "lesions", name, "Vessel"), COORDINATOR)


@pytest.mark.parametrize("size", ["2 cm", "20 mm", "2cm", "20mm", "2 in"])
def test_a_number_with_a_unit_of_its_own_is_refused(trial: Trial, size: str) -> None:
    """The form measures in mm: whatever else is typed beside the number is never guessed at."""
    refused(trial, row(trial, diameter=size))


def test_a_measurement_in_another_unit_is_refused(trial: Trial) -> None:
    entry = row(trial)
    raw = {**entry.answers, "diameter": {"value": "2", "unit": "cm"}}
    refused(trial, Enter(subject(trial), "lesion_assessment", raw, occurrence="new", visit="imaging:1"))
