"""Sign-ins, failed ones, sign-outs and new passwords enter the record by themselves, whatever page they come from."""

import uuid
from typing import Any

from allauth.account.signals import password_changed
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from equipoise.conduct.actions.people import ChangeAccount, RecordAccess
from equipoise.conduct.entry import SYSTEM
from equipoise.ledger.mode import mode
from equipoise.ledger.performing import perform


def listen() -> None:
    """Begin to record accesses; called once, when Django is ready."""
    user_logged_in.connect(_signed_in, dispatch_uid="equipoise.signed_in")
    user_login_failed.connect(_failed, dispatch_uid="equipoise.sign_in_failed")
    user_logged_out.connect(_signed_out, dispatch_uid="equipoise.signed_out")
    password_changed.connect(_password_changed, dispatch_uid="equipoise.password_changed")


def _signed_in(user: Any, **_: Any) -> None:
    _record(user.get_username(), "signed_in")


def _signed_out(user: Any, **_: Any) -> None:
    if user is not None and user.get_username():
        _record(user.get_username(), "signed_out")


def _password_changed(user: Any, **_: Any) -> None:
    if mode() is None:
        return

    def write() -> None:
        user.must_change_password = False
        user.save(update_fields=["must_change_password"])

    change = ChangeAccount(user=user.get_username(), change="password_set")
    perform(change, actor=SYSTEM, key=uuid.uuid4(), also=write)


def _failed(credentials: dict[str, Any], **_: Any) -> None:
    """A name that is nobody's is left out: people type their password there, and the record forgets nothing."""
    typed = str(credentials.get("username") or "").replace("\0", "").encode(errors="replace").decode()
    known = get_user_model().objects.filter(username__iexact=typed).exists()
    _record(typed if known else "", "sign_in_failed")


def _record(user: str, event: Any) -> None:
    if mode() is not None:  # before the trial is opened there is nothing to enter
        perform(RecordAccess(user=user, event=event), actor=SYSTEM, key=uuid.uuid4())
