"""Hostile, impossible and repeated input over HTTP: a page with a clear error, nothing half-written, never a 500."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from equipoise.accounts.models import User
from equipoise.conduct.entry import ACCESS_STREAM
from equipoise.ledger import read, verify
from rehearsed_trial import Rehearsed
from web_forms import body, posted_forms

FORM = "application/x-www-form-urlencoded"
TODAY = datetime.now(UTC).date()
SCRIPT = "<script>alert(1)</script>"
HOSTILE = {
    "script": SCRIPT,
    "attribute": "\" onfocus=alert(1) autofocus '><img src=x onerror=alert(1)>",
    "sql": "'; DROP TABLE ledger_entry; --",
    "long": "x" * 100_000,
    "emoji": "🧑🏽‍⚕️ \u202eabc\u202c العربية",
    "half a character": "a\ud800b",
    "null": "a\0b",
    "template": "{{ settings.SECRET_KEY }}{% load static %}",
    "control": "\x07\x1b[31m\r\n\t",
    "number": "-1e999",
}


def as_somebody(user: str, **how: Any) -> Client:
    """A signed-in browser."""
    client = Client(**how)
    client.force_login(User.objects.get(username=user))
    return client


@pytest.fixture
def coordinator(trial: Rehearsed) -> Client:
    return as_somebody("coordinator-north")


@pytest.fixture
def investigator(trial: Rehearsed) -> Client:
    return as_somebody("investigator-north")


@pytest.fixture(scope="module")
def screened(trial: Rehearsed) -> str:
    """Somebody of the site north in screening, a lesion entered."""
    client = as_somebody("coordinator-north")
    (form,) = posted_forms(client.get("/participants/new/").content.decode())
    on = TODAY.isoformat()
    given = {"on": on, "birth_date": f"{TODAY.year - 60}-01-01", "name": "A", "language": "en"}
    answer = client.post("/participants/new/", body(form.sent(given)), FORM)
    assert answer.status_code == 302
    subject = answer["Location"].split("/")[2]
    send(client, f"/participants/{subject}/forms/lesions/new/", {"organ-value": "lung"})
    return str(subject)


def written() -> int:
    """The position of the newest entry that says something of the trial: sign-ins and wrong passwords do not."""
    return max(entry.header.position for entry in read.entries() if entry.header.stream != ACCESS_STREAM)


def send(client: Client, page: str, given: dict[str, str], *, form: int = 0) -> Any:
    """Fill in one form of a page as a person would, and send it."""
    found = list(posted_forms(client.get(page).content.decode()))[form]
    return client.post(found.action or page, body(found.sent(given)), FORM)


def pages(subject: str) -> list[tuple[str, str]]:
    """Every page that holds a form, with who opens it."""
    protocol = read.study()
    from equipoise.conduct.documents import latest_protocol

    found = [("coordinator", "/participants/new/"), ("coordinator", "/prescreening/")]
    found += [
        ("coordinator", f"/participants/{subject}/{page}/")
        for page in ("consents", "endings", "unscheduled", "screening")
    ]
    for form in latest_protocol(protocol).forms:
        if form.from_stage == "randomized":
            continue
        who = "coordinator" if "coordinator" in form.filled_by else form.filled_by[0].replace("_", "-")
        at = {"visit": "screening/", "log": "new/", "subject": ""}[form.use]
        at = "baseline/" if form.instrument else at
        found.append((who, f"/participants/{subject}/forms/{form.id}/{at}"))
        if form.use == "log":
            found.append((who, f"/participants/{subject}/logs/{form.id}/"))
    return found


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_in_every_field_of_every_form(trial: Rehearsed, screened: str, text: str) -> None:
    clients = {role: as_somebody(f"{role}-north") for role in ("coordinator", "investigator", "radiation-oncologist")}
    sent = 0
    for role, page in pages(screened):
        client = clients[role]
        shown = client.get(page)
        assert shown.status_code == 200, page
        for form in posted_forms(shown.content.decode()):
            if all(name in ("csrfmiddlewaretoken", "key") for name, _, kind in form.fields if kind != "submit"):
                continue  # a button with nothing to fill in
            before = written()
            answer = client.post(form.action or page, body(form.filled(text)), FORM)
            sent += 1
            assert answer.status_code in (302, 400, 403, 404, 409), (page, answer.status_code)
            if answer.status_code == 302:
                continue  # kept as text; how it is shown follows below
            assert written() == before, page
            said = answer.content.decode()
            assert SCRIPT not in said, page
            assert HOSTILE["attribute"] not in said, page
            assert 'class="error"' in said or "<h1>" in said, page
    assert sent >= 25


def test_pages_and_record_are_whole_after_all_that(trial: Rehearsed, screened: str) -> None:
    for role, page in pages(screened):
        again = as_somebody(f"{role}-north").get(page)
        assert again.status_code == 200, page
        assert SCRIPT not in again.content.decode(), page
        assert HOSTILE["attribute"] not in again.content.decode(), page
    assert verify().rehearsal


@pytest.mark.parametrize(
    ("form", "given", "field"),
    [
        ("laboratory/screening", {"neutrophils-value": "3.2", "neutrophils-unit": "furlong"}, "neutrophils"),
        ("laboratory/screening", {"neutrophils-value": "3,2", "neutrophils-unit": "10*9/L"}, "neutrophils"),
        ("laboratory/screening", {"haemoglobin-value": "4000", "haemoglobin-unit": "g/L"}, "haemoglobin"),
        ("laboratory/screening", {"lab_date-value": "2026-02-30"}, "lab_date"),
        ("laboratory/screening", {"lab_date-value": (TODAY + timedelta(days=2)).isoformat()}, "lab_date"),
        ("demographics", {"height-value": "-1"}, "height"),
        ("demographics", {"sex-value": "other; DROP"}, "sex"),
        ("vitals/screening", {"weight-value": "seventy"}, "weight"),
    ],
)
def test_wrong_answer_stands_where_it_was_typed(
    coordinator: Client, screened: str, form: str, given: dict[str, str], field: str
) -> None:
    before = written()
    answer = send(coordinator, f"/participants/{screened}/forms/{form}/", given | {"reason": "as typed"})
    said = answer.content.decode()
    assert answer.status_code == 409
    assert written() == before
    block = said[said.index(f'id="field-{field}"') :].split('class="absent"')[0]
    assert "has-error" in said[: said.index(f'id="field-{field}"')].rsplit("<div", 1)[1]
    assert 'role="alert" hidden' not in block
    if field != "sex":
        assert f'value="{given[f"{field}-value"]}"' in block


def test_laboratory_result_without_limits_is_kept_and_asked_about(coordinator: Client, screened: str) -> None:
    """Limits may be missing: the value stands, and what needs them is undecided, in words."""
    given = {"lab_date-value": TODAY.isoformat(), "ast-value": "30", "ast-unit": "U/L", "reason": "first"}
    answer = send(coordinator, f"/participants/{screened}/forms/laboratory/screening/", given)
    assert answer.status_code == 302, answer.content.decode().split('class="error"')[1][:300]
    said = coordinator.get(f"/participants/{screened}/screening/?criterion=I12e").content.decode()
    panel = said[said.index('id="picked"') :]
    assert "mark-unknown" in panel
    assert "limit" in panel.lower()


def test_same_act_sent_twice_is_one_act(coordinator: Client, trial: Rehearsed) -> None:
    (form,) = posted_forms(coordinator.get("/prescreening/").content.decode())
    sent = body(form.sent({"on": TODAY.isoformat(), "outcome": "approached"}))
    answers = [coordinator.post("/prescreening/", sent, FORM) for _ in range(3)]
    before = written()
    assert [answer.status_code for answer in answers] == [302, 302, 302]
    coordinator.post("/prescreening/", sent, FORM)
    assert written() == before


def test_enrolment_sent_twice_is_one_participant(coordinator: Client, trial: Rehearsed) -> None:
    (form,) = posted_forms(coordinator.get("/participants/new/").content.decode())
    given = {"on": TODAY.isoformat(), "birth_date": "1960-02-03", "name": "Twice", "language": "en"}
    sent = body(form.sent(given))
    first, second = (coordinator.post("/participants/new/", sent, FORM) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]


@pytest.mark.parametrize("key", ["", "nonsense", "0" * 300, SCRIPT, "\0"])
def test_damaged_key(coordinator: Client, screened: str, key: str) -> None:
    before = written()
    page = f"/participants/{screened}/forms/medical_history/"
    answer = coordinator.post(page, body([("key", key), ("seen", "0"), ("copd_ild-value", "no")]), FORM)
    said = answer.content.decode()
    assert answer.status_code == 409
    assert written() == before
    assert 'class="error"' in said


def test_key_of_another_act(coordinator: Client, screened: str) -> None:
    """A key names one act: another one under it is refused, and nothing is written."""
    page = f"/participants/{screened}/forms/medical_history/"
    (form, *_) = posted_forms(coordinator.get(page).content.decode())
    key = next(value for name, value, _ in form.fields if name == "key")
    first = coordinator.post(page, body([("key", key), ("seen", "0"), ("thyroid_disease-value", "no")]), FORM)
    assert first.status_code == 302
    before = written()
    other = body([("key", key), ("seen", str(before)), ("thyroid_disease-value", "yes"), ("reason", "x")])
    assert coordinator.post(page, other, FORM).status_code == 409
    assert written() == before


def test_two_coordinators_at_one_form(coordinator: Client, trial: Rehearsed, screened: str) -> None:
    page = f"/participants/{screened}/forms/demographics/"
    send(coordinator, page, {"height-value": "170"})
    other = as_somebody("investigator-north")
    (mine, *_), (theirs, *_) = (
        list(posted_forms(who.get(page).content.decode())) for who in (coordinator, other)
    )  # fmt: skip

    def sent(form: Any, height: str, smoking: str) -> bytes:
        return body(form.sent({"height-value": height, "smoking-value": smoking, "reason": "measured again"}))

    assert other.post(page, sent(theirs, "171", "never"), FORM).status_code == 302
    before = written()
    answer = coordinator.post(page, sent(mine, "172", "current"), FORM)
    said = answer.content.decode()
    assert answer.status_code == 409
    assert written() == before
    assert "changed this form meanwhile" in said
    assert 'value="172"' in said  # what was typed stays
    assert 'name="reason" value="measured again"' in said
    again = next(iter(posted_forms(said)))
    assert coordinator.post(page, sent(again, "172", "never"), FORM).status_code == 409  # not seen yet: the page is old
    fresh = next(iter(posted_forms(coordinator.get(page).content.decode())))
    assert coordinator.post(page, sent(fresh, "172", "never"), FORM).status_code == 302


def test_signed_out_keeps_nothing(trial: Rehearsed, screened: str) -> None:
    client = as_somebody("coordinator-north")
    page = f"/participants/{screened}/forms/medical_history/"
    (form, *_) = posted_forms(client.get(page).content.decode())
    client.logout()
    before = written()
    answer = client.post(page, body(form.sent({"copd_ild-value": "no"})), FORM)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=")
    assert written() == before


def test_forged_form_is_refused(trial: Rehearsed, screened: str) -> None:
    client = as_somebody("coordinator-north", enforce_csrf_checks=True)
    page = f"/participants/{screened}/forms/medical_history/"
    (form, *_) = posted_forms(client.get(page).content.decode())
    before = written()
    answer = client.post(page, body(form.sent({"csrfmiddlewaretoken": "forged", "copd_ild-value": "no"})), FORM)
    assert answer.status_code == 403
    assert written() == before
    assert "<h1>" in answer.content.decode()


def test_too_much_is_refused_on_a_page(coordinator: Client, screened: str) -> None:
    before = written()
    page = f"/participants/{screened}/forms/medical_history/"
    for sent in (b"other_history-value=" + b"x" * 3_000_000, b"&".join(b"a=1" for _ in range(6000))):
        answer = coordinator.post(page, sent, FORM)
        assert answer.status_code == 400
        assert "<h1>" in answer.content.decode()
    assert written() == before


def test_same_person_at_two_sites_is_suspected_and_neither_learns_of_the_other(trial: Rehearsed) -> None:
    given = {"on": TODAY.isoformat(), "birth_date": "1955-05-05", "name": "李雷", "language": "zh-hans"}
    subjects = []
    for user in ("coordinator-north", "coordinator-river"):
        client = as_somebody(user)
        (form,) = posted_forms(client.get("/participants/new/").content.decode())
        answer = client.post("/participants/new/", body(form.sent(given)), FORM)
        subjects.append(answer["Location"].split("/")[2])
    north, river = subjects
    assert (river, north) in read.study().duplicates or (north, river) in read.study().duplicates
    assert river not in as_somebody("coordinator-north").get(f"/participants/{north}/").content.decode()
    assert north not in as_somebody("coordinator-river").get(f"/participants/{river}/").content.decode()


def test_screening_again_counts_the_attempts_of_ones_own_site(coordinator: Client, trial: Rehearsed) -> None:
    given = {"on": TODAY.isoformat(), "birth_date": "1957-07-07", "name": "Again", "language": "en"}

    def enrol(previous: str) -> Any:
        return send(coordinator, "/participants/new/", given | {"previous": previous})

    def fail(subject: str) -> None:
        address = f"/participants/{subject}/screening/"
        sent = [("key", str(uuid4())), ("act", "fail"), ("on", TODAY.isoformat()), ("reason", "changed their mind")]
        assert coordinator.post(address, body(sent), FORM).status_code == 302

    first = enrol("")["Location"].split("/")[2]
    assert "still in screening" in enrol(first).content.decode()
    fail(first)
    second = enrol(first)["Location"].split("/")[2]
    fail(second)
    third = enrol(f" {second} ")["Location"].split("/")[2]
    enrolment = read.casebook(third).enrolment
    assert enrolment is not None
    assert (enrolment.previous, enrolment.attempt) == (second, 3)
    books = read.casebooks().values()
    randomized = next(book.subject for book in books if book.randomized and book.site == "north")
    elsewhere = next(book.subject for book in books if book.enrolment and book.site == "river")
    considered = next(book.subject for book in books if book.prescreened and book.site == "north")
    before = written()
    for previous, says in (
        (randomized, "already randomized"), (elsewhere, "no participant"), ("NU-999", "no participant"),
        (considered, "has not consented"),
    ):  # fmt: skip
        answer = enrol(previous)
        assert answer.status_code == 409
        assert says in answer.content.decode()
    assert written() == before


ADDRESSES = [
    "/participants/NU-999/", "/participants/%00/", "/participants/%3Cscript%3E/", "/participants/trial/",
    "/participants/access/", "/participants/../trial/", "/participants/{subject}/forms/palmistry/",
    "/participants/{subject}/visits/never:9/", "/participants/{subject}/logs/demographics/extra/",
    "/participants/" + "9" * 3000 + "/", "/participants/{subject}/forms/%F0%9F%A6%A0/",
    "/participants/?page=NaN", "/participants/?q=%00&stage=%27", "/participants/?page=99999999999999999999",
    "/participants/{subject}/screening/?criterion=%3Cscript%3E", "/protocol/?version=%00", "/protocol/?version=zz",
    "/participants/{subject}/forms/lesions/L99/", "/participants/{subject}/forms/vitals/",
    "/participants/{subject}/forms/vitals/nonsense/", "/participants/{subject}/trail/?before=abc",
]  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_address_that_leads_nowhere(coordinator: Client, screened: str, address: str) -> None:
    answer = coordinator.get(address.format(subject=screened))
    assert answer.status_code in (200, 302, 400, 404, 409)
    assert "<script>" not in answer.content.decode()
