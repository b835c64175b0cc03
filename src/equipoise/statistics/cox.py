"""The Cox proportional-hazards model: ties by Efron, Breslow or exactly; strata, delayed entry, weights, clusters.

Cox, JRSS B 1972;34:187; Lin and Wei, JASA 1989;84:1074 for the robust variance. Fits are fully converged (Newton until
the decrement is below 1e-18), so that they agree with R's coxph at `eps = 1e-13`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import Literal, cast, get_args

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, ndtr

from equipoise.kernel.errors import InputError
from equipoise.kernel.messages import Message, message
from equipoise.statistics.cox_residuals import robust_score, sandwich
from equipoise.statistics.errors import NotConverged, NotIdentified, TooFewEvents
from equipoise.statistics.estimate import LEVEL, Estimate, HypothesisTest
from equipoise.statistics.exact_ties import evaluate_exact
from equipoise.statistics.follow_up import COMPILED, Floats, FollowUp, Ints, codes, floats, follow_up
from equipoise.statistics.partial_likelihood import (
    Evaluation,
    Likelihood,
    RiskSets,
    evaluate,
    evaluate_fully,
    risk_sets,
)

Ties = Literal["efron", "breslow", "exact"]
ITERATIONS = 40
DECREMENT = 1e-18
"""Newton stops when score' variance score falls below this: the coefficients are then right to 1e-9 standard errors."""

LARGEST = 1e100
"""The largest covariate in size: the square of a larger one, summed, may leave the range of numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class CoxFit:
    """A fitted model. Lists run in the order of the covariates; `loglik` is (at zero, at the fit).

    `variance` is the one to use: robust where asked for, else the inverse information, which `naive_variance` always
    is. `score`, `wald` and `lr` test that all coefficients are zero (`wald` with `variance`).
    """

    names: tuple[str, ...]
    n: int
    events: int
    ties: Ties
    coef: Floats
    variance: Floats
    naive_variance: Floats
    loglik: tuple[float, float]
    score: HypothesisTest
    wald: HypothesisTest
    lr: HypothesisTest
    robust_score: HypothesisTest | None
    means: Floats
    iterations: int
    silent: tuple[Message, ...]
    data: FollowUp = field(repr=False)
    x: Floats = field(repr=False)
    strata: Ints | None = field(repr=False)
    sets: RiskSets = field(repr=False)
    spread: Floats = field(repr=False)

    @property
    def at_fit(self) -> Evaluation:
        """The likelihood at the fit with its risk-set sums, for the covariates centred and scaled by `spread`."""
        found = evaluate_fully(self.sets, self.coef * self.spread)
        assert found is not None
        return found

    @property
    def std_err(self) -> Floats:
        """Standard errors of the coefficients, from `variance`."""
        return np.sqrt(np.diag(self.variance))

    @property
    def linear_predictor(self) -> Floats:
        """x'b of each row given, covariates centred at their means. Equal rows give bit-equal values."""
        return linear_predictor(self.x - self.means, self.coef)

    def coefficient(self, index: int = 0, level: float = LEVEL) -> Estimate:
        """The log hazard ratio of one covariate with its Wald interval."""
        half = NormalDist().inv_cdf(0.5 + level / 2) * float(self.std_err[index])
        value = float(self.coef[index])
        return Estimate(value, float(self.std_err[index]), value - half, value + half, level, self._method())

    def hazard_ratio(self, index: int = 0, level: float = LEVEL) -> Estimate:
        """The hazard ratio of one covariate; the standard error is that of its logarithm."""
        log = self.coefficient(index, level)
        assert log.value is not None
        assert log.lower is not None
        assert log.upper is not None
        lower, value, upper = (float(np.exp(min(part, 700.0))) for part in (log.lower, log.value, log.upper))
        return Estimate(value, log.std_err, lower, upper, level, log.method)

    def test(self, index: int = 0) -> HypothesisTest:
        """The Wald test of one coefficient."""
        if not self.std_err[index] > 0:
            return HypothesisTest(None, 1, None, method="Wald", reason=message("statistics.no_variance"))
        z = float(self.coef[index] / self.std_err[index])
        return HypothesisTest(z * z, 1, float(2 * ndtr(-abs(z))), z, float(ndtr(z)), "Wald")

    def with_variance(self, variance: Floats) -> "CoxFit":
        """The same fit judged by another variance of the coefficients."""
        return replace(self, variance=variance, wald=_wald(self.coef, variance))

    def _method(self) -> str:
        return f"Cox, {self.ties} ties, Wald"


def linear_predictor(x: Floats, coef: Floats) -> Floats:
    """x'b summed in one fixed order, so that equal rows are tied exactly."""
    eta = np.zeros(len(x))
    for column, value in zip(x.T, coef, strict=True):
        eta += column * value
    return eta


def cox(
    time: ArrayLike,
    event: ArrayLike,
    covariates: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    robust: bool = False,
    ties: str = "efron",
    names: Sequence[str] | None = None,
    stratum_names: Sequence[str] | None = None,
) -> CoxFit:
    """Fit the model. `covariates` is (n,) or (n, p); `strata` and `cluster` are integer codes.

    With `cluster` or `robust` the variance is the sandwich of Lin and Wei. Raises InputError, TooFewEvents (no events),
    NotIdentified (a constant or collinear covariate), NotConverged (a coefficient runs to infinity).
    """
    data = follow_up(time, event, entry, weights)
    method = _ties(ties)
    x = matrix(covariates, len(data), names)
    labels = tuple(names) if names is not None else tuple(f"x{column + 1}" for column in range(x.shape[1]))
    if len(labels) != x.shape[1]:
        raise InputError("the names do not match the covariates", seen=labels, wanted=f"{x.shape[1]} names")
    stratum = None if strata is None else codes(strata, "strata", len(data))
    if not data.event.any():
        raise TooFewEvents("statistics.no_events", n=len(data))
    if method == "exact" and (weights is not None or robust or cluster is not None):
        raise InputError("the exact treatment of ties knows no weights and no robust variance", seen=ties)
    means, spread = location(x, labels)
    sets = risk_sets(data, x, means, spread, stratum, method == "efron")
    at: Evaluator = evaluate_exact if method == "exact" else evaluate
    null, fitted, beta, iterations = maximize(sets, at, labels)
    coef = beta / spread
    naive = np.linalg.inv(fitted.information) / np.outer(spread, spread)
    variance = naive
    robust_test = None
    if robust or cluster is not None:
        groups = None if cluster is None else codes(cluster, "cluster", len(data))
        full, start = evaluate_fully(sets, beta), evaluate_fully(sets, np.zeros(len(beta)))
        assert full is not None
        assert start is not None
        statistic = robust_score(sets, start, groups)
        robust_test = None if statistic is None else _chisq(statistic, len(beta), "robust score")
        variance = sandwich(sets, full, np.linalg.inv(fitted.information), groups) / np.outer(spread, spread)
    p = len(coef)
    score = float(null.score @ np.linalg.solve(null.information, null.score))
    return CoxFit(
        labels, len(data), int(data.event.sum()), method, coef, variance, naive, (null.loglik, fitted.loglik),
        _chisq(score, p, "score"), _wald(coef, variance),
        _chisq(2 * (fitted.loglik - null.loglik), p, "likelihood ratio"), robust_test, means, iterations,
        _silent(data, stratum, stratum_names), data, x, stratum, sets, spread,
    )  # fmt: skip


Evaluator = Callable[[RiskSets, Floats, Floats | None], Likelihood | None]


def maximize(
    sets: RiskSets, at: Evaluator, labels: Sequence[str], offset: Floats | None = None
) -> tuple[Likelihood, Likelihood, Floats, int]:
    """Newton's method from zero, halving steps that lower the likelihood: (at zero, at the maximum, where, iterations).

    Raises NotIdentified and NotConverged.
    """
    beta = np.zeros(sets.x.shape[1])
    null = current = at(sets, beta, offset)
    if null is None or current is None:
        raise NotConverged("statistics.not_converged", iterations=0)
    identified(null.information, labels)
    converged, iteration = False, 0
    while iteration < ITERATIONS and not converged:
        iteration += 1
        try:
            step = np.linalg.solve(current.information, current.score)
        except np.linalg.LinAlgError:
            break
        decrement = float(current.score @ step)
        if decrement < DECREMENT * max(1.0, abs(current.loglik) * 1e-6):
            converged = True
            continue
        proposal, halvings = at(sets, beta + step, offset), 0
        lowest = current.loglik - 1e-10 * abs(current.loglik)
        while proposal is None or proposal.loglik < lowest:
            step, halvings = step / 2, halvings + 1
            if halvings > 30:
                break
            proposal = at(sets, beta + step, offset)
        if proposal is None or proposal.loglik < lowest:  # no step climbs: at infinity, or the search has failed
            break
        beta, current = beta + step, proposal
    vanished = runaway(null.information, current.information)
    if vanished is not None:
        raise NotConverged("statistics.infinite_coefficient", covariate=labels[vanished])
    if not converged:
        raise NotConverged("statistics.not_converged", iterations=iteration)
    return null, current, beta, iteration


def runaway(at_zero: Floats, at_end: Floats) -> int | None:
    """The covariate along which the information has vanished, if any: there the likelihood has no maximum.

    While a coefficient runs to infinity the information falls like exp(-|beta|); a millionth of what it was at zero is
    beyond any finite effect.
    """
    if not np.isfinite(at_end).all():
        return int(np.argmax(~np.isfinite(np.diag(at_end))))
    root = np.linalg.inv(np.linalg.cholesky(at_zero))
    values, vectors = np.linalg.eigh(root @ at_end @ root.T)
    if values[0] > 1e-6:
        return None
    return int(np.abs(root.T @ vectors[:, 0]).argmax())


def identified(information: Floats, labels: Sequence[str]) -> None:
    """Refuse a covariate whose information, given those before it, vanishes."""
    scale = np.sqrt(np.maximum(np.diag(information), 0))
    for column, label in enumerate(labels):
        if scale[column] == 0 or scale[column] ** 2 < 1e-12:
            raise NotIdentified("statistics.not_identified", covariate=label)
    correlation = information / np.outer(scale, scale)
    for size in range(2, len(labels) + 1):
        block = correlation[: size - 1, : size - 1]
        link = correlation[: size - 1, size - 1]
        if 1 - float(link @ np.linalg.solve(block, link)) < 1e-10:
            raise NotIdentified("statistics.not_identified", covariate=labels[size - 1])


def location(x: Floats, labels: Sequence[str]) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each covariate.

    Raises NotIdentified for a constant one, InputError for one whose squares would leave the range of numbers.
    """
    sizes, sums, squares = _moments(x)
    for label, largest in zip(labels, sizes, strict=True):
        if largest > LARGEST:
            raise InputError(
                "the covariate is too large to compute with", column=label, seen=float(largest),
                wanted=f"at most {LARGEST:g} in size; give it in a larger unit",
            )  # fmt: skip
    means = sums / len(x)
    variance = squares / len(x) - means**2
    if (variance <= 1e-6 * means**2).any():
        variance = ((x - means) ** 2).mean(axis=0)
    for label, square, mean in zip(labels, variance, means, strict=True):
        if square <= (1e-12 * max(1.0, abs(float(mean)))) ** 2:
            raise NotIdentified("statistics.not_identified", covariate=label)
    return means, np.sqrt(variance)


def _moments(x: Floats) -> Floats:
    """The largest size, the sum and the sum of squares of each covariate, (3, p)."""
    if len(x) < COMPILED:
        with np.errstate(over="ignore"):
            return np.stack([np.abs(x).max(axis=0, initial=0.0), np.einsum("ij->j", x), np.einsum("ij,ij->j", x, x)])
    from equipoise.statistics.kernels import moments

    return np.asarray(moments(np.ascontiguousarray(x)))


def matrix(covariates: ArrayLike, n: int, names: Sequence[str] | None) -> Floats:
    """The covariates as an (n, p) matrix of finite numbers. Raises InputError naming row and column."""
    array = np.asarray(covariates)
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2 or array.shape[0] != n or array.shape[1] == 0:
        raise InputError(
            "the covariates are not a matrix of one row a participant", seen=array.shape, wanted=f"({n}, p)"
        )
    if array.dtype == np.float64 and np.isfinite(array.sum()):
        return np.ascontiguousarray(array)
    columns = [
        floats(array[:, column], names[column] if names is not None and column < len(names) else f"x{column + 1}", n)
        for column in range(array.shape[1])
    ]
    return np.column_stack(columns)


def _ties(name: str) -> Ties:
    if name not in get_args(Ties):
        raise InputError("there is no such treatment of ties", seen=name, wanted="one of " + ", ".join(get_args(Ties)))
    return cast(Ties, name)


def _chisq(statistic: float, df: int, method: str) -> HypothesisTest:
    return HypothesisTest(statistic, df, float(chdtrc(df, max(statistic, 0.0))), method=method)


def _wald(coef: Floats, variance: Floats) -> HypothesisTest:
    """The test that all coefficients are 0; with fewer clusters than covariates the robust variance allows none."""
    if np.linalg.matrix_rank(variance, hermitian=True) < len(coef):
        return HypothesisTest(None, len(coef), None, method="Wald", reason=message("statistics.no_variance"))
    return _chisq(float(coef @ np.linalg.solve(variance, coef)), len(coef), "Wald")


def _silent(data: FollowUp, stratum: Ints | None, names: Sequence[str] | None) -> tuple[Message, ...]:
    if stratum is None:
        return ()
    with_events = np.bincount(stratum, data.event, int(stratum.max()) + 1)
    return tuple(
        message("statistics.stratum_no_events", stratum=str(level) if names is None else names[level])
        for level in np.unique(stratum)
        if with_events[level] == 0
    )
