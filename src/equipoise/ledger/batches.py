"""The batch a thread has open, if any: a rehearsal writes many acts in one transaction."""

import threading
from typing import Protocol


class Settling(Protocol):
    """What a batch must be able to do for readers."""

    def settle(self) -> None:
        """Hand what is waiting to the database."""


class _Open(threading.local):
    pen: Settling | None = None


OPEN = _Open()
"""This thread's open batch."""


def settle() -> None:
    """Inside a batch, hand what is waiting to the database, so that this thread reads every act performed so far."""
    if OPEN.pen is not None:
        OPEN.pen.settle()
