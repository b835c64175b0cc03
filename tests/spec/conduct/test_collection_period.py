"""Adverse events are collected for 90 days after the last treatment: what begins later is asked about, not refused."""

from datetime import date, timedelta
from typing import Any

import pytest

from acting import COORDINATOR, INVESTIGATOR, Trial, enter, opened, randomized
from equipoise.conduct.actions.subjects import Stop
from equipoise.conduct.collection import last_treatment
from equipoise.conduct.consistency import inconsistencies
from flagship_participants import ON

LAST = ON + timedelta(days=30)
"""When the last drug is given."""


@pytest.fixture
def trial() -> Trial:
    return opened()


@pytest.fixture
def subject(trial: Trial) -> str:
    """Somebody who received one cycle, and another that was omitted later."""
    subject = randomized(trial)
    trial.today = ON + timedelta(days=300)
    cycle: dict[str, Any] = {"drug": "immunotherapy", "agent": "x", "cycle": "1", "cycle_status": "full"}
    enter(trial, subject, "treatment_cycles", cycle | {"cycle_date": LAST.isoformat()}, occurrence="new")
    omitted = cycle | {"cycle": "2", "cycle_status": "omitted", "cycle_date": (LAST + timedelta(days=21)).isoformat()}
    enter(trial, subject, "treatment_cycles", omitted, occurrence="new")
    return subject


def stop(trial: Trial, subject: str) -> None:
    """End all treatment on the day of the last drug."""
    way = next(one for one in trial.protocol.stops if "treatment" in one.ends)
    trial.do(Stop(subject, way.id, LAST.isoformat(), "two years are over"), COORDINATOR)


def said(trial: Trial, subject: str, began: str) -> list[str]:
    """What is said of an adverse event that began on this day."""
    event = {"ae_term": "Fatigue", "ae_grade": "1", "ae_start": began}
    row = enter(trial, subject, "adverse_events", event, INVESTIGATOR, occurrence="new")[0].fact.occurrence
    book, form = trial.book(subject), trial.protocol.form("adverse_events")
    record = book.record("adverse_events", row)
    assert record is not None
    return [finding.says.code for finding in inconsistencies(trial.protocol, book, form, record)]


def test_the_last_treatment_is_the_last_one_given(trial: Trial, subject: str) -> None:
    assert last_treatment(trial.protocol, trial.book(subject)) is None  # treatment goes on
    stop(trial, subject)
    assert last_treatment(trial.protocol, trial.book(subject)) == LAST


@pytest.mark.parametrize(("days", "codes"), [(90, []), (91, ["collection.too_late"]), (-5, [])])
def test_an_event_after_the_period_is_asked_about(trial: Trial, subject: str, days: int, codes: list[str]) -> None:
    stop(trial, subject)
    assert said(trial, subject, (LAST + timedelta(days=days)).isoformat()) == codes


def test_while_treatment_goes_on_nothing_is_too_late(trial: Trial, subject: str) -> None:
    assert said(trial, subject, (LAST + timedelta(days=200)).isoformat()) == []


def test_a_partial_date_is_too_late_only_where_all_of_it_is(trial: Trial, subject: str) -> None:
    stop(trial, subject)
    end = LAST + timedelta(days=90)
    assert said(trial, subject, f"{end:%Y-%m}") == []
    assert said(trial, subject, f"{date(end.year, end.month, 28) + timedelta(days=10):%Y-%m}") == [
        "collection.too_late"
    ]
