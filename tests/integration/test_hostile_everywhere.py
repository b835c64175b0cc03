"""Hostile text in every form of every page, as every role: a sentence answers, nothing is half-written, never a 500.

Every address of the application is asked by every role of a site and of the trial. Where the page has forms, each is
sent with every field full of hostile text; where it has none, it is sent anyway.
"""

import csv
import io
import re
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from equipoise.accounts.models import User
from equipoise.conduct.documents import latest_protocol
from equipoise.conduct.entry import ACCESS_STREAM
from equipoise.ledger import read, verify
from equipoise.ledger.rebuilding import rebuild
from equipoise.projections.models import SubjectRow
from rehearsed_trial import Rehearsed
from web_forms import body, posted_forms

pytestmark = [pytest.mark.slow]

FORM = "application/x-www-form-urlencoded"
SCRIPT = "<script>alert(1)</script>"
TEXTS = (
    SCRIPT,
    "\" onfocus=alert(1) autofocus '><img src=x onerror=alert(1)>",
    "'; DROP TABLE ledger_entry; --",
    "x" * 10_000,
    "\u202eabc\u202c العربية \u200b\u200d\ufeff\u2066",
    "a\0b",
    "a\ud800b",
    "=HYPERLINK(\"http://x\",\"y\")",
    "+1+cmd|'/C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "-1e999",
    "{{ settings.SECRET_KEY }}{% load static %}\r\n\t\x1b[31m",
    "2026-02-30",
    "٣",
)  # fmt: skip
USERS = (
    "coordinator-north", "investigator-north", "radiation-oncologist-north", "nuclear-reader-north", "central-reader",
    "data-manager", "monitor", "statistician", "independent-statistician", "sponsor-admin",
)  # fmt: skip
LEAVE_OUT = frozenset({"account_logout", "set_language"})
"""Signing out is no page of its own; the other is Django's."""
ACTS = ("check", "sign", "not-done", "remove")
"""How addresses end that only take something."""
ANSWERS = (200, 302, 400, 403, 404, 405, 409, 422, 429)


def routes() -> list[tuple[str, str]]:
    """Every address of the application, with its places in braces: (name, address)."""
    found: list[tuple[str, str]] = []

    def walk(patterns: Any, before: str) -> None:
        for one in patterns:
            route = before + str(one.pattern)
            if isinstance(one, URLResolver):
                walk(one.url_patterns, route)
            elif isinstance(one, URLPattern) and one.name not in LEAVE_OUT:
                plain = re.sub(r"\(\?P<(\w+)>([^|)]+)[^)]*\)", r"\2", route).replace("\\", "").strip("^$")
                found.append((str(one.name), "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", plain)))

    walk(get_resolver().url_patterns, "")
    return found


def places() -> dict[str, list[str]]:
    """Something real for each place of an address."""
    books = [book for book in read.casebooks().values() if book.site == "north"]
    followed = max((book for book in books if book.randomized), key=lambda book: book.version)
    assert followed.frozen is not None
    return {
        "subject": [followed.subject],
        "lesion": [followed.frozen.residual[0]],
        "visit": sorted({key for _, key in followed.records if ":" in key})[:1] or ["screening"],
        "plot": ["waterfall"],
        "number": ["1"],
        "written": ["html"],
    }


def form_pages(subject: str) -> list[str]:
    """The page of every form of the protocol, where it is filled in."""
    book, found = read.casebook(subject), []
    for form in latest_protocol(read.study()).forms:
        at = [occurrence for name, occurrence in book.records if name == form.id]
        where = {"subject": "", "log": "new/", "visit": f"{at[-1]}/" if at else "unscheduled:1/"}[form.use]
        found.append(f"/participants/{subject}/forms/{form.id}/{where}")
        if form.use == "log":
            found.append(f"/participants/{subject}/logs/{form.id}/")
    return found


@pytest.fixture(scope="module")
def addresses(trial: Rehearsed) -> list[str]:
    """Every address, filled in."""
    real = places()
    subject = real["subject"][0]
    real |= {"form": ["vitals"], "occurrence": [real["visit"][0]], "name": ["power"]}
    found = [address.format(**{name: values[0] for name, values in real.items()}) for _, address in routes()]
    assert len(found) > 80
    return [*dict.fromkeys([*found, *form_pages(subject)])]


def signed_in(user: str) -> Client:
    """A signed-in browser."""
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username=user))
    return client


def written() -> int:
    """The newest entry that says something of the trial: sign-ins and wrong passwords do not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT MAX(position) FROM ledger_entry WHERE stream <> %s", (ACCESS_STREAM,))
        return int(cursor.fetchone()[0])


def fits(address: str, answer: Any, before: int) -> None:
    """An answer of ours: one that refuses says why and has written nothing, and no text comes back as markup."""
    assert answer.status_code in ANSWERS, (address, answer.status_code)
    if answer.status_code >= 400:
        assert written() == before, address
    if "text/html" in answer.get("Content-Type", ""):
        said = answer.content.decode()
        assert SCRIPT not in said, address
        assert "onerror=alert(1)>" not in said, address
        if answer.status_code >= 400:
            assert "<h1>" in said or 'class="error"' in said, address


def is_file(address: str) -> bool:
    """Whether an address gives a picture, a document or data, which may take long to make and holds no form."""
    return re.search(r"\.(svg|pdf|csv|md|json|html|ics)$", address) is not None


@pytest.fixture(scope="module")
def opened() -> set[str]:
    """The pages whose forms were already sent by somebody who may open them."""
    return set()


@pytest.mark.parametrize("user", USERS)
def test_every_form_of_every_page(trial: Rehearsed, addresses: list[str], opened: set[str], user: str) -> None:
    client, turn = signed_in(user), 3 * USERS.index(user)

    def text() -> str:
        nonlocal turn
        turn += 1
        return TEXTS[turn % len(TEXTS)]

    for address in addresses:
        before, said = written(), text()
        pairs = [(name, said) for name in ("key", "act", "reason", "password", "subject", "form", "value")]
        fits(address, client.post(address, body(pairs), FORM), before)
        if address in opened or is_file(address):
            continue
        page = client.get(address)
        assert page.status_code in ANSWERS, (address, page.status_code)
        html = page.content.decode() if "text/html" in page.get("Content-Type", "") else ""
        if page.status_code != 200 or "<main" not in html:
            continue
        opened.add(address)
        for form in posted_forms(html):
            before = written()
            fits(address, client.post(form.action or address, body(form.filled(text())), FORM), before)
        for form in posted_forms(html, "get"):
            typed = text().replace("\ud800", "")[:2000]
            query = urlencode([(name, typed) for name, _, _ in form.fields], quote_via=quote)
            fits(address, client.get(f"{(form.action or address).split('?')[0]}?{query}"), written())


def test_every_page_was_opened_by_somebody(addresses: list[str], opened: set[str]) -> None:
    """Runs after the roles: a page nobody opens is a page nobody tried."""
    forms = [address for address in addresses if "/forms/" in address and not address.endswith(ACTS)]
    assert len(opened) > 70
    closed = [address for address in forms if address not in opened]
    assert [address.split("/forms/")[1] for address in closed] == ["vitals/"]  # a visit's form, of no visit


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_signing_in(trial: Rehearsed, text: str) -> None:
    cache.clear()
    client, before = Client(raise_request_exception=False), written()
    for pairs in ([("login", text), ("password", text)], [("login", "coordinator-north"), ("password", text)]):
        answer = client.post("/accounts/login/", body(pairs), FORM)
        assert answer.status_code in (200, 400, 429)
        assert SCRIPT not in answer.content.decode()
    assert client.get("/").status_code == 302
    assert written() == before


def test_files_for_spreadsheets_hold_no_formula(trial: Rehearsed, addresses: list[str]) -> None:
    client, seen = signed_in("independent-statistician"), 0
    for address in (address for address in addresses if address.endswith(".csv")):
        answer = client.get(address)
        if answer.status_code != 200:
            continue
        seen += 1
        for row in csv.reader(io.StringIO(answer.content.decode())):
            for cell in row:
                assert not re.match(r"[=+@\t\r]|-(?![0-9.]|$)", cell), (address, cell)
    assert seen >= 1


def test_afterwards_the_record_and_every_page_are_whole(trial: Rehearsed, addresses: list[str]) -> None:
    assert verify(allocation=True).rehearsal
    before = sorted(SubjectRow.objects.values_list("subject", "stage", "last_position"))
    rebuild()
    assert sorted(SubjectRow.objects.values_list("subject", "stage", "last_position")) == before
    client = signed_in("investigator-north")
    for address in (address for address in addresses if not is_file(address)):
        answer = client.get(address)
        assert answer.status_code in ANSWERS, address
        if "text/html" in answer.get("Content-Type", ""):
            assert SCRIPT not in answer.content.decode(), address
            assert "onerror=alert(1)>" not in answer.content.decode(), address
