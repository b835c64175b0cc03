"""Moments are shown in UTC, as the pages say, wherever the trial is; days are those of the trial's zone."""

import re
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from equipoise.accounts.models import User
from equipoise.conduct.actions.people import GrantRole
from equipoise.ledger import people, read
from ledger_world import START, do, open_trial, prescreen

pytestmark = pytest.mark.db


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles"])
def test_trail_and_footer_tell_utc(database: Any, zone: str) -> None:
    cache.clear()
    open_trial(rehearsal=True, now=START)
    subject = prescreen("somebody", now=START)
    do(GrantRole(user="li", role="data_manager"), "grant", now=START)
    people.make_account("li", "Li Na", "seven grey herons")
    client = Client()
    client.force_login(User.objects.get(username="li"))
    with timezone.override(zone):
        before = datetime.now(UTC)
        page = client.get(f"/participants/{subject}/trail/").content.decode()
        after = datetime.now(UTC)
    (entry,) = read.entries(stream=subject)
    assert f'<td class="small">{entry.header.at:%Y-%m-%d %H:%M:%S}</td>' in page
    assert "When (UTC)" in page
    assert any(f"Li Na · {now:%Y-%m-%d %H:%M} UTC" in page for now in (before, after))


def test_no_page_shows_the_hour_of_another_zone() -> None:
    templates = [path for path in Path(str(files("equipoise.web"))).rglob("*.html") if "H:i" in path.read_text("utf-8")]
    assert len(templates) > 15
    for path in templates:
        shown = re.findall(r'(\|utc|)\|date:"[^"]*H:i', path.read_text("utf-8"))
        assert set(shown) <= {"|utc"}, path.name
