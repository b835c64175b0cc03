"""The compiled course of RECIST and the reference interpreter give the same responses."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.clinical.recist.arrays import RESPONSES, LesionKind, LongRows, judge
from equipoise.clinical.recist.codes import NewLesionState, NonTargetState
from equipoise.clinical.recist.course import Baseline, Visit, assess_course
from equipoise.clinical.recist.target import Reading, TargetLesion
from equipoise.kernel.quantities import Quantity

VISITS, LESIONS = 6, 8
STATES = (NonTargetState.ABSENT, NonTargetState.PRESENT, NonTargetState.UNEQUIVOCAL_PROGRESSION)

# Few round numbers, so that sums meet the limits of the rules exactly, and some with decimals.
DIAMETERS = st.one_of(
    st.sampled_from(["0", "5", "7", "8", "9.9", "10", "12", "14", "20", "24", "25", "30"]),
    st.decimals(0, 60, places=2).map(str),
)
SUBJECTS = st.fixed_dictionaries(
    {
        "nodes": st.lists(st.booleans(), max_size=4),
        "non_targets": st.integers(0, 3),
        "baseline": st.lists(st.sampled_from(["10", "15", "20", "50", "32.3"]), min_size=4, max_size=4),
        "visits": st.lists(
            st.one_of(
                st.none(),
                st.fixed_dictionaries(
                    {
                        "targets": st.lists(st.one_of(st.none(), DIAMETERS), min_size=4, max_size=4),
                        "states": st.lists(st.one_of(st.none(), st.integers(0, 2)), min_size=3, max_size=3),
                        "new": st.sampled_from([None, False, False, True]),
                    }
                ),
            ),
            max_size=VISITS - 1,
        ),
    }
)


@given(st.lists(SUBJECTS, min_size=1, max_size=4), st.booleans(), st.randoms(use_true_random=False))
def test_engines_agree(subjects: list[dict], persists: bool, shuffled) -> None:  # type: ignore[no-untyped-def, type-arg]
    rows: list[tuple[int, int, int, int, float]] = []
    for number, one in enumerate(subjects):
        rows += _rows(number, one)
    shuffled.shuffle(rows)
    columns = list(zip(*rows, strict=True)) if rows else [[]] * 5
    found = judge(
        LongRows(*(np.array(column, dtype=np.int64) for column in columns[:4]), np.array(columns[4], dtype=float)),
        subjects=len(subjects), visits=VISITS, lesions=LESIONS, pr_persists=persists,
    )  # fmt: skip
    for number, one in enumerate(subjects):
        baseline, visits = _reference(one)
        verdicts = iter(assess_course(baseline, visits, pr_persists=persists))
        for at in range(VISITS - 1):
            attended = at < len(one["visits"]) and one["visits"][at] is not None and bool(_rows_of(number, at, one))
            if not attended:
                assert found.overall[number, at] == -1
                continue
            verdict = next(verdicts)
            codes = (found.target[number, at], found.non_target[number, at], found.overall[number, at])
            assert tuple(RESPONSES[code] for code in codes) == (verdict.target, verdict.non_target, verdict.overall)
            assert found.sums[number, at] == (-1 if verdict.sum is None else int(verdict.sum * 10**6))
            assert found.nadirs[number, at] == int(verdict.history.nadir * 10**6)


def _kinds(one: dict) -> list[LesionKind]:  # type: ignore[type-arg]
    targets = [LesionKind.TARGET_NODE if node else LesionKind.TARGET for node in one["nodes"]]
    return targets + [LesionKind.NON_TARGET] * one["non_targets"]


def _rows(number: int, one: dict) -> list[tuple[int, int, int, int, float]]:  # type: ignore[type-arg]
    kinds, targets = _kinds(one), len(one["nodes"])
    rows = [
        (number, 0, lesion, int(kind), float(one["baseline"][lesion]) if lesion < targets else 1.0)
        for lesion, kind in enumerate(kinds)
    ]
    for at in range(len(one["visits"])):
        rows += _rows_of(number, at, one)
    return rows


def _rows_of(number: int, at: int, one: dict) -> list[tuple[int, int, int, int, float]]:  # type: ignore[type-arg]
    visit, kinds, targets = one["visits"][at], _kinds(one), len(one["nodes"])
    if visit is None:
        return []
    rows = []
    for lesion, kind in enumerate(kinds):
        read = visit["targets"][lesion] if lesion < targets else visit["states"][lesion - targets]
        rows.append((number, at + 1, lesion, int(kind), float("nan") if read is None else float(read)))
    if visit["new"] is not None:
        rows.append((number, at + 1, LESIONS - 1, int(LesionKind.NEW), float(visit["new"])))
    return rows


def _reference(one: dict) -> tuple[Baseline, list[Visit]]:  # type: ignore[type-arg]
    targets = tuple(TargetLesion(f"T{place}", node) for place, node in enumerate(one["nodes"]))
    readings = {lesion.id: _read(one["baseline"][place]) for place, lesion in enumerate(targets)}
    non_targets = tuple(f"N{place}" for place in range(one["non_targets"]))
    visits = [
        Visit(
            {lesion.id: _read(visit["targets"][place]) for place, lesion in enumerate(targets)},
            {
                name: NonTargetState.NOT_EVALUABLE if visit["states"][place] is None else STATES[visit["states"][place]]
                for place, name in enumerate(non_targets)
            },
            {"NEW": NewLesionState.UNEQUIVOCAL} if visit["new"] else {},
        )
        for at, visit in enumerate(one["visits"])
        if _rows_of(0, at, one)
    ]
    return Baseline(targets, readings, non_targets), visits


def _read(text: str | None) -> Reading:
    return Reading.not_evaluable() if text is None else Reading.measured(Quantity(Decimal(text), "mm"))


@pytest.mark.parametrize(
    ("rows", "wording"),
    [
        ([(0, 0, 0, 1, 20.0), (0, 9, 0, 1, 20.0)], "Row 1 names a subject, visit, lesion or kind that is out of range"),
        ([(0, 0, 0, 1, 20.0), (7, 0, 0, 1, 20.0)], "Row 1 names a subject"),
        ([(0, 0, 0, 1, 20.0), (0, 0, 400, 1, 20.0)], "Row 1 names a subject"),
        ([(0, 0, 0, 1, 20.0), (0, 1, 0, 2, 20.0)], "Row 1 gives its lesion another kind than a row before"),
        ([(0, 0, 0, 1, 20.0), (0, 0, 0, 1, 21.0)], "Row 1 gives another result for its lesion and visit"),
        ([(0, 0, 0, 1, 20.0), (0, 1, 0, 1, -1.0)], "Row 1 holds no diameter in mm"),
        ([(0, 0, 0, 1, 20.0), (0, 1, 1, 3, 0.5)], "Row 1 holds no diameter in mm .* or no state"),
        ([(0, 1, 0, 1, 20.0)], "Row 0 ends a subject of whom a target has no diameter at baseline"),
        ([(1, 0, 0, 1, 20.0), (0, 1, 0, 1, 20.0)], "Row 1 ends a subject of whom"),
    ],
)
def test_rows_that_are_wrong_are_named(rows: list[tuple[float, ...]], wording: str) -> None:
    columns = np.array(rows).T
    with pytest.raises(ValueError, match=wording):
        judge(
            LongRows(*(column.astype(np.int64) for column in columns[:4]), columns[4]),
            subjects=2, visits=3, lesions=4, pr_persists=True,
        )  # fmt: skip
