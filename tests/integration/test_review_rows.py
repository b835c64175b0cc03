"""The readers' worklists and the comparison of readings: rows that follow every act, pages that fold no casebook."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from equipoise.accounts.models import User
from equipoise.conduct.actions.central import AdjudicateResponse
from equipoise.conduct.actions.records import Enter
from equipoise.conduct.actions.subjects import Stop
from equipoise.conduct.central import central_review
from equipoise.conduct.documents import latest_protocol
from equipoise.conduct.entry import Actor, Authentication
from equipoise.conduct.journey import ended, known_alive
from equipoise.ledger import perform, read
from equipoise.ledger.rebuilding import rebuild
from equipoise.projections import reviews
from equipoise.projections.models import ReviewRow, SubjectRow
from ledger_databases import connected
from rehearsed_trial import Rehearsed

pytestmark = pytest.mark.db

PAGES = (("central-reader", "/central/"), ("central-reader-2", "/central/"), ("monitor", "/discordances/"))


@pytest.fixture
def copied(rehearsed: Rehearsed, django_db_blocker: Any, tmp_path: Path) -> Iterator[Rehearsed]:
    """A copy of the rehearsed trial, to write to."""
    with django_db_blocker.unblock(), rehearsed.copied(tmp_path / "trial") as copy, connected(copy.url):
        yield copy


def shown(user: str, page: str) -> str:
    client = Client()
    client.force_login(User.objects.get(username=user))
    answer = client.get(page)
    assert answer.status_code == 200
    return answer.content.decode().split("<main", 1)[1].split("</main>")[0]


def folded() -> list[reviews.ReviewSummary]:
    """Every review as its casebook says."""
    protocol = latest_protocol(read.study())
    found = [reviews.summary(protocol, book) for book in read.casebooks().values()]
    return sorted((one for one in found if one is not None), key=lambda one: one.subject)


def kept() -> list[reviews.ReviewSummary]:
    """Every review as its row says."""
    found = [reviews.read(row) for row in ReviewRow.objects.order_by("subject")]
    return [one for one in found if one is not None]


def acting(user: str, role: str, site: str | None = None) -> Actor:
    return Actor(user, role, site, name=user, authentication=Authentication.PASSWORD)


def do(action: Any, actor: Actor) -> None:
    assert perform(action, actor=actor, key=uuid.uuid4())


def test_rows_say_what_casebooks_say(copied: Rehearsed) -> None:
    assert len(kept()) > 4
    assert kept() == folded()
    assert any(scan.decision for one in kept() for scan in one.scans)
    assert any(scan.differs for one in kept() for scan in one.scans)


def test_rows_follow_a_decision_a_correction_and_a_withdrawal(copied: Rehearsed) -> None:
    protocol = latest_protocol(read.study())
    book, review, scan = next(
        (book, review, scan)
        for book in read.casebooks().values()
        if (review := central_review(protocol, book)) is not None and "withdrawal" not in book.stopped()
        for scan in review.scans
        if scan.asks
    )
    other = next(user for user in ("central-reader", "central-reader-2") if user != review.reader)
    local, central = (one.response for one in (scan.local, scan.central) if one is not None)
    known = scan.adjudicated[0].chosen if scan.adjudicated else "central"
    chosen = "investigator" if known == "central" else "central"
    do(AdjudicateResponse(book.subject, scan.visit, chosen, scan.covers, "Seen again"), acting(other, "central_reader"))  # type: ignore[arg-type]
    after = next(one for one in kept() if one.subject == book.subject)
    decided = next(one for one in after.scans if one.visit == scan.visit)
    assert decided.adjudicated == (local if chosen == "investigator" else central)
    assert kept() == folded()
    assert "Seen again" in shown("monitor", "/discordances/")
    site = acting(f"coordinator-{book.site}", "coordinator", book.site)
    record = next(row for row in read.casebook(book.subject).rows("tumour_assessment") if row.visit == scan.visit)
    typed = {"overall_response": {"value": central}}
    seen = record.seen
    do(Enter(book.subject, "tumour_assessment", typed, scan.visit, scan.visit, seen, "Typed wrongly"), site)
    changed = next(one for one in kept() if one.subject == book.subject)
    assert next(one for one in changed.scans if one.visit == scan.visit).local == central
    assert kept() == folded()
    alive = next(other for other in read.casebooks().values() if other.randomized and not ended(protocol, other))
    near = acting(f"coordinator-{alive.site}", "coordinator", alive.site)
    assert alive.subject in {one.subject for one in kept()}
    last = max(day for day, _ in known_alive(protocol, alive))
    do(Stop(alive.subject, "consent_withdrawn", last.isoformat(), "Asked for it"), near)
    assert alive.subject not in {one.subject for one in kept()}
    assert kept() == folded()
    rebuild()
    assert kept() == folded()


@pytest.mark.parametrize("broken", ["without rows", "made by other rules"])
def test_where_rows_do_not_hold_casebooks_are_read(copied: Rehearsed, broken: str) -> None:
    before = [shown(*page) for page in PAGES]
    if broken == "without rows":
        ReviewRow.objects.all().delete()
    else:
        ReviewRow.objects.update(basis="0" * 64, scans="[]", reader="nobody")
    assert [shown(*page) for page in PAGES] == before


@pytest.mark.parametrize(("user", "page"), PAGES)
def test_queries_do_not_grow_with_participants(copied: Rehearsed, user: str, page: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.force_login(User.objects.get(username=user))
    client.get(page)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        return len(queries)

    most = asked()
    some = [row.subject for row in ReviewRow.objects.order_by("subject")[2:]]
    SubjectRow.objects.filter(subject__in=some).delete()
    ReviewRow.objects.filter(subject__in=some).delete()
    assert len(some) > 3
    assert asked() in (most, most - 1), "one query more where something was decided"
    assert most < 15
