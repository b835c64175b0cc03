"""The one shape of a result: an estimate with its interval, or the reason why there is none; and a test.

Every estimator of this package returns an `Estimate`, or a frozen dataclass composed of them. A number that does not
exist is None with a reason beside it, never NaN.
"""

import math
from dataclasses import dataclass

from equipoise.kernel.messages import Message

LEVEL = 0.95
"""The confidence level where none is named."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, its standard error and its confidence limits; what could not be had is None, and `reason` says why.

    `std_err` is on the scale on which the interval was built where `method` names a transformation (a hazard ratio
    carries the standard error of its logarithm), else on the scale of the value.
    """

    value: float | None
    std_err: float | None = None
    lower: float | None = None
    upper: float | None = None
    level: float = LEVEL
    method: str = ""
    reason: Message | None = None


@dataclass(frozen=True, slots=True)
class HypothesisTest:
    """A chi-square statistic with its degrees of freedom and two-sided p; with one degree also z and a one-sided p.

    z < 0 and a small `p_one_sided` favour the experimental arm (fewer events than expected).
    """

    chisq: float | None
    df: int
    p: float | None
    z: float | None = None
    p_one_sided: float | None = None
    method: str = ""
    reason: Message | None = None


def present(value: float) -> float | None:
    """A finite number as it is; NaN and infinities, which no report may show, as None."""
    number = float(value)
    return number if math.isfinite(number) else None
