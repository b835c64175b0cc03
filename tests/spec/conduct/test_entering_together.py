"""Rows of a scan and its assessment as one act: all stand in the record, or none."""

from datetime import date, timedelta

import pytest

from acting import COORDINATOR, Trial, consented, opened, person, randomized
from equipoise.conduct.actions.records import Enter
from equipoise.conduct.actions.together import EnterTogether
from equipoise.kernel.errors import Refusal

SCAN = date(2026, 5, 5)


@pytest.fixture
def trial() -> Trial:
    """Somebody randomized in March; the clock stands at the first scan."""
    made = opened()
    made.subject = randomized(made)  # type: ignore[attr-defined]
    made.today = SCAN + timedelta(days=1)
    return made


def row(subject: str, lesion: str, size: str, **more: str) -> Enter:
    values = {
        "measured_lesion": [lesion],
        "measured_on": SCAN.isoformat(),
        "measured_state": "measured",
        "diameter": size,
    }
    return Enter(subject, "lesion_assessment", {name: {"value": value} for name, value in values.items()},
                 occurrence="new", visit="imaging:1", **more)  # fmt: skip


def read(subject: str, overall: str) -> Enter:
    values = {"assessment_date": SCAN.isoformat(), "new_lesions": "none", "overall_response": overall}
    return Enter(subject, "tumour_assessment", {name: {"value": value} for name, value in values.items()},
                 visit="imaging:1")  # fmt: skip


def test_rows_and_assessment_stand_together_with_ids_of_their_own(trial: Trial) -> None:
    subject = trial.subject  # type: ignore[attr-defined]
    values = {"organ": "liver", "found_on": SCAN.isoformat(), "status": "new"}
    found = {name: {"value": value} for name, value in values.items()}
    trial.do(Enter(subject, "lesions", found, occurrence="new"), COORDINATOR)
    second = trial.book(subject).rows("lesions")[-1].occurrence
    act = EnterTogether(subject, (read(subject, "SD"), row(subject, "L1", "20"), row(subject, second, "21")))
    trial.do(act, COORDINATOR)
    book = trial.book(subject)
    assert [one.occurrence for one in book.rows("lesion_assessment")] == ["1", "2"]
    assert [one.visit for one in book.rows("lesion_assessment")] == ["imaging:1", "imaging:1"]
    assert book.record("tumour_assessment", "imaging:1") is not None


@pytest.mark.parametrize("wrong", ["-3", "twenty", "401"])
def test_one_impossible_row_refuses_them_all(trial: Trial, wrong: str) -> None:
    subject = trial.subject  # type: ignore[attr-defined]
    act = EnterTogether(subject, (read(subject, "SD"), row(subject, "L1", "20"), row(subject, "L1", wrong)))
    with pytest.raises(Refusal):
        trial.do(act, COORDINATOR)
    assert trial.book(subject).rows("lesion_assessment") == []
    assert trial.book(subject).record("tumour_assessment", "imaging:1") is None


def test_a_lesion_that_does_not_exist_refuses_them_all(trial: Trial) -> None:
    subject = trial.subject  # type: ignore[attr-defined]
    with pytest.raises(Refusal, match="L9"):
        trial.do(EnterTogether(subject, (row(subject, "L1", "20"), row(subject, "L9", "20"))), COORDINATOR)
    assert trial.book(subject).rows("lesion_assessment") == []


def test_a_role_that_may_not_fill_one_form_fills_none(trial: Trial) -> None:
    subject = trial.subject  # type: ignore[attr-defined]
    act = EnterTogether(subject, (row(subject, "L1", "20"), read(subject, "SD")))
    with pytest.raises(Refusal):
        trial.do(act, person("nuclear_reader"))
    assert trial.book(subject).rows("lesion_assessment") == []


def test_a_correction_needs_its_reason_and_a_fresh_page(trial: Trial) -> None:
    subject = trial.subject  # type: ignore[attr-defined]
    trial.do(EnterTogether(subject, (row(subject, "L1", "20"),)), COORDINATOR)
    seen = trial.position

    def again(size: str, reason: str, seen: int) -> EnterTogether:
        answers = {"diameter": {"value": size}}
        entry = Enter(subject, "lesion_assessment", answers, occurrence="1", seen=seen, reason=reason)
        return EnterTogether(subject, (entry,))

    with pytest.raises(Refusal, match="reason"):
        trial.do(again("21", "", seen), COORDINATOR)
    trial.do(again("21", "Reread", seen), COORDINATOR)
    with pytest.raises(Refusal, match="changed"):
        trial.do(again("22", "Reread", seen), COORDINATOR)


def test_nothing_and_somebody_elses_record_are_refused(trial: Trial) -> None:
    subject = trial.subject  # type: ignore[attr-defined]
    with pytest.raises(Refusal):
        trial.do(EnterTogether(subject, ()), COORDINATOR)
    other = consented(trial)
    with pytest.raises(Refusal):
        trial.do(EnterTogether(subject, (row(other, "L1", "20"),)), COORDINATOR)
