"""What rules mean: windows, the result that governs, registers, `if`, dates, exact arithmetic, missing values."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from eligibility_world import ON, VOCABULARY, Written, lab, lesion, participant, row, said
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.messages import message
from equipoise.kernel.quantities import Quantity
from equipoise.kernel.truth import Truth
from equipoise.methods.criteria import (
    NONE,
    Criterion,
    Known,
    Result,
    Results,
    Rows,
    Unknown,
    answered_unknown,
    evaluate,
    judge,
    not_done,
    parse_window,
    read_rule,
)
from equipoise.methods.criteria.amounts import show_number

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
NO_ANSWER = Unknown(message("criteria.not_entered"))


def truth(text: str, record: Results, within: str = "", **anchors: date) -> Truth:
    window = parse_window(within) if within else None
    return judge(Criterion(read_rule(text, VOCABULARY), window), record, ON, anchors=anchors).truth


# WINDOWS


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("2026-02-23", U),  # 15 days before
        ("2026-02-24", T),  # 14 days before: the first day counts
        ("2026-03-10", T),  # the day itself counts
        ("2026-03-11", U),
        ("2026-03", U),  # may lie after the 10th
        ("2026-02", U),
        ("2026-01", U),  # surely before
    ],
)
def test_window_of_inclusive_calendar_days(on: str, expected: Truth) -> None:
    record = participant(platelets=[lab("120", "10*9/L", on)])
    assert truth("platelets >= 100 [10*9/L]", record, "14 days before randomization") is expected


def test_partial_date_surely_inside_its_window() -> None:
    record = participant(platelets=[lab("120", "10*9/L", "2026-02")])
    assert truth("platelets >= 100 [10*9/L]", record, "60 days before randomization") is T


@pytest.mark.parametrize(
    ("phrase", "first", "last"),
    [
        ("14 days before randomization", date(2026, 2, 24), date(2026, 3, 10)),
        ("2 weeks before randomization", date(2026, 2, 24), date(2026, 3, 10)),
        ("1 month before randomization", date(2026, 2, 10), date(2026, 3, 10)),
        ("7 days after randomization", date(2026, 3, 10), date(2026, 3, 17)),
        ("3 days around randomization", date(2026, 3, 7), date(2026, 3, 13)),
        ("0 days before randomization", date(2026, 3, 10), date(2026, 3, 10)),
    ],
)
def test_windows(phrase: str, first: date, last: date) -> None:
    window = parse_window(phrase).on(ON)
    assert (window.first, window.last) == (first, last)


def test_a_month_before_the_31st_ends_on_the_last_day_of_a_shorter_month() -> None:
    assert parse_window("1 month before x").on(date(2026, 3, 31)).first == date(2026, 2, 28)


def test_anchor_with_its_own_date_and_anchor_without_one() -> None:
    record = participant(platelets=[lab("120", "10*9/L", "2026-02-20")])
    rule = "platelets >= 100 [10*9/L]"
    assert truth(rule, record, "2 days after consent", consent=date(2026, 2, 19)) is T
    judgement = judge(Criterion(read_rule(rule, VOCABULARY), parse_window("2 days after consent")), record, ON)
    assert judgement.truth is U
    assert judgement.explanation.say() == "platelets: unknown, consent has no date yet"


def test_what_no_window_bounds() -> None:
    record = participant(gilbert=[said(True, "1999-01-01")])
    assert truth("gilbert", record, "14 days before randomization") is T


def test_results_after_the_day_judged_on_are_left_out() -> None:
    record = participant(platelets=[lab("120", "10*9/L", "2026-03-01"), lab("50", "10*9/L", "2026-03-11")])
    assert truth("platelets >= 100 [10*9/L]", record) is T
    later = participant(platelets=[lab("120", "10*9/L", "2026-03-11")])
    judgement = judge(Criterion(read_rule("platelets >= 100 [10*9/L]", VOCABULARY)), later, ON)
    assert judgement.explanation.say() == "platelets: unknown, none up to 2026-03-10; one is dated 2026-03-11"


# THE RESULT THAT GOVERNS


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        # the latest in the window, not the best
        ([lab("120", "10*9/L", "2026-03-01"), lab("90", "10*9/L", "2026-03-05")], F),
        ([lab("90", "10*9/L", "2026-03-05"), lab("120", "10*9/L", "2026-03-01")], F),
        # a later result outside the window does not govern
        ([lab("120", "10*9/L", "2026-03-01"), lab("90", "10*9/L", "2026-03-20")], T),
        # same day: the later position
        ([lab("90", "10*9/L", position=7), lab("120", "10*9/L", position=9)], T),
        ([lab("90", "10*9/L", position=9), lab("120", "10*9/L", position=7)], F),
        # not done leaves the earlier result in force; unknown governs
        ([lab("120", "10*9/L"), Result(date=PartialDate(2026, 3, 5), absent=not_done())], T),
        ([lab("120", "10*9/L"), Result(date=PartialDate(2026, 3, 5), absent=answered_unknown())], U),
        # a partial date that may be the latest
        ([lab("120", "10*9/L", "2026-03-05"), lab("90", "10*9/L", "2026-03")], U),
        # a partial date that is surely earlier
        ([lab("120", "10*9/L", "2026-03-05"), lab("90", "10*9/L", "2026-02")], T),
        # no date at all
        ([Result(Quantity.of(120, "10*9/L"))], U),
    ],
)
def test_result_that_governs(results: list[Result], expected: Truth) -> None:
    record = participant(platelets=results)
    assert truth("platelets >= 100 [10*9/L]", record, "14 days before randomization") is expected


def test_order_in_doubt_is_told() -> None:
    record = participant(platelets=[lab("120", "10*9/L", "2026-02-05"), lab("90", "10*9/L", "2026-02")])
    judgement = judge(Criterion(read_rule("platelets >= 100 [10*9/L]", VOCABULARY)), record, ON)
    assert judgement.explanation.say() == (
        "platelets: unknown, of the results dated 2026-02-05 and 2026-02 it is not known which is the later"
    )


# REGISTERS


@pytest.mark.parametrize(
    "rule",
    [
        "any(lesions, organ == liver)",
        "all(lesions, organ == liver)",
        "count(lesions) <= 5",
        "count(lesions) >= 0",
        "count(lesions, residual) > 5",
        "count_distinct(lesions, organ) <= 3",
    ],
)
@pytest.mark.parametrize("rows", [(), (lesion("L1", "liver"),), tuple(lesion(f"L{n}") for n in range(9))])
def test_register_not_declared_complete_is_unknown(rule: str, rows: tuple[Any, ...]) -> None:
    assert truth(rule, participant(lesions=Rows(rows))) is U


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("any(lesions, organ == liver)", F),
        ("all(lesions, organ == liver)", T),
        ("any(lesions)", F),
        ("count(lesions) == 0", T),
        ("count_distinct(lesions, organ) == 0", T),
    ],
)
def test_empty_register_once_complete(rule: str, expected: Truth) -> None:
    assert truth(rule, participant(lesions=Rows((), complete=True))) is expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        # L1 residual, L2 not, L3 undecided
        ("any(lesions, residual)", T),
        ("all(lesions, residual)", F),
        ("any(lesions, organ == bone and residual)", U),
        ("count(lesions, residual) <= 2", T),
        ("count(lesions, residual) <= 1", U),
        ("count(lesions, residual) > 2", F),
        ("count(lesions, residual) == 1", U),
        ("count(lesions, residual) == 3", F),
        ("count(lesions, residual) != 3", T),
        ("count(lesions, residual) + 1 <= 3", T),
        ("count(lesions, residual) between 1 and 2", T),
        ("count_distinct(lesions, organ, residual) <= 2", T),
        ("count_distinct(lesions, organ, residual) <= 1", U),
        ("count_distinct(lesions, organ) == 3", T),
    ],
)
def test_undecided_rows_decide_nothing_they_cannot_change(rule: str, expected: Truth) -> None:
    rows = (lesion("L1"), lesion("L2", "liver", residual=False), lesion("L3", "bone", residual=NO_ANSWER))
    assert truth(rule, participant(lesions=Rows(rows, complete=True))) is expected


def test_organ_not_known_may_be_any_organ() -> None:
    rows = (lesion("L1"), row("L2", residual=True), lesion("L3", "liver"))
    record = participant(lesions=Rows(rows, complete=True))
    assert truth("count_distinct(lesions, organ) <= 3", record) is T
    assert truth("count_distinct(lesions, organ) <= 2", record) is U
    assert truth("count_distinct(lesions, organ) < 2", record) is F


def test_inner_rows_hide_outer_ones() -> None:
    rows = (lesion("L1", "lung", diameter=Quantity.of(10, "mm")), lesion("L2", "liver", diameter=Quantity.of(30, "mm")))
    record = participant(lesions=Rows(rows, complete=True))
    assert truth("any(lesions, organ == lung and any(lesions, diameter > 2 [cm]))", record) is T
    assert truth("any(lesions, organ == lung and diameter > 2 [cm])", record) is F


# IF AND WHERE


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("(5 if gilbert else 2.5) == 5", U),
        ("(5 if gilbert else 5) == 5", T),
        ("(5 [cm] if gilbert else 50 [mm]) == 50 [mm]", T),
        ("(yes if gilbert else yes)", T),
        ("(no if gilbert else no)", F),
        ("(yes if gilbert else no)", U),
        ("(pregnant if gilbert else pregnant)", F),
        ("(5 if pregnant else 2.5) == 2.5", T),
    ],
)
def test_if_with_unknown_condition_is_known_only_when_both_branches_agree(rule: str, expected: Truth) -> None:
    assert truth(rule, participant(gilbert=[])) is expected


def test_unknown_limit_is_unknown_even_for_a_low_result() -> None:
    """The limit itself is unknown, so is what is compared with it."""
    rule = "ast <= limit * uln(ast) where limit = 5 if any(lesions, organ == liver) else 2.5"
    assert truth(rule, participant(lesions=Rows())) is U


def test_where_is_read_in_order() -> None:
    record = participant()
    assert truth("b == 6 where a = 2, b = a * 3", record) is T


# LOGIC


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("gilbert and pregnant", F),
        ("gilbert and not pregnant", U),
        ("gilbert or not pregnant", T),
        ("gilbert or pregnant", U),
        ("not gilbert", U),
        ("gilbert == yes", U),
        ("pregnant == no", T),
        ("pregnant != no", F),
        ("is_known(gilbert)", F),
        ("answered(pregnant)", T),
        ("is_known(gilbert) and gilbert", F),
        ("not is_known(gilbert) or gilbert", T),
        ("sex in {male}", T),
        ("sex not in {male}", F),
        ("stage in {IVA} or gilbert", T),
    ],
)
def test_kleene_logic(rule: str, expected: Truth) -> None:
    assert truth(rule, participant(gilbert=[])) is expected


# NUMBERS


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("neutrophils >= 1.5 [10*9/L]", T),
        ("neutrophils > 1.5 [10*9/L]", F),
        ("neutrophils == 1500 [10*6/L]", T),
        ("neutrophils >= 1.5 [10*3/uL]", T),
        ("0.1 + 0.2 == 0.3", T),
        ("1 / 3 * 3 == 1", T),
        ("2 - 3 - 4 == -5", T),
        ("2 - (3 - 4) == 3", T),
        ("12 / 2 / 3 == 2", T),
        ("10 [%] == 0.1", T),
        ("10 [%] * uln(ast) == 4 [U/L]", T),
        ("ast / uln(ast) == 0.75", T),
        ("ast / alt < 30 / 35", F),
        ("weight / (2 [m] * 2 [m]) == 17.5 [kg/m2]", T),
        ("weight + 500 [g] == 70.5 [kg]", T),
        ("max(ast, alt) == 35 [U/L] and min(ast, alt) == 30 [U/L]", T),
        ("abs(ast - alt) == 5 [U/L]", T),
        ("creatinine * (1 [L] / 1000 [mL]) > 0 [umol/mL]", T),
        ("1 / (ecog - 1) == 3", U),
        ("tsh between 2 [m[IU]/L] and 2 [m[IU]/L]", T),
    ],
)
def test_numbers_are_exact(rule: str, expected: Truth) -> None:
    assert truth(rule, participant()) is expected


def test_division_by_zero_says_so() -> None:
    judgement = judge(Criterion(read_rule("1 / (ecog - 1) == 3", VOCABULARY)), participant(), ON)
    assert judgement.explanation.say() == "ECOG: unknown, it divides by zero"


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (Result(120), "120 was recorded without a unit (needed: 10*9/L)"),
        (Result("many"), "the recorded value “many” is not one the item allows"),
        (Result(True), "the recorded value “True” is not one the item allows"),
        (Result(NONE), "it was answered “none”"),
    ],
)
def test_what_is_no_number_of_the_item(result: Result, why: str) -> None:
    judgement = judge(
        Criterion(read_rule("platelets >= 100 [10*9/L]", VOCABULARY)), participant(platelets=[result]), ON
    )
    assert judgement.truth is U
    assert judgement.explanation.say() == f"platelets: unknown, {why}"


def test_absurd_number_is_no_score() -> None:
    judgement = judge(Criterion(read_rule("ecog <= 1", VOCABULARY)), participant(ecog=[said(Decimal("1e999999"))]), ON)
    assert judgement.explanation.say() == "ECOG: unknown, the recorded value “1E+999999” is not one the item allows"


def test_unit_that_does_not_convert() -> None:
    judgement = judge(
        Criterion(read_rule("platelets >= 100 [10*9/L]", VOCABULARY)), participant(platelets=[lab("9", "g/L")]), ON
    )
    assert judgement.truth is U
    assert judgement.explanation.say().startswith("platelets: unknown, 9 g/L cannot be brought to 10*9/L")


def test_code_that_is_not_in_the_list() -> None:
    assert truth("sex == male", participant(sex=[said("other")])) is U


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (Fraction(50), "50"),
        (Fraction(-5, 2), "-2.5"),
        (Fraction(1, 10**12), "0.000000000001"),
        (Fraction(1, 3), "0.3333"),
        (Fraction(10**9, 3), "333333333.3333"),
        (50 - Fraction(1, 3 * 10**6), "50.0000"),  # rounded, and it shows
        (Fraction(1, 3 * 10**6), "0.00000033"),
        (Fraction(-1, 3 * 10**6), "-0.00000033"),
        (Fraction(0), "0"),
        (Fraction("123456789012345678901234567890.000000000001"), "123456789012345678901234567890.000000000001"),
    ],
)
def test_numbers_as_people_read_them(number: Fraction, shown: str) -> None:
    assert show_number(number) == shown


# DATES


@pytest.mark.parametrize(
    ("last", "rule", "expected"),
    [
        (PartialDate(2026, 2, 15), "last_transfusion < 2026-02-16", T),
        (PartialDate(2026, 2), "last_transfusion < 2026-03-01", T),
        (PartialDate(2026, 2), "last_transfusion < 2026-02-16", U),
        (PartialDate(2026, 2), "last_transfusion <= 2026-01", F),
        (PartialDate(2026, 2), "last_transfusion == 2026-02", U),
        (PartialDate(2026, 2), "last_transfusion != 2026-04", T),
        (PartialDate(2026, 2, 24), "days(last_transfusion, today) == 14 [d]", T),
        (PartialDate(2026, 2), "today - last_transfusion >= 10 [d]", T),
        (PartialDate(2026, 2), "today - last_transfusion > 10 [d]", U),
        (PartialDate(2026, 2), "today - last_transfusion > 40 [d]", F),
        (PartialDate(2026, 2, 24), "last_transfusion + 2 [wk] == today", T),
        (PartialDate(2026, 2, 24), "today - 14 [d] == last_transfusion", T),
        (PartialDate(2026, 2, 24), "last_transfusion + 0.5 [d] == today", U),
        (PartialDate(2026, 2, 24), "last_transfusion - 10000000 [d] < today", U),
        (NONE, "last_transfusion == none", T),
        (NONE, "last_transfusion != none", F),
        (NONE, "last_transfusion < today", U),
        (NONE, "today - last_transfusion > 14 [d]", U),
        (PartialDate(2026, 2), "last_transfusion == none", F),
    ],
)
def test_dates(last: Any, rule: str, expected: Truth) -> None:
    assert truth(rule, participant(last_transfusion=[said(last)])) is expected


def test_sample_date_is_that_of_the_result_that_governs() -> None:
    record = participant(haemoglobin=[lab("95", "g/L", "2026-02-25"), lab("96", "g/L", "2026-03-02")])
    assert truth("sample_date(haemoglobin) == 2026-03-02", record) is T


# TICK BOXES


def test_tick_boxes() -> None:
    record = participant(mutations=[said(("egfr",))])
    assert truth("includes(mutations, egfr)", record) is T
    assert truth("includes(mutations, alk)", record) is F
    assert truth("includes(mutations, alk)", participant(mutations=[said(())])) is F
    assert truth("includes(mutations, alk)", participant()) is U


# PLAIN VALUES


def test_plain_values() -> None:
    record = participant()

    def value(text: str) -> Any:
        return evaluate(read_rule(text, VOCABULARY, boolean=False), record, ON)

    assert value("2.5 * uln(ast)") == Quantity.of(100, "U/L")
    assert value("sex") == "male"
    assert value("consent_date") == PartialDate(2026, 2, 20)
    assert value("ecog == 1") is T
    missing = value("uln(neutrophils)")
    assert isinstance(missing, Unknown)
    assert missing.reason.say() == "the laboratory gave no upper limit of normal"


def test_rule_of_one_row() -> None:
    rule = read_rule("diameter >= 10 [mm] and ecog == 1", VOCABULARY, row_of="lesions")
    for size, expected in ((12, T), (9, F)):
        one = row("L9", diameter=Quantity.of(size, "mm"))
        assert evaluate(rule, participant(), ON, row=one, row_of="lesions") is expected
    assert evaluate(rule, participant(), ON, row=row("L9"), row_of="lesions") is U
    assert evaluate(rule, participant(), ON) is U


def test_a_known_field_carries_its_own_limits() -> None:
    rows = (
        row("C1", platinum=True),
        row("C2", platinum=False),
    )
    assert truth("any(cycles, platinum)", participant(cycles=Rows(rows, complete=True))) is T
    limited = Known(Quantity.of(5, "mm"), upper_limit=Quantity.of(1, "cm"))
    one = Rows((type(rows[0])("L1", {"diameter": limited}),), complete=True)
    assert truth("all(lesions, diameter < uln(diameter))", participant(lesions=one)) is T


def test_exclusion_is_met_where_its_rule_is_false() -> None:
    for answers, expected in (([said(False)], T), ([said(True)], F), ([], U)):
        assert judge(Written("pregnant", excludes=True).built(), participant(pregnant=answers), ON).truth is expected


@pytest.mark.parametrize(
    ("own", "exception", "expected"),
    [
        (True, False, T),
        (True, True, T),
        (False, True, T),
        (False, False, F),
        (False, None, U),
        (None, True, T),
        (None, False, U),
    ],
)
def test_exception(own: bool | None, exception: bool | None, expected: Truth) -> None:
    answers = {
        "tissue_agreed": [] if own is None else [said(own)],
        "gilbert": [] if exception is None else [said(exception)],
    }
    judgement = judge(Written("tissue_agreed", unless="gilbert").built(), participant(**answers), ON)
    assert judgement.truth is expected
    assert (judgement.by_exception is not None) is (expected is T and own is not True)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 29 + "gilbert" + ")" * 29,
        "not " * 29 + "gilbert",
        "(gilbert and pregnant or " * 28 + "gilbert" + ")" * 28,
        "gilbert if pregnant else " * 29 + "gilbert",
        "any(lesions, residual and any(lesions, " + "(" * 26 + "residual" + ")" * 28,
        "ecog == 1" + " - (2 * (ecog" * 14 + "))" * 14,
        " or ".join(["gilbert"] * 900),
    ],
)
def test_the_deepest_rule_is_judged_and_explained(text: str) -> None:
    lesions = Rows((lesion("L1"),), complete=True)
    for record in (participant(lesions=lesions), participant(lesions=Rows(), gilbert=[], ecog=[])):
        judgement = judge(Written(text).built(), record, ON)
        assert judgement.explanation.say()
        assert judgement.explanation.say("zh-hans")
        assert judgement.criterion.rule.text


def test_many_rows_are_told_by_their_number() -> None:
    rows = Rows(tuple(lesion(f"L{n}") for n in range(1, 41)), complete=True)
    counted = judge(Written("count(lesions, residual) <= 5").built(), participant(lesions=rows), ON).explanation.say()
    assert "L12, 28 more), needs at most 5: 35 over" in counted
    found = judge(Written("any(lesions, residual)").built(), participant(lesions=rows), ON).explanation.say()
    assert "L12: residual yes; 28 more), needs at least one" in found
