"""How rules are written: the grammar, the canonical text, and what is said of text that is no rule."""

import pytest

from equipoise.methods.criteria import RuleError, format_rule, parse, parse_window

CANONICAL = [
    ("neutrophils>=1.5[10*9/L]", "neutrophils >= 1.5 [10*9/L]"),
    ("a ≥ 1 and b ≤ 2 and c ≠ 3", "a >= 1 and b <= 2 and c != 3"),
    ("a or b and not c", "a or b and not c"),
    ("(a or b) and not (c and d)", "(a or b) and not (c and d)"),
    ("((a))", "a"),
    ("a and (b and c)", "a and (b and c)"),
    ("1 - (2 - 3) - 4 == x", "1 - (2 - 3) - 4 == x"),
    ("(1 + 2) * 3 / (4 * 5) == x", "(1 + 2) * 3 / (4 * 5) == x"),
    ("--x == -(1 + y)", "--x == -(1 + y)"),
    ("x  in{a,b ,c}", "x in {a, b, c}"),
    ("x not in {a}", "x not in {a}"),
    ("x between 1 and 2 and y", "x between 1 and 2 and y"),
    ("1 if a else 2 if b else 3", "1 if a else 2 if b else 3"),
    ("(1 if a else 2) if b else 3", "(1 if a else 2) if b else 3"),
    ("x == none or today - x > 14 [d]", "x == none or today - x > 14 [d]"),
    ("x > 2026-03-01 or x == 2026-03", "x > 2026-03-01 or x == 2026-03"),
    ('term == "non-squamous"', 'term == "non-squamous"'),
    ("count( lesions ,residual ) <= 5", "count(lesions, residual) <= 5"),
    ("tsh <= 5 [m[IU]/L]", "tsh <= 5 [m[IU]/L]"),
    ("clearance > 50 [mL/min/{1.73_m2}]", "clearance > 50 [mL/min/{1.73_m2}]"),
    ("a <= k where k = 1, j = k", "a <= k where k = 1, j = k"),
    ("a <= k\nwhere k = 1\n  j = k", "a <= k where k = 1, j = k"),
]


@pytest.mark.parametrize(("text", "canonical"), CANONICAL)
def test_canonical_text(text: str, canonical: str) -> None:
    assert format_rule(parse(text)) == canonical
    assert parse(canonical) == parse(text)


FAULTS = [
    ("", 1, 1, "the rule is empty"),
    ("   \n ", 2, 2, "the rule is empty"),
    ("a = 1", 1, 3, "a comparison is written with two equals signs"),
    ("a == = 1", 1, 6, "a comparison is written with two equals signs"),
    ("1 < a < 2", 1, 7, "comparisons are not chained"),
    ("a and", 1, 6, "a value is missing here"),
    ("(a", 1, 3, "the parenthesis is not closed"),
    ("a)", 1, 2, "the rule goes on where it should end"),
    ("a b", 1, 3, "the rule goes on where it should end"),
    ("a >= 1.5 [", 1, 10, "the unit's bracket is not closed"),
    ("a >= 1.5 [furlong]", 1, 10, "this is not a unit"),
    ("a >= 1.5 []", 1, 10, "this is not a unit"),
    ("a [g/L] > 1", 1, 3, "this character has no meaning here"),
    ("a && b", 1, 3, "this character has no meaning here"),
    ("a or 'x'", 1, 6, "this character has no meaning here"),
    ("a == .5", 1, 6, "this character has no meaning here"),
    ('a == "x', 1, 6, "this character has no meaning here"),
    ("a; import os", 1, 2, "this character has no meaning here"),
    ("a\n and\n  b @ c", 3, 5, "this character has no meaning here"),
    ("x in {}", 1, 7, "a value is missing here"),
    ("x in (1, 2)", 1, 6, "`in` is followed by a list between braces"),
    ("x in {1", 1, 8, "the list is not closed"),
    ("x not 1", 1, 7, "after a value, `not` goes with `in`"),
    ("x between 1, 2", 1, 12, "`between` names two ends"),
    ("1 if a", 1, 7, "an `if` says what holds otherwise"),
    ("a where", 1, 8, "`where` names a value"),
    ("a where k", 1, 10, "`where` gives k a value"),
    ("any(lesions", 1, 12, "the arguments of any are not closed"),
    ("x > 2026-13-01", 1, 5, "this is no date"),
    ("x > 2026-02-30", 1, 5, "this is no date"),
    ("x > " + "1" * 41, 1, 5, "the number is too long"),
    ("x" * 10_001, 1, 1, "the rule is too long"),
    ("(" * 31 + "a" + ")" * 31, 1, 31, "the rule is nested too deeply"),
    ("not " * 31 + "a", 1, 121, "the rule is nested too deeply"),
    ("x == " + "-" * 31 + "1", 1, 36, "the rule is nested too deeply"),
    ("1 if a else " * 31 + "2", 1, 361, "the rule is nested too deeply"),
]


@pytest.mark.parametrize(("text", "line", "column", "problem"), FAULTS)
def test_fault_has_its_place(text: str, line: int, column: int, problem: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse(text)
    first = caught.value.problems[0]
    assert (first.at.line, first.at.column, first.problem) == (line, column, problem)
    assert first.wanted


def test_every_meaningless_character_is_reported_at_once() -> None:
    with pytest.raises(RuleError) as caught:
        parse("a && b\n|| c ? d")
    assert [(p.at.line, p.at.column) for p in caught.value.problems] == [(1, 3), (1, 4), (2, 1), (2, 2), (2, 6)]


def test_long_flat_rules_are_no_depth() -> None:
    text = " and ".join(["a"] * 1000)
    assert format_rule(parse(text)) == text


def test_a_fault_moves_to_its_line_in_the_document() -> None:
    with pytest.raises(RuleError) as caught:
        parse("a\nand = b")
    fault = caught.value.problems[0].within(40, "eligibility[3].rule")
    assert fault.line == 41
    assert fault.path == "eligibility[3].rule (column 5 of the rule)"


@pytest.mark.parametrize(
    ("phrase", "canonical"),
    [
        ("14 days before randomization", "14 days before randomization"),
        ("within 1 week after consent", "1 week after consent"),
        (" 3  months around   visit ", "3 months around visit"),
    ],
)
def test_window_phrase(phrase: str, canonical: str) -> None:
    assert str(parse_window(phrase)) == canonical


@pytest.mark.parametrize(
    "phrase",
    [
        "",
        "14",
        "14 days",
        "14 days before",
        "fortnight before consent",
        "-1 days before x",
        "99999 days before x",
    ],
)
def test_what_is_no_window(phrase: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_window(phrase)
    assert caught.value.problems[0].wanted
