"""A ledger of one's own for every test, on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ledger_databases import PostgresCopies, SqliteCopies, connected
from rehearsed_trial import Rehearsed

Write = Callable[[str], str]


@dataclass(frozen=True)
class Database:
    """A prepared, empty database this process is turned to. `owner` is the address that may do more, on PostgreSQL."""

    vendor: str
    url: str
    owner: str | None
    folder: Path


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a table, given as lines, and return its path."""

    def save(text: str) -> str:
        path = tmp_path / "table.csv"
        path.write_text(text.strip() + "\n")
        return str(path)

    return save


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


@pytest.fixture(scope="session")
def sqlite_opened(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> SqliteCopies:
    """An SQLite file in which a trial is opened and three people are pre-screened."""
    from ledger_world import three_people  # needs Django's apps, which are not there yet when this file is read

    with django_db_blocker.unblock():
        return SqliteCopies(tmp_path_factory.mktemp("sqlite"), three_people)


@pytest.fixture(scope="session")
def postgres_opened(postgres_url: str, django_db_blocker: Any) -> Iterator[PostgresCopies]:
    """A PostgreSQL template in which a trial is opened and three people are pre-screened."""
    from ledger_world import three_people

    with django_db_blocker.unblock():
        copies = PostgresCopies(postgres_url, three_people)
    yield copies
    copies.drop()


@pytest.fixture(scope="module")
def module_ledger(
    sqlite_copies: SqliteCopies, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[Database]:
    """An empty SQLite database for the tests of one module together, with keys and attachments of its own."""
    from django.core.cache import cache

    folder = tmp_path_factory.mktemp("module")
    with (
        pytest.MonkeyPatch.context() as patch,
        sqlite_copies.copy(folder) as (url, owner),
        django_db_blocker.unblock(),
        connected(url, owner),
    ):
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        cache.clear()
        yield Database("sqlite", url, owner, folder)


@pytest.fixture(scope="module")
def trial(
    rehearsed: Rehearsed, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[Rehearsed]:
    """A rehearsed trial of the module's own, to be changed and read by its tests."""
    from django.core.cache import cache

    cache.clear()
    with django_db_blocker.unblock(), rehearsed.copied(tmp_path_factory.mktemp("rehearsal") / "trial") as copy:
        yield copy


@pytest.fixture(params=[pytest.param("sqlite"), pytest.param("postgresql")])
def database(
    request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """An empty database; keys and attachments lie in the test's own folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    copies = request.getfixturevalue("sqlite_copies" if request.param == "sqlite" else "postgres_copies")
    with copies.copy(tmp_path) as (url, owner), django_db_blocker.unblock(), connected(url, owner):
        yield Database(request.param, url, owner, tmp_path)


@pytest.fixture(params=[pytest.param("sqlite"), pytest.param("postgresql")])
def opened(
    request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Database]:
    """A database in which a trial is opened and three people are pre-screened, to be done with as one likes."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    copies = request.getfixturevalue("sqlite_opened" if request.param == "sqlite" else "postgres_opened")
    with copies.copy(tmp_path) as (url, owner), django_db_blocker.unblock(), connected(url, owner):
        yield Database(request.param, url, owner, tmp_path)


@pytest.fixture(scope="session")
def untouched_sqlite(sqlite_opened: SqliteCopies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One copy of the opened SQLite file."""
    folder = tmp_path_factory.mktemp("untouched")
    with sqlite_opened.copy(folder) as (url, owner):
        yield Database("sqlite", url, owner, folder)


@pytest.fixture(scope="session")
def untouched_postgresql(
    postgres_opened: PostgresCopies, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """One copy of the opened PostgreSQL template."""
    folder = tmp_path_factory.mktemp("untouched")
    with postgres_opened.copy(folder) as (url, owner):
        yield Database("postgresql", url, owner, folder)


@pytest.fixture(params=[pytest.param("sqlite"), pytest.param("postgresql")])
def untouched(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[Database]:
    """The same opened database for every test that only tries to change it, and must not succeed."""
    shared: Database = request.getfixturevalue(f"untouched_{request.param}")
    with django_db_blocker.unblock(), connected(shared.url, shared.owner):
        yield shared
