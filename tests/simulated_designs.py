"""Designs that several tests simulate: exponential times, uniform accrual over 24 months, 5 % dropout a year."""

import math

import numpy as np

from equipoise.kernel.dates import DAYS_PER_MONTH as MONTH
from equipoise.simulation.trials import (
    Allocation,
    FactorLevel,
    Hazards,
    Looks,
    StratumFactor,
    TrialDesign,
    UniformAccrual,
)
from equipoise.statistics.expected_events import Pieces
from equipoise.statistics.normal import normal_quantile

TWO_STRATA = (StratumFactor("stratum", (FactorLevel("a", 0.5), FactorLevel("b", 0.5))),)


def exponential(ratio=0.6, *, subjects=120, events=90, alpha=0.1, median=7.0, name="exponential", **changed):
    """A two-arm trial of exponential times; anything else of `TrialDesign` may be changed by name."""
    hazard = math.log(2) / (median * MONTH)
    dropout = Pieces.constant(-math.log(0.95) / 365.25)
    given = {
        "name": name,
        "subjects": subjects,
        "accrual": UniformAccrual(24 * MONTH),
        "control": Hazards(Pieces.constant(hazard), dropout=dropout),
        "experimental": Hazards(Pieces.constant(hazard * ratio), dropout=dropout),
        "looks": Looks((events,), (-normal_quantile(alpha),)),
        "allocation": Allocation(factors=("stratum",)),
        "factors": TWO_STRATA,
        "hazard_ratio": ratio,
    }
    return TrialDesign(**{**given, **changed})


def log_rank(days, event, treated):
    """The textbook statistic without ties: observed less expected over its standard deviation."""
    order = np.argsort(days)
    died, other = event[order], treated[order]
    share = other[::-1].cumsum()[::-1] / np.arange(len(days), 0, -1)
    return ((other - share) * died).sum() / math.sqrt((share * (1 - share) * died).sum())
