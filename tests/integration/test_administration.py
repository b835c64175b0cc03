"""Administration in the browser: first passwords, roles, sites, versions; each page for those with the permission."""

import re
import uuid
from importlib.resources import files
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    SECRET_SESSION_KEY,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from equipoise.accounts.models import User
from equipoise.conduct.entry import SYSTEM
from equipoise.conduct.permissions import ROLES, Permission
from equipoise.ledger import people, read
from equipoise.web.views.administration import PAGES
from ledger_world import open_trial

pytestmark = pytest.mark.db

PASSWORD = "seven grey herons"


@pytest.fixture
def trial(database: Any) -> None:
    """A trial with two sites and one person a role."""
    cache.clear()
    open_trial()
    for role in ROLES.values():
        if role.id != "system":
            people.make_account(role.id, role.label, PASSWORD)
            people.grant(role.id, role.id, actor=SYSTEM, site="s1" if role.at_site else "")


def signed_in(user: str) -> Client:
    """Somebody signed in."""
    browser = Client()
    browser.force_login(User.objects.get(username=user))
    return browser


def post(browser: Client, address: str, **data: Any) -> Any:
    """A form as a browser sends it, under a key of its own."""
    return browser.post(f"/administration/{address}/", data | {"key": str(uuid.uuid4())})


def alert(response: Any) -> str:
    """What stands in the page's alert."""
    found = re.search(r'role="alert"[^>]*>(.*?)</p>', response.content.decode(), re.DOTALL)
    return found.group(1) if found else ""


def test_each_page_opens_for_its_permission_alone(trial: None) -> None:
    for role in ROLES.values():
        if role.id == "system":
            continue
        browser = signed_in(role.id)
        for name, _label, _says, permission in PAGES:
            address = {"publish": "versions"}.get(name, name)
            status = browser.get(f"/administration/{address}/").status_code
            assert status == (200 if permission in role.permissions else 403), (role.id, name)
        listed = browser.get("/administration/")
        assert listed.status_code == (200 if Permission.SEE_TRAIL in role.permissions else 403)


def test_a_first_password_is_shown_once_and_must_be_changed(trial: None) -> None:
    made = post(signed_in("sponsor_admin"), "people", act="add", username="wu", name="Wu Min", language="zh-hans")
    first = re.search(r'class="secret"><code>(.+?)</code>', made.content.decode())
    assert first is not None
    assert "no-store" in made["Cache-Control"]
    browser = Client()
    assert browser.post("/accounts/login/", {"login": "wu", "password": first.group(1)}).status_code == 302
    for address in ("/", "/protocol/", "/accounts/2fa/"):
        assert browser.get(address)["Location"] == "/accounts/password/change/"
    change = {"oldpassword": first.group(1), "password1": first.group(1), "password2": first.group(1)}
    again = browser.post("/accounts/password/change/", change)
    assert again.status_code == 200
    assert User.objects.get(username="wu").must_change_password
    own = change | {"password1": PASSWORD, "password2": PASSWORD}
    assert browser.post("/accounts/password/change/", own)["Location"] == "/"
    assert not User.objects.get(username="wu").must_change_password
    told = [(entry.fact.user, entry.fact.change) for entry in read.entries(kinds=("account_changed",))]
    assert told[-3:] == [("wu", "made"), ("wu", "password_set"), ("wu", "password_set")]


def test_roles_are_granted_and_ended_in_the_record_and_in_the_memberships(trial: None) -> None:
    sponsor, wu = signed_in("sponsor_admin"), "statistician"
    assert "needs a site" in alert(post(sponsor, "people", act="grant", username=wu, role="coordinator"))
    post(sponsor, "people", act="grant", username=wu, role="coordinator", site="s2", delegation="D-7")
    held = User.objects.get(username=wu).memberships
    assert [(one.role, one.site) for one in held.filter(until=None, role="coordinator")] == [("coordinator", "s2")]
    end = {"act": "revoke", "username": wu, "role": "coordinator", "site": "s2"}
    assert "reason" in alert(post(sponsor, "people", **end, reason=" "))
    post(sponsor, "people", **end, reason="moved to another ward")
    assert not held.filter(until=None, role="coordinator").exists()
    kinds = [entry.header.actor.user for entry in read.entries(kinds=("role_granted", "role_revoked"))][-2:]
    assert kinds == ["sponsor_admin", "sponsor_admin"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"act": "add", "username": "STATISTICIAN", "name": "X"}, "taken"),
        ({"act": "add", "username": "no spaces", "name": "X"}, "sign-in name has"),
        ({"act": "add", "username": "zhou", "name": "  "}, "name"),
        ({"act": "renew", "username": "nobody"}, "no open account"),
        ({"act": "revoke", "username": "sponsor_admin", "role": "sponsor_admin", "reason": "x"}, "your own"),
        ({"act": "close", "username": "sponsor_admin", "reason": "x"}, "your own"),
    ],
)
def test_what_cannot_be_is_said_where_it_was_typed(trial: None, data: dict[str, str], says: str) -> None:
    sponsor = signed_in("sponsor_admin")
    before = read.head()
    response = post(sponsor, "people", **data)
    assert response.status_code == 409
    assert says in alert(response)
    assert read.head() == before


def test_a_wrong_protocol_file_shows_every_fault_with_its_line(trial: None) -> None:
    text = (files("equipoise") / "protocols" / "nct07014202.yaml").read_text(encoding="utf-8")
    broken = text.replace("neutrophils >= 1.5", "neutrofils >= 1.5").replace(
        "method: minimization", "method: minimisation"
    )
    lines = broken.splitlines()
    wanted = [
        number for number, line in enumerate(lines, 1) if "neutrofils >= 1.5" in line or "method: minimisation" in line
    ]
    file = SimpleUploadedFile("amended.yaml", broken.encode())
    response = post(signed_in("sponsor_admin"), "versions", act="check", file=file)
    assert response.status_code == 400
    shown = [int(line) for line in re.findall(r'<tr><td class="number">(\d+)</td>', response.content.decode())]
    assert set(wanted) <= set(shown)
    assert len(read.study().protocols) == 1


def test_an_amendment_is_held_against_the_latest_and_published_with_a_reason(trial: None) -> None:
    text = (files("equipoise") / "protocols" / "nct07014202.yaml").read_text(encoding="utf-8")
    amended = text.replace('version: "1.0"', 'version: "1.1"', 1).replace("neutrophils >= 1.5", "neutrophils >= 1.6")
    sponsor = signed_in("sponsor_admin")
    checked = post(sponsor, "versions", act="check", file=SimpleUploadedFile("amended.yaml", amended.encode()))
    assert checked.status_code == 200
    assert "eligibility.I12a.rule" in checked.content.decode()
    assert len(read.study().protocols) == 1, "checking writes nothing"
    assert "reason" in alert(post(sponsor, "versions", act="publish", text=amended, reason=""))
    assert post(sponsor, "versions", act="publish", text=amended, reason="safety").status_code == 302
    assert [one.version for one in read.study().protocols.values()] == ["1.0", "1.1"]
    page = sponsor.get("/protocol/").content.decode()
    assert "safety" in page
    assert sponsor.get("/administration/sites/").content.decode().count("1.1 is published") == 2


def test_an_amendment_that_renumbers_scans_is_refused_with_its_line(trial: None) -> None:
    text = (files("equipoise") / "protocols" / "nct07014202.yaml").read_text(encoding="utf-8")
    amended = text.replace('version: "1.0"', 'version: "1.1"', 1).replace(
        "every: 8 weeks, until", "every: 12 weeks, until", 1
    )
    line = 1 + next(at for at, one in enumerate(amended.split("\n")) if one.startswith("  - id: imaging"))
    sponsor = signed_in("sponsor_admin")
    checked = post(sponsor, "versions", act="check", file=SimpleUploadedFile("amended.yaml", amended.encode()))
    assert checked.status_code == 400
    assert re.search(rf"<td[^>]*>{line}</td>", checked.content.decode())
    assert "schedule.imaging" in checked.content.decode()
    post(sponsor, "versions", act="publish", text=amended, reason="fewer scans")
    assert len(read.study().protocols) == 1


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{}", b"<script>", b"a: [", b"id: nct07014202\n"])
def test_no_file_breaks_the_check(trial: None, content: bytes) -> None:
    response = post(signed_in("sponsor_admin"), "versions", act="check", file=SimpleUploadedFile("x.yaml", content))
    assert response.status_code in (400, 409)
    assert alert(response)


def test_the_record_is_verified(trial: None) -> None:
    monitor = signed_in("monitor")
    assert "follow one another unchanged" in post(monitor, "record").content.decode()


@pytest.mark.parametrize("address", ["signup/", "email/", "confirm-email/", "password/reset/", "password/set/"])
def test_pages_nobody_needs_do_not_exist(trial: None, address: str) -> None:
    assert signed_in("monitor").get(f"/accounts/{address}").status_code == 404


def test_a_second_factor_needs_the_password_again(trial: None) -> None:
    """Being signed in is not enough to change how one signs in, nor is a sign-in of a moment ago."""
    browser = Client()
    browser.post("/accounts/login/", {"login": "monitor", "password": PASSWORD})
    own = Authenticator.objects.filter(user__username="monitor", type="totp")

    def code() -> dict[str, str]:
        secret = browser.session[SECRET_SESSION_KEY]
        return {"code": format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))}

    def later() -> None:
        session = browser.session
        for record in session["account_authentication_methods"]:
            record["at"] -= 3600
        session.save()

    def asks(page: str, **given: str) -> bool:
        answer = browser.post(f"/accounts/2fa/{page}", given)
        return answer.status_code == 302 and answer["Location"].startswith("/accounts/reauthenticate/")

    assert asks("totp/activate/")
    assert browser.post("/accounts/reauthenticate/", {"password": "another one at all"}).status_code == 200
    assert browser.get("/accounts/2fa/totp/activate/").status_code == 302
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert browser.get("/accounts/2fa/totp/activate/").status_code == 200
    typed = code()
    later()
    assert asks("totp/activate/", **typed)
    assert not own.exists()
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    browser.get("/accounts/2fa/totp/activate/")
    assert browser.post("/accounts/2fa/totp/activate/", code()).status_code == 302
    assert own.exists()
    later()
    assert asks("totp/deactivate/")
    assert own.exists()
    assert browser.get("/accounts/2fa/recovery-codes/").status_code == 302


def test_pages_about_oneself_stand_in_the_frame(trial: None) -> None:
    browser = Client()
    browser.post("/accounts/login/", {"login": "monitor", "password": PASSWORD})
    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    for address in ("logout/", "password/change/", "reauthenticate/", "2fa/", "2fa/totp/activate/"):
        page = browser.get(f"/accounts/{address}").content.decode()
        assert 'class="side"' in page, address
        assert not re.search(r"<[a-z][^>]*\sstyle=|<script>", page), address
