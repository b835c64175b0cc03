"""The analysis datasets: what each row holds, where it came from, and what a blinded table keeps to itself."""

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from equipoise.analysis.datasets import DATASETS, adae, adex, adlb, adqs, adrs, adtte, table
from equipoise.conduct import facts as f
from equipoise.methods.items import Answer
from hand_built import DAY_0, assessed, c30, casebook, cut, cycle, day, event, form, irradiated, progressed, trial


def rows(derive: Any, *facts: Any, arm: str = "rt", until: int | None = None) -> list[Any]:
    cutoff = DAY_0 + timedelta(days=until) if until is not None else None
    return list(derive(trial(), [casebook("S1", arm, *facts)], cut(cutoff)).rows)


# ADTTE


def test_progression_and_death_make_a_time_with_its_source() -> None:
    facts = [assessed(1, 56, "SD"), progressed("1", 112), f.Died(on=day(200), cause="disease")]
    found = {row.paramcd: row for row in rows(adtte, *facts)}
    pfs, os = found["PFS"], found["OS"]
    assert (pfs.aval, pfs.cnsr, pfs.evntdesc, pfs.srcdom, pfs.srcseq) == (113, 0, "Progression", "PROGRESSION", (5,))
    assert (os.aval, os.cnsr, os.evntdesc) == (201, 0, "Death")
    assert pfs.startdt == DAY_0


def test_a_death_and_a_censoring_name_the_entry_behind_them() -> None:
    died = f.Died(on=day(200), cause="disease")
    later = form("demographics", sex="male")
    assert [row.srcseq for row in rows(adtte, assessed(1, 56, "SD"), died, later) if row.paramcd == "OS"] == [(5,)]
    assert [row.srcseq for row in rows(adtte, assessed(1, 56, "SD"), later) if row.paramcd == "OS"] == [(4,)]
    assert [row.srcseq for row in rows(adtte, died, later, until=100) if row.paramcd == "OS"] == [(4,)]
    assert [row.srcseq for row in rows(adtte, later) if row.paramcd == "OS"] == [(2,)]


def test_a_cutoff_censors_what_happened_later() -> None:
    facts = [assessed(1, 56, "SD"), progressed("1", 112), f.Died(on=day(200), cause="disease")]
    found = {row.paramcd: row for row in rows(adtte, *facts, until=100)}
    assert (found["PFS"].aval, found["PFS"].cnsr) == (57, 1)
    assert (found["OS"].aval, found["OS"].cnsr, found["OS"].evntdesc) == (101, 1, "Alive at the data cutoff")


def test_deterioration_must_last_and_death_competes() -> None:
    good, bad = {29: 6, 30: 6}, {29: 4, 30: 4}  # global health 83 and 50
    lasting = [c30("baseline", -1, good), c30("questionnaires:1", 56, bad), c30("questionnaires:2", 112, bad)]
    passing = [c30("baseline", -1, good), c30("questionnaires:1", 56, bad), c30("questionnaires:2", 112, good)]
    died = f.Died(on=day(150), cause="disease")
    found = [next(row for row in rows(adtte, *facts, died) if row.paramcd == "TTDQL") for facts in (lasting, passing)]
    assert [(row.aval, row.cnsr, row.evntdesc) for row in found] == [(57, 0, "Deterioration"), (151, 2, "Death")]


def test_parameter_codes_are_short_and_each_is_used_once() -> None:
    codes = {(row.paramcd, row.param) for row in rows(adtte)}
    assert {code for code, _ in codes} == {
        "PFS", "PFSCENSO", "PFSCONFI", "PFSCENTR", "PFSINTER", "PFSNEXTS", "PFSPREVI", "PFSCONTA", "OS", "RESIDUAL"
    }  # fmt: skip
    assert len({code for code, _ in codes}) == len({label for _, label in codes})
    assert all(len(code) <= 8 for code, _ in codes)


# ADRS


@pytest.mark.parametrize(
    ("facts", "best", "on"),
    [
        ([], "MISSING", None),
        ([assessed(1, 56, "SD"), assessed(2, 112, "PR"), assessed(3, 168, "CR")], "CR", 168),
        ([assessed(1, 40, "SD")], "NE", 40),  # stable disease before the first window opens, on day 49
        ([assessed(1, 49, "SD")], "SD", 49),
        ([assessed(1, 56, "PD"), assessed(2, 112, "CR")], "PD", 56),
        ([progressed("1", 60), assessed(1, 56, "SD"), assessed(2, 112, "PR")], "SD", 56),
    ],
)
def test_best_overall_response(facts: list[Any], best: str, on: int | None) -> None:
    (row,) = [row for row in rows(adrs, *facts) if row.paramcd == "BOR"]
    assert (row.avalc, row.adt) == (best, DAY_0 + timedelta(days=on) if on is not None else None)


def test_a_scan_before_randomization_is_no_assessment() -> None:
    assert [row.paramcd for row in rows(adrs, assessed(1, -3, "SD"))] == ["BOR", "CBOR"]


# ADAE


def test_the_first_of_the_worst_grade_of_a_term_is_flagged() -> None:
    facts = [event("1", "Nausea", "1", 10), event("2", "Nausea", "3", 30), event("3", "Nausea", "3", 20)]
    found = {row.aespid: row.aoccpifl for row in rows(adae, *facts, event("4", "Fatigue", "1", 5))}
    assert found == {"1": "", "2": "", "3": "Y", "4": "Y"}


def test_an_event_that_began_before_randomization_is_not_emergent() -> None:
    found = rows(adae, event("1", "Nausea", "2", -1), event("2", "Fatigue", "1", 0))
    assert [(row.trtemfl, row.astdy, row.aoccpifl) for row in found] == [("N", -1, ""), ("Y", 1, "Y")]
    assert found[0].aebodsys == "Gastrointestinal disorders"


def test_a_partial_start_is_imputed_and_says_so() -> None:
    partial = form("adverse_events", "1", "", ae_term="Nausea", ae_grade="2", ae_start="2026-03")
    (row,) = rows(adae, partial)
    assert (str(row.astdt), row.astdtf, row.trtemfl) == ("2026-03-01", "D", "Y")


# ADEX


def test_a_course_has_its_dose_and_biologically_effective_dose() -> None:
    course = next(row for row in rows(adex, irradiated("1", ("L1", "L9"), 10)) if row.excat == "RADIOTHERAPY")
    assert (course.aval, course.fractions, course.bed10) == (54, 3, Fraction(54) * (1 + Fraction(18, 10)))
    assert (course.lesions, course.residual_lesions) == (("L1", "L9"), ("L1",))


# ADLB


def lab(visit: str, after: int, value: str, unit: str, lower: str = "", upper: str = "") -> f.Recorded:
    answer = Answer(value=value, unit=unit, lower=lower, upper=upper)
    return form("laboratory", visit, visit, lab_date=day(after), haemoglobin=answer)


def test_results_are_brought_to_one_unit_with_their_limits() -> None:
    facts = [lab("screening", -2, "120", "g/L", "130", "175"), lab("check_up:1", 21, "11.0", "g/dL", "13", "17.5")]
    base, later = rows(adlb, *facts)
    assert (base.ablfl, base.aval, base.anrind, base.chg) == ("Y", 120, "LOW", None)
    assert (later.ablfl, later.aval, later.anrlo, later.base, later.chg) == ("", 110, 130, 120, -10)
    assert (later.avalu, later.srcseq) == ("g/L", (5,))


# ADQS


def test_change_is_from_the_last_score_up_to_randomization() -> None:
    facts = [
        c30("screening", -9, {29: 1, 30: 1}), c30("baseline", -1, {29: 4, 30: 4}),
        c30("questionnaires:1", 56, {29: 7, 30: 4}), c30("questionnaires:2", 112, {1: 1}),
    ]  # fmt: skip
    found = [row for row in rows(adqs, *facts) if row.paramcd == "QL"]
    assert [(row.avisitn, row.ablfl, row.aval, row.chg) for row in found] == [
        (0, "", 0, None), (0, "Y", 50, None), (1, "", 75, 25), (2, "", None, None),
    ]  # fmt: skip


# all of them


EVERYTHING = (
    cycle("1", 1), irradiated("1", ("L1",), 10), assessed(1, 56, "SD"), progressed("1", 112),
    c30("baseline", -1, {29: 4}), event("1", "Nausea", "2", 10, ae_related_radiotherapy="yes"),
    lab("screening", -2, "120", "g/L"),
)  # fmt: skip


@pytest.mark.parametrize("name", list(DATASETS))
def test_rows_name_entries_of_the_ledger(name: str) -> None:
    found = rows(DATASETS[name], *EVERYTHING)
    assert found
    held = {position for row in found for position in row.srcseq}
    assert held
    assert held <= set(range(1, 4 + len(EVERYTHING)))


@pytest.mark.parametrize("name", list(DATASETS))
def test_a_blinded_table_is_the_same_whatever_the_arm(name: str) -> None:
    """Nothing of it may depend on the allocation: swap the arm, and the table stays as it is."""
    told = []
    for arm in ("rt", "control"):
        dataset = DATASETS[name](trial(), [casebook("S1", arm, *EVERYTHING)], cut())
        told.append(table(dataset, blinded=True))
    assert told[0] == told[1]
    assert not {"ARM", "ARMCD", "TRT01A", "ACTARM", "AERELRT", "EXADJ"} & set(told[0][0])
    assert not any("RADIOTHERAPY" in row for row in told[0][1])
