"""A page asks the database as often for many participants as for few, and as often for a long record as for a short."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from equipoise.accounts.models import User
from equipoise.conduct.actions.subjects import Prescreen
from equipoise.conduct.entry import SYSTEM
from equipoise.ledger import perform, read
from ledger_databases import connected
from ledger_world import key_of
from rehearsed_trial import SUBJECTS, Rehearsed, rehearse_once

pytestmark = pytest.mark.slow

FEW = 3

PAGES = {
    "coordinator-north": ("/", "/participants/", "/participants/?list=1", "/prescreening/", "/trial/"),
    "investigator-north": ("/", "/participants/", "/trial/", "/trial/lesions/"),
    "radiation-oncologist-north": ("/", "/participants/"),
    "nuclear-reader-north": ("/", "/participants/"),
    "monitor": ("/", "/participants/", "/participants/?list=1", "/trial/"),
    "data-manager": ("/", "/participants/", "/discordances/", "/trial/"),
    "sponsor-admin": ("/", "/trial/", "/administration/", "/administration/people/"),
    "statistician": ("/", "/trial/", "/analysis/", "/analysis/rows/?endpoint=pfs"),
    "independent-statistician": ("/", "/analysis/"),
    "central-reader": ("/central/",),
    "central-reader-2": ("/central/",),
}
"""Lists, queues and overviews, with who opens them."""

OF_ONE = {"investigator-north": ("", "trail/", "lesions/", "consents/", "endings/", "logs/adverse_events/"),
          "monitor": ("", "trail/"), "radiation-oncologist-north": ("", "lesions/")}  # fmt: skip
"""A participant's casebook and what grows in it."""


@pytest.fixture(scope="module")
def worlds(
    rehearsed: Rehearsed, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[tuple[Rehearsed, Rehearsed]]:
    """The same trial with few participants and with many, of whom more were considered."""
    with django_db_blocker.unblock():
        few = rehearse_once(tmp_path_factory.mktemp("few"), subjects=FEW)
        with rehearsed.copied(tmp_path_factory.mktemp("many") / "trial") as many:
            for number in range(SUBJECTS):
                perform(Prescreen("north", "2026-06-30", "declined", "travel"), actor=SYSTEM, key=key_of(number))
        yield few, many


def asked(user: str, page: str) -> int:
    """How many queries a page costs somebody who has opened it before."""
    client = Client()
    client.force_login(User.objects.get(username=user))
    assert client.get(page).status_code == 200, (user, page)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(page).status_code == 200
    return len(queries)


def test_lists_and_queues_cost_the_same_for_few_and_for_many(worlds: tuple[Rehearsed, Rehearsed]) -> None:
    counts, subjects = [], []
    for world in worlds:
        with connected(world.url):
            subjects.append(len(read.subjects()))
            counts.append({(user, page): asked(user, page) for user, pages in PAGES.items() for page in pages})
    assert subjects[1] > 2 * subjects[0]
    few, many = counts
    assert {where: (few[where], count) for where, count in many.items() if count != few[where]} == {}


def test_a_casebook_costs_the_same_however_long_it_is(worlds: tuple[Rehearsed, Rehearsed]) -> None:
    counts: dict[tuple[str, str], set[int]] = {}
    lengths = set()
    for world in worlds:
        with connected(world.url):
            for book in read.casebooks().values():
                if book.site != "north" or not book.randomized:
                    continue
                lengths.add(book.version)
                for user, pages in OF_ONE.items():
                    for page in pages:
                        count = asked(user, f"/participants/{book.subject}/{page}")
                        counts.setdefault((user, page), set()).add(count)
    assert max(lengths) > 2 * min(lengths)
    assert {where: found for where, found in counts.items() if len(found) > 1} == {}
