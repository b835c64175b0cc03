"""The database itself refuses to change what was written, whoever asks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from equipoise.kernel.errors import LedgerError
from equipoise.ledger import read, verify
from equipoise.ledger.row import COLUMNS

pytestmark = pytest.mark.db

_NAMES = ", ".join(f'"{name}"' for name in COLUMNS)


def _copied(**changed: str) -> str:
    """An insert of a copy of the last entry, with some columns changed to these SQL expressions."""
    values = ", ".join(changed.get(name, f'"{name}"') for name in COLUMNS)
    return f"({_NAMES}) SELECT {values} FROM ledger_entry ORDER BY position DESC LIMIT 1"


NEXT = {
    "position": "position + 1",
    "previous": "digest",
    "digest": "'" + "f" * 64 + "'",
    "version": "version + 1",
}
"""What makes a copy of the last entry the right next one, but for its digest."""

STATEMENTS = {
    "update": "UPDATE ledger_entry SET kind = 'other' WHERE position = 3",
    "update of nothing else": "UPDATE ledger_entry SET position = position",
    "delete": "DELETE FROM ledger_entry WHERE position = 3",
    "delete all": "DELETE FROM ledger_entry",
    "gap": "INSERT INTO ledger_entry " + _copied(**{**NEXT, "position": "position + 2"}),
    "same position": "INSERT INTO ledger_entry " + _copied(digest=NEXT["digest"]),
    "position zero": "INSERT INTO ledger_entry " + _copied(**{**NEXT, "position": "0"}),
    "fork": "INSERT INTO ledger_entry " + _copied(**{**NEXT, "previous": "'" + "e" * 64 + "'"}),
    "version left out": "INSERT INTO ledger_entry " + _copied(**{**NEXT, "version": "version + 2"}),
    "version again": "INSERT INTO ledger_entry " + _copied(**{**NEXT, "version": "version"}),
    "other trial": "INSERT INTO ledger_entry " + _copied(**{**NEXT, "trial": "'another'"}),
    "earlier time": "INSERT INTO ledger_entry " + _copied(**{**NEXT, "at": "'2001-01-01T00:00:00.000000Z'"}),
    "upsert": "INSERT INTO ledger_entry "
    + _copied(digest=NEXT["digest"]).replace(" ORDER BY position DESC LIMIT 1", " WHERE position = 3")
    + " ON CONFLICT (position) DO UPDATE SET kind = 'other'",
    "payload update": "UPDATE ledger_payload SET text = '{}' WHERE position = 3",
    "payload nulled without a redaction": "UPDATE ledger_payload SET text = NULL, salt = NULL WHERE position = 3",
    "payload delete": "DELETE FROM ledger_payload WHERE position = 3",
    "payload written again": "INSERT INTO ledger_payload (position, salt, text) VALUES (3, 'ab', '{}')",
    "payload without entry": "INSERT INTO ledger_payload (position, salt, text) VALUES (999, 'ab', '{}')",
}
SQLITE_ONLY = {
    "replace": "REPLACE INTO ledger_entry " + _copied(digest=NEXT["digest"]),
    "replace an old one": "REPLACE INTO ledger_entry "
    + _copied(digest=NEXT["digest"]).replace("ORDER BY position DESC LIMIT 1", "WHERE position = 3"),
    "replace by digest": "INSERT OR REPLACE INTO ledger_entry " + _copied(position="position + 1"),
    "payload replaced": "REPLACE INTO ledger_payload (position, salt, text) VALUES (3, 'ab', '{}')",
    "update or replace": "UPDATE OR REPLACE ledger_entry SET position = 4 WHERE position = 3",
}
POSTGRES_ONLY = {
    "truncate": "TRUNCATE ledger_entry",
    "truncate payloads": "TRUNCATE ledger_payload",
    "delete from only": "DELETE FROM ONLY ledger_entry WHERE position = 1",
}


REFUSALS = (
    "append-only|a database holds one trial|never decreases|needs its entry|permission denied|must be owner|"
    "duplicate key value"
)
"""The sentences of the guards; a mere slip in a statement must not count as a refusal."""


def _refused_and_unchanged(execute: Callable[[str], None], refusal: type[Exception], statement: str) -> None:
    before = [(entry.header.position, entry.fact) for entry in read.entries()]
    with pytest.raises(refusal, match=REFUSALS):
        execute(statement)
    assert [(entry.header.position, entry.fact) for entry in read.entries()] == before
    assert verify().position == before[-1][0]


@pytest.mark.parametrize("what", STATEMENTS)
def test_application_cannot_change_the_ledger(untouched, what: str) -> None:
    _refused_and_unchanged(_execute, DatabaseError, STATEMENTS[what])


@pytest.mark.parametrize("untouched", ["sqlite"], indirect=True)
@pytest.mark.parametrize("what", SQLITE_ONLY)
def test_sqlite_cannot_replace_rows(untouched, what: str) -> None:
    _refused_and_unchanged(_execute, DatabaseError, SQLITE_ONLY[what])


@pytest.mark.parametrize("untouched", ["sqlite"], indirect=True)
def test_replace_is_refused_even_without_recursive_triggers(untouched) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers=OFF")
    _refused_and_unchanged(_execute, DatabaseError, SQLITE_ONLY["replace an old one"])


@pytest.mark.parametrize("untouched", ["postgresql"], indirect=True)
@pytest.mark.parametrize("what", [*STATEMENTS, *POSTGRES_ONLY])
def test_owner_of_the_tables_cannot_change_them_either(untouched, what: str) -> None:

    def as_owner(statement: str) -> None:
        with psycopg.connect(untouched.owner) as owner:
            owner.execute(statement)

    _refused_and_unchanged(as_owner, psycopg.Error, {**STATEMENTS, **POSTGRES_ONLY}[what])


@pytest.mark.parametrize("untouched", ["postgresql"], indirect=True)
def test_replication_role_does_not_switch_the_guards_off(untouched) -> None:

    def as_replica(statement: str) -> None:
        with psycopg.connect(untouched.owner) as owner:
            owner.execute("SET session_replication_role = replica")
            owner.execute(statement)

    _refused_and_unchanged(as_replica, psycopg.Error, STATEMENTS["update"])


@pytest.mark.parametrize("untouched", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO ledger_entry " + _copied(**NEXT),
        "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
        "DROP TABLE ledger_entry",
        "DROP TRIGGER ledger_entry_no_change ON ledger_entry",
        "SET session_replication_role = replica",
        "SELECT ledger_redact(3)",
    ],
)
def test_application_role_owns_nothing(untouched, statement: str) -> None:
    _refused_and_unchanged(_execute, DatabaseError, statement)


def _execute(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


class _Elsewhere:
    """A database engine nobody has written guards for."""

    class connection:
        vendor = "oracle"

        @staticmethod
        @contextmanager
        def cursor() -> Iterator[None]:
            yield


def test_an_unguarded_engine_is_refused_by_name() -> None:
    """No ledger is ever made where the database would let it be changed."""
    guard = import_module("equipoise.ledger.migrations.0002_append_only").guard
    with pytest.raises(LedgerError, match="'oracle' cannot keep a ledger: only SQLite and PostgreSQL are guarded"):
        guard(None, _Elsewhere)
