"""The compiled count of concordant pairs, for tables whose pairs are too many to be compared one by one.

Importing this module loads numba: `concordance.py` does so only above `DENSE`.
"""

from typing import Any

import numpy as np

from equipoise.kernel.compiled import kernel, stage


@stage
def _add(tree: Any, rank: Any, value: Any) -> None:
    """Add to a Fenwick tree."""
    index = rank + 1
    while index < tree.size:
        tree[index] += value
        index += index & -index


@stage
def _sum(tree: Any, rank: Any) -> Any:
    """The sum of a Fenwick tree over ranks below one."""
    found, index = 0.0, rank
    while index > 0:
        found += tree[index]
        index -= index & -index
    return found


@stage
def _credit(tree: Any, level: Any, total: Any, rank: Any, influence: Any, row: Any, sign: Any) -> None:
    """Add to a row the events of higher risk (concordant), of lower (discordant) and of equal risk."""
    below = _sum(tree, rank)
    influence[row, 0] += sign * (total - below - level[rank])
    influence[row, 1] += sign * below
    influence[row, 2] += sign * level[rank]


@kernel("Tuple((f8[::1], f8[:, ::1]))(f8[::1], b1[::1], f8[::1], f8[::1], i8[::1], i8[::1], i8[::1])")
def concordance_pairs(time: Any, event: Any, entry: Any, weight: Any, rank: Any, by_time: Any, by_entry: Any) -> Any:
    """Weighted pair counts (concordant, discordant, tied on risk, on time, on both) and each row's part in the
    first three.

    `rank` orders the risks from 0; `by_time` sorts by time, events first; `by_entry` by entry. Two sweeps over Fenwick
    trees of the risks: down in time for the partners of each event, up in time for the events each row outlives.
    """
    n = time.size
    size = 0
    for index in range(n):
        size = max(size, rank[index] + 1)
    counts, influence = np.zeros(5), np.zeros((n, 3))
    tree, level = np.zeros(size + 1), np.zeros(size)
    tied_weight = np.zeros(size)
    # Down in time: the tree holds those at risk after the event time, with those censored at it.
    total, late, last = 0.0, n - 1, n - 1
    while last >= 0:
        now = time[by_time[last]]
        while late >= 0 and entry[by_entry[late]] >= now:
            row = by_entry[late]
            if time[row] > now:
                _add(tree, rank[row], -weight[row])
                level[rank[row]] -= weight[row]
                total -= weight[row]
            late -= 1
        start = last
        while start >= 0 and time[by_time[start]] == now and not event[by_time[start]]:
            row = by_time[start]
            _add(tree, rank[row], weight[row])
            level[rank[row]] += weight[row]
            total += weight[row]
            start -= 1
        first = start
        tied_total = 0.0
        while first >= 0 and time[by_time[first]] == now:
            row = by_time[first]
            below = _sum(tree, rank[row])
            same = level[rank[row]]
            parts = (below, total - below - same, same)
            for kind in range(3):
                counts[kind] += weight[row] * parts[kind]
                influence[row, kind] += parts[kind]
            counts[4] += weight[row] * tied_weight[rank[row]]
            counts[3] += weight[row] * (tied_total - tied_weight[rank[row]])
            tied_weight[rank[row]] += weight[row]
            tied_total += weight[row]
            first -= 1
        for index in range(first + 1, start + 1):
            row = by_time[index]
            tied_weight[rank[row]] = 0.0
            _add(tree, rank[row], weight[row])
            level[rank[row]] += weight[row]
            total += weight[row]
        last = first
    # Up in time: the tree holds the events so far; a row's partners are those since its entry.
    tree[:] = 0.0
    level[:] = 0.0
    total = 0.0
    joined, first = 0, 0
    while first < n:
        now = time[by_time[first]]
        stop = first
        while stop < n and time[by_time[stop]] == now:
            stop += 1
        # Those who enter from the last event time up to before this one owe nothing to the events so far.
        while joined < n and entry[by_entry[joined]] < now:
            row = by_entry[joined]
            _credit(tree, level, total, rank[row], influence, row, -1.0)
            joined += 1
        for index in range(first, stop):
            row = by_time[index]
            if event[row]:
                _credit(tree, level, total, rank[row], influence, row, 1.0)
        for index in range(first, stop):
            row = by_time[index]
            if event[row]:
                _add(tree, rank[row], weight[row])
                level[rank[row]] += weight[row]
                total += weight[row]
        for index in range(first, stop):
            row = by_time[index]
            if not event[row]:
                _credit(tree, level, total, rank[row], influence, row, 1.0)
        first = stop
    return counts, influence
