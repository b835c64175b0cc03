"""Central review over HTTP: readers meet scans and nothing else, sites no central reading; bad input stays out."""

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from equipoise.accounts.models import User
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.central import Comparison, Review, central_review
from equipoise.conduct.documents import latest_protocol
from equipoise.conduct.journey import ended
from equipoise.ledger import read
from equipoise.web.blinding import number_of
from ledger_databases import connected
from rehearsed_trial import Rehearsed
from web_forms import page_as_typed

pytestmark = pytest.mark.db

READERS = ("central-reader", "central-reader-2")
ARMS = ("Maintenance plus radiotherapy", "Maintenance alone", "维持治疗加全部残留病灶放疗", "仅维持治疗")


@pytest.fixture(scope="module")
def trial(rehearsed: Rehearsed, django_db_blocker: Any) -> Iterator[Rehearsed]:
    """The rehearsed trial, connected; these tests write nothing but sign-ins."""
    with django_db_blocker.unblock(), connected(rehearsed.url):
        yield rehearsed


@pytest.fixture
def copied(rehearsed: Rehearsed, django_db_blocker: Any, tmp_path: Path) -> Iterator[Rehearsed]:
    """A copy of it, to write to."""
    with django_db_blocker.unblock(), rehearsed.copied(tmp_path / "trial") as copy, connected(copy.url):
        yield copy


def as_somebody(user: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=user))
    return client


def reviewed() -> list[tuple[Casebook, Review]]:
    """Everyone whose baseline was begun by a central reader."""
    protocol = latest_protocol(read.study())
    found = [(book, central_review(protocol, book)) for book in read.casebooks().values()]
    return [(book, review) for book, review in found if review is not None and review.reader]


def other_than(reader: str) -> str:
    return next(user for user in READERS if user != reader)


def routes(part: str) -> list[str]:
    """Every address with a part."""
    found: list[str] = []

    def walk(patterns: list[Any]) -> None:
        for one in patterns:
            if isinstance(one, URLResolver):
                walk(one.url_patterns)
            elif isinstance(one, URLPattern) and part in str(one.pattern):
                found.append(str(one.pattern))

    walk(get_resolver().url_patterns)
    return found


def pages_of(book: Casebook) -> list[str]:
    """The addresses of the central review filled in for one participant: every scan, a lesion, a new one."""
    visits = [at for form, at in book.records if form == "tumour_assessment"]
    filled = [
        route.replace("<str:number>", number_of(book.subject))
        .replace("<str:lesion>", lesion)
        .replace("<str:visit>", at)
        for route in routes("<str:number>")
        for lesion in ("C1", "new")
        for at in visits
    ]
    return [f"/{page}" for page in dict.fromkeys(filled)]


def words_of_the_site(book: Casebook) -> set[str]:
    """What the site wrote of its scans and its radiotherapy, its name, and the participant's number."""
    forms = {"radiotherapy_course": "rt_volume", "tumour_assessment": "assessment_comment"}
    written = {text for form, item in forms.items() for row in book.rows(form) if (text := row.text(item))}
    return {*written, book.subject, read.study().sites[book.site].name}


@pytest.mark.parametrize("user", READERS)
def test_central_readers_meet_scans_and_nothing_else(trial: Rehearsed, user: str) -> None:
    client, books, opened = as_somebody(user), [book for book, _ in reviewed()], 0
    assert len(routes("<str:number>")) >= 6
    for language in ("en", "zh-hans"):
        client.cookies["django_language"] = language
        for page in ("/", "/central/", "/trial/", "/discordances/", "/participants/", "/analysis/"):
            said = client.get(page, follow=True).content.decode()
            assert [word for word in (*ARMS, *(book.subject for book in books)) if word in said] == [], page
        for book in books[:4]:
            hidden = {*ARMS, *words_of_the_site(book)}
            for page in pages_of(book):
                answer = client.get(page)
                said = answer.content.decode()
                opened += answer.status_code == 200
                assert [word for word in hidden if word in said] == [], (page, answer.status_code)
    assert opened > 10
    some = books[0]
    parts = {"<str:subject>": some.subject, "<str:form>": "tumour_assessment", "<str:lesion>": "L1"}
    for route in routes("<str:subject>"):
        for part, value in parts.items():
            route = route.replace(part, value)
        route = re.sub(r"<str:(visit|occurrence)>", "imaging:1", route)
        assert client.get(f"/{route}").status_code in (403, 404, 405), route


def test_a_reader_and_an_adjudicator_do_not_meet_each_others_pages(trial: Rehearsed) -> None:
    tried = 0
    for book, review in reviewed():
        asked = [scan for scan in review.scans if scan.asks]
        number = number_of(book.subject)
        if not asked:
            continue
        reader, other = as_somebody(review.reader), as_somebody(other_than(review.reader))
        assert other.get(f"/central/{number}/").status_code == 403
        assert other.get(f"/central/{number}/scans/{asked[0].visit}/").status_code == 403
        assert reader.get(f"/central/{number}/").status_code == 200
        for scan in review.scans[:6]:
            page = f"/central/{number}/adjudication/{scan.visit}/"
            assert reader.get(page).status_code == 403
            assert other.get(page).status_code == (200 if scan.asks else 409)
        tried += 1
        if tried == 3:
            return
    assert tried, "the rehearsal has no readings that differ"


def test_an_adjudication_tells_neither_whose_a_reading_is_nor_what_either_wrote(trial: Rehearsed) -> None:
    for book, review in reviewed():
        for scan in review.scans:
            if not scan.asks or scan.adjudicated:
                continue
            page = as_somebody(other_than(review.reader)).get(
                f"/central/{number_of(book.subject)}/adjudication/{scan.visit}/"
            )
            said = page.content.decode().split("<main", 1)[1]
            assert not re.search(r"\b[LC]\d+\b", said), "names of lesions tell the reader"
            for one in (scan.local, scan.central):
                assert one is not None
                assert not one.comment or one.comment not in said
                assert one.response in said
            return


@pytest.mark.parametrize("role", ["coordinator", "investigator", "radiation-oncologist", "nuclear-reader"])
def test_sites_never_meet_a_central_reading(trial: Rehearsed, role: str) -> None:
    """A second reading known to the site would bend the first."""
    protocol = latest_protocol(read.study())
    book = next(book for book, _ in reviewed() if book.site == "north" and book.rows("central_assessment"))
    client = as_somebody(f"{role}-north")
    for form in protocol.central_forms:
        row = book.rows(form)[0].occurrence
        assert client.get(f"/participants/{book.subject}/logs/{form}/").status_code == 403
        assert client.get(f"/participants/{book.subject}/forms/{form}/{row}/").status_code == 403
    for page in (*pages_of(book), "/central/", "/discordances/"):
        assert client.get(page).status_code in (403, 405), page
    labels = {protocol.form(form).label for form in protocol.central_forms}
    for page in ("", "trail/", "lesions/"):
        said = client.get(f"/participants/{book.subject}/{page}").content.decode()
        assert [label for label in labels if label in said] == [], page
        assert "djudicat" not in said, page


@pytest.mark.parametrize("user", ["data-manager", "monitor", "sponsor-admin"])
def test_who_oversees_sees_what_differs_and_no_arm(trial: Rehearsed, user: str) -> None:
    answer = as_somebody(user).get("/discordances/")
    assert answer.status_code == 200
    said = answer.content.decode()
    assert [arm for arm in ARMS if arm in said] == []
    listed = [book.subject for book, review in reviewed() if any(one.differs for one in review.scans)]
    assert listed
    assert [subject for subject in listed if subject not in said] == []


def test_a_blinded_number_of_nobody_is_nobody(trial: Rehearsed) -> None:
    client = as_somebody("central-reader")
    for number in ("R-AAAA-AAAA", "NU-001", "x" * 300, "％"):
        assert client.get(f"/central/{number}/").status_code == 404
    subjects = list(read.study().subjects)
    assert len({number_of(subject) for subject in subjects}) == len(subjects)
    assert not any(subject in number_of(subject) for subject in subjects)


# WHAT A REHEARSAL SHOWS


def test_rehearsed_central_reads_are_those_of_other_eyes(trial: Rehearsed) -> None:
    """Mostly one response, sometimes two; own lesions within RECIST's limits; nobody adjudicates own readings."""
    scans, agree, decided = 0, 0, 0
    for _book, review in reviewed():
        assert review.baseline_read
        assert review.reader not in review.adjudicators
        assert len(review.central.targets) <= 5
        assert review.central.problem is None
        assert not review.central.findings
        for one in review.scans:
            if one.local is None or one.central is None:
                continue
            scans += 1
            agree += one.local.response == one.central.response
            decided += one.adjudicated is not None
            assert not one.central.disagrees
        sizes = {one.lesion.organ: one.size for one in review.central.lesions}
        assert sizes != {one.lesion.organ: one.size for one in review.local.lesions}, "measured by somebody else"
    assert scans > 15
    assert 0.7 < agree / scans < 1
    assert decided


@pytest.mark.parametrize(
    ("user", "page"),
    [("central-reader", "/central/"), ("data-manager", "/discordances/"), ("coordinator-north", "")],
)
def test_the_navigation_leads_to_central_review_for_those_it_is_for(trial: Rehearsed, user: str, page: str) -> None:
    said = as_somebody(user).get("/trial/").content.decode()
    assert [one for one in ("/central/", "/discordances/") if f'<a href="{one}"' in said] == ([page] if page else [])


# WRITING


def read_scan() -> tuple[Casebook, Review, Comparison, str]:
    """A scan read centrally with a measured target: the last of somebody's."""
    for book, review in reviewed():
        for scan in reversed(review.scans):
            targets = [one.id for one in review.central.targets]
            if scan.central and any(
                scan.central.lesions[name].typed for name in targets if name in scan.central.lesions
            ):
                name = next(name for name in targets if scan.central.lesions[name].typed)
                return book, review, scan, name
    raise AssertionError("the rehearsal has no such scan")


def test_a_central_scan_is_judged_live_and_corrected_with_a_reason(copied: Rehearsed) -> None:
    book, review, scan, target = read_scan()
    client = as_somebody(review.reader)
    url = f"/central/{number_of(book.subject)}/scans/{scan.visit}/"
    typed = page_as_typed(client, url) | {f"{target}-mm": "199", "key": str(uuid.uuid4())}
    before = read.head()[0]
    said = client.post(f"{url}check", typed).json()
    assert said["summary"]["target"] == "PD"
    assert said["implausible"] is True
    assert client.post(url, typed).status_code == 409, "unusual, and nobody said it is right"
    typed |= {"confirmed": "yes", "central_comment-value": "Atelectasis"}
    assert client.post(url, typed).status_code == 409, "no reason for the correction"
    assert read.head()[0] == before
    assert client.post(url, typed | {"reason": "Remeasured"}).status_code == 302
    again = central_review(latest_protocol(read.study()), read.casebook(book.subject))
    assert again is not None
    changed = again.scan(scan.visit)
    assert changed is not None
    assert changed.central is not None
    assert changed.central.verdict is not None
    assert str(changed.central.verdict.overall) == "PD"
    assert changed.local == scan.local, "the investigator's reading stays"


@pytest.mark.parametrize("value", ["abc", "-1", "1e9", "９９９９", "<script>", "4 cm"])
def test_what_is_no_measurement_is_refused_beside_its_lesion(copied: Rehearsed, value: str) -> None:
    book, review, scan, target = read_scan()
    client = as_somebody(review.reader)
    url = f"/central/{number_of(book.subject)}/scans/{scan.visit}/"
    typed = page_as_typed(client, url) | {f"{target}-mm": value, "reason": "x", "confirmed": "yes"}
    before = read.head()[0]
    assert f"row-{target}" in client.post(f"{url}check", typed).json()["errors"]
    assert client.post(url, typed).status_code == 409
    assert read.head()[0] == before


def test_a_measurement_before_the_baseline_is_told_on_the_pages(copied: Rehearsed) -> None:
    """The coordinator enters a row dated before randomization: it is taken, counts for nothing, and pages say so."""
    protocol = latest_protocol(read.study())
    book = next(
        book
        for book, _ in reviewed()
        if book.site == "north" and book.rows("lesion_assessment") and not book.died and not ended(protocol, book)
    )
    client = as_somebody("coordinator-north")
    url = f"/participants/{book.subject}/forms/lesion_assessment/new/"
    assert book.randomized_on is not None
    day = book.randomized_on.replace(year=book.randomized_on.year - 1).isoformat()
    typed = page_as_typed(client, url) | {
        "measured_lesion-value": "L1", "measured_on-value": day, "measured_state-value": "measured",
        "diameter-value": "12", "key": str(uuid.uuid4()),
    }  # fmt: skip
    assert client.post(url, typed).status_code == 302
    visit = next(at for form, at in book.records if form == "tumour_assessment")
    for page in ("lesions/", f"assessments/{visit}/"):
        said = client.get(f"/participants/{book.subject}/{page}").content.decode()
        assert day in said, page
        assert book.randomized_on.isoformat() in said, page
    twice = client.post(url, typed | {"key": str(uuid.uuid4())})
    assert twice.status_code == 409, "the same lesion measured twice on one day"


def test_adjudicating_needs_choice_reason_and_password(copied: Rehearsed) -> None:
    for book, review in reviewed():
        for scan in review.scans:
            if not scan.asks:
                continue
            client = as_somebody(other_than(review.reader))
            url = f"/central/{number_of(book.subject)}/adjudication/{scan.visit}/"
            given = {"covers": scan.covers, "chosen": "A", "reason": "Seen on thin slices", "password": copied.password}
            before = read.head()[0]
            for wrong in ({"chosen": ""}, {"chosen": "C"}, {"reason": " "}, {"covers": "x"}):
                answer = client.post(url, given | wrong | {"key": str(uuid.uuid4())})
                assert answer.status_code == 409, wrong
            assert read.head()[0] == before
            assert client.post(url, given | {"key": str(uuid.uuid4())}).status_code == 302
            (entry,) = [one for one in read.entries(book.subject) if one.header.position > before]
            assert entry.fact.visit == scan.visit
            assert entry.fact.response in (scan.local.response, scan.central.response)  # type: ignore[union-attr]
            assert "Seen on thin slices" not in as_somebody("investigator-north").get("/trial/").content.decode()
            return
    raise AssertionError("the rehearsal has no readings that differ")
