"""The compiled course of RECIST 1.1 over long rows, subject by subject.

The same rules as `target`, `overall` and `course`, which stay the reference; a property test holds the two equal.
Diameters are whole nanometres, so that sums and comparisons are exact. Importing this module loads numba.
"""

from typing import Any

import numpy as np

from equipoise.kernel.compiled import kernel, stage

CR, PR, SD, NON, PD, NE, NA = range(7)
"""Response codes, in the order of `codes.Response`; -1 stands for no visit."""
TARGET, TARGET_NODE, NON_TARGET, NEW = 1, 2, 3, 4
"""Kinds of lesion."""
OUT_OF_RANGE, TWO_KINDS, TWO_RESULTS, NO_RESULT, NO_BASELINE = 1, 2, 3, 4, 5
"""What may be wrong with a row."""

_MISSING, _UNSEEN = -1, -2
_BY_WORST = np.array([CR, NON, NE, PD], np.int8)
"""The non-target response of the worst state: absent, present, not evaluated, worse."""
_FIVE_MM = 5_000_000
_TEN_MM = 10_000_000


def _tables() -> Any:
    """Tables 1 and 2 as codes: overall response of (target, non-target, new lesion)."""
    table = np.full((7, 7, 2), PD, np.int8)
    for target in (CR, PR, SD, NE, NA):
        for non_target in (CR, NON, NE, NA):
            overall = target
            if target == NA:
                overall = NE if non_target == NA else non_target
            elif target == CR and non_target in (NON, NE):
                overall = PR
            table[target, non_target, 0] = overall
    return table


_OVERALL = _tables()


@stage
def _non_target(visit: int, sizes: Any, others: Any, count: int) -> int:
    """The non-target response of a visit: PD before NE before NON-CR/NON-PD before CR."""
    if count == 0:
        return NA
    worst = 0
    for place in range(count):
        state = sizes[visit, others[place]]
        worst = max(worst, 3 if state == 2 else (2 if state < 0 else state))
    return int(_BY_WORST[worst])


@stage
def _course(
    subject: int, sizes: Any, kinds: Any, attended: Any, new: Any, chosen: Any, others: Any, persists: bool,
    target: Any, non_target: Any, overall: Any, sums: Any, nadirs: Any,
) -> bool:  # fmt: skip
    """Judge one subject's visits; false where a target has no diameter at baseline."""
    visits, lesions = sizes.shape
    baseline, targets, non_targets = 0, 0, 0
    for lesion in range(lesions):
        if kinds[lesion] == NON_TARGET:
            others[non_targets] = lesion
            non_targets += 1
        elif kinds[lesion] == TARGET or kinds[lesion] == TARGET_NODE:
            if sizes[0, lesion] <= 0:
                return False
            baseline += sizes[0, lesion]
            chosen[targets] = lesion
            targets += 1
    nadir, had_response, had_complete = baseline, False, False
    for visit in range(1, visits):
        at = visit - 1
        if not attended[visit]:
            continue
        nadirs[subject, at] = nadir
        total, missing, gone, back = 0, False, True, False
        for place in range(targets):
            lesion = chosen[place]
            size = sizes[visit, lesion]
            is_node = kinds[lesion] == TARGET_NODE
            missing |= size < 0
            total += max(size, 0)
            gone &= size < (_TEN_MM if is_node else 1)
            back |= size > 0 and not is_node
        # the last that holds decides: each line is a selection and not a jump
        response = PR if (10 * total <= 7 * baseline) | (persists & had_response) else SD
        response = NE if missing else response
        grown = (total - nadir >= _FIVE_MM) & (5 * total >= 6 * nadir)
        response = PD if grown | (had_complete & back) else response
        response = CR if gone & (not missing) else response
        response = NA if targets == 0 else response
        if targets > 0 and not missing:
            sums[subject, at] = total
            nadir = min(nadir, total)
        had_response = (had_response or response <= PR) and response != PD
        had_complete = had_complete or response == CR
        other = _non_target(visit, sizes, others, non_targets)
        target[subject, at] = response
        non_target[subject, at] = other
        overall[subject, at] = _OVERALL[response, other, int(new[visit])]
    return True


@kernel(
    "UniTuple(int64, 2)(int32[::1], int8[::1], int8[::1], int8[::1], float64[::1], int64, int64, boolean, "
    "int8[:, ::1], int8[:, ::1], int8[:, ::1], int64[:, ::1], int64[:, ::1])"
)
def judge(
    subject: Any, visit: Any, lesion: Any, kind: Any, value: Any, visits: int, lesions: int, persists: bool,
    target: Any, non_target: Any, overall: Any, sums: Any, nadirs: Any,
) -> tuple[int, int]:  # fmt: skip
    """Fill the responses of every subject and visit from long rows sorted by subject.

    `visits` counts the baseline, which is visit 0. `value` as in `arrays.LongRows`. Gives (0, 0), or what is wrong and
    in which row.
    """
    sizes = np.full((visits, lesions), _UNSEEN, np.int64)
    chosen, others = np.zeros(lesions, np.int64), np.zeros(lesions, np.int64)
    kinds = np.zeros(lesions, np.int8)
    attended = np.zeros(visits, np.bool_)
    new = np.zeros(visits, np.bool_)
    rows = len(subject)
    for row in range(rows):
        at, which, what, number = int(visit[row]), int(lesion[row]), int(kind[row]), value[row]
        if not (
            0 <= at < visits and 0 <= which < lesions and TARGET <= what <= NEW and 0 <= subject[row] < len(overall)
        ):
            return OUT_OF_RANGE, row
        if kinds[which] != 0 and kinds[which] != what:
            return TWO_KINDS, row
        kinds[which] = what
        attended[at] = True
        if what == NEW:
            new[at] = new[at] or number > 0
        else:
            is_state = what == NON_TARGET
            size = _MISSING
            if number == number:
                if not 0 <= number <= (2.0 if is_state else 2000.0):
                    return NO_RESULT, row
                size = int(number * (1.0 if is_state else 1e6) + 0.5)
                if is_state and size != number:
                    return NO_RESULT, row
            if sizes[at, which] != _UNSEEN and sizes[at, which] != size:
                return TWO_RESULTS, row
            sizes[at, which] = size
        if row + 1 == rows or subject[row + 1] != subject[row]:
            if not _course(
                subject[row],
                sizes,
                kinds,
                attended,
                new,
                chosen,
                others,
                persists,
                target,
                non_target,
                overall,
                sums,
                nadirs,
            ):
                return NO_BASELINE, row
            sizes[:] = _UNSEEN
            kinds[:] = 0
            attended[:] = False
            new[:] = False
    return 0, 0
