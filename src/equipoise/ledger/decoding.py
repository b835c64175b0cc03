"""Stored rows to entries: the fact decoded, the circumstances as they were."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache

from equipoise.conduct import codec
from equipoise.conduct.entry import Actor, Authentication, Entry, Header, Origin
from equipoise.kernel.errors import InputError, LedgerError
from equipoise.ledger import table
from equipoise.ledger.row import Row


def entries(stored: Iterable[table.Stored]) -> Iterator[Entry]:
    """Decode entries. A redacted payload is read as its replacement. Raises LedgerError for what cannot be read."""
    replaced: dict[int, str] | None = None
    for row, _, text in stored:
        if text is None:
            if replaced is None:
                replaced = replacements()
            text = replaced.get(row.position)
            if text is None:
                raise LedgerError(f"Entry {row.position} has no payload and no redaction says why.", row.position)
        yield Entry(header(row), codec.decode(row.kind, text))


def replacements() -> dict[int, str]:
    """What each redacted payload is read as, by position."""
    return {struck: codec.decode(kind, text).replacement for struck, (kind, text) in table.replacements().items()}


def header(row: Row) -> Header:
    """The circumstances of an entry."""
    return Header(
        position=row.position,
        stream=row.stream,
        version=row.version,
        at=moment(row.at),
        actor=_actor(row.actor, row.role, row.site, row.actor_name, row.delegation, row.authentication),
        origin=_ORIGINS[row.origin],
        reason=row.reason,
        protocol=row.protocol,
        software=row.software,
    )


def moment(text: str) -> datetime:
    """The moment a stored time names."""
    return datetime.fromisoformat(text)


def moment_text(at: datetime) -> str:
    """The one text of a moment: UTC, microseconds, fixed width, so that texts sort as moments do.

    Raises InputError for a moment that UTC has no date for.
    """
    try:
        text = at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    except OverflowError as error:
        raise InputError("the moment lies outside the years 1 to 9999", seen=at.isoformat()) from error
    return f"{text}Z"


_ORIGINS = {origin.value: origin for origin in Origin}


@lru_cache(maxsize=4096)
def _actor(user: str, role: str, site: str, name: str, delegation: str, authentication: str) -> Actor:
    return Actor(user, role, site or None, name, delegation, Authentication(authentication))
