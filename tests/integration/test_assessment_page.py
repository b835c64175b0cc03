"""The assessment page over HTTP: the response while one types, the warning, the disagreement, one act for a scan."""

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from equipoise.accounts.models import User
from equipoise.conduct.assessment import course
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.documents import latest_protocol
from equipoise.conduct.local_control import local_control
from equipoise.ledger import read
from ledger_databases import connected
from rehearsed_trial import Rehearsed
from web_forms import page_as_typed

pytestmark = pytest.mark.db


@pytest.fixture
def trial(rehearsed: Rehearsed, django_db_blocker: Any, tmp_path: Path) -> Iterator[Rehearsed]:
    """A copy of the rehearsed trial, to write to."""
    with django_db_blocker.unblock(), rehearsed.copied(tmp_path / "trial") as copy, connected(copy.url):
        yield copy


def somebody_with_a_target() -> tuple[Casebook, str, str]:
    """A participant with a target measured at the last scan; that scan's visit, and the target."""
    protocol = latest_protocol(read.study())
    for book in read.casebooks().values():
        if book.randomized is None or book.site != "north":
            continue
        found = course(protocol, book)
        for scan in reversed(found.scans):
            names = [one.id for one in found.targets if one.id in scan.lesions]
            if names and scan.visit and scan.lesions[names[0]].typed is not None:
                return book, scan.visit, names[0]
    raise AssertionError("the rehearsal has no measured target at north")


def as_somebody(user: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=user))
    return client


def test_a_scan_is_judged_warned_about_and_saved_as_one_act(trial: Rehearsed) -> None:
    book, visit, target = somebody_with_a_target()
    url = f"/participants/{book.subject}/assessments/{visit}/"
    client = as_somebody("investigator-north")
    typed = page_as_typed(client, url)
    before = read.head()[0]
    typed |= {f"{target}-mm": "199", "reason": "Reread", "overall_response-value": "SD", "assessment_comment-value": ""}

    said = client.post(f"{url}check", typed).json()
    assert (said["summary"]["target"], said["summary"]["overall"]) == ("PD", "PD")
    assert said["summary"]["disagrees"] is True
    assert said["implausible"] is True
    assert f"row-{target}" in said["findings"]
    assert read.head()[0] == before  # asking writes nothing

    warned = client.post(url, typed)
    assert warned.status_code == 409
    assert 'value="199"' in warned.content.decode()  # what was typed stays
    silent = client.post(url, typed | {"confirmed": "yes"})
    assert silent.status_code == 409
    assert read.head()[0] == before

    typed |= {"confirmed": "yes", "assessment_comment-value": "Atelectasis around the lesion", "key": str(uuid.uuid4())}
    assert client.post(url, typed).status_code == 302
    after = read.head()[0]
    assert after == before + 2  # the row and the assessment
    assert client.post(url, typed).status_code == 302  # a second click is no second act
    assert read.head()[0] == after
    scan = course(latest_protocol(read.study()), read.casebook(book.subject)).scan(visit)
    assert scan is not None
    assert scan.verdict is not None
    assert (str(scan.verdict.overall), scan.stated, scan.disagrees) == ("PD", "SD", True)
    entries = list(read.entries(book.subject))[-2:]
    assert len({str(entry.header.actor.user) for entry in entries}) == 1


@pytest.mark.parametrize("value", ["abc", "-1", "1e9", "９９９９", "<script>", "4 cm"])
def test_what_is_no_measurement_stands_beside_its_lesion_and_saves_nothing(trial: Rehearsed, value: str) -> None:
    book, visit, target = somebody_with_a_target()
    url = f"/participants/{book.subject}/assessments/{visit}/"
    client = as_somebody("investigator-north")
    typed = page_as_typed(client, url) | {f"{target}-mm": value, "reason": "Reread", "confirmed": "yes"}
    before = read.head()[0]
    assert f"row-{target}" in client.post(f"{url}check", typed).json()["errors"]
    answer = client.post(url, typed)
    assert answer.status_code == 409
    assert "<script>-" not in answer.content.decode()
    assert read.head()[0] == before


def test_who_may_not_fill_it_in_reads_it_only(trial: Rehearsed) -> None:
    book, visit, target = somebody_with_a_target()
    url = f"/participants/{book.subject}/assessments/{visit}/"
    typed = page_as_typed(as_somebody("investigator-north"), url)
    monitor = as_somebody("monitor")
    assert '<fieldset class="whole" disabled>' in monitor.get(url).content.decode()
    before = read.head()[0]
    assert monitor.post(url, typed | {f"{target}-mm": "7", "reason": "x", "confirmed": "yes"}).status_code in (403, 409)
    assert monitor.post(f"{url}check", typed).status_code == 403
    assert read.head()[0] == before


@pytest.mark.parametrize("visit", ["imaging:99", "screening", "nothing", "check_up:1"])
def test_a_visit_without_a_scan_has_no_such_page(trial: Rehearsed, visit: str) -> None:
    book, _visit, _target = somebody_with_a_target()
    answer = as_somebody("investigator-north").get(f"/participants/{book.subject}/assessments/{visit}/")
    assert answer.status_code in (404, 409)


def test_a_lesion_that_does_not_exist_has_no_page(trial: Rehearsed) -> None:
    book, _visit, target = somebody_with_a_target()
    client = as_somebody("investigator-north")
    assert client.get(f"/participants/{book.subject}/lesions/{target}/").status_code == 200
    assert client.get(f"/participants/{book.subject}/lesions/{target}/course.svg").status_code == 200
    for name in ("L99", "x", "L1'"):
        assert client.get(f"/participants/{book.subject}/lesions/{name}/").status_code in (404, 409)
        assert client.get(f"/participants/{book.subject}/lesions/{name}/course.svg").status_code in (404, 409)


def test_a_lesion_that_has_grown_is_told_to_count_confirmed_or_not(trial: Rehearsed) -> None:
    protocol = latest_protocol(read.study())
    said = "The analysis of control counts the first growth of a lesion, confirmed or not, alike in every arm."
    seen = set()
    for book in read.casebooks().values():
        if book.randomized is None or book.site != "north" or book.frozen is None:
            continue
        for name, fate in local_control(protocol, book, course(protocol, book)).items():
            if (fate.has_grown, name in book.frozen.residual) in seen:
                continue
            seen.add((fate.has_grown, name in book.frozen.residual))
            html = (
                as_somebody("investigator-north").get(f"/participants/{book.subject}/lesions/{name}/").content.decode()
            )
            assert (said in html) is (fate.has_grown and name in book.frozen.residual)
    assert {(True, True), (False, True)} <= seen


def test_map_and_table_mark_the_same_lesions(trial: Rehearsed) -> None:
    book, _visit, target = somebody_with_a_target()
    client = as_somebody("investigator-north")
    html = client.get(f"/participants/{book.subject}/lesions/?lesion={target}").content.decode()
    on_map = re.findall(r'<g class="lesion [^"]*"><title>(L\d+):', html)
    in_table = re.findall(r'<tr id="(L\d+)"', html)
    assert on_map == in_table == [row.occurrence for row in book.rows("lesions")]
    assert re.findall(r'<tr id="(L\d+)" class="picked"', html) == [target]
    assert re.findall(r'<g class="lesion [^"]* picked"><title>(L\d+):', html) == [target]


def test_a_reader_who_may_not_know_the_arm_sees_no_radiotherapy(trial: Rehearsed) -> None:
    book = next(one for one in read.casebooks().values() if one.arm == "rt" and one.rows("radiotherapy_course"))
    for name in (f"/participants/{book.subject}/lesions/", f"/participants/{book.subject}/lesions/L1/"):
        html = as_somebody("central-reader").get(name).content.decode()
        assert "PTV" not in html
        assert "BED10" not in html
        assert 'class="given"' not in html


def test_a_course_on_a_lesion_that_does_not_exist_is_refused_on_the_page(trial: Rehearsed) -> None:
    book = next(one for one in read.casebooks().values() if one.arm == "rt" and one.site == "north" and not one.died)
    client = as_somebody("radiation-oncologist-north")
    url = f"/participants/{book.subject}/forms/radiotherapy_course/new/"
    typed = {"rt_lesions-value": "L77", "rt_volume-value": "PTV", "seen": "0", "key": str(uuid.uuid4())}
    before = read.head()[0]
    answer = client.post(url, typed)
    assert answer.status_code == 409
    said = answer.content.decode()
    assert "L77" in said
    assert all(row.occurrence in said for row in book.rows("lesions")), "what would be right"
    assert 'value="PTV"' in said, "what was typed stays"
    assert read.head()[0] == before


def test_visits_out_of_order_are_told_as_one_types_and_on_the_register(trial: Rehearsed) -> None:
    """The second scan dated before the first one: nothing is lost, responses follow the dates, and the page says so."""
    protocol = latest_protocol(read.study())
    book = next(
        one
        for one in read.casebooks().values()
        if one.site == "north" and one.randomized and len(course(protocol, one).scans) > 1 and not one.died
    )
    assert book.randomized_on is not None
    day = (book.randomized_on + timedelta(days=3)).isoformat()
    url = f"/participants/{book.subject}/assessments/imaging:2/"
    client = as_somebody("investigator-north")
    typed = page_as_typed(client, url) | {"assessment_date-value": day, "reason": "Misread", "confirmed": "yes"}
    told = client.post(f"{url}check", typed).json()["misplaced"]
    assert [one for one in told if day in one and "imaging:1" in one]
    typed["assessment_comment-value"] = "Date as in the report"
    assert client.post(url, typed | {"key": str(uuid.uuid4())}).status_code == 302
    for page in (url, f"/participants/{book.subject}/lesions/"):
        said = client.get(page).content.decode()
        assert "imaging:2" in said
        assert "out of order" in said


@pytest.mark.parametrize("plot", ["waterfall", "spider", "swimmer"])
def test_each_plot_is_drawn_and_the_same_twice(trial: Rehearsed, plot: str) -> None:
    client = as_somebody("statistician")
    first, second = (client.get(f"/trial/lesions/{plot}.svg") for _ in range(2))
    assert first.status_code == 200
    assert first.content == second.content
    assert b"<svg" in first.content


def test_the_statistician_sees_no_participants_number(trial: Rehearsed) -> None:
    html = as_somebody("statistician").get("/trial/lesions/").content.decode()
    svg = as_somebody("statistician").get("/trial/lesions/swimmer.svg").content.decode()
    for book in read.casebooks().values():
        assert book.subject not in html
        assert book.subject not in svg
