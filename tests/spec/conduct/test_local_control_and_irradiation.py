"""Each lesion's own failure, where it lies, and what became of the radiotherapy of each residual lesion."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from equipoise.clinical.lesions import Pattern
from equipoise.conduct.assessment import course
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.irradiation import fates, irradiations
from equipoise.conduct.local_control import Control, local_control
from flagship_participants import flagship
from followed_lesions import RANDOMIZED, irradiate, lesion, participant, progression, record, scan

DEADLINE = RANDOMIZED + timedelta(days=28)


def control(book: Casebook, name: str = "L1") -> Control:
    return local_control(flagship(), book, course(flagship(), book))[name]


def grown(*sizes: str, arm: str = "control", residual: tuple[str, ...] = ("L1",)) -> Casebook:
    book = participant(arm, residual)
    lesion(book, "L1", "20")
    for number, size in enumerate(sizes, start=1):
        scan(book, number, {"L1": size})
    return book


@pytest.mark.parametrize(
    ("sizes", "status"),
    [
        (("24.9",), "controlled"),  # 24.5 %, but under 5 mm
        (("25",), "unconfirmed"),  # 25 % and 5 mm over the baseline
        (("12", "16.9"), "controlled"),
        (("12", "17"), "unconfirmed"),  # over its own nadir, though below baseline
        (("absent", "5"), "unconfirmed"),
        (("not_evaluated",), "not_assessed"),
        ((), "not_assessed"),
        (("25", "15"), "unconfirmed"),  # the first growth stands until it is refuted
    ],
)
def test_growth_over_the_lesions_own_smallest_size(sizes: tuple[str, ...], status: str) -> None:
    assert control(grown(*sizes)).status == status


@pytest.mark.parametrize(
    ("said", "status"), [("confirmed", "failed"), ("refuted", "refuted"), ("pending", "unconfirmed")]
)
def test_the_progression_recorded_confirms_or_refutes(said: str, status: str) -> None:
    book = grown("30")
    progression(book, RANDOMIZED + timedelta(days=56), progression_lesions=["L1"], confirmation=said)
    assert control(book).status == status


@pytest.mark.parametrize(
    ("said", "status", "scan_of_growth"),
    [
        ("confirmed", "failed", 3),
        ("pending", "unconfirmed", 3),
        ("refuted", "refuted", 3),
    ],
)
def test_a_later_progression_asks_anew_after_one_refuted(said: str, status: str, scan_of_growth: int) -> None:
    """Radiation change at first, then growth that another progression names: that is judged, on its day."""
    book = grown("30", "30", "45")
    progression(book, RANDOMIZED + timedelta(days=56), progression_lesions=["L1"], confirmation="refuted")
    later = {"progression_date": (RANDOMIZED + timedelta(days=168)).isoformat(), "progression_basis": ["target"]}
    told = {"progression_pattern": ["residual_site"], "progression_lesions": ["L1"], "confirmation": said}
    book.records["progression", "2"] = record("progression", "2", later | told)
    found = control(book)
    assert (found.status, found.seen_on) == (status, RANDOMIZED + timedelta(days=56 * scan_of_growth))


def test_a_later_progression_dated_after_its_scan_is_of_that_growth() -> None:
    book = grown("30", "45")
    progression(book, RANDOMIZED + timedelta(days=56), progression_lesions=["L1"], confirmation="refuted")
    later = {"progression_date": (RANDOMIZED + timedelta(days=115)).isoformat(), "progression_basis": ["target"]}
    told = {"progression_pattern": ["residual_site"], "progression_lesions": ["L1"], "confirmation": "confirmed"}
    book.records["progression", "2"] = record("progression", "2", later | told)
    found = control(book)
    assert (found.status, found.seen_on) == ("failed", RANDOMIZED + timedelta(days=112))


def test_a_progression_elsewhere_says_nothing_of_a_lesion() -> None:
    book = grown("30")
    lesion(book, "L2", "20")
    progression(book, RANDOMIZED + timedelta(days=56), progression_lesions=["L2"], confirmation="confirmed")
    assert control(book).status == "unconfirmed"


def test_where_a_failure_lies() -> None:
    assert control(grown("30")).pattern is Pattern.RESIDUAL_SITE
    assert control(grown("30", residual=())).pattern is Pattern.OTHER_KNOWN
    irradiated = grown("30", arm="rt")
    irradiate(irradiated, "1", ["L1"], RANDOMIZED + timedelta(days=10))
    assert control(irradiated).pattern is Pattern.IN_FIELD
    later = grown("30", arm="rt")
    irradiate(later, "1", ["L1"], RANDOMIZED + timedelta(days=100))
    assert control(later).pattern is Pattern.RESIDUAL_SITE  # it had grown before it was irradiated
    edge = grown("30", arm="rt")
    irradiate(edge, "1", ["L1"], RANDOMIZED + timedelta(days=10))
    progression(edge, RANDOMIZED + timedelta(days=56), progression_lesions=["L1"], field_relation="marginal")
    assert control(edge).pattern is Pattern.MARGINAL


def test_a_course_carries_its_doses() -> None:
    book = participant("rt", ("L1",))
    lesion(book, "L1", "20")
    irradiate(book, "1", ["L1"], RANDOMIZED, rt_status="partial", rt_fractions="2", rt_dose="36")
    one = irradiations(flagship(), book)[0]
    assert one.prescribed is not None
    assert one.given is not None
    # 54 Gy in 3: BED10 = 54 (1 + 18/10) = 151.2; two of the fractions: 36 (1 + 18/10) = 100.8
    assert (one.prescribed.bed(), one.given.bed()) == (Fraction("151.2"), Fraction("100.8"))


def test_every_residual_lesion_has_a_fate_and_a_deadline() -> None:
    book = participant("rt", ("L1", "L2", "L3", "L4"))
    for name in ("L1", "L2", "L3", "L4"):
        lesion(book, name, "20")
    irradiate(book, "1", ["L1"], DEADLINE)
    irradiate(book, "2", ["L2"], DEADLINE + timedelta(days=1))
    irradiate(book, "3", ["L3"], DEADLINE, rt_status="not_irradiated", rt_reason="organ_at_risk")
    for today, last in ((DEADLINE, "open"), (DEADLINE + timedelta(days=1), "overdue")):
        found = {one.lesion: one.standing for one in fates(flagship(), book, today=today)}
        assert found == {"L1": "done", "L2": "late", "L3": "done", "L4": last}
    assert [one.days_left for one in fates(flagship(), book, today=DEADLINE - timedelta(days=3))] == [3, 3, 3, 3]


def test_a_lesion_once_irradiated_stays_so_whatever_a_later_row_says() -> None:
    book = participant("rt", ("L1",))
    lesion(book, "L1", "20")
    irradiate(book, "1", ["L1"], RANDOMIZED)
    irradiate(book, "2", ["L1"], RANDOMIZED, rt_status="not_irradiated", rt_reason="progression")
    assert [one.status for one in fates(flagship(), book, today=DEADLINE)] == ["delivered"]


@pytest.mark.parametrize(
    ("courses", "fate"),
    [
        (("delivered", "partial"), "delivered"),  # a boost broken off takes nothing from the dose given
        (("partial", "delivered"), "delivered"),  # planned again
        (("partial", "not_irradiated"), "partial"),
        (("not_irradiated",), "not_irradiated"),
    ],
)
def test_a_lesion_ends_as_its_best_course_ended(courses: tuple[str, ...], fate: str) -> None:
    book = participant("rt", ("L1",))
    lesion(book, "L1", "20")
    for number, status in enumerate(courses, start=1):
        irradiate(book, str(number), ["L1"], RANDOMIZED, rt_status=status)
    assert [one.status for one in fates(flagship(), book, today=DEADLINE)] == [fate]


def test_the_control_arm_has_no_deadline() -> None:
    book = participant("control", ("L1",))
    lesion(book, "L1", "20")
    assert fates(flagship(), book, today=DEADLINE) == ()


@pytest.mark.parametrize(
    ("arm", "lesions", "progressed", "expected"),
    [
        ("control", ["L1"], None, True),
        ("control", ["L2"], None, False),  # not one of the residual lesions frozen
        ("control", ["L1"], 9, False),  # after progression it is the next therapy
        ("control", ["L1"], 11, True),
        ("rt", ["L1"], None, False),
    ],
)
def test_contamination(arm: str, lesions: list[str], progressed: int | None, *, expected: bool) -> None:
    book = participant(arm, ("L1",))
    lesion(book, "L1", "20")
    lesion(book, "L2", "20")
    irradiate(book, "1", lesions, RANDOMIZED + timedelta(days=10), rt_intent="palliative")
    if progressed is not None:
        progression(book, RANDOMIZED + timedelta(days=progressed))
    assert irradiations(flagship(), book)[0].is_contamination is expected


def test_what_is_shown_of_a_grown_lesion_is_its_last_size() -> None:
    found = control(grown("30", "12"))
    assert (found.status, found.current, found.seen_on) == ("unconfirmed", Decimal(12), RANDOMIZED + timedelta(days=56))


def unsized(*marks: str) -> Casebook:
    """A non-target lesion without a size, seen at scans; "yes" marks unequivocal growth."""
    book = participant("control", ("L1",))
    values = {"organ": "bone", "found_on": "2026-02-20", "status": "baseline", "role": "non_target"}
    book.records["lesions", "L1"] = record("lesions", "L1", values)
    for number, mark in enumerate(marks, start=1):
        day = (RANDOMIZED + timedelta(days=56 * number)).isoformat()
        seen = {"measured_lesion": ["L1"], "measured_on": day, "measured_state": "measured"}
        seen |= {"measured_new_mark": mark} if mark else {}
        book.records["lesion_assessment", str(number)] = record("lesion_assessment", str(number), seen)
    return book


def test_a_mark_of_unequivocal_growth_is_growth() -> None:
    """The endpoint counts it (`analysis.lesion_control`), and the page must not call the lesion controlled."""
    assert control(unsized("", "yes")).status == "unconfirmed"
    assert control(unsized("", "yes")).seen_on == RANDOMIZED + timedelta(days=112)
    assert control(unsized("", "")).status == "not_assessed"


@pytest.mark.parametrize(
    ("pattern", "basis", "said", "status"),
    [
        ("residual_site", "non_target", "pending", "unconfirmed"),
        ("residual_site", "non_target", "confirmed", "failed"),
        ("residual_site", "non_target", "refuted", "refuted"),
        ("residual_site", "clinical", "pending", "not_assessed"),
        ("new_lesion", "new", "pending", "not_assessed"),
    ],
)
def test_a_progression_that_names_a_lesion_never_sized(pattern: str, basis: str, said: str, status: str) -> None:
    book = unsized("")
    told = {"progression_pattern": [pattern], "progression_basis": [basis], "progression_lesions": ["L1"]}
    progression(book, RANDOMIZED + timedelta(days=70), confirmation=said, **told)
    assert control(book).status == status


def test_growth_named_before_it_was_marked_is_of_the_earlier_day() -> None:
    book = unsized("", "yes")
    told = {"progression_pattern": ["residual_site"], "progression_basis": ["non_target"]}
    progression(book, RANDOMIZED + timedelta(days=70), progression_lesions=["L1"], **told)
    assert control(book).seen_on == RANDOMIZED + timedelta(days=70)


def test_a_progression_does_not_speak_for_a_lesion_that_was_sized() -> None:
    book = grown("20")
    progression(
        book, RANDOMIZED + timedelta(days=56), progression_pattern=["residual_site"], progression_lesions=["L1"]
    )
    assert control(book).status == "controlled"
