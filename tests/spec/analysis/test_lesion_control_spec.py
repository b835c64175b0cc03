"""When a residual lesion has failed: 20 % and 5 mm over its own smallest size, baseline included."""

from datetime import timedelta
from typing import Any

import pytest

from equipoise.analysis.lesion_control import ControlRow, by_lesion, by_participant
from equipoise.conduct import facts as f
from hand_built import DAY_0, casebook, cut, day, form, lesion, measured, progressed, trial

FAILED, DIED, CENSORED = 1, 2, 0


def one(*facts: Any, residual: tuple[str, ...] = ("L1",)) -> ControlRow:
    (row,) = by_participant(trial(), [casebook("S1", "rt", *facts, residual=residual)], cut())
    return row


@pytest.mark.parametrize(
    ("baseline", "sizes", "status", "after"),
    [
        ("20", ["20", "25"], FAILED, 2),  # 25 % and 5 mm
        ("20", ["20", "24.9"], CENSORED, 2),  # 4.9 mm
        ("30", ["30", "35.9"], CENSORED, 2),  # 19.7 %
        ("30", ["30", "36"], FAILED, 2),  # exactly 20 %, and 6 mm
        ("30", ["15", "20"], FAILED, 2),  # over its own smallest, though below the baseline
        ("20", ["25", "20"], FAILED, 1),  # the first failure counts, whatever follows
        ("12", ["16.9", "17"], FAILED, 2),  # growing slowly away from the smallest, not from the last
        ("20", [None, "5"], FAILED, 2),  # absent, then back with 5 mm
        ("20", [None, "4"], CENSORED, 2),
    ],
)
def test_growth_over_the_smallest_size(baseline: str, sizes: list[str | None], status: int, after: int) -> None:
    facts = [
        measured(f"{n}", "L1", 56 * n, size, "measured" if size else "absent") for n, size in enumerate(sizes, start=1)
    ]
    row = one(lesion("L1", baseline), *facts)
    assert (row.status, row.time.on) == (status, DAY_0 + timedelta(days=56 * after))


def test_a_failure_names_the_entry_that_showed_it() -> None:
    row = one(lesion("L1", "20"), measured("1", "L1", 56, "20"), measured("2", "L1", 112, "30"))
    assert row.time.source.sequence == 6


def test_death_competes_and_an_assessment_not_evaluated_is_none() -> None:
    facts = [lesion("L1", "20"), measured("1", "L1", 56, None, "not_evaluated"), f.Died(on=day(90), cause="disease")]
    assert (one(*facts).status, one(*facts).time.on) == (DIED, DAY_0 + timedelta(days=90))
    assert (one(*facts[:2]).status, one(*facts[:2]).time.on) == (CENSORED, DAY_0)


def test_progression_elsewhere_ends_nothing() -> None:
    facts = [lesion("L1", "20"), measured("1", "L1", 56, "20"), progressed("1", 56), measured("2", "L1", 112, "20")]
    assert (one(*facts).status, one(*facts).time.on) == (CENSORED, DAY_0 + timedelta(days=112))


def test_a_lesion_never_measured_fails_with_a_progression_that_names_it() -> None:
    named = progressed("1", 70, basis=("non_target",), pattern="residual_site", lesions=("L1",))
    assert one(lesion("L1", None), named).status == FAILED
    other = progressed("1", 70, basis=("non_target",), pattern="residual_site", lesions=("L2",))
    assert one(lesion("L1", None), other).status == CENSORED
    assert one(lesion("L1", "20"), measured("1", "L1", 56, "20"), named).status == CENSORED


def test_a_mark_of_unequivocal_growth_fails_a_lesion_without_a_size() -> None:
    marked = measured("1", "L1", 56, None, "measured", measured_new_mark=True)
    assert one(lesion("L1", None), marked).status == FAILED


def test_only_frozen_lesions_count_and_the_first_that_fails_decides() -> None:
    facts = [
        lesion("L1", "20"), lesion("L2", "20"), lesion("L3", "20"), measured("1", "L3", 56, "40"),
        measured("2", "L1", 56, "20"), measured("3", "L2", 112, "30"), measured("4", "L1", 168, "20"),
    ]  # fmt: skip
    book = casebook("S1", "rt", *facts, residual=("L1", "L2"))
    (person,) = by_participant(trial(), [book], cut())
    assert (person.status, person.time.on, person.lesions) == (FAILED, DAY_0 + timedelta(days=112), 2)
    by_id = {row.lesion: (row.status, row.time.on) for row in by_lesion(trial(), [book], cut())}
    assert by_id == {
        "L1": (CENSORED, DAY_0 + timedelta(days=168)), "L2": (FAILED, DAY_0 + timedelta(days=112)),
    }  # fmt: skip


def test_what_happens_after_the_cutoff_is_not_known() -> None:
    facts = [lesion("L1", "20"), measured("1", "L1", 56, "20"), measured("2", "L1", 112, "30")]
    (row,) = by_participant(trial(), [casebook("S1", "rt", *facts)], cut(DAY_0 + timedelta(days=100)))
    assert (row.status, row.time.on) == (CENSORED, DAY_0 + timedelta(days=56))


def test_a_node_is_followed_by_its_short_axis() -> None:
    node = form("lesions", "L1", "", organ="lymph_node", longest_diameter=("30", "mm"), short_axis=("16", "mm"))
    assert one(node, measured("1", "L1", 56, "21")).status == FAILED
