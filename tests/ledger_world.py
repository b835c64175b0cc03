"""A small world on the ledger: the trial opened, a site active, people pre-screened."""

import uuid
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from typing import Any

from equipoise.conduct.actions.subjects import Prescreen
from equipoise.conduct.actions.trial import ActivateProtocol, ConfirmExclusions, OpenSite, OpenTrial
from equipoise.conduct.entry import SYSTEM, Actor, Entry
from equipoise.conduct.permissions import ROLES
from equipoise.ledger import people, perform
from equipoise.protocol.load import Loaded, load

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
COORDINATOR = Actor(user="chen", role="coordinator", site="s1", name="Chen Wei")


@lru_cache(maxsize=1)
def flagship() -> Loaded:
    """The shipped protocol of NCT07014202."""
    text = (files("equipoise") / "protocols" / "nct07014202.yaml").read_text(encoding="utf-8")
    return load(text, "nct07014202.yaml")


def key_of(name: object) -> uuid.UUID:
    """The same key for the same name."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"test:{name}")


def do(action: Any, name: object, *, actor: Actor = SYSTEM, now: datetime | None = None) -> tuple[Entry, ...]:
    """Perform an action under a key that follows from a name."""
    return perform(action, actor=actor, key=key_of(name), now=now)


def open_trial(*, rehearsal: bool = False, seed: str = "", now: datetime | None = None) -> None:
    """The trial opened, with the sites s1 and s2 active."""
    loaded = flagship()
    confirm = tuple(criterion.id for criterion in loaded.protocol.eligibility if criterion.confirm)
    do(OpenTrial(canonical=loaded.canonical, rehearsal=rehearsal, seed=seed), "open", now=now)
    do(ConfirmExclusions(digest=loaded.digest, criteria=confirm), "confirm", now=now)
    for site, code in (("s1", "01"), ("s2", "02")):
        do(OpenSite(id=site, name=f"Hospital {site}", code=code), f"open {site}", now=now)
        action = ActivateProtocol(at_site=site, digest=loaded.digest, approved_on="2026-01-02", approval="EC-1")
        do(action, f"activate {site}", now=now)


def one_a_role(password: str) -> None:
    """An account for every role, named after it; those who work at a site do so at s1."""
    for role in ROLES.values():
        if role.id != "system":
            people.make_account(role.id, role.label, password)
            people.grant(role.id, role.id, actor=SYSTEM, site="s1" if role.at_site else "", delegation="log 1")


def prescreen(name: object, *, site: str = "s1", actor: Actor = SYSTEM, now: datetime | None = None) -> str:
    """Pre-screen somebody; the subject's id."""
    action = Prescreen(site=site, on="2026-01-05", outcome="approached")
    return do(action, name, actor=actor, now=now)[-1].header.stream


def three_people() -> None:
    """The trial opened in production, and three people pre-screened at s1: two entries each."""
    open_trial()
    for name in ("a", "b", "c"):
        prescreen(name)


def later(minutes: int) -> datetime:
    """A moment of a rehearsal."""
    return START + timedelta(minutes=minutes)
