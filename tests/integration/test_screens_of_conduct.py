"""What people see of the conduct of a trial: the next act, whose it is, and words instead of codes."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from equipoise.accounts.models import User
from equipoise.conduct.permissions import Permission
from equipoise.ledger import read
from equipoise.projections.models import DueRow
from equipoise.web.permission_words import PERMISSIONS
from rehearsed_trial import Rehearsed
from web_forms import page_as_typed

CODES = re.compile(r"10\*\d|umol|mm\[Hg\]|\[IU\]|\bCel\b")
"""Units as they are recorded, which nobody should meet on a page."""


def signed_in(user: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=user))
    return client


def page(client: Client, address: str, language: str = "en") -> str:
    answer = client.get(address, headers={"accept-language": language})
    assert answer.status_code == 200, address
    return unescape(answer.content.decode())


@pytest.fixture(scope="module")
def randomized(trial: Rehearsed) -> str:
    """Somebody of the site north who was randomized and still lives."""
    books = read.casebooks().values()
    return next(book.subject for book in books if book.site == "north" and book.randomized and not book.died)


@pytest.fixture
def due(randomized: str) -> Iterator[DueRow]:
    """A log of theirs that waits to be declared complete since yesterday, and has no last day."""
    day = timezone.localdate() - timedelta(days=1)
    row = DueRow.objects.create(
        subject=randomized, site="north", kind="complete", what="adverse_events", roles=" coordinator ", opens=day
    )
    yield row
    row.delete()


def test_what_waits_to_be_declared_complete_leads_to_where_that_is_done(randomized: str, due: DueRow) -> None:
    said = page(signed_in("coordinator-north"), "/")
    assert f'href="/participants/{randomized}/logs/adverse_events/"' in said
    assert f'since <span class="day">{due.opens.isoformat()}' in said


def test_a_task_without_an_end_comes_after_those_with_one(randomized: str, due: DueRow) -> None:
    day = timezone.localdate()
    dated = DueRow.objects.create(
        subject=randomized, site="north", kind="fill", what="demographics", roles=" coordinator ", opens=day,
        closes=day + timedelta(days=60),
    )  # fmt: skip
    said = page(signed_in("coordinator-north"), "/")
    dated.delete()
    assert 0 < said.index(f"/participants/{randomized}/forms/demographics/") < said.index("logs/adverse_events/")


def test_participants_are_found_by_what_is_overdue_and_by_site(randomized: str) -> None:
    day = timezone.localdate()
    DueRow.objects.filter(subject=randomized).delete()
    late = DueRow.objects.create(
        subject=randomized, site="north", kind="fill", what="demographics", roles=" coordinator ",
        opens=day - timedelta(days=9), closes=day - timedelta(days=2),
    )  # fmt: skip
    manager = signed_in("data-manager")
    listed = f'href="/participants/{randomized}/"'
    assert listed in page(manager, "/participants/?due=overdue&site=north&list=1")
    assert listed not in page(manager, "/participants/?due=overdue&site=river&list=1")
    assert "?site=north&due=overdue&list=1" in page(manager, "/").replace("&amp;", "&")
    late.delete()
    assert listed not in page(manager, "/participants/?due=overdue&list=1")


def test_a_coordinator_chooses_no_other_site(randomized: str) -> None:
    said = page(signed_in("coordinator-north"), "/participants/?site=river&list=1")
    assert 'href="/participants/NU-' in said
    assert 'href="/participants/RC-' not in said
    assert 'name="site"' not in said
    assert "North University Hospital" in said
    assert '<td class="desk">north</td>' not in said


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_units_visits_and_windows_are_said_in_words(randomized: str, language: str) -> None:
    client = signed_in("coordinator-north")
    for address in ("", "screening/", "screening/?criterion=I12a", "forms/laboratory/screening/", "trail/"):
        whole = page(client, f"/participants/{randomized}/{address}", language)
        said = re.sub(r"<pre>.*?</pre>|value=\"[^\"]*\"", "", whole, flags=re.DOTALL)
        assert not CODES.search(said), (address, CODES.search(said))
        assert ">screening<" not in said
    said = page(client, f"/participants/{randomized}/visits/check_up:1/", language)
    assert "check_up:1" not in re.search("<title>(.*?)</title>", said)[1]  # type: ignore[index]
    said = page(client, f"/participants/{randomized}/screening/?criterion=I12a", language)
    assert ("14 days before randomization" if language == "en" else "随机化前 14 天") in said


def test_what_was_typed_about_a_death_outlives_its_refusal(randomized: str) -> None:
    client = signed_in("investigator-north")
    told = {"act": "death", "on": "2999-01-01", "cause": "treatment", "detail": "Found at home"}
    answer = client.post(f"/participants/{randomized}/endings/", told)
    said = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert 'value="2999-01-01"' in said
    assert 'value="Found at home"' in said
    assert re.search(r'value="treatment" required checked', said)
    stop, death = said.index('value="stop"'), said.index('value="death"')
    assert stop < said.index('class="error"') < death
    assert 'id="stop-on" name="on" value=""' in said


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_review_of_access_names_every_permission_in_words(trial: Rehearsed, language: str) -> None:
    said = page(signed_in("monitor"), "/administration/review/", language)
    assert set(PERMISSIONS) == set(Permission)
    cells = re.findall(r'<th scope="row" title="([^"]+)">([^<]*)</th>', said)
    assert [code for code, _words in cells] == [str(one) for one in Permission]
    assert all(words and ":" not in words for _code, words in cells)
    assert ("See results by arm" if language == "en" else "查看分组结果") in said


def test_a_correction_without_a_reason_is_told_where_the_reason_goes_and_judged_as_typed(randomized: str) -> None:
    client, address = signed_in("coordinator-north"), f"/participants/{randomized}/forms/laboratory/screening/"
    typed = page_as_typed(client, address) | {
        "neutrophils-value": "0.4", "neutrophils-unit": "10*9/L",
        "neutrophils-lower": "1.8", "neutrophils-upper": "6.3",
    }  # fmt: skip
    answer = client.post(address, typed)
    assert answer.status_code == 409
    said = unescape(answer.content.decode())
    field = said[said.index('<label for="reason">') : said.index('<datalist id="reasons">')]
    assert "give the reason" in field
    assert "autofocus" in field
    neutrophils = said[said.index('id="field-neutrophils"') : said.index('id="field-platelets"')]
    assert 'value="0.4"' in neutrophils
    assert "below normal" in neutrophils


def test_the_trail_names_consents(randomized: str) -> None:
    said = page(signed_in("coordinator-north"), f"/participants/{randomized}/trail/")
    assert "Consent “Participation in the trial”" in said
    assert "Consent “main”" not in said


def test_a_cut_that_cannot_be_read_keeps_what_was_asked(trial: Rehearsed) -> None:
    client = signed_in("statistician")
    answer = client.get("/analysis/?endpoint=os&cutoff=05.03.2026&as_of=yesterday")
    said = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert 'value="05.03.2026"' in said
    assert 'value="yesterday"' in said
    assert '<option value="os" selected>' in said
    assert "the primary analysis of everything recorded stands below" in said
