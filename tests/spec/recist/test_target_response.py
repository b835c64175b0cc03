"""Target response: what counts into the sum, and what the sum says (RECIST 1.1, sections 4.3.1 and 4.4)."""

from collections.abc import Sequence
from decimal import Decimal

import pytest

from equipoise.clinical.recist.codes import Response
from equipoise.clinical.recist.course import (
    Baseline,
    Visit,
    VisitVerdict,
    assess_course,
)
from equipoise.clinical.recist.plausibility import check_reading
from equipoise.clinical.recist.target import Reading, TargetLesion, percent
from equipoise.kernel.quantities import Quantity

SOLID, NODE = TargetLesion("T1"), TargetLesion("N1", is_node=True)


def mm(*diameters: float | str) -> Reading:
    return Reading.measured(*(Quantity(Decimal(str(one)), "mm") for one in diameters))


def sums(*values: float | str, pr_persists: bool = True) -> list[VisitVerdict]:
    """One lesion whose diameter is the sum, baseline first."""
    baseline = Baseline((SOLID,), {"T1": mm(values[0])})
    visits = [Visit({"T1": mm(value)}) for value in values[1:]]
    return list(assess_course(baseline, visits, pr_persists=pr_persists))


def responses(verdicts: Sequence[VisitVerdict]) -> str:
    return " ".join(verdict.target for verdict in verdicts)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((100, 70), "PR"),  # exactly 30 % less
        ((100, "70.01"), "SD"),
        ((70, 84), "PD"),  # exactly 20 % and 14 mm more than the nadir, which is the baseline
        ((70, "83.99"), "SD"),
        ((20, 24), "SD"),  # 20 % more but only 4 mm
        ((20, "24.9"), "SD"),
        ((20, 25), "PD"),  # 25 % and exactly 5 mm
        ((100, 50, 59), "PR PR"),  # 18 % over the nadir
        ((100, 50, 60), "PR PD"),  # 20 % and 10 mm over the nadir, though 40 % under baseline: PD comes before PR
        ((100, 0), "CR"),
        ((100, 0, 5), "CR PD"),
        ((100, 0, 2), "CR PD"),  # a lesion seen again after a complete response
        ((100, 90, 95, 108), "SD SD PD"),  # nadir 90 at the first visit: 20 % and 18 mm
        ((100, 101), "SD"),
        (("32.3", "22.61"), "PR"),  # 22.61 = 0.7 x 32.3 exactly
        (("0.3", "5.3"), "PD"),
    ],
)
def test_the_sum_against_baseline_and_nadir(values: tuple[float, ...], expected: str) -> None:
    assert responses(sums(*values)) == expected


def test_noise_of_a_spreadsheet_does_not_cross_a_limit() -> None:
    # 0.1 + 0.2 in binary is 0.30000000000000004; 70.000000000000014 is 70
    assert responses(sums(100, "70.000000000000014")) == "PR"


@pytest.mark.parametrize(("persists", "expected"), [(True, "PR PR PR PR"), (False, "PR PR SD SD")])
def test_a_response_stands_or_is_called_afresh(persists: bool, expected: str) -> None:
    assert responses(sums(100, 70, 70, 80, 80, pr_persists=persists)) == expected


def test_a_response_that_stands_ends_with_progression() -> None:
    assert responses(sums(100, 70, 84, 80)) == "PR PD SD"


def test_a_complete_response_of_nodes_may_leave_a_sum() -> None:
    baseline = Baseline((SOLID, NODE), {"T1": mm(20), "N1": mm(18)})
    course = [
        Visit({"T1": Reading.absent(), "N1": mm("9.9")}),
        Visit({"T1": Reading.absent(), "N1": mm(11)}),  # 11 % and 1.1 mm over the nadir: no progression
    ]
    first, second = assess_course(baseline, course, pr_persists=True)
    assert (first.target, first.sum) == (Response.CR, Decimal("9.9"))
    assert second.target is Response.PR


def test_a_node_of_exactly_10_mm_is_not_normal() -> None:
    baseline = Baseline((NODE,), {"N1": mm(40)})
    (verdict,) = assess_course(baseline, [Visit({"N1": mm(10)})], pr_persists=True)
    assert verdict.target is Response.PR


def test_a_node_is_never_progression_below_10_mm() -> None:
    """Complete response is tested first: 9.9 mm over a nadir of 4 mm is 5.9 mm more, and still a normal node."""
    baseline = Baseline((NODE,), {"N1": mm(20)})
    first, second = assess_course(baseline, [Visit({"N1": mm(4)}), Visit({"N1": mm("9.9")})], pr_persists=True)
    assert (first.target, second.target) == (Response.CR, Response.CR)


@pytest.mark.parametrize(
    ("reading", "value"),
    [
        (mm(3), 3),  # a measured value counts as it is, even under 5 mm
        (Reading.too_small(), 5),
        (Reading.absent(), 0),
        (mm(12, 9), 21),  # fragments are added up
        (Reading.coalesced(), 0),  # the other lesion carries the diameter of both
        (Reading.not_evaluable(), None),
        (Reading.measured(Quantity(Decimal("1.2"), "cm")), 12),
    ],
)
def test_what_a_lesion_contributes(reading: Reading, value: int | None) -> None:
    assert reading.value == value


TWO = (TargetLesion("T1"), TargetLesion("T2"))


def test_a_missing_target_is_not_zero() -> None:
    baseline = Baseline(TWO, {"T1": mm(50), "T2": mm(50)})
    (verdict,) = assess_course(baseline, [Visit({"T1": mm(10)})], pr_persists=True)
    assert verdict.target is Response.NE
    assert verdict.sum is None
    assert verdict.reason.say() == (
        "1 of 2 target lesions not assessed (T2); the others sum to 10 mm, no progression: NE"
    )


def test_the_measured_ones_alone_may_make_progression() -> None:
    """The paper's example: 50 mm from three lesions, then 80 mm from two."""
    three = (TargetLesion("T1"), TargetLesion("T2"), TargetLesion("T3"))
    baseline = Baseline(three, {"T1": mm(20), "T2": mm(15), "T3": mm(15)})
    (verdict,) = assess_course(baseline, [Visit({"T1": mm(50), "T2": mm(30)})], pr_persists=True)
    assert verdict.target is Response.PD
    assert verdict.sum is None
    assert verdict.reason.say() == ("not assessed: T3; the others alone: sum 80 mm, nadir 50 mm: +60 %, +30 mm: PD")


def test_an_incomplete_sum_is_no_nadir() -> None:
    baseline = Baseline(TWO, {"T1": mm(50), "T2": mm(50)})
    course = [Visit({"T1": mm(10)}), Visit({"T1": mm(50), "T2": mm(50)})]
    _, second = assess_course(baseline, course, pr_persists=True)
    assert (second.target, second.history.nadir) == (Response.SD, 100)


def test_the_baseline_is_a_nadir() -> None:
    (verdict,) = sums(50, 62)
    assert verdict.history.nadir == 50
    assert verdict.target is Response.PD


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ((100, 48, 62), "sum 62 mm, nadir 48 mm: +29 %, +14 mm: PD"),
        ((100, 62), "sum 62 mm, baseline 100 mm: -38 %: PR"),
        ((100, 95), "sum 95 mm, baseline 100 mm: -5 %; nadir 100 mm: -5 %, -5 mm: SD"),
        ((100, 0), "every target lesion is gone: CR"),
        ((100, 70, 80), "sum 80 mm, nadir 70 mm: +14 %, +10 mm; a response stands until progression: PR"),
    ],
)
def test_every_verdict_says_why(values: tuple[float, ...], reason: str) -> None:
    assert sums(*values)[-1].reason.say() == reason


def test_the_reason_speaks_chinese() -> None:
    assert sums(100, 48, 62)[-1].reason.say("zh-hans") == "总和 62 mm，最低值 48 mm：+29 %，+14 mm：PD"


@pytest.mark.parametrize(
    ("current", "reference", "text"),
    [
        ("62", "48", "+29 %"),
        ("59.99", "50", "+19.98 %"),  # rounded it would read as 20 %, which it is not
        ("60", "50", "+20 %"),
        ("70.01", "100", "-29.99 %"),
        ("70", "100", "-30 %"),
        ("50", "50", "±0 %"),
        ("49.9", "50", "-0.2 %"),
        ("5", "0", "+∞ %"),
        ("0", "0", "±0 %"),
    ],
)
def test_percentages_never_round_across_a_limit(current: str, reference: str, text: str) -> None:
    assert percent(Decimal(current), Decimal(reference)) == text


def test_what_does_not_fit_the_baseline_is_refused() -> None:
    with pytest.raises(ValueError, match="Lesion T1 is chosen twice at baseline"):
        Baseline((SOLID, SOLID), {"T1": mm(20)})
    with pytest.raises(ValueError, match="Lesion T1 is chosen twice at baseline"):
        Baseline((SOLID,), {"T1": mm(20)}, ("T1",))
    with pytest.raises(ValueError, match="Target lesion T1 has no measured diameter at baseline"):
        assess_course(Baseline((SOLID,), {}), [], pr_persists=True)
    with pytest.raises(ValueError, match="Lesion T9 is no target lesion of the baseline"):
        assess_course(Baseline((SOLID,), {"T1": mm(20)}), [Visit({"T9": mm(20)})], pr_persists=True)
    with pytest.raises(ValueError, match="A diameter is not negative"):
        mm(-1)
    with pytest.raises(ValueError, match="A diameter is at most 2000 mm; seen 2001 mm"):
        mm(2001)
    with pytest.raises(ValueError, match="kg does not convert to mm"):
        Reading.measured(Quantity(Decimal(20), "kg"))


def test_a_visit_without_a_reading_leaves_the_nadir_to_the_next() -> None:
    baseline = Baseline((SOLID,), {"T1": mm(100)})
    found = assess_course(baseline, [Visit({"T1": mm(48)}), Visit({}), Visit({"T1": mm(62)})], pr_persists=True)
    history = found[-1].history
    assert (history.baseline, history.nadir, history.had_response) == (100, 48, True)
    assert found[-1].reason.say() == "sum 62 mm, nadir 48 mm: +29 %, +14 mm: PD"


@pytest.mark.parametrize(
    ("before", "now", "wording"),
    [
        (mm(20), mm(22), None),
        (mm(20), mm(160), "T1: 20 mm before, 160 mm now: check the decimal point and the unit"),
        (mm(40), mm(5), "T1: 40 mm before, 5 mm now: check the decimal point and the unit"),
        (mm(40), mm(81), "T1: 40 mm before, 81 mm now: an unusual change, check it"),
        (mm(40), mm(80), None),
        (Reading.absent(), mm(12), "T1: 12 mm, though it was absent before: check that it is the same lesion"),
        (mm(40), Reading.absent(), None),  # going is what one hopes for
        (mm(60), Reading.too_small(), None),
        (None, mm(251), "T1: 251 mm is unusually long: check the number and its unit"),
        (mm(20), Reading.not_evaluable(), None),
        (Reading.not_evaluable(), mm(20), None),
    ],
)
def test_slips_are_asked_about_before_they_are_saved(before: Reading | None, now: Reading, wording: str | None) -> None:
    assert [finding.says.say() for finding in check_reading("T1", before, now)] == ([wording] if wording else [])
