"""Redaction: the one way in which what was written leaves the record. See docs/adr/0004-ledger.md for the procedure."""

import uuid

from equipoise.conduct import codec
from equipoise.conduct.actions.redaction import Redact
from equipoise.conduct.entry import Actor, Entry
from equipoise.kernel.errors import InputError
from equipoise.ledger import mode, states, table
from equipoise.ledger.performing import perform
from equipoise.ledger.rebuilding import rebuild

_NEVER = ("trial_opened", "redacted", "slot_allocated", "contingency_allocated", "checkpoint_lodged")


def redact(
    position: int, replacement: str, *, actor: Actor, witness: str, reason: str, key: uuid.UUID
) -> tuple[Entry, ...]:
    """Remove the payload of an entry and read `replacement`, text of the same kind, in its place from now on.

    The digest of what was removed stays in the chain, its salt does not: the chain can be verified, the text not
    guessed. The tables behind the lists are written afresh. Other running servers keep what they hold in memory until
    they are restarted. Raises InputError for an entry that cannot be redacted, Refusal without a witness or a reason.
    """
    is_counted = 1 <= position <= table.head()[0]
    found = next(table.entries(after=position - 1, until=position), None) if is_counted else None
    if found is None:
        raise InputError("there is no such entry", seen=position)
    row, _, text = found
    if row.kind in _NEVER:
        raise InputError("entries of this kind cannot be redacted", seen=row.kind)
    if text is None and not any(entry for entry in table.entries(key=str(key))):
        raise InputError("the entry is already redacted", seen=position)
    fact = codec.decode(row.kind, replacement)
    canonical = codec.encode(fact)[1]
    action = Redact(position=position, replacement=canonical, reason=reason, witness=witness)
    entries = perform(action, actor=actor, key=key)
    states.forget()
    mode.forget()
    rebuild()
    return entries
