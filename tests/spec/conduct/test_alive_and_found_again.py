"""Nobody is examined after death, whichever is entered first; a contact later than the loss ends the loss."""

from datetime import date, timedelta

import pytest

from acting import COORDINATOR, INVESTIGATOR, Trial, enter, opened, person, randomized
from equipoise.conduct.actions.subjects import CorrectDeath, RecordDeath, Stop
from equipoise.conduct.actions.visits import AddVisit
from equipoise.conduct.calendar import appointments
from equipoise.conduct.journey import ended, stage
from equipoise.kernel.errors import Refusal

SCAN = date(2026, 5, 5)


@pytest.fixture
def trial() -> Trial:
    """Somebody randomized in March; the clock stands in late summer."""
    made = opened()
    made.subject = randomized(made)  # type: ignore[attr-defined]
    made.today = date(2026, 8, 20)
    return made


def scanned(trial: Trial) -> str:
    subject: str = trial.subject  # type: ignore[attr-defined]
    answers = {"assessment_date": SCAN.isoformat(), "new_lesions": "none", "overall_response": "SD"}
    enter(trial, subject, "tumour_assessment", answers, visit="imaging:1")
    return subject


@pytest.mark.parametrize("on", ["2026-05-04", "2026-04"])
def test_a_death_before_a_scan_is_refused(trial: Trial, on: str) -> None:
    subject = scanned(trial)
    with pytest.raises(Refusal) as refusal:
        trial.do(RecordDeath(subject, on, "disease"), COORDINATOR)
    assert refusal.value.code == "refuse.before_last_alive"
    assert "Tumour assessment" in str(refusal.value.because)


def test_a_death_on_the_day_of_a_scan_or_some_time_in_its_month_is_possible(trial: Trial) -> None:
    subject = scanned(trial)
    trial.do(RecordDeath(subject, "2026-05", "disease"), COORDINATOR)
    signer = person("coordinator", signs=True)
    trial.do(CorrectDeath(subject, SCAN.isoformat(), "disease", "Certificate received"), signer)
    with pytest.raises(Refusal):
        trial.do(CorrectDeath(subject, "2026-05-04", "disease", "Mistyped"), signer)


def lost(subject: str, on: str) -> Stop:
    return Stop(subject, "lost_to_follow_up", on, "Three attempts in 12 weeks")


def contact(trial: Trial, subject: str, on: str) -> None:
    trial.do(AddVisit(subject, on, "Relative rang", ("survival",)), COORDINATOR)
    visit = f"unscheduled:{len(trial.book(subject).added)}"
    enter(trial, subject, "survival", {"alive": "yes", "alive_on": on}, visit=visit)


def test_a_contact_after_the_loss_reopens_follow_up(trial: Trial) -> None:
    subject: str = trial.subject  # type: ignore[attr-defined]
    trial.do(lost(subject, "2026-06-01"), COORDINATOR)
    ahead = trial.today + timedelta(days=1)
    assert stage(trial.protocol, trial.book(subject)) == "lost"
    assert not [
        one for one in appointments(trial.protocol, trial.book(subject), today=ahead) if one.planned.due > ahead
    ]
    contact(trial, subject, "2026-08-10")
    book = trial.book(subject)
    assert (stage(trial.protocol, book), "lost" in ended(trial.protocol, book)) == ("randomized", False)
    assert [one for one in appointments(trial.protocol, book, today=ahead) if one.planned.due > ahead]
    trial.do(lost(subject, "2026-08-15"), INVESTIGATOR)  # and may be lost again
    assert ended(trial.protocol, trial.book(subject))["lost"] == date(2026, 8, 15)
    with pytest.raises(Refusal):
        trial.do(lost(subject, "2026-08-16"), COORDINATOR)


def test_a_contact_before_the_loss_reopens_nothing(trial: Trial) -> None:
    subject: str = trial.subject  # type: ignore[attr-defined]
    trial.do(lost(subject, "2026-08-15"), COORDINATOR)
    contact(trial, subject, "2026-08-15")
    assert stage(trial.protocol, trial.book(subject)) == "lost"
