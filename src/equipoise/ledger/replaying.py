"""Replay of the allocations in the record: commitments kept, draws recomputed, arms as drawn."""

import json
from dataclasses import dataclass, field

from equipoise.conduct import facts as f
from equipoise.conduct.actions.randomize import frozen
from equipoise.conduct.documents import protocol_of
from equipoise.conduct.entry import Entry
from equipoise.conduct.study import Epoch, Study
from equipoise.kernel.errors import LedgerError
from equipoise.ledger import secrets
from equipoise.ledger.mode import Mode
from equipoise.methods.randomization import commitment, configuration_digest, replay


@dataclass(slots=True)
class Arms:
    """The arms as the subjects' own streams have them, to be held against the allocations; with their positions."""

    given: dict[str, tuple[str, int]] = field(default_factory=dict)
    positions: list[int] = field(default_factory=list)

    def note(self, entry: Entry) -> None:
        """Take note of an entry that randomizes."""
        match entry.fact:
            case f.Randomized() as randomized:
                self.given[entry.header.stream] = (randomized.arm, entry.header.position)
            case f.SlotAllocated() | f.ContingencyAllocated():
                self.positions.append(entry.header.position)
            case _:
                pass


def replay_allocations(study: Study, arms: Arms) -> int:
    """Recompute every allocation that was drawn; those of the contingency procedure are taken as given.

    Raises LedgerError naming the first that differs; returns how many were recomputed.
    """
    allocations = [frozen(allocated) for allocated in study.allocations]
    for number, epoch in study.epochs.items():
        key = _key(study, number, epoch)
        committed = epoch.committed
        method = protocol_of(study, committed.protocol).randomization
        again = commitment(study.trial, number, key, configuration_digest(method), committed.algorithm)
        if again != committed.commitment:
            raise LedgerError(f"The key of randomization epoch {number} is not the one that was committed to.")
        difference = replay(method, key=key, season=epoch.season, epoch=number, allocations=allocations)
        if difference is not None:
            raise LedgerError(str(difference.says), arms.positions[difference.position - 1])
    _hold_against(study, arms)
    return sum(allocation.slot is not None for allocation in allocations)


def _key(study: Study, number: int, epoch: Epoch) -> bytes:
    """The key as opened in the record, or from the secret's file while it is still closed."""
    if epoch.key:
        return bytes.fromhex(epoch.key)
    opened = study.opened
    assert opened is not None
    return secrets.allocation_key(number, Mode(opened.trial, opened.rehearsal, opened.seed), make=False)


def _hold_against(study: Study, arms: Arms) -> None:
    allocated: dict[str, str] = {}
    for slot, position in zip(study.allocations, arms.positions, strict=True):
        if slot.subject in allocated:
            raise LedgerError(f"Entry {position} allocates subject {slot.subject} a second time.", position)
        recorded = json.loads(slot.allocation)
        if recorded["arm"] != slot.arm:
            raise LedgerError(f"Entry {position} gives another arm than its allocation.", position)
        allocated[slot.subject] = slot.arm
        if slot.subject not in arms.given:
            raise LedgerError(f"Entry {position} allocates subject {slot.subject}, who was never randomized.", position)
    for subject, (arm, position) in arms.given.items():
        if allocated.get(subject) != arm:
            raise LedgerError(f"Entry {position} randomizes subject {subject} to an arm nobody drew.", position)
