"""Life tables: at each distinct time, how many of each group are at risk, have the event, are censored.

Kaplan-Meier, log-rank, restricted means and the two-arm Cox model read a life table and nothing else, so that the one
pass over the participants is written once.
"""

from dataclasses import dataclass

import numpy as np

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


def life_table(data: FollowUp, group: Ints, groups: int, rows: Ints | None = None) -> LifeTable:
    """Tabulate, on the distinct times of these rows. At risk at t: entry < t <= time."""
    time, event, entry, weights = data.time, data.event, data.entry, data.weights
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


def _not_entered(distinct: Floats, entry: Floats, weights: Floats | None, group: Ints, groups: int) -> Floats:
    """The number whose entry is at or after each time."""
    columns = len(distinct)
    first_after = np.searchsorted(distinct, entry, side="right")
    counts = np.bincount(group * (columns + 1) + first_after, weights, groups * (columns + 1))
    entered: Floats = counts.astype(np.float64).reshape(groups, columns + 1)
    return np.asarray(entered[:, ::-1].cumsum(axis=1)[:, ::-1][:, 1:])
