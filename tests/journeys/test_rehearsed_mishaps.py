"""What goes wrong in a trial goes wrong in its rehearsal, by the acts of the screens: somebody who should not have come
in, events of grade 4 and 5. What real people finish, rehearsed people finish. A clean rehearsal has none of the first.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from equipoise.conduct.casebook import Casebook, Record
from equipoise.conduct.consistency import inconsistencies
from equipoise.conduct.eligibility import evaluate_eligibility
from equipoise.kernel.truth import Truth
from equipoise.ledger import read, rehearsing
from equipoise.projections.models import DueRow
from equipoise.protocol.model import Protocol
from equipoise.simulation.rehearsal.conduct import CONDUCTS, USUAL
from ledger_databases import connected
from ledger_world import flagship

pytestmark = pytest.mark.slow

START, UNTIL = date(2021, 1, 11), date(2024, 6, 28)
SUBJECTS = 14
ALWAYS = replace(USUAL, ineligible_after=1.0, life_threatening=2.0, fatal_event=1.0, leaves=(("lost", 1.0),))
"""The usual conduct, with everything that is rare happening whenever it can."""


def acted_out(url: str, conduct: str) -> None:
    from equipoise.ledger import connecting

    with connected(url, create=True):
        connecting.prepare()
        told = rehearsing.act_out(
            flagship(), translations=(), subjects=SUBJECTS, seed="mishaps", start=START, until=UNTIL, sites=2,
            scenario="", conduct=conduct,
        )  # fmt: skip
    assert told.randomized == SUBJECTS


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> dict[str, str]:
    """The addresses of two records of the same participants, by conduct."""
    folder: Path = tmp_path_factory.mktemp("mishaps")
    urls = {conduct: f"sqlite:///{folder / conduct}.sqlite3" for conduct in ("usual", "clean")}
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setitem(CONDUCTS, "usual", ALWAYS)
        for conduct, url in urls.items():
            acted_out(url, conduct)
    return urls


@pytest.fixture
def usual(records: dict[str, str], django_db_blocker: Any) -> Iterator[list[Casebook]]:
    with django_db_blocker.unblock(), connected(records["usual"]):
        yield [book for book in read.casebooks().values() if book.randomized is not None]


@pytest.fixture
def clean(records: dict[str, str], django_db_blocker: Any) -> Iterator[list[Casebook]]:
    with django_db_blocker.unblock(), connected(records["clean"]):
        yield [book for book in read.casebooks().values() if book.randomized is not None]


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return flagship().protocol


def events(books: list[Casebook], *grades: str) -> list[tuple[Casebook, Record]]:
    rows = [(book, row) for book in books for row in book.rows("adverse_events")]
    return [(book, row) for book, row in rows if row.text("ae_grade") in grades]


def test_corrected_result_opens_a_major_deviation(usual: list[Casebook], protocol: Protocol) -> None:
    deviating = [book for book in usual if book.deviations]
    assert len(deviating) >= SUBJECTS // 2  # the others left treatment before anybody looked
    for book in deviating:
        ((deviation, header),) = book.deviations
        assert book.randomized_on is not None
        assert deviation.grade == "major"
        assert timedelta(days=20) <= header.at.date() - book.randomized_on <= timedelta(days=120)
        now = evaluate_eligibility(protocol, book, book.randomized_on)
        assert [one.criterion.id for one in now.verdicts if one.truth is Truth.FALSE] == [deviation.criterion]


def test_grave_events_are_serious_and_fatal_ones_end_with_the_death(usual: list[Casebook], protocol: Protocol) -> None:
    grave, deadly = events(usual, "4"), events(usual, "5")
    assert grave
    assert deadly
    for book, row in grave + deadly:
        assert row.items["ae_serious"].value is True
        assert inconsistencies(protocol, book, protocol.form("adverse_events"), row) == []
    for _, row in grave:
        assert "life_threatening" in (row.items["ae_seriousness"].value or ())
    for book, row in deadly:
        assert book.died is not None
        assert row.text("ae_outcome") == "fatal"
        assert row.text("ae_end") == book.died.on
        assert row.items["ae_seriousness"].value == ("death",)
        related = {row.text(f"ae_related_{of}") for of in ("immunotherapy", "chemotherapy", "radiotherapy")}
        assert (book.died.cause == "treatment") == ("yes" in related)
        assert book.died.cause != "disease"


def test_log_is_declared_complete_when_its_period_is_over(usual: list[Casebook]) -> None:
    waiting = DueRow.objects.filter(kind="complete", opens__lte=UNTIL - timedelta(days=11))
    assert list(waiting.values_list("subject", "what", "opens")) == []
    declared = [book for book in usual if "adverse_events" in book.completed]
    assert len(declared) >= 2
    for book in declared:
        ended = book.stopped()["treatment"]
        assert book.completed["adverse_events"].at.date() > ended + timedelta(days=90)


def test_lesions_that_progression_overtook_are_not_left_waiting_for_radiotherapy(usual: list[Casebook]) -> None:
    over = [book.subject for book in usual if "treatment" in book.stopped()]
    assert over
    assert not DueRow.objects.filter(kind="radiotherapy", subject__in=over).exists()


def test_clean_rehearsal_has_no_deviation_and_no_grave_event(clean: list[Casebook]) -> None:
    assert len(clean) == SUBJECTS
    assert events(clean, "1", "2", "3")
    assert events(clean, "4", "5") == []
    assert [book.subject for book in clean if book.deviations] == []
    waiting = DueRow.objects.filter(kind="complete", opens__lte=UNTIL - timedelta(days=11))
    assert not waiting.exists()
    assert any("adverse_events" in book.completed for book in clean)
