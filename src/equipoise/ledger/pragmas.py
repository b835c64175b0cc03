"""How every SQLite connection is set before its first use; a file that cannot be read so is closed again at once."""

from typing import Any

from django.db.backends.signals import connection_created

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",
    "PRAGMA cache_size=-16000",
    "PRAGMA secure_delete=ON",  # what is erased leaves no trace in the file
)


def listen() -> None:
    """Begin to set connections; called once, when Django is ready.

    Django's own `init_command` would leave the file open where the first PRAGMA finds it damaged.
    """
    connection_created.connect(_set, dispatch_uid="equipoise.pragmas")


def _set(connection: Any, **_: Any) -> None:
    if connection.vendor != "sqlite":
        return
    try:
        for pragma in PRAGMAS:
            connection.connection.execute(pragma)
    except BaseException:
        connection.close()
        raise
