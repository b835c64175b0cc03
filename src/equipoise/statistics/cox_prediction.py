"""What a Cox model predicts: the baseline hazard, and survival for covariates one names.

Breslow's estimator, with tied events taken as the fit took them (Efron: one after another); variance of Tsiatis 1981
and Link 1984, hazard and coefficients both estimated. As R's basehaz and survfit.coxph.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from equipoise.kernel.errors import InputError
from equipoise.statistics.confidence import Scale, limits, scale_of
from equipoise.statistics.cox import CoxFit
from equipoise.statistics.estimate import LEVEL
from equipoise.statistics.follow_up import Floats
from equipoise.statistics.partial_likelihood import tied_sums


@dataclass(frozen=True, slots=True, eq=False)
class PredictedSurvival:
    """Predicted survival at every distinct time of a stratum; `std_err` belongs to the cumulative hazard."""

    stratum: int
    time: Floats
    cumhaz: Floats
    std_err: Floats
    surv: Floats
    lower: Floats
    upper: Floats
    scale: Scale
    level: float


def baseline_hazard(fit: CoxFit) -> tuple[PredictedSurvival, ...]:
    """The cumulative hazard at covariates of 0, stratum by stratum."""
    return predicted_survival(fit, np.zeros(len(fit.coef)))


def predicted_survival(
    fit: CoxFit, covariates: ArrayLike, *, scale: str = "log", level: float = LEVEL
) -> tuple[PredictedSurvival, ...]:
    """Survival of a participant with these covariates, in each stratum. Raises InputError.

    H(t) = r sum h; var H = r^2 (sum h / s0 + d' V d), where d is the sum of (x - mean) h over the events until t.
    """
    x = np.asarray(covariates, dtype=np.float64)
    if x.shape != fit.coef.shape or not np.isfinite(x).all():
        raise InputError("the covariates do not fit the model", seen=x.shape, wanted=f"{len(fit.coef)} finite numbers")
    if fit.ties == "exact":
        raise InputError("the prediction needs Efron's or Breslow's treatment of ties", seen=fit.ties)
    sets, at = fit.sets, fit.at_fit
    centred = (x - fit.means) / fit.spread
    risk = float(np.exp(centred @ (fit.coef * fit.spread)))
    hazard = tied_sums(sets, at.hazard)
    variance = tied_sums(sets, at.hazard / at.denominator)
    distance = tied_sums(sets, (centred - at.mean) * at.hazard[:, None])
    covariance = fit.variance * np.outer(fit.spread, fit.spread)
    strata = np.zeros(fit.n, np.int64) if fit.strata is None else fit.strata
    z = NormalDist().inv_cdf(0.5 + level / 2)
    found = []
    for level_code in np.unique(strata):
        own = np.flatnonzero(sets.stratum == level_code)[::-1]
        time = np.unique(fit.data.time[strata == level_code])
        upto = np.searchsorted(sets.time[own], time, side="right")
        cumhaz = risk * _upto(hazard[own], upto)
        d = _upto(distance[own], upto)
        spread = _upto(variance[own], upto) + np.einsum("ij,jk,ik->i", d, covariance, d)
        std_err = risk * np.sqrt(spread)
        surv = np.exp(-cumhaz)
        lower, upper = limits(surv, std_err, scale_of(scale), z)
        found.append(
            PredictedSurvival(int(level_code), time, cumhaz, std_err, surv, lower, upper, scale_of(scale), level)
        )
    return tuple(found)


def _upto(values: Floats, upto: np.ndarray) -> Floats:
    return np.asarray(np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0)])[upto])
