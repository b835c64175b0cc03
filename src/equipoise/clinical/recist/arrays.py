"""RECIST 1.1 responses of many subjects at once, from long rows as arrays.

The rules are those of `course`; this is their fast form for whole tables and simulations. It explains nothing: for the
sentence behind a response, judge that subject with `assess_course`.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from equipoise.clinical.recist.codes import Response

RESPONSES = tuple(Response)
"""Response of a code; code -1 stands for a visit that did not take place."""


class LesionKind(IntEnum):
    """What a row is about."""

    TARGET = 1
    TARGET_NODE = 2
    NON_TARGET = 3
    NEW = 4


@dataclass(frozen=True, slots=True)
class LongRows:
    """One row a subject, visit and lesion, arrays of one length.

    `subject` from 0; `visit` 0 for the baseline; `lesion` from 0 within the subject; `kind` a LesionKind. `value` is a
    diameter in mm for targets (the short axis of a node; 5 for too small to measure, 0 for absent); 0 absent, 1
    present, 2 unequivocally worse for non-targets; 1 unequivocal and 0 not for new lesions; NaN where not evaluated.
    """

    subject: npt.NDArray[np.integer]
    visit: npt.NDArray[np.integer]
    lesion: npt.NDArray[np.integer]
    kind: npt.NDArray[np.integer]
    value: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Responses:
    """Codes of shape (subjects, visits after baseline), -1 where there was no visit; sums in nanometres or -1."""

    target: npt.NDArray[np.int8]
    non_target: npt.NDArray[np.int8]
    overall: npt.NDArray[np.int8]
    sums: npt.NDArray[np.int64]
    nadirs: npt.NDArray[np.int64]

    def names(self, codes: npt.NDArray[np.int8]) -> npt.NDArray[np.str_]:
        """Codes as text, '' for no visit."""
        return np.array([*RESPONSES, ""])[codes]


WRONG = {
    1: "names a subject, visit, lesion or kind that is out of range",
    2: "gives its lesion another kind than a row before",
    3: "gives another result for its lesion and visit than a row before",
    4: "holds no diameter in mm (0 to 2000) or no state (0, 1, 2)",
    5: "ends a subject of whom a target has no diameter at baseline",
}


def judge(rows: LongRows, *, subjects: int, visits: int, lesions: int, pr_persists: bool) -> Responses:
    """The responses of every subject and visit. `visits` counts the baseline.

    Raises ValueError naming the first row (from 0) that is wrong. Rows need not be sorted; sorted by subject is faster.
    """
    from equipoise.clinical.recist import kernels

    columns = (
        _column(rows.subject, np.int32),
        _column(rows.visit, np.int8),
        _column(rows.lesion, np.int8),
        _column(rows.kind, np.int8),
        np.ascontiguousarray(rows.value, dtype=np.float64),
    )
    if len({len(column) for column in columns}) != 1:
        raise ValueError(f"The columns have different lengths: {', '.join(str(len(column)) for column in columns)}.")
    order: npt.NDArray[np.int64] | None = None
    if np.any(columns[0][1:] < columns[0][:-1]):
        order = np.argsort(columns[0], kind="stable")
        columns = tuple(column[order] for column in columns)  # type: ignore[assignment]
    shape = (subjects, max(visits - 1, 0))
    found = Responses(
        target=np.full(shape, -1, np.int8),
        non_target=np.full(shape, -1, np.int8),
        overall=np.full(shape, -1, np.int8),
        sums=np.full(shape, -1, np.int64),
        nadirs=np.full(shape, -1, np.int64),
    )
    problem, row = kernels.judge(
        *columns, visits, lesions, pr_persists, found.target, found.non_target, found.overall, found.sums, found.nadirs
    )
    if problem:
        raise ValueError(f"Row {row if order is None else int(order[row])} {WRONG[problem]}.")
    return found


def _column(values: npt.NDArray[np.integer], dtype: type[np.integer]) -> npt.NDArray[np.integer]:
    """A column in the type of the kernel; what does not fit becomes -1, which the kernel refuses."""
    array = np.asarray(values)
    if array.dtype != dtype:
        limits = np.iinfo(dtype)
        array = np.where((array < 0) | (array > limits.max), -1, array).astype(dtype)
    return np.ascontiguousarray(array)
