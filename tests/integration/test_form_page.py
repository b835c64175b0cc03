"""A form's page while one types: what it says of answers that do not agree, and in which language."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from equipoise.accounts.models import User
from equipoise.ledger import read
from rehearsed_trial import Rehearsed
from web_forms import posted_forms


@pytest.fixture
def coordinator(trial: Rehearsed) -> Client:
    client = Client()
    client.force_login(User.objects.get(username="coordinator-north"))
    return client


@pytest.fixture(scope="module")
def randomized(trial: Rehearsed) -> str:
    """Somebody of the site north who was randomized and still lives."""
    books = read.casebooks().values()
    return next(book.subject for book in books if book.site == "north" and book.randomized and not book.died)


def event(subject: str) -> dict[str, str]:
    """An adverse event under treatment that ends before it begins."""
    day = read.casebook(subject).randomized_on
    assert day is not None
    began, ended = (day + timedelta(days=10)).isoformat(), (day + timedelta(days=9)).isoformat()
    return {"ae_start-value": began, "ae_outcome-value": "recovered", "ae_end-value": ended}


def check(client: Client, address: str, given: dict[str, str]) -> Any:
    """What the page learns of this form as typed."""
    before = read.head()
    answer = client.post(f"{address}check", given)
    assert answer.status_code == 200
    assert read.head() == before
    return answer.json()


@pytest.mark.parametrize(
    ("systolic", "diastolic", "says"),
    [("120", "80", []), ("80", "120", ["Diastolic pressure lies below systolic pressure."]), ("", "120", []),
     ("12x", "120", [])],
)  # fmt: skip
def test_answers_that_disagree_are_told_while_one_types(
    coordinator: Client, randomized: str, systolic: str, diastolic: str, says: list[str]
) -> None:
    address = f"/participants/{randomized}/forms/vitals/unscheduled:1/"
    typed = {"systolic-value": systolic, "systolic-unit": "mm[Hg]", "diastolic-value": diastolic}
    assert check(coordinator, address, typed | {"diastolic-unit": "mm[Hg]"})["inconsistent"] == says


def test_the_new_row_of_a_log_is_judged_as_typed_and_in_the_page_s_language(
    coordinator: Client, randomized: str
) -> None:
    address = f"/participants/{randomized}/forms/adverse_events/new/"
    typed = event(randomized)
    assert check(coordinator, address, typed)["inconsistent"] == ["An event does not end before it begins."]
    coordinator.post("/language/setlang/", {"language": "zh-hans"})
    (said,) = check(coordinator, address, typed)["inconsistent"]
    assert not said.isascii()


def test_a_stored_form_that_disagrees_says_so_until_it_is_corrected(coordinator: Client, randomized: str) -> None:
    log = f"/participants/{randomized}/logs/adverse_events/"
    (form, *_) = posted_forms(coordinator.get(f"/participants/{randomized}/forms/adverse_events/new/").content.decode())
    rows = {record.occurrence for record in read.casebook(randomized).rows("adverse_events")}
    given = event(randomized)
    sent = dict(form.sent(given))
    answer = coordinator.post(f"/participants/{randomized}/forms/adverse_events/new/", sent)
    assert answer["Location"] == log
    (row,) = {record.occurrence for record in read.casebook(randomized).rows("adverse_events")} - rows
    address = f"/participants/{randomized}/forms/adverse_events/{row}/"
    wrong = "An event does not end before it begins."
    assert wrong in coordinator.get(address).content.decode()
    assert check(coordinator, address, {})["inconsistent"] == [wrong]
    assert check(coordinator, address, {"ae_end-value": given["ae_start-value"]})["inconsistent"] == []
