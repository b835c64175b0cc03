"""`equipoise diff --database`: whom an amendment finds in a record, by site; and records it cannot be asked of."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from equipoise.protocols import shipped

pytestmark = [pytest.mark.db, pytest.mark.slow]

COMMAND = [sys.executable, "-c", "from equipoise.cli.main import run; run()"]


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def amended(tmp_path: Path) -> str:
    """The flagship with fewer events, as another version."""
    text = shipped("nct07014202").replace('version: "1.0"', 'version: "1.1"', 1)
    text = text.replace("target_events: 90", "target_events: 80", 1)
    file = tmp_path / "amended.yaml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_participants_of_every_site_are_counted(untouched_sqlite: Any, amended: str) -> None:
    done = _run("diff", "nct07014202", amended, "--database", untouched_sqlite.url, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    nobody = {"not_yet_randomized": 0, "randomized_followed": 0, "randomized_ended": 0}  # three are pre-screened only
    assert found["participants"]["sites"] == [{"site": site, **nobody} for site in ("s1", "s2")]
    assert found["participants"]["ledger_position"] > 0
    assert "simulation" not in found


def test_a_record_of_another_trial_is_refused(untouched_sqlite: Any) -> None:
    done = _run("diff", "sabr-comet", "sabr-comet", "--database", untouched_sqlite.url)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (14, "", 1)
    assert "the record is of another trial" in done.stderr
