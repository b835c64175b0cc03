"""What was entered before an amendment is read by the ids it was entered under: renamed, moved or dropped since."""

from datetime import date

import pytest

from acting import INVESTIGATOR, Trial, enter, randomized
from acting import opened as trial_opened
from equipoise.analysis.cut import DataCut
from equipoise.analysis.times import time_rows
from equipoise.conduct.actions.trial import ActivateProtocol, ConfirmExclusions, PublishProtocol
from equipoise.conduct.calendar import anchors
from equipoise.conduct.concepts import concepts_of
from equipoise.conduct.documents import document, protocol_at
from equipoise.conduct.journey import progressed_on, stage
from equipoise.protocol.diff import diff
from equipoise.protocol.load import load
from equipoise.protocols import shipped

ITEM = (("{id: progression_date,", "{id: progressed_day,"), ("dated_by: progression_date", "dated_by: progressed_day"))
FORM = (("  - id: progression\n    label: Progression", "  - id: worsening\n    label: Progression"),)
CONCEPT = "progression.date"


def renamed(*changes: tuple[str, str]) -> str:
    """The flagship's canonical text as version 1.1 with these changes."""
    text = shipped("nct07014202").replace('version: "1.0"', 'version: "1.1"', 1)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return load(text, "1.1").canonical


def amend(trial: Trial, canonical: str) -> None:
    loaded = document(canonical)
    trial.do(PublishProtocol(canonical, "the forms were put in order"))
    assumed = tuple(one.id for one in loaded.protocol.eligibility if one.confirm)
    trial.do(ConfirmExclusions(loaded.digest, assumed), INVESTIGATOR)
    trial.do(ActivateProtocol("north", loaded.digest, "2026-03-02", "EC-2"))


@pytest.fixture(scope="module")
def before() -> tuple[Trial, str]:
    """Somebody who progressed, as version 1.0 recorded it."""
    trial = trial_opened()
    subject = randomized(trial)
    trial.today = date(2026, 6, 1)
    enter(trial, subject, "progression", {"progression_date": "2026-05-20"}, INVESTIGATOR, occurrence="new")
    return trial, subject


@pytest.mark.parametrize("changes", [ITEM, FORM], ids=["the item renamed", "the form renamed"])
def test_a_progression_stays_a_progression(before: tuple[Trial, str], changes: tuple[tuple[str, str], ...]) -> None:
    trial, subject = before[0].copy(), before[1]
    canonical = renamed(*changes)
    bare = document(canonical).protocol
    assert progressed_on(bare, trial.book(subject)) is None, "the new ids alone find nothing"
    amend(trial, canonical)
    protocol, book = protocol_at(trial.study, "north"), trial.book(subject)
    assert str(progressed_on(protocol, book)) == "2026-05-20"
    assert (stage(protocol, book), anchors(protocol, book)["progression"]) == ("progressed", date(2026, 5, 20))
    cut = DataCut(
        trial=protocol.id, cutoff=None, position=trial.position, head="0" * 64, as_of="", protocol="", plan="",
        software="", rehearsal=True,
    )  # fmt: skip
    (row,) = time_rows(protocol, protocol.endpoint("pfs"), [book], cut)
    assert (row.time.is_event, row.time.on) == (True, date(2026, 5, 20))
    (old,) = concepts_of(protocol).rows(book, CONCEPT)
    assert concepts_of(protocol).day(old, CONCEPT) == date(2026, 5, 20)


def test_entered_anew_it_is_read_by_the_new_id(before: tuple[Trial, str]) -> None:
    trial, subject = before[0].copy(), before[1]
    amend(trial, renamed(*ITEM))
    trial.loaded = document(renamed(*ITEM))
    enter(trial, subject, "progression", {"progressed_day": "2026-05-11"}, INVESTIGATOR, occurrence="new")
    protocol, book = protocol_at(trial.study, "north"), trial.book(subject)
    days = [str(view.day(CONCEPT)) for view in concepts_of(protocol).views(book, CONCEPT)]
    assert days == ["2026-05-20", "2026-05-11"]
    assert [str(view.dated()) for view in concepts_of(protocol).views(book, CONCEPT)] == days
    assert str(progressed_on(protocol, book)) == "2026-05-11"


def test_what_is_asked_is_what_the_version_in_force_asks(before: tuple[Trial, str]) -> None:
    trial, _ = before[0].copy(), before[1]
    amend(trial, renamed(*FORM))
    protocol = protocol_at(trial.study, "north")
    form = concepts_of(protocol).form(CONCEPT)
    assert form is not None
    assert form.id == "worsening"
    assert [one.id for one in protocol.forms].count("progression") == 0
    assert not diff(protocol, document(renamed(*FORM)).protocol).changes


def test_where_nothing_was_renamed_a_version_is_itself(before: tuple[Trial, str]) -> None:
    trial = before[0].copy()
    amend(trial, renamed(("label: Thyroid disease,", "label: Disease of the thyroid,")))
    protocol = protocol_at(trial.study, "north")
    assert protocol is document(trial.study.protocols[trial.study.digest_in_force("north")].document).protocol
