"""Randomization to any number of arms inside the compiled simulator: simple, permuted blocks, minimization.

The rules are those of `methods.randomization`; only the source of chance differs.
"""

from typing import Any

import numpy as np

from equipoise.kernel.compiled import stage
from equipoise.simulation.layout import METHOD_BLOCKS, METHOD_MINIMIZATION

_HALF = np.uint64(32)
_SCALE = 2.3283064365386963e-10  # 2^-32


@stage
def holder(ratio: Any, ticket: Any) -> Any:
    """The arm that holds a ticket, when arms hold consecutive tickets by their ratio."""
    arm = 0
    while ticket >= ratio[arm]:
        ticket -= ratio[arm]
        arm += 1
    return arm


@stage
def imbalances(
    plan: Any, ratio: Any, stratum: Any, site: Any, stratum_levels: Any, factor_weights: Any, levels: Any, state: Any,
    imbalance: Any,
) -> None:  # fmt: skip
    """What Pocock and Simon's measure would be with the next participant in each arm, given the counts in `state`.

    `levels` is the number of levels of all factors; the counts of sites follow theirs.
    """
    count, factors = ratio.size, stratum_levels.shape[1]
    for candidate in range(count):
        imbalance[candidate] = 0.0
        for factor in range(factors + plan.site_factor):
            if factor < factors:
                place, weight = stratum_levels[stratum, factor], factor_weights[factor]
            else:
                place, weight = levels + np.int64(site), plan.site_weight
            low, high, sums, squares = np.inf, -np.inf, 0.0, 0.0
            for arm in range(count):
                share = (state[place * count + arm] + int(arm == candidate)) / ratio[arm]
                low, high = min(low, share), max(high, share)
                sums += share
                squares += share * share
            if plan.squared == 1:
                imbalance[candidate] += weight * (squares - sums * sums / count) / (count - 1)
            else:
                imbalance[candidate] += weight * (high - low)


@stage
def allocate_arms(
    plan: Any, ratio: Any, words: Any, size_words: Any, stratum: Any, site: Any, stratum_lists: Any,
    stratum_levels: Any, factor_weights: Any, block_sizes: Any, state: Any, arms: Any,
) -> None:  # fmt: skip
    """Allocate everyone in the order of arrival, by the rules of `methods.randomization`; `state` is scratch."""
    count = ratio.size
    total = np.int64(0)
    for arm in range(count):
        total += ratio[arm]
    for place in range(state.size):
        state[place] = 0
    factors = stratum_levels.shape[1]
    levels = stratum_levels.max() + 1
    smallest = ratio.min()
    imbalance = np.empty(count)
    for index in range(plan.subjects):
        chosen = np.int64(0)
        if plan.method == METHOD_BLOCKS:
            own = stratum_lists[stratum[index]]
            if plan.site_lists == 1:
                own += plan.lists * np.int64(site[index])
            left = state[own * count : (own + 1) * count]
            held = left.sum()
            if held == 0:
                drawn = np.int64((np.uint64(size_words[index]) * np.uint64(block_sizes.size)) >> _HALF)
                for arm in range(count):
                    left[arm] = block_sizes[drawn] // total * ratio[arm]
                held = left.sum()
            chosen = holder(left, np.int64((np.uint64(words[index]) * np.uint64(held)) >> _HALF))
            left[chosen] -= 1
        elif plan.method == METHOD_MINIMIZATION:
            imbalances(
                plan, ratio, stratum[index], site[index], stratum_levels, factor_weights, levels, state, imbalance
            )
            least = imbalance.min()
            favoured = np.int64(0)
            for arm in range(count):
                if index == 0 or imbalance[arm] <= least + 1e-9:
                    favoured += ratio[arm]
            # Han and others' mixture: by the ratio among all with probability m, else among the preferred.
            m = (1.0 - plan.preferred) * total / (total - smallest)
            mark = (np.float64(words[index]) + 0.5) * _SCALE
            for arm in range(count):
                chance = m * ratio[arm] / total
                if index == 0 or imbalance[arm] <= least + 1e-9:
                    chance += (1.0 - m) * ratio[arm] / favoured
                chosen = np.int64(arm)
                mark -= chance
                if mark < 0.0:
                    break
            for factor in range(factors + plan.site_factor):
                place = stratum_levels[stratum[index], factor] if factor < factors else levels + np.int64(site[index])
                state[place * count + chosen] += 1
        else:
            chosen = holder(ratio, np.int64((np.uint64(words[index]) * np.uint64(total)) >> _HALF))
        arms[index] = np.int32(chosen)
