"""Proportions: exact and score intervals, differences, ratios of odds, and tests of two by two tables.

Clopper and Pearson, Biometrika 1934;26:404. Wilson, JASA 1927;22:209. Miettinen and Nurminen, Stat Med 1985;4:213.
Fisher's exact test with the conditional odds ratio. Mantel and Haenszel 1959, with the variance of Robins, Breslow
and Greenland, Biometrics 1986;42:311. In a comparison the experimental arm comes first: difference = experimental -
control.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from scipy.optimize import brentq
from scipy.special import betaincinv, chdtrc, gammaln, ndtr

from equipoise.kernel.errors import InputError
from equipoise.kernel.messages import message
from equipoise.statistics.estimate import LEVEL, Estimate, HypothesisTest
from equipoise.statistics.follow_up import Floats


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of how many: `of` participants, of whom `n` responded."""

    n: int
    of: int

    def __post_init__(self) -> None:
        if not (isinstance(self.n, int) and isinstance(self.of, int)) or not 0 <= self.n <= self.of or self.of < 1:
            raise InputError(
                "the counts are not a proportion", seen=f"{self.n}/{self.of}", wanted="0 <= n <= of, of >= 1"
            )

    @property
    def rate(self) -> float:
        """The proportion."""
        return self.n / self.of


def clopper_pearson(counts: Counts, level: float = LEVEL) -> Estimate:
    """A proportion with the exact interval: the rates a one-sided binomial test would not reject on either side."""
    tail, n, of = (1 - level) / 2, counts.n, counts.of
    lower = 0.0 if n == 0 else float(betaincinv(n, of - n + 1, tail))
    upper = 1.0 if n == of else float(betaincinv(n + 1, of - n, 1 - tail))
    return Estimate(
        counts.rate, math.sqrt(counts.rate * (1 - counts.rate) / of), lower, upper, level, "Clopper-Pearson"
    )


def wilson(counts: Counts, level: float = LEVEL) -> Estimate:
    """A proportion with the score interval: |p - rate| <= z sqrt(p (1 - p) / n), solved for p."""
    z, p, of = NormalDist().inv_cdf(0.5 + level / 2), counts.rate, counts.of
    centre, half = p + z * z / (2 * of), z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    lower = 0.0 if counts.n == 0 else (centre - half) / scale
    upper = 1.0 if counts.n == of else (centre + half) / scale
    return Estimate(p, math.sqrt(p * (1 - p) / of), lower, upper, level, "Wilson")


def miettinen_nurminen(experimental: Counts, control: Counts, level: float = LEVEL) -> Estimate:
    """The difference of two proportions with the score interval of Miettinen and Nurminen.

    The differences d not rejected by (p1 - p0 - d)^2 / V(d) <= z^2, where V takes the rates most likely under d and is
    inflated by N / (N - 1).
    """
    return stratified_miettinen_nurminen([(experimental, control)], level)


def stratified_miettinen_nurminen(strata: Sequence[tuple[Counts, Counts]], level: float = LEVEL) -> Estimate:
    """The common difference over strata (experimental, control), weighted n1 n0 / (n1 + n0), with its score
    interval.
    """
    if not strata:
        raise InputError("there are no strata", wanted="one pair of counts or more")
    weights = np.array([one.of * zero.of / (one.of + zero.of) for one, zero in strata])
    weights = weights / weights.sum()
    value = float(weights @ [one.rate - zero.rate for one, zero in strata])
    z = NormalDist().inv_cdf(0.5 + level / 2)

    def distance(difference: float) -> float:
        variance = float(weights**2 @ [_score_variance(one, zero, difference) for one, zero in strata])
        if variance <= 0:
            return 0.0 if value == difference else math.copysign(math.inf, value - difference)
        return (value - difference) / math.sqrt(variance)

    lower = -1.0 if distance(-1.0) <= z else _root(lambda d: min(distance(d), 1e9) - z, -1.0, value)
    upper = 1.0 if distance(1.0) >= -z else _root(lambda d: max(distance(d), -1e9) + z, value, 1.0)
    std_err = math.sqrt(
        float(
            weights**2
            @ [one.rate * (1 - one.rate) / one.of + zero.rate * (1 - zero.rate) / zero.of for one, zero in strata]
        )
    )
    return Estimate(value, std_err, lower, upper, level, "Miettinen-Nurminen")


def _score_variance(one: Counts, zero: Counts, difference: float) -> float:
    """Variance of the observed difference at the rates most likely when the true difference is given (closed form)."""
    n1, n0, total = one.of, zero.of, one.of + zero.of
    c = one.n + zero.n
    l2 = (n1 + 2 * n0) * difference - total - c
    l1 = (n0 * difference - total - 2 * zero.n) * difference + c
    l0 = zero.n * difference * (1 - difference)
    q = (l2 / (3 * total)) ** 3 - l1 * l2 / (6 * total**2) + l0 / (2 * total)
    p = math.copysign(math.sqrt(max((l2 / (3 * total)) ** 2 - l1 / (3 * total), 0.0)), q)
    angle = (math.pi + math.acos(max(-1.0, min(1.0, q / p**3)))) / 3 if p else 0.0
    p0 = min(1.0, max(0.0, 2 * p * math.cos(angle) - l2 / (3 * total)))
    p1 = min(1.0, max(0.0, p0 + difference))
    return (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0) * total / (total - 1)


def difference_wald(
    experimental: Counts, control: Counts, level: float = LEVEL, *, continuity: bool = False
) -> Estimate:
    """The difference of two proportions with the plain normal interval (R's prop.test), perhaps
    continuity-corrected. Where each arm is all or none that interval would be a point, and there is none.
    """
    one, zero = experimental, control
    value = one.rate - zero.rate
    std_err = math.sqrt(one.rate * (1 - one.rate) / one.of + zero.rate * (1 - zero.rate) / zero.of)
    if std_err == 0.0:
        return Estimate(value, 0.0, level=level, method="Wald", reason=message("statistics.no_interval"))
    half = NormalDist().inv_cdf(0.5 + level / 2) * std_err
    if continuity:
        half += min(0.5, abs(value) / (1 / one.of + 1 / zero.of)) * (1 / one.of + 1 / zero.of)
    return Estimate(value, std_err, max(-1.0, value - half), min(1.0, value + half), level, "Wald")


def chi_square(experimental: Counts, control: Counts, *, continuity: bool = False) -> HypothesisTest:
    """Pearson's test of equal proportions, perhaps with Yates' correction; z > 0 where the experimental rate is
    higher.
    """
    one, zero = experimental, control
    pooled = (one.n + zero.n) / (one.of + zero.of)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / one.of + 1 / zero.of))
    if spread == 0:
        return HypothesisTest(None, 1, None, method="chi-square", reason=message("statistics.no_variance"))
    gap = one.rate - zero.rate
    if continuity:
        correction = min(0.5, abs(gap) / (1 / one.of + 1 / zero.of)) * (1 / one.of + 1 / zero.of)
        gap = math.copysign(abs(gap) - correction, gap)
    z = gap / spread
    return HypothesisTest(z * z, 1, float(chdtrc(1, z * z)), z, float(ndtr(-z)), "chi-square")


@dataclass(frozen=True, slots=True)
class FisherTest:
    """The exact two-sided p (tables no more likely than the one seen) and the conditional odds ratio."""

    p: float
    p_one_sided: float
    odds_ratio: Estimate


def fisher_exact(experimental: Counts, control: Counts, level: float = LEVEL) -> FisherTest:
    """Fisher's exact test; the odds ratio maximizes the conditional likelihood, its limits invert one-sided tests.

    A small `p_one_sided` says that the experimental rate is higher.
    """
    one, zero = experimental, control
    responders = one.n + zero.n
    support = np.arange(max(0, responders - zero.of), min(one.of, responders) + 1)
    log_density = -(
        gammaln(support + 1)
        + gammaln(one.of - support + 1)
        + gammaln(responders - support + 1)
        + gammaln(zero.of - responders + support + 1)
    )

    def density(log_odds: float) -> Floats:
        weight = log_density + log_odds * support
        weight = np.exp(weight - weight.max())
        return np.asarray(weight / weight.sum())

    null = density(0.0)
    at = int(np.flatnonzero(support == one.n)[0])
    p = min(1.0, float(null[null <= null[at] * (1 + 1e-7)].sum()))
    one_sided = min(1.0, float(null[at:].sum()))
    if len(support) == 1:
        reason = message("statistics.ratio_of_nothing")
        return FisherTest(p, one_sided, Estimate(None, level=level, method="Fisher", reason=reason))
    first, last = one.n == support[0], one.n == support[-1]
    tail = (1 - level) / 2
    value = 0.0 if first else math.inf if last else _odds(lambda b: float(density(b) @ support) - one.n)
    lower = 0.0 if first else _odds(lambda b: float(density(b)[at:].sum()) - tail)
    upper = None if last else _odds(lambda b: tail - float(density(b)[: at + 1].sum()))
    estimate = Estimate(
        value if math.isfinite(value) else None, None, lower, upper, level, "Fisher, conditional",
        None if math.isfinite(value) else message("statistics.infinite_odds"),
    )  # fmt: skip
    return FisherTest(p, one_sided, estimate)


@dataclass(frozen=True, slots=True)
class MantelHaenszel:
    """The common odds ratio over strata and the test of no association, with and without continuity correction."""

    odds_ratio: Estimate
    test: HypothesisTest
    corrected: HypothesisTest


def mantel_haenszel(strata: Sequence[tuple[Counts, Counts]], level: float = LEVEL) -> MantelHaenszel:
    """Combine two by two tables (experimental, control). Strata of fewer than two participants are refused."""
    if not strata or any(one.of + zero.of < 2 for one, zero in strata):
        raise InputError("a stratum has fewer than two participants", wanted="at least one in each arm")
    table = np.array([[one.n, one.of - one.n, zero.n, zero.of - zero.n] for one, zero in strata], dtype=np.float64)
    a, b, c, d = table.T
    total = table.sum(axis=1)
    expected = (a + b) * (a + c) / total
    variance = float(((a + b) * (c + d) * (a + c) * (b + d) / (total**2 * (total - 1))).sum())
    gap = float((a - expected).sum())
    r, s = a * d / total, b * c / total
    method = "Mantel-Haenszel"
    if variance <= 0:
        none = HypothesisTest(None, 1, None, method=method, reason=message("statistics.no_variance"))
        reason = message("statistics.ratio_of_nothing")
        return MantelHaenszel(Estimate(None, level=level, method=method, reason=reason), none, none)
    tests = []
    for correction in (0.0, 0.5):
        z = math.copysign(max(0.0, abs(gap) - min(correction, abs(gap))), gap) / math.sqrt(variance)
        tests.append(HypothesisTest(z * z, 1, float(chdtrc(1, z * z)), z, float(ndtr(-z)), method))
    if not r.sum() or not s.sum():
        odds = Estimate(None, level=level, method=method, reason=message("statistics.infinite_odds"))
        return MantelHaenszel(odds, tests[0], tests[1])
    p, q = (a + d) / total, (b + c) / total
    log_variance = float(
        (p * r).sum() / (2 * r.sum() ** 2)
        + (p * s + q * r).sum() / (2 * r.sum() * s.sum())
        + (q * s).sum() / (2 * s.sum() ** 2)
    )
    log, std_err = math.log(r.sum() / s.sum()), math.sqrt(log_variance)
    half = NormalDist().inv_cdf(0.5 + level / 2) * std_err
    odds = Estimate(math.exp(log), std_err, math.exp(log - half), math.exp(log + half), level, method)
    return MantelHaenszel(odds, tests[0], tests[1])


def _odds(rising: Callable[[float], float]) -> float:
    """The odds ratio at which a function rising in the log odds crosses 0."""
    reach = 1.0
    while rising(-reach) > 0 or rising(reach) < 0:
        reach *= 2
    return math.exp(_root(rising, -reach, reach))


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    return float(brentq(function, low, high, xtol=1e-15, rtol=1e-14, maxiter=500))
