"""One step of a rehearsal, and the conversation in which a participant's story is told."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from equipoise.conduct.entry import Actor, Entry


@dataclass(frozen=True, slots=True)
class Step:
    """What happens, who does it, when."""

    at: datetime
    actor: Actor
    action: Any


type Story = Generator[Step, tuple[Entry, ...], None]
"""A coroutine: it yields steps in order of time and receives the entries each one left."""
