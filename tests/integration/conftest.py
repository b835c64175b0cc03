"""A ledger of one's own for every test, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ledger_databases import PostgresCopies, SqliteCopies, connected


@dataclass(frozen=True)
class Database:
    """A prepared, empty database this process is turned to. `owner` is the address that may do more, on PostgreSQL."""

    vendor: str
    url: str
    owner: str | None
    folder: Path


@pytest.fixture(scope="session")
def sqlite_copies(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> SqliteCopies:
    """The prepared SQLite file."""
    with django_db_blocker.unblock():
        return SqliteCopies(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_copies(postgres_url: str, django_db_blocker: Any) -> Iterator[PostgresCopies]:
    """The prepared PostgreSQL template."""
    with django_db_blocker.unblock():
        copies = PostgresCopies(postgres_url)
    yield copies
    copies.drop()


@pytest.fixture(params=[pytest.param("sqlite"), pytest.param("postgresql")])
def database(
    request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """An empty database; keys and attachments lie in the test's own folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    copies = request.getfixturevalue("sqlite_copies" if request.param == "sqlite" else "postgres_copies")
    with (
        copies.copy(tmp_path) as (url, owner),
        django_db_blocker.unblock(),
        connected(url, owner),
    ):
        yield Database(request.param, url, owner, tmp_path)
