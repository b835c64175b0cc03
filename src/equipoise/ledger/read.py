"""The one door for reading: the study, a casebook, the entries; now, or as the ledger knew them at any moment.

`as_of` is a moment (an aware datetime: entries recorded at or before it) or a position (that entry included). Current
states are lent from a bounded store and must not be changed; as-of states are folded afresh.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from equipoise.conduct.casebook import Casebook
from equipoise.conduct.entry import NOT_SUBJECTS, TRIAL_STREAM, Entry
from equipoise.conduct.study import Study
from equipoise.kernel.errors import InputError
from equipoise.ledger import batches, decoding, states, table
from equipoise.ledger.mode import Mode, database_name
from equipoise.ledger.mode import mode as _mode

AsOf = datetime | int | None
"""A moment, a position, or now."""

_LAST = 2**63 - 1
"""The last position a database can count to."""


class _Steady(threading.local):
    states: dict[str, Any] | None = None


_STEADY = _Steady()
"""The current states this thread has read within `steady`."""


@contextmanager
def steady() -> Iterator[None]:
    """Within it this thread asks for each current state once and reads it again as it was, whatever is written.

    For what only reads: a page then shows one state of the record.
    """
    before, _STEADY.states = _STEADY.states, {}
    try:
        yield
    finally:
        _STEADY.states = before


def study(as_of: AsOf = None) -> Study:
    """The trial as a whole, folded from its own stream."""
    return _state(TRIAL_STREAM, as_of)


def casebook(subject: str, as_of: AsOf = None) -> Casebook:
    """One subject's casebook; an empty one where the ledger holds nothing of the subject."""
    return _state(subject, as_of)


def casebooks(as_of: AsOf = None, subjects: Iterable[str] | None = None) -> dict[str, Casebook]:
    """Every subject's casebook, or those asked for, in one pass over the ledger and in the order of first entries."""
    wanted = None if subjects is None else set(subjects)
    found: dict[str, Any] = {}
    for entry in entries(as_of=as_of):
        stream = entry.header.stream
        if stream in NOT_SUBJECTS or (wanted is not None and stream not in wanted):
            continue
        if stream not in found:
            found[stream] = states.empty(stream)
        found[stream] = states.fold(stream)(found[stream], entry)
    return found


def entries(
    stream: str | None = None, after: int = 0, as_of: AsOf = None, kinds: Iterable[str] | None = None
) -> Iterator[Entry]:
    """Entries in the order of the chain: of one stream or all, after a position, as of a moment, of some kinds."""
    batches.settle()
    stored = table.entries(stream, after=after, kinds=None if kinds is None else tuple(kinds), **_until(as_of))
    return decoding.entries(stored)


def newest(subject: str, count: int) -> tuple[Entry, ...]:
    """The newest entries of a subject, in the order of the chain; those of a casebook just read are at hand."""
    _state(subject, None)
    kept = states.READERS.get((database_name(), subject))
    return kept[1][-count:] if kept is not None else ()


def head() -> tuple[int, str]:
    """The position and digest of the newest entry; (0, 64 zeros) for an empty ledger."""
    batches.settle()
    return table.head()


def head_at(as_of: AsOf = None) -> tuple[int, str]:
    """The position and digest of the newest entry the ledger held at a moment or position."""
    batches.settle()
    if as_of is None:
        return table.head()
    return table.head(**_until(as_of))


def subjects(as_of: AsOf = None) -> tuple[str, ...]:
    """Every subject the ledger holds something of, in the order of their first entries."""
    batches.settle()
    return tuple(name for name in table.streams(**_until(as_of)) if name not in NOT_SUBJECTS)


def mode() -> Mode | None:
    """The trial of this ledger and whether it is a rehearsal; None before it is opened."""
    batches.settle()
    return _mode()


def _state(stream: str, as_of: AsOf) -> Any:
    batches.settle()
    if as_of is not None:
        return states.folded(stream, decoding.entries(table.entries(stream, **_until(as_of))))
    if _STEADY.states is None:
        return _current(stream)
    if stream not in _STEADY.states:
        _STEADY.states[stream] = _current(stream)
    return _STEADY.states[stream]


def _current(stream: str) -> Any:
    key = (database_name(), stream)
    kept = states.READERS.get(key)
    version, known, state = kept if kept is not None else (0, (), None)
    newer = tuple(decoding.entries(table.entries(stream, after_version=version)))
    if newer or state is None:
        known += newer
        state = states.folded(stream, known)
        states.READERS.put(key, (len(known), known, state))
    return state


def _until(as_of: AsOf) -> dict[str, Any]:
    match as_of:
        case None:
            return {}
        case bool():
            raise TypeError("as_of is a moment or a position")
        case int():
            return {"until": min(as_of, _LAST)}
        case datetime() if as_of.tzinfo is not None:
            return {"until_time": decoding.moment_text(as_of)}
        case _:
            raise InputError("the moment has no time zone", seen=str(as_of), wanted="such as 2026-01-31T09:30:00Z")
