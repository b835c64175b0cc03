"""From a submitted form to the ledger: one act per form, whoever clicks how often."""

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files import locks
from django.http import HttpRequest

from equipoise import ledger
from equipoise.conduct.actions.people import RecordAccess
from equipoise.conduct.entry import SYSTEM, Actor, Authentication, Entry
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.web import words as words
from equipoise.web.access import actor_of

WRONG_PASSWORDS = 5
"""How many wrong passwords in a quarter of an hour before signing is refused for as long."""


def new_key() -> str:
    """The identity of one act, put into a form as a hidden field."""
    return str(uuid.uuid4())


def act(
    request: Any, action: Any, *, password: str | None = None, also: Callable[[], object] | None = None
) -> tuple[Entry, ...]:
    """Perform an action for the person behind the request; its entries. With a password it counts as signed.

    The hidden field `key` makes a double click one act, with the same entries twice. `also` is done in the same
    transaction, once. Raises Refusal, which the view shows where it was made.
    """
    actor = request.actor if password is None else signing_actor(request, password)
    return ledger.perform(action, actor=actor, key=key_of(request), also=also)


def key_of(request: HttpRequest) -> uuid.UUID:
    """The act's key from the form. Raises Refusal for a damaged one."""
    try:
        return uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        raise Refusal(message("web.bad_key")) from None


def signing_actor(request: Any, password: str) -> Actor:
    """The actor with the password given again. A wrong one is ledgered, and too many are refused for a while."""
    counter = f"signature-failed:{request.user.pk}"
    if _attempt(counter) > WRONG_PASSWORDS or not request.user.check_password(password):
        failure = RecordAccess(user=request.user.username, event="signature_failed")
        ledger.perform(failure, actor=SYSTEM, key=uuid.uuid4())
        raise Refusal(message("web.wrong_password"))
    cache.delete(counter)
    actor = actor_of(request, authentication=Authentication.PASSWORD)
    if actor is None:
        raise Refusal(message("web.no_role"))
    return actor


def _attempt(counter: str) -> int:
    """Which attempt in a row this is, counted before the password is looked at: no two attempts take one number.

    The cache reads and writes apart, so processes take turns by a lock on a file beside it.
    """
    folder = Path(settings.CACHES["default"]["LOCATION"])
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "attempts.lock").open("a") as file:
        locks.lock(file, locks.LOCK_EX)
        number = int(cache.get(counter, 0)) + 1
        cache.set(counter, number, 15 * 60)
    return number
