"""Non-target response, new lesions, and the overall response by tables 1 and 2 of RECIST 1.1."""

from datetime import date
from decimal import Decimal

import pytest

from equipoise.clinical.recist.codes import NewLesionState, NonTargetState, Response
from equipoise.clinical.recist.course import Baseline, Visit, assess_course, progression_date
from equipoise.clinical.recist.overall import non_target_response, overall_response, pet_new_lesion
from equipoise.clinical.recist.target import Reading, TargetLesion
from equipoise.kernel.quantities import Quantity

CR, PR, SD, NON, PD, NE, NA = (
    Response.CR, Response.PR, Response.SD, Response.NON_CR_NON_PD, Response.PD, Response.NE, Response.NA,
)  # fmt: skip
ANY_TARGET = (CR, PR, SD, PD, NE)
ANY_NON_TARGET = (CR, NON, PD, NE, NA)
PRESENT, ABSENT, WORSE, UNSEEN = (
    NonTargetState.PRESENT, NonTargetState.ABSENT, NonTargetState.UNEQUIVOCAL_PROGRESSION, NonTargetState.NOT_EVALUABLE,
)  # fmt: skip


@pytest.mark.parametrize(
    ("target", "non_target", "expected"),
    [
        (CR, CR, CR), (CR, NA, CR), (CR, NON, PR), (CR, NE, PR),
        (PR, CR, PR), (PR, NA, PR), (PR, NON, PR), (PR, NE, PR),
        (SD, CR, SD), (SD, NA, SD), (SD, NON, SD), (SD, NE, SD),
        (NE, CR, NE), (NE, NA, NE), (NE, NON, NE), (NE, NE, NE),
    ],
)  # fmt: skip
def test_table_1_without_progression(target: Response, non_target: Response, expected: Response) -> None:
    assert overall_response(target, non_target, is_new=False) is expected


@pytest.mark.parametrize(("non_target", "expected"), [(CR, CR), (NON, NON), (NE, NE), (PD, PD), (NA, NE)])
def test_table_2_non_target_disease_only(non_target: Response, expected: Response) -> None:
    assert overall_response(NA, non_target, is_new=False) is expected


@pytest.mark.parametrize("non_target", ANY_NON_TARGET)
def test_progression_of_targets_is_progression(non_target: Response) -> None:
    assert overall_response(PD, non_target, is_new=False) is PD


@pytest.mark.parametrize("target", [*ANY_TARGET, NA])
def test_progression_of_non_targets_is_progression(target: Response) -> None:
    assert overall_response(target, PD, is_new=False) is PD


@pytest.mark.parametrize("target", [*ANY_TARGET, NA])
@pytest.mark.parametrize("non_target", ANY_NON_TARGET)
def test_a_new_lesion_is_progression(target: Response, non_target: Response) -> None:
    assert overall_response(target, non_target, is_new=True) is PD


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((ABSENT, ABSENT), CR),
        ((ABSENT, PRESENT), NON),
        ((ABSENT, UNSEEN), NE),
        ((PRESENT, UNSEEN), NE),  # NE before NON-CR/NON-PD
        ((WORSE, UNSEEN), PD),  # PD before NE
        ((WORSE, ABSENT), PD),
    ],
)
def test_non_targets_combine_worst_first(states: tuple[NonTargetState, ...], expected: Response) -> None:
    found = dict(zip(("NT1", "NT2"), states, strict=True))
    assert non_target_response(("NT1", "NT2"), found).response is expected


def test_a_non_target_left_out_was_not_evaluated() -> None:
    assert non_target_response(("NT1", "NT2"), {"NT1": ABSENT}).response is NE


@pytest.mark.parametrize(("normal", "expected"), [(True, CR), (None, CR), (False, NON)])
def test_a_complete_response_needs_normal_markers(normal: bool | None, expected: Response) -> None:
    assert non_target_response(("NT1",), {"NT1": ABSENT}, markers_normal=normal).response is expected


def test_no_non_targets_at_baseline() -> None:
    assert non_target_response((), {}).response is NA


def test_a_state_of_an_unknown_lesion_is_refused() -> None:
    with pytest.raises(ValueError, match="Lesion NT9 is no non-target lesion of the baseline"):
        non_target_response(("NT1",), {"NT9": ABSENT})


def _mm(diameter: int) -> Reading:
    return Reading.measured(Quantity(Decimal(diameter), "mm"))


BASELINE = Baseline((TargetLesion("T1"),), {"T1": _mm(50)}, ("NT1",))


def test_a_visit_explains_the_whole() -> None:
    visit = Visit({"T1": _mm(30)}, {"NT1": PRESENT}, {"NEW1": NewLesionState.UNEQUIVOCAL})
    verdict = assess_course(BASELINE, [visit], pr_persists=True)[0]
    assert (verdict.target, verdict.non_target, verdict.overall, verdict.is_new) == (PR, NON, PD, True)
    assert verdict.reason.say() == (
        "new lesion: NEW1; sum 30 mm, baseline 50 mm: -40 %: PR; non-target still present: NT1: overall PD"
    )
    assert verdict.reason.say("zh-hans") == (
        "新病灶：NEW1；总和 30 mm，基线 50 mm：-40 %：PR；非靶病灶仍存在：NT1：总体疗效 PD"
    )


def test_an_equivocal_new_lesion_is_no_progression_yet() -> None:
    visit = Visit({"T1": _mm(30)}, {"NT1": PRESENT}, {"NEW1": NewLesionState.EQUIVOCAL})
    verdict = assess_course(BASELINE, [visit], pr_persists=True)[0]
    assert (verdict.overall, verdict.is_new) == (PR, False)
    assert "equivocal new finding: NEW1" in verdict.reason.say()


def _course(*states: NewLesionState | None) -> tuple[list[Visit], date | None]:
    visits = [
        Visit({"T1": _mm(45)}, {"NT1": PRESENT}, {"NEW1": state} if state else {}, on=date(2026, month, 1))
        for month, state in enumerate(states, start=2)
    ]
    return visits, progression_date(visits, assess_course(BASELINE, visits, pr_persists=True))


def test_a_confirmed_lesion_dates_progression_to_its_first_appearance() -> None:
    equivocal, sure = NewLesionState.EQUIVOCAL, NewLesionState.UNEQUIVOCAL
    assert _course(None, equivocal, sure)[1] == date(2026, 3, 1)
    assert _course(equivocal, None, sure)[1] == date(2026, 2, 1)


def test_a_lesion_once_explained_otherwise_starts_anew() -> None:
    equivocal, sure = NewLesionState.EQUIVOCAL, NewLesionState.UNEQUIVOCAL
    assert _course(equivocal, NewLesionState.NOT_NEW, sure)[1] == date(2026, 4, 1)


def test_no_progression_no_date() -> None:
    assert _course(None, NewLesionState.EQUIVOCAL)[1] is None


def test_visits_must_not_run_backwards() -> None:
    visits = [Visit({"T1": _mm(45)}, on=date(2026, 3, 1)), Visit({"T1": _mm(45)}, on=date(2026, 2, 1))]
    with pytest.raises(ValueError, match="The visits are out of order: 2026-02-01 stands after 2026-03-01"):
        assess_course(BASELINE, visits, pr_persists=True)


@pytest.mark.parametrize(
    ("baseline", "ct", "expected"),
    [
        ("negative", "not_confirmed", NewLesionState.UNEQUIVOCAL),  # rule (a): negative before, positive now
        ("none", "new", NewLesionState.UNEQUIVOCAL),  # rule (b): CT confirms
        ("none", "not_confirmed", NewLesionState.EQUIVOCAL),  # more CT is needed
        ("none", "confirmed_later", NewLesionState.UNEQUIVOCAL),
        ("none", "known_stable", NewLesionState.NOT_NEW),
    ],
)
def test_pet_rules_for_new_lesions(baseline: str, ct: str, expected: NewLesionState) -> None:
    state, why = pet_new_lesion(baseline, ct=ct)  # type: ignore[arg-type]
    assert state is expected
    assert why.say() != why.say("zh-hans")


def test_a_baseline_without_disease_cannot_be_evaluated() -> None:
    empty = Baseline((), {})
    verdict = assess_course(empty, [Visit()], pr_persists=True)[0]
    assert verdict.overall is NE
    assert verdict.reason.say() == "no lesion was recorded at baseline: overall NE"
