"""A participant's scans as a course: what the register, the measurements and the reader's word amount to."""

from datetime import timedelta
from decimal import Decimal

import pytest

from equipoise.clinical.recist.codes import Response, Sight
from equipoise.conduct.assessment import course, warnings
from equipoise.conduct.casebook import Casebook
from flagship_participants import flagship
from followed_lesions import RANDOMIZED, lesion, participant, record, scan


def two_targets() -> Casebook:
    """Lung 30 mm and a node of 20 mm short axis: a baseline sum of 50 mm; a pleural lesion followed as non-target."""
    book = participant()
    lesion(book, "L1", "30")
    lesion(book, "L2", "20", organ="lymph_node", longest_diameter="28")
    lesion(book, "L3", "12", organ="pleura", role="non_target")
    return book


def responses(book: Casebook) -> list[str]:
    return [str(one.verdict.overall) for one in course(flagship(), book).scans if one.verdict]


def test_the_baseline_is_that_of_the_register_and_of_a_node_the_short_axis() -> None:
    found = course(flagship(), two_targets())
    assert found.baseline_sum == Decimal(50)
    assert [(one.id, one.role, one.is_node) for one in found.lesions] == [
        ("L1", "target", False), ("L2", "target", True), ("L3", "non_target", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"L1": "20", "L2": "15", "L3": "12"}, "PR"),  # 35 of 50: exactly 30 % less
        ({"L1": "20.1", "L2": "15", "L3": "12"}, "SD"),
        ({"L1": "40", "L2": "20", "L3": "12"}, "PD"),  # 60 of 50: exactly 20 % and 10 mm more
        ({"L1": "39.9", "L2": "20", "L3": "12"}, "SD"),
        ({"L1": "absent", "L2": "9", "L3": "absent"}, "CR"),  # a node under 10 mm is normal
        ({"L1": "absent", "L2": "9", "L3": "12"}, "PR"),  # targets gone, the non-target is not
        ({"L1": "30", "L2": "not_evaluated", "L3": "12"}, "NE"),
        ({"L1": "too_small", "L2": "12", "L3": "12"}, "PR"),  # 5 + 12
        ({"L1": "30", "L3": "12"}, "NE"),  # no row for a target: not evaluated, never zero
    ],
)
def test_the_response_of_one_scan(sizes: dict[str, str], expected: str) -> None:
    book = two_targets()
    scan(book, 1, sizes)
    assert responses(book) == [expected]


def test_progression_is_against_the_nadir_and_partial_response_persists_until_then() -> None:
    book = two_targets()
    for number, (lung, node) in enumerate([("20", "14"), ("24", "15"), ("26", "15")], start=1):
        scan(book, number, {"L1": lung, "L2": node, "L3": "12"})
    # 34 (PR), 39 (22 % below baseline, yet PR persists; +15 % over nadir), 41 = +20.6 % and +7 mm over the nadir of 34
    assert responses(book) == ["PR", "PR", "PD"]


def test_the_readers_word_on_non_targets_stands_above_single_rows() -> None:
    book = two_targets()
    scan(book, 1, {"L1": "30", "L2": "20", "L3": "14"}, non_target="PD")
    found = course(flagship(), book).scans[0]
    assert found.verdict is not None
    assert (found.verdict.target, found.verdict.non_target, found.verdict.overall) == (
        Response.SD, Response.PD, Response.PD,
    )  # fmt: skip


def test_without_the_readers_word_rows_of_non_targets_count() -> None:
    book = two_targets()
    scan(book, 1, {"L1": "30", "L2": "20", "L3": "absent"})
    verdict = course(flagship(), book).scans[0].verdict
    assert verdict is not None
    assert verdict.non_target is Response.CR


def test_a_non_target_node_under_10_mm_is_gone() -> None:
    book = participant()
    lesion(book, "L1", "30")
    lesion(book, "L2", "12", organ="lymph_node", role="non_target", longest_diameter="15")
    scan(book, 1, {"L1": "30", "L2": "9.9"})
    scan(book, 2, {"L1": "30", "L2": "10"})
    found = [one.verdict.non_target for one in course(flagship(), book).scans if one.verdict]
    assert found == [Response.CR, Response.NON_CR_NON_PD]


def test_a_non_target_node_too_small_to_measure_is_normal() -> None:
    """It counts as 5 mm, and a node under 10 mm in its short axis is normal (RECIST 1.1, sections 4.3.3, 4.4.2)."""
    book = participant()
    lesion(book, "L1", "20")
    lesion(book, "L2", "12", organ="lymph_node", role="non_target", longest_diameter="15")
    lesion(book, "L3", "8", role="non_target")
    scan(book, 1, {"L1": "20", "L2": "too_small", "L3": "absent"})
    scan(book, 2, {"L1": "20", "L2": "absent", "L3": "too_small"})
    found = [one.verdict.non_target for one in course(flagship(), book).scans if one.verdict]
    assert found == [Response.CR, Response.NON_CR_NON_PD]


@pytest.mark.parametrize(("new", "expected"), [("none", "SD"), ("equivocal", "SD"), ("unequivocal", "PD")])
def test_a_new_lesion_is_progression_only_when_unequivocal(new: str, expected: str) -> None:
    book = two_targets()
    scan(book, 1, {"L1": "30", "L2": "20", "L3": "12"}, new=new)
    assert responses(book) == [expected]


def test_a_lesion_found_later_names_the_new_lesion_and_never_enters_the_sum() -> None:
    book = two_targets()
    on = scan(book, 1, {"L1": "30", "L2": "20", "L3": "12"}, new="unequivocal")
    lesion(book, "L4", "15", organ="liver", status="new", found_on=on.isoformat())
    found = course(flagship(), book)
    assert found.baseline_sum == Decimal(50)
    assert found.scans[0].verdict is not None
    assert "L4" in str(found.scans[0].verdict.reason)


def test_of_two_lesions_grown_together_the_one_measured_carries_both() -> None:
    book = two_targets()
    on = scan(book, 1, {"L1": "45"})
    book.records["lesion_assessment", "9"] = record(
        "lesion_assessment", "9",
        {"measured_lesion": ["L2"], "measured_on": on.isoformat(), "measured_state": "coalesced",
         "coalesced_with": ["L1"], "diameter": "45"},
    )  # fmt: skip
    found = course(flagship(), book).scans[0]
    assert found.lesions["L2"].reading.sight is Sight.COALESCED
    assert found.verdict is not None
    assert found.verdict.sum == Decimal(45)


def test_a_measurement_some_days_from_the_scan_belongs_to_it() -> None:
    book = two_targets()
    on = scan(book, 1, {"L1": "30", "L2": "20", "L3": "12"})
    later = (on + timedelta(days=5)).isoformat()
    row = {"measured_lesion": ["L2"], "measured_on": later, "measured_state": "measured", "diameter": "18"}
    book.records["lesion_assessment", "9"] = record("lesion_assessment", "9", row)
    found = course(flagship(), book)
    assert len(found.scans) == 1
    assert found.scans[0].verdict is not None
    assert found.scans[0].verdict.sum == Decimal(48)


def test_a_measurement_before_randomization_is_no_scan_of_the_course() -> None:
    book = two_targets()
    before = (RANDOMIZED - timedelta(days=40)).isoformat()
    row = {"measured_lesion": ["L1"], "measured_on": before, "measured_state": "measured", "diameter": "10"}
    book.records["lesion_assessment", "9"] = record("lesion_assessment", "9", row)
    assert course(flagship(), book).scans == ()


def test_scans_entered_out_of_order_are_judged_in_order_of_date() -> None:
    book = two_targets()
    scan(book, 2, {"L1": "45", "L2": "20", "L3": "12"})
    scan(book, 1, {"L1": "20", "L2": "14", "L3": "12"})
    assert responses(book) == ["PR", "PD"]


def test_a_target_without_a_baseline_diameter_is_named_and_nothing_is_computed() -> None:
    book = participant()
    lesion(book, "L1", "30")
    lesion(book, "L2", "20", organ="lymph_node", role="target", short_axis="0")
    scan(book, 1, {"L1": "30"})
    found = course(flagship(), book)
    assert found.problem is not None
    assert "L2" in str(found.problem)
    assert found.scans[0].verdict is None


def test_an_empty_register_has_no_course() -> None:
    found = course(flagship(), participant())
    assert found.problem is not None
    assert found.lesions == ()


@pytest.mark.parametrize(
    ("before", "now", "asked"),
    [
        ("30", "45", False), ("30", "45.1", True),  # more than half as large again
        ("60", "80", False), ("60", "80.1", True),  # more than 20 mm
        ("30", "15", False), ("30", "14.9", True),
        ("30", "absent", False), ("30", "too_small", False),
    ],
)  # fmt: skip
def test_an_unlikely_change_is_asked_about(before: str, now: str, *, asked: bool) -> None:
    book = participant()
    lesion(book, "L1", before)
    scan(book, 1, {"L1": now})
    found = course(flagship(), book)
    assert bool(warnings(found, found.scans[0])) is asked


@pytest.mark.parametrize(("own", "differs"), [("SD", False), ("PR", True), ("PD", True), ("", False)])
def test_the_investigator_may_differ(own: str, *, differs: bool) -> None:
    book = two_targets()
    scan(book, 1, {"L1": "30", "L2": "20", "L3": "12"}, overall=own)
    assert course(flagship(), book).scans[0].disagrees is differs


def test_the_best_change_is_the_deepest_until_progression() -> None:
    book = participant()
    lesion(book, "L1", "40")
    for number, size in enumerate(["30", "24", "36", "10"], start=1):
        scan(book, number, {"L1": size})
    deepest = course(flagship(), book).best_change()
    assert deepest is not None
    assert deepest[0] == Decimal(-40)  # 24 of 40; the 10 mm came after 36 mm had been progression


def test_nadir_and_previous_of_a_lesion_skip_what_was_not_evaluated() -> None:
    book = participant()
    lesion(book, "L1", "40")
    for number, size in enumerate(["30", "34", "not_evaluated", "33"], start=1):
        scan(book, number, {"L1": size})
    found = course(flagship(), book)
    last = found.scans[-1]
    before = found.previous("L1", last)
    assert before is not None
    assert (before.value, found.nadir("L1", last)) == (Decimal(34), Decimal(30))


def test_a_lesion_missed_at_baseline_is_not_the_new_one() -> None:
    book = two_targets()
    on = scan(book, 1, {"L1": "30", "L2": "20", "L3": "12"}, new="unequivocal")
    lesion(book, "L4", "15", organ="liver", status="missed", found_on=on.isoformat())
    lesion(book, "L5", "15", organ="liver", status="new", found_on=on.isoformat())
    verdict = course(flagship(), book).scans[0].verdict
    assert verdict is not None
    assert str(verdict.reason).startswith("new lesion: L5;")


def test_an_equivocal_finding_that_proves_a_lesion_dates_progression_back() -> None:
    """RECIST 1.1, section 4.3.5; one that a scan between did not uphold dates nothing back."""
    for between, is_back in (("equivocal", True), ("none", False)):
        book = two_targets()
        first = scan(book, 1, {"L1": "30", "L2": "20", "L3": "12"}, new="equivocal")
        scan(book, 2, {"L1": "30", "L2": "20", "L3": "12"}, new=between)
        scan(book, 3, {"L1": "30", "L2": "20", "L3": "12"}, new="unequivocal")
        lesion(book, "L4", "15", organ="liver", status="new", found_on=first.isoformat())
        verdict = course(flagship(), book).scans[2].verdict
        assert verdict is not None
        assert (f"L4 was first seen {first}: progression is dated to then" in str(verdict.reason)) is is_back
