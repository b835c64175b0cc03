"""What every request keeps to: the size of what is sent, caches, sessions, and the address failures are counted by."""

import io
import time
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, RequestFactory

from equipoise.accounts.adapter import Adapter
from equipoise.accounts.models import User
from equipoise.conduct.actions.people import GrantRole
from equipoise.conduct.entry import SYSTEM
from equipoise.kernel.errors import InputError
from equipoise.ledger import people, read
from equipoise.web import requests
from ledger_world import do, open_trial

pytestmark = pytest.mark.db


@pytest.fixture(scope="module")
def opened(module_ledger: Any) -> None:
    """A trial with one coordinator."""
    open_trial()
    people.make_account("li", "Li Na", "seven grey herons")
    do(GrantRole(user="li", role="coordinator", at_site="s1"), "grant")


@pytest.fixture
def coordinator(opened: None) -> Client:
    """A coordinator, signed in."""
    cache.clear()
    client = Client()
    client.force_login(User.objects.get(username="li"))
    return client


class Unread:
    """A body of which nobody may read a byte."""

    def read(self, *_: Any) -> bytes:
        """Fail."""
        raise AssertionError("the body was read")

    readline = read


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/administration/versions/", "/participants/new/"])
@pytest.mark.parametrize("length", [str(32 * 1024 * 1024 + 1), "9" * 5000, "0" * 20 + "99999999", "-1", "１"])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded"])
def test_too_large_a_body_is_refused_unread(opened: None, path: str, length: str, kind: str) -> None:
    sent = {"CONTENT_LENGTH": length, "wsgi.input": Unread()}
    answer = Client().generic("POST", path, b"", kind, **sent)
    assert answer.status_code == 400
    assert "More was sent than a page may send" in answer.content.decode()


def test_a_body_somewhat_too_large_runs_out_and_is_answered(opened: None, settings: Any) -> None:
    settings.FILE_UPLOAD_HANDLERS = ["no.such.Handler"]  # so that parsing it would fail
    body = io.BytesIO(b"--x\r\n" + b"a" * (5 << 20))
    size = len(body.getvalue())
    sent = {"CONTENT_LENGTH": str(size), "wsgi.input": body}
    answer = Client().generic("POST", "/administration/versions/", b"", "multipart/form-data; boundary=x", **sent)
    assert answer.status_code == 400
    assert body.tell() == size


def test_what_somebody_signed_in_is_shown_is_kept_in_no_cache(coordinator: Client) -> None:
    for path in ("/", "/participants/", "/trial/", "/no/such/page", "/administration/people/", "/protocol/"):
        assert "no-store" in coordinator.get(path)["Cache-Control"], path


def test_a_page_that_reads_writes_no_session_twice_a_minute(
    coordinator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import connection

    def written() -> int:
        asked: list[str] = []

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            asked.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            assert coordinator.get("/protocol/").status_code == 200
        return sum(sql.startswith("UPDATE") for sql in asked)

    now = time.time()
    assert [written(), written()] == [1, 0]
    monkeypatch.setattr(requests.time, "time", lambda: now + 120)
    assert [written(), written()] == [1, 0]


def test_a_session_ends_half_an_hour_after_the_last_click(coordinator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    assert coordinator.get("/").status_code == 200
    session = Session.objects.get(session_key=coordinator.cookies["sessionid"].value)
    assert 29 * 60 < (session.expire_date - timezone.now()).total_seconds() <= 30 * 60
    Session.objects.filter(pk=session.pk).update(expire_date=timezone.now())
    assert coordinator.get("/").status_code == 302


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted"),
    [
        (0, "198.51.100.9", "192.0.2.7"), (1, "198.51.100.9", "198.51.100.9"), (1, "", "192.0.2.7"),
        (2, "198.51.100.9", "192.0.2.7"), (9, "1.1.1.1, 2.2.2.2", "192.0.2.7"), (1, "nonsense", "192.0.2.7"),
        (2, "198.51.100.9, 203.0.113.5", "198.51.100.9"),
    ],
)  # fmt: skip
def test_failures_count_for_the_address_that_can_be_trusted(
    settings: Any, proxies: int, forwarded: str, counted: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    request = RequestFactory(headers=headers).get("/accounts/login/", REMOTE_ADDR="192.0.2.7")
    assert Adapter(request).get_client_ip(request) == counted


def test_fewer_addresses_than_proxies_break_no_page(opened: None, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 3
    client = Client(headers={"x-forwarded-for": "198.51.100.9"})
    assert client.get("/accounts/login/").status_code == 200
    assert client.post("/accounts/login/", {"login": "li", "password": "wrong"}).status_code == 200


def test_a_page_that_only_reads_shows_one_state_of_the_record(opened: None) -> None:
    from equipoise.conduct.actions.subjects import Prescreen

    with read.steady():
        before = read.study()
        do(Prescreen("s1", "2026-01-05", "declined", "travel"), "meanwhile")
        assert read.study() is before
        with read.steady():
            assert len(read.study().subjects) == len(before.subjects) + 1
    assert len(read.study().subjects) == len(before.subjects) + 1


def test_a_form_that_only_an_older_version_has_stays_hidden_from_who_may_not_open_it(
    opened: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace
    from types import SimpleNamespace

    from equipoise.conduct.documents import latest_protocol
    from equipoise.web import access

    older = latest_protocol(read.study())
    told = next(form.id for form in older.forms if access.tells_arm(form))
    newer = replace(older, forms=tuple(form for form in older.forms if form.id != told))
    monkeypatch.setattr(access, "protocol_of", lambda study, digest: {"old": older, "new": newer}[digest])
    monkeypatch.setattr(access.read, "study", lambda: SimpleNamespace(protocols={"old": None, "new": None}))
    for role, hides in (("nuclear_reader", True), ("coordinator", False)):
        actor = SimpleNamespace(role=role, site="s1")
        hidden = access.hidden_forms(SimpleNamespace(actor=actor), SimpleNamespace(site="s1"))
        assert (told in hidden) is hides


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_nul_character_is_refused_wherever_it_stands(coordinator: Client, language: str) -> None:
    coordinator.cookies["django_language"] = language
    says = {"en": "What was sent holds a NUL character", "zh-hans": "所提交的内容含有无法保存的空字符"}[language]
    before = read.head()
    for answer in (
        coordinator.get("/participants/?q=a%00b"), coordinator.get("/participants/%00/"),
        coordinator.get("/participants/?a%00b=1"), coordinator.post("/prescreening/", {"reason": "a\0b"}),
        coordinator.post("/prescreening/", {"a\0": "b"}),
    ):  # fmt: skip
        assert answer.status_code == 400
        assert says in answer.content.decode()
    assert read.head() == before


def test_a_sign_in_name_is_kept_as_it_is_told(opened: None) -> None:
    first = people.add_account("ＷＡＮＧ", "Wang Lei", actor=SYSTEM)
    assert User.objects.get(username="WANG").check_password(first)
    people.grant("ＷＡＮＧ", "monitor", actor=SYSTEM)
    assert User.objects.get(username="WANG").memberships.get().role == "monitor"
    facts = [entry.fact for entry in read.entries(kinds=("account_changed", "role_granted"))]
    assert {fact.user for fact in facts} == {"li", "WANG"}
    with pytest.raises(InputError) as caught:
        people.add_account("wang", "Somebody Else", actor=SYSTEM)
    assert caught.value.say("zh-hans") == "登录名已被使用；现为：'wang'；应为：从未使用过的登录名"
