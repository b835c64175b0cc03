"""Compiled loops behind the estimators, for tables too large for numpy alone.

Importing this module loads numba (over half a second), so estimators import it only above a measured size, see
`follow_up.COMPILED`. Unless a kernel says otherwise it never reorders floating point: the same input gives the same
bits.
"""

from typing import Any

import numpy as np

from equipoise.kernel.compiled import kernel, reordering_stage, stage
from equipoise.kernel.instructions import bits_of, prefetch

_CHUNK = 1024
"""Rows worked on at a time, so that they stay in the nearest cache."""

BLOCK, LINE = 1024, 8
"""The most rows counted at a time, and how many values share a line of the cache."""


@kernel("UniTuple(i8, 2)(i8[::1])")
def extent(values: Any) -> Any:
    """The least and the largest, in one pass."""
    least, largest = values[0], values[0]
    for index in range(values.size):
        least = min(least, values[index])
        largest = max(largest, values[index])
    return least, largest


_EARLY = 32
"""How many rows ahead one that lies anywhere in memory is asked for."""


@kernel("i8(f8[::1], u1[::1], i8[::1], i8[::1], i8, i4[:, :, :, ::1])")
def tabulate(time: Any, event: Any, group: Any, stratum: Any, start: Any, table: Any) -> Any:
    """Count rows from `start` on into `table` by stratum, group, whole day and event. An empty `group` or `stratum`
    puts all rows under code 0.

    Returns where it stopped: past the last row, or at a block of at most BLOCK rows that has a value without a place in
    the table (a time that is no whole day or too long, a code too large or below 0), of which nothing was counted. Each
    block is checked and turned into places in the table on vectors, then counted while later ones are fetched.
    """
    strata, groups, days, _ = table.shape
    counts = table.reshape(table.size)
    places = np.empty(BLOCK, np.int32)
    limit = np.float64(days)
    last_group, last_stratum = groups - 1, strata - 1
    # The more columns, the smaller the block: all of it and of the next two is to stay in the nearest cache.
    block = BLOCK >> ((group.size > 0) + (stratum.size > 0))
    while start < time.size:
        stop = min(start + block, time.size)
        place = places[: stop - start]
        times, ended = time[start:stop], event[start:stop]
        # `broken` gathers the bits in which a time differs from its day, `outside` the sign of a code out of range.
        broken, outside = 0, 0
        for index in range(place.size):
            value = times[index]
            inside = (value >= 0.0) & (value < limit)
            day = np.int32(value if inside else 0.0)
            broken |= bits_of(value) ^ bits_of(np.float64(day))
            place[index] = day * 2 + np.int32(ended[index] != 0)
        if group.size:
            codes = group[start:stop]
            for index in range(place.size):
                code = codes[index]
                outside |= code | (last_group - code)
                place[index] += np.int32(code) * np.int32(days * 2)
        if stratum.size:
            codes = stratum[start:stop]
            for index in range(place.size):
                code = codes[index]
                outside |= code | (last_stratum - code)
                place[index] += np.int32(code) * np.int32(groups * days * 2)
        if broken or outside < 0:
            return start
        # Indices are unsigned: a signed one costs a look whether it counts from the end. A line holds LINE values.
        lines = place.size // LINE
        for line in range(lines):
            ahead = start + 2 * block + line * LINE
            prefetch(time, ahead)
            prefetch(event, ahead)
            if group.size:
                prefetch(group, ahead)
            if stratum.size:
                prefetch(stratum, ahead)
            first = np.uint64(line * LINE)
            for index in range(LINE):
                counts[np.uint32(place[first + np.uint64(index)])] += 1
        for index in range(lines * LINE, place.size):
            counts[np.uint32(place[np.uint64(index)])] += 1
        start = stop
    return start


@stage
def _columns(counts: Any, happened: Any) -> Any:
    """Mark the days on which anything happened, and return how many they are."""
    groups, days, _ = counts.shape
    for group in range(groups):
        for day in range(days):
            happened[day] |= counts[group, day, 0] | counts[group, day, 1]
    columns = 0
    for day in range(days):
        columns += happened[day] != 0
    return columns


@stage
def _fill_life_table(counts: Any, happened: Any, columns: Any, table: Any) -> None:
    """Write the days on which anything happened (the first row), and on each those at risk, with an event and censored
    (a row for each group of each).
    """
    groups, days, _ = counts.shape
    for group in range(groups):
        at_risk, column = 0, columns
        for day in range(days - 1, -1, -1):
            if happened[day]:
                column -= 1
                censored, events = counts[group, day, 0], counts[group, day, 1]
                at_risk += censored + events
                table[0, column] = day
                table[1 + group, column] = at_risk
                table[1 + groups + group, column] = events
                table[1 + 2 * groups + group, column] = censored


@stage
def _fill_product_limit(n_risk: Any, n_event: Any, z: Any, sums: Any) -> None:
    """Write, a row each: Kaplan and Meier's S, its standard error and that of its logarithm (Greenwood's), Nelson and
    Aalen's cumulative hazard and its standard error, and limits of S on the scale of its logarithm, z standard errors
    away. NaN where S = 0, but for S and the hazard.
    """
    surv, hazard, log_variance, variance = 1.0, 0.0, 0.0, 0.0
    for index in range(n_risk.size):
        risk, deaths = n_risk[index], n_event[index]
        share = deaths / risk
        surv *= 1.0 - share
        hazard += share
        log_variance += deaths / (risk * (risk - deaths))
        variance += deaths / (risk * risk)
        std_err_log = np.sqrt(log_variance) if surv > 0.0 else np.nan
        lower, upper = surv * np.exp(-z * std_err_log), surv * np.exp(z * std_err_log)
        sums[0, index], sums[1, index], sums[2, index] = surv, surv * std_err_log, std_err_log
        sums[3, index], sums[4, index] = hazard, np.sqrt(variance)
        sums[5, index], sums[6, index] = lower, 1.0 if upper > 1.0 else upper


@kernel("f8[:, ::1](i4[:, :, ::1])")
def life_table_of_days(counts: Any) -> Any:
    """The days on which anything happened (the first row), and on each those at risk, with an event and censored (a row
    for each group of each), from counts by group, day and event.
    """
    happened = np.zeros(counts.shape[1], np.int64)
    columns = _columns(counts, happened)
    table = np.empty((1 + 3 * counts.shape[0], columns))
    _fill_life_table(counts, happened, columns, table)
    return table


@kernel("f8[:, ::1](f8[::1], f8[::1], f8)")
def product_limit(n_risk: Any, n_event: Any, z: Any) -> Any:
    """S, its standard error, that of log S, the cumulative hazard, its standard error, lower and upper limits of S on
    the scale of its logarithm, a row each, from those at risk and with an event at ascending times.
    """
    sums = np.empty((7, n_risk.size))
    _fill_product_limit(n_risk, n_event, z, sums)
    return sums


@kernel("Tuple((i8, f8[:, ::1]))(i4[:, :, ::1], f8)")
def product_limit_of_days(counts: Any, z: Any) -> Any:
    """All events, and the rows of `life_table_of_days` of one group followed by those of `product_limit`.

    In one call: after other work, each further step costs more until its code and data are at hand than it does then.
    """
    happened = np.zeros(counts.shape[1], np.int64)
    columns = _columns(counts, happened)
    table = np.empty((11, columns))
    _fill_life_table(counts, happened, columns, table)
    _fill_product_limit(table[1], table[2], z, table[4:])
    events = 0
    for day in range(counts.shape[1]):
        events += counts[0, day, 1]
    return events, table


@kernel("void(f8[::1], u1[::1], i8[::1], i8, i8[::1], i8[::1])")
def order_by_days(time: Any, event: Any, stratum: Any, days: Any, place: Any, order: Any) -> None:
    """Sort rows by stratum, descending whole day, events first, stably, by counting.

    `place` is scratch of (strata * days * 2 + 1) zeros; `days` exceeds the largest day; an empty `stratum` is one.
    """
    n = time.size
    for index in range(n):
        level = stratum[index] if stratum.size else 0
        key = ((level * days + days - 1 - np.int64(time[index])) << 1) + 1 - event[index]
        place[key + 1] += 1
    for key in range(1, place.size):
        place[key] += place[key - 1]
    for index in range(n):
        level = stratum[index] if stratum.size else 0
        key = ((level * days + days - 1 - np.int64(time[index])) << 1) + 1 - event[index]
        order[place[key]] = index
        place[key] += 1


@kernel("f8[:, ::1](f8[:, ::1])")
def moments(x: Any) -> Any:
    """The largest size of each column, its sum and its sum of squares, a row each, in one pass."""
    rows, columns = x.shape
    found = np.zeros((3, columns))
    for row in range(rows):
        for column in range(columns):
            value = x[row, column]
            found[0, column] = max(found[0, column], abs(value))
            found[1, column] += value
            found[2, column] += value * value
    return found


@kernel("void(f8[:, ::1], i8[::1], f8[::1], f8[::1], f8[:, ::1])")
def gather_scaled(x: Any, order: Any, means: Any, spread: Any, out: Any) -> None:
    """Rows of x in an order, centred and scaled, as columns of `out`. Rows lie anywhere: asked for early."""
    p = x.shape[1]
    scale = 1.0 / spread
    for index in range(order.size):
        if index + _EARLY < order.size:
            begin = order[index + _EARLY] * p
            for place in range(begin, begin + p, LINE):
                prefetch(x, place)
            prefetch(x, begin + p - 1)
        row = order[index]
        for column in range(p):
            out[column, index] = (x[row, column] - means[column]) * scale[column]


@reordering_stage
def _total(values: Any) -> Any:
    """Their sum."""
    found = 0.0
    for index in range(values.size):
        found += values[index]
    return found


@reordering_stage
def _product(one: Any, other: Any) -> Any:
    """Their inner product."""
    found = 0.0
    for index in range(one.size):
        found += one[index] * other[index]
    return found


@kernel("f8(f8[:, ::1], f8[::1], i8[::1], i8[::1], i8[::1], i8[::1], b1, f8[::1], f8[:, ::1])", reordering=True)
def partial_likelihood(
    x: Any, weighted: Any, begin: Any, end: Any, first_row: Any, count: Any, efron: Any, score: Any, information: Any
) -> Any:
    """Score and information of rows sorted as in `RiskSets`, without delayed entry and with unit weights.

    `x` holds a covariate a row, `weighted` the risks. Event time j has its risk set in begin[j]:end[j] and its
    `count[j]` events from first_row[j]; event times descend within strata. Returns the part of the log-likelihood that
    comes from the denominators.
    """
    p, n = x.shape
    times = begin.size
    total_hazard, own_hazard = np.empty(times), np.empty(times)
    moment, tied_moment = np.zeros(p), np.zeros(p)
    loglik, total, row, stratum = 0.0, 0.0, 0, -1
    for j in range(times):
        if begin[j] != stratum:
            stratum = begin[j]
            row = stratum
            total = 0.0
            moment[:] = 0.0
        risks = weighted[row : end[j]]
        if risks.size == 1:
            total += risks[0]
            for a in range(p):
                moment[a] += risks[0] * x[a, row]
        else:
            total += _total(risks)
            for a in range(p):
                moment[a] += _product(risks, x[a, row : end[j]])
        row = end[j]
        first, last = first_row[j], first_row[j] + count[j]
        risks = weighted[first:last]
        tied = _total(risks)
        for a in range(p):
            tied_moment[a] = _product(risks, x[a, first:last])
        # The k-th of d tied events sees mean m - share t over s - share u. The outer products of these means are
        # quadratic in the share, so that five sums over k suffice.
        plain, once, twice, thrice, product = 0.0, 0.0, 0.0, 0.0, 1.0
        shares = 0.0
        step = 1.0 / count[j] if efron else 0.0
        for k in range(count[j]):
            share = k * step
            denominator = total - share * tied
            hazard = 1.0 / denominator
            square = hazard * hazard
            plain += hazard
            once += hazard * share
            shares += square
            twice += square * share
            thrice += square * share * share
            product *= denominator
            if product > 1e200 or product < 1e-200:
                loglik -= np.log(product)
                product = 1.0
        loglik -= np.log(product)
        for a in range(p):
            for b in range(a + 1):
                information[a, b] -= (
                    moment[a] * moment[b] * shares
                    - (moment[a] * tied_moment[b] + tied_moment[a] * moment[b]) * twice
                    + tied_moment[a] * tied_moment[b] * thrice
                )
        total_hazard[j] = plain
        own_hazard[j] = once
    # Each row's exposure is its risk times the hazard while at risk: from its own time down to the stratum's earliest.
    exposure = np.zeros(n)
    hazard = 0.0
    for j in range(times - 1, -1, -1):
        if j == times - 1 or begin[j] != begin[j + 1]:
            hazard = 0.0
        hazard += total_hazard[j]
        after = begin[j] if j == 0 or begin[j - 1] != begin[j] else end[j - 1]
        exposed, risks = exposure[after : end[j]], weighted[after : end[j]]
        for index in range(risks.size):
            exposed[index] = risks[index] * hazard
        first, last = first_row[j], first_row[j] + count[j]
        exposed, risks = exposure[first:last], weighted[first:last]
        for index in range(risks.size):
            exposed[index] -= risks[index] * own_hazard[j]
        for a in range(p):
            score[a] += _total(x[a, first:last])
    scratch = np.empty(_CHUNK)
    for start in range(0, n, _CHUNK):
        stop = min(start + _CHUNK, n)
        exposed, part = exposure[start:stop], scratch[: stop - start]
        for a in range(p):
            column = x[a, start:stop]
            for index in range(part.size):
                part[index] = exposed[index] * column[index]
            score[a] -= _total(part)
            for b in range(a + 1):
                information[a, b] += _product(part, x[b, start:stop])
    for a in range(p):
        for b in range(a):
            information[b, a] = information[a, b]
    return loglik
