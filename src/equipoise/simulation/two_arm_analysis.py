"""The analysis of one simulated trial, in one pass over days: stratified log-rank, Cox by Efron, both medians.

Times are whole days. One 64-bit word a day and stratum packs four counts of 16 bits (arm 0 events and censorings, arm
1 events and censorings); a bitmap of the words in use is walked in the order of days. With one binary covariate,
Efron's partial likelihood is a sum over one number a death, v = the experimental share of those at risk, so Newton's
method from (O - E) / V needs about three steps.
"""

import math
from typing import Any

import numpy as np

from equipoise.kernel.compiled import stage
from equipoise.kernel.instructions import lowest_bit

EVENTS, SCORE, VARIANCE, LOG_HR, SE, MEDIAN_CONTROL, MEDIAN_EXPERIMENTAL = range(7)
STATISTICS = 7
"""The places of `found`: events, O - E in the experimental arm, its variance, log hazard ratio, its standard error, and
the Kaplan-Meier medians in days. Not a number where there is none."""

_ONE, _SIXTEEN = np.uint64(1), np.uint64(0xFFFF)
_TOLERANCE = 1.5e-8
"""How near 0.5 a survival estimate counts as 0.5: R's own, the square root of the machine's epsilon."""


@stage
def fall(alive: Any, flat: Any, day: Any) -> Any:
    """A survival estimate at or below one half, just fallen on a day: (survival, day it came to stand there, median).

    A curve that stands at one half waits for its next fall, and the median is the middle of the flat stretch (R's
    convention); survival below 0 says that the median is known and is no longer followed.
    """
    if alive > 0.5 - _TOLERANCE:
        return alive, (day if flat < 0 else flat), np.nan
    return -1.0, flat, (np.float64(day) if flat < 0 else 0.5 * (flat + day))


@stage
def last_day(arm: Any, count: Any, day: Any, group: Any) -> Any:
    """The longest follow-up in an arm."""
    longest: Any = 0
    for index in range(count):
        if group[index] & 1 == arm:
            longest = max(longest, np.int64(day[index]))
    return longest


@stage
def analyse(
    count: Any, day: Any, event: Any, group: Any, strata: Any, bits: Any, bucket: Any, bitmap: Any, at_risk: Any,
    share: Any, part: Any, spread: Any, estimate: Any, found: Any,
) -> None:  # fmt: skip
    """Analyse `count` subjects into `found`.

    `day` is the follow-up (a subject of 0 days is never at risk), `event` 1 or 0, `group` 2 * stratum + arm; `bits` is
    the number of bits a stratum takes in a position. `bucket` and `bitmap` come and go all zero. `share`, `part`
    and `spread` hold a number a death, with room to the power of two above. Without `estimate` only the test is done.
    """
    for index in range(2 * strata):
        at_risk[index] = 0
    top = 0
    for index in range(count):
        time = np.int64(day[index])
        if time <= 0:
            continue
        own = np.int64(group[index])
        position = (time << bits) | (own >> 1)
        bucket[position] += _ONE << np.uint64(32 * (own & 1) + 16 * (1 - np.int64(event[index])))
        bitmap[position >> 6] |= _ONE << np.uint64(position & 63)
        at_risk[own] += 1
        top = max(top, position)
    left_0 = left_1 = 0
    for index in range(strata):
        left_0 += at_risk[2 * index]
        left_1 += at_risk[2 * index + 1]

    deaths: Any = 0
    deaths_1: Any = 0
    expected = variance = 0.0
    alive_0 = alive_1 = 1.0
    median_0 = median_1 = np.nan
    flat_0 = flat_1 = -1
    today: Any = 0
    events_0: Any = 0
    gone_0: Any = 0
    events_1: Any = 0
    gone_1: Any = 0
    stratum_bits = (np.int64(1) << bits) - 1
    for place in range((top >> 6) + 1):
        word = bitmap[place]
        bitmap[place] = 0
        while word != 0:
            position = (place << 6) + lowest_bit(word)
            word &= word - _ONE
            packed = bucket[position]
            bucket[position] = 0
            died_0, lost_0 = np.int64(packed & _SIXTEEN), np.int64((packed >> np.uint64(16)) & _SIXTEEN)
            died_1, lost_1 = np.int64((packed >> np.uint64(32)) & _SIXTEEN), np.int64(packed >> np.uint64(48))
            time = position >> bits
            if time != today:
                # Close the Kaplan-Meier step of the day before. Multiplying by one where nobody died costs less than
                # asking whether anybody did, or is left.
                if alive_0 > 0.0:
                    alive_0 *= (left_0 - events_0 + int(left_0 == 0)) / max(left_0, 1)
                    if alive_0 <= 0.5 + _TOLERANCE:
                        alive_0, flat_0, median_0 = fall(alive_0, flat_0, today)
                if alive_1 > 0.0:
                    alive_1 *= (left_1 - events_1 + int(left_1 == 0)) / max(left_1, 1)
                    if alive_1 <= 0.5 + _TOLERANCE:
                        alive_1, flat_1, median_1 = fall(alive_1, flat_1, today)
                left_0 -= gone_0
                left_1 -= gone_1
                events_0 = gone_0 = events_1 = gone_1 = 0
                today = time
            events_0 += died_0
            gone_0 += died_0 + lost_0
            events_1 += died_1
            gone_1 += died_1 + lost_1
            own = 2 * (position & stratum_bits)
            risk_0, risk_1 = at_risk[own], at_risk[own + 1]
            at_risk[own] = risk_0 - died_0 - lost_0
            at_risk[own + 1] = risk_1 - died_1 - lost_1
            died = died_0 + died_1
            risk = risk_0 + risk_1
            chance = risk_1 / risk
            step = chance * (1.0 - chance)
            share[deaths] = chance  # kept only if somebody died: a branch here would be guessed wrong too often
            if died > 1:
                step *= (risk - died) / (risk - 1)
                for tied in range(died):
                    share[deaths + tied] = (risk_1 - tied / died * died_1) / (risk - tied)
            expected += died * chance
            variance += died * step
            deaths += died
            deaths_1 += died_1
    found[EVENTS] = deaths
    found[SCORE] = deaths_1 - expected
    found[VARIANCE] = variance
    if not estimate:
        return
    if alive_0 > 0.0 and left_0 > 0:
        alive_0 *= (left_0 - events_0) / left_0
        if alive_0 <= 0.5 + _TOLERANCE:
            alive_0, flat_0, median_0 = fall(alive_0, flat_0, today)
    if alive_1 > 0.0 and left_1 > 0:
        alive_1 *= (left_1 - events_1) / left_1
        if alive_1 <= 0.5 + _TOLERANCE:
            alive_1, flat_1, median_1 = fall(alive_1, flat_1, today)
    if flat_0 >= 0 and alive_0 > 0.0:
        median_0 = 0.5 * (flat_0 + last_day(0, count, day, group))
    if flat_1 >= 0 and alive_1 > 0.0:
        median_1 = 0.5 * (flat_1 + last_day(1, count, day, group))
    found[MEDIAN_CONTROL] = median_0
    found[MEDIAN_EXPERIMENTAL] = median_1
    cox(deaths, deaths_1, expected, variance, share, part, spread, found)


@stage
def cox(
    deaths: Any, deaths_1: Any, expected: Any, variance: Any, share: Any, part: Any, spread: Any, found: Any
) -> None:  # fmt: skip
    """Newton's method for the log hazard ratio from one share a death; sums by halving, in a fixed order."""
    found[LOG_HR] = found[SE] = np.nan
    if deaths_1 == 0 or deaths_1 == deaths or not variance > 0.0:
        return
    width = 8
    while width < deaths:
        width *= 2
    for index in range(deaths, width):
        share[index] = 0.0
    beta = (deaths_1 - expected) / variance
    for _ in range(40):
        ratio = math.exp(beta)
        for index in range(width):
            weighted = ratio * share[index]
            chance = weighted / (1.0 - share[index] + weighted)
            part[index] = chance
            spread[index] = chance * (1.0 - chance)
        half = width // 2
        while half > 0:
            for index in range(half):
                part[index] += part[index + half]
                spread[index] += spread[index + half]
            half //= 2
        information = spread[0]
        if not information > 1e-9 or abs(beta) > 20.0:
            return  # the likelihood rises without end: every event of one arm precedes the other arm's
        step = (deaths_1 - part[0]) / information
        step = min(max(step, -2.0), 2.0)
        beta += step
        if abs(step) < 1e-8:
            found[LOG_HR] = beta
            found[SE] = 1.0 / math.sqrt(information)
            return
