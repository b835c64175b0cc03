"""Who belongs to which analysis population, and what treatment somebody received."""

from datetime import date, timedelta
from typing import Any

import pytest

from equipoise.analysis.datasets import adsl, table
from equipoise.analysis.datasets.adsl import SubjectLevel
from equipoise.conduct import facts as f
from hand_built import DAY_0, c30, casebook, cut, cycle, day, form, irradiated, progressed, trial

RT, CONTROL = (arm.label for arm in trial().arms)


def subject(arm: str, *facts: Any, cutoff: date | None = None, residual: tuple[str, ...] = ("L1",)) -> SubjectLevel:
    (row,) = adsl(trial(), [casebook("S1", arm, *facts, residual=residual)], cut(cutoff)).rows
    assert isinstance(row, SubjectLevel)
    return row


@pytest.mark.parametrize(
    ("arm", "facts", "received", "safety"),
    [
        ("rt", [], "", "N"),
        ("rt", [cycle("1", 1)], CONTROL, "Y"),
        ("rt", [cycle("1", 1), irradiated("1", ("L1",), 10)], RT, "Y"),
        ("rt", [cycle("1", 1), irradiated("1", ("L1",), 10, fractions="1", status="partial")], RT, "Y"),
        ("rt", [cycle("1", 1), irradiated("1", ("L1",), 10, fractions="0", status="not_irradiated")], CONTROL, "Y"),
        ("rt", [cycle("1", 1), irradiated("1", ("L9",), 10)], CONTROL, "Y"),  # no residual lesion
        ("control", [cycle("1", 1)], CONTROL, "Y"),
        ("control", [cycle("1", 1), irradiated("1", ("L1",), 10)], RT, "Y"),
        ("control", [cycle("1", 1), progressed("1", 9), irradiated("1", ("L1",), 10)], CONTROL, "Y"),
        ("control", [cycle("1", 1), progressed("1", 10), irradiated("1", ("L1",), 10)], CONTROL, "Y"),
        ("control", [cycle("1", 1), progressed("1", 11), irradiated("1", ("L1",), 10)], RT, "Y"),
        ("control", [cycle("1", 1, status="omitted")], "", "N"),
    ],
)
def test_any_fraction_to_a_residual_lesion_before_progression_is_radiotherapy(
    arm: str, facts: list[Any], received: str, safety: str
) -> None:
    row = subject(arm, *facts)
    assert (row.trt01a, row.saffl, row.trt01p, row.ittfl) == (received, safety, RT if arm == "rt" else CONTROL, "Y")


def test_clinical_progression_alone_is_no_progression_that_ends_the_count() -> None:
    facts = [cycle("1", 1), progressed("1", 5, basis=("clinical",)), irradiated("1", ("L1",), 10)]
    assert subject("control", *facts).trt01a == RT


MAJOR = f.DeviationOpened(deviation="D1", grade="major", criterion="I6")
MINOR = f.DeviationOpened(deviation="D1", grade="minor")


@pytest.mark.parametrize(
    ("arm", "facts", "flag"),
    [
        ("rt", [irradiated("1", ("L1", "L2"), 10)], "Y"),
        ("rt", [irradiated("1", ("L1",), 10), irradiated("2", ("L2",), 20)], "Y"),
        ("rt", [irradiated("1", ("L1",), 10)], "N"),  # L2 was left out
        ("rt", [irradiated("1", ("L1",), 10), irradiated("2", ("L2",), 20, status="partial")], "N"),
        ("rt", [irradiated("1", ("L1", "L2"), 10), MAJOR], "N"),
        ("rt", [irradiated("1", ("L1", "L2"), 10), MINOR], "Y"),
        ("rt", [], "N"),
        ("control", [cycle("1", 1)], "Y"),
        ("control", [cycle("1", 1), irradiated("1", ("L1",), 10)], "N"),
        ("control", [], "N"),
    ],
)
def test_per_protocol_is_treated_as_the_arm_asks(arm: str, facts: list[Any], flag: str) -> None:
    assert subject(arm, *facts, residual=("L1", "L2")).pprotfl == flag


ONE_SCALE = {29: 5, 30: 6}


@pytest.mark.parametrize(
    ("facts", "flag"),
    [
        ([], "N"),
        ([c30("baseline", -3, ONE_SCALE)], "Y"),
        ([c30("baseline", 0, ONE_SCALE)], "Y"),
        ([c30("baseline", -3, {9: 2})], "Y"),  # half of pain's two items
        ([c30("baseline", -3, {1: 2})], "N"),  # one of five items of physical function scores nothing
        ([c30("questionnaires:1", 56, ONE_SCALE)], "N"),
    ],
)
def test_questionnaire_evaluable_asks_for_a_baseline_and_nothing_later(facts: list[Any], flag: str) -> None:
    assert subject("rt", *facts).qolfl == flag


def test_a_subject_never_randomized_is_no_part_of_any_population() -> None:
    book = casebook("S1", "rt", cycle("1", 1))
    row = adsl(trial(), [book], cut(DAY_0 - timedelta(days=1))).rows[0]
    assert (row.randfl, row.ittfl, row.saffl, row.qolfl, row.armcd, row.randdt) == ("N", "N", "N", "N", "", None)


def test_nobody_consented_after_the_cutoff_is_listed() -> None:
    assert adsl(trial(), [casebook("S1", "rt")], cut(DAY_0 - timedelta(days=8))).rows == []


def test_events_after_the_cutoff_do_not_count() -> None:
    facts = [cycle("1", 1), irradiated("1", ("L1",), 30), f.Died(on=day(60), cause="disease")]
    early, late = (subject("rt", *facts, cutoff=DAY_0 + timedelta(days=days)) for days in (20, 90))
    assert (early.trt01a, early.dthfl, early.eosstt, early.lstalvdt) == (CONTROL, "N", "ONGOING", DAY_0 + timedelta(20))
    assert (late.trt01a, late.dthfl, late.eosstt, late.dcsreas) == (RT, "Y", "DISCONTINUED", "DEATH")


def test_a_row_names_the_ledger_positions_it_came_from() -> None:
    row = subject("rt", form("demographics", sex="male"), cycle("1", 1), irradiated("1", ("L1",), 10))
    assert row.srcseq == (1, 2, 4, 5, 6)
    assert row.characteristic("SEX") == "male"


def test_the_latest_value_up_to_randomization_is_the_baseline() -> None:
    row = subject(
        "rt", form("ecog", "screening", "screening", ecog_date=day(-6), ecog="0"),
        form("ecog", "again", "screening", ecog_date=day(-1), ecog="1"),
        form("ecog", "check_up:1", "check_up:1", ecog_date=day(21), ecog="2"),
    )  # fmt: skip
    assert row.characteristic("ECOGBL") == "1"


def test_a_blinded_table_leaves_out_what_tells_the_arm() -> None:
    dataset = adsl(trial(), [casebook("S1", "rt", cycle("1", 1))], cut())
    open_, blinded = (table(dataset, blinded=is_blinded)[0] for is_blinded in (False, True))
    assert set(open_) - set(blinded) == {"ARMCD", "ARM", "TRT01P", "TRT01A", "PPROTFL", "TRTSDT", "TRTEDT"}
