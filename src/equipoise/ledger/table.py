"""The statements that touch the two tables: every read of the record and the one append."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from django.db import DatabaseError, connection

from equipoise.kernel.errors import LedgerError
from equipoise.ledger.row import COLUMNS, GENESIS, Row

_ENTRY = ", ".join(f'e."{name}"' for name in COLUMNS)
_FROM = 'FROM ledger_entry e LEFT JOIN ledger_payload p ON p."position" = e."position"'

Stored = tuple[Row, str | None, str | None]
"""An entry with its salt and payload; both None once redacted."""


def last() -> Row | None:
    """The newest entry, or None in an empty ledger."""
    found = _rows(f'SELECT {_ENTRY} FROM ledger_entry e ORDER BY e."position" DESC LIMIT 1')
    return Row(*found[0]) if found else None


def head(until: int | None = None, until_time: str | None = None) -> tuple[int, str]:
    """The position and digest of the newest entry, or of the newest up to a position or moment; else (0, GENESIS)."""
    if until is None and until_time is None:
        newest = last()
        return (newest.position, newest.digest) if newest else (0, GENESIS)
    clause, value = ('"position" <= %s', until) if until is not None else ('"at" <= %s', until_time)
    found = _rows(
        f'SELECT "position", "digest" FROM ledger_entry WHERE {clause} ORDER BY "position" DESC LIMIT 1', (value,)
    )
    return (int(found[0][0]), str(found[0][1])) if found else (0, GENESIS)


def first_payload() -> tuple[str, str] | None:
    """Kind and payload of entry 1, which says what this ledger is."""
    found = _rows(f'SELECT e."kind", p."text" {_FROM} WHERE e."position" = 1')
    return (found[0][0], found[0][1]) if found else None


def version(stream: str) -> int:
    """The number of entries in a stream."""
    return int(_rows('SELECT COALESCE(MAX("version"), 0) FROM ledger_entry WHERE "stream" = %s', (stream,))[0][0])


def entries(
    stream: str | None = None,
    *,
    after_version: int = 0,
    after: int = 0,
    until: int | None = None,
    until_time: str | None = None,
    kinds: Sequence[str] | None = None,
    key: str | None = None,
) -> Iterator[Stored]:
    """Entries in the order of the chain, of one stream or of all, up to a position or a moment (inclusive)."""
    wanted: list[str] = []
    values: list[Any] = []
    for clause, value in (
        ('e."stream" = %s', stream),
        ('e."version" > %s', after_version or None),
        ('e."position" > %s', after or None),
        ('e."position" <= %s', until),
        ('e."at" <= %s', until_time),
        ('e."key" = %s', key),
    ):
        if value is not None:
            wanted.append(clause)
            values.append(value)
    if kinds is not None:
        wanted.append(f'e."kind" IN ({", ".join(["%s"] * len(kinds))})' if kinds else "1 = 0")
        values.extend(kinds)
    where = f"WHERE {' AND '.join(wanted)}" if wanted else ""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {_ENTRY}, p."salt", p."text" {_FROM} {where} ORDER BY e."position"', values)
        while rows := cursor.fetchmany(2000):
            for row in rows:
                yield Row(*row[:-2]), row[-2], row[-1]


def streams(until: int | None = None, until_time: str | None = None) -> list[str]:
    """The names of all streams, in the order of their first entries."""
    clause, values = "", []
    if until is not None:
        clause, values = 'AND "position" <= %s', [until]
    elif until_time is not None:
        clause, values = 'AND "at" <= %s', [until_time]
    found = _rows(f'SELECT "stream" FROM ledger_entry WHERE "version" = 1 {clause} ORDER BY "position"', values)
    return [row[0] for row in found]


def replacements() -> dict[int, tuple[str, str]]:
    """What stands in the place of each redacted payload: position -> (kind, payload) of the redaction."""
    redactions = 'e."redacts" IS NOT NULL AND e."kind" = \'redacted\''
    found = _rows(f'SELECT e."redacts", e."kind", p."text" {_FROM} WHERE {redactions}')
    return {row[0]: (row[1], row[2]) for row in found}


def first_unreadable(start: int) -> int | None:
    """The first position, from one on, whose entry the database cannot read; None where it reads them all."""
    for (position,) in _rows('SELECT "position" FROM ledger_entry WHERE "position" >= %s ORDER BY 1', (start,)):
        try:
            list(entries(after=position - 1, until=position))
        except (DatabaseError, UnicodeDecodeError):
            return int(position)
    return None


def orphan() -> int | None:
    """The first position that has a payload and no entry, if any."""
    missing = 'NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e."position" = p."position")'
    found = _rows(f'SELECT MIN(p."position") FROM ledger_payload p WHERE {missing}')
    return found[0][0] if found else None


def strike(position: int) -> None:
    """Remove a payload that an entry already written redacts; the database refuses any other."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT ledger_redact(%s)", (position,))
        else:
            cursor.execute('UPDATE ledger_payload SET "salt" = NULL, "text" = NULL WHERE "position" = %s', (position,))


def append(rows: Sequence[tuple[Row, str, str]]) -> None:
    """Write sealed rows, each with salt and payload, at the chain's end. Raises LedgerError if the database refuses."""
    try:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                batch = [[*row, salt, text] for row, salt, text in rows]
                for start in range(0, len(batch), 500):
                    cursor.execute("SELECT ledger_append(%s)", (json.dumps(batch[start : start + 500]),))
        else:
            _append_sqlite(rows)
        for row, _, _ in rows:
            if row.redacts is not None:
                strike(row.redacts)
    except DatabaseError as error:
        raise LedgerError(f"The database did not take the entries: {str(error).splitlines()[0]}.") from error


def _append_sqlite(rows: Sequence[tuple[Row, str, str]]) -> None:
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(COLUMNS))
        names = ", ".join(f'"{name}"' for name in COLUMNS)
        cursor.executemany(f"INSERT INTO ledger_entry ({names}) VALUES ({places})", [row for row, _, _ in rows])
        cursor.executemany(
            'INSERT INTO ledger_payload ("position", "salt", "text") VALUES (%s, %s, %s)',
            [(row.position, salt, text) for row, salt, text in rows],
        )


def _rows(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
