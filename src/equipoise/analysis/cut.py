"""A data cut: `cutoff` bounds the dates of events, `as_of` what the ledger knew; every output stamps both."""

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class DataCut:
    """What an estimate was computed from. `position` and `head` name the last ledger entry it knew."""

    trial: str
    cutoff: date | None
    position: int
    head: str
    as_of: str
    protocol: str
    plan: str
    software: str
    rehearsal: bool
    methods: tuple[tuple[int, str], ...] = ()
    """By epoch of randomization, the digest of the configuration committed to: whether a plan's method is the one that
    allocated. None is known where it is empty."""

    def holds(self, day: date) -> bool:
        """Whether an event of this day counts."""
        return self.cutoff is None or day <= self.cutoff

    def stamp(self) -> dict[str, Any]:
        """The stamp that every output carries."""
        return {
            "trial": self.trial,
            "cutoff": self.cutoff.isoformat() if self.cutoff else None,
            "as_of": self.as_of,
            "ledger_position": self.position,
            "ledger_head": self.head,
            "protocol_digest": self.protocol,
            "plan_digest": self.plan,
            "software": self.software,
            "rehearsal": self.rehearsal,
        }
