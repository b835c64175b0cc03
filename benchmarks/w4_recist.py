"""W4: RECIST 1.1 overall response from long rows, 100,000 subjects x 8 visits x up to 10 lesions.

Beside it in the same run, on a part of the same rows: the naive loop a competent programmer writes (dictionaries and
floats, no explanations), and the reference interpreter that explains every visit. CPU seconds; medians of interleaved
rounds, the first of each left out. The three must agree.
"""

import statistics
import time
from collections.abc import Callable
from decimal import Decimal

import numpy as np

from equipoise.clinical.recist.arrays import RESPONSES, LesionKind, LongRows, judge
from equipoise.clinical.recist.codes import NonTargetState
from equipoise.clinical.recist.course import Baseline, Visit, assess_course
from equipoise.clinical.recist.target import Reading, TargetLesion
from equipoise.kernel.quantities import Quantity

SUBJECTS, PART, VISITS, LESIONS = 100_000, 1_000, 9, 10
ROUNDS = 5


def long_rows(subjects: int) -> LongRows:
    """Made-up courses: 1-5 targets, some of them nodes, 0-5 non-targets, half millimetres, some readings missing."""
    chance = np.random.default_rng(20260101)
    targets = chance.integers(1, 6, subjects)
    lesions = targets + chance.integers(0, 6, subjects)
    subject = np.repeat(np.arange(subjects, dtype=np.int32), lesions * VISITS)
    lesion = np.concatenate([np.tile(np.arange(count, dtype=np.int8), VISITS) for count in lesions])
    visit = np.concatenate([np.repeat(np.arange(VISITS, dtype=np.int8), count) for count in lesions])
    is_target = lesion < targets[subject]
    is_node = (lesion + subject) % 4 == 0
    kind = np.where(is_target, np.where(is_node, 2, 1), 3).astype(np.int8)
    size = np.round(2 * (15 + chance.exponential(15, len(subject)) * chance.random(len(subject)))) / 2
    size[chance.random(len(subject)) < 0.05] = 0
    size[visit == 0] = np.maximum(size[visit == 0], 15)
    state = chance.choice([0.0, 1.0, 1.0, 1.0, 2.0], len(subject), p=[0.3, 0.3, 0.2, 0.18, 0.02])
    value = np.where(is_target, size, state)
    value[(chance.random(len(subject)) < 0.01) & (visit > 0)] = np.nan
    return LongRows(subject, visit, lesion, kind, value)


def naive(rows: list[tuple[int, int, int, int, float]]) -> dict[tuple[int, int], str]:
    """The loop one writes first: subject by subject, visit by visit, lesion by lesion."""
    subjects: dict[int, dict[int, dict[int, tuple[int, float]]]] = {}
    for subject, visit, lesion, kind, value in rows:
        subjects.setdefault(subject, {}).setdefault(visit, {})[lesion] = (kind, value)
    result = {}
    for subject, visits in subjects.items():
        baseline = sum(value for kind, value in visits[0].values() if kind in (1, 2))
        nadir, responded, complete = baseline, False, False
        for visit in sorted(visits)[1:]:
            total, missing, gone, back, states = 0.0, False, True, False, []
            for kind, value in visits[visit].values():
                if kind == 3:
                    states.append(value)
                elif value != value:
                    missing = True
                else:
                    total += value
                    gone = gone and (value < 10 if kind == 2 else value == 0)
                    back = back or (kind == 1 and value > 0)
            if not missing and gone:
                target = "CR"
            elif (complete and back) or (total - nadir >= 5 and total >= 1.2 * nadir - 1e-9):
                target = "PD"
            elif missing:
                target = "NE"
            elif total <= 0.7 * baseline + 1e-9 or responded:
                target = "PR"
            else:
                target = "SD"
            if not missing:
                nadir = min(nadir, total)
            responded = (responded or target in ("CR", "PR")) and target != "PD"
            complete = complete or target == "CR"
            if target == "PD" or any(state == 2 for state in states):
                overall = "PD"
            elif target == "CR" and (any(state != state for state in states) or any(state == 1 for state in states)):
                overall = "PR"
            else:
                overall = target
            result[subject, visit] = overall
    return result


STATES = {0.0: NonTargetState.ABSENT, 1.0: NonTargetState.PRESENT, 2.0: NonTargetState.UNEQUIVOCAL_PROGRESSION}


def explained(rows: list[tuple[int, int, int, int, float]]) -> dict[tuple[int, int], str]:
    """The reference interpreter, with the sentence of every visit."""
    subjects: dict[int, dict[int, dict[int, tuple[int, float]]]] = {}
    for subject, visit, lesion, kind, value in rows:
        subjects.setdefault(subject, {}).setdefault(visit, {})[lesion] = (kind, value)
    result = {}
    for subject, visits in subjects.items():
        first = visits[0]
        targets = tuple(TargetLesion(str(name), kind == 2) for name, (kind, _) in first.items() if kind != 3)
        others = tuple(str(name) for name, (kind, _) in first.items() if kind == 3)
        baseline = Baseline(targets, _readings(first), others)
        course = [Visit(_readings(visits[visit]), _states(visits[visit])) for visit in sorted(visits)[1:]]
        for visit, verdict in enumerate(assess_course(baseline, course, pr_persists=True), start=1):
            assert verdict.reason.say()
            result[subject, visit] = str(verdict.overall)
    return result


def _readings(cells: dict[int, tuple[int, float]]) -> dict[str, Reading]:
    return {
        str(name): Reading.measured(Quantity(Decimal(str(value)), "mm")) if value == value else Reading.not_evaluable()
        for name, (kind, value) in cells.items()
        if kind != 3
    }


def _states(cells: dict[int, tuple[int, float]]) -> dict[str, NonTargetState]:
    return {
        str(name): STATES.get(value, NonTargetState.NOT_EVALUABLE) for name, (kind, value) in cells.items() if kind == 3
    }


def cpu[T](work: Callable[[], T]) -> tuple[float, T]:
    """CPU seconds of this process, and the result."""
    before = time.process_time()
    result = work()
    return time.process_time() - before, result


def main() -> None:
    """Measure, compare the answers, print the ratios."""
    whole = long_rows(SUBJECTS)
    end = int(np.searchsorted(whole.subject, PART))
    part = list(
        zip(
            whole.subject[:end].tolist(), whole.visit[:end].tolist(), whole.lesion[:end].tolist(),
            whole.kind[:end].tolist(), whole.value[:end].tolist(), strict=True,
        )
    )  # fmt: skip
    times: dict[str, list[float]] = {"compiled": [], "naive loop": [], "reference, explained": []}
    for _ in range(ROUNDS + 1):
        spent, found = cpu(lambda: judge(whole, subjects=SUBJECTS, visits=VISITS, lesions=LESIONS, pr_persists=True))
        times["compiled"].append(spent / SUBJECTS)
        spent, loop = cpu(lambda: naive(part))
        times["naive loop"].append(spent / PART)
        spent, reference = cpu(lambda: explained(part))
        times["reference, explained"].append(spent / PART)
    ours = {(subject, visit): str(RESPONSES[found.overall[subject, visit - 1]]) for subject, visit in reference}
    assert ours == reference == loop, "the engines disagree"
    assert LesionKind.NON_TARGET == 3
    typical = {name: statistics.median(values[1:]) for name, values in times.items()}
    print(f"{len(whole.subject):,} rows of {SUBJECTS:,} subjects; answers agree on {len(reference):,} visits")
    for name, value in typical.items():
        print(f"{name:22s} {1 / value:12,.0f} subjects a CPU second")
    print(f"compiled / naive loop: {typical['naive loop'] / typical['compiled']:.0f} times (goal 50)")
    print(f"compiled / reference: {typical['reference, explained'] / typical['compiled']:.0f} times")


if __name__ == "__main__":
    main()
