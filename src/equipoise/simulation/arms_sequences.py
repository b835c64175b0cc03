"""Sequences of allocations to any number of arms, judged as `allocation_sequences` judges those of two arms.

A guesser names the arm furthest behind its share in the participant's own list, or the one minimization would prefer;
where several are, one of those by the ratio, and that counts by its chance of being right (Blackwell and Hodges'
convergent strategy, for more arms than two). An imbalance is what the arm furthest ahead has more than the one furthest
behind, each over its share, in participants: times the harmonic mean of the ratio, as the difference of two arms is.
"""

from typing import Any

import numba
import numpy as np
from numba.core import types

from equipoise.kernel.compiled import kernel, stage
from equipoise.simulation.arms_allocation_kernel import allocate_arms, imbalances
from equipoise.simulation.kernels import come
from equipoise.simulation.layout import METHOD_MINIMIZATION, METHOD_SIMPLE, PLAN, Draws

_plans = types.Array(numba.from_dtype(PLAN), 1, "C")
_reals, _whole, _words = types.float64[::1], types.int64[::1], types.uint64[::1]
_reals_2, _whole_2 = types.Array(types.float64, 2, "C"), types.Array(types.int64, 2, "C")


@stage
def right_arm(
    plan: Any, ratio: Any, arm: Any, stratum: Any, site: Any, lists: Any, levels: Any, weights: Any, total_levels: Any,
    seen_lists: Any, seen_levels: Any, behind: Any,
) -> Any:  # fmt: skip
    """The chance that a guess from what is seen is right; `behind` is scratch."""
    arms = ratio.size
    if plan.method == METHOD_SIMPLE:
        behind[:] = 0.0
    elif plan.method == METHOD_MINIMIZATION:
        imbalances(plan, ratio, stratum, site, levels, weights, total_levels, seen_levels, behind)
    else:
        own = lists[stratum] + (plan.lists * site if plan.site_lists == 1 else 0)
        held = seen_lists[own * arms : (own + 1) * arms].sum()
        for one in range(arms):
            behind[one] = np.float64(seen_lists[own * arms + one] * ratio.sum() - held * ratio[one])
    least = behind.min() + 1e-9
    if behind[arm] > least:
        return 0.0
    leading = np.int64(0)
    for one in range(arms):
        if behind[one] <= least:
            leading += ratio[one]
    return ratio[arm] / leading


@stage
def apart_at(ratio: Any, state: Any, place: Any) -> Any:
    """How far the arm furthest ahead and the one furthest behind differ at one place, in participants."""
    low, high, inverse = np.inf, -np.inf, 0.0
    for arm in range(ratio.size):
        share = state[place * ratio.size + arm] / ratio[arm]
        low, high = min(low, share), max(high, share)
        inverse += 1.0 / ratio[arm]
    return (high - low) * ratio.size / inverse


@kernel(
    types.void(
        _plans, types.int64, _whole, _words, _whole_2, _whole, _reals, _whole, _reals, _reals, _reals, _reals,
        types.Array(types.uint32, 3, "C"), _reals_2, types.Array(types.int32, 2, "C"), _whole_2, _reals_2,
    )
)  # fmt: skip
def judge_arms(
    plans: Any, trials: Any, ratio: Any, stratum_edges: Any, levels: Any, lists: Any, weights: Any, block_sizes: Any,
    rate_starts: Any, rates: Any, site_open: Any, site_rate: Any, words: Any, real: Any, small: Any, whole: Any,
    out: Any,
) -> None:  # fmt: skip
    """Fill a row of `out` (the numbers of `allocation_sequences.JUDGED`) for trials 0 ... `trials` - 1.

    `whole` has rows for the allocator's state and for counts: over lists and levels, all sites and each apart, over
    strata, and over all.
    """
    plan, arms = plans[0], ratio.size
    count = plan.subjects
    arrival, stratum, given, site = small[0], small[1], small[2], small[3]
    total_levels = levels.max() + 1
    all_lists = plan.lists * (plan.sites if plan.site_lists == 1 else 1)
    span = total_levels + plan.sites
    behind = np.empty(arms)
    draws = Draws(
        words[0, 0], words[0, 1], words[0, 2], words[0, 3], words[1, 0], words[1, 1], words[1, 2], words[1, 3],
        words[2, 0], words[2, 1], words[2, 2], words[2, 3],
    )  # fmt: skip
    for row in range(trials):
        trial = np.uint64(row)
        come(plan, trial, draws, real[0], stratum_edges, rate_starts, rates, site_open, site_rate, arrival, stratum,
             site)  # fmt: skip
        allocate_arms(plan, ratio, draws.arm, draws.block, stratum, site, lists, levels, weights, block_sizes,
                      whole[0], given)  # fmt: skip

        whole[1:, :] = 0
        own, every = 0.0, 0.0
        for index in range(count):
            arm, here, cell = np.int64(given[index]), np.int64(site[index]), np.int64(stratum[index])
            mine_lists = whole[3, arms * all_lists * here : arms * all_lists * (here + 1)]
            mine_levels = whole[4, arms * span * here : arms * span * (here + 1)]
            own += right_arm(plan, ratio, arm, cell, here, lists, levels, weights, total_levels, mine_lists,
                             mine_levels, behind)  # fmt: skip
            every += right_arm(plan, ratio, arm, cell, here, lists, levels, weights, total_levels, whole[1], whole[2],
                               behind)  # fmt: skip
            list_ = lists[cell] + (plan.lists * here if plan.site_lists == 1 else 0)
            whole[1, arms * list_ + arm] += 1
            mine_lists[arms * list_ + arm] += 1
            for factor in range(levels.shape[1]):
                whole[2, arms * levels[cell, factor] + arm] += 1
                mine_levels[arms * levels[cell, factor] + arm] += 1
            whole[2, arms * (total_levels + here) + arm] += 1
            mine_levels[arms * (total_levels + here) + arm] += 1
            whole[5, arms * cell + arm] += 1
            whole[6, arm] += 1
        line = out[row]
        line[0], line[1], line[2] = own / count, every / count, apart_at(ratio, whole[6], 0)
        line[3], line[4], line[5] = 0.0, 0.0, 0.0
        for place in range(total_levels):
            line[3] += apart_at(ratio, whole[2], place) / total_levels
        for place in range(plan.strata):
            line[4] += apart_at(ratio, whole[5], place) / plan.strata
        for place in range(plan.sites):
            line[5] += apart_at(ratio, whole[2], total_levels + place) / plan.sites
