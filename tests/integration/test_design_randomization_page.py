"""The page that recommends a way of randomizing: who opens it, what it says, what it gives away, what it refuses."""

import csv
import io
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
PAGE = "/design/randomization/"
FEW = {"trials": "200"}


@pytest.fixture(scope="module")
def world(module_ledger: Any) -> None:
    """The flagship opened for production, one person a role."""
    open_trial()
    one_a_role("seven grey herons")


def client(role: str = "statistician", language: str = "en") -> Client:
    """Somebody in a role, signed in."""
    found = Client(raise_request_exception=False, headers={"accept-language": language})
    found.force_login(User.objects.get(username=role))
    return found


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"system"}))
def test_only_those_who_design_may_open_it(world: None, role: str) -> None:
    wanted = 200 if role in DESIGNERS else 403
    addresses = [
        reverse("design-randomization"), reverse("design-randomization-step"),
        reverse("design-randomization-figure", args=["balance"]), reverse("design-randomization-document", args=["md"]),
    ]  # fmt: skip
    for address in addresses:
        assert client(role).get(address, FEW).status_code == wanted, address


def test_page_recommends_says_why_and_what_is_given_up(world: None) -> None:
    page = client().get(PAGE, FEW).content.decode()
    assert re.search(r"Take minimization: between the arms each level .* differs by 1\.\d participants", page)
    assert "with simple randomization somebody who sees every site&#x27;s allocations guesses 50 %" in page
    assert "It is the protocol&#x27;s own method." in page
    assert page.count('class="chosen"') == 1
    assert page.count("<tr>") == 5  # the head, and the four ways not chosen
    pictures = re.findall(r'<img src="([^"]+)"', page)
    assert len(pictures) == 3
    for picture in pictures:
        drawn = client().get(picture.replace("&amp;", "&"))
        assert (drawn.status_code, drawn["Content-Type"]) == (200, "image/svg+xml")
    assert not re.search(r"\sstyle=|<script(?![^>]*(src=|application/json))", page)
    assert f'href="{PAGE}' in client().get("/design/").content.decode()


def test_page_speaks_chinese(world: None) -> None:
    page = client(language="zh-hans").get(PAGE, FEW).content.decode()
    assert "建议采用最小化法：各随机化因素水平的两组人数平均相差" in page
    assert "蒙特卡罗区间" in page
    drawn = client(language="zh-hans").get(f"{PAGE}balance.svg", FEW).content.decode()
    assert "分层区组随机" in drawn


def test_steps_lead_to_the_whole_one_method_at_a_time(world: None) -> None:
    question = {"trials": "150", "sites": "4", "limit": "60"}
    steps = [client().get(f"{PAGE}step.json", question).json() for _ in range(5)]
    assert [(one["done"], one["methods"]) for one in steps] == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
    assert steps[-1]["query"].endswith("sites=4&trials=150&limit=60")
    page = client().get(f"{PAGE}?{steps[-1]['query']}").content.decode()
    assert "150 simulated trials of 120 participants at 4 equal sites" in page


def test_what_is_taken_away_is_what_is_shown(world: None) -> None:
    text = client().get(f"{PAGE}comparison.md", FEW)
    assert text["Content-Disposition"] == 'attachment; filename="nct07014202-randomization.md"'
    assert "Take minimization" in text.content.decode()
    table = list(csv.DictReader(io.StringIO(client().get(f"{PAGE}comparison.csv", FEW).content.decode())))
    assert [row["method"] for row in table if row["recommended"] == "True"] == ["minimization"]
    assert [row["method"] for row in table if row["own"] == "True"] == ["minimization"]
    for row in table:
        assert float(row["power_lower"]) <= float(row["power_value"]) <= float(row["power_upper"])
    assert f"| minimization | {100 * float(table[0]['own_site_value']):.1f} (" in text.content.decode()
    assert client().get(f"{PAGE}comparison.pdf", FEW).content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("sites", "0", "0 is out of range: 1 to 200."),
        ("sites", "many", "“many” is not a whole number from 1 to 200."),
        ("limit", "49", "49 is out of range: 50 to 100."),
        ("trials", "10000000000", "“10000000000” is not a whole number from 100 to 50000."),
        ("trials", "-5", "“-5” is not a whole number from 100 to 50000."),
        ("trials", "٣٠٠", "“٣٠٠” is not a whole number from 100 to 50000."),
    ],
)
def test_what_cannot_be_is_said_beside_it(world: None, name: str, value: str, said: str) -> None:
    response = client().get(PAGE, {name: value})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert client().get(f"{PAGE}step.json", {name: value}).json()["faults"] == {name: said}
    assert client().get(f"{PAGE}comparison.csv", {name: value}).status_code == 409


@pytest.mark.parametrize("address", ["other.svg", "comparison.exe", "../secret.svg"])
def test_there_is_no_other_figure_or_file(world: None, address: str) -> None:
    assert client().get(f"{PAGE}{address}").status_code == 404


def test_an_unknown_scenario_is_refused(world: None) -> None:
    assert client().get(PAGE, {"scenario": "none-such"}).status_code == 409
