"""Folded states kept between acts and pages, so that nothing is folded twice.

Folds may change the state they are given. So a state belongs either to one writer, who takes it out of the store, folds
it forward under the head lock and puts it back once the transaction is committed; or to readers, to whom it is lent and
who never see it change: a newer version is a new state, folded from entries that are kept decoded.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from equipoise.conduct.casebook import Casebook, fold_casebook
from equipoise.conduct.entry import ACCESS_STREAM, TRIAL_STREAM, Entry
from equipoise.conduct.study import Study, fold_study


@dataclass(slots=True)
class State:
    """The state of a stream at a version."""

    version: int
    value: Any


class Bounded[V]:
    """A map that forgets what was used longest ago. Safe between threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[tuple[str, str], V] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, key: tuple[str, str]) -> V | None:
        """What is kept under a key; it counts as used now."""
        with self._guard:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def take(self, key: tuple[str, str]) -> V | None:
        """Take out what is kept under a key: from here on it is the caller's alone."""
        with self._guard:
            return self._kept.pop(key, None)

    def put(self, key: tuple[str, str], value: V) -> None:
        """Keep a value."""
        with self._guard:
            self._kept[key] = value
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._guard:
            self._kept.clear()


WRITERS: Bounded[State] = Bounded(512)
READERS: Bounded[tuple[int, tuple[Entry, ...], Any]] = Bounded(256)


def empty(stream: str) -> Any:
    """The state of a stream before its first entry. Accesses fold to nothing."""
    if stream == ACCESS_STREAM:
        return None
    return Study() if stream == TRIAL_STREAM else Casebook(stream)


def fold(stream: str) -> Callable[[Any, Entry], Any]:
    """How a stream folds."""
    if stream == ACCESS_STREAM:
        return _unchanged
    return fold_study if stream == TRIAL_STREAM else fold_casebook


def _unchanged(state: Any, entry: Entry) -> Any:
    return state


def folded(stream: str, entries: Iterable[Entry]) -> Any:
    """The state of a stream after these entries, from the beginning."""
    state, step = empty(stream), fold(stream)
    for entry in entries:
        state = step(state, entry)
    return state


def forget() -> None:
    """Forget every state: after this process turned to another database."""
    WRITERS.clear()
    READERS.clear()
