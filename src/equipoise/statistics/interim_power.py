"""Conditional and predictive power at an interim look.

Conditional power is the chance of crossing an efficacy bound at a later look given the statistic now and a drift (Lan,
Simon and Halperin 1982; Jennison and Turnbull 2000, chapter 10). Predictive power averages it over what the data, with
a prior if there is one, leave open about the drift (Spiegelhalter, Freedman and Blackburn 1986).
"""

import math
from dataclasses import dataclass

import numpy as np

from equipoise.kernel.errors import InputError
from equipoise.statistics.group_sequential import Boundaries
from equipoise.statistics.joint_crossing import Walk, crossing

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)
_REACH = 9.0


@dataclass(frozen=True, slots=True)
class DriftPrior:
    """A normal prior for the expected statistic at full information; `information` is its weight as a fraction."""

    mean: float
    information: float


def conditional_power(design: Boundaries, statistic: float, fraction: float, drift: float) -> float:
    """The chance of crossing an upper bound after `fraction` of the information, where the statistic stands now.

    `drift` is the expected statistic at full information: the planned one, 0, or `trend` of the data. Raises
    InputError where no look lies ahead.
    """
    ahead = _ahead(design, statistic, fraction)
    upper = tuple(design.upper[look] for look in ahead)
    lower = tuple(design.lower[look] if design.lower is not None else -math.inf for look in ahead)
    looks = tuple(design.information[look] for look in ahead)
    return math.fsum(crossing(looks, upper, lower, drift, Walk.at(statistic, fraction)).upper)


def predictive_power(design: Boundaries, statistic: float, fraction: float, prior: DriftPrior | None = None) -> float:
    """Conditional power averaged over the posterior of the drift; a flat prior unless one is given."""
    _ahead(design, statistic, fraction)
    weight = prior.information if prior is not None else 0.0
    if weight < 0.0 or not math.isfinite(weight):
        raise InputError("the weight of the prior is out of range", seen=weight, wanted="a number of 0 or more")
    mean = (statistic * math.sqrt(fraction) + (prior.mean * weight if prior is not None else 0.0)) / (fraction + weight)
    spread = 1.0 / math.sqrt(fraction + weight)
    total = 0.0
    for node, share in zip(_NODES, _WEIGHTS, strict=True):
        deviate = _REACH * float(node)
        density = math.exp(-0.5 * deviate * deviate) / math.sqrt(2.0 * math.pi)
        total += (
            _REACH * float(share) * density * conditional_power(design, statistic, fraction, mean + spread * deviate)
        )
    return min(1.0, total)


def trend(statistic: float, fraction: float) -> float:
    """The drift the data suggest: the statistic now, carried on in proportion."""
    return statistic / math.sqrt(fraction)


def _ahead(design: Boundaries, statistic: float, fraction: float) -> list[int]:
    if not math.isfinite(statistic):
        raise InputError("the statistic is not a number", seen=statistic)
    if not 0.0 < fraction < 1.0:
        raise InputError("no look lies ahead of this information", seen=fraction, wanted="a fraction between 0 and 1")
    return [look for look, planned in enumerate(design.information) if planned > fraction + 1e-9]
