"""Recording a contingency allocation in the browser: whole with its replay, and telling the arm to nobody else."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from equipoise.accounts.models import User
from equipoise.conduct.entry import SYSTEM
from equipoise.conduct.permissions import ROLES, Permission
from equipoise.ledger import people, perform, read, verify
from equipoise.ledger.rebuilding import rebuild
from equipoise.projections.models import ArmRow
from rehearsed_world import MOMENT, ready_to_randomize

pytestmark = pytest.mark.db

PASSWORD = "seven grey herons"
ADDRESS = "/administration/contingency/"


@dataclass(frozen=True)
class World:
    """A trial in which one person is randomized and another waits for it."""

    subject: str


@pytest.fixture
def world(database: Any) -> World:
    cache.clear()
    first, (action, actor) = ready_to_randomize(2)
    perform(action, actor=actor, key=uuid.uuid4(), now=MOMENT)
    for role in ROLES.values():
        if role.id != "system":
            people.make_account(role.id, role.label, PASSWORD)
            people.grant(role.id, role.id, actor=SYSTEM, site=read.study().subjects[first[0].stream])
    return World(first[0].stream)


def signed_in(user: str) -> Client:
    """Somebody signed in."""
    browser = Client()
    browser.force_login(User.objects.get(username=user))
    return browser


def given(world: World, **change: str) -> dict[str, str]:
    """The form as filled in."""
    at = (MOMENT - timedelta(hours=2)).strftime("%Y-%m-%d %H:%M")
    filled = {
        "key": str(uuid.uuid4()), "subject": world.subject, "arm": "rt", "at": at, "by": "Dr Wu",
        "procedure": "List C, envelope 7", "reason": "the network was down", "password": PASSWORD,
    }  # fmt: skip
    return filled | change


def test_recorded_in_the_browser_it_is_whole(world: World) -> None:
    sponsor = signed_in("sponsor_admin")
    assert sponsor.post(ADDRESS, given(world)).status_code == 302
    book = read.casebook(world.subject)
    assert book.arm == "rt"
    assert book.randomized_on == (MOMENT - timedelta(hours=2)).date()
    page = sponsor.get(ADDRESS).content.decode()
    assert all(said in page for said in (world.subject, "Dr Wu", "List C, envelope 7", "the network was down"))
    listed = page[page.index("<table") : page.index("</table>")]
    assert "radiotherapy" not in listed  # the list tells no arm
    found = verify(allocation=True)
    assert (found.allocations, found.contingency) == (1, 1)
    before = sorted(ArmRow.objects.values_list("subject", "arm"))
    rebuild()
    assert sorted(ArmRow.objects.values_list("subject", "arm")) == before
    assert (world.subject, "rt") in before
    seen = signed_in("investigator").get(f"/participants/{world.subject}/randomize/").content.decode()
    assert "List C, envelope 7" in seen


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"password": "wrong"}, "password"),
        ({"subject": "access"}, "no participant"),
        ({"subject": "trial"}, "no participant"),
        ({"subject": "x" * 10_000}, "no participant"),
        ({"arm": "<script>"}, "none of"),
        ({"at": "half past nine"}, "date and time"),
        ({"by": ""}, "reason is needed"),
    ],
)
def test_refused_with_what_was_typed(world: World, change: dict[str, str], says: str) -> None:
    before = {entry.header.position for entry in read.entries() if entry.header.stream != "access"}
    answer = signed_in("sponsor_admin").post(ADDRESS, given(world, **change))
    said = answer.content.decode()
    assert answer.status_code in (403, 404, 409)
    assert says in said
    assert "<script>" not in said
    assert 'value="List C, envelope 7"' in said
    assert PASSWORD not in said
    assert {entry.header.position for entry in read.entries() if entry.header.stream != "access"} == before


def test_only_who_may_record_it_sees_the_page(world: World) -> None:
    for role in ROLES.values():
        if role.id == "system":
            continue
        may = Permission.RECORD_CONTINGENCY in role.permissions
        browser = signed_in(role.id)
        assert browser.get(ADDRESS).status_code == (200 if may else 403), role.id
        if not may:
            assert browser.post(ADDRESS, given(world)).status_code == 403, role.id
    assert read.casebook(world.subject).randomized is None
