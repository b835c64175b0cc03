"""What this ledger is: its trial, and whether it is a rehearsal. Its first entry says so, for ever."""

from dataclasses import dataclass

from django.db import connection

from equipoise.conduct import codec
from equipoise.kernel.errors import LedgerError
from equipoise.ledger import table


@dataclass(frozen=True, slots=True)
class Mode:
    """The trial of a ledger, and whether it is a rehearsal (then with the seed it was rehearsed from)."""

    trial: str
    rehearsal: bool
    seed: str = ""


_known: dict[str, Mode] = {}


def mode() -> Mode | None:
    """What the first entry says, or None for a ledger that is not opened yet."""
    name = database_name()
    if name not in _known:
        opening = table.first_payload()
        if opening is None:
            return None
        _known[name] = mode_of(codec.decode(*opening))
    return _known[name]


def mode_of(opening: object) -> Mode:
    """The mode an opening fact declares. Raises LedgerError for any other fact."""
    trial, rehearsal = getattr(opening, "trial", None), getattr(opening, "rehearsal", None)
    if not isinstance(trial, str) or not isinstance(rehearsal, bool):
        raise LedgerError(f"The first entry must open the trial; seen: {type(opening).__name__}.", position=1)
    return Mode(trial, rehearsal, str(getattr(opening, "seed", "")))


def forget() -> None:
    """Forget what was read: after this process turned to another database, or a test replaced the file."""
    _known.clear()


def database_name() -> str:
    """What tells this process's databases apart."""
    settings = connection.settings_dict
    return f"{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
