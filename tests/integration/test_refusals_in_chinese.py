"""What a browser asks wrongly of the workspace, the report and the design pages is refused in the reader's language."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from equipoise.accounts.models import User
from ledger_databases import connected
from rehearsed_trial import Rehearsed

pytestmark = pytest.mark.db

ENGLISH = re.compile(r"(?:[A-Za-z]{2,}[ ,.']+){3,}[A-Za-z]{2,}")
TOLD = re.compile(r'<(?:p|span|div)[^>]*class="[^"]*(?:error|fault)[^"]*"[^>]*>(.*?)</(?:p|span|div)>', re.DOTALL)
WRONG = (
    "/analysis/?as_of=0001-01-01T00:00%2B14:00", "/analysis/?as_of=9999-12-31T23:59-14:00", "/analysis/?as_of=never",
    "/analysis/?cutoff=2025-13-01", "/analysis/?cutoff=2025", "/analysis/?endpoint=another", "/analysis/?ties=none",
    "/analysis/?limits=x", "/analysis/?tau=-1", "/analysis/?tau=1e999", "/analysis/?cutoff=2001-01-01",
    "/analysis/rows/?of=another", "/analysis/rows/?since=soon", "/analysis/rows/?of=participant&participant=nobody",
    "/analysis/rows/?group=rt&arms=hidden", "/analysis/entries/?subject=nobody&row=1", "/analysis/report.html?as_of=x",
    "/analysis/report.json?cutoff=x", "/analysis/figure.svg?tau=x", "/design/?subjects=-1", "/design/?alpha=9",
    "/design/?events=x", "/design/?scenario=another", "/design/?accrual_per_month=0.5&subjects=1000",
    "/design/?events=1000&subjects=20", "/design/section.md?looks=99", "/design/randomization/?subjects=0",
    "/design/randomization/?trials=x", "/design/randomization/step.json?step=-1",
)  # fmt: skip


@pytest.fixture(scope="module")
def reader(rehearsed: Rehearsed, django_db_blocker: Any) -> Iterator[Client]:
    """A statistician who reads Chinese."""
    with django_db_blocker.unblock(), connected(rehearsed.url):
        client = Client(raise_request_exception=False)
        client.force_login(User.objects.get(username="statistician"))
        client.cookies["django_language"] = "zh-hans"
        yield client


@pytest.mark.parametrize("address", WRONG)
def test_nothing_is_said_in_english_inside_a_chinese_page(reader: Client, address: str) -> None:
    answer = reader.get(address)
    assert answer.status_code < 500
    said = answer.content.decode()
    shown = said.split("<main", 1)[1].split("</main>")[0] if "<main" in said else said
    told = [re.sub(r"<[^>]+>", " ", part) for part in TOLD.findall(shown)]
    if answer.status_code >= 400 and not told:
        told = [re.sub(r"<[^>]+>", " ", shown)[:400]]
    assert not [part for part in told if ENGLISH.search(part)], told
    if answer.status_code >= 400:
        assert any(re.search(r"[\u4e00-\u9fff]", part) for part in told), said[:400]


SENT = (
    ("people/", {"act": "grant", "username": "monitor", "role": "coordinator"}),
    ("people/", {"act": "grant", "username": "monitor", "role": "coordinator", "site": "mars"}),
    ("people/", {"act": "add", "username": "monitor", "name": "N"}),
    ("people/", {"act": "revoke", "username": "monitor", "role": "coordinator", "reason": "r"}),
    ("people/", {"act": "close", "username": "sponsor-admin", "reason": "r"}),
    ("sites/", {"act": "open", "id": "x", "code": "XX", "name": ""}),
    ("sites/", {"act": "open", "id": "North", "code": "", "name": "N"}),
    ("sites/", {"act": "activate", "site": "north", "digest": "x", "approved_on": "x", "approval": ""}),
    ("randomization/", {"act": "season", "epoch": "9", "season": "x", "origin": "y"}),
    ("randomization/", {"act": "open", "epoch": "1", "reason": "r", "password": "wrong"}),
    ("contingency/", {"subject": "nobody"}),
    ("looks/", {"act": "authorize", "look": "X"}),
    ("versions/", {"act": "check"}),
    ("versions/", {"act": "publish", "text": "id: x", "reason": "r"}),
)


@pytest.mark.parametrize(("page", "sent"), SENT)
def test_administration_refuses_in_chinese(trial: Rehearsed, page: str, sent: dict[str, str]) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username="sponsor-admin"))
    client.cookies["django_language"] = "zh-hans"
    answer = client.post(f"/administration/{page}", sent | {"key": str(uuid.uuid4())})
    assert answer.status_code in (400, 409)
    told = re.findall(r'role="alert"[^>]*>(.*?)</p>', answer.content.decode(), re.DOTALL)
    assert told
    for part in told:
        assert re.search(r"[\u4e00-\u9fff]", part)
        assert not re.search(r"Coordinator|\bname\b|approval|(?:[A-Za-z]{2,}[ ,.']+){2,}[A-Za-z]{2,}", part), part
