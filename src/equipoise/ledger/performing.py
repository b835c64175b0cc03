"""The one door for writing: `perform` decides an action under the head lock and appends what follows, or nothing."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from equipoise.conduct.entry import Actor, Entry
from equipoise.kernel.errors import LedgerError, Refusal
from equipoise.ledger.batches import OPEN
from equipoise.ledger.lock import writing
from equipoise.ledger.pen import Pen


def perform(
    action: Any,
    *,
    actor: Actor,
    key: uuid.UUID,
    now: datetime | None = None,
    protocol: str | None = None,
    also: Callable[[], object] | None = None,
) -> tuple[Entry, ...]:
    """Decide what follows from an action and append it to the ledger, with its projections: all of it, or nothing.

    `key` names the act: performed again with the same key, the entries of the first time are returned; the same key
    with another action or actor is refused. `now` is for rehearsals, where it must not decrease; a production ledger
    keeps the server's time. `protocol` is the digest the act is judged by, by default the version in force at the site.
    `also` writes to accounts what belongs to the act, in the same transaction; a repeated act does not run it again.

    Raises NotPermitted and Refusal as the action decides, LedgerError where the record cannot be written, InputError
    for text that cannot be stored. Called inside a transaction of the caller's it raises RuntimeError: an act that
    was acknowledged must be durable.
    """
    if (pen := OPEN.pen) is not None:
        return pen.act(action, actor=actor, key=key, now=now, protocol=protocol, also=also)
    with writing():
        pen = Pen()
        try:
            entries = pen.act(action, actor=actor, key=key, now=now, protocol=protocol, also=also)
        except Refusal:
            pen.keep()  # nothing was written, so what was folded still holds
            raise
        pen.settle()
    pen.keep()
    return entries


@contextmanager
def batch() -> Iterator[None]:
    """Perform many acts in one transaction, for rehearsals: all are written, or none. A refusal ends only its act."""
    if OPEN.pen is not None:
        raise LedgerError("A batch is already open.")
    try:
        with writing():
            pen = OPEN.pen = Pen(batched=True)
            yield
            pen.settle()
    finally:
        OPEN.pen = None
    pen.keep()
