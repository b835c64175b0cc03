"""Time to deterioration against QoLR 1.0.3 on its example data."""

import csv
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from equipoise.methods.deterioration import (
    Deterioration,
    DeteriorationRule,
    Ending,
    Lasting,
    Score,
    time_to_deterioration,
)

DAY_0 = date(2000, 1, 1)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _rule(threshold: int, scale: str, **options: str) -> DeteriorationRule:
    worse = "lower" if scale in ("QL", "PF") else "higher"
    return DeteriorationRule(Fraction(threshold), worse, **options)  # type: ignore[arg-type]


def _ours(reference: Path, scale: str, rule: DeteriorationRule) -> dict[str, Deterioration | None]:
    people: dict[str, list[dict[str, str]]] = {}
    for row in _rows(reference / "qol" / "ttd_input.csv"):
        people.setdefault(row["Id"], []).append(row)
    found = {}
    for person, rows in people.items():
        scores = [
            Score(
                DAY_0 + timedelta(days=int(row["date"])),
                Fraction(row[scale]).limit_denominator(1000) if row[scale] else None,
                row["time"] == "0",
            )
            for row in rows
            if row["date"]
        ]
        death = rows[0]["death"]
        found[person] = time_to_deterioration(scores, rule, died=DAY_0 + timedelta(days=int(death)) if death else None)
    return found


def _months(found: Deterioration, first: date) -> float:
    """QoLR counts days from the first form, and censors one without follow-up a day after it."""
    days = (found.on - first).days
    return (1 if found.reason == "no follow-up" else days) / 30.4375


@pytest.mark.parametrize(
    ("file", "event", "time", "scale", "rule"),
    [
        ("ttd1", "event.QL", "time.QL", "QL", _rule(5, "QL")),
        ("ttd3", "event.QL", "time.QL", "QL", _rule(5, "QL", death="event")),
        ("ttd5", "event.QL", "time.QL", "QL", _rule(5, "QL", reference="best")),
        *(
            ("ttd7_mcid10", f"event.{scale}", f"time.{scale}", scale, _rule(10, scale, death="event"))
            for scale in ("QL", "PF", "FA", "DY")
        ),
        ("tudd2_def2", "event.5.QL", "time.5.QL", "QL", _rule(5, "QL", lasting=Lasting.AT_ALL_LATER)),
        *(
            (
                "tudd3", f"event.{points}.PF", f"time.{points}.PF", "PF",
                _rule(points, "PF", lasting=Lasting.NOT_ABOVE_REFERENCE),
            )
            for points in (5, 10)
        ),
    ],
)  # fmt: skip
def test_deterioration(reference: Path, file: str, event: str, time: str, scale: str, rule: DeteriorationRule) -> None:
    ours = _ours(reference, scale, rule)
    firsts: dict[str, date] = {}
    for row in _rows(reference / "qol" / "ttd_input.csv"):
        if row["date"]:
            firsts.setdefault(row["Id"], DAY_0 + timedelta(days=int(row["date"])))
    wrong = []
    for row in _rows(reference / "qol" / f"{file}.csv"):
        found = ours[row["Id"]]
        if row[event] in ("", "NA"):
            if found is not None:
                wrong.append((row["Id"], found))
            continue
        assert found is not None, row
        is_event = found.ending is not Ending.CENSORED
        months = _months(found, firsts[row["Id"]])
        if is_event != (row[event] == "1") or abs(months - float(row[time])) > 1e-9:
            wrong.append((row["Id"], found))
    assert wrong == []


def test_no_baseline_and_no_follow_up_as_events(reference: Path) -> None:
    """QoLR's sensitivity analysis SA1: both count as deterioration."""
    for points in (5, 10):
        rule = _rule(
            points, "PF", lasting=Lasting.NOT_ABOVE_REFERENCE, without_baseline="event", without_follow_up="event"
        )
        ours = _ours(reference, "PF", rule)
        for row in _rows(reference / "qol" / "tudd3.csv"):
            found = ours[row["Id"]]
            assert found is not None
            assert (found.ending is Ending.DETERIORATED) == (row[f"event.{points}.SA1.PF"] == "1"), row["Id"]
