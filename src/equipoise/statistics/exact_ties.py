"""The exact treatment of ties: each set of d tied events is one of the equally possible subsets of its risk set.

Cox 1972, discrete logistic model; recursion of Gail, Lubin and Rubinstein, Biometrika 1981;68:703. The elementary
symmetric polynomials e_k of the risks are carried as means m_k = e_k / C(n, k), which stay of the order of the risks
and cannot overflow: m_k(n+1) = ((n + 1 - k) m_k(n) + k r m_{k-1}(n)) / (n + 1).
"""

from collections.abc import Callable

import numpy as np
from scipy.special import gammaln

from equipoise.statistics.follow_up import Floats, Ints
from equipoise.statistics.partial_likelihood import Likelihood, RiskSets, linear_predictors


class _Subsets:
    """m_k for k = 0 .. size, with first and second derivatives in the coefficients, as participants join."""

    def __init__(self, size: int, covariates: int) -> None:
        self.k = np.arange(1, size + 1, dtype=np.float64)
        self.n = 0
        self.m = np.zeros(size + 1)
        self.m[0] = 1.0
        self.first = np.zeros((size + 1, covariates))
        self.second = np.zeros((size + 1, covariates, covariates))

    def join(self, risk: float, x: Floats) -> None:
        """Let one participant enter: e_k gains risk * e_{k-1}, and the derivatives follow by the product rule."""
        self.n += 1
        stay, come = np.maximum(self.n - self.k, 0) / self.n, self.k * risk / self.n
        m, first, second = self.m[:-1], self.first[:-1], self.second[:-1]
        cross = first[:, :, None] * x
        gained = second + cross + cross.transpose(0, 2, 1) + m[:, None, None] * np.outer(x, x)
        self.second[1:] = stay[:, None, None] * self.second[1:] + come[:, None, None] * gained
        self.first[1:] = stay[:, None] * self.first[1:] + come[:, None] * (first + m[:, None] * x)
        self.m[1:] = stay * self.m[1:] + come * m


def evaluate_exact(sets: RiskSets, beta: Floats, offset: Floats | None = None) -> Likelihood | None:
    """Value, score and information of the exact likelihood at `beta`; None where the risks overflow. No weights."""
    eta = linear_predictors(sets, beta, offset)
    if eta is None:
        return None
    risk = np.exp(eta)
    covariates = sets.x.shape[1]
    loglik, score = float(eta[sets.deaths].sum()), sets.x[sets.deaths].sum(axis=0)
    information = np.zeros((covariates, covariates))
    subsets, joined = _Subsets(0, covariates), -1
    entered = _entered(sets)
    for j in range(len(sets.time)):
        begin, end, tied = int(sets.begin[j]), int(sets.end[j]), int(sets.count[j])
        fresh = j == 0 or sets.stratum[j] != sets.stratum[j - 1]
        if fresh or entered is not None:
            subsets = _Subsets(_largest(sets, j) if entered is None else tied, covariates)
            joined = begin
        for row in range(joined, end) if entered is None else entered(j):
            subsets.join(float(risk[row]), sets.x[row])
        joined = end
        total = subsets.m[tied]
        mean = subsets.first[tied] / total
        n = subsets.n
        loglik -= float(np.log(total) + gammaln(n + 1) - gammaln(tied + 1) - gammaln(n - tied + 1))
        score = score - mean
        information += subsets.second[tied] / total - np.outer(mean, mean)
    return Likelihood(loglik, score, information)


def _largest(sets: RiskSets, j: int) -> int:
    """The most tied events at one time in the stratum of event time j."""
    return int(sets.count[sets.stratum == sets.stratum[j]].max())


def _entered(sets: RiskSets) -> Callable[[int], Ints] | None:
    """With delayed entry, the rows at risk at an event time; else None."""
    if not len(sets.entry_order):
        return None

    def rows(j: int) -> Ints:
        begin, end = int(sets.begin[j]), int(sets.end[j])
        late = sets.entry_order[begin : int(sets.not_entered[j])]
        return np.setdiff1d(np.arange(begin, end), late, assume_unique=True)

    return rows
