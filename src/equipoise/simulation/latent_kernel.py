"""Latent times inside the compiled simulator: when progression, death and dropout would come, were they watched daily.

Progression and death follow an illness-death model with piecewise-constant hazards; progression is either one hazard,
or one per residual lesion competing with distant failure. An event at time t falls on whole day floor(t) + 1.
"""

from typing import Any

import numpy as np

from equipoise.kernel.compiled import stage
from equipoise.simulation.layout import DEATH, DISTANT, DROPOUT, LATE_DEATH, LOCAL, NEVER
from equipoise.simulation.philox import exponentials, fill

_LIMIT = np.float64(NEVER - 1)
_SCALE = 2.3283064365386963e-10  # 2^-32


@stage
def waiting(load: Any, starts: Any, row: Any, factor: Any) -> Any:
    """The time at which the cumulative hazard factor * row reaches `load`."""
    pieces = starts.size
    for piece in range(pieces - 1):
        capacity = factor * row[piece] * (starts[piece + 1] - starts[piece])
        if load < capacity:
            return starts[piece] + load / (factor * row[piece])
        load -= capacity
    if factor * row[pieces - 1] <= 0.0:
        return _LIMIT
    return min(starts[pieces - 1] + load / (factor * row[pieces - 1]), _LIMIT)


@stage
def first_failure(load: Any, starts: Any, local: Any, distant: Any, lesions: Any, factor: Any, word: Any) -> Any:
    """When the first of several lesions, or a distant site, progresses, and which (0 local, 1 distant)."""
    pieces = starts.size
    for piece in range(pieces):
        near, all_ = factor * lesions * local[piece], factor * (lesions * local[piece] + distant[piece])
        last = piece == pieces - 1
        capacity = np.inf if last else all_ * (starts[piece + 1] - starts[piece])
        if last and all_ <= 0.0:
            return _LIMIT, 1
        if load < capacity:
            which = np.int64((np.float64(word) + 0.5) * _SCALE * all_ >= near)
            return min(starts[piece] + load / all_, _LIMIT), which
        load -= capacity
    return _LIMIT, 1


@stage
def plain_times(
    plan: Any, stratum: Any, arm_group: Any, multipliers: Any, hazards: Any, event: Any, leaving: Any, progression: Any,
    dropout: Any,
) -> None:  # fmt: skip
    """The case of one constant hazard of one event: multiplications, which the compiler does on vectors."""
    count = plan.subjects
    for place in range(plan.strata):
        if multipliers[place] != 1.0:
            apart = 1.0 / multipliers[place] - 1.0
            for index in range(count):
                event[index] *= 1.0 + apart * np.float64(stratum[index] == place)
    whole_days(count, event, hazards[DISTANT, 0, 0], hazards[DISTANT, 1, 0], arm_group, progression)
    whole_days(count, leaving, hazards[DROPOUT, 0, 0], hazards[DROPOUT, 1, 0], arm_group, dropout)


@stage
def whole_days(count: Any, loads: Any, control: Any, experimental: Any, arm_group: Any, days: Any) -> None:
    """The whole days on which standard exponentials fall, by the hazard of the arm."""
    mean_0 = 1.0 / control if control > 0.0 else np.float64(NEVER)
    mean_1 = 1.0 / experimental if experimental > 0.0 else np.float64(NEVER)
    apart = mean_1 - mean_0
    for index in range(count):
        days[index] = np.int32(min(loads[index] * (mean_0 + apart * (arm_group[index] & 1)), _LIMIT)) + 1


@stage
def latent_times(
    plan: Any, trial: Any, draws: Any, stratum: Any, arm_group: Any, multipliers: Any, starts: Any, hazards: Any,
    lesion_edges: Any, loads: Any, progression: Any, death: Any, dropout: Any, cause: Any,
) -> None:  # fmt: skip
    """Fill the days of progression, death and dropout, and the cause of progression (0 local, 1 distant).

    `loads` hold the standard exponentials of event and dropout, and have room for two more.
    """
    subjects = plan.subjects
    simple = starts.size == 1 and plan.by_lesion == 0
    mixed = plan.control_treated + plan.experimental_untreated > np.uint64(0)
    if plan.by_lesion == 1 or plan.illness_death == 1 or mixed:
        fill(plan.key, trial, 3, subjects, draws.first, draws.second, draws.third, draws.fourth)
    if plan.illness_death == 1:
        exponentials(draws.early_death, subjects, loads.third)
        exponentials(draws.late_death, subjects, loads.fourth)
    for index in range(subjects):
        arm = np.int64(arm_group[index] & 1)
        if mixed:
            crosses = plan.experimental_untreated if arm == 1 else plan.control_treated
            if np.uint64(draws.first[index]) < crosses:
                arm = 1 - arm
        factor = multipliers[stratum[index]]
        if simple:
            rate = factor * hazards[DISTANT, arm, 0]
            came = min(loads.first[index] / rate, _LIMIT) if rate > 0.0 else _LIMIT
            gone = hazards[DROPOUT, arm_group[index] & 1, 0]
            left = min(loads.second[index] / gone, _LIMIT) if gone > 0.0 else _LIMIT
            cause[index] = 1
        else:
            if plan.by_lesion == 1:
                lesions = 1
                while (
                    lesions < lesion_edges.shape[1]
                    and np.uint64(draws.second[index]) >= (lesion_edges[stratum[index], lesions - 1])
                ):
                    lesions += 1
                came, which = first_failure(
                    loads.first[index],
                    starts,
                    hazards[LOCAL, arm],
                    hazards[DISTANT, arm],
                    lesions,
                    factor,
                    draws.third[index],
                )
                cause[index] = np.int32(which)
            else:
                came = waiting(loads.first[index], starts, hazards[DISTANT, arm], factor)
                cause[index] = 1
            left = waiting(loads.second[index], starts, hazards[DROPOUT, arm_group[index] & 1], 1.0)
        progression[index] = np.int32(came) + 1 if came < _LIMIT else NEVER
        dropout[index] = np.int32(left) + 1 if left < _LIMIT else NEVER
        death[index] = NEVER
        if plan.illness_death == 1:
            early = waiting(loads.third[index], starts, hazards[DEATH, arm], factor)
            if early < came:
                progression[index] = NEVER
                death[index] = np.int32(early) + 1
            elif came < _LIMIT:
                late = waiting(loads.fourth[index], starts, hazards[LATE_DEATH, arm], factor)
                death[index] = np.int32(min(np.floor(came) + 1.0 + late, _LIMIT)) + 1 if late < _LIMIT else NEVER
