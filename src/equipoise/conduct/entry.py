"""A fact with its circumstances: where it stands in the ledger, who recorded it, when, and judged by what."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

TRIAL_STREAM = "trial"
"""The stream of facts about the trial as a whole."""

ACCESS_STREAM = "access"
"""The stream of sign-ins and other accesses: in the same chain, but no state of the trial follows from them."""

NOT_SUBJECTS = (TRIAL_STREAM, ACCESS_STREAM)
"""Every other stream is a subject, named by the subject's id."""


class Origin(StrEnum):
    """Where the content of an entry came from (ALCOA: original, or a copy of what)."""

    DIRECT = "direct"
    TRANSCRIBED = "transcribed"
    DEVICE = "device"
    PATIENT = "patient"


class Authentication(StrEnum):
    """How sure it is who acted."""

    SESSION = "session"
    PASSWORD = "password"
    SECOND_FACTOR = "second_factor"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person in a role at a site, under a delegation, as signed in. The system acts as role `system`."""

    user: str
    role: str
    site: str | None = None
    name: str = ""
    delegation: str = ""
    authentication: Authentication = Authentication.SESSION


SYSTEM = Actor(user="system", role="system", name="Equipoise", authentication=Authentication.SYSTEM)
"""The software itself: opens ledgers, applies what was scheduled."""


@dataclass(frozen=True, slots=True)
class Header:
    """The circumstances of an entry. `at` is server time in UTC; `protocol` the digest it was judged by."""

    position: int
    stream: str
    version: int
    at: datetime
    actor: Actor
    origin: Origin = Origin.DIRECT
    reason: str = ""
    protocol: str = ""
    software: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the ledger: circumstances and fact."""

    header: Header
    fact: Any


@dataclass(frozen=True, slots=True)
class NewFact:
    """What an action decided: a fact to append to a stream, with the reason given for it.

    `protocol` is the digest it was judged by, where that is another version than the one in force.
    """

    stream: str
    fact: Any
    reason: str = ""
    origin: Origin = field(default=Origin.DIRECT)
    protocol: str = ""
