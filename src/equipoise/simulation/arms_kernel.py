"""The compiled simulator of trials with several experimental arms, each compared with the one control.

Made of the stages of the two-arm simulator; what is its own is the allocation to any number of arms, the latent times
of arms whose hazards differ, and the analysis by comparison.
"""

from typing import Any

import numba
import numpy as np
from numba.core import types

from equipoise.kernel.compiled import kernel
from equipoise.simulation.arms_allocation_kernel import allocate_arms
from equipoise.simulation.kernels import come, cut, day_reached, scanned, seen_at_scans
from equipoise.simulation.lanes import WORDS
from equipoise.simulation.latent_kernel import latent_times
from equipoise.simulation.layout import NEVER, PLAN, Draws, Loads
from equipoise.simulation.philox import exponentials
from equipoise.simulation.two_arm_analysis import (
    EVENTS,
    LOG_HR,
    MEDIAN_CONTROL,
    MEDIAN_EXPERIMENTAL,
    SCORE,
    SE,
    STATISTICS,
    VARIANCE,
    analyse,
)  # fmt: skip

_plans = numba.from_dtype(PLAN)
_reals, _reals_3 = types.float64[::1], types.Array(types.float64, 3, "C")
_reals_2, _whole = types.Array(types.float64, 2, "C"), types.int64[::1]
_small_2, _word_3 = types.Array(types.int32, 2, "C"), types.Array(types.uint32, 3, "C")
_whole_2, _long_2 = types.Array(types.int64, 2, "C"), types.Array(types.uint64, 2, "C")

SIGNATURE = types.void(
    types.Array(_plans, 1, "C"),
    types.int64, types.int64, _whole,  # first trial, number of trials; ratio, control first
    types.uint64[::1], _whole_2, _whole, types.int32[::1],  # strata: edges, levels, lists, strata of the analysis
    _reals, _reals,  # hazard ratios of strata, weights of factors
    _reals, types.Array(types.float64, 4, "C"), _long_2,  # hazards: starts, a table an arm; lesions by stratum
    _whole,  # block sizes
    _reals, _reals, _reals, _reals,  # accrual: starts, rates; sites: opening, rate
    _whole,  # planned days of scans
    _whole, _reals, _reals,  # looks: events of all arms, efficacy and futility bounds of a comparison
    _word_3, _reals_2, _small_2, _small_2, types.uint64[::1], types.uint64[::1], _long_2, _whole,  # scratch
    _small_2,  # scratch: arms; and a pair's follow-up, event, group
    _reals_3,  # out
)  # fmt: skip


@kernel(SIGNATURE)
def simulate_arms(
    plans: Any, first: Any, trials: Any, ratio: Any, stratum_edges: Any, stratum_levels: Any, stratum_lists: Any,
    analysed: Any, multipliers: Any, factor_weights: Any, hazard_starts: Any, hazards: Any, lesion_edges: Any,
    block_sizes: Any, rate_starts: Any, rates: Any, site_open: Any, site_rate: Any, visit_days: Any, look_events: Any,
    efficacy: Any, futility: Any, words: Any, real: Any, small: Any, scan_days: Any, bucket: Any, bitmap: Any,
    counts: Any, lists: Any, pairs: Any, out: Any,
) -> None:  # fmt: skip
    """Simulate trials `first` ... `first + trials - 1`, each a row (`layout.OUT`) a comparison, and one of the whole.

    `hazards` has a table of control and an experimental arm for each of those, or one alone that all arms share.

    A comparison is decided by the look that crosses its efficacy bound, or its futility bound where that is obeyed, or
    by the last; the trial ends when all are. Participants of an arm decided early are followed on and counted. In the
    row of the whole, `rejected` says that any comparison was, `events` and `enrolled` are those of all arms, and what
    belongs to two arms is not a number.
    """
    plan = plans[0]
    subjects, comparisons = plan.subjects, ratio.size - 1
    arrival, stratum, arm_group, dropout = small[0], small[1], small[2], small[3]
    progression, death, cause, seen = small[4], small[5], small[6], small[7]
    follow_up, event, group, site = small[8], small[9], small[10], small[11]
    countable = small[12]
    arms, pair_day, pair_event, pair_group = pairs[0], pairs[1], pairs[2], pairs[3]
    draws = Draws(
        words[0, 0], words[0, 1], words[0, 2], words[0, 3], words[1, 0], words[1, 1], words[1, 2], words[1, 3],
        words[2, 0], words[2, 1], words[2, 2], words[2, 3],
    )  # fmt: skip
    loads = Loads(real[0], real[1], real[2], real[3])
    found = np.empty(STATISTICS)
    at_risk, ties, share, inverse = counts[0], counts[1], loads.fourth, real[4]
    for index in range(inverse.size):
        inverse[index] = 1.0 / max(index, 1)
    width = (subjects + WORDS - 1) // WORDS * WORDS
    for index in range(subjects, width):
        countable[index] = NEVER
    decided = np.zeros(comparisons, np.bool_)
    for row in range(trials):
        trial = np.uint64(first + row)
        come(plan, trial, draws, loads.first, stratum_edges, rate_starts, rates, site_open, site_rate, arrival, stratum,
             site)  # fmt: skip
        allocate_arms(plan, ratio, draws.arm, draws.block, stratum, site, stratum_lists, stratum_levels,
                      factor_weights, block_sizes, lists, arms)  # fmt: skip
        for index in range(subjects):
            arm_group[index] = np.int32(arms[index] > 0) + 2 * analysed[stratum[index]]
        # Where arms differ, everyone's times are worked out under each arm's table, and one's own are kept; controls,
        # some of whom may live by an experimental arm's hazards, take the first arm's for those.
        for effect in range(hazards.shape[0]):
            exponentials(draws.event, subjects, loads.first)
            exponentials(draws.dropout, subjects, loads.second)
            latent_times(plan, trial, draws, stratum, arm_group, multipliers, hazard_starts, hazards[effect],
                         lesion_edges, loads, progression, death, dropout, cause)  # fmt: skip
            for index in range(subjects):
                if effect == 0 or arms[index] == effect + 1:
                    pair_day[index], pair_event[index] = progression[index], death[index]
                    pair_group[index] = cause[index]
        if hazards.shape[0] > 1:
            for index in range(subjects):
                progression[index], death[index], cause[index] = pair_day[index], pair_event[index], pair_group[index]
        if plan.scans == 1:
            scanned(plan, trial, draws, visit_days, scan_days)
            seen_at_scans(plan, visit_days, scan_days, progression, death, cause, seen)
        else:
            for index in range(subjects):
                seen[index] = min(progression[index], death[index])
                if death[index] < progression[index]:
                    cause[index] = 2
        primary = death if plan.endpoint_os == 1 else seen
        for index in range(subjects):
            countable[index] = (primary[index] if primary[index] <= dropout[index] else NEVER) + arrival[index]

        decided[:] = False
        out[row, :, :] = np.nan
        out[row, :, 9:11] = 0.0
        out[row, :, 17:] = 0.0
        look, looks, reached = 0, look_events.size, 1.0
        ended: Any = np.int64(0)
        enrolled: Any = np.int64(0)
        while True:
            ended = day_reached(look_events[look], width, countable, plan.longest)
            if ended < 0:
                look, reached = looks - 1, 0.0
                ended = np.int64(0)
                for index in range(subjects):
                    known = np.int64(min(primary[index], dropout[index])) + np.int64(arrival[index])
                    ended = max(ended, known)
                ended = min(ended, plan.longest)
            final = look == looks - 1
            enrolled = cut(plan, ended, plan.endpoint_os, arrival, primary, dropout, arm_group, visit_days, scan_days,
                           follow_up, event, group)  # fmt: skip
            for comparison in range(comparisons):
                if decided[comparison]:
                    continue
                held = 0
                for index in range(enrolled):
                    if arms[index] == 0 or arms[index] == comparison + 1:
                        pair_day[held], pair_event[held] = follow_up[index], event[index]
                        pair_group[held] = group[index]
                        held += 1
                analyse(held, pair_day, pair_event, pair_group, plan.analysed, plan.bits, bucket, bitmap, at_risk, ties,
                        inverse, share, True, found)  # fmt: skip
                z = found[SCORE] / np.sqrt(found[VARIANCE]) if found[VARIANCE] > 0.0 else np.nan
                line = out[row, comparison]
                line[0], line[1], line[2], line[3] = look, z, found[LOG_HR], found[SE]
                line[4], line[5], line[6] = found[MEDIAN_CONTROL], found[MEDIAN_EXPERIMENTAL], ended
                line[7], line[8], line[11] = found[EVENTS], held, reached
                if -z >= efficacy[look] or (plan.two_sided == 1 and z >= efficacy[look]):
                    line[9] = 1.0
                    decided[comparison] = True
                elif not final and -z <= futility[look]:
                    line[10] = look + 1.0 if line[10] == 0.0 else line[10]
                    decided[comparison] = plan.obeyed == 1
                decided[comparison] |= final
                if decided[comparison] and plan.illness_death + plan.by_lesion > 0 and plan.endpoint_os == 0:
                    for index in range(enrolled):
                        if event[index] == 1 and (arms[index] == 0 or arms[index] == comparison + 1):
                            line[17 + 3 * int(arms[index] > 0) + cause[index]] += 1.0
            if decided.all():
                break
            look += 1
        line = out[row, comparisons]
        line[0], line[6], line[7], line[8], line[11] = look, ended, 0.0, enrolled, reached
        for index in range(enrolled):
            line[7] += event[index]
        for comparison in range(comparisons):
            line[9] = max(line[9], out[row, comparison, 9])
