"""The baseline table, and how different the groups are: absolute standardized differences, never tests.

Numbers: |m1 - m2| / sqrt((s1^2 + s2^2)/2) (Austin, Stat Med 2009;28:3083). Categories: the Mahalanobis distance of the
proportions (Yang and Dalton, SAS Global Forum 2012, 335). Of more than two groups the largest of all pairs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np


@dataclass(frozen=True, slots=True)
class NumberSummary:
    """A number in a group: how many have it, and its mean, standard deviation, median and quartiles."""

    n: int
    missing: int
    mean: float | None
    sd: float | None
    median: float | None
    lower: float | None
    upper: float | None


def summarize(values: Sequence[float | None]) -> NumberSummary:
    """Describe values, None for missing. Quartiles as R's type 7."""
    known = np.array([value for value in values if value is not None], dtype=np.float64)
    missing = len(values) - len(known)
    if not len(known):
        return NumberSummary(0, missing, None, None, None, None, None)
    lower, median, upper = (float(one) for one in np.quantile(known, [0.25, 0.5, 0.75]))
    sd = float(known.std(ddof=1)) if len(known) > 1 else None
    return NumberSummary(len(known), missing, float(known.mean()), sd, median, lower, upper)


def number_difference(groups: Sequence[Sequence[float | None]]) -> float | None:
    """The largest absolute standardized difference of means; None where no pair has a spread."""
    found = []
    for one, other in combinations([summarize(group) for group in groups], 2):
        if one.sd is None or other.sd is None or one.mean is None or other.mean is None:
            continue
        spread = np.sqrt((one.sd**2 + other.sd**2) / 2)
        if spread > 0:
            found.append(abs(one.mean - other.mean) / float(spread))
    return max(found, default=None)


def category_difference(groups: Sequence[Sequence[str]]) -> float | None:
    """The largest standardized difference of proportions; missing ('') is left out. None where there is none."""
    levels = sorted({value for group in groups for value in group if value})
    found = []
    for pair in combinations(groups, 2):
        shares = []
        for group in pair:
            known = [value for value in group if value]
            if not known:
                break
            shares.append(np.array([known.count(level) / len(known) for level in levels[1:]]))
        if len(shares) < 2 or not len(shares[0]):
            continue
        spread = sum(np.diag(share) - np.outer(share, share) for share in shares) / 2
        gap = shares[0] - shares[1]
        found.append(float(np.sqrt(max(0.0, gap @ np.linalg.pinv(spread) @ gap))))
    return max(found, default=None)
