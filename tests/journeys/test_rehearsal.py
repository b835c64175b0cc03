"""A rehearsal from its first day to its analysis: the same chain again, the same past again, the same figures in R."""

import csv
import shutil
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from math import isnan
from pathlib import Path
from typing import Any

import pytest

from equipoise.conduct.casebook import Casebook
from equipoise.protocols import names
from ledger_databases import connected
from programs import cannot_run

pytestmark = pytest.mark.slow

SUBJECTS = 24
EVERY = 211
"""After how many acts the states are looked at while the rehearsal goes on."""


@dataclass(frozen=True)
class Look:
    """What was shown at a moment: the position and every casebook as it then was."""

    position: int
    casebooks: dict[str, Casebook]
    allocated: int


@dataclass(frozen=True)
class Acted:
    """A rehearsed trial and the looks taken at it on the way."""

    url: str
    looks: tuple[Look, ...]


def act_out_into(url: str, protocol: str, *, subjects: int, seed: str = "journey") -> str:
    """Rehearse a shipped protocol from a fixed day; the head of the chain."""
    from equipoise.cli.protocols import open_protocol, translations_of
    from equipoise.ledger import connecting
    from equipoise.ledger.rehearsing import act_out

    loaded = open_protocol(protocol)
    with connected(url, create=True):
        connecting.prepare()
        told = act_out(
            loaded, translations=translations_of(protocol, loaded.protocol), subjects=subjects, seed=seed,
            start=date(2022, 1, 10), until=None, sites=3, scenario="",
        )  # fmt: skip
    assert told.randomized == subjects
    return told.head


@pytest.fixture(scope="module")
def acted(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Acted:
    """The flagship rehearsed, and looked at every so many acts while it went on."""
    from equipoise.ledger import read, rehearsing

    url = f"sqlite:///{tmp_path_factory.mktemp('acted') / 'trial.sqlite3'}"
    looks: list[Look] = []
    count = 0
    before = rehearsing.perform

    def looking(*given: Any, **how: Any) -> Any:
        nonlocal count
        entries = before(*given, **how)
        count += 1
        if count % EVERY == 0:
            books = {subject: deepcopy(read.casebook(subject)) for subject in read.subjects()}
            looks.append(Look(entries[-1].header.position, books, len(read.study().allocations)))
        return entries

    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(rehearsing, "perform", looking)
        act_out_into(url, "nct07014202", subjects=SUBJECTS)
    return Acted(url, tuple(looks))


@pytest.fixture
def record(acted: Acted, django_db_blocker: Any) -> Iterator[Acted]:
    """The rehearsed record, connected, to be read."""
    with django_db_blocker.unblock(), connected(acted.url):
        yield acted


@pytest.mark.parametrize("protocol", names())
def test_same_seed_and_start_give_the_same_chain(protocol: str, tmp_path: Path, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        heads = [
            act_out_into(f"sqlite:///{tmp_path / name}.sqlite3", protocol, subjects=4, seed=seed)
            for name, seed in (("first", "7"), ("again", "7"), ("other", "8"))
        ]
    assert heads[0] == heads[1]
    assert heads[2] != heads[0]


def test_any_past_position_shows_what_was_shown_then(record: Acted) -> None:
    from equipoise.ledger import read

    assert len(record.looks) >= 5
    for look in record.looks:
        assert read.casebooks(as_of=look.position) == look.casebooks
        assert len(read.study(as_of=look.position).allocations) == look.allocated
    first, last = record.looks[0].casebooks, record.looks[-1].casebooks
    assert any(last[subject] != book for subject, book in first.items())  # and it did go on
    subject = next(iter(first))
    assert read.casebook(subject, as_of=record.looks[0].position) == first[subject]


def test_past_moment_is_the_past_position_of_its_last_entry(record: Acted) -> None:
    from equipoise.ledger import read

    for look in record.looks[::3]:
        (entry,) = read.entries(after=look.position - 1, as_of=look.position)
        later = [
            one.header.position for one in read.entries(after=look.position, as_of=entry.header.at)
        ]  # entries of the same instant
        position = max([look.position, *later])
        assert read.casebooks(as_of=entry.header.at) == read.casebooks(as_of=position)


def test_rebuilt_projections_equal_the_live_ones(record: Acted, tmp_path: Path) -> None:
    from equipoise.ledger.rebuilding import rebuild
    from equipoise.projections.models import ArmRow, DueRow, ReviewRow, SubjectRow

    def rows() -> list[list[Any]]:
        tables = ((SubjectRow, ()), (ArmRow, ()), (DueRow, ("id",)), (ReviewRow, ()))
        found = []
        for table, left_out in tables:
            fields = [one.attname for one in table._meta.concrete_fields if one.attname not in left_out]
            found.append(sorted(map(repr, table.objects.values_list(*fields))))
        return found

    shutil.copytree(Path(record.url.removeprefix("sqlite:///")).parent, tmp_path / "copy")
    with connected(f"sqlite:///{tmp_path / 'copy' / 'trial.sqlite3'}"):
        live = rows()
        assert all(len(table) >= SUBJECTS for table in live[:2])
        SubjectRow.objects.all().delete()
        ArmRow.objects.all().delete()
        DueRow.objects.all().delete()
        rebuild()
        assert rows() == live


def test_record_and_allocations_verify(record: Acted) -> None:
    from equipoise.ledger import verify

    assert verify(allocation=True).allocations == SUBJECTS


R = """
library(survival)
d <- read.csv(commandArgs(TRUE)[1], stringsAsFactors = FALSE)
d$treated <- as.integer(d$arm == "rt")
strata <- grep("^stratum", names(d), value = TRUE)
f <- as.formula(paste("Surv(time, event) ~ treated +", paste0("strata(", strata, ")", collapse = " + ")))
fit <- coxph(f, d, ties = "efron")
ci <- exp(coef(fit) + c(-1, 1) * qnorm(0.975) * sqrt(vcov(fit)[1, 1]))
say <- function(name, ...) cat(name, sub("NA", "NaN", sprintf("%.17g", c(...))), "\\n")
say("chisq", survdiff(f, d)$chisq)
say("hr", exp(coef(fit)), ci)
for (arm in unique(d$arm)) {
  x <- d[d$arm == arm, ]
  m <- summary(survfit(Surv(time, event) ~ 1, x, conf.type = "log"))$table
  say(arm, nrow(x), sum(x$event), m["median"])
}
"""


@pytest.fixture(scope="module")
def r_script() -> str:
    """Rscript with the package `survival`."""
    found = shutil.which("Rscript")
    if found is None:
        cannot_run("no Rscript: install R to compare with its figures")
    asked = subprocess.run([found, "-e", "library(survival)"], capture_output=True, check=False)
    if asked.returncode != 0:
        cannot_run("R is without the package survival")
    return found


@pytest.mark.parametrize("endpoint", ["pfs", "os"])
def test_analysis_gives_the_figures_of_r(record: Acted, r_script: str, endpoint: str, tmp_path: Path) -> None:
    from equipoise.analysis.times import time_rows
    from equipoise.cli.protocols import open_protocol
    from equipoise.ledger import read
    from equipoise.ledger.analysing import analyse_record, data_cut

    loaded = open_protocol("nct07014202")
    protocol = loaded.protocol
    cut = data_cut(loaded.digest, cutoff=None, as_of=None)
    rows = time_rows(protocol, protocol.endpoint(endpoint), list(read.casebooks().values()), cut)
    table = tmp_path / "rows.csv"
    with table.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["time", "event", "arm", *(f"stratum_{one}" for one in protocol.analysis.strata)])
        for row in rows:
            levels = dict(row.levels)
            strata = [levels[one] for one in protocol.analysis.strata]
            out.writerow([repr(row.months), int(row.time.is_event), row.arm, *strata])
    done = subprocess.run(
        [r_script, "-e", R, str(table)], capture_output=True, text=True, check=False, timeout=120
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    theirs = {name: list(map(float, figures)) for name, *figures in map(str.split, done.stdout.splitlines())}

    found = analyse_record(loaded, cutoff=None, as_of=None)
    (ours,) = (one for one in found["endpoints"] if one["id"] == endpoint)
    groups = {group["arm"]: group for group in ours["groups"]}
    assert set(groups) == {"rt", "control"}
    for arm, group in groups.items():
        n, events, median = theirs[arm]
        assert (group["n"], group["events"]) == (n, events)
        if isnan(median):
            assert group["median"]["value"] is None
        else:
            assert group["median"]["value"] == pytest.approx(median, rel=1e-9)
    (contrast,) = ours["contrasts"]
    assert contrast["logrank"]["z"] ** 2 == pytest.approx(theirs["chisq"][0], rel=1e-8)
    ratio = next(one for one in contrast["hazard_ratios"] if one["level"] == 0.95)
    assert [ratio["value"], ratio["lower"], ratio["upper"]] == pytest.approx(theirs["hr"], rel=1e-6)
