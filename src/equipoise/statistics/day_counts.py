"""Rows counted by stratum, group, whole day and event, in the one pass that also checks them.

Trials count time in whole days, so a table of counts takes the place of sorting. How long the longest time is and how
many codes there are is found on the way: the table grows when a row has no place in it.
"""

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int32]
"""By stratum, group, day and event (0 or 1). The days exceed the largest time."""

LONGEST_DAY = 100_000
"""Whole times below this are tabulated and sorted by counting."""

_USUAL_DAYS = 2000
"""What a table begins with: most trials end within five years. No power of two, which would lay all codes' counts of a
day on one place of the cache."""

CELLS = 20_000_000
"""The largest table, in strata times groups times days."""


def day_counts(
    time: NDArray[np.float64],
    event: NDArray[np.bool_],
    group: NDArray[np.int64] | None = None,
    stratum: NDArray[np.int64] | None = None,
) -> Counts | None:
    """Count the rows of contiguous columns of one length; without codes all are in group 0, in stratum 0.

    None where a time is not a whole day from 0 and below LONGEST_DAY, a code is below 0, or the table would be too
    large: which of these, the checks of each column alone tell.
    """
    from equipoise.statistics.kernels import BLOCK, tabulate

    none = np.zeros(0, np.int64)
    groups, strata = none if group is None else group, none if stratum is None else stratum
    ended = event.view(np.uint8)
    table, row = np.zeros((1, 1, _USUAL_DAYS, 2), np.int32), 0
    while (row := int(tabulate(time, ended, groups, strata, row, table))) < len(time):
        block = slice(row, row + BLOCK)
        latest = float(time[block].max())
        if not 0 <= latest < LONGEST_DAY:
            return None
        needed = (_codes(strata[block]), _codes(groups[block]), int(latest) + 1)
        grown = _grown((table.shape[0], table.shape[1], table.shape[2]), needed)
        if grown is None:
            return None
        larger = np.zeros((*grown, 2), np.int32)
        larger[: table.shape[0], : table.shape[1], : table.shape[2]] = table
        table = larger
    if table.shape[:2] == (1, 1):
        return table
    used = table.reshape(*table.shape[:2], -1).max(axis=2) > 0
    return table[: _last(used.any(axis=1)) + 1, : _last(used.any(axis=0)) + 1]


def _last(flags: NDArray[np.bool_]) -> int:
    """The index of the last that is true."""
    return int(np.flatnonzero(flags)[-1])


def _codes(block: NDArray[np.int64]) -> int:
    """One more than the largest code; one where there are none."""
    return int(block.max()) + 1 if len(block) else 1


def _grown(shape: tuple[int, int, int], needed: tuple[int, int, int]) -> tuple[int, int, int] | None:
    """A shape with room for what is needed, and where it grows twice the room, if that is not too large. None where the
    room is there already, so that the fault lies elsewhere, or cannot be had.
    """
    if all(want <= have for have, want in zip(shape, needed, strict=True)):
        return None
    ample, exact = (
        tuple(have if want <= have else max(want, factor * have) for have, want in zip(shape, needed, strict=True))
        for factor in (2, 1)
    )
    for strata, groups, days in (ample, exact):
        if strata * groups * days <= CELLS:
            return strata, groups, min(days, LONGEST_DAY)
    return None
