"""Several arms compared with one control at once: how often any comparison rejects, and how often all do.

The statistics share the control, so they are correlated: those of arms i and j by the square root of
r_i r_j / ((r_i + r_c)(r_j + r_c)), with r the shares of information. Given the control's part they are independent, and
the chance is one integral. Source: Dunnett, J Am Stat Assoc 1955;50:1096.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.kernel.errors import EstimationError
from equipoise.statistics.normal import normal_cdf

_STEPS, _REACH = 2000, 9.0


@dataclass(frozen=True, slots=True)
class Together:
    """Probabilities that at least one comparison rejects, and that every one does."""

    any: float
    all: float


def together(bound: float, drifts: Sequence[float], ratios: Sequence[float], *, sides: int = 1) -> Together:
    """For one analysis at a critical value `bound`; `drifts` are the means of the statistics, positive for benefit.

    `ratios` are those of the arms over control. Raises EstimationError unless there is one above 0 for each drift.
    """
    if not drifts or len(drifts) != len(ratios) or any(not ratio > 0.0 for ratio in ratios):
        raise EstimationError(
            f"Each comparison needs its ratio to control, above 0: seen {len(ratios)} ratios ({list(ratios)}) for "
            f"{len(drifts)} comparisons."
        )
    none = every = 0.0
    step = 2.0 * _REACH / _STEPS
    loads = [math.sqrt(ratio / (ratio + 1.0)) for ratio in ratios]
    for index in range(_STEPS + 1):
        common = -_REACH + index * step
        weight = (1.0 if index in (0, _STEPS) else 4.0 if index % 2 else 2.0) * step / 3.0
        density = weight * math.exp(-0.5 * common * common) / math.sqrt(2.0 * math.pi)
        kept = crossed = 1.0
        for mean, load in zip(drifts, loads, strict=True):
            spread = math.sqrt(1.0 - load * load)
            inside = normal_cdf((bound - mean - load * common) / spread)
            if sides == 2:
                inside -= normal_cdf((-bound - mean - load * common) / spread)
            kept *= inside
            crossed *= 1.0 - inside
        none += density * kept
        every += density * crossed
    return Together(1.0 - none, every)
