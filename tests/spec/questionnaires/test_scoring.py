"""Scoring of questionnaires: the manual's formulas, by hand."""

from fractions import Fraction

import pytest

from equipoise.clinical.questionnaires import read_instrument, score, shipped_instruments

C30 = shipped_instruments()["qlq-c30"]
LC13 = shipped_instruments()["qlq-lc13"]
ALL_ONES: dict[int, int | None] = dict.fromkeys(range(1, 29), 1) | {29: 7, 30: 7}


def test_the_best_health_there_is() -> None:
    scores = score(C30, ALL_ONES)
    assert {code for code, value in scores.items() if value == 100} == {"QL", "PF", "RF", "EF", "CF", "SF", "SUMMARY"}
    assert {code for code, value in scores.items() if value == 0} == {
        "FA", "NV", "PA", "DY", "SL", "AP", "CO", "DI", "FI",
    }  # fmt: skip


def test_a_functional_scale_by_hand() -> None:
    # items 1-5 answered 1 2 3 4 missing: RS = 2.5, (1 - 1.5/3) x 100 = 50
    assert score(C30, {1: 1, 2: 2, 3: 3, 4: 4})["PF"] == 50


def test_a_symptom_scale_by_hand() -> None:
    # items 10, 12 answered 2 and 3: RS = 2.5, 1.5/3 x 100 = 50
    assert score(C30, {10: 2, 12: 3})["FA"] == 50


def test_the_global_scale_has_a_range_of_six() -> None:
    # items 29, 30 answered 4 and 5: RS = 4.5, 3.5/6 x 100
    assert score(C30, {29: 4, 30: 5})["QL"] == Fraction(350, 6)


@pytest.mark.parametrize(("answered", "is_scored"), [(1, False), (2, False), (3, True), (5, True)])
def test_at_least_half_of_the_items(answered: int, is_scored: bool) -> None:
    assert (score(C30, dict.fromkeys(range(1, answered + 1), 1))["PF"] is not None) is is_scored


def test_half_of_four_is_two_and_of_two_is_one() -> None:
    assert score(C30, {21: 1, 22: 1})["EF"] == 100
    assert score(C30, {21: 1})["EF"] is None
    assert score(C30, {6: 1})["RF"] == 100


def test_lung_dyspnoea_needs_all_three() -> None:
    assert score(LC13, {33: 2, 34: 2, 35: 2})["LCDY"] == Fraction(100, 3)
    assert score(LC13, {33: 2, 34: 2})["LCDY"] is None


@pytest.mark.parametrize("code", ["PF", "RF", "SF", "EF", "CF", "FA", "PA", "NV", "DY", "SL", "AP", "CO", "DI"])
def test_the_summary_needs_all_thirteen_scales(code: str) -> None:
    scale = next(scale for scale in C30.scales if scale.code == code)
    assert (
        score(C30, {number: answer for number, answer in ALL_ONES.items() if number not in scale.items})["SUMMARY"]
        is None
    )


def test_the_summary_leaves_out_global_health_and_finances() -> None:
    without = {number: answer for number, answer in ALL_ONES.items() if number not in (28, 29, 30)}
    assert score(C30, without)["SUMMARY"] == 100


def test_nothing_answered_scores_nothing() -> None:
    assert set(score(C30, {}).values()) == {None}


@pytest.mark.parametrize(
    ("answers", "wording"),
    [
        ({1: 5}, "Item 1 is answered 1 to 4; seen 5."),
        ({29: 0}, "Item 29 is answered 1 to 7; seen 0."),
        ({31: 1}, "qlq-c30 has no item 31."),
    ],
)
def test_answers_that_cannot_be(answers: dict[int, int | None], wording: str) -> None:
    with pytest.raises(ValueError, match=wording):
        score(C30, answers)


def test_every_item_names_what_it_asks_about_in_both_languages() -> None:
    for instrument in shipped_instruments().values():
        for item in instrument.items:
            assert item.about["en"]
            assert item.about["zh-hans"]
            assert len(item.about["en"].split()) <= 5  # a name, not a question
            assert "?" not in item.about["en"]


MINIMAL = """
id: two-questions
version: "1"
title: {en: Two questions}
owner: nobody
source: this test
items:
  - {number: 1, range: [0, 10], about: {en: Cough}}
  - {number: 2, range: [0, 10], about: {en: Sleep}}
scales:
  - {code: CS, kind: symptom, items: [1, 2], name: {en: Both}}
"""


def test_an_instrument_needs_no_python() -> None:
    assert score(read_instrument(MINIMAL), {1: 10, 2: 5})["CS"] == 75


@pytest.mark.parametrize(
    ("before", "after", "wording"),
    [
        ("number: 2", "number: 1", "Item 1 stands twice in two-questions."),
        ("items: [1, 2]", "items: [1, 3]", "Scale CS of two-questions needs known items of one range."),
        ("range: [0, 10], about: {en: Sleep}", "range: [0, 4], about: {en: Sleep}", "needs known items of one range"),
        ("kind: symptom", "kind: mood", "has kind 'mood'"),
        ("owner: nobody", "keeper: nobody", "lacks a part"),
    ],
)
def test_an_instrument_that_does_not_fit_together(before: str, after: str, wording: str) -> None:
    with pytest.raises(ValueError, match=wording):
        read_instrument(MINIMAL.replace(before, after, 1))
