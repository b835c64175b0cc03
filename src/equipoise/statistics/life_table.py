"""Life tables: at each distinct time, how many of each group are at risk, have the event, are censored.

Kaplan-Meier, log-rank, restricted means and the two-arm Cox model read a life table and nothing else, so that the one
pass over the participants is written once.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.statistics.follow_up import Floats, FollowUp, Ints


@dataclass(frozen=True, slots=True, eq=False)
class LifeTable:
    """Counts (or sums of weights) by group (rows) and distinct time, ascending (columns)."""

    time: Floats
    n_risk: Floats
    n_event: Floats
    n_censor: Floats

    @property
    def groups(self) -> int:
        """The number of groups."""
        return len(self.n_risk)

    def at_events(self) -> "LifeTable":
        """The columns at which any group has an event."""
        keep = self.n_event.sum(axis=0) > 0
        return LifeTable(self.time[keep], self.n_risk[:, keep], self.n_event[:, keep], self.n_censor[:, keep])


def life_table(data: FollowUp, group: Ints | None, groups: int, rows: Ints | None = None) -> LifeTable:
    """Tabulate, on the distinct times of these rows; no `group` is one group. At risk at t: entry < t <= time."""
    if data.days and data.weights is None and rows is None:
        return _from_days(_day_counts(data, group, groups))
    time, event, entry, weights = data.time, data.event, data.entry, data.weights
    if group is None:
        group = np.zeros(len(data), np.int64)
    if rows is not None:
        time, event, group = time[rows], event[rows], group[rows]
        entry = None if entry is None else entry[rows]
        weights = None if weights is None else weights[rows]
    distinct, at = np.unique(time, return_inverse=True)
    columns = len(distinct)
    cell = group * columns + at
    size = groups * columns

    def count(cells: Ints, weight: Floats | None) -> Floats:
        return np.bincount(cells, weight, size).astype(np.float64).reshape(groups, columns)

    n_event = count(cell[event], None if weights is None else weights[event])
    n_censor = count(cell[~event], None if weights is None else weights[~event])
    leaving = n_event + n_censor
    n_risk = leaving[:, ::-1].cumsum(axis=1)[:, ::-1]
    if entry is not None:
        n_risk = n_risk - _not_entered(distinct, entry, weights, group, groups)
    return LifeTable(distinct, n_risk, n_event, n_censor)


def life_tables(data: FollowUp, group: Ints, groups: int, stratum: Ints, strata: int) -> list[tuple[int, LifeTable]]:
    """A table for each stratum, of codes below `strata`, that has rows, with its code, ascending."""
    if data.days and data.weights is None and strata * groups * data.days <= _CELLS:
        from equipoise.statistics.kernels import tabulate_strata

        counts = np.zeros(strata * groups * data.days * 2, np.int32)
        tabulate_strata(data.time, data.event.view(np.uint8), group, stratum, groups, data.days, counts)
        blocks = counts.reshape(strata, groups, data.days, 2)
        tables = [(level, _from_days(block)) for level, block in enumerate(blocks)]
        return [(level, table) for level, table in tables if len(table.time)]
    order = np.argsort(stratum, kind="stable")
    levels, starts = np.unique(stratum[order], return_index=True)
    pieces = zip(levels.tolist(), np.split(order, starts[1:]), strict=True)
    return [(level, life_table(data, group, groups, rows)) for level, rows in pieces]


_CELLS = 20_000_000
"""The largest table of counts by stratum, group and day."""


def _day_counts(data: FollowUp, group: Ints | None, groups: int) -> NDArray[np.int32]:
    from equipoise.statistics.kernels import tabulate_days

    counts = np.zeros(groups * data.days * 2, np.int32)
    cell = np.zeros(0, np.int64) if group is None else group
    tabulate_days(data.time, data.event.view(np.uint8), cell, data.days, counts)
    return counts.reshape(groups, data.days, 2)


def _from_days(counts: NDArray[np.int32]) -> LifeTable:
    """The table from counts by group, day and event, keeping the days on which anything happened."""
    days = np.flatnonzero(counts.reshape(len(counts), -1).any(axis=0).reshape(-1, 2).any(axis=1))
    n_censor, n_event = (counts[:, days, kind].astype(np.float64, order="C") for kind in (0, 1))
    n_risk = (n_event + n_censor)[:, ::-1].cumsum(axis=1)[:, ::-1]
    return LifeTable(days.astype(np.float64), n_risk, n_event, n_censor)


def _not_entered(distinct: Floats, entry: Floats, weights: Floats | None, group: Ints, groups: int) -> Floats:
    """The number whose entry is at or after each time."""
    columns = len(distinct)
    first_after = np.searchsorted(distinct, entry, side="right")
    counts = np.bincount(group * (columns + 1) + first_after, weights, groups * (columns + 1))
    entered: Floats = counts.astype(np.float64).reshape(groups, columns + 1)
    return np.asarray(entered[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:])
