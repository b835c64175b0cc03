"""Accounts with their place in the record: an account and the fact that it was made are one act."""

import uuid
from secrets import token_urlsafe

from django.core.exceptions import ValidationError

from equipoise.accounts import memberships
from equipoise.accounts.models import User
from equipoise.conduct.actions.people import ChangeAccount, GrantRole, RevokeRole
from equipoise.conduct.entry import SYSTEM, Actor
from equipoise.kernel.errors import InputError
from equipoise.kernel.messages import message
from equipoise.ledger import read
from equipoise.ledger import words as words
from equipoise.ledger.performing import perform


def make_account(
    username: str, name: str, password: str | None, *, actor: Actor = SYSTEM, language: str = "en", email: str = ""
) -> None:
    """Make an account. Raises InputError for a sign-in name that is taken, now or ever, or cannot be used."""
    username = normal(username)
    if User.objects.filter(username__iexact=username).exists():
        raise InputError(message("ledger.name_taken"), seen=username, wanted=message("ledger.name_unused"))

    def write() -> None:
        User.objects.create_user(username, password, name=name, language=language, email=email)
        granted = read.entries(kinds=("role_granted", "role_revoked"))
        memberships.apply(entry for entry in granted if entry.fact.user == username)  # granted before the account was

    try:
        perform(ChangeAccount(user=username, change="made"), actor=actor, key=uuid.uuid4(), also=write)
    except ValidationError as error:
        raise InputError(" ".join(error.messages), seen=username) from error


def add_account(username: str, name: str, *, actor: Actor, language: str = "en") -> str:
    """Make an account with a first password, which is returned, kept nowhere, and must be changed."""
    make_account(username, name, None, actor=actor, language=language)
    return renew_password(username, actor=actor)


def renew_password(username: str, *, actor: Actor) -> str:
    """Give an account a new first password, which is returned, kept nowhere, and must be changed."""
    password = token_urlsafe(15)
    set_password(username, password, actor=actor, must_change=True)
    return password


def set_password(username: str, password: str, *, actor: Actor, must_change: bool) -> None:
    """Give an account a new password. Raises InputError for an account that does not exist."""
    user = account(username)

    def write() -> None:
        user.set_password(password)
        user.must_change_password = must_change
        user.save(update_fields=["password", "must_change_password"])

    perform(ChangeAccount(user=user.username, change="password_set"), actor=actor, key=uuid.uuid4(), also=write)


def close_account(username: str, *, actor: Actor, reason: str) -> None:
    """Close an account for good: its roles end and nobody signs in with it. The name is never given to another."""
    user = account(username)
    for membership in user.memberships.filter(until__isnull=True):
        action = RevokeRole(user=user.username, role=membership.role, reason=reason, at_site=membership.site)
        perform(action, actor=actor, key=uuid.uuid4())

    def write() -> None:
        user.is_active = False
        user.save(update_fields=["is_active"])

    perform(ChangeAccount(user=user.username, change="closed"), actor=actor, key=uuid.uuid4(), also=write)


def grant(username: str, role: str, *, actor: Actor, site: str = "", delegation: str = "") -> None:
    """Give a person a role. Raises InputError for an account that does not exist, Refusal by the rules."""
    action = GrantRole(user=account(username).username, role=role, at_site=site, delegation=delegation)
    perform(action, actor=actor, key=uuid.uuid4())


def normal(username: str) -> str:
    """A sign-in name as accounts keep it: wide letters and their like are the plain ones (NFKC)."""
    return User.normalize_username(username)


def account(username: str) -> User:
    """An account by its sign-in name. Raises InputError."""
    found = User.objects.filter(username=normal(username)).first()
    if found is None:
        raise InputError(message("ledger.no_account"), seen=username)
    return found
