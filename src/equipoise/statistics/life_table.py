"""Life tables: at each distinct time, how many of each group are at risk, have the event, are censored.

Kaplan-Meier, log-rank, restricted means and the two-arm Cox model read a life table and nothing else, so that the one
pass over the participants is written once.
"""

from dataclasses import dataclass

import numpy as np

from equipoise.statistics.day_counts import Counts, day_counts
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
        kept = np.flatnonzero(self.n_event.sum(axis=0) > 0)
        # A time's counts of all groups side by side, as sums over groups read them.
        n_risk, n_event, n_censor = (
            counts.T.take(kept, axis=0).T for counts in (self.n_risk, self.n_event, self.n_censor)
        )
        return LifeTable(self.time.take(kept), n_risk, n_event, n_censor)


def life_table(data: FollowUp, group: Ints | None, groups: int, rows: Ints | None = None) -> LifeTable:
    """Tabulate, on the distinct times of these rows; no `group` is one group. At risk at t: entry < t <= time."""
    if data.by_day is not None and data.weights is None and rows is None:
        counts = data.by_day if group is None else day_counts(data.time, data.event, group)
        if counts is not None:
            return table_of_days(counts[0], groups)
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
    if data.by_day is not None and data.weights is None:
        counts = day_counts(data.time, data.event, group, stratum)
        if counts is not None:
            return tables_of_days(counts, groups)
    order = np.argsort(stratum, kind="stable")
    levels, starts = np.unique(stratum[order], return_index=True)
    pieces = zip(levels.tolist(), np.split(order, starts[1:]), strict=True)
    return [(level, life_table(data, group, groups, rows)) for level, rows in pieces]


def tables_of_days(counts: Counts, groups: int) -> list[tuple[int, LifeTable]]:
    """A table for each stratum that has rows, with its code, from the rows counted by day."""
    tables = [(level, table_of_days(block, groups)) for level, block in enumerate(counts)]
    return [(level, table) for level, table in tables if len(table.time)]


def table_of_days(counts: Counts, groups: int) -> LifeTable:
    """The table from counts by group, day and event, of so many groups, keeping the days on which anything happened."""
    from equipoise.statistics.kernels import life_table_of_days

    if len(counts) < groups:
        counts = np.concatenate([counts, np.zeros((groups - len(counts), *counts.shape[1:]), counts.dtype)])
    table = life_table_of_days(counts[:groups])
    return LifeTable(table[0], table[1 : 1 + groups], table[1 + groups : 1 + 2 * groups], table[1 + 2 * groups :])


def _not_entered(distinct: Floats, entry: Floats, weights: Floats | None, group: Ints, groups: int) -> Floats:
    """The number whose entry is at or after each time."""
    columns = len(distinct)
    first_after = np.searchsorted(distinct, entry, side="right")
    counts = np.bincount(group * (columns + 1) + first_after, weights, groups * (columns + 1))
    entered: Floats = counts.astype(np.float64).reshape(groups, columns + 1)
    return np.asarray(entered[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:])
