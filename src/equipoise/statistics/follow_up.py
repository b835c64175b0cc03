"""Follow-up times, checked once at the door of every estimator: times, events, delayed entry, weights.

Times that differ by rounding alone (relative 1.5e-8, the square root of the machine precision) are one time, as R's
`aeqSurv` has it: 0.1 + 0.2 and 0.3 are a tie.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from equipoise.kernel.errors import InputError
from equipoise.statistics.day_counts import Counts, day_counts

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

COMPILED = 300_000
"""From so many rows on, the compiled kernels are used. Loading them costs a cold process a second; below this numpy
fits five covariates in a fifth of that, and does tests and curves in hundredths."""

TIE = float(np.sqrt(np.finfo(np.float64).eps))
"""Times closer than this, absolutely or relative to the mean time, are tied."""


@dataclass(frozen=True, slots=True, eq=False)
class FollowUp:
    """One row a participant (or interval at risk): at risk on (entry, time], event or censored at `time`."""

    time: Floats
    event: Bools
    entry: Floats | None = None
    weights: Floats | None = None
    by_day: Counts | None = None
    """The rows counted by day, where there are many, and all times are whole and not too long and none is truncated."""

    def __len__(self) -> int:
        return len(self.time)

    @property
    def days(self) -> int:
        """More than the largest time, where rows are counted by day; else 0."""
        return 0 if self.by_day is None else self.by_day.shape[2]


def follow_up(
    time: ArrayLike, event: ArrayLike, entry: ArrayLike | None = None, weights: ArrayLike | None = None
) -> FollowUp:
    """Check and tie the times. `event` is 1 or 0 (or bool); an entry must lie before the time; weights are positive.

    Raises InputError naming the first wrong row (1 is the first) and the argument at fault.
    """
    counted = counted_rows(time, event) if entry is None else None
    if counted is not None:
        times, events, by_day = counted
    else:
        times = _times(time)
        events, by_day = _events(event, len(times)), None
    entries = None
    if entry is not None:
        entries = floats(entry, "entry", len(times))
        _refuse(entries >= times, "entry", entries, "an entry before the time of event or censoring")
    if weights is not None:
        weights = floats(weights, "weights", len(times))
        _refuse(weights <= 0, "weights", weights, "a weight above 0")
    if by_day is None:
        times, entries = tied(times, entries)
    if entries is not None:
        _refuse(entries >= times, "entry", entries, "an interval longer than rounding")
    return FollowUp(times, events, entries, weights, by_day)


def counted_rows(
    time: ArrayLike, event: ArrayLike, group: ArrayLike | None = None, stratum: ArrayLike | None = None
) -> tuple[Floats, Bools, Counts] | None:
    """Times and events, and the rows counted by codes and day, where there are many rows and all are as they should be;
    else None, and the checks of each column say what is wrong, if anything is.
    """
    times = np.asarray(time)
    if times.ndim != 1 or len(times) < COMPILED or times.dtype.kind not in "biuf":
        return None
    events = np.asarray(event)
    if events.shape != times.shape or events.dtype.kind not in "biuf" or not _is_binary(events):
        return None
    groups = strata = None
    if group is not None and (groups := _code_column(group, times)) is None:
        return None
    if stratum is not None and (strata := _code_column(stratum, times)) is None:
        return None
    days, ended = np.ascontiguousarray(times, dtype=np.float64), _flags(events)
    table = day_counts(days, ended, groups, strata)
    return None if table is None else (days, ended, table)


def _code_column(values: ArrayLike, times: NDArray[Any]) -> Ints | None:
    """Whole numbers, one for each time; None where they are not that."""
    array = np.asarray(values)
    if array.shape != times.shape or array.dtype.kind not in "biu":
        return None
    return np.ascontiguousarray(array, dtype=np.int64)


def _times(time: ArrayLike) -> Floats:
    array = _numeric(time, "time")
    if array.ndim == 1 and len(array):
        times = np.ascontiguousarray(array, dtype=np.float64)
        if times.min() >= 0 and times.max() < np.inf:
            return times
    times = floats(array, "time")
    _refuse(times < 0, "time", times, "a time at or after 0")
    return times


def floats(values: ArrayLike, column: str, length: int | None = None) -> Floats:
    """A one-dimensional array of finite float64. Raises InputError naming row and column."""
    array = np.ascontiguousarray(_numeric(values, column), dtype=np.float64)
    _shape(array, column, length)
    _refuse(~np.isfinite(array), column, array, "a finite number")
    return array


def codes(values: ArrayLike, column: str, length: int) -> Ints:
    """A one-dimensional array of integer codes from 0. Raises InputError naming row and column."""
    return coded(values, column, length)[0]


def coded(values: ArrayLike, column: str, length: int) -> tuple[Ints, int]:
    """The same, and one more than the largest of the codes."""
    array = _numeric(values, column)
    _shape(array, column, length)
    if array.dtype.kind == "f":
        _refuse(~np.isfinite(array) | (array != np.floor(array)), column, array, "an integer code")
    whole = np.ascontiguousarray(array, dtype=np.int64)
    if length >= COMPILED:
        from equipoise.statistics.kernels import extent

        least, largest = extent(whole)
    else:
        least, largest = whole.min(), whole.max()
    if least < 0:
        _refuse(whole < 0, column, whole, "an integer code from 0")
    return whole, int(largest) + 1


def tied(times: Floats, entries: Floats | None) -> tuple[Floats, Floats | None]:
    """Times with those that differ by rounding alone made equal (the earliest of each run)."""
    both = times if entries is None else np.concatenate([times, entries])
    if bool((both == np.floor(both)).all()) and float(both.max()) * TIE < 1:
        return times, entries
    unique = np.unique(both)
    steps = np.diff(unique)
    close = (steps <= TIE) | (steps / np.mean(np.abs(unique)) <= TIE)
    if not close.any():
        return times, entries
    cuts = unique[np.concatenate([[True], ~close])]
    return (
        cuts[np.searchsorted(cuts, times, side="right") - 1],
        None if entries is None else cuts[np.searchsorted(cuts, entries, side="right") - 1],
    )


def _numeric(values: ArrayLike, column: str) -> NDArray[Any]:
    array = np.asarray(values)
    if array.dtype.kind not in "biuf":
        raise InputError("the values are not numbers", column=column, seen=str(array.dtype), wanted="numbers")
    return array


def _shape(array: NDArray[Any], column: str, length: int | None) -> None:
    if array.ndim != 1 or (length is not None and len(array) != length):
        raise InputError(
            "the values are not one column of the right length",
            column=column,
            seen=array.shape,
            wanted=f"({length},)" if length is not None else "one dimension",
        )
    if not len(array):
        raise InputError("there are no rows", column=column, wanted="at least one row")


def _events(values: ArrayLike, length: int) -> Bools:
    array = _numeric(values, "event")
    _shape(array, "event", length)
    if not _is_binary(array):
        _refuse(~((array == 0) | (array == 1)), "event", array, "1 for an event, 0 for a censored time")
    return _flags(array)


def _is_binary(array: NDArray[Any]) -> bool:
    """Whether all numbers, of which there are some, are 1 or 0."""
    if array.dtype.kind == "f":
        return bool(((array == 0) | (array == 1)).all())
    return array.dtype.kind == "b" or bool(array.min() >= 0 and array.max() <= 1)


def _flags(array: NDArray[Any]) -> Bools:
    """The numbers 1 and 0 as truth values."""
    return np.ascontiguousarray(array if array.dtype.kind == "b" else array != 0)


def _refuse(wrong: NDArray[np.bool_], column: str, values: NDArray[Any], wanted: str) -> None:
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise InputError("a value is out of place", row=row + 1, column=column, seen=values[row].item(), wanted=wanted)
