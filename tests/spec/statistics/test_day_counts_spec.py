"""Many rows are counted by day in one pass: the counts of one by one, and the refusals of column by column."""

from collections import Counter
from typing import Any

import numpy as np
import pytest

from equipoise.kernel.errors import InputError
from equipoise.statistics import follow_up as doors
from equipoise.statistics.day_counts import CELLS, LONGEST_DAY, day_counts
from equipoise.statistics.follow_up import follow_up
from equipoise.statistics.logrank import logrank
from equipoise.statistics.survival import kaplan_meier

ROWS = 5000


@pytest.fixture(autouse=True)
def every_size_is_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the way of many rows with few."""
    monkeypatch.setattr(doors, "COMPILED", 1)


def columns(longest: int, groups: int, strata: int, ascending: bool) -> tuple[np.ndarray, ...]:
    """Times, events, groups and strata; ascending ones make every table grow on the way."""
    rng = np.random.default_rng(8)
    time = rng.integers(0, longest + 1, ROWS).astype(np.float64)
    time[-1] = longest
    group, stratum = rng.integers(0, groups, ROWS), rng.integers(0, strata, ROWS)
    group[-1], stratum[-1] = groups - 1, strata - 1
    if ascending:
        time, group, stratum = np.sort(time), np.sort(group), np.sort(stratum)
    return time, rng.random(ROWS) < 0.4, group, stratum


@pytest.mark.parametrize("ascending", [False, True])
@pytest.mark.parametrize(("longest", "groups", "strata"), [(30, 2, 4), (1999, 3, 1), (2000, 1, 7), (99_999, 2, 3)])
def test_every_row_is_counted_once(longest: int, groups: int, strata: int, ascending: bool) -> None:
    time, event, group, stratum = columns(longest, groups, strata, ascending)
    counts = day_counts(time, event, group, stratum)
    assert counts is not None
    assert counts.shape[:2] == (strata, groups)
    assert counts.shape[2] > longest
    one_by_one = Counter(zip(stratum.tolist(), group.tolist(), time.astype(int).tolist(), event.tolist(), strict=True))
    found = {tuple(place): counts[tuple(place)] for place in np.argwhere(counts).tolist()}
    assert found == {(level, arm, day, int(ended)): many for (level, arm, day, ended), many in one_by_one.items()}


@pytest.mark.parametrize("row", [0, 700, ROWS - 1])
@pytest.mark.parametrize("value", [0.5, -1.0, float("nan"), float("inf"), float(LONGEST_DAY), 1e300])
def test_a_time_that_is_no_day_is_not_counted(value: float, row: int) -> None:
    time, event, _, _ = columns(400, 1, 1, False)
    time[row] = value
    assert day_counts(time, event) is None


@pytest.mark.parametrize("code", [-1, np.iinfo(np.int64).min, np.iinfo(np.int64).max, CELLS])
@pytest.mark.parametrize("column", [2, 3])
def test_a_code_without_a_place_is_not_counted(code: int, column: int) -> None:
    data = columns(400, 2, 4, False)
    data[column][ROWS // 2] = code
    assert day_counts(*data) is None


def test_any_true_byte_is_an_event() -> None:
    event = np.array([0, 1, 255], np.uint8).view(np.bool_)
    counts = day_counts(np.zeros(3), event)
    assert counts is not None
    assert counts[0, 0, 0].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("column", "value", "named"),
    [
        ("time", -3.0, "time"),
        ("time", float("nan"), "time"),
        ("time", float("inf"), "time"),
        ("event", 2, "event"),
        ("arm", -1, "arm"),
        ("arm", 0.5, "arm"),
        ("strata", -2, "strata"),
    ],
)
def test_a_wrong_value_among_many_is_named(column: str, value: float, named: str) -> None:
    time, event, arm, stratum = columns(400, 2, 4, False)
    data: dict[str, Any] = {"time": time, "event": event.astype(int), "arm": arm, "strata": stratum}
    data[column] = data[column].astype(type(value))
    data[column][4321] = value
    with pytest.raises(InputError) as refused:
        logrank(**data)
    assert refused.value.row == 4322
    assert refused.value.column == named


def test_the_first_column_at_fault_is_named() -> None:
    time, event, arm, stratum = columns(400, 2, 4, False)
    time[20], arm[10] = -1, -1
    with pytest.raises(InputError) as refused:
        logrank(time, event, arm, strata=stratum)
    assert (refused.value.column, refused.value.row) == ("time", 21)


@pytest.mark.parametrize("kind", [np.bool_, np.int8, np.int64, np.float32, np.float64])
def test_events_of_any_kind_of_number_count_alike(kind: type) -> None:
    time, event, _, _ = columns(50, 1, 1, False)
    assert kaplan_meier(time, event.astype(kind)).surv.tolist() == kaplan_meier(time, event).surv.tolist()
    assert kaplan_meier(time.astype(np.int32), event).time.tolist() == list(range(51))


def test_rows_with_late_entry_are_not_counted_by_day() -> None:
    time, event, _, _ = columns(50, 1, 1, False)
    assert follow_up(time + 1, event).days > 51
    assert follow_up(time + 1, event, entry=np.zeros(ROWS)).days == 0
