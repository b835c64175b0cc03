"""What is to be done for a participant: radiotherapy until it has an outcome, logs once their period is over."""

from datetime import UTC, date, datetime, timedelta

from equipoise.conduct.casebook import Casebook
from equipoise.conduct.entry import SYSTEM, Header
from equipoise.conduct.facts import Consented, Stopped
from equipoise.conduct.worklist import Task, tasks
from flagship_participants import flagship
from followed_lesions import RANDOMIZED, irradiate, lesion, participant, record

STOPPED = date(2026, 9, 1)
HEADER = Header(1, "P1", 1, datetime(2026, 9, 2, tzinfo=UTC), SYSTEM)


def followed(arm: str = "rt") -> Casebook:
    book = participant(arm, ("L1",))
    book.enrolment = Consented(consent="main", version="1.0", on="2026-02-20", number="P1", site="north", age=60)
    book.last_at = HEADER.at
    lesion(book, "L1", "20")
    return book


def of_kind(book: Casebook, kind: str) -> list[Task]:
    return [one for one in tasks(flagship(), book) if one.kind == kind]


def test_radiotherapy_waits_until_its_course_has_an_outcome() -> None:
    book = followed()
    assert [one.what for one in of_kind(book, "radiotherapy")] == ["L1"]
    book.records["radiotherapy_course", "1"] = record("radiotherapy_course", "1", {"rt_lesions": ["L1"]})
    assert [one.what for one in of_kind(book, "radiotherapy")] == ["L1"]
    irradiate(book, "1", ["L1"], RANDOMIZED + timedelta(days=10))
    assert of_kind(book, "radiotherapy") == []


def test_the_log_of_adverse_events_is_closed_after_its_period() -> None:
    """Ninety days after the last treatment; the day after is the first on which nothing more is collected."""
    book = followed("control")
    assert of_kind(book, "complete") == []  # treatment goes on
    book.stops.append(
        (Stopped(stop="treatment_stopped", on=STOPPED.isoformat(), because="x", ends=("treatment",)), HEADER)
    )
    (task,) = of_kind(book, "complete")
    assert (task.what, task.opens, task.closes) == ("adverse_events", STOPPED + timedelta(days=91), None)
    assert task.roles == flagship().form("adverse_events").filled_by
    book.completed["adverse_events"] = HEADER
    assert of_kind(book, "complete") == []
