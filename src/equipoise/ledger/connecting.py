"""From an address to a database ready for use: Django set up, tables guarded, the application's role let in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    os.environ["DATABASE_URL"] = given
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "equipoise.web.settings")
    if not apps.ready:
        django.setup()
    if settings.DATABASES["default"].get("NAME") != wanted["NAME"] or _place("default") != _place_of(wanted):
        _turn(wanted)


def _own(file: Path) -> None:
    """Make a new database file its owner's alone, before anything is in it."""
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise InputError(f"the database cannot be written: {error.strerror}", file=str(file)) from error


@contextmanager
def errors() -> Iterator[None]:
    """Say what a database refuses as a LedgerError: one sentence, whatever the driver."""
    try:
        yield
    except DatabaseError as error:
        text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise LedgerError(f"The database cannot be used: {text}.") from error


def prepare() -> None:
    """Make the tables or bring them up to date, with their guards, and let the application's role in."""
    from django.core.management import call_command

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


def _place(alias: str) -> tuple[str, ...]:
    return _place_of(settings.DATABASES[alias])


def _place_of(database: dict[str, object]) -> tuple[str, ...]:
    return tuple(str(database.get(name, "")) for name in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT"))


def _turn(wanted: dict[str, object]) -> None:
    """Point Django at another database, and forget everything known of the old one."""
    from equipoise.ledger import mode, states

    connections["default"].close()
    del connections["default"]
    configured = connections.configure_settings({"default": wanted})["default"]
    connections.settings["default"] = settings.DATABASES["default"] = configured
    migration = address.migration_address()
    if migration == address.application_address():
        settings.DATABASES.pop("migration", None)
        connections.settings.pop("migration", None)
    mode.forget()
    states.forget()
