"""From an address to a database ready for use: Django set up, tables guarded, the application's role let in."""

import gc
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, connections

from equipoise.kernel.errors import InputError, LedgerError
from equipoise.ledger import address


def connect(url: str | None = None, *, create: bool = False) -> None:
    """Turn this process to a database. Without `create` an SQLite file must exist. Raises InputError."""
    given = url or address.application_address()
    wanted = address.database(given)
    if not create and wanted["ENGINE"].endswith("sqlite3") and not Path(wanted["NAME"]).is_file():
        raise InputError("there is no such database", file=wanted["NAME"], wanted="one made by `equipoise open`")
    if create and wanted["ENGINE"].endswith("sqlite3") and not Path(wanted["NAME"]).parent.is_dir():
        raise InputError("there is no such folder", file=str(Path(wanted["NAME"]).parent))
    if create and wanted["ENGINE"].endswith("sqlite3"):
        _own(Path(wanted["NAME"]))
    if wanted["ENGINE"].endswith("sqlite3"):
        _check_file(Path(wanted["NAME"]))
    os.environ["DATABASE_URL"] = given
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "equipoise.web.settings")
    if not apps.ready:
        django.setup()
        gc.set_threshold(
            50_000, 20, 50
        )  # facts live long and form no cycles: looking for them costs a fifth of a replay
    migration = address.database(address.migration_address())
    _turn("default", wanted)
    _turn("migration", migration if _place(migration) != _place(wanted) else None)


def _own(file: Path) -> None:
    """Make a new database file its owner's alone, before anything is in it."""
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise InputError(f"the database cannot be written: {error.strerror}", file=str(file)) from error


def _check_file(file: Path) -> None:
    try:
        with file.open("rb") as content:
            start = content.read(16)
    except OSError as error:
        raise InputError(f"the database cannot be read: {error.strerror}", file=str(file)) from error
    if start not in (b"", b"SQLite format 3\0"):
        raise InputError("this file is no SQLite database", file=str(file), seen=start[:12])


@contextmanager
def errors() -> Iterator[None]:
    """Say what a database refuses as a LedgerError: one sentence, whatever the driver."""
    try:
        yield
    except (DatabaseError, UnicodeDecodeError) as error:  # a damaged file's text is no text
        text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise LedgerError(f"The database cannot be used: {text}.") from error


def prepare() -> None:
    """Make the tables or bring them up to date, with their guards, and let the application's role in."""
    from django.core.management import call_command

    _forget()
    alias = "migration" if "migration" in settings.DATABASES else "default"
    with errors():
        call_command("migrate", database=alias, verbosity=0, interactive=False)
        if alias == "migration" and connections[alias].vendor == "postgresql":
            _let_in(settings.DATABASES["default"]["USER"])


def require_ledger() -> None:
    """Raise LedgerError where the database holds no ledger."""
    with errors():
        names = connection.introspection.table_names()
    if "ledger_entry" not in names:
        raise LedgerError("This database holds no ledger. Open one with `equipoise open FILE --database URL`.")


_LEDGER_TABLES = ("ledger_entry", "ledger_payload")


def _let_in(role: str) -> None:
    """The application reads the ledger and appends through the function; everything else it may change."""
    with connections["migration"].cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] == role:
            return
        quote = connections["migration"].ops.quote_name
        name = quote(role)
        cursor.execute("SELECT current_schema()")
        schema = quote(cursor.fetchone()[0])
        cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO {name}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {name}")
        for table in connections["migration"].introspection.table_names():
            rights = "SELECT" if table in _LEDGER_TABLES else "SELECT, INSERT, UPDATE, DELETE"
            cursor.execute(f"REVOKE ALL ON {quote(table)} FROM {name}")
            cursor.execute(f"GRANT {rights} ON {quote(table)} TO {name}")
        cursor.execute(f"GRANT EXECUTE ON FUNCTION ledger_append(text), ledger_redact(bigint) TO {name}")


def _place(database: Mapping[str, Any] | None) -> tuple[str, ...] | None:
    """What tells two databases, or two roles in one, apart."""
    if database is None:
        return None
    return tuple(str(database.get(name) or "") for name in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT"))


def _turn(alias: str, wanted: dict[str, Any] | None) -> None:
    """Point one of Django's connections at a database, and forget what was known of the one before."""
    if _place(settings.DATABASES.get(alias)) == _place(wanted):
        return
    if alias in settings.DATABASES:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]
        settings.DATABASES.pop(alias, None)
    if wanted is not None:
        configured = connections.configure_settings({"default": wanted})["default"]
        connections.settings[alias] = settings.DATABASES[alias] = configured
    _forget()


def _forget() -> None:
    """Forget everything known of a database: it may be another one, or a new one in the old one's place."""
    from equipoise.ledger import mode, states

    mode.forget()
    states.forget()
