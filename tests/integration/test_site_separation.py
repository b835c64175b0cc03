"""Who may see what, by every address: another site's participants do not exist, and readers never meet an arm."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from equipoise.accounts.models import User
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.documents import latest_protocol
from equipoise.ledger import read
from ledger_databases import connected
from rehearsed_trial import Rehearsed

ARMS = ("Maintenance plus radiotherapy", "Maintenance alone", "维持治疗加全部残留病灶放疗", "仅维持治疗")


@pytest.fixture(scope="module")
def trial(rehearsed: Rehearsed, django_db_blocker: Any) -> Iterator[Rehearsed]:
    """The rehearsed trial, connected; these tests write nothing but sign-ins."""
    with django_db_blocker.unblock(), connected(rehearsed.url):
        yield rehearsed


def as_somebody(user: str) -> Client:
    """A signed-in browser that shows a server's error as its status."""
    client = Client()
    client.force_login(User.objects.get(username=user))
    return client


def subject_routes() -> list[str]:
    """The name of every address that names a participant."""
    found: list[str] = []

    def walk(patterns: list[Any]) -> None:
        for one in patterns:
            if isinstance(one, URLResolver):
                walk(one.url_patterns)
            elif isinstance(one, URLPattern) and "<str:subject>" in str(one.pattern):
                found.append(str(one.pattern))

    walk(get_resolver().url_patterns)
    return found


def places(book: Casebook) -> dict[str, str]:
    """Something that is there, for each part of an address."""
    (form, visit) = next((form, at) for form, at in book.records if form == "vitals")
    return {
        "<str:subject>": book.subject, "<str:form>": form, "<str:occurrence>": visit, "<str:visit>": visit,
        "<str:lesion>": "L1",
    }  # fmt: skip


def randomized_at(site: str) -> Casebook:
    """Somebody randomized at a site."""
    return next(book for book in read.casebooks().values() if book.randomized and book.site == site)


def address(route: str, book: Casebook) -> str:
    """A route with this participant's own parts."""
    for part, value in places(book).items():
        route = route.replace(part, value)
    return f"/{route}"


def test_addresses_are_many() -> None:
    assert len(subject_routes()) > 20


@pytest.mark.parametrize("user", ["coordinator-river", "investigator-river", "radiation-oncologist-river"])
def test_another_sites_participant_does_not_exist(trial: Rehearsed, user: str) -> None:
    client, book = as_somebody(user), randomized_at("north")
    head = read.head()
    for route in subject_routes():
        there = address(route, book)
        nowhere = there.replace(book.subject, "NU-999")
        for send in (client.get, client.post):
            answer, none = send(there), send(nowhere)
            assert answer.status_code in (403, 404, 405), there
            assert answer.status_code == none.status_code, there
            assert answer.content.decode().replace(book.subject, "NU-999").count("NU-999") == (
                none.content.decode().count("NU-999")
            ), there
    assert read.head() == head


@pytest.mark.parametrize("page", ["/", "/participants/", "/participants/?q=NU", "/prescreening/", "/trial/"])
def test_lists_hold_only_ones_own_site(trial: Rehearsed, page: str) -> None:
    said = as_somebody("coordinator-river").get(page, follow=True).content.decode()
    assert [number for number in read.subjects() if number.startswith("NU-") and number in said] == []


@pytest.mark.parametrize("user", ["nuclear-reader-north"])
def test_readers_never_meet_an_arm(trial: Rehearsed, user: str) -> None:
    client = as_somebody(user)
    seen = 0
    pages = ["/", "/participants/", "/trial/", "/analysis/", "/analysis/estimates.json", "/analysis/figure.csv"]
    forms = latest_protocol(read.study()).forms
    books = [book for book in read.casebooks().values() if book.randomized and book.site == "north"]
    pages += [f"/participants/{book.subject}/" for book in books]
    one = books[0]
    pages += [address(route, one) for route in subject_routes()]
    pages += [f"/participants/{one.subject}/logs/{form.id}/" for form in forms if form.use == "log"]
    pages += [f"/participants/{one.subject}/forms/{form}/{at}/" for form, at in one.records if at][:20]
    for language in ("en", "zh-hans"):
        client.cookies["django_language"] = language
        for page in pages:
            answer = client.get(page)
            said = b"".join(answer).decode(errors="replace") if answer.streaming else answer.content.decode()
            seen += answer.status_code == 200
            assert [arm for arm in ARMS if arm in said] == [], (page, answer.status_code)
    assert seen > 50


def test_form_of_one_arm_does_not_tell_a_reader_the_arm(trial: Rehearsed) -> None:
    """What belongs to one arm only looks the same for a participant of the other."""
    client = as_somebody("nuclear-reader-north")
    books = [book for book in read.casebooks().values() if book.randomized and book.site == "north"]
    by_arm = {book.arm: book for book in books}
    assert len(by_arm) == 2
    answers = {
        arm: [
            client.get(f"/participants/{book.subject}/{page}").status_code
            for page in ("forms/late_effects/late_effects:1/", "visits/late_effects:1/", "logs/radiotherapy_course/")
        ]
        for arm, book in by_arm.items()
    }
    assert len(set(map(tuple, answers.values()))) == 1, answers
    for page in ("", "lesions/"):
        texts = [client.get(f"/participants/{book.subject}/{page}").content.decode() for book in by_arm.values()]
        assert len({"late_effects" in text or "Late effects" in text for text in texts}) == 1, page
        assert len({"radiotherapy_course" in text for text in texts}) == 1, page


def test_statistician_opens_no_participant(trial: Rehearsed) -> None:
    client, book = as_somebody("statistician"), randomized_at("north")
    for route in subject_routes():
        assert client.get(address(route, book)).status_code in (403, 404, 405), route


def test_signed_out_sees_nothing(trial: Rehearsed) -> None:
    client, book = Client(), randomized_at("north")
    for route in subject_routes():
        answer = client.get(address(route, book))
        assert answer.status_code in (302, 405), route
        if answer.status_code == 302:
            assert answer["Location"].startswith("/accounts/login/"), route
