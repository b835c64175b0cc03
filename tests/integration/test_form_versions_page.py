"""After an amendment, in the browser: a filled form keeps its version's words, and every answer can still be read."""

import re
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from acting import CONSENT
from amended_protocol import amended
from equipoise.accounts.models import User
from equipoise.conduct.actions.records import Enter
from equipoise.conduct.actions.trial import ActivateProtocol, ConfirmExclusions, PublishProtocol
from equipoise.conduct.entry import SYSTEM, Actor
from equipoise.ledger import people, perform, read
from ledger_world import open_trial
from web_forms import posted_forms

pytestmark = pytest.mark.db

WHO = Actor("chen", "coordinator", "s1", "Chen Wei")
OLD, NEW = "COPD or interstitial lung disease", "Chronic lung disease"


def do(action: Any, actor: Actor = SYSTEM) -> Any:
    return perform(action, actor=actor, key=uuid.uuid4())


@pytest.fixture
def page(database: Any) -> str:
    """The medical history of somebody, filled in before the site moved to version 1.1."""
    open_trial()
    people.make_account("chen", "Chen Wei", "seven grey herons")
    people.grant("chen", "coordinator", actor=SYSTEM, site="s1")
    subject = do(replace(CONSENT, site="s1"), WHO)[-1].header.stream
    history = {"gilbert": "no", "copd_ild": "yes", "thyroid_disease": "yes"}
    do(Enter(subject, "medical_history", {item: {"value": value} for item, value in history.items()}), WHO)
    loaded = amended()
    do(PublishProtocol(loaded.canonical, "asked for by the committee"))
    do(ConfirmExclusions(loaded.digest, tuple(one.id for one in loaded.protocol.eligibility if one.confirm)))
    do(ActivateProtocol("s1", loaded.digest, "2026-01-20", "EC-2"))
    return f"/participants/{subject}/forms/medical_history/"


@pytest.fixture
def coordinator(page: str) -> Client:
    browser = Client()
    browser.force_login(User.objects.get(username="chen"))
    return browser


def shown(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def save(browser: Client, address: str, **given: str) -> Any:
    """Fill in the form as the page shows it, and send it."""
    form = next(iter(posted_forms(shown(browser, address))))
    return browser.post(address.split("?")[0], dict(form.sent(given | {"reason": "asked again"})))


def test_a_filled_form_is_shown_and_corrected_in_its_version(page: str, coordinator: Client) -> None:
    said = shown(coordinator, page)
    assert OLD in said
    assert NEW not in said
    assert 'name="diabetes-value"' not in said
    assert "version 1.0" in said
    assert save(coordinator, page, **{"thyroid_disease-value": "no"}).status_code == 302
    record = read.casebook(page.split("/")[2]).record("medical_history")
    assert record is not None
    assert record.text("thyroid_disease") == "False"
    assert OLD in shown(coordinator, page)


def test_it_is_continued_in_the_version_in_force_and_what_it_no_longer_asks_stays_readable(
    page: str, coordinator: Client
) -> None:
    (link,) = re.findall(r'href="(\?version=[0-9a-f]{64})"', shown(coordinator, page))
    said = shown(coordinator, page + link)
    assert NEW in said
    assert "Thyroid disease" in said  # read, no longer asked
    assert 'name="thyroid_disease-value"' not in said
    assert save(coordinator, page + link, **{"diabetes-value": "no"}).status_code == 302
    after = shown(coordinator, page)
    assert NEW in after
    assert "?version=" not in after
    left = after[after.index("Recorded in another version") :]
    assert re.search(r"Thyroid disease</dt><dd>yes", left)
    record = read.casebook(page.split("/")[2]).record("medical_history")
    assert record is not None
    assert record.last is not None
    assert record.last.protocol == amended().digest
    assert set(record.items) == {"gilbert", "copd_ild", "thyroid_disease", "diabetes"}


@pytest.mark.parametrize(
    ("version", "status"), [("zz", 409), ("<script>alert(1)</script>", 409), ("0" * 64, 409), ("\0", 400)]
)
def test_a_version_nobody_activated_is_refused(page: str, coordinator: Client, version: str, status: int) -> None:
    before = read.head()
    for answer in (coordinator.get(page, {"version": version}), coordinator.post(page, {"version": version})):
        assert answer.status_code == status
        assert "<script>" not in answer.content.decode()
    assert read.head() == before


def test_what_is_typed_is_checked_in_the_version_shown(page: str, coordinator: Client) -> None:
    asked = coordinator.post(f"{page}check", {}).json()["asked"]
    assert "thyroid_disease" in asked
    assert "diabetes" not in asked
    moved = coordinator.post(f"{page}check", {"version": amended().digest}).json()["asked"]
    assert "diabetes" in moved
