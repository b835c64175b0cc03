"""The lists behind the report's tables: a row for each that is counted, with its tags and the entries it came from."""

from dataclasses import replace
from datetime import timedelta

from equipoise.analysis.datasets import adex, adsl, table
from equipoise.analysis.traced import Selection, select
from equipoise.analysis.traced_lists import LISTS, in_subgroups
from equipoise.conduct import facts as f
from equipoise.conduct.casebook import Casebook
from hand_built import DAY_0, assessed, c30, casebook, cut, cycle, day, irradiated, progressed, trial

CUT = cut(DAY_0 + timedelta(days=150))


def listed(of: str, *books: Casebook, tag: str = "", group: str = "all") -> list[tuple[str, str, str]]:
    """(participant, detail, value) of a list's rows that bear a tag; every row names the entries it came from."""
    found = select(LISTS[of](trial(), books, CUT), Selection(group, (tag,) if tag else ()))
    assert all(row.source for row in found)
    return sorted((row.subject, row.detail, row.value) for row in found)


def test_a_cycle_is_a_row_tagged_by_its_drug_and_how_it_was_given() -> None:
    drug = trial().drugs[0].id
    books = [casebook("S1", "rt", cycle("1", 1), cycle("2", 22)), casebook("S2", "control")]
    assert [one[0] for one in listed("exposure", *books, tag=f"drug:{drug}:had")] == ["S1", "S1"]
    assert not listed("exposure", *books, tag=f"drug:{drug}:had", group="control")
    assert not listed("exposure", *books, tag="drug:another")


def test_a_residual_lesion_is_a_row_with_how_its_radiotherapy_ended() -> None:
    books = [
        casebook("S1", "rt", irradiated("1", ("L1",), 10, status="partial"), irradiated("2", ("L1", "L2"), 20),
                 residual=("L1", "L2")),
        casebook("S2", "rt", irradiated("1", ("L1",), 30, fractions="0", status="not_irradiated", dose="0"),
                 residual=("L1", "L2")),
    ]  # fmt: skip
    assert listed("lesions", *books) == [("S1", "L1", ""), ("S1", "L2", ""), ("S2", "L1", ""), ("S2", "L2", "")]
    assert listed("radiotherapy", *books) == [
        ("S1", "L1", "delivered"), ("S1", "L2", "delivered"), ("S2", "L1", "not_irradiated"), ("S2", "L2", "no_course"),
    ]  # fmt: skip
    for tag in ("rt:irradiated", "rt:complete", "rt:lesion:delivered"):
        assert {one[0] for one in listed("radiotherapy", *books, tag=tag)} == {"S1"}
    assert listed("radiotherapy", *books, tag="rt:lesion:no_course") == [("S2", "L2", "no_course")]


def test_who_was_irradiated_tells_the_arm_and_which_lesions_there_were_does_not() -> None:
    book = casebook("S1", "rt", cycle("1", 1), irradiated("1", ("L1",), 10), residual=("L1",))
    assert all(row.tells_arm for row in LISTS["radiotherapy"](trial(), [book], CUT))
    assert not any(row.tells_arm for of in ("lesions", "exposure") for row in LISTS[of](trial(), [book], CUT))


def test_a_drug_of_some_arms_only_tells_the_arm_in_the_list_and_in_the_dataset() -> None:
    own = replace(trial(), drugs=tuple(replace(drug, arms=("rt",)) for drug in trial().drugs))
    book = casebook("S1", "rt", cycle("1", 1))
    assert [row.tells_arm for row in LISTS["exposure"](own, [book], CUT)] == [True]
    assert table(adex(own, [book], CUT), blinded=True)[1] == []
    assert len(table(adex(trial(), [book], CUT), blinded=True)[1]) == 1


def test_a_planned_scan_is_a_row_done_or_not() -> None:
    books = [casebook("S1", "rt", assessed(1, 59, "SD"), assessed(2, 120, "SD")), casebook("S2", "control")]
    assert listed("timing", *books, tag="visit:1") == [("S1", "1", "+3"), ("S2", "1", "")]
    assert listed("timing", *books, tag="done") == [("S1", "1", "+3"), ("S1", "2", "+8")]
    assert listed("timing", *books, tag="in_window") == [("S1", "1", "+3")]


def test_a_questionnaire_due_is_a_row_returned_or_not() -> None:
    answered = {29: 4, 30: 4}
    book = casebook("S1", "rt", c30("baseline", -1, answered), c30("questionnaires:1", 56, answered))
    due = {one[1] for one in listed("compliance", book, tag="instrument:qlq-c30")}
    assert {"0", "1", "2"} <= due
    assert listed("compliance", book, tag="returned") == [("S1", "0", ""), ("S1", "1", "")]


def test_everyone_has_a_pattern_of_failure() -> None:
    books = [
        casebook("S1", "rt", progressed("1", 60, pattern="residual_site")),
        casebook("S2", "rt", f.Died(on=day(80), cause="disease")), casebook("S3", "control"),
    ]  # fmt: skip
    for pattern, subject in (("residual", "S1"), ("death", "S2"), ("none", "S3")):
        assert listed("patterns", *books, tag=f"pattern:{pattern}") == [(subject, "", "")]


def test_rows_are_tagged_by_the_levels_of_the_subgroups() -> None:
    books = [casebook("S1", "rt"), casebook("S2", "control")]
    subjects = adsl(trial(), books, CUT).rows
    tagged = in_subgroups(LISTS["subjects"](trial(), books, CUT), subjects)
    for row, subject in zip(tagged, subjects, strict=True):
        assert f"subgroup:age:{'65' if subject.age >= 65 else '64'}" in row.tags
        assert {f"subgroup:{factor}:{level}" for factor, level in subject.strata} <= row.tags
