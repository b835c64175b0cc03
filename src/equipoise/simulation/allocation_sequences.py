"""Sequences of allocations as the simulator makes them, judged: how balanced, how predictable.

A guesser knows the method and the levels of every participant, and sees the arms either of the own site (an open-label
trial shows those) or of all sites. It guesses the arm the method must lean to, given what it sees (Blackwell and
Hodges' convergent strategy, Ann Math Stat 1957;28:449): the arm behind in the participant's own list, or the arm
minimization would prefer. A guess with nothing to lean on is right by the ratio's odds, and counts so.
"""

from typing import Any

import numba
import numpy as np
from numba.core import types

from equipoise.kernel.compiled import kernel, stage
from equipoise.simulation.allocation_kernel import allocate
from equipoise.simulation.kernels import come
from equipoise.simulation.layout import METHOD_MINIMIZATION, METHOD_SIMPLE, PLAN, Draws

JUDGED = ("own_site", "all_sites", "overall", "margins", "strata", "sites")
"""What is judged of a sequence: right guesses of either guesser (a share), and imbalances: the difference between the
arms over all, and its mean over the levels of the randomization factors, over strata, and over sites."""

_plans = types.Array(numba.from_dtype(PLAN), 1, "C")
_reals, _whole, _words = types.float64[::1], types.int64[::1], types.uint64[::1]
_reals_2, _whole_2 = types.Array(types.float64, 2, "C"), types.Array(types.int64, 2, "C")


@stage
def apart(state: Any, place: Any, control: Any, experimental: Any) -> Any:
    """How far the experimental arm is ahead at one place, by the ratio; `state` holds pairs of counts."""
    return state[2 * place + 1] * control - state[2 * place] * experimental


@stage
def right(
    plan: Any, arm: Any, stratum: Any, site: Any, lists: Any, levels: Any, weights: Any, total_levels: Any,
    seen_lists: Any, seen_levels: Any,
) -> Any:  # fmt: skip
    """The chance that a guess from what is seen is right."""
    control, experimental = plan.control, plan.experimental
    odds = (experimental if arm == 1 else control) / (control + experimental)
    if plan.method == METHOD_SIMPLE:
        return odds
    if plan.method == METHOD_MINIMIZATION:
        lean = 0.0
        for factor in range(levels.shape[1] + plan.site_factor):
            if factor < levels.shape[1]:
                place, weight = levels[stratum, factor], weights[factor]
            else:
                place, weight = total_levels + site, plan.site_weight
            ahead = np.float64(apart(seen_levels, place, control, experimental))
            if plan.squared == 1:
                lean += weight * ((ahead + control) ** 2 - (ahead - experimental) ** 2)
            else:
                lean += weight * (abs(ahead + control) - abs(ahead - experimental))
        lean = lean if abs(lean) > 1e-9 else 0.0
    else:
        own = lists[stratum] + (plan.lists * site if plan.site_lists == 1 else 0)
        lean = np.float64(apart(seen_lists, own, control, experimental))
    if lean == 0.0:
        return odds
    return 1.0 if (lean < 0.0) == (arm == 1) else 0.0


@kernel(
    types.void(
        _plans, types.int64, _words, _whole_2, _whole, _reals, _whole, _reals, _reals, _reals, _reals,
        types.Array(types.uint32, 3, "C"), _reals_2, types.Array(types.int32, 2, "C"), _whole_2, _reals_2,
    )
)  # fmt: skip
def judge(
    plans: Any, trials: Any, stratum_edges: Any, levels: Any, lists: Any, weights: Any, block_sizes: Any,
    rate_starts: Any, rates: Any, site_open: Any, site_rate: Any, words: Any, real: Any, small: Any, whole: Any,
    out: Any,
) -> None:  # fmt: skip
    """Fill a row of `out` (the numbers of `JUDGED`) for trials 0 ... `trials` - 1.

    `whole` has rows for the allocator's state and for counts: over lists and levels, all sites and each apart, over
    strata and over sites.
    """
    plan = plans[0]
    count, control, experimental = plan.subjects, plan.control, plan.experimental
    arrival, stratum, arms, site = small[0], small[1], small[2], small[3]
    total_levels = np.int64(0)
    for place in range(plan.strata):
        for factor in range(levels.shape[1]):
            total_levels = max(total_levels, levels[place, factor] + 1)
    all_lists = plan.lists * (plan.sites if plan.site_lists == 1 else 1)
    span = total_levels + plan.sites
    draws = Draws(
        words[0, 0], words[0, 1], words[0, 2], words[0, 3], words[1, 0], words[1, 1], words[1, 2], words[1, 3],
        words[2, 0], words[2, 1], words[2, 2], words[2, 3],
    )  # fmt: skip
    for row in range(trials):
        trial = np.uint64(row)
        come(plan, trial, draws, real[0], stratum_edges, rate_starts, rates, site_open, site_rate, arrival, stratum,
             site)  # fmt: skip
        allocate(plan, draws.arm, draws.block, stratum, site, lists, levels, weights, block_sizes, whole[0], arms)

        for place in range(1, 7):
            whole[place, :] = 0
        own, every = 0.0, 0.0
        for index in range(count):
            arm, here, cell = np.int64(arms[index]), np.int64(site[index]), np.int64(stratum[index])
            mine_lists = whole[3, 2 * all_lists * here : 2 * all_lists * (here + 1)]
            mine_levels = whole[4, 2 * span * here : 2 * span * (here + 1)]
            own += right(plan, arm, cell, here, lists, levels, weights, total_levels, mine_lists, mine_levels)
            every += right(plan, arm, cell, here, lists, levels, weights, total_levels, whole[1], whole[2])
            list_ = lists[cell] + (plan.lists * here if plan.site_lists == 1 else 0)
            whole[1, 2 * list_ + arm] += 1
            mine_lists[2 * list_ + arm] += 1
            for factor in range(levels.shape[1]):
                whole[2, 2 * levels[cell, factor] + arm] += 1
                mine_levels[2 * levels[cell, factor] + arm] += 1
            whole[2, 2 * (total_levels + here) + arm] += 1
            mine_levels[2 * (total_levels + here) + arm] += 1
            whole[5, 2 * cell + arm] += 1
        line = out[row]
        line[0], line[1] = own / count, every / count
        unit = np.float64(control + experimental) / 2.0
        ahead = 0
        for index in range(count):
            ahead += control if arms[index] == 1 else -experimental
        line[2] = abs(ahead) / unit
        line[3], line[4], line[5] = 0.0, 0.0, 0.0
        for place in range(total_levels):
            line[3] += abs(apart(whole[2], place, control, experimental)) / unit / total_levels
        for place in range(plan.strata):
            line[4] += abs(apart(whole[5], place, control, experimental)) / unit / plan.strata
        for place in range(plan.sites):
            line[5] += abs(apart(whole[2], total_levels + place, control, experimental)) / unit / plan.sites
