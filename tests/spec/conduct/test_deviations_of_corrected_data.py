"""No waivers: what shows that a criterion never held opens a major deviation, by whichever way it comes to light."""

from datetime import timedelta
from typing import Any

import pytest

from acting import COORDINATOR, Trial, enter, opened, randomized
from equipoise.conduct.actions.records import CompleteLog, Enter
from equipoise.conduct.actions.together import EnterTogether
from equipoise.conduct.eligibility import derive_strata, evaluate_eligibility
from equipoise.kernel.errors import Refusal
from equipoise.kernel.truth import Truth
from flagship_participants import ON, lesion

MEASURED = {"measured_lesion": ["L1"], "measured_state": "measured"}


@pytest.fixture
def trial() -> Trial:
    return opened()


def found(trial: Trial, subject: str) -> list[tuple[str, str, str]]:
    return [(one.deviation, one.grade, one.criterion) for one, _ in trial.book(subject).deviations]


def result(value: str) -> dict[str, str]:
    return {"value": value, "unit": "10*9/L", "lower": "1.8", "upper": "6.3"}


def correct(trial: Trial, subject: str, **answers: Any) -> None:
    enter(trial, subject, "laboratory", answers, seen=trial.position, reason="Corrected from the source")


def test_a_correction_by_way_of_unknown_opens_it_too(trial: Trial) -> None:
    subject = randomized(trial)
    correct(trial, subject, neutrophils={"absent": "unknown", "because": "Report not found"})
    assert found(trial, subject) == []
    correct(trial, subject, neutrophils=result("1.2"))
    assert found(trial, subject) == [("D1", "major", "I12a")]


def test_a_log_declared_complete_again_opens_it(trial: Trial) -> None:
    """A count over a log that is open again is unknown, so that the declaration is what shows it."""
    subject = randomized(trial)
    enter(trial, subject, "lesions", lesion("liver"), occurrence="new")
    for organ in ("bone", "adrenal", "pleura"):
        enter(trial, subject, "lesions", lesion(organ), occurrence="new")
    assert "I6" not in [criterion for _, _, criterion in found(trial, subject)]
    trial.do(CompleteLog(subject, "lesions"), COORDINATOR)
    assert [criterion for _, _, criterion in found(trial, subject)].count("I6") == 1


def test_deviations_of_one_act_have_numbers_of_their_own(trial: Trial) -> None:
    subject = randomized(trial)
    platelets = {"value": "80", "unit": "10*9/L", "lower": "125", "upper": "350"}
    both = tuple(
        Enter(
            subject,
            "laboratory",
            {name: raw},
            visit="screening",
            seen=trial.position,
            reason="Corrected from the source",
        )
        for name, raw in (("neutrophils", result("1.2")), ("platelets", platelets))
    )
    trial.do(EnterTogether(subject, both), COORDINATOR)
    assert found(trial, subject) == [("D1", "major", "I12a"), ("D2", "major", "I12b")]


def test_one_act_measures_a_lesion_once(trial: Trial) -> None:
    """Rows of one visit in one act, without days of their own, are still two measurements of one lesion."""
    subject = randomized(trial)
    rows = tuple(
        Enter(
            subject, "lesion_assessment",
            {name: {"value": value} for name, value in {**MEASURED, "diameter": size}.items()},
            occurrence="new", visit="imaging:1",
        )
        for size in ("20", "30")
    )  # fmt: skip
    with pytest.raises(Refusal) as refusal:
        trial.do(EnterTogether(subject, rows), COORDINATOR)
    assert refusal.value.code == "refuse.measured_already"


def test_lesions_found_later_are_no_deviation_and_move_no_level(trial: Trial) -> None:
    """Six lesions after randomization are not six at randomization."""
    subject = randomized(trial)
    trial.today = ON + timedelta(days=60)
    for organ in ("liver", "bone", "adrenal", "pleura", "brain"):
        later = lesion(organ, status="new", found_on=trial.today.isoformat())
        enter(trial, subject, "lesions", later, occurrence="new")
    trial.do(CompleteLog(subject, "lesions"), COORDINATOR)
    assert found(trial, subject) == []
    book = trial.book(subject)
    assert evaluate_eligibility(trial.protocol, book, ON)["I6"].truth is Truth.TRUE
    assert derive_strata(trial.protocol, book, ON)["residual_burden"] == "low"


def test_a_lesion_found_later_leaves_what_was_signed_as_it_was_before_the_register_is_complete_again(
    trial: Trial,
) -> None:
    """It reopens the register for the day on which it was found, not for the day of randomization."""
    subject = randomized(trial)
    trial.today = ON + timedelta(days=60)
    enter(trial, subject, "lesions", lesion("liver", status="new", found_on=trial.today.isoformat()), occurrence="new")
    book = trial.book(subject)
    assert book.eligibility is not None
    assert "lesions" not in book.completed
    assert evaluate_eligibility(trial.protocol, book, ON).digest == book.eligibility.evaluation
    enter(trial, subject, "lesions", lesion("bone"), occurrence="new")  # there at baseline, and overlooked
    assert evaluate_eligibility(trial.protocol, trial.book(subject), ON)["I6"].truth is Truth.UNKNOWN
