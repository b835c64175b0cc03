"""Residuals of a Cox model, the robust variance built from them, and the baseline hazard.

Therneau, Grambsch and Fleming, Biometrika 1990;77:147 (martingale and score residuals); Lin and Wei, JASA 1989;84:1074
(the sandwich). Under Efron's method a tied event contributes to its own pseudo event times as it still belongs to them.
"""

import numpy as np

from equipoise.statistics.follow_up import Floats, Ints
from equipoise.statistics.partial_likelihood import Evaluation, RiskSets, cumulative, tied_sums


def score_residuals(sets: RiskSets, fit: Evaluation) -> Floats:
    """Each row's contribution to the score, (n, p), unweighted, in sorted order; weighted they sum to the score."""
    weighted_mean = fit.mean * fit.hazard[:, None]
    hazard = cumulative(sets, tied_sums(sets, fit.hazard))
    moment = cumulative(sets, tied_sums(sets, weighted_mean))
    residual = fit.risk[:, None] * (moment - sets.x * hazard[:, None])
    ahead = tied_sums(sets, fit.hazard * sets.share)[sets.at]
    ahead_moment = tied_sums(sets, weighted_mean * sets.share[:, None])[sets.at]
    mean = (tied_sums(sets, fit.mean) / sets.count[:, None])[sets.at]
    x, risk = sets.x[sets.deaths], fit.risk[sets.deaths]
    residual[sets.deaths] += x - mean + risk[:, None] * (x * ahead[:, None] - ahead_moment)
    return residual


def sandwich(sets: RiskSets, fit: Evaluation, inverse: Floats, cluster: Ints | None) -> Floats:
    """The robust variance D'D, where D holds the (clustered) weighted score residuals times the inverse information."""
    influence = clustered(sets, sets.weight[:, None] * score_residuals(sets, fit), cluster) @ inverse
    return np.asarray(influence.T @ influence)


def robust_score(sets: RiskSets, null: Evaluation, cluster: Ints | None) -> float | None:
    """The robust score statistic at zero: U' (sum of u u' over clusters)^-1 U (as coxph's); None where that is
    singular.
    """
    residuals = clustered(sets, sets.weight[:, None] * score_residuals(sets, null), cluster)
    total, spread = residuals.sum(axis=0), residuals.T @ residuals
    if np.linalg.matrix_rank(spread, hermitian=True) < len(total):
        return None
    return float(total @ np.linalg.solve(spread, total))


def clustered(sets: RiskSets, residuals: Floats, cluster: Ints | None) -> Floats:
    """Sorted rows summed over clusters, given as codes in the order of the data; without clusters as they are."""
    if cluster is None:
        return residuals
    group = np.unique(cluster, return_inverse=True)[1][sets.order]
    sums = np.zeros((int(group.max()) + 1, residuals.shape[1]))
    np.add.at(sums, group, residuals)
    return sums


def martingale_residuals(sets: RiskSets, fit: Evaluation) -> Floats:
    """Events minus expected events of each row, in the order of the data given."""
    expected = fit.risk * cumulative(sets, tied_sums(sets, fit.hazard))
    expected[sets.deaths] -= fit.risk[sets.deaths] * tied_sums(sets, fit.hazard * sets.share)[sets.at]
    found = np.empty(len(sets.order))
    found[sets.order] = sets.event - expected
    return found
