"""Gray's test: do the cumulative incidences of one cause differ between arms?

Gray, Ann Stat 1988;16:1141. A k-sample test of the subdistribution hazards, weight (1 - F(t-))^rho with F pooled;
stratified by adding scores and variances. It matches cmprsk::cuminc, ties corrected as there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, ndtr

from equipoise.kernel.messages import message
from equipoise.statistics.competing import own_cause, statuses
from equipoise.statistics.errors import TooFewArms
from equipoise.statistics.estimate import HypothesisTest
from equipoise.statistics.follow_up import Floats, codes, floats, follow_up


@dataclass(frozen=True, slots=True, eq=False)
class GrayTest:
    """The test, and the scores of the arms but the first with their covariance."""

    cause: int
    score: Floats
    covariance: Floats
    test: HypothesisTest


def gray(
    time: ArrayLike,
    status: ArrayLike,
    arm: ArrayLike,
    *,
    cause: int = 1,
    strata: ArrayLike | None = None,
    rho: float = 0.0,
    arm_names: Sequence[str] | None = None,
) -> GrayTest:
    """Test one cause across arm codes 0, 1, ... Raises InputError, TooFewArms, TooFewEvents."""
    times = floats(time, "time")
    state = statuses(status, len(times))
    data = follow_up(times, state > 0)
    arms = np.unique(codes(arm, "arm", len(data)))
    if len(arms) < 2:
        names = [str(code) for code in arms] if arm_names is None else [arm_names[code] for code in arms]
        raise TooFewArms("statistics.one_arm", arms=", ".join(names))
    own_cause(state, cause)
    group = np.searchsorted(arms, np.asarray(arm))
    stratum = np.zeros(len(data), np.int64) if strata is None else codes(strata, "strata", len(data))
    score, covariance = np.zeros(len(arms)), np.zeros((len(arms), len(arms)))
    for level in np.unique(stratum):
        rows = stratum == level
        s, v = _stratum(
            data.time[rows], np.where(state == cause, 1, 2 * (state > 0))[rows], group[rows], len(arms), rho
        )
        score += s
        covariance += v
    score, covariance = score[1:], covariance[1:, 1:]
    df = len(arms) - 1
    if np.linalg.matrix_rank(covariance, hermitian=True) < df:
        reason = message("statistics.no_variance")
        return GrayTest(cause, score, covariance, HypothesisTest(None, df, None, method="Gray", reason=reason))
    chisq = float(score @ np.linalg.solve(covariance, score))
    p = float(chdtrc(df, chisq))
    if df > 1:
        return GrayTest(cause, score, covariance, HypothesisTest(chisq, df, p, method="Gray"))
    z = float(score[0] / np.sqrt(covariance[0, 0]))
    return GrayTest(cause, score, covariance, HypothesisTest(chisq, df, p, z, float(ndtr(z)), "Gray"))


def _stratum(time: Floats, kind: np.ndarray, group: np.ndarray, groups: int, rho: float) -> tuple[Floats, Floats]:
    """Scores of all groups and their covariance. `kind` is 0 censored, 1 the cause, 2 another.

    In the notation of the paper, section 2: `h` is Y_k/S_k(t-), whose sum estimates the common risk; `c[i, k]` the
    integral of the coefficients a[i, k] against the pooled subdistribution hazard. The variance of the score is the sum
    over k of integrals of (a - w c)^2 and (w c)^2, w = 1 - (1 - F)/S_k, over each cause, plus what c gains later;
    expanding the square gives running sums with the final c.
    """
    distinct, at = np.unique(time, return_inverse=True)
    counts = np.zeros((3, groups, len(distinct)))
    np.add.at(counts, (kind, group, at), 1.0)
    risk_all = counts.sum(axis=0)[:, ::-1].cumsum(axis=1)[:, ::-1]
    surv, incidence, pooled = np.ones(groups), np.zeros(groups), 0.0
    score = np.zeros(groups)
    c = np.zeros((groups, groups))
    quadratic = np.zeros((groups, groups))
    linear = np.zeros((groups, groups))
    constant = np.zeros(groups)
    for j in np.flatnonzero(counts[1:].sum(axis=(0, 1)) > 0):
        risk, own, other = risk_all[:, j], counts[1, :, j], counts[2, :, j]
        live = risk > 0
        events = own.sum()
        safe = np.where(live, risk, 1.0)
        h = np.where(live, risk / np.where(live, surv, 1.0), 0.0)
        total = h.sum()
        expected_share = h * (1 - incidence)
        surv_after = np.where(live, surv * (safe - own - other) / safe, surv)
        incidence_after = incidence + np.where(live, surv * own / safe, 0.0)
        pooled_after = pooled + events / total
        weight = (1 - pooled) ** rho
        a = weight * (np.diag(h) - np.outer(h, h) / total)
        c = c + a * (events / (total * (1 - pooled)) if events else 0.0)
        score = score + weight * (own - events * expected_share / expected_share.sum())
        remaining = np.where(surv_after > 0, (1 - pooled_after) / np.where(surv_after > 0, surv_after, 1.0), 0.0)
        if events:
            w = np.where(surv_after > 0, 1 - remaining, 1.0)
            others = np.where(live, total * surv - 1, 1.0)
            tie = 1 - (events - 1) / others if events > 1 else np.ones(groups)
            spread = np.where(live, tie * surv * events / (total * safe), 0.0)
            effect = a - c * w
            constant = constant + spread * w**2
            linear = linear + effect * (w * spread)
            quadratic = quadratic + (effect * spread) @ effect.T
        hit = (surv_after > 0) & (other > 0)
        if hit.any():
            tie = np.where(other > 1, 1 - (other - 1) / np.maximum(risk - 1, 1.0), 1.0)
            spread = np.where(hit, tie * surv**2 * other / safe**2, 0.0)
            effect = c * remaining
            constant = constant + spread * remaining**2
            linear = linear - effect * (remaining * spread)
            quadratic = quadratic + (effect * spread) @ effect.T
        surv, incidence, pooled = surv_after, incidence_after, pooled_after
    cross = c @ linear.T
    return score, quadratic + (c * constant) @ c.T + cross + cross.T
