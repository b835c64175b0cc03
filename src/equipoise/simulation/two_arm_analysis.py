"""The analysis of one simulated trial, in one pass over days: stratified log-rank, Cox by Efron, both medians.

Times are whole days. One 64-bit word a day and stratum packs four counts of 16 bits (arm 0 events and censorings, arm
1 events and censorings); a bitmap of the words in use is walked in the order of days. With one binary covariate,
Efron's partial likelihood is a sum over one number a death, the experimental share of those at risk, whose derivatives
to the third cost one pass. Quotients are products with reciprocals out of a table, since counts are small.
"""

import math
from typing import Any

import numpy as np

from equipoise.kernel.compiled import stage
from equipoise.kernel.instructions import lowest_bit
from equipoise.simulation.lanes import LANES, weighted_shares

EVENTS, SCORE, VARIANCE, LOG_HR, SE, MEDIAN_CONTROL, MEDIAN_EXPERIMENTAL = range(7)
STATISTICS = 7
"""The places of `found`: events, O - E in the experimental arm, its variance, log hazard ratio, its standard error, and
the Kaplan-Meier medians in days. Not a number where there is none."""

_ONE, _6, _16, _20, _32, _40, _63 = (np.uint64(number) for number in (1, 6, 16, 20, 32, 40, 63))
_HALF_UP, _HALF_DOWN = 0.5 + 1.5e-8, 0.5 - 1.5e-8
"""Within these a survival estimate counts as 0.5: R's tolerance, the square root of the machine's epsilon."""
_LOW = np.uint64(0xFFFFFFFF)
_COUNT = np.uint64(0xFFFFF)
_PAIR = np.uint64(0x0000FFFF0000FFFF)


@stage
def last_day(arm: Any, count: Any, day: Any, group: Any) -> Any:
    """The longest follow-up in an arm."""
    longest: Any = 0
    for index in range(count):
        if group[index] & 1 == arm:
            longest = max(longest, np.int64(day[index]))
    return longest


@stage
def fallen(alive: Any, flat: Any, time: Any) -> Any:
    """What follows when a Kaplan-Meier curve is found at or below one half: (line to watch now, flat, median).

    A curve that stands at one half waits for its next fall, and the median is the middle of the stretch on which it
    stands (R's convention); `flat` is the day it came to stand there, or 0. A line below 0 is never met again.
    """
    if alive > _HALF_DOWN:
        return _HALF_UP, (time if flat == 0 else flat), np.nan
    return -0.25, np.uint64(0), 0.5 * np.float64(np.int64(time + (time if flat == 0 else flat)))


@stage
def analyse(
    count: Any, day: Any, event: Any, group: Any, strata: Any, bits: Any, bucket: Any, bitmap: Any, at_risk: Any,
    ties: Any, inverse: Any, share: Any, estimate: Any, found: Any,
) -> None:  # fmt: skip
    """Analyse `count` subjects into `found`.

    `day` is the follow-up (a subject of 0 days is never at risk), `event` 1 or 0, `group` 2 * stratum + arm; `bits` is
    the number of bits a stratum takes in a position; `inverse` holds 1 / n for n up to `count`, and anything for 0.
    `bucket` and `bitmap` come and go all zero. The rest is scratch: `at_risk` holds a number a stratum, `ties` two a
    subject, and `share` one a subject and one more, up to a multiple of `LANES`. Without `estimate` only the test is
    done.
    """
    # Unsigned throughout: a signed index costs a look whether it counts from the end.
    shift = np.uint64(bits)
    stratum_bits = (_ONE << shift) - _ONE
    for index in range(strata):
        at_risk[index] = 0
    top = np.uint64(0)
    for index in range(count):
        if day[index] <= 0:
            continue
        own = np.uint64(group[index])
        half = _32 * (own & _ONE)
        position = (np.uint64(day[index]) << shift) | (own >> _ONE)
        bucket[position] += _ONE << (half + _16 * (_ONE - np.uint64(event[index])))
        bitmap[position >> _6] |= _ONE << (position & _63)
        at_risk[own >> _ONE] += _ONE << half
        top = max(top, position)
    left = np.uint64(0)  # at risk in all strata, the control arm in the lower half of the word
    for index in range(strata):
        left += at_risk[index]

    deaths, deaths_1, tied = np.uint64(0), np.uint64(0), np.uint64(0)
    alive_0, alive_1, line_0, line_1, median_0, median_1 = 1.0, 1.0, _HALF_UP, _HALF_UP, np.nan, np.nan
    flat_0, flat_1 = np.uint64(0), np.uint64(0)
    today, leaving = np.uint64(0), np.uint64(0)  # those censored today are at risk until the day ends
    for place in range((top >> _6) + _ONE):
        word = bitmap[place]
        bitmap[place] = 0
        while word != 0:
            position = (np.uint64(place) << _6) + lowest_bit(word)
            word &= word - _ONE
            packed = bucket[position]
            bucket[position] = 0
            died, lost = packed & _PAIR, (packed >> _16) & _PAIR
            died_0, died_1 = died & _LOW, died >> _32
            time = position >> shift
            # By arithmetic: branches on what a day holds would be guessed wrong too often.
            over = np.uint64(0) - np.uint64(time != today)
            left -= leaving & over
            leaving = (leaving & ~over) + lost
            today = time
            if line_0 + line_1 > 0.0:
                alive_0 *= 1.0 - np.float64(np.int64(died_0)) * inverse[left & _LOW]
                alive_1 *= 1.0 - np.float64(np.int64(died_1)) * inverse[left >> _32]
                if alive_0 <= line_0:
                    line_0, flat_0, median_0 = fallen(alive_0, flat_0, time)
                if alive_1 <= line_1:
                    line_1, flat_1, median_1 = fallen(alive_1, flat_1, time)
            left -= died

            own = position & stratum_bits
            risk = at_risk[own]
            at_risk[own] = risk - died - lost
            risk_1 = risk >> _32
            risk_set = risk_1 + (risk & _LOW)
            share[deaths] = np.float64(np.int64(risk_1)) * inverse[risk_set]  # kept only if somebody died
            together = died_0 + died_1
            if together > _ONE:
                ties[tied], ties[tied + _ONE] = (deaths << _40) | (together << _20) | died_1, risk
                tied += np.uint64(2)
                for more in range(_ONE, together):
                    share[deaths + more] = share[deaths]
            deaths += together
            deaths_1 += died_1
    find(np.int64(deaths), np.int64(deaths_1), np.int64(tied), ties, share, estimate, found)
    if estimate:
        if flat_0 > 0:
            median_0 = 0.5 * (np.float64(np.int64(flat_0)) + last_day(0, count, day, group))
        if flat_1 > 0:
            median_1 = 0.5 * (np.float64(np.int64(flat_1)) + last_day(1, count, day, group))
        found[MEDIAN_CONTROL], found[MEDIAN_EXPERIMENTAL] = median_0, median_1


@stage
def find(deaths: Any, deaths_1: Any, tied: Any, ties: Any, share: Any, estimate: Any, found: Any) -> None:
    """The log-rank test, and with `estimate` the hazard ratio, from the experimental share of those at risk at each
    death.
    """
    width = (deaths + LANES - 1) // LANES * LANES
    for index in range(deaths, width):
        share[index] = 0.0
    expected, variance, skew = weighted_shares(share, width, 1.0)
    for index in range(0, tied, 2):
        first, together = np.int64(ties[index] >> _40), np.int64((ties[index] >> _20) & _COUNT)
        tied_1, risk_1 = np.int64(ties[index] & _COUNT), np.int64(ties[index + 1] >> _32)
        risk = risk_1 + np.int64(ties[index + 1] & _LOW)
        chance = risk_1 / risk
        variance -= together * chance * (1.0 - chance) * (together - 1.0) / (risk - 1.0)
        for one in range(together):
            share[first + one] = (risk_1 - one / together * tied_1) / (risk - one)
    found[EVENTS] = deaths
    found[SCORE] = deaths_1 - expected
    found[VARIANCE] = variance
    if estimate:
        cox(deaths, deaths_1, expected, variance, skew, share, width, found)


@stage
def cox(
    deaths: Any, deaths_1: Any, expected: Any, variance: Any, skew: Any, share: Any, width: Any, found: Any
) -> None:
    """Halley's method for the log hazard ratio from one share a death, from what the log-rank test counted.

    It trebles the right digits a step: after one below 1e-5 nothing is left to gain, and the information at the end of
    that step is, to 1e-10, what it was before it and its slope along it.
    """
    found[LOG_HR] = found[SE] = np.nan
    if deaths_1 == 0 or deaths_1 == deaths or not variance > 0.0:
        return
    beta = towards(deaths_1 - expected, variance, skew)
    for _ in range(40):
        score, information, slope = weighted_shares(share, width, math.exp(beta))
        if not information > 1e-9 or abs(beta) > 20.0:
            return  # the likelihood rises without end: every event of one arm precedes the other arm's
        step = towards(deaths_1 - score, information, slope)
        beta += step
        if abs(step) < 1e-5:
            found[LOG_HR] = beta
            found[SE] = 1.0 / math.sqrt(information + slope * step)
            return


@stage
def towards(score: Any, information: Any, slope: Any) -> Any:
    """A step to where the score is nil: Newton's, bent by the slope of the information; never longer than 2."""
    step = score / information
    bend = 1.0 + 0.5 * step * slope / information
    return min(max(step / max(bend, 0.5), -2.0), 2.0)
