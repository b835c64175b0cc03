"""A ledger from every release: it loads, verifies, replays, and folds to what that release folded it to. For ever.

The statuses are the release's own, on purpose: not whether they are right is asked here, but whether a later release
still reads in the record what was in it. How such files are made is in `making.py`.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from equipoise.conduct.documents import protocol_of
from equipoise.conduct.versions import standing
from equipoise.ledger import independent, read, table, verify
from equipoise.ledger.rebuilding import rebuild
from equipoise.ledger.row import COLUMNS, Row
from equipoise.projections.models import ArmRow, SubjectRow
from ledger_databases import SqliteCopies, connected
from ledgers.statuses import statuses

pytestmark = pytest.mark.db

HERE = Path(__file__).resolve().parent
RELEASES = sorted(path.name.removesuffix(".jsonl.gz") for path in HERE.glob("v*.jsonl.gz"))


def stored(release: str) -> list[tuple[Row, str, str]]:
    """The entries of a release's ledger with salt and payload; where a payload was redacted, something to strike."""
    found = []
    for line in gzip.decompress((HERE / f"{release}.jsonl.gz").read_bytes()).decode().splitlines():
        entry = json.loads(line)
        row = Row(**{name: entry[name] for name in COLUMNS})
        found.append((row, entry["salt"] or "00", entry["text"] or "{}"))
    return found


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> SqliteCopies:
    """An empty database of this release."""
    with django_db_blocker.unblock():
        return SqliteCopies(tmp_path_factory.mktemp("released"))


@pytest.fixture(scope="module", params=RELEASES)
def release(
    request: pytest.FixtureRequest,
    prepared: SqliteCopies,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: Any,
) -> Iterator[tuple[str, Path]]:
    """A release's ledger, written into tables of this one past their guards; its name and the file."""
    folder = tmp_path_factory.mktemp(request.param.replace(".", "_"))
    with prepared.copy(folder) as (url, owner), django_db_blocker.unblock(), connected(url, owner):
        table.append(stored(request.param))
        yield request.param, folder / "trial.sqlite3"


def expected(release: str) -> Any:
    """What the release folded it to."""
    return json.loads((HERE / f"{release}.statuses.json").read_text(encoding="utf-8"))


def test_there_is_a_ledger_of_a_release() -> None:
    assert "v0.1" in RELEASES


def test_it_verifies_and_every_allocation_is_replayed(release: tuple[str, Path]) -> None:
    name, _ = release
    found, wanted = verify(allocation=True), expected(name)
    assert (found.position, found.digest) == (wanted["position"], wanted["head"])
    given = sum(bool(one["randomized"] and one["randomized"][2]) for one in wanted["subjects"].values())
    assert found.allocations == len(wanted["allocations"]) - given
    assert found.contingency == given


def test_the_independent_check_agrees(release: tuple[str, Path]) -> None:
    name, file = release
    assert expected(name)["head"] in independent.check(str(file), [])


def test_it_folds_to_what_the_release_folded_it_to(release: tuple[str, Path]) -> None:
    name, _ = release
    assert json.loads(json.dumps(statuses())) == expected(name)


def test_lists_can_be_written_from_it(release: tuple[str, Path]) -> None:
    name, _ = release
    rebuild()
    wanted = expected(name)["subjects"]
    assert {row.subject: row.stage for row in SubjectRow.objects.all()} == {
        subject: one["stage"] for subject, one in wanted.items()
    }
    assert {row.subject: row.arm for row in ArmRow.objects.all()} == {
        subject: one["randomized"][0] for subject, one in wanted.items() if one["randomized"]
    }


def test_every_protocol_version_in_it_can_be_read_and_every_record_stands_in_one(release: tuple[str, Path]) -> None:
    name, _ = release
    study = read.study()
    for version, digest in expected(name)["versions"]:
        assert protocol_of(study, digest).version == version
    for book in read.casebooks().values():
        for record in book.records.values():
            assert standing(study, book, record).protocol.form(record.form).id == record.form
