"""Counts and differences of a report's tables, on hand-built rows."""

from dataclasses import replace
from datetime import date, timedelta
from math import sqrt

import numpy as np
import pytest

from equipoise.analysis.adverse_events import adverse_events
from equipoise.analysis.assessment_timing import assessment_timing
from equipoise.analysis.baseline_table import category_difference, number_difference, summarize
from equipoise.analysis.datasets import adae, adex, adqs, adsl
from equipoise.analysis.delivery import radiotherapy_delivery
from equipoise.analysis.failure_patterns import failure_patterns
from equipoise.analysis.firewall import Authority
from equipoise.analysis.groups import grouping
from equipoise.analysis.questionnaire_change import compliance, mean
from equipoise.analysis.sensitivities import contaminated, per_protocol, shifted
from equipoise.analysis.times import TimeRow, time_rows
from equipoise.conduct import facts as f
from equipoise.conduct.casebook import Casebook
from hand_built import DAY_0, assessed, c30, casebook, cut, cycle, day, event, irradiated, progressed, trial

BY_ARM = grouping(trial(), Authority("rehearsal"))
POOLED = grouping(trial(), None)
LATE = DAY_0 + timedelta(days=400)


def test_numbers_differ_by_means_over_the_pooled_deviation() -> None:
    # means 2 and 5, variances 1 and 4: 3 / sqrt(2.5)
    assert number_difference([[1.0, 2.0, 3.0], [3.0, 5.0, 7.0, None]]) == pytest.approx(3 / sqrt(2.5))
    assert number_difference([[1.0], [2.0, 3.0]]) is None
    assert number_difference([[1.0, 1.0], [1.0, 1.0]]) is None


def test_two_categories_differ_by_the_binary_formula() -> None:
    # 1/4 and 3/4: 0.5 / sqrt((0.1875 + 0.1875) / 2)
    found = category_difference([["a", "b", "b", "b"], ["a", "a", "a", "b", ""]])
    assert found == pytest.approx(0.5 / sqrt(0.1875))
    assert category_difference([["a"], ["a"]]) is None
    assert category_difference([["a", "b"], []]) is None


def test_three_categories_differ_by_the_distance_of_yang_and_dalton() -> None:
    # shares (.5, .25, .25) and (.25, .5, .25); b and c: gap (-.25, 0);
    # S = [[.1875 + .25, -.0625 - .125], [., .1875 + .1875]] / 2 = [[.21875, -.09375], [-.09375, .1875]]
    # inverse's first element = .1875 / (.21875 * .1875 - .09375^2) = 5.81818...
    first, second = ["a", "a", "b", "c"], ["a", "b", "b", "c"]
    assert category_difference([first, second]) == pytest.approx(
        sqrt(0.0625 * 0.1875 / (0.21875 * 0.1875 - 0.09375**2))
    )


def test_of_three_groups_the_largest_pair_counts() -> None:
    groups = [[1.0, 3.0], [1.0, 3.0], [5.0, 7.0]]
    assert number_difference(groups) == pytest.approx(4 / sqrt(2))


def test_quartiles_and_missing() -> None:
    found = summarize([1.0, 2.0, None, 3.0, 4.0])
    assert (found.n, found.missing, found.lower, found.median, found.upper) == (4, 1, 1.75, 2.5, 3.25)
    assert summarize([None]).mean is None


def test_adverse_events_are_counted_once_a_participant_by_worst_grade_and_treatment_received() -> None:
    books = [
        casebook("S1", "rt", cycle("1", 1), irradiated("1", ("L1",), 5), event("1", "Nausea", "1", 10),
                 event("2", "Nausea", "3", 20), event("3", "Pneumonitis", "2", 30)),
        casebook("S2", "rt", cycle("1", 1), event("1", "Nausea", "2", 10)),  # never irradiated: counts as control
        casebook("S3", "control", cycle("1", 1), event("1", "Pneumonitis", "1", 10)),
        casebook("S4", "control", event("1", "Nausea", "4", 10)),  # never treated
    ]  # fmt: skip
    labels = {arm.label: arm.id for arm in trial().arms}
    subjects = adsl(trial(), books, cut()).rows
    received = {row.usubjid: labels.get(row.trt01a, "") for row in subjects}
    found = adverse_events(subjects, adae(trial(), books, cut()).rows, BY_ARM, received)
    assert found.n == (1, 2)
    nausea = next(one for one in found.terms if one.term == "Nausea")
    assert nausea.any_grade == (1, 1)
    assert nausea.by_grade == ((0, 0, 1, 0, 0), (0, 1, 0, 0, 0))
    assert nausea.severe == (1, 0)
    assert found.kinds["any"].any_grade == (1, 2)
    assert found.kinds["pneumonitis_2"].any_grade == (1, 0)


def test_every_residual_lesion_is_accounted_for() -> None:
    books = [
        casebook("S1", "rt", irradiated("1", ("L1",), 10, status="partial"), irradiated("2", ("L1", "L2"), 20),
                 residual=("L1", "L2")),
        casebook("S2", "rt", irradiated("1", ("L1",), 30, fractions="0", status="not_irradiated", dose="0"),
                 residual=("L1", "L2", "L3")),
    ]  # fmt: skip
    lesions = {"t1-S1": ("L1", "L2"), "t1-S2": ("L1", "L2", "L3")}
    found = radiotherapy_delivery(
        adsl(trial(), books, cut()).rows, lesions, adex(trial(), books, cut()).rows, BY_ARM
    )["rt"]  # fmt: skip
    assert (found.participants, found.irradiated, found.complete, found.lesions) == (2, 1, 1, 5)
    assert found.ended == {"delivered": 2, "not_irradiated": 1, "no_course": 2}
    assert found.days_to_start.median == 10


def test_scans_are_held_against_their_planned_dates() -> None:
    books = [
        casebook("S1", "rt", assessed(1, 59, "SD"), assessed(2, 120, "SD")),
        casebook("S2", "rt", assessed(1, 54, "SD"), f.Died(on=day(100), cause="disease")),
    ]
    first, second, *_ = assessment_timing(trial(), books, BY_ARM, cut(), LATE)["rt"]
    assert (first.weeks, first.due, first.done, first.in_window, first.off.mean) == (8, 2, 2, 2, 0.5)
    assert (second.weeks, second.due, second.done, second.in_window) == (16, 1, 1, 0)  # a day after the window


def test_questionnaires_are_due_while_alive_and_their_window_is_closed() -> None:
    answered = {29: 4, 30: 4}
    books = [
        casebook("S1", "rt", c30("baseline", -1, answered), c30("questionnaires:1", 56, answered)),
        casebook("S2", "control", c30("baseline", -1, answered), f.Died(on=day(30), cause="disease")),
    ]
    last = DAY_0 + timedelta(days=112 + 6)  # the window of week 16 is still open
    scores = adqs(trial(), books, cut()).rows
    found = {
        (one.instrument, one.number): (one.due, one.returned)
        for one in compliance(trial(), books, scores, BY_ARM, cut(), last)
    }
    assert found["qlq-c30", 0] == ((1, 1), (1, 1))
    assert found["qlq-c30", 1] == ((1, 0), (1, 0))
    assert ("qlq-c30", 2) not in found
    assert found["qlq-lc13", 1] == ((1, 0), (0, 0))


def test_a_questionnaire_without_scales_gives_no_scores_and_is_not_held_against_them() -> None:
    protocol = trial()
    forms = [replace(form, instrument=form.instrument and "eq-5d-5l") for form in protocol.forms]
    protocol = replace(protocol, forms=tuple(forms), instruments=("eq-5d-5l",))
    books = [casebook("S1", "rt", c30("baseline", -1, {29: 4, 30: 4}))]
    scores = adqs(protocol, books, cut()).rows
    assert scores == []
    assert compliance(protocol, books, scores, BY_ARM, cut(), DAY_0 + timedelta(days=112)) == []


def test_one_value_has_a_mean_and_no_interval() -> None:
    found = mean(np.array([4.0]))
    assert (found.value, found.lower) == (4.0, None)
    assert str(found.reason) == "An interval needs two values or more; there are 1."


def test_pooled_tables_have_one_column() -> None:
    books = [casebook("S1", "rt", assessed(1, 59, "SD")), casebook("S2", "control", assessed(1, 59, "SD"))]
    found = assessment_timing(trial(), books, POOLED, cut(), date(2027, 1, 1))
    assert list(found) == ["all"]
    assert found["all"][0].done == 2


def test_the_first_progression_says_where() -> None:
    books = [
        casebook("S1", "rt", progressed("1", 60, pattern="residual_site"), progressed("2", 90, pattern="new_lesion")),
        casebook("S2", "rt", progressed("1", 60, pattern="residual_site"), progressed("2", 60, pattern="new_lesion")),
        casebook("S3", "rt", progressed("1", 60, pattern="other_known")),
        casebook("S4", "rt", progressed("1", 60, basis=("clinical",)), f.Died(on=day(80), cause="disease")),
        casebook("S5", "control"),
    ]
    found = failure_patterns(trial(), books, BY_ARM, cut())
    assert {kind: count for kind, count in found["rt"].items() if count} == {
        "residual": 1, "both": 1, "elsewhere": 1, "death": 1,
    }  # fmt: skip
    assert found["control"]["none"] == 1
    assert failure_patterns(trial(), books, POOLED, cut(DAY_0 + timedelta(days=30)))["all"]["none"] == 5


def primary_rows(*books: Casebook) -> list[TimeRow]:
    return time_rows(trial(), trial().endpoint("pfs"), books, cut())


def test_progressions_move_to_scheduled_scans_and_deaths_do_not() -> None:
    books = [
        casebook("S1", "rt", progressed("1", 100)),
        casebook("S2", "rt", f.Died(on=day(100), cause="disease")),
        casebook("S3", "rt", assessed(1, 60, "SD")),
        casebook("S4", "rt", progressed("1", 112)),
    ]
    rows = primary_rows(*books)
    moved = {
        way: [(row.time.on - DAY_0).days for row in shifted(trial(), rows, books, way)] for way in ("next", "previous")
    }
    assert moved == {"next": [112, 100, 60, 112], "previous": [56, 100, 60, 112]}


def test_contamination_is_an_event_in_the_arm_without_radiotherapy() -> None:
    course = irradiated("1", ("L1",), 30)
    books = [
        casebook("S1", "control", course, progressed("1", 100)),
        casebook("S2", "control", course, progressed("1", 20)),  # after progression: no contamination
        casebook("S3", "rt", course, progressed("1", 100)),
        casebook("S4", "control", course, assessed(1, 60, "SD")),
    ]
    rows = contaminated(trial(), primary_rows(*books), books, cut())
    assert [((row.time.on - DAY_0).days, row.time.is_event) for row in rows] == [
        (30, True), (20, True), (100, True), (30, True),
    ]  # fmt: skip


def test_the_per_protocol_analysis_keeps_those_treated_as_their_arm_asks() -> None:
    course = irradiated("1", ("L1",), 30)
    books = [
        casebook("S1", "rt", course), casebook("S2", "rt", cycle("1", 1)), casebook("S3", "control", cycle("1", 1)),
        casebook("S4", "control", cycle("1", 1), course),
    ]  # fmt: skip
    assert [row.subject for row in per_protocol(trial(), primary_rows(*books), books, cut())] == ["S1", "S3"]
