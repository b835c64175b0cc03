"""One rehearsed trial for many tests: made once, read by all, copied by whoever changes it."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ledger_databases import connected

SUBJECTS = 8


@dataclass(frozen=True)
class Rehearsed:
    """A rehearsal's folder (record and keys), and the one password of its cast."""

    folder: Path
    password: str

    @property
    def file(self) -> Path:
        """The record."""
        return self.folder / "trial.sqlite3"

    @property
    def url(self) -> str:
        """The record's address."""
        return f"sqlite:///{self.file}"

    @contextmanager
    def copied(self, folder: Path) -> Iterator["Rehearsed"]:
        """A copy to change, with this process turned to it."""
        shutil.copytree(self.folder, folder)
        copy = Rehearsed(folder, self.password)
        with connected(copy.url):
            yield copy


def rehearse_once(folder: Path, *, subjects: int = SUBJECTS) -> Rehearsed:
    """Act out the flagship with a few participants at two sites."""
    from equipoise.cli.protocols import open_protocol, translations_of
    from equipoise.ledger import connecting
    from equipoise.ledger.rehearsing import act_out, make_accounts

    loaded = open_protocol("nct07014202")
    with connected(f"sqlite:///{folder / 'trial.sqlite3'}", create=True):
        connecting.prepare()
        act_out(
            loaded, translations=translations_of("nct07014202", loaded.protocol), subjects=subjects, seed="tests",
            start=date(2025, 1, 6), until=date(2026, 6, 30), sites=2, scenario="",
        )  # fmt: skip
        return Rehearsed(folder, make_accounts(sites=2))


def rehearsed_by_one(shared: Path) -> Rehearsed:
    """The rehearsed trial under a folder that several processes share: the first to ask makes it, the others wait."""
    made, password = shared / "rehearsed-once", shared / "rehearsed-once.password"
    with (shared / "rehearsed-once.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not password.exists():  # it is written last: what was left unfinished is made again
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir()
            password.write_text(rehearse_once(made).password, encoding="utf-8")
        return Rehearsed(made, password.read_text(encoding="utf-8"))
