"""What the lesions of everyone randomized come to: best response, change, time, and an arm only with leave."""

from datetime import timedelta

import pytest

from equipoise.analysis.firewall import Authority
from equipoise.analysis.tumour_courses import TumourCourse, min_stable_days, residual_control, tumour_courses
from equipoise.clinical.lesions import Pattern
from equipoise.conduct.casebook import Casebook
from flagship_participants import flagship
from followed_lesions import RANDOMIZED, irradiate, lesion, participant, progression, scan


def someone(*sizes: str, arm: str = "control", residual: tuple[str, ...] = ("L1",), first: int = 56) -> Casebook:
    """One target of 40 mm and a scan every 56 days, the first on the day given."""
    book = participant(arm, residual)
    lesion(book, "L1", "40")
    for number, size in enumerate(sizes):
        scan(book, number + 1, {"L1": size}, days=first + 56 * number)
    return book


def told(book: Casebook, leave: Authority | None = None) -> TumourCourse:
    return tumour_courses(flagship(), [book], leave)[0]


def test_the_arm_is_told_only_with_leave() -> None:
    assert told(someone("40")).arm == ""
    assert told(someone("40"), Authority("rehearsal")).arm == "control"


def test_stable_disease_counts_from_the_opening_of_the_first_scans_window() -> None:
    assert min_stable_days(flagship()) == 49  # 8 weeks less 7 days
    assert str(told(someone("40", first=49)).best.response) == "SD"
    assert str(told(someone("40", first=48)).best.response) == "NE"


@pytest.mark.parametrize(
    ("sizes", "best", "deepest"),
    [
        (("28", "26", "40"), "PR", -35.0),
        (("38", "48"), "SD", -5.0),
        (("50",), "PD", 25.0),
        (("absent",), "CR", -100.0),
        (("not_evaluated",), "NE", None),
        ((), "MISSING", None),
    ],
)
def test_best_response_and_deepest_change(sizes: tuple[str, ...], best: str, deepest: float | None) -> None:
    found = told(someone(*sizes))
    assert (str(found.best.response), found.best_change) == (best, deepest)


def test_months_count_from_randomization() -> None:
    book = someone("28", "50")
    progression(book, RANDOMIZED + timedelta(days=112))
    found = told(book)
    assert found.first_response is not None
    assert found.first_response[0] == "PR"
    assert found.first_response[1] == pytest.approx(56 / 30.4375)
    assert found.progressed == pytest.approx(112 / 30.4375)
    assert found.is_ongoing
    assert found.died is None


def test_somebody_without_a_scan_is_followed_from_day_one() -> None:
    found = told(someone())
    assert (found.followed, found.changes) == (0.0, ())


def test_control_of_residual_lesions_is_counted_over_everyone() -> None:
    grown, kept, failed = someone("60"), someone("38"), someone("60", arm="rt")
    irradiate(failed, "1", ["L1"], RANDOMIZED + timedelta(days=9))
    progression(failed, RANDOMIZED + timedelta(days=56), progression_lesions=["L1"], confirmation="confirmed")
    found = residual_control(flagship(), [grown, kept, failed, someone(residual=("L1",))])
    assert found.lesions == 4
    assert dict(found.by_status) == {"unconfirmed": 1, "controlled": 1, "failed": 1, "not_assessed": 1}
    assert dict(found.by_pattern) == {Pattern.RESIDUAL_SITE: 1, Pattern.IN_FIELD: 1}


def test_nobody_randomized_is_nobody() -> None:
    waiting = participant()
    waiting.randomized = waiting.frozen = None
    assert tumour_courses(flagship(), [waiting]) == []
    assert residual_control(flagship(), [waiting]).lesions == 0
