"""A trial is a file: the other shipped protocols are rehearsed, verified and analysed by the same code."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-c", "from equipoise.cli.main import run; run()"]


def run(*arguments: str) -> str:
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rehearsed(protocol: str, subjects: int, start: str, folder: Path) -> dict[str, Any]:
    """The analysis of a rehearsal whose record and allocations were verified."""
    database = f"sqlite:///{folder / 'trial.sqlite3'}"
    run("rehearse", protocol, "--subjects", str(subjects), "--seed", "2", "--start", start, "--database", database)
    assert "all as recorded" in run("verify", "--database", database, "--allocation")
    analysis: dict[str, Any] = json.loads(run("analyse", protocol, "--database", database, "--json"))
    return analysis


def arms(analysis: dict[str, Any], endpoint: str) -> Counter[str]:
    (found,) = (one for one in analysis["endpoints"] if one["id"] == endpoint)
    return Counter({group["arm"]: group["n"] for group in found["groups"]})


def test_two_to_one_in_blocks_of_nine(tmp_path: Path) -> None:
    analysis = rehearsed("sabr-comet", 9, "2022-01-10", tmp_path)
    found = arms(analysis, "os")
    assert sum(found.values()) == 9
    assert set(found) == {"sabr", "control"}
    assert found["sabr"] > found["control"]


def test_three_arms_of_drugs(tmp_path: Path) -> None:
    analysis = rehearsed("three-arm-drug", 9, "2024-01-08", tmp_path)
    found = arms(analysis, "pfs")
    assert sum(found.values()) == 9
    assert set(found) == {"low", "high", "control"}
