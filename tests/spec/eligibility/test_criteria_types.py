"""What is refused when a rule is checked against its vocabulary: every fault at once, in its place, with advice."""

import re
from pathlib import Path

import pytest

from eligibility_world import ON, VOCABULARY, Written, lesion, participant, said
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.quantities import Quantity
from equipoise.methods.criteria import BooleanType, DateType, NumberType, Results, Rows, RuleError, judge, read_rule

FAULTS = [
    # names
    ("plateletss >= 100 [10*9/L]", 1, "no item is called plateletss", "platelets"),
    (
        "organ == liver",
        1,
        "organ is a field of the register lesions",
        "any(lesions, organ ...), all(...) or count(...)",
    ),
    ("lesions > 3", 1, "lesions is a register, not a value", "count(lesions), any(lesions, ...), all(...)"),
    ("uln > 3", 1, "uln is a function", "its arguments, as in uln(...)"),
    ("ulm(ast) > 3 [U/L]", 1, "no function is called ulm", "uln"),
    ("any(lesion, organ == liver)", 5, "any goes over a register", "lesions"),
    ("male", 1, "no item is called male", "sex == male"),
    # units
    ("platelets >= 100", 14, "a number without a unit", "100 [10*9/L]"),
    ("18 <= age", 1, "a number without a unit", "18 [a]"),
    ("neutrophils * 2 > 3", 19, "a number without a unit", "3 [10*9/L]"),
    (
        "creatinine <= 1.5 [mg/dL]",
        15,
        "umol/L cannot be compared or reckoned with mg/dL: they measure different things",
        "the number in umol/L, the unit it is kept in",
    ),
    (
        "platelets >= 100 [g/L]",
        14,
        "10*9/L cannot be compared or reckoned with g/L: they measure different things",
        "the number in 10*9/L, the unit it is kept in",
    ),
    (
        "ast + weight > 3 [U/L]",
        7,
        "U/L cannot be compared or reckoned with kg: they measure different things",
        "one kind of unit",
    ),
    (
        "cockcroft_gault(age, weight, creatinine, sex) > 50 [mL/min/{1.73_m2}]",
        49,
        "mL/min cannot be compared or reckoned with mL/min/{1.73_m2}: they measure different things",
        "the number in mL/min, the unit it is kept in",
    ),
    (
        "cockcroft_gault(age, 70, creatinine, sex) > 50 [mL/min]",
        22,
        "cockcroft_gault does not take this unit",
        "a number in kg",
    ),
    ("min(ast, 3) < 3 [U/L]", 10, "a number without a unit", "3 [U/L]"),
    # kinds
    (
        "pregnant == 3",
        1,
        "a yes/no value is compared with a number",
        "two values of one kind; write `pregnant` or `not pregnant`",
    ),
    ("pregnant > no", 1, "a yes/no value has no order", "==, != or in {...}"),
    ("sex > male", 1, "a code (male, female) has no order", "==, != or in {...}"),
    ("mutations == egfr", 1, "ticked codes are not compared", "includes(item, code)"),
    (
        "last_transfusion > 14 [d]",
        1,
        "a date is compared with a number in d",
        "two values of one kind; compare it with a date",
    ),
    ("ecog and pregnant", 1, "ecog is not a condition", "a comparison, or a yes/no item"),
    ("not ecog", 5, "ecog is not a condition", "a comparison, or a yes/no item"),
    ("1 if ecog else 2", 6, "ecog is not a condition", "a comparison, or a yes/no item"),
    ("ecog", 1, "a criterion is a condition", "a comparison, as in `age >= 18 [a]`"),
    ("(1 if pregnant else gilbert) == 1", 2, "both branches of an `if` are of one kind", ""),
    ("age + pregnant > 3 [a]", 7, "these cannot be added", "numbers, or dates"),
    ("last_transfusion + 3 == today", 20, "only a duration is added to a date", "days, as in 14 [d]"),
    ("sex * 2 == 3", 1, "only numbers are multiplied and divided", "a number"),
    ("-sex == 3", 1, "only a number has a sign", "a number"),
    # codes
    ("sex == men", 8, "this is not one of the item's codes", "one of the codes male, female"),
    ("sex in {male, femail}", 15, "this is not one of the item's codes", "female; the codes are male, female"),
    (
        "any(lesions, organ == livr)",
        23,
        "this is not one of the item's codes",
        "liver; the codes are lung, liver, bone, adrenal, lymph_node",
    ),
    ("includes(mutations, kras)", 21, "this is not one of the item's codes", "one of the codes egfr, alk, ros1"),
    ("sex == histology", 1, "the two have no code in common", "items of one code list"),
    # none
    ("ecog == none", 1, "ecog has no answer `none`", "an item that may be answered none"),
    ("last_transfusion > none", 1, "none has no order", "== or !="),
    # functions and registers
    ("uln(ast, alt) > 3 [U/L]", 1, "uln has another number of arguments", "1"),
    ("uln(sex) == 3", 5, "only a laboratory value has limits", "the name of a laboratory item"),
    ("uln(2 * ast) > 3 [U/L]", 5, "uln asks about an item", "the name of an item"),
    ("days(age, today) > 3 [d]", 6, "days(since, until) counts between two dates", "a date"),
    ("all(lesions)", 1, "all has another number of arguments", "2"),
    ("count(lesions, diameter) > 3", 16, "diameter is not a condition", "a comparison, or a yes/no item"),
    ("count_distinct(lesions, 3) > 3", 25, "count_distinct counts the values of a field", "a field's name"),
    ("includes(sex, male)", 1, "includes(item, code) asks what was ticked", "an item of tick boxes"),
    (
        "any(lesions, any(lesions, any(lesions, residual)))",
        27,
        "quantifiers stand too deep within one another",
        "at most 2 levels",
    ),
    # where
    ("k where k = k", 13, "`where` is not recursive", "define k before what reads it"),
    ("j where j = k, k = pregnant", 13, "`where` is not recursive", "define k before what reads it"),
    ("pregnant where k = 1", 20, "`where` defines k, which the rule never reads", "remove it, or use it"),
    ("k where k = pregnant, k = gilbert", 27, "`where` defines k twice", "one definition"),
    ("pregnant where pregnant = gilbert", 27, "`where` may not give pregnant another meaning", "a name of its own"),
]


@pytest.mark.parametrize(("text", "column", "problem", "wanted"), FAULTS)
def test_fault(text: str, column: int, problem: str, wanted: str) -> None:
    with pytest.raises(RuleError) as caught:
        read_rule(text, VOCABULARY)
    found = [(fault.at.column, fault.problem, fault.wanted) for fault in caught.value.problems]
    assert (column, problem, wanted) in found


def test_all_faults_at_once_in_the_order_of_the_text() -> None:
    text = "platelets >= 100\nand creatinin < 3 [umol/L]\nand pregnant == 2\nand any(lesions, organ == livr)"
    with pytest.raises(RuleError) as caught:
        read_rule(text, VOCABULARY)
    places = [(fault.at.line, fault.at.column) for fault in caught.value.problems]
    assert places == [(1, 14), (2, 5), (3, 5), (4, 27)]
    assert str(caught.value).splitlines()[1] == (
        "line 2, column 5: no item is called creatinin; seen: creatinin; wanted: creatinine"
    )


ACCEPTED = [
    "creatinine <= 0.1 [mmol/L]",
    "ecog in {0, 1}",
    "10 [%] * ast < 3 [U/L]",
    "ast / uln(ast) <= 2.5",
    "creatinine * weight / weight < 3 [umol/L]",
    "last_transfusion + 14 [d] < today",
    "last_transfusion + 2 [wk] < 2026-03-01",
    "(today - last_transfusion) / 2 > 1 [wk]",
    "(gilbert if pregnant else not gilbert)",
    "(male if pregnant else female) == sex",
    "any(toxicities, any(lesions, organ == liver) and grade > 1)",
    'any(lesions, organ == "liver")',
    "count_distinct(lesions, organ) <= 3",
    'comment == "none given"',
    "max(ast, alt, 3 [kU/L]) < 5 [U/L]",
    "abs(ast - alt) < 5 [U/L]",
    "is_known(ast) and answered(gilbert)",
    "pregnant == no and yes",
    "includes(mutations, egfr)",
    "(stage in {IVA, IVB}) == gilbert",
    "days(last_transfusion, today) > 1 [d]",
    "ast not in {1 [U/L], 2 [U/L]}",
    "last_transfusion between 2026-01-01 and today",
    "not includes(mutations, alk)",
    "cockcroft_gault(age, weight, creatinine, sex) - 1 [mL/min] > 50 [mL/min]",
    "-ast < 0 [U/L]",
    "any(lesions) and count(lesions) > 0",
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_accepted(text: str) -> None:
    rule = read_rule(text, VOCABULARY)
    assert rule.type == BooleanType()


@pytest.mark.parametrize("text", ACCEPTED)
def test_accepted_is_explained_in_both_languages(text: str) -> None:
    some = participant(
        lesions=Rows((lesion("L1", diameter=Quantity.of(9, "mm")),), complete=True),
        mutations=[said(("egfr",))],
        comment=[said("none given")],
        last_transfusion=[said(PartialDate(2026, 2, 1))],
    )
    for record in (some, participant(), Results()):
        for excludes in (False, True):
            explanation = judge(Written(text, excludes=excludes).built(), record, ON).explanation
            for language in ("en", "zh-hans"):
                assert explanation.say(language)
                assert "{" not in explanation.say(language)


def test_locals_that_double_and_double_are_refused() -> None:
    doubled = ", ".join(f"k{n} = k{n - 1} + k{n - 1}" for n in range(1, 60))
    with pytest.raises(RuleError) as caught:
        read_rule(f"k59 > 1 where k0 = ecog, {doubled}", VOCABULARY)
    assert caught.value.problems[0].problem == "`where` makes the rule too large"


def test_rules_that_are_no_conditions() -> None:
    assert read_rule("2 * uln(ast)", VOCABULARY, boolean=False).type == NumberType("U/L")
    assert read_rule("last_transfusion", VOCABULARY, boolean=False).type == DateType()
    assert read_rule("ast / alt", VOCABULARY, boolean=False).type == NumberType("1")
    assert read_rule("weight / creatinine", VOCABULARY, boolean=False).type == NumberType("kg/umol.L")


def test_a_rule_of_a_row_reads_its_fields() -> None:
    rule = read_rule("diameter >= 10 [mm] or organ == bone", VOCABULARY, row_of="lesions")
    assert rule.reads.fields == {("lesions", "diameter"), ("lesions", "organ")}


def test_refusals_shown_in_the_documentation() -> None:
    page = (Path(__file__).parents[3] / "docs" / "criteria.md").read_text(encoding="utf-8")
    shown = page.split("## What is refused at loading")[1].split("```")[1].strip().splitlines()
    assert len(shown) == 8
    for line in shown:
        text, says = re.split(r" {2,}", line, maxsplit=1)
        problem, wanted = says.split("; wanted: ")
        with pytest.raises(RuleError) as caught:
            read_rule(text, VOCABULARY)
        fault = caught.value.problems[0]
        assert problem in fault.problem
        assert wanted in fault.wanted
