"""The normal distribution from the standard library alone: scipy's takes half a second to import."""

import math
from collections.abc import Iterable
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

_STANDARD = NormalDist()
_ROOT_HALF = math.sqrt(0.5)


def normal_cdf(z: float) -> float:
    """P(Z < z), accurate in both tails."""
    return 0.5 * math.erfc(-z * _ROOT_HALF)


def normal_cdfs(z: Iterable[float]) -> NDArray[np.float64]:
    """P(Z < z) for many z."""
    return np.array([0.5 * math.erfc(-each * _ROOT_HALF) for each in z])


def normal_quantile(probability: float) -> float:
    """The z with P(Z < z) = probability, for a probability strictly between 0 and 1 (Wichura's AS 241)."""
    return _STANDARD.inv_cdf(probability)
