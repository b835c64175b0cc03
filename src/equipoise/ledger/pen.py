"""The pen: whoever holds the head lock decides, appends and folds with it, one act or a whole batch of acts."""

import unicodedata
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from importlib.metadata import version as distribution_version
from secrets import token_hex
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from equipoise.accounts import memberships
from equipoise.conduct import codec
from equipoise.conduct.actions.base import Context
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.entry import ACCESS_STREAM, NOT_SUBJECTS, TRIAL_STREAM, Actor, Entry, NewFact
from equipoise.conduct.facts import ProtocolActivated
from equipoise.conduct.permissions import require
from equipoise.conduct.study import Study
from equipoise.kernel.canonical import canonical_json
from equipoise.kernel.errors import InputError, LedgerError, Refusal
from equipoise.ledger import decoding, secrets, states, table
from equipoise.ledger.mode import Mode, database_name, mode, mode_of
from equipoise.ledger.row import GENESIS, Row, act_digest, payload_digest, sealed
from equipoise.ledger.words import REPEATED_KEY
from equipoise.methods.randomization import commitment
from equipoise.projections import rows as rows_of

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far the server's clock may stand behind the newest entry before writing stops."""


class Pen:
    """Holds the head of the chain, and the folded states it needs. Valid only while the head lock is held."""

    def __init__(self, *, batched: bool = False) -> None:
        self._batched = batched
        self._head = table.last()
        self._mode = mode()
        self._states: dict[str, states.State] = {}
        self._waiting: list[tuple[Row, str, str]] = []
        self._unseen: list[Entry] = []
        self._keys: dict[str, list[Entry]] = {}
        self._acts: dict[str, tuple[str, str]] = {}
        self._torn = False

    def act(
        self,
        action: Any,
        *,
        actor: Actor,
        key: uuid.UUID,
        now: datetime | None,
        protocol: str | None,
        also: Callable[[], object] | None,
    ) -> tuple[Entry, ...]:
        """Decide an action and take down its facts; see `ledger.perform`."""
        if self._torn:
            raise LedgerError("This batch met an error and will not be written.")
        name, act = str(key), _act_text(action, actor)
        if (before := self._repeated(name, act)) is not None:
            return before
        at = self._moment(now)
        study = self._state(TRIAL_STREAM)
        casebook = self._state(action.stream) if action.stream != TRIAL_STREAM else Casebook(TRIAL_STREAM)
        site = casebook.site or study.subjects.get(action.stream) or getattr(action, "site", "") or None
        require(actor, action.permission, site=site)
        context = Context(
            now=at,
            actor=actor,
            allocation_key=partial(_allocation_key, self._mode, study),
            new_id=_Identifiers(key),
            zone=UTC if self._mode is None or self._mode.rehearsal else ZoneInfo(settings.TRIAL_ZONE),
            casebook_of=self._state,
        )
        judged_by = (study.digest_in_force(site) if site else "") or study.digest_in_force()
        decided = action.decide(study, casebook, context)
        if not decided:
            return ()
        rows = self._rows(decided, at=at, actor=actor, key=name, act=act, protocol=protocol or judged_by)
        self._torn = True  # until rows, states and accounts agree
        entries = tuple(Entry(decoding.header(row), fact.fact) for (row, _, _), fact in zip(rows, decided, strict=True))
        for entry in entries:
            state = self._owned(entry.header.stream)
            state.value = states.fold(entry.header.stream)(state.value, entry)
            state.version = entry.header.version
        if also is not None:
            also()
        self._waiting += rows
        self._unseen += entries
        self._keys[name] = list(entries)
        self._acts[name] = (rows[0][1], rows[0][0].act)
        self._torn = False
        return entries

    def settle(self) -> None:
        """Write what is waiting to the database, with the projections that follow from it."""
        if self._torn:
            raise LedgerError("This batch met an error and will not be written.")
        if not self._waiting:
            return
        waiting, unseen = self._waiting, self._unseen
        self._waiting, self._unseen = [], []
        self._torn = True
        table.append(waiting)
        memberships.apply(unseen)
        study = self._state(TRIAL_STREAM)
        rows_of.apply(unseen, study, {name: self._state(name) for name in _subjects(unseen, study)})
        self._torn = False

    def keep(self) -> None:
        """Put the folded states back for the next writer: after the commit, or where nothing was folded."""
        if self._torn:
            return  # what was folded was never written
        for stream, state in self._states.items():
            states.WRITERS.put((database_name(), stream), state)

    def _repeated(self, key: str, act: str) -> tuple[Entry, ...] | None:
        if key in self._keys:
            salt, stored = self._acts[key]
            entries = tuple(self._keys[key])
        else:
            found = list(table.entries(key=key))
            if not found:
                return None
            salt, stored = found[0][1] or "", found[0][0].act
            entries = tuple(decoding.entries(found))
        if salt and act_digest(salt, act) != stored:
            raise Refusal(REPEATED_KEY)
        return entries

    def _state(self, stream: str) -> Any:
        return self._owned(stream).value

    def _owned(self, stream: str) -> states.State:
        if stream not in self._states:
            state = states.WRITERS.take((database_name(), stream)) or states.State(0, states.empty(stream))
            if stream == ACCESS_STREAM:
                state.version = table.version(stream)
            step = states.fold(stream)
            for entry in decoding.entries(table.entries(stream, after_version=state.version)):
                state.value = step(state.value, entry)
                state.version = entry.header.version
            self._states[stream] = state
        return self._states[stream]

    def _moment(self, now: datetime | None) -> datetime:
        newest = decoding.moment(self._head.at) if self._head is not None else None
        if now is not None:
            if self._mode is not None and not self._mode.rehearsal:
                raise LedgerError("A production ledger keeps the server's time and accepts no other.")
            at = now.astimezone(UTC)
            if newest is not None and at < newest:
                raise LedgerError(
                    f"The time of an act never decreases; seen {at.isoformat()} after {newest.isoformat()}."
                )
            return at
        at = datetime.now(UTC)
        if newest is None or at >= newest:
            return at
        if newest - at > CLOCK_TOLERANCE and self._mode is not None and not self._mode.rehearsal:
            raise LedgerError(
                f"The server's clock says {at.isoformat(timespec='seconds')}, but the newest entry was written at "
                f"{newest.isoformat(timespec='seconds')}. Set the clock right before writing."
            )
        return newest

    def _rows(
        self, decided: Sequence[NewFact], *, at: datetime, actor: Actor, key: str, act: str, protocol: str
    ) -> list[tuple[Row, str, str]]:
        opened = self._mode or mode_of(decided[0].fact)
        if self._batched and not opened.rehearsal:
            raise LedgerError("Only a rehearsal may batch its acts: in production every act is durable by itself.")
        rows: list[tuple[Row, str, str]] = []
        head, fingerprint = self._head, ""
        versions: dict[str, int] = {}
        for new in decided:
            position = (head.position if head else 0) + 1
            versions[new.stream] = version = versions.get(new.stream, self._owned(new.stream).version) + 1
            with _storable():
                kind, text = codec.encode(new.fact)
                salt = _rehearsed_salt(opened, position, key) if opened.rehearsal else token_hex(16)
                fingerprint = fingerprint or act_digest(salt, act)
                head = sealed(
                    Row(
                        position=position,
                        trial=opened.trial,
                        stream=_text(new.stream),
                        version=version,
                        kind=kind,
                        payload_digest=payload_digest(salt, text),
                        at=decoding.moment_text(at),
                        actor=_text(actor.user),
                        actor_name=_text(actor.name),
                        role=_text(actor.role),
                        site=_text(actor.site or ""),
                        delegation=_text(actor.delegation),
                        authentication=actor.authentication.value,
                        origin=new.origin.value,
                        reason=_text(new.reason),
                        protocol=new.protocol or protocol,
                        software=software(),
                        key=key,
                        act=fingerprint,
                        redacts=new.fact.position if kind == "redacted" else None,
                        previous=head.digest if head else GENESIS,
                        digest="",
                    )
                )
            rows.append((head, salt, text))
        self._head, self._mode = head, opened
        return rows


def _allocation_key(opened: Mode | None, study: Study, epoch: int) -> bytes:
    """The key of an epoch: made before it is committed to, and held against the commitment ever after."""
    if opened is None:
        raise LedgerError("No epoch can be committed to before the trial is opened.")
    known = study.epochs.get(epoch)
    key = secrets.allocation_key(epoch, opened, make=known is None)
    if known is not None:
        told = known.committed
        if commitment(study.trial, epoch, key, told.configuration, told.algorithm) != told.commitment:
            raise LedgerError(
                f"The allocation secret is not the one that epoch {epoch} was committed to; restore it from its backup."
            )
    return key


class _Identifiers:
    """New identifiers for one act, derived from its key: a repeated act names the same things."""

    def __init__(self, key: uuid.UUID) -> None:
        self._key, self._count = key, 0

    def __call__(self) -> str:
        self._count += 1
        return uuid.uuid5(self._key, str(self._count)).hex[:12]


@cache
def software() -> str:
    """The version of this software, as every entry records it."""
    return distribution_version("equipoise")


def _subjects(entries: Sequence[Entry], study: Study) -> list[str]:
    """Whose rows may change: those the entries are of, and at a site that a version came into force at, everyone."""
    found = dict.fromkeys(entry.header.stream for entry in entries if entry.header.stream not in NOT_SUBJECTS)
    activated = {entry.fact.site for entry in entries if isinstance(entry.fact, ProtocolActivated)}
    found |= dict.fromkeys(subject for subject, site in study.subjects.items() if site in activated)
    return list(found)


def _rehearsed_salt(opened: Mode, position: int, key: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{opened.trial}/{opened.seed}/{position}/{key}").hex


@contextmanager
def _storable() -> Iterator[None]:
    """Say in one sentence why a text cannot be kept: half a character (a lone surrogate), a number without end."""
    try:
        yield
    except ValueError as error:
        raise InputError(f"what was given cannot be stored: {error}") from error


def _text(text: str) -> str:
    if "\0" in text:
        raise ValueError(f"a text holds a NUL character; seen {text[:40]!r}")
    text.encode()
    return unicodedata.normalize("NFC", text)


def _act_text(action: Any, actor: Actor) -> str:
    with _storable():
        return canonical_json([type(action).__name__, _plain(action), actor.user, actor.role, actor.site])


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, {field.name: _plain(getattr(value, field.name)) for field in fields(value)}]
    match value:
        case float():
            return repr(value)  # tells acts apart; nothing computes with it
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case set() | frozenset():
            return sorted(str(item) for item in value)
        case bytes():
            return value.hex()
        case uuid.UUID():
            return str(value)
        case _:
            return value
