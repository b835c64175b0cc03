"""The layout shared by the simulator and its kernels: the plan's scalars, the places of an outcome, and the codes."""

from typing import Any, NamedTuple

import numpy as np

PLAN = np.dtype(
    [
        ("key", np.uint64),
        ("subjects", np.int64),
        ("uniform_accrual", np.int64),  # 1: a fixed number uniformly over accrual_days; 0: a Poisson process by rates
        ("accrual_days", np.float64),
        ("strata", np.int64),
        ("analysed", np.int64),  # strata of the analysis
        ("bits", np.int64),  # bits that hold a stratum of the analysis
        ("lists", np.int64),  # randomization lists, sites apart
        ("sites", np.int64),
        ("site_lists", np.int64),  # 1: each site has its own lists
        ("site_factor", np.int64),  # 1: minimization balances sites too
        ("control", np.int64),  # the ratio
        ("experimental", np.int64),
        ("method", np.int64),
        ("preferred", np.float64),  # minimization: the probability of the preferred arm
        ("squared", np.int64),  # minimization: 1 for variance, 0 for range
        ("site_weight", np.float64),
        ("illness_death", np.int64),  # 1: deaths are simulated, before and after progression
        ("by_lesion", np.int64),  # 1: local failure per lesion competes with distant failure
        ("scans", np.int64),  # 1: progression is seen at visits only
        ("missed", np.uint64),  # a scan is missed where a word lies below
        ("window", np.int64),  # days a scan may lie before or after its planned day
        ("control_treated", np.uint64),  # contamination: a word below moves a control to the experimental hazards
        ("experimental_untreated", np.uint64),
        ("two_sided", np.int64),
        ("obeyed", np.int64),  # 1: a futility bound stops the trial; 0: it is only advice, and noted
        ("endpoint_os", np.int64),  # 1: survival is the primary endpoint, else progression-free survival
        ("longest", np.int64),  # the analysis comes by this calendar day, events or not
    ],
    align=True,
)

NEVER = 1 << 30
"""A day that never comes."""

METHOD_SIMPLE, METHOD_BLOCKS, METHOD_MINIMIZATION, METHOD_GIVEN = range(4)
"""How arms come about. Given: the arms of one trial stand in the scratch already, drawn elsewhere."""
LOCAL, DISTANT, DEATH, LATE_DEATH, DROPOUT = range(5)
"""Rows of the hazards: per residual lesion, progression elsewhere (or altogether), death before progression, death
after it (by time since), dropout."""

OUT = (
    "look", "z", "log_hr", "se", "median_control", "median_experimental", "day", "events", "enrolled", "rejected",
    "futile", "reached", "second_log_hr", "second_se", "second_median_control", "second_median_experimental",
    "second_events", "local_control", "distant_control", "death_control", "local_experimental", "distant_experimental",
    "death_experimental", "experimental",
)  # fmt: skip
"""One row of numbers a trial. `look` counts from 0; `z` is negative where the experimental arm does better; medians are
in days of follow-up; `day` is the calendar day of the last data cut; `futile` is 0, or the number (from 1) of the look
that first advised to stop; `second_` is the endpoint that is not primary, where deaths are simulated; the six first
failures are counts by arm.
"""
OUTPUTS = len(OUT)


class Draws(NamedTuple):
    """The words a trial may need, one row each, four to a purpose of the generator.

    Views of one block of memory, made once: making a view inside a loop over trials costs more than filling it.
    """

    arrival: Any
    stratum: Any
    arm: Any
    event: Any

    dropout: Any
    early_death: Any
    late_death: Any
    block: Any

    first: Any  # the third block serves sites, then contamination and lesions, then scans, one after the other
    second: Any
    third: Any
    fourth: Any


class Loads(NamedTuple):
    """Room for four numbers a participant: the standard exponentials, later what the analysis needs a death."""

    first: Any
    second: Any
    third: Any
    fourth: Any
