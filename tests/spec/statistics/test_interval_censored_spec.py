"""Times known to intervals: where mass can lie, hand-made curves, and what is refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from equipoise.cli.main import run
from equipoise.kernel.errors import InputError
from equipoise.statistics.errors import NotConverged, NotIdentified, TooFewEvents
from equipoise.statistics.interval_censored import innermost, intervals, turnbull
from equipoise.statistics.interval_hazards import interval_hazards

INF = float("inf")


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ([1, 2, 5], [3, 4, 6], [(2, 3), (5, 6)]),
        ([0, 1], [2, 3], [(1, 2)]),
        ([0, 2], [2, 4], [(0, 2), (2, 4)]),  # the right end belongs to an interval, the left one does not
        ([2, 1], [2, 2], [(2, 2)]),  # an exact time at the end of another interval lies in it
        ([2, 2], [2, 4], [(2, 2), (2, 4)]),  # and one at the beginning does not
        ([3, 1], [INF, 2], [(1, 2), (3, INF)]),
        ([3, 3], [3, INF], [(3, 3), (3, INF)]),  # censored at 3 is free of the event at 3
    ],
)
def test_mass_lies_in_the_innermost_intervals(left: list[float], right: list[float], expected: Any) -> None:
    found = innermost(intervals(left, right))
    assert list(zip(found.left, found.right, strict=True)) == expected


def test_a_curve_by_hand() -> None:
    """Three looked at on days 2 and 4: one had it by 2, one between 2 and 4, one by 4 and nobody knows which half.

    By symmetry of the first two the third is shared equally: half of the mass lies in each interval.
    """
    curve = turnbull(intervals([0, 2, 0], [2, 4, 4]))
    assert curve.mass == pytest.approx([0.5, 0.5])
    assert (curve.at(0), curve.at(2), curve.at(3), curve.at(4)) == ((1, 1), (0.5, 0.5), (0, 0.5), (0, 0))
    assert curve.median == (2, 2)


def test_exact_and_censored_times_are_kaplan_meiers() -> None:
    """Events at 1, 2, 4, censored at 2 and 5: 4/5, then 3/4 of it, then half of that."""
    curve = turnbull(intervals([1, 2, 2, 4, 5], [1, 2, INF, 4, INF]))
    assert curve.surv[:3] == pytest.approx([4 / 5, 4 / 5 * 3 / 4, 4 / 5 * 3 / 4 * 1 / 2])
    assert (curve.n, curve.events, curve.exact, curve.median) == (5, 3, 3, (4, 4))


def test_nobody_had_the_event() -> None:
    censored = intervals([1, 2], [INF, INF])
    assert turnbull(censored).median is None
    with pytest.raises(TooFewEvents):
        interval_hazards(censored, [0.0, 1.0])


@pytest.mark.parametrize(
    ("left", "right", "row", "column"),
    [([0, 3], [1, 2], 2, "right"), ([-1], [2], 1, "left"), ([0, 0], [1, float("nan")], 2, "right")],
)
def test_wrong_ends_are_named(left: list[float], right: list[float], row: int, column: str) -> None:
    with pytest.raises(InputError, match=f"row {row}, column {column}"):
        intervals(left, right)


def test_perfect_separation_and_a_constant_are_said() -> None:
    data = intervals([0, 0, 0, 5, 5, 5], [2, 2, 3, INF, INF, INF])
    with pytest.raises(NotConverged):
        interval_hazards(data, [1.0, 1, 1, 0, 0, 0])
    with pytest.raises(NotIdentified):
        interval_hazards(data, np.ones(6))


def test_swapping_arms_turns_the_ratio_over() -> None:
    rng = np.random.default_rng(3)
    left = rng.integers(0, 12, 60).astype(float)
    right = np.where(rng.random(60) < 0.3, INF, left + rng.integers(1, 6, 60))
    arm = rng.integers(0, 2, 60).astype(float)
    one, other = (interval_hazards(intervals(left, right), each) for each in (arm, 1 - arm))
    assert one.coef[0] == pytest.approx(-other.coef[0], abs=1e-7)
    assert one.lr().chisq == pytest.approx(other.lr().chisq, abs=1e-8)
    ratio, turned = one.hazard_ratio(), other.hazard_ratio()
    assert turned.lower is not None
    assert ratio.upper == pytest.approx(1 / turned.lower, rel=1e-6)


def command(folder: Path, text: str, *options: str) -> None:
    (folder / "data.csv").write_text(text)
    run(["estimate", "interval", str(folder / "data.csv"), "--left", "L", "--right", "r", "--arm", "arm", *options])


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command(tmp_path, "l,R,ARM\n0,2,a\n2,4,a\n4,Inf,a\n0,4,b\n4,,b\n,2,b\n2,2,b\n,,b\n", "--json")
    found = json.loads(capsys.readouterr().out)
    assert (found["n"], found["events"], found["exact"], found["left_out"], found["control"]) == (7, 5, 1, 1, "a")
    assert [(arm["arm"], arm["n"], arm["events"]) for arm in found["arms"]] == [("a", 3, 2), ("b", 4, 3)]
    assert found["arms"][0]["mass"] == pytest.approx([1 / 3, 1 / 3, 1 / 3])
    assert found["arms"][0]["right"] == [2, 4, None]
    assert found["cox"]["lower"] < found["cox"]["hr"] < found["cox"]["upper"]


@pytest.mark.parametrize(
    ("row", "says"),
    [("3,2,a", "row 1, column R"), ("-1,2,a", "row 1, column l"), ("x,2,a", "row 1, column l"), (",,a", "every row")],
)
def test_bad_rows_end_with_14(tmp_path: Path, capsys: pytest.CaptureFixture[str], row: str, says: str) -> None:
    with pytest.raises(SystemExit) as stop:
        command(tmp_path, f"l,R,ARM\n{row}\n")
    out = capsys.readouterr()
    assert (stop.value.code, out.out) == (14, "")
    assert says in out.err
