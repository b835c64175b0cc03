"""Database addresses: from text to Django's settings.

sqlite:////srv/trial.sqlite3      sqlite:///trial.sqlite3 (relative)      postgresql://user:password@host:5432/name
"""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from equipoise.kernel.errors import InputError

DEFAULT = "sqlite:///equipoise.sqlite3"


def application_address() -> str:
    """The address the application uses: DATABASE_URL, or a file in the working directory."""
    return os.environ.get("DATABASE_URL") or DEFAULT


def migration_address() -> str:
    """The address of the role that owns the tables: MIGRATION_DATABASE_URL, or the application's own."""
    return os.environ.get("MIGRATION_DATABASE_URL") or application_address()


def database(url: str) -> dict[str, Any]:
    """Django's settings for an address. Raises InputError for an address that names no database we can use."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InputError(
            "the database address cannot be read", seen=_shown(url), wanted=f"{_WANTED}{_ESCAPED}"
        ) from error
    match parts.scheme:
        case "sqlite" | "sqlite3":
            return _sqlite(url, parts.netloc, unquote(parts.path))
        case "postgresql" | "postgres":
            query = dict(parse_qsl(parts.query))
            name = unquote(parts.path.lstrip("/"))
            if not name:
                raise InputError("the database address names no database", seen=_shown(url), wanted=_WANTED)
            from psycopg import IsolationLevel  # only where it is used

            return {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": name,
                "USER": unquote(parts.username or ""),
                "PASSWORD": unquote(parts.password or ""),
                "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
                "PORT": str(port or query.pop("port", "")),
                # The head is read after the lock was waited for; a snapshot taken before would show an old head.
                "OPTIONS": {
                    "options": "-c lock_timeout=30s -c idle_in_transaction_session_timeout=5min",
                    **query,
                    "isolation_level": IsolationLevel.READ_COMMITTED,
                },
                "CONN_MAX_AGE": 60,
                "CONN_HEALTH_CHECKS": True,
            }
        case _:
            raise InputError("the database address cannot be used", seen=_shown(url), wanted=_WANTED)


_ESCAPED = ", its signs such as / and @ as %2F and %40"
_WANTED = "sqlite:///path/to/file.sqlite3 or postgresql://user:password@host:port/name"


def _shown(url: str) -> str:
    """An address as an error may show it: without its password."""
    return re.sub(r"(?<=://)([^:@/]*:).*(?=@)|(?<=password=)[^&]*", r"\1...", url)


def _sqlite(url: str, host: str, path: str) -> dict[str, Any]:
    if host or path in ("", "/"):
        raise InputError("the database address names no file", seen=url, wanted=_WANTED)
    name = path[1:]  # sqlite:///relative and sqlite:////absolute
    if name == ":memory:":
        raise InputError("a record cannot live in memory", seen=url, wanted=_WANTED)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(Path(name).expanduser().resolve()),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 30},  # what else it needs: `pragmas`
        "CONN_MAX_AGE": 0,
    }
