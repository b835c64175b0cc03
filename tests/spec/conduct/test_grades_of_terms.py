"""A toxicity is graded as CTCAE 5.0 grades its term: "-" in its table is a grade that does not exist."""

import pytest

from acting import INVESTIGATOR, Trial, enter, opened, randomized
from equipoise.conduct.consistency import inconsistencies
from flagship_participants import ON


@pytest.fixture
def trial() -> Trial:
    return opened()


@pytest.mark.parametrize(
    ("term", "grade", "known"),
    [
        ("Alopecia", "2", None),
        ("Alopecia", "3", "1, 2"),
        ("Fatigue", "3", None),
        ("Fatigue", "4", "1, 2, 3"),
        ("Pneumonitis", "5", None),
        ("Death NOS", "3", "5"),
    ],
)
def test_a_grade_its_term_does_not_have_is_asked_about(trial: Trial, term: str, grade: str, known: str | None) -> None:
    subject = randomized(trial)
    event = {"ae_term": term, "ae_grade": grade, "ae_start": ON.isoformat()}
    row = enter(trial, subject, "adverse_events", event, INVESTIGATOR, occurrence="new")[0].fact.occurrence
    book, form = trial.book(subject), trial.protocol.form("adverse_events")
    record = book.record("adverse_events", row)
    assert record is not None
    found = [
        one for one in inconsistencies(trial.protocol, book, form, record) if one.says.code == "toxicity.no_such_grade"
    ]
    assert [one.says.params["known"] for one in found] == ([known] if known else [])
    assert all(one.where == f"adverse_events.{row}.ae_grade" for one in found)
