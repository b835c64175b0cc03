"""Randomization inside the compiled simulator: simple, permuted blocks in lists, minimization (two arms).

The rules are those of `methods.randomization`; only the source of chance differs.
"""

from typing import Any

import numpy as np

from equipoise.kernel.compiled import stage
from equipoise.simulation.layout import METHOD_BLOCKS, METHOD_MINIMIZATION, METHOD_SIMPLE

_HALF = np.uint64(32)
_SCALE = 2.3283064365386963e-10  # 2^-32


@stage
def allocate(
    plan: Any, words: Any, size_words: Any, stratum: Any, site: Any, stratum_lists: Any, stratum_levels: Any,
    factor_weights: Any, block_sizes: Any, state: Any, arms: Any,
) -> None:  # fmt: skip
    """Allocate everyone in the order of arrival; `arms` becomes 0 or 1. `state` is scratch. Given arms stay."""
    if plan.method == METHOD_BLOCKS:
        blocks(plan, words, size_words, stratum, site, stratum_lists, block_sizes, state, arms)
    elif plan.method == METHOD_MINIMIZATION:
        minimize(plan, words, stratum, site, stratum_levels, factor_weights, state, arms)
    elif plan.method == METHOD_SIMPLE:
        total = np.uint64(plan.control + plan.experimental)
        for index in range(plan.subjects):
            ticket = np.int64((np.uint64(words[index]) * total) >> _HALF)
            arms[index] = np.int32(ticket >= plan.control)


@stage
def blocks(
    plan: Any, words: Any, size_words: Any, stratum: Any, site: Any, stratum_lists: Any, block_sizes: Any, state: Any,
    arms: Any,
) -> None:  # fmt: skip
    """Permuted blocks: each place of a block is drawn from what is left in it, so every order is as likely."""
    lists = plan.lists * (plan.sites if plan.site_lists == 1 else 1)
    for place in range(2 * lists):
        state[place] = 0
    # Read once: the compiler cannot know that writing an allocation leaves the plan as it was.
    whole, by_site, own_lists = plan.control + plan.experimental, plan.site_lists == 1, plan.lists
    sizes, share = block_sizes.size, plan.control
    size = block_sizes[0]
    full = size // whole * share
    for index in range(plan.subjects):
        # Unsigned: a signed index costs a look whether it counts from the end.
        own = np.uint64(stratum_lists[np.uint64(stratum[index])])
        if by_site:
            own += np.uint64(own_lists) * np.uint64(site[index])
        if sizes > 1:
            size = block_sizes[(np.uint64(size_words[index]) * np.uint64(sizes)) >> _HALF]
            full = size // whole * share
        # What is left of the list's block: places, and controls among them; a new block where nothing is. They are two
        # words, so that places, which no draw changes, need not wait for the draws; and all by arithmetic: a branch
        # here would be guessed wrong half of the time, and cost more than everything else.
        places, controls = state[own], state[np.uint64(lists) + own]
        new = -np.int64(places == 0)
        places += size & new
        controls += full & new
        ticket = np.int64((np.uint64(words[index]) * np.uint64(places)) >> _HALF)
        control = np.int64(np.uint64(ticket - controls) >> np.uint64(63))
        state[own] = places - 1
        state[np.uint64(lists) + own] = controls - control
        arms[index] = np.int32(1 - control)


@stage
def minimize(
    plan: Any, words: Any, stratum: Any, site: Any, stratum_levels: Any, factor_weights: Any, state: Any, arms: Any
) -> None:
    """Pocock and Simon's minimization over two arms, counts divided by the ratio, ties by the ratio."""
    factors = stratum_levels.shape[1]
    levels = np.int64(0)
    for place in range(plan.strata):
        for factor in range(factors):
            levels = max(levels, stratum_levels[place, factor] + 1)
    for place in range(2 * (levels + plan.sites)):
        state[place] = 0
    control, experimental = plan.control, plan.experimental
    total = control + experimental
    smallest = min(control, experimental)
    for index in range(plan.subjects):
        lean = 0.0  # the imbalance with the experimental arm less that with control
        for factor in range(factors + plan.site_factor):
            if factor < factors:
                level, weight = stratum_levels[stratum[index], factor], factor_weights[factor]
            else:
                level, weight = levels + np.int64(site[index]), plan.site_weight
            apart = np.float64(state[2 * level + 1] * control - state[2 * level] * experimental)
            with_experimental, with_control = apart + control, apart - experimental
            if plan.squared == 1:
                lean += weight * (with_experimental * with_experimental - with_control * with_control)
            else:
                lean += weight * (abs(with_experimental) - abs(with_control))
        chance = experimental / total
        if index > 0 and abs(lean) > 1e-9:
            if lean < 0.0:
                chance = 1.0 - (1.0 - plan.preferred) * (total - experimental) / (total - smallest)
            else:
                chance = (1.0 - plan.preferred) * (total - control) / (total - smallest)
        arm = np.int64((np.float64(words[index]) + 0.5) * _SCALE < chance)
        for factor in range(factors + plan.site_factor):
            level = stratum_levels[stratum[index], factor] if factor < factors else levels + np.int64(site[index])
            state[2 * level + arm] += 1
        arms[index] = np.int32(arm)
