"""The compiled course of RECIST 1.1 over long rows, subject by subject.

The same rules as `target`, `overall` and `course`, which stay the reference; a property test holds the two equal.
Diameters are whole nanometres, so that sums and comparisons are exact. Importing this module loads numba.
"""

from collections.abc import Callable
from typing import Any, cast

import numba
import numpy as np

CR, PR, SD, NON, PD, NE, NA = range(7)
"""Response codes, in the order of `codes.Response`; -1 stands for no visit."""
TARGET, TARGET_NODE, NON_TARGET, NEW = 1, 2, 3, 4
"""Kinds of lesion."""
OUT_OF_RANGE, TWO_KINDS, TWO_RESULTS, NO_RESULT, NO_BASELINE = 1, 2, 3, 4, 5
"""What may be wrong with a row."""

_MISSING = -1
_FIVE_MM = 5_000_000
_TEN_MM = 10_000_000


def _stage[F: Callable[..., Any]](function: F) -> F:
    return cast(F, numba.njit(nogil=True, error_model="numpy")(function))


def _kernel(signature: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return cast(
        Callable[[Callable[..., Any]], Callable[..., Any]],
        numba.njit(signature, nogil=True, cache=True, error_model="numpy"),
    )


@_stage
def _overall(target: int, non_target: int, is_new: bool) -> int:
    """Tables 1 and 2."""
    if is_new or target == PD or non_target == PD:
        return PD
    if target == NA:
        return NE if non_target == NA else non_target
    if target == CR and (non_target in (NON, NE)):
        return PR
    return target


@_stage
def _size(value: float, kind: int) -> int:
    """A diameter in nanometres, or the state of a non-target; missing for NaN."""
    if value != value:
        return _MISSING
    return int(value) if kind == NON_TARGET else int(np.rint(value * 1e6))


@_stage
def _course(
    subject: int, sizes: Any, kinds: Any, attended: Any, new: Any, persists: bool, target: Any, non_target: Any,
    overall: Any, sums: Any, nadirs: Any,
) -> bool:  # fmt: skip
    """Judge one subject's visits; false where a target has no diameter at baseline."""
    visits, lesions = sizes.shape
    baseline, targets, non_targets = 0, 0, 0
    for lesion in range(lesions):
        if kinds[lesion] == TARGET or kinds[lesion] == TARGET_NODE:
            if sizes[0, lesion] <= 0:
                return False
            baseline += sizes[0, lesion]
            targets += 1
        elif kinds[lesion] == NON_TARGET:
            non_targets += 1
    nadir, had_response, had_complete = baseline, False, False
    for visit in range(1, visits):
        at = visit - 1
        if not attended[visit]:
            continue
        nadirs[subject, at] = nadir
        total, missing, gone, back = 0, 0, True, False
        worse, unseen, left = 0, 0, 0
        for lesion in range(lesions):
            kind, size = kinds[lesion], sizes[visit, lesion]
            if kind in (TARGET, TARGET_NODE):
                if size == _MISSING:
                    missing += 1
                    continue
                total += size
                if kind == TARGET:
                    gone = gone and size == 0
                    back = back or size > 0
                else:
                    gone = gone and size < _TEN_MM
            elif kind == NON_TARGET:
                worse += size == 2
                unseen += size == _MISSING
                left += size == 1
        if targets == 0:
            response = NA
        elif missing == 0 and gone:
            response = CR
        elif (had_complete and back) or (total - nadir >= _FIVE_MM and 5 * total >= 6 * nadir):
            response = PD
        elif missing > 0:
            response = NE
        elif 10 * total <= 7 * baseline or (persists and had_response):
            response = PR
        else:
            response = SD
        if targets > 0 and missing == 0:
            sums[subject, at] = total
            nadir = min(nadir, total)
        had_response = (had_response or response in (CR, PR)) and response != PD
        had_complete = had_complete or response == CR
        if non_targets == 0:
            other = NA
        elif worse > 0:
            other = PD
        elif unseen > 0:
            other = NE
        elif left > 0:
            other = NON
        else:
            other = CR
        target[subject, at] = response
        non_target[subject, at] = other
        overall[subject, at] = _overall(response, other, new[visit])
    return True


@_kernel(
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
    sizes = np.full((visits, lesions), _MISSING, np.int64)
    seen = np.zeros((visits, lesions), np.bool_)
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
            if (
                number < 0
                or number > 2000
                or (what == NON_TARGET and number == number and number != 0 and number != 1 and number != 2)
            ):
                return NO_RESULT, row
            size = _size(number, what)
            if seen[at, which] and sizes[at, which] != size:
                return TWO_RESULTS, row
            seen[at, which] = True
            sizes[at, which] = size
        if row + 1 == rows or subject[row + 1] != subject[row]:
            if not _course(
                subject[row], sizes, kinds, attended, new, persists, target, non_target, overall, sums, nadirs
            ):
                return NO_BASELINE, row
            sizes[:] = _MISSING
            seen[:] = False
            kinds[:] = 0
            attended[:] = False
            new[:] = False
    return 0, 0
