"""What commands on a database share: the address option, and Django set up only when a command runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

option = click.option(
    "--database",
    "database_url",
    metavar="URL",
    help="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME; default: DATABASE_URL, or a file in this folder.",
)
"""Adds `--database URL` to a command."""


@contextmanager
def ledger(url: str | None) -> Iterator[None]:
    """A database that holds a ledger, ready for use. Raises InputError or LedgerError; never a driver's own error."""
    from equipoise.ledger import connecting

    connecting.connect(url)
    with connecting.errors():
        connecting.require_ledger()
        yield


@contextmanager
def new_ledger(url: str | None) -> Iterator[None]:
    """A database with its tables made or brought up to date, whether or not a trial is opened in it."""
    from equipoise.ledger import connecting

    connecting.connect(url, create=True)
    with connecting.errors():
        connecting.prepare()
        yield


def as_of_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds `--as-of`: a ledger position, or a moment with its zone."""
    return click.option("--as-of", "as_of", metavar="TIME", help="A ledger position, or a moment with its zone.")(
        command
    )


def moment_of(text: str | None) -> Any:
    """What `--as-of` says: a position, an aware moment, or None. A bare date means its last moment, UTC."""
    from datetime import UTC, date, datetime, time

    from equipoise.kernel.errors import InputError

    if text is None:
        return None
    if text.isascii() and text.isdigit():
        return int(text)
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time.max, UTC)
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InputError("--as-of is no moment", seen=text, wanted="a position, or such as 2026-01-31T09:30:00Z")
    return found
