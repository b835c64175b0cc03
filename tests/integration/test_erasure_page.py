"""Erasing who a participant is, in the browser: signed, confirmed, in both languages; what is erased stays erased."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from equipoise.accounts.identities import open_identity
from equipoise.accounts.models import SubjectKey, User
from equipoise.conduct.actions.people import GrantRole
from equipoise.conduct.actions.subjects import RecordDeath
from equipoise.ledger import people, read, verify
from equipoise.ledger.rebuilding import rebuild
from ledger_world import do, open_trial
from web_forms import posted_forms

pytestmark = pytest.mark.db

TODAY = timezone.now().date()
PASSWORD = "seven grey herons"
CONSENTED = {
    "on": TODAY.isoformat(), "birth_date": f"{TODAY.year - 60}-01-01", "name": "Zhang Wei", "language": "zh-hans",
}  # fmt: skip
ERASE = "/participants/01-001/identity/erase/"
GIVEN = {"number": "01-001", "reason": "asked on 2026-03-01", "duty": "ended", "password": PASSWORD}


def page(client: Client, address: str, given: dict[str, str]) -> dict[str, str]:
    """What is sent by the first form of a page, filled in."""
    form = next(iter(posted_forms(client.get(address).content.decode())))
    return dict(form.sent({})) | given


@pytest.fixture
def browsers(database: Any) -> tuple[Client, Client, dict[str, str]]:
    """A coordinator and an investigator of one site, and what enrolled its one participant."""
    cache.clear()
    open_trial()
    for name, role in (("li", "coordinator"), ("chen", "investigator")):
        people.make_account(name, name.title(), PASSWORD)
        do(GrantRole(user=name, role=role, at_site="s1"), f"grant-{role}")
    clients = []
    for name in ("li", "chen"):
        clients.append(Client())
        clients[-1].force_login(User.objects.get(username=name))
    sent = page(clients[0], "/participants/new/", CONSENTED)
    clients[0].post("/participants/new/", sent)
    assert open_identity("01-001", "s1") is not None
    return clients[0], clients[1], sent


def test_erased_for_good(browsers: tuple[Client, Client, dict[str, str]]) -> None:
    coordinator, investigator, consent = browsers
    do(RecordDeath("01-001", TODAY.isoformat(), "disease"), "death")
    assert coordinator.get(ERASE).status_code == 403
    assert ERASE not in coordinator.get("/participants/01-001/identity/").content.decode()
    assert ERASE in investigator.get("/participants/01-001/identity/").content.decode()
    shown = investigator.get(ERASE)
    assert "Zhang Wei" not in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    sent = page(investigator, ERASE, GIVEN)
    answers = [investigator.post(ERASE, sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert not SubjectKey.objects.exists()
    assert open_identity("01-001", "s1") is None
    told = investigator.get("/participants/01-001/identity/").content.decode()
    assert "Who this participant is was erased" in told
    assert "asked on 2026-03-01" in told
    assert "Who this participant is erased: asked on 2026-03-01" in (
        investigator.get("/participants/01-001/trail/").content.decode()
    )
    coordinator.post("/participants/new/", consent)  # the old page, sent again
    assert open_identity("01-001", "s1") is None
    assert len(list(read.entries("01-001", kinds=("identity_erased",)))) == 1
    assert verify().position == read.head()[0]
    rebuild()


@pytest.mark.parametrize(
    ("given", "says", "chinese"),
    [
        ({"number": "01-002"}, "Type this participant&#x27;s number, 01-001", "请键入该受试者的编号 01-001"),
        ({"duty": ""}, "Confirm that no duty to keep it is left", "请确认已无继续保存的义务"),
        ({"password": "wrong"}, "The password is not right", "密码不正确"),
        ({"reason": " "}, "A reason is needed", "请填写理由"),
        ({}, "The participant is still followed (screening)", "该受试者仍在随访中（筛选中）"),
    ],
)
def test_refused_in_both_languages_and_nothing_is_lost(
    browsers: tuple[Client, Client, dict[str, str]], given: dict[str, str], says: str, chinese: str
) -> None:
    _, investigator, _ = browsers
    if given:
        do(RecordDeath("01-001", TODAY.isoformat(), "disease"), "death")
    for language, sentence in (("en", says), ("zh-hans", chinese)):
        investigator.cookies["django_language"] = language
        answer = investigator.post(ERASE, page(investigator, ERASE, GIVEN | given))
        assert answer.status_code == 409
        assert sentence in answer.content.decode()
        assert "asked on 2026-03-01" in answer.content.decode() or "reason" in given
    assert open_identity("01-001", "s1") is not None
