"""Prepared databases to copy. Append-only triggers forbid the usual flush, so every test gets a database of its own."""

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from equipoise.ledger import connecting

APPLICATION_ROLE = "equipoise_app"
"""Owns nothing: reads the ledger, appends through the function, changes the other tables."""


def named(url: str, database: str, user: str | None = None) -> str:
    """The address of another database on the same server, perhaps as another user."""
    parts = urlsplit(url)
    netloc = parts.netloc if user is None else f"{user}@{parts.netloc.rpartition('@')[2]}"
    return urlunsplit(parts._replace(netloc=netloc, path=f"/{database}"))


@contextmanager
def connected(url: str, migration: str | None = None, *, create: bool = False) -> Iterator[None]:
    """This process turned to a database; the connection is closed at the end, the environment as it was."""
    names = ("DATABASE_URL", "MIGRATION_DATABASE_URL")
    before = {name: os.environ.get(name) for name in names}
    os.environ.pop("MIGRATION_DATABASE_URL", None)
    if migration:
        os.environ["MIGRATION_DATABASE_URL"] = migration
    try:
        connecting.connect(url, create=create)
        yield
    finally:
        from django.db import connections

        connections.close_all()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class SqliteCopies:
    """Copies of one prepared SQLite file, perhaps with something in it."""

    def __init__(self, folder: Path, fill: Callable[[], None] | None = None) -> None:
        self._template = folder / "template.sqlite3"
        with connected(f"sqlite:///{self._template}", create=True):
            connecting.prepare()
            if fill is not None:
                fill()

    @contextmanager
    def copy(self, folder: Path) -> Iterator[tuple[str, str | None]]:
        """A copy, as (application address, migration address)."""
        file = folder / "trial.sqlite3"
        shutil.copy(self._template, file)
        yield f"sqlite:///{file}", None


class PostgresCopies:
    """Databases made from one prepared PostgreSQL template, perhaps with something in it."""

    def __init__(self, server: str, fill: Callable[[], None] | None = None) -> None:
        self._server, self._template = server, f"equipoise_template_{uuid.uuid4().hex[:8]}"
        with psycopg.connect(server, autocommit=True) as admin:
            with suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):  # another worker's, perhaps
                admin.execute(f"CREATE ROLE {APPLICATION_ROLE} LOGIN")
            admin.execute(f"CREATE DATABASE {self._template}")
        with connected(named(server, self._template, APPLICATION_ROLE), named(server, self._template)):
            connecting.prepare()
            if fill is not None:
                fill()

    @contextmanager
    def copy(self, folder: Path) -> Iterator[tuple[str, str | None]]:
        """A copy, as (application address, migration address)."""
        name = f"trial_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self._server, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {self._template}")
            try:
                yield named(self._server, name, APPLICATION_ROLE), named(self._server, name)
            finally:
                admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def drop(self) -> None:
        """Remove the template."""
        with psycopg.connect(self._server, autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {self._template} WITH (FORCE)")
