"""A rehearsal conducted cleanly observes exactly what the simulator observes of the same participants.

On one side: actions, forms, lesions measured, RECIST, the randomization engine on the ledger, the analysis of a cut.
On the other: the compiled kernel. They share the seed, and nothing else passes between them.
"""

import csv
import json
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from equipoise.ledger.comparing import Comparison
from ledger_databases import connected

pytestmark = pytest.mark.slow


def rehearsed(url: str, protocol: str, *, subjects: int, seed: str, conduct: str, scenario: str = "") -> Comparison:
    from equipoise.cli.protocols import open_protocol
    from equipoise.ledger import connecting
    from equipoise.ledger.comparing import compare_record
    from equipoise.ledger.rehearsing import act_out

    loaded = open_protocol(protocol)
    with connected(url, create=True):
        connecting.prepare()
        act_out(
            loaded, translations=(), subjects=subjects, seed=seed, start=date(2022, 1, 10), until=None, sites=3,
            scenario=scenario, conduct=conduct,
        )  # fmt: skip
        return compare_record(loaded)


@pytest.mark.parametrize(
    ("protocol", "subjects", "scenario"),
    [
        ("nct07014202", 20, ""),
        ("nct07014202", 8, "control_70_hr_100"),
        ("sabr-comet", 20, ""),
        ("three-arm-drug", 20, ""),
    ],
)
def test_clean_conduct_is_the_simulator_participant_by_participant(
    protocol: str, subjects: int, scenario: str, tmp_path: Path, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock():
        found = rehearsed(
            f"sqlite:///{tmp_path / 'trial.sqlite3'}", protocol, subjects=subjects, seed="agree", conduct="clean",
            scenario=scenario,
        )  # fmt: skip
    assert len(found.pairs) == subjects
    assert {pair.rehearsed.subject: pair.differs for pair in found.pairs if pair.differs} == {}
    # And there was something to agree on.
    assert len({pair.arm for pair in found.pairs}) >= 2
    assert Counter(pair.pfs.event for pair in found.pairs)[True] >= subjects // 4
    assert any(pair.os.event for pair in found.pairs)
    assert any(pair.latent_progression is not None for pair in found.pairs)


def test_usual_conduct_keeps_arms_and_latent_times_and_blurs_what_is_seen(
    tmp_path: Path, django_db_blocker: Any
) -> None:
    with django_db_blocker.unblock():
        found = rehearsed(
            f"sqlite:///{tmp_path / 'trial.sqlite3'}", "sabr-comet", subjects=60, seed="messy", conduct="usual"
        )
    assert len(found.pairs) == 60
    kinds = Counter(name for pair in found.pairs for name in pair.differs)
    assert not kinds["arm"]
    assert not kinds["levels"]
    assert not kinds["day"]
    assert kinds["pfs"]
    both = [pair for pair in found.pairs if pair.pfs.event and pair.rehearsed.pfs.event]
    shifts = [pair.rehearsed.pfs.days - pair.pfs.days for pair in both]
    assert len(both) >= 20
    # Nothing is seen before it is there, and on average not much later than by plan.
    for pair in both:
        latent = min(day for day in (pair.latent_progression, pair.latent_death) if day is not None)
        assert pair.rehearsed.pfs.days >= latent
    assert -7 <= sum(shifts) / len(shifts) <= 21
    deaths = [pair for pair in found.pairs if pair.os.event]
    same = [pair for pair in deaths if pair.rehearsed.os == pair.os]
    assert len(same) >= 0.7 * len(deaths)


COMMAND = [sys.executable, "-c", "from equipoise.cli.main import run; run()"]


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=300)


def test_the_command_shows_agreement_and_refuses_what_it_cannot_compare(tmp_path: Path) -> None:
    database, table = f"sqlite:///{tmp_path / 'trial.sqlite3'}", tmp_path / "pairs.csv"
    made = command("rehearse", "sabr-comet", "--subjects", "9", "--seed", "3", "--start", "2022-01-10",
                   "--scenario", "no_effect", "--conduct", "clean", "--database", database)  # fmt: skip
    assert made.returncode == 0, made.stderr
    found = command("simulate", "sabr-comet", "--like", database, "-o", str(table), "--json")
    assert found.returncode == 0, found.stderr
    document = json.loads(found.stdout)
    assert (document["scenario"], document["conduct"], document["seed"]) == ("no_effect", "clean", "3")
    assert document["same"] == dict.fromkeys(("levels", "arm", "day", "pfs", "os"), 9)
    assert document["differing"] == []
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert len(rows) == 9
    assert all(row["arm"] == row["simulated_arm"] for row in rows)
    earlier = json.loads(
        command("simulate", "sabr-comet", "--like", database, "--cutoff", "2022-12-31", "--json").stdout
    )
    assert earlier["same"]["pfs"] == 9 == earlier["same"]["os"]
    assert earlier["pfs"]["days_simulated"] < document["pfs"]["days_simulated"]

    other = command("simulate", "nct07014202", "--like", database)
    assert other.returncode == 14
    assert "the record is of another trial" in other.stderr
    assert command("simulate", "sabr-comet", "--like", database, "--scenario", "no_effect").returncode == 2
    assert command("simulate", "sabr-comet", "-o", str(table)).returncode == 2
    unknown = command("rehearse", "sabr-comet", "--subjects", "2", "--seed", "1", "--scenario", "none",
                      "--database", f"sqlite:///{tmp_path / 'other.sqlite3'}")  # fmt: skip
    assert unknown.returncode == 14
    assert "there is no such scenario" in unknown.stderr
