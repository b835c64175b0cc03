"""The design page: who may open it, that it answers without script and with, and that nothing absurd is worked out."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from equipoise.accounts.models import User
from equipoise.conduct.permissions import ROLES
from ledger_world import one_a_role, open_trial

pytestmark = pytest.mark.db

DESIGNERS = {"statistician", "independent_statistician", "investigator", "sponsor_admin"}


@pytest.fixture(scope="module")
def world(module_ledger: Any) -> None:
    """The flagship opened for production, one person a role."""
    open_trial()
    one_a_role("seven grey herons")


def client(role: str, language: str = "en") -> Client:
    """Somebody in a role, signed in."""
    found = Client(raise_request_exception=False, headers={"accept-language": language})
    found.force_login(User.objects.get(username=role))
    return found


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"system"}))
def test_only_those_who_design_may_open_it(world: None, role: str) -> None:
    wanted = 200 if role in DESIGNERS else 403
    for name in ("design", "design-answer", "design-section", "design-power", "design-calendar", "design-boundaries"):
        assert client(role).get(reverse(name)).status_code == wanted, name
    shown = b'href="/design/"' in client(role).get("/trial/").content
    assert shown == (role in DESIGNERS)


def test_page_answers_without_script(world: None) -> None:
    response = client("statistician").get("/design/", {"hazard_ratio": "0.7", "looks": "1"})
    page = response.content.decode()
    assert "With 90 events the trial has 66 % power to show a hazard ratio of 0.7" in page
    pictures = re.findall(r'<img src="([^"]+)"', page)
    assert len(pictures) == 3
    for picture in pictures:
        drawn = client("statistician").get(picture.replace("&amp;", "&"))
        assert drawn["Content-Type"] == "image/svg+xml"
        assert drawn.content.lstrip().startswith(b"<?xml")
    assert not re.search(r"\sstyle=|<script(?![^>]*(src=|application/json))", page)


def test_page_speaks_chinese(world: None) -> None:
    page = client("statistician", "zh-hans").get("/design/").content.decode()
    assert "单侧 α" in page
    assert "把握度为 87 %" in page


def test_answer_holds_what_is_drawn(world: None) -> None:
    found = client("statistician").get("/design/answer.json", {"hazard_ratio": "0.7", "looks": "1"}).json()
    months, participants, events = found["calendar"]
    assert len(months) == len(participants) == len(events)
    assert participants[24] == pytest.approx(120, abs=0.5)
    assert events == sorted(events)
    assert dict(map(tuple, found["curve"]))[0.7] == pytest.approx(found["summary"]["power"])
    assert found["chosen"][1] == pytest.approx(found["summary"]["power"], abs=0.08)


@pytest.mark.parametrize(
    ("given", "place", "sentence"),
    [
        ({"subjects": "100000000"}, "subjects", "100000000 is out of range: 20 to 1000."),
        ({"alpha": "<b>"}, "alpha", "“<b>” is not a number."),
        ({"events": "500"}, "events", "500 events cannot come from 120 participants"),
    ],
)
def test_absurd_numbers_are_refused_where_they_stand(
    world: None, given: dict[str, str], place: str, sentence: str
) -> None:
    answer = client("statistician").get("/design/answer.json", given)
    assert answer.status_code == 422
    assert sentence in json.loads(answer.content)["faults"][place]
    page = client("statistician").get("/design/", given)
    assert page.status_code == 422
    assert b"<b>" not in page.content
    assert client("statistician").get("/design/power.svg", given).status_code == 409


def test_unknown_scenario_is_a_sentence(world: None) -> None:
    response = client("statistician").get("/design/", {"scenario": "<script>"})
    assert response.status_code == 409
    assert b"&lt;script&gt;" in response.content


def test_every_scenario_has_its_page(world: None) -> None:
    page = client("sponsor_admin").get("/design/").content.decode()
    for scenario in re.findall(r'<option value="(\w+)"', page):
        if scenario not in ("none", "of", "pocock"):
            assert client("sponsor_admin").get("/design/", {"scenario": scenario}).status_code == 200, scenario


def test_text_and_figures_are_taken_away(world: None) -> None:
    text = client("statistician").get("/design/section.md", {"events": "80"})
    assert text["Content-Disposition"] == 'attachment; filename="nct07014202-design.md"'
    assert "With 80 events" in text.content.decode()
    picture = client("statistician").get("/design/boundaries.svg", {"looks": "3", "spending": "of", "download": "1"})
    assert picture["Content-Disposition"] == 'attachment; filename="nct07014202-boundaries.svg"'
