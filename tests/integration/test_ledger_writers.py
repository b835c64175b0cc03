"""Many writers, and writers that are killed: nothing is written twice, nothing acknowledged is lost."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from equipoise.ledger import read, verify
from equipoise.ledger.rebuilding import rebuild
from equipoise.projections.models import SubjectRow
from ledger_world import open_trial, prescreen
from ledger_writers import KILLS, PROCESSES, THREADS

pytestmark = pytest.mark.db

TESTS = Path(__file__).resolve().parent.parent


def _run(what: str, database: Any) -> list[list[Any]]:
    connection.close()
    done = subprocess.run(
        [sys.executable, str(TESTS / "ledger_writers.py"), what, database.url],
        capture_output=True, text=True, timeout=300, check=False, env={**os.environ, "PYTHONPATH": str(TESTS)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: list[list[Any]] = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_crowd_of_32_writers(database) -> None:
    open_trial()
    before = read.head()[0]
    answers = _run("crowd", database)
    assert len(answers) == PROCESSES * THREADS == 32
    by_act: dict[int, set[str]] = {}
    for act, subject in answers:
        by_act.setdefault(act, set()).add(subject)
    assert all(len(subjects) == 1 for subjects in by_act.values())  # an act sent twice is one act
    given = sorted(subject for subjects in by_act.values() for subject in subjects)
    assert given == [f"{code}-P{number:03d}" for code in ("01", "02") for number in range(1, 9)]
    assert verify().position == before + 2 * 16
    assert sorted(read.subjects()) == given


@pytest.mark.slow
def test_32_concurrent_randomizations(database) -> None:
    answers = _run("randomize", database)
    assert len({number for number, _ in answers}) == len(answers) == 32
    randomized = list(read.entries(kinds=["randomized"]))
    assert len({entry.header.stream for entry in randomized}) == 32
    assert sorted(arm for _, arm in answers) == sorted(entry.fact.arm for entry in randomized)
    slots = [json.loads(entry.fact.allocation) for entry in read.entries(kinds=["slot_allocated"])]
    assert [entry.fact.sequence for entry in read.entries(kinds=["slot_allocated"])] == list(range(1, 33))
    used: dict[str, list[int]] = {}
    for slot in slots:
        used.setdefault(slot["list_id"], []).append(slot["slot"])
    assert all(numbers == list(range(len(numbers))) for numbers in used.values())  # none twice, none skipped
    for slot in slots:  # minimization prefers the arm of least imbalance, or else draws
        assert slot["arm"] in slot["preferred"] or slot["probabilities"][slot["arm"]] != "0"
    assert verify(allocation=True).allocations == 32
    arms = Counter(entry.fact.arm for entry in randomized)
    assert max(arms.values()) - min(arms.values()) <= 6


@pytest.mark.slow
def test_writers_killed_50_times_lose_nothing_acknowledged(database) -> None:
    open_trial()
    before = read.head()[0]
    acknowledged = _run("killed", database)
    assert len({name.split(" act ")[0] for name, _ in acknowledged}) > KILLS // 2
    assert {subject for _, subject in acknowledged} <= set(read.subjects())
    whole = verify()
    written = len(read.subjects())
    assert whole.position == before + 2 * written  # never half an act
    assert len(acknowledged) <= written <= len(acknowledged) + KILLS
    for name, subject in acknowledged[-3:]:
        assert prescreen(name) == subject  # sent again, it is the same act
    rows = list(SubjectRow.objects.order_by("pk").values_list())
    assert rebuild() == written
    assert list(SubjectRow.objects.order_by("pk").values_list()) == rows
