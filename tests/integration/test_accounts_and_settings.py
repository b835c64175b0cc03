"""Signing in enters the record; the settings keep sessions short and pages closed."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from equipoise.accounts.models import Membership, User
from equipoise.conduct import facts as f
from equipoise.conduct.actions.people import ChangeAccount, GrantRole, RevokeRole
from equipoise.conduct.entry import ACCESS_STREAM, SYSTEM
from equipoise.kernel.errors import InputError, Refusal
from equipoise.ledger import people, read
from equipoise.web.acting import WRONG_PASSWORDS, signing_actor
from ledger_world import START, do, open_trial

pytestmark = pytest.mark.db

PASSWORD = "seven grey herons"


@pytest.fixture
def li(database) -> Any:
    """A coordinator with an account, granted her role before the account was made."""
    cache.clear()
    open_trial(rehearsal=True, now=START)
    do(GrantRole(user="li", role="coordinator", at_site="s1"), "grant", now=START)
    people.make_account("li", "Li Na", PASSWORD)
    return User.objects.get(username="li")


def _accesses() -> list[Any]:
    return [entry.fact for entry in read.entries(ACCESS_STREAM)]


def _sign_in(client: Client, username: str, password: str) -> Any:
    return client.post("/accounts/login/", {"login": username, "password": password})


def test_sign_in_and_out_enter_the_record(li: Any) -> None:
    client = Client()
    assert _sign_in(client, "li", PASSWORD).status_code == 302
    client.post("/accounts/logout/")
    assert _accesses() == [
        f.AccessRecorded(user="li", event="signed_in"),
        f.AccessRecorded(user="li", event="signed_out"),
    ]


@pytest.mark.parametrize("typed", ["li", "nobody", "<b>\u202e", "x" * 500])
def test_failed_sign_in_enters_the_record(li: Any, typed: str) -> None:
    response = _sign_in(Client(), typed, "wrong")
    assert response.status_code == 200
    assert {fact.event for fact in _accesses()} <= {"sign_in_failed"}
    known = typed if typed == "li" else ""  # what is nobody's name may be somebody's password
    assert [fact.user for fact in _accesses()] in ([known], [])  # [] where the form itself refused the name


def test_a_password_typed_as_a_name_stays_out_of_the_record(li: Any) -> None:
    for typed in (PASSWORD, "LI"):
        assert _sign_in(Client(), typed, "li").status_code == 200
    assert [fact.user for fact in _accesses()][:1] == [""]
    assert PASSWORD not in repr(_accesses())


def test_attempts_to_sign_are_counted_before_the_password_is_looked_at(li: Any) -> None:
    """Twelve attempts at one moment get five looks at the password between them, not one each."""
    looked: list[int] = []

    class Slow:
        pk, username, is_authenticated = li.pk, li.username, True

        def check_password(self, password: str) -> bool:
            looked.append(1)
            time.sleep(0.05)
            return False

    def attempt(_: int) -> str:
        try:
            signing_actor(SimpleNamespace(user=Slow()), "a guess")
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return "signed"

    with ThreadPoolExecutor(12) as pool:
        assert set(pool.map(attempt, range(12))) == {"web.wrong_password"}
    assert len(looked) == WRONG_PASSWORDS
    assert [fact.event for fact in _accesses()] == ["signature_failed"] * 12


@pytest.fixture
def one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Failures a minute are counted at one moment, however busy the machine is."""
    now = time.time()
    clock = SimpleNamespace(time=lambda: now, monotonic=time.monotonic, sleep=time.sleep)
    monkeypatch.setattr(ratelimit, "time", clock)


@pytest.mark.usefixtures("one_moment")
def test_too_many_failures_lock_the_account_for_a_while(li: Any) -> None:
    for _ in range(6):
        _sign_in(Client(), "li", "wrong")
    assert _sign_in(Client(), "li", PASSWORD).status_code == 200
    assert "signed_in" not in {fact.event for fact in _accesses()}


@pytest.mark.usefixtures("one_moment")
@pytest.mark.parametrize("proxies", [0, 1])
def test_failures_of_one_address_lock_no_other_behind_a_proxy(li: Any, settings: Any, proxies: int) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    stranger, near = Client(headers={"x-forwarded-for": "198.51.100.9"}), {"x-forwarded-for": "6.6.6.6, 203.0.113.5"}
    for number in range(12):
        _sign_in(stranger, f"nobody{number}", "wrong")
    signed_in = _sign_in(Client(headers=near), "li", PASSWORD).status_code == 302
    assert signed_in is (proxies == 1)  # without a proxy anybody could write the header


@pytest.mark.parametrize(("given", "proxies"), [({}, "1"), ({"EQUIPOISE_PROXIES": "2"}, "2")])
def test_a_proxy_that_ends_tls_is_counted(given: dict[str, str], proxies: str) -> None:
    code = "from django.conf import settings; print(settings.ALLAUTH_TRUSTED_PROXY_COUNT)"
    known = os.environ | {"EQUIPOISE_HTTPS": "1", "DJANGO_SETTINGS_MODULE": "equipoise.web.settings"} | given
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=known)
    assert done.stdout.strip() == proxies


def test_closed_account_cannot_sign_in(li: Any) -> None:
    people.close_account("li", actor=SYSTEM, reason="left")
    response = _sign_in(Client(), "li", PASSWORD)
    assert response.status_code != 302 or "inactive" in response["Location"]
    assert "signed_in" not in {fact.event for fact in _accesses()}
    assert list(li.memberships.filter(until__isnull=True)) == []
    with pytest.raises(InputError, match="taken"):
        people.make_account("Li", "Another", None)


def test_password_given_by_somebody_else_is_changed_once(li: Any) -> None:
    people.set_password("li", "a first password", actor=SYSTEM, must_change=True)
    client = Client()
    _sign_in(client, "li", "a first password")
    new = {"oldpassword": "a first password", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/password/change/", new)
    li.refresh_from_db()
    assert li.check_password(PASSWORD)
    assert not li.must_change_password
    changes = [entry.fact.change for entry in read.entries(kinds=["account_changed"])]
    assert changes == ["made", "password_set", "password_set"]


def test_role_granted_before_the_account_was_made_is_there(li: Any) -> None:
    assert [(m.role, m.site) for m in li.memberships.all()] == [("coordinator", "s1")]


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "UTC", "Asia/Shanghai"])
@pytest.mark.parametrize("hour", [0, 12, 23])
def test_role_begins_and_ends_on_the_day_of_the_trials_zone(database, zone: str, hour: int) -> None:
    at = datetime(2026, 3, 5, hour, 30, tzinfo=UTC)
    open_trial(rehearsal=True, now=START)
    do(ChangeAccount(user="li", change="made"), "made", now=START)
    User.objects.create_user("li", PASSWORD, name="Li Na")
    with timezone.override(zone):
        do(GrantRole(user="li", role="coordinator", at_site="s1"), "grant", now=at)
        assert Membership.objects.on(timezone.localdate(at)).count() == 1
        do(RevokeRole(user="li", role="coordinator", reason="left", at_site="s1"), "revoke", now=at)
        assert Membership.objects.on(timezone.localdate(at)).count() == 0


def test_password_is_kept_as_argon2_and_names_ignore_case(li: Any) -> None:
    assert li.password.startswith("argon2$argon2id$")
    assert User.objects.get_by_natural_key("LI") == li


def test_nobody_signs_up(li: Any) -> None:
    Client().post("/accounts/signup/", {"username": "mallory", "password1": PASSWORD})
    assert not User.objects.filter(username="mallory").exists()


def test_deployment_checks_pass_behind_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import django; django.setup(); from django.core.management import call_command; "
        "call_command('check', deploy=True, fail_level='WARNING')"
    )
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)
    monkeypatch.setenv("EQUIPOISE_HTTPS", "1")
    monkeypatch.setenv("EQUIPOISE_HOSTS", "trial.example.org")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "equipoise.web.settings")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_models_have_their_migrations(database) -> None:
    call_command("makemigrations", "ledger", "accounts", "projections", check=True, dry_run=True, verbosity=0)


def test_pages_are_never_in_debug_mode() -> None:
    assert settings.DEBUG is False
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_AGE <= 3600
    assert "'unsafe-inline'" not in str(settings.SECURE_CSP)
