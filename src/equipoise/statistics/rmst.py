"""Restricted mean survival time: the area under the Kaplan-Meier curve to a horizon named beforehand.

Royston and Parmar, BMC Med Res Methodol 2013;13:152; Uno et al., JCO 2014;32:2380 (whose R package survRM2 it matches).
The horizon tau is never shortened: where the data do not reach it, there is no estimate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from scipy.special import ndtr

from equipoise.kernel.errors import InputError
from equipoise.kernel.messages import message
from equipoise.statistics.errors import UnsupportedTime
from equipoise.statistics.estimate import LEVEL, Estimate, HypothesisTest
from equipoise.statistics.follow_up import TIE
from equipoise.statistics.survival import SurvivalCurve


@dataclass(frozen=True, slots=True)
class Contrast:
    """An estimate with the Wald test of no difference; a small `p_one_sided` favours the experimental arm."""

    estimate: Estimate
    test: HypothesisTest


@dataclass(frozen=True, slots=True)
class RestrictedMeans:
    """Restricted mean survival and time lost by arm, and contrasts of the experimental (second) with the control
    arm.
    """

    tau: float
    survival: tuple[Estimate, ...]
    lost: tuple[Estimate, ...]
    difference: Contrast
    ratio: Contrast
    lost_ratio: Contrast


def supported(curves: Sequence[SurvivalCurve], tau: float, names: Sequence[str]) -> None:
    """Raise UnsupportedTime unless every curve is known up to tau: followed so far, or fallen to 0 before.

    A tau beyond the last time by rounding alone is that time, as two times would be.
    """
    if not np.isfinite(tau) or tau <= 0:
        raise InputError("tau is not a time", column="tau", seen=tau, wanted="a number above 0")
    reached = tau * (1 - TIE)
    for curve, name in zip(curves, names, strict=True):
        if reached > curve.time[-1] and curve.surv[-1] > 0:
            told, ends = _told_apart(tau, float(curve.time[-1]))
            raise UnsupportedTime("statistics.tau_unsupported", tau=told, arm=name, last=ends)
    last = max(float(curve.time[-1]) for curve in curves)
    if reached > last:
        told, ends = _told_apart(tau, last)
        raise UnsupportedTime("statistics.tau_beyond_all", tau=told, last=ends)


def _told_apart(tau: float, last: float) -> tuple[str, str]:
    """Both times as short as shows that they differ, from four digits on."""
    for digits in range(4, 17):
        told, ends = f"{tau:.{digits}g}", f"{last:.{digits}g}"
        if told != ends:
            return told, ends
    return str(tau), str(last)


def restricted_mean(curve: SurvivalCurve, tau: float, level: float = LEVEL, name: str = "the curve") -> Estimate:
    """The mean of min(T, tau); variance sum over event times of (area from t to tau)^2 d / (n (n - d)).

    Raises UnsupportedTime, InputError.
    """
    supported([curve], tau, [name])
    return _estimate(*_area(curve, tau), level, "restricted mean survival")


def restricted_means(
    control: SurvivalCurve,
    experimental: SurvivalCurve,
    tau: float,
    *,
    level: float = LEVEL,
    names: Sequence[str] = ("control", "experimental"),
) -> RestrictedMeans:
    """Restricted means of two arms, their difference, ratio, and the ratio of time lost. Raises as
    `restricted_mean`.
    """
    supported([control, experimental], tau, names)
    areas = [_area(curve, tau) for curve in (control, experimental)]
    (mean_0, se_0), (mean_1, se_1) = areas
    return RestrictedMeans(
        tau,
        tuple(_estimate(mean, se, level, "restricted mean survival") for mean, se in areas),
        tuple(_estimate(tau - mean, se, level, "restricted mean time lost") for mean, se in areas),
        _contrast(mean_1 - mean_0, float(np.hypot(se_0, se_1)), level, "difference"),
        _ratio(mean_0, se_0, mean_1, se_1, level, "ratio of restricted means"),
        _ratio(tau - mean_0, se_0, tau - mean_1, se_1, level, "ratio of time lost", good=-1),
    )


def _area(curve: SurvivalCurve, tau: float) -> tuple[float, float]:
    keep = curve.time <= tau
    time, surv = curve.time[keep], curve.surv[keep]
    width = np.diff(np.concatenate([[0.0], time, [tau]]))
    slabs = width * np.concatenate([[1.0], surv])
    after = np.cumsum(slabs[::-1])[::-1][1:]
    risk, deaths = curve.n_risk[keep], curve.n_event[keep]
    left = risk - deaths
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.where(left > 0, deaths / (risk * left), 0.0)
    return float(slabs.sum()), float(np.sqrt((after**2 * hazard).sum()))


def _estimate(value: float, std_err: float, level: float, method: str) -> Estimate:
    half = NormalDist().inv_cdf(0.5 + level / 2) * std_err
    return Estimate(value, std_err, value - half, value + half, level, method)


def _contrast(value: float, std_err: float, level: float, method: str) -> Contrast:
    return Contrast(_estimate(value, std_err, level, method), _test(value, std_err, 1))


def _ratio(
    mean_0: float, se_0: float, mean_1: float, se_1: float, level: float, method: str, good: int = 1
) -> Contrast:
    """A ratio by the delta method on the logarithm; the standard error is the logarithm's."""
    if mean_0 <= 0 or mean_1 <= 0:
        reason = message("statistics.ratio_of_nothing")
        return Contrast(Estimate(None, level=level, method=method, reason=reason), _test(0.0, 0.0, good))
    log = float(np.log(mean_1 / mean_0))
    std_err = float(np.hypot(se_0 / mean_0, se_1 / mean_1))
    half = NormalDist().inv_cdf(0.5 + level / 2) * std_err
    value, lower, upper = (float(np.exp(part)) for part in (log, log - half, log + half))
    return Contrast(Estimate(value, std_err, lower, upper, level, method), _test(log, std_err, good))


def _test(value: float, std_err: float, good: int) -> HypothesisTest:
    """The Wald test; `good` is the sign of a value that favours the experimental arm."""
    if std_err <= 0:
        return HypothesisTest(None, 1, None, method="Wald", reason=message("statistics.no_variance"))
    z = value / std_err
    return HypothesisTest(z * z, 1, float(2 * ndtr(-abs(z))), z, float(ndtr(-good * z)), "Wald")
