"""Concordance: of the pairs whose order is known, the share in which the higher risk failed first.

Harrell 1982; Therneau and Watson 2015 for the infinitesimal-jackknife variance. Pairs tied on risk count half; pairs of
events at one time are not counted. With delayed entry a pair counts only while both were at risk; with strata, within
strata. Counts are sums of products of weights.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from equipoise.kernel.messages import message
from equipoise.statistics.estimate import Estimate
from equipoise.statistics.follow_up import Floats, FollowUp, Ints, codes, floats, follow_up

DENSE = 60_000_000
"""Below this many event-participant pairs the pairs are compared one by one, without the compiled kernel."""


@dataclass(frozen=True, slots=True)
class Concordance:
    """The pair counts and the concordance with its standard error."""

    concordant: float
    discordant: float
    tied_risk: float
    tied_time: float
    tied_both: float
    estimate: Estimate


def concordance(
    time: ArrayLike,
    event: ArrayLike,
    risk: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
) -> Concordance:
    """Compare a risk score with outcomes; `cluster` (codes) pools the jackknife. Raises InputError."""
    data = follow_up(time, event, entry, weights)
    score = floats(risk, "risk", len(data))
    stratum = None if strata is None else codes(strata, "strata", len(data))
    group = None if cluster is None else codes(cluster, "cluster", len(data))
    return concordance_of(data, score, stratum, group)


def concordance_of(data: FollowUp, risk: Floats, stratum: Ints | None, cluster: Ints | None) -> Concordance:
    """The same from data already checked."""
    n = len(data)
    weight = np.ones(n) if data.weights is None else data.weights
    counts, influence = np.zeros(5), np.zeros((n, 3))
    strata = np.zeros(n, np.int64) if stratum is None else stratum
    for level in np.unique(strata):
        rows = np.flatnonzero(strata == level)
        entry = np.full(len(rows), -np.inf) if data.entry is None else data.entry[rows]
        pairs = len(rows) * int(data.event[rows].sum())
        if not pairs:
            continue
        compare = _pairs if pairs <= DENSE else _pairs_compiled
        found, own = compare(data.time[rows], data.event[rows], entry, weight[rows], risk[rows])
        counts += found
        influence[rows] = own
    concordant, discordant = counts[0], counts[1]
    total = float(counts[:3].sum())
    if not total:
        return _named(counts, Estimate(None, reason=message("statistics.no_pairs")))
    somers = float(concordant - discordant) / total
    leverage = weight * (influence[:, 0] - influence[:, 1] - somers * influence.sum(axis=1)) / total
    if cluster is not None:
        leverage = np.bincount(np.unique(cluster, return_inverse=True)[1], leverage)
    std_err = float(np.sqrt((leverage**2).sum())) / 2
    value = (somers + 1) / 2
    half = 1.959963984540054 * std_err
    estimate = Estimate(value, std_err, max(0.0, value - half), min(1.0, value + half), 0.95, "Harrell's C, jackknife")
    return _named(counts, estimate)


def _named(counts: Floats, estimate: Estimate) -> Concordance:
    concordant, discordant, tied_risk, tied_time, tied_both = counts.tolist()
    return Concordance(concordant, discordant, tied_risk, tied_time, tied_both, estimate)


def _pairs(time: Floats, event: np.ndarray, entry: Floats, weight: Floats, risk: Floats) -> tuple[Floats, Floats]:
    """Weighted counts (concordant, discordant, tied on risk, on time, on both) and each row's share in the first
    three.
    """
    counts, influence = np.zeros(5), np.zeros((len(time), 3))
    events = np.flatnonzero(event)
    block = max(1, 4_000_000 // len(time))
    for start in range(0, len(events), block):
        i = events[start : start + block]
        at_risk = entry < time[i, None]
        same = time == time[i, None]
        comparable = at_risk & ((time > time[i, None]) | (same & ~event))
        for kind, relation in enumerate((risk[i, None] > risk, risk[i, None] < risk, risk[i, None] == risk)):
            pair = comparable & relation
            partners = pair @ weight
            counts[kind] += weight[i] @ partners
            influence[i, kind] += partners
            influence[:, kind] += weight[i] @ pair
        both = at_risk & same & event & (np.arange(len(time)) > i[:, None])
        tied = risk[i, None] == risk
        counts[3] += weight[i] @ (both & ~tied) @ weight
        counts[4] += weight[i] @ (both & tied) @ weight
    return counts, influence


def _pairs_compiled(
    time: Floats, event: np.ndarray, entry: Floats, weight: Floats, risk: Floats
) -> tuple[Floats, Floats]:
    from equipoise.statistics.concordance_kernel import concordance_pairs

    rank = np.unique(risk, return_inverse=True)[1].astype(np.int64)
    by_time = np.lexsort((~event, time))
    by_entry = np.argsort(entry, kind="stable")
    counts, influence = concordance_pairs(time, event, entry, weight, rank, by_time, by_entry)
    return counts, influence
