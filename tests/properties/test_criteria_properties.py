"""Laws of the criteria language: logic, information, the canonical text, and what no text may do to the parser."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eligibility_world import FLAGSHIP, ON, VOCABULARY, Written, lab, lesion, participant, row, said, toxicity
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.quantities import Quantity
from equipoise.kernel.truth import Truth, and_, not_, or_
from equipoise.methods.criteria import (
    NONE,
    Result,
    Results,
    Rows,
    RuleError,
    evaluate,
    format_rule,
    judge,
    parse,
    read_rule,
)
from equipoise.methods.criteria.lexer import KEYWORDS
from equipoise.methods.criteria.nodes import (
    And,
    Between,
    Call,
    Choice,
    Comparison,
    DateLiteral,
    Let,
    Membership,
    Negative,
    Node,
    Not,
    Number,
    Or,
    Product,
    Quoted,
    Sum,
    Word,
)

# TREES OF ANY SHAPE

NAMES = st.from_regex(r"[a-z][a-z_0-9]{0,6}(\.[a-z]{1,3})?", fullmatch=True).filter(lambda name: name not in KEYWORDS)
NUMBERS = st.builds(
    Number,
    st.decimals(min_value=0, max_value=10**6, places=3, allow_nan=False, allow_infinity=False).map(
        lambda number: Decimal(f"{number:f}")
    ),
    st.sampled_from([None, "10*9/L", "mg/dL", "m[IU]/L", "mL/min/{1.73_m2}", "d"]),
)
DATES = st.dates().map(lambda day: DateLiteral(PartialDate.of(day)))
LEAVES = st.one_of(
    NAMES.map(Word), NUMBERS, DATES, st.text("abc -'(", max_size=5).map(Quoted)
)  # fmt: skip


def _chains(inner: st.SearchStrategy[Node], signs: str) -> st.SearchStrategy[tuple[tuple[str, Node], ...]]:
    return st.lists(st.tuples(st.sampled_from(signs), inner), min_size=1, max_size=3).map(tuple)


def _grown(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(And, several),
        st.builds(Or, several),
        st.builds(Not, inner),
        st.builds(Comparison, st.sampled_from(["==", "!=", "<", "<=", ">", ">="]), inner, inner),
        st.builds(Membership, inner, st.lists(inner, min_size=1, max_size=3).map(tuple), st.booleans()),
        st.builds(Between, inner, inner, inner),
        st.builds(Sum, inner, _chains(inner, "+-")),
        st.builds(Product, inner, _chains(inner, "*/")),
        st.builds(Negative, inner),
        st.builds(Choice, inner, inner, inner),
        st.builds(Call, NAMES, st.lists(inner, max_size=3).map(tuple)),
    )


TREES = st.recursive(LEAVES, _grown, max_leaves=12)
RULES = st.builds(Let, TREES, st.lists(st.tuples(NAMES, TREES), max_size=2).map(tuple))


@given(RULES)
def test_the_canonical_text_is_the_rule(rule: Let) -> None:
    assert parse(format_rule(rule)) == rule


@given(RULES, st.text(max_size=20))
def test_parsing_raises_its_own_error_only(rule: Let, noise: str) -> None:
    text = format_rule(rule)
    for spoiled in (noise, text + noise, noise + text, text.replace(" ", noise, 2)):
        _parse_or_refuse(spoiled)


@given(st.text("()[]{}<>=!+-*/.,\"' \n\taz019_", max_size=60))
def test_signs_alone_break_nothing(text: str) -> None:
    _parse_or_refuse(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 9000, "not " * 2400, "-" * 9000 + "1", "a if b else " * 800 + "c", "f(" * 4000, "a+" * 4900 + "a",
        "a and " * 1600 + "a", "x in {" + "1," * 4000 + "1}", "\x00", "a\u2028b", "💥" * 100, "[" * 5000, "1[" * 4000,
        "9" * 9999, '"' + "x" * 9000, "a where " + "b = 1, " * 1200 + "c = 2",
    ],
)  # fmt: skip
def test_hostile_text_ends_in_an_answer(text: str) -> None:
    _parse_or_refuse(text)
    _parse_or_refuse(text, check=True)


def _refusal(text: str, *, check: bool = False) -> RuleError | None:
    try:
        if check:
            read_rule(text, VOCABULARY)
        else:
            parse(text)
    except RuleError as error:
        return error
    return None


def _parse_or_refuse(text: str, *, check: bool = False) -> None:
    error = _refusal(text, check=check)
    assert error is None or error.problems
    for problem in error.problems if error else ():
        assert problem.at.line >= 1
        assert problem.at.column >= 1
        assert problem.problem


@given(RULES)
def test_checking_raises_its_own_error_only(rule: Let) -> None:
    _parse_or_refuse(format_rule(rule), check=True)


# CONDITIONS ABOUT A PARTICIPANT

ATOMS = [
    "pregnant", "gilbert", "ecog <= 1", "ecog + 1 == 2", "platelets >= 100 [10*9/L]", "ast <= 2.5 * uln(ast)",
    "sex == male", "last_transfusion == none", "today - last_transfusion > 14 [d]", "any(lesions, organ == liver)",
    "all(lesions, not residual or irradiable)", "count(lesions, residual) <= 1", "count(lesions, residual) == 2",
    "count_distinct(lesions, organ, residual) <= 1", "any(toxicities, grade >= 2 and term == nausea)",
    "ecog between 1 and 2", "(ecog == 1 if gilbert else pregnant)", "(5 if gilbert else 2.5) < 3",
]  # fmt: skip
CONDITIONS = st.recursive(
    st.sampled_from(ATOMS),
    lambda inner: st.one_of(
        st.builds("({}) and ({})".format, inner, inner),
        st.builds("({}) or ({})".format, inner, inner),
        st.builds("not ({})".format, inner),
        st.builds("(({}) if ({}) else ({}))".format, inner, inner, inner),
    ),
    max_leaves=5,
)

YES_NO = st.booleans().map(lambda value: [said(value)])
ANSWERS: Mapping[str, st.SearchStrategy[list[Result]]] = {
    "pregnant": YES_NO,
    "gilbert": YES_NO,
    "ecog": st.integers(0, 3).map(lambda value: [said(value)]),
    "platelets": st.sampled_from(["99.9", "100", "250"]).map(lambda value: [lab(value, "10*9/L")]),
    "ast": st.sampled_from(["99", "100", "101"]).map(lambda value: [lab(value, "U/L", high="40")]),
    "sex": st.sampled_from(["male", "female"]).map(lambda value: [said(value)]),
    "last_transfusion": st.sampled_from([NONE, PartialDate(2026, 2, 23), PartialDate(2026, 2, 24)]).map(
        lambda value: [said(value)]
    ),
}
LESION_FIELDS = st.fixed_dictionaries(
    {"organ": st.sampled_from(["lung", "liver"]), "residual": st.booleans(), "irradiable": st.booleans()}
)
TOXICITY_ROWS = st.builds(toxicity, st.just("T1"), st.sampled_from(["nausea", "fatigue"]), st.integers(0, 3))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Results, Results]:
    """Draw a participant of whom everything is known, and the same participant with parts of it not yet entered."""
    answers = {name: draw(strategy) for name, strategy in ANSWERS.items()}
    lesions = draw(st.lists(LESION_FIELDS, max_size=3))
    toxicities = tuple(draw(st.lists(TOXICITY_ROWS, max_size=2)))
    known = participant(
        lesions=Rows(tuple(lesion(f"L{n}", **fields) for n, fields in enumerate(lesions)), complete=True),
        toxicities=Rows(toxicities, complete=True),
        **answers,
    )
    hidden = draw(st.sets(st.sampled_from(sorted(ANSWERS))))
    kept = [{key: value for key, value in fields.items() if draw(st.booleans())} for fields in lesions]
    fewer = participant(
        lesions=Rows(tuple(row(f"L{n}", **fields) for n, fields in enumerate(kept)), complete=draw(st.booleans())),
        toxicities=Rows(toxicities, complete=draw(st.booleans())),
        **{name: [] if name in hidden else results for name, results in answers.items()},
    )
    return known, fewer


def _truth(text: str, record: Results) -> Any:
    return evaluate(read_rule(text, VOCABULARY), record, ON)


@given(CONDITIONS, worlds())
def test_what_is_decided_stays_decided_with_more_information(text: str, world: tuple[Results, Results]) -> None:
    known, fewer = world
    early = _truth(text, fewer)
    assume(early is not Truth.UNKNOWN)
    assert _truth(text, known) is early


@given(CONDITIONS, worlds())
def test_nothing_is_unknown_of_one_who_is_known(text: str, world: tuple[Results, Results]) -> None:
    known, _ = world
    unaskable = "today - last_transfusion" in text and known.items["last_transfusion"][0].value is NONE
    assume(not unaskable)
    assert _truth(text, known) is not Truth.UNKNOWN


@given(CONDITIONS, CONDITIONS, worlds())
def test_logic_is_kleenes(one: str, two: str, world: tuple[Results, Results]) -> None:
    for record in world:
        a, b = _truth(one, record), _truth(two, record)
        assert _truth(f"({one}) and ({two})", record) is and_(a, b)
        assert _truth(f"({one}) or ({two})", record) is or_(a, b)
        assert _truth(f"not ({one})", record) is not_(a)


@given(CONDITIONS, worlds())
def test_unknown_says_what_is_missing_in_both_languages(text: str, world: tuple[Results, Results]) -> None:
    for excludes in (False, True):
        judgement = judge(Written(text, excludes=excludes).built(), world[1], ON)
        assert bool(judgement.missing) is (judgement.truth is Truth.UNKNOWN)
        for language in ("en", "zh-hans"):
            assert judgement.explanation.say(language).strip()


@given(worlds())
def test_every_criterion_of_the_flagship_keeps_its_verdict_with_more_information(
    world: tuple[Results, Results],
) -> None:
    known, fewer = world
    for written in FLAGSHIP.values():
        criterion = written.built()
        early = judge(criterion, fewer, ON).truth
        if early is not Truth.UNKNOWN:
            assert judge(criterion, known, ON).truth is early


@given(st.sampled_from(["10*9/L", "10*6/mL", "10*3/uL", "10*12/L"]), st.integers(1, 10**6), st.integers(1, 10**6))
def test_the_unit_of_a_result_does_not_matter(unit: str, thousandths: int, limit: int) -> None:
    result = Quantity(Decimal(thousandths) / 1000, "10*9/L")
    text = f"platelets >= {Decimal(limit) / 1000:f} [10*9/L]"
    record = participant(platelets=[Result(result.to(unit), PartialDate(2026, 3, 1))])
    assert _truth(text, record) is (Truth.TRUE if thousandths >= limit else Truth.FALSE)
