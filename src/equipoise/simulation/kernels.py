"""The compiled simulator: whole trials, from their draws to their analysis.

A trial is made in stages, each a plain loop over participants: arrivals, strata, allocation, latent times, what scans
and follow-up let see; then, look by look, the data cut and its analysis. What is particular to a design comes in tables
(`tables.py` lays them); a trial goes out as one row of numbers (`layout.OUT`).
"""

from typing import Any

import numba
import numpy as np
from numba.core import types

from equipoise.kernel.compiled import kernel, stage
from equipoise.simulation.allocation_kernel import allocate
from equipoise.simulation.lanes import WORDS, up_to
from equipoise.simulation.latent_kernel import latent_times, plain_times
from equipoise.simulation.layout import NEVER, PLAN, Draws, Loads
from equipoise.simulation.philox import exponentials, fill
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

_SCALE = 2.3283064365386963e-10  # 2^-32
_UPPER = NEVER - 1


@stage
def arrivals(plan: Any, waits: Any, rate_starts: Any, rates: Any, arrival: Any) -> None:
    """Calendar days of randomization, in order, from standard exponential waits.

    Uniform accrual: the waits, scaled to the accrual period, are the spacings of sorted uniform times. Otherwise they
    are the spacings of a Poisson process in the time scale of the cumulative rate.
    """
    subjects = plan.subjects
    total = 0.0
    for index in range(subjects):
        total += waits[index]
        waits[index] = total
    if plan.uniform_accrual == 1:
        scale = plan.accrual_days / (total + waits[subjects])
        for index in range(subjects):
            arrival[index] = np.int32(waits[index] * scale)
        return
    piece, reached = 0, 0.0
    for index in range(subjects):
        while piece + 1 < rates.size and waits[index] >= reached + rates[piece] * (
            rate_starts[piece + 1] - rate_starts[piece]
        ):
            reached += rates[piece] * (rate_starts[piece + 1] - rate_starts[piece])
            piece += 1
        if rates[piece] <= 0.0:
            arrival[index] = np.int32(_UPPER)
        else:
            day = rate_starts[piece] + (waits[index] - reached) / rates[piece]
            arrival[index] = np.int32(min(day, np.float64(_UPPER)))


@stage
def sites_of(plan: Any, words: Any, arrival: Any, site_open: Any, site_rate: Any, site: Any) -> None:
    """The site of each participant: by rate, among those open on the day."""
    for index in range(plan.subjects):
        total = 0.0
        for place in range(plan.sites):
            if site_open[place] <= arrival[index]:
                total += site_rate[place]
        mark = (np.float64(words[index]) + 0.5) * _SCALE * total
        found = 0
        for place in range(plan.sites):
            if site_open[place] <= arrival[index]:
                found = place
                mark -= site_rate[place]
                if mark < 0.0:
                    break
        site[index] = found


@stage
def come(
    plan: Any, trial: Any, draws: Any, waits: Any, stratum_edges: Any, rate_starts: Any, rates: Any, site_open: Any,
    site_rate: Any, arrival: Any, stratum: Any, site: Any,
) -> None:  # fmt: skip
    """Make a trial's draws, and of them who comes: days of arrival, strata, and sites where there are several.

    `simulate` has these lines in its own loop, where the same as a stage costs a twentieth of a trial more.
    """
    subjects = plan.subjects
    fill(plan.key, trial, 0, subjects + 1, draws.arrival, draws.stratum, draws.arm, draws.event)
    fill(plan.key, trial, 1, subjects, draws.dropout, draws.early_death, draws.late_death, draws.block)
    exponentials(draws.arrival, subjects + 1, waits)
    arrivals(plan, waits, rate_starts, rates, arrival)
    for index in range(subjects):
        stratum[index] = 0
    for level in range(plan.strata - 1):
        edge = stratum_edges[level]
        for index in range(subjects):
            stratum[index] += np.int32(np.uint64(draws.stratum[index]) >= edge)
    if plan.sites > 1:
        fill(plan.key, trial, 2, subjects, draws.first, draws.second, draws.third, draws.fourth)
        sites_of(plan, draws.first, arrival, site_open, site_rate, site)


@stage
def day_reached(target: Any, count: Any, calendar: Any, longest: Any) -> Any:
    """The first calendar day by which `target` of the events on the days of `calendar` came, or -1 where they do not by
    the last day. Counting them all a dozen times costs less than a sort.
    """
    low: Any = -1  # fewer came by this day
    high: Any = longest + 1
    while high - low > 1:
        middle = (low + high) >> 1
        if up_to(calendar, count, middle) >= target:
            high = middle
        else:
            low = middle
    return high if high <= longest else -1


@stage
def last_scan(scan_days: Any, visits: Any, index: Any, limit: Any, window: Any, visit_days: Any) -> Any:
    """The last day, up to a limit, on which a participant was scanned; 0 where there was none."""
    place = visits - 1
    while place >= 0 and visit_days[place] - window > limit:
        place -= 1
    while place >= 0:
        day = scan_days[place, index]
        if day >= 0 and day <= limit:
            return np.int64(day)
        place -= 1
    return 0


@stage
def scanned(plan: Any, trial: Any, draws: Any, visit_days: Any, scan_days: Any) -> None:
    """The day each participant is scanned for each planned visit, or -1 where the scan is missed."""
    spread = np.uint64(2 * plan.window + 1)
    for visit in range(visit_days.size):
        if visit % 2 == 0:
            fill(plan.key, trial, 16 + visit // 2, plan.subjects, draws.first, draws.second, draws.third, draws.fourth)
            come, late = draws.first, draws.second
        else:
            come, late = draws.third, draws.fourth
        for index in range(plan.subjects):
            shift = np.int64((np.uint64(late[index]) * spread) >> np.uint64(32)) - plan.window
            day = max(visit_days[visit] + shift, 1)
            scan_days[visit, index] = np.int32(-1 if np.uint64(come[index]) < plan.missed else day)


@stage
def seen_at_scans(
    plan: Any, visit_days: Any, scan_days: Any, progression: Any, death: Any, cause: Any, seen: Any
) -> None:
    """The day progression-free survival ends as it can be seen: the first scan on or after progression, or death."""
    visits = visit_days.size
    for index in range(plan.subjects):
        day = np.int64(death[index])
        why = 2
        if progression[index] < NEVER:
            place = 0
            while place < visits and visit_days[place] + plan.window < progression[index]:
                place += 1
            while place < visits:
                scan = scan_days[place, index]
                if scan >= progression[index]:
                    if scan <= day:
                        day = np.int64(scan)
                        why = cause[index]
                    break
                place += 1
        seen[index] = np.int32(day)
        cause[index] = why


@stage
def cut(
    plan: Any, day: Any, endpoint_os: Any, arrival: Any, event_day: Any, dropout: Any, arm_group: Any, visit_days: Any,
    scan_days: Any, follow_up: Any, event: Any, group: Any,
) -> Any:  # fmt: skip
    """What a data cut on a calendar day shows of an endpoint: follow-up, event and group; how many were enrolled."""
    enrolled = plan.subjects
    while enrolled > 0 and arrival[enrolled - 1] > day:
        enrolled -= 1
    for index in range(enrolled):
        limit = day - np.int64(arrival[index])
        known = min(np.int64(event_day[index]), np.int64(dropout[index]))
        follow_up[index] = np.int32(min(known, limit))
        event[index] = np.int32(event_day[index] <= min(limit, np.int64(dropout[index])))
        group[index] = arm_group[index]
    if plan.scans == 1 and endpoint_os == 0:
        for index in range(enrolled):
            if event[index] == 0:
                follow_up[index] = np.int32(
                    last_scan(scan_days, visit_days.size, index, follow_up[index], plan.window, visit_days)
                )
    return enrolled


_plans = numba.from_dtype(PLAN)
_reals, _reals_3 = types.float64[::1], types.Array(types.float64, 3, "C")
_reals_2, _whole = types.Array(types.float64, 2, "C"), types.int64[::1]
_small_2, _word_3 = types.Array(types.int32, 2, "C"), types.Array(types.uint32, 3, "C")
_whole_2 = types.Array(types.int64, 2, "C")

SIGNATURE = types.void(
    types.Array(_plans, 1, "C"),
    types.int64, types.int64,  # first trial, number of trials
    types.uint64[::1], _whole_2, _whole, types.int32[::1],  # strata: edges, levels, lists, strata of the analysis
    _reals, _reals,  # hazard ratios of strata, weights of factors
    _reals, _reals_3, types.Array(types.uint64, 2, "C"),  # hazards: starts, table; lesions by stratum
    _whole,  # block sizes
    _reals, _reals, _reals, _reals,  # accrual: starts, rates; sites: opening, rate
    _whole,  # planned days of scans
    _whole, _reals, _reals,  # looks: events, efficacy and futility bounds
    _word_3, _reals_2, _small_2, _small_2, types.uint64[::1], types.uint64[::1],  # scratch
    types.Array(types.uint64, 2, "C"), _whole,
    _reals_2,  # out
)  # fmt: skip


@kernel(SIGNATURE)
def simulate(
    plans: Any, first: Any, trials: Any, stratum_edges: Any, stratum_levels: Any, stratum_lists: Any, analysed: Any,
    multipliers: Any, factor_weights: Any, hazard_starts: Any, hazards: Any, lesion_edges: Any, block_sizes: Any,
    rate_starts: Any, rates: Any, site_open: Any, site_rate: Any, visit_days: Any, look_events: Any, efficacy: Any,
    futility: Any, words: Any, real: Any, small: Any, scan_days: Any, bucket: Any, bitmap: Any, counts: Any, lists: Any,
    out: Any,
) -> None:  # fmt: skip
    """Simulate trials `first` ... `first + trials - 1`, one row of `out` each."""
    plan = plans[0]
    subjects = plan.subjects
    arrival, stratum, arm_group, dropout = small[0], small[1], small[2], small[3]
    progression, death, cause, seen = small[4], small[5], small[6], small[7]
    follow_up, event, group, site = small[8], small[9], small[10], small[11]
    countable = small[12]
    draws = Draws(
        words[0, 0], words[0, 1], words[0, 2], words[0, 3], words[1, 0], words[1, 1], words[1, 2], words[1, 3],
        words[2, 0], words[2, 1], words[2, 2], words[2, 3],
    )  # fmt: skip
    loads = Loads(real[0], real[1], real[2], real[3])
    mixed = plan.control_treated + plan.experimental_untreated > np.uint64(0)
    plain = hazard_starts.size == 1 and not mixed and plan.by_lesion + plan.illness_death == 0
    for index in range(subjects):
        death[index] = NEVER
        cause[index] = 1
    found, found_second = np.empty(STATISTICS), np.empty(STATISTICS)
    at_risk, ties = counts[0], counts[1]
    width = (subjects + WORDS - 1) // WORDS * WORDS
    for index in range(subjects, width):
        countable[index] = NEVER
    share, inverse = loads.fourth, real[4]
    for index in range(inverse.size):
        inverse[index] = 1.0 / max(index, 1)
    for row in range(trials):
        trial = np.uint64(first + row)
        # As `come`, spelled out: half of a trial's time is its draws, and here every instruction has been weighed.
        fill(plan.key, trial, 0, subjects + 1, draws.arrival, draws.stratum, draws.arm, draws.event)
        fill(plan.key, trial, 1, subjects, draws.dropout, draws.early_death, draws.late_death, draws.block)
        exponentials(draws.arrival, subjects + 1, loads.first)
        arrivals(plan, loads.first, rate_starts, rates, arrival)
        for index in range(subjects):
            stratum[index] = 0
        for level in range(plan.strata - 1):
            edge = stratum_edges[level]
            for index in range(subjects):
                stratum[index] += np.int32(np.uint64(draws.stratum[index]) >= edge)
        if plan.sites > 1:
            fill(plan.key, trial, 2, subjects, draws.first, draws.second, draws.third, draws.fourth)
            sites_of(plan, draws.first, arrival, site_open, site_rate, site)
        allocate(plan, draws.arm, draws.block, stratum, site, stratum_lists, stratum_levels, factor_weights,
                 block_sizes, lists, arm_group)  # fmt: skip
        for index in range(subjects):
            arm_group[index] += 2 * analysed[stratum[index]]
        exponentials(draws.event, subjects, loads.first)
        exponentials(draws.dropout, subjects, loads.second)
        if plain:
            plain_times(plan, stratum, arm_group, multipliers, hazards, loads.first, loads.second, progression, dropout)
        else:
            latent_times(plan, trial, draws, stratum, arm_group, multipliers, hazard_starts, hazards, lesion_edges,
                         loads, progression, death, dropout, cause)  # fmt: skip
        if plan.scans == 1:
            scanned(plan, trial, draws, visit_days, scan_days)
            seen_at_scans(plan, visit_days, scan_days, progression, death, cause, seen)
        elif plan.illness_death == 1:
            for index in range(subjects):
                seen[index] = min(progression[index], death[index])
                if death[index] < progression[index]:
                    cause[index] = 2
        else:
            for index in range(subjects):
                seen[index] = progression[index]
        primary = death if plan.endpoint_os == 1 else seen
        for index in range(subjects):
            countable[index] = (primary[index] if primary[index] <= dropout[index] else NEVER) + arrival[index]

        rejected, futile, reached, z = 0.0, 0.0, 1.0, np.nan
        ended: Any = np.int64(0)
        looks = look_events.size
        enrolled = np.int64(0)
        look = 0
        while True:
            ended = day_reached(look_events[look], width, countable, plan.longest)
            if ended < 0:
                look = looks - 1
                reached = 0.0
                ended = np.int64(0)
                for index in range(subjects):
                    known = np.int64(min(primary[index], dropout[index])) + np.int64(arrival[index])
                    ended = max(ended, known)
                ended = min(ended, plan.longest)
            final = look == looks - 1
            enrolled = cut(plan, ended, plan.endpoint_os, arrival, primary, dropout, arm_group, visit_days, scan_days,
                           follow_up, event, group)  # fmt: skip
            analyse(enrolled, follow_up, event, group, plan.analysed, plan.bits, bucket, bitmap, at_risk, ties, inverse,
                    share, final, found)  # fmt: skip
            z = found[SCORE] / np.sqrt(found[VARIANCE]) if found[VARIANCE] > 0.0 else np.nan
            stopping = final
            if -z >= efficacy[look] or (plan.two_sided == 1 and z >= efficacy[look]):
                rejected = 1.0
                stopping = True
            elif not final and -z <= futility[look]:
                futile = look + 1.0 if futile == 0.0 else futile
                stopping = plan.obeyed == 1
            if stopping:
                if not final:
                    analyse(enrolled, follow_up, event, group, plan.analysed, plan.bits, bucket, bitmap, at_risk,
                            ties, inverse, share, True, found)  # fmt: skip
                break
            look += 1

        line = out[row]
        line[0], line[1], line[2], line[3] = look, z, found[LOG_HR], found[SE]
        line[4], line[5], line[6], line[7] = found[MEDIAN_CONTROL], found[MEDIAN_EXPERIMENTAL], ended, found[EVENTS]
        line[8], line[9], line[10], line[11] = enrolled, rejected, futile, reached
        for place in range(12, 24):
            line[place] = np.nan if place < 17 else 0.0
        experimental = np.int64(0)
        for index in range(enrolled):
            experimental += arm_group[index] & 1
        line[23] = experimental
        if plan.illness_death + plan.by_lesion > 0 and plan.endpoint_os == 0:
            for index in range(enrolled):
                if event[index] == 1:
                    line[17 + 3 * (arm_group[index] & 1) + cause[index]] += 1.0
        if plan.illness_death == 1:
            other = seen if plan.endpoint_os == 1 else death
            cut(plan, ended, 1 - plan.endpoint_os, arrival, other, dropout, arm_group, visit_days, scan_days, follow_up,
                event, group)  # fmt: skip
            analyse(enrolled, follow_up, event, group, plan.analysed, plan.bits, bucket, bitmap, at_risk, ties, inverse,
                    share, True, found_second)  # fmt: skip
            line[12], line[13] = found_second[LOG_HR], found_second[SE]
            line[14], line[15] = found_second[MEDIAN_CONTROL], found_second[MEDIAN_EXPERIMENTAL]
            line[16] = found_second[EVENTS]
