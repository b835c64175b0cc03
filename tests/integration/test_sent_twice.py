"""A page sent twice, or sent again after a step back in the browser: one act, and never another person's."""

from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from equipoise.accounts.identities import open_identity
from equipoise.accounts.models import User
from equipoise.conduct.actions.people import GrantRole
from equipoise.conduct.documents import latest_protocol
from equipoise.ledger import people, read
from ledger_world import do, open_trial
from web_forms import posted_forms

pytestmark = pytest.mark.db

TODAY = timezone.now().date()
CONSENTED = {
    "on": TODAY.isoformat(), "birth_date": f"{TODAY.year - 60}-01-01", "name": "Zhang Wei", "language": "zh-hans",
}  # fmt: skip


@pytest.fixture
def coordinator(database: Any) -> Client:
    """A coordinator of the site s1, signed in."""
    cache.clear()
    open_trial()
    people.make_account("li", "Li Na", "seven grey herons")
    do(GrantRole(user="li", role="coordinator", at_site="s1"), "grant")
    client = Client()
    client.force_login(User.objects.get(username="li"))
    return client


def page(client: Client, address: str, given: dict[str, str]) -> dict[str, str]:
    """What is sent by the one form of a page, filled in."""
    (form,) = posted_forms(client.get(address).content.decode())
    return dict(form.sent(given))


def test_consent_sent_twice_is_one_participant(coordinator: Client) -> None:
    sent = page(coordinator, "/participants/new/", CONSENTED)
    answers = [coordinator.post("/participants/new/", sent) for _ in range(2)]
    assert [answer["Location"] for answer in answers] == ["/participants/01-001/screening/"] * 2
    assert list(read.study().subjects) == ["01-001"]


@pytest.mark.parametrize(
    "other", [{"name": "Wang Fang"}, {"birth_date": f"{TODAY.year - 60}-01-02"}, {"hospital_number": "7"}]
)
def test_page_of_one_person_sent_again_of_another_is_refused(coordinator: Client, other: dict[str, str]) -> None:
    sent = page(coordinator, "/participants/new/", CONSENTED)
    coordinator.post("/participants/new/", sent)
    answer = coordinator.post("/participants/new/", sent | other)
    assert answer.status_code == 409
    assert "This form was already sent, with other content." in answer.content.decode()
    assert list(read.study().subjects) == ["01-001"]
    kept = open_identity("01-001", "s1")
    assert kept is not None
    assert (kept.name, kept.birth_date, kept.hospital_number) == ("Zhang Wei", CONSENTED["birth_date"], "")


def test_nobody_is_enrolled_where_who_it_is_cannot_be_kept(
    coordinator: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    (tmp_path / "damaged").write_text("no key")
    (tmp_path / "damaged").chmod(0o600)
    monkeypatch.setenv("EQUIPOISE_IDENTITY_KEY_FILE", str(tmp_path / "damaged"))
    answer = coordinator.post("/participants/new/", page(coordinator, "/participants/new/", CONSENTED))
    assert answer.status_code == 503
    assert read.study().subjects == {}


def test_unscheduled_visit_sent_twice_leads_to_that_visit_twice(coordinator: Client) -> None:
    coordinator.post("/participants/new/", page(coordinator, "/participants/new/", CONSENTED))
    address = "/participants/01-001/unscheduled/"
    sent = page(coordinator, address, {"on": TODAY.isoformat(), "reason": "fever", "forms": "vitals"})
    answers = [coordinator.post(address, sent) for _ in range(2)]
    assert [answer["Location"] for answer in answers] == ["/participants/01-001/visits/unscheduled:1/"] * 2
    assert coordinator.get(answers[1]["Location"]).status_code == 200


def test_who_somebody_is_stays_in_no_cache(coordinator: Client) -> None:
    coordinator.post("/participants/new/", page(coordinator, "/participants/new/", CONSENTED))
    shown = coordinator.get("/participants/01-001/identity/")
    assert b"Zhang Wei" in shown.content
    assert "no-store" in shown["Cache-Control"]


def test_calendar_file_has_short_lines_and_marked_commas(coordinator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    coordinator.post("/participants/new/", page(coordinator, "/participants/new/", CONSENTED))
    label = "筛选" * 40 + ", day 1; or \\ later"
    plan = latest_protocol(read.study())
    renamed = replace(plan, schedule=tuple(replace(visit, label=label) for visit in plan.schedule))
    monkeypatch.setattr("equipoise.web.views.visits.shown_protocol", lambda request: renamed)
    lines = coordinator.get("/participants/01-001/calendar.ics").content.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # no character is cut in two
    whole = b"\r\n".join(lines).replace(b"\r\n ", b"").decode()
    assert f"SUMMARY:01-001 {'筛选' * 40}\\, day 1\\; or \\\\ later\r\n" in whole
