"""Laws of the kernel: Kleene's logic, partial dates, windows, study days, quantities, canonical form, chance."""

import hashlib
import hmac
import itertools
import json
import math
import unicodedata
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Context, Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from equipoise.kernel.canonical import canonical_json, decimal_text, digest
from equipoise.kernel.chance import Stream, stream
from equipoise.kernel.dates import PartialDate, Window, study_day, whole_years
from equipoise.kernel.quantities import Quantity, unit
from equipoise.kernel.truth import Truth, all_of, and_, any_of, known, not_, or_

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN

# TRUTH ---------------------------------------------------------------------------------------------------------

COMPLETIONS = {T: (True,), F: (False,), U: (True, False)}


def supervaluation(outcomes: set[bool]) -> Truth:
    """Known only where every way of learning the unknowns agrees."""
    return U if len(outcomes) == 2 else known(outcomes.pop())


@pytest.mark.parametrize(("a", "b"), list(itertools.product(Truth, repeat=2)))
def test_and_or_are_what_all_completions_agree_on(a: Truth, b: Truth) -> None:
    pairs = list(itertools.product(COMPLETIONS[a], COMPLETIONS[b]))
    assert and_(a, b) is supervaluation({left and right for left, right in pairs})
    assert or_(a, b) is supervaluation({left or right for left, right in pairs})


@pytest.mark.parametrize("a", Truth)
def test_not_is_an_involution_that_keeps_unknown(a: Truth) -> None:
    assert not_(a) is supervaluation({not each for each in COMPLETIONS[a]})
    assert not_(not_(a)) is a


@pytest.mark.parametrize(("a", "b", "c"), list(itertools.product(Truth, repeat=3)))
def test_kleene_laws(a: Truth, b: Truth, c: Truth) -> None:
    assert and_(a, b) is and_(b, a)
    assert and_(a, and_(b, c)) is and_(and_(a, b), c)
    assert or_(a, or_(b, c)) is or_(or_(a, b), c)
    assert and_(a, or_(b, c)) is or_(and_(a, b), and_(a, c))
    assert or_(a, and_(b, c)) is and_(or_(a, b), or_(a, c))
    assert and_(a, or_(a, b)) is a
    assert not_(and_(a, b)) is or_(not_(a), not_(b))
    assert all_of([a, b, c]) is and_(a, and_(b, c))
    assert any_of([a, b, c]) is or_(a, or_(b, c))


@pytest.mark.parametrize(("b", "learned"), list(itertools.product(Truth, [T, F])))
def test_learning_never_takes_back_what_was_known(b: Truth, learned: Truth) -> None:
    for combine in (and_, or_):
        before = combine(U, b)
        assert before is U or combine(learned, b) is before


def test_of_nothing_all_are_true_and_none_is() -> None:
    assert (all_of([]), any_of([])) == (T, F)


@pytest.mark.parametrize("value", Truth)
def test_a_truth_is_no_condition(value: Truth) -> None:
    with pytest.raises(TypeError, match="three values"):
        bool(value)


# DATES ---------------------------------------------------------------------------------------------------------

days = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    """A date of any precision."""
    day = draw(days)
    known_parts = draw(st.integers(1, 3))
    return PartialDate(*(day.year, day.month, day.day)[:known_parts])


def completions(partial: PartialDate) -> list[date]:
    """Every day it can be."""
    first = date(partial.year, partial.month or 1, partial.day or 1)
    return [
        day
        for day in (first + timedelta(days=offset) for offset in range(366))
        if day.year == partial.year
        and (partial.month is None or day.month == partial.month)
        and (partial.day is None or day.day == partial.day)
    ]


@given(partial_dates())
def test_a_partial_date_reads_back_what_it_writes(partial: PartialDate) -> None:
    assert PartialDate.parse(str(partial)) == partial
    assert PartialDate.parse(f"  {partial}\n") == partial


@given(partial_dates())
def test_earliest_and_latest_bound_every_completion(partial: PartialDate) -> None:
    possible = completions(partial)
    assert (partial.earliest, partial.latest) == (min(possible), max(possible))
    assert partial.is_complete == (len(possible) == 1)


@given(partial_dates(), partial_dates())
def test_before_is_what_all_completions_agree_on(one: PartialDate, other: PartialDate) -> None:
    # The extremes decide an order, so they stand for all completions.
    left, right = completions(one), completions(other)
    outcomes = {a < b for a in (left[0], left[-1]) for b in (right[0], right[-1])}
    assert one.is_before(other) is supervaluation(outcomes)


@given(partial_dates(), days, st.integers(0, 400))
def test_a_window_holds_what_all_completions_agree_on(partial: PartialDate, first: date, length: int) -> None:
    window = Window(first, first + timedelta(days=length))
    assert window.holds(partial) is supervaluation({day in window for day in completions(partial)})


@given(days, st.integers(0, 60), st.integers(0, 60), st.integers(-100, 100))
def test_a_window_includes_both_its_ends(day: date, before: int, after: int, offset: int) -> None:
    window = Window.around(day, before=before, after=after)
    assert (day + timedelta(days=offset) in window) == (-before <= offset <= after)


@pytest.mark.parametrize(
    "text",
    ["", "26", "2026-3-5", "2026-13", "2026-00", "2026-02-30", "2026-02-00", "2025-02-29", "05/03/2026", "0000",
     "2026-03-05T10:00", "2026--05", "２０２６-03", "2026-03-05-01", "20260305", "UNK", "-2026"],
)  # fmt: skip
def test_what_is_no_date_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError) as refused:
        PartialDate.parse(text)
    assert str(refused.value).endswith(".")


def test_a_window_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends on or after its first day"):
        Window(date(2026, 3, 2), date(2026, 3, 1))


@given(days, days)
def test_study_days_skip_zero_and_otherwise_count_days(day: date, reference: date) -> None:
    number = study_day(day, reference)
    assert number != 0
    assert reference + timedelta(days=number - 1 if number > 0 else number) == day


# Source: SDTMIG 3.4, section 4.4.4 (the reference day is 1, the day before it -1).
@pytest.mark.parametrize(("day", "expected"), [("2026-03-01", 1), ("2026-03-02", 2), ("2026-02-28", -1)])
def test_study_day_by_hand(day: str, expected: int) -> None:
    assert study_day(date.fromisoformat(day), date(2026, 3, 1)) == expected


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [("2008-03-05", "2026-03-04", 17), ("2008-03-05", "2026-03-05", 18), ("2008-02-29", "2026-02-28", 17),
     ("2008-02-29", "2026-03-01", 18), ("2008-02-29", "2028-02-29", 20)],
)  # fmt: skip
def test_whole_years_are_birthdays_reached(born: str, on: str, years: int) -> None:
    assert whole_years(date.fromisoformat(born), date.fromisoformat(on)) == years


# QUANTITIES ----------------------------------------------------------------------------------------------------

numbers = st.decimals(min_value="-1e12", max_value="1e12", places=6, allow_nan=False)

# Units of one kind whose factors differ by powers of 2, 5 and 10, so that a Decimal holds every conversion.
FAMILIES = [
    ["10*9/L", "10*3/uL", "10*6/mL", "/uL", "/L", "/pL", "10^12/L"],
    ["g/L", "g/dL", "mg/dL", "mg/L", "ug/mL", "kg/m3"],
    ["mmol/L", "umol/L", "nmol/mL", "mol/m3", "pmol/uL"],
    ["m", "cm", "mm", "um", "km"],
    ["Gy", "cGy", "mGy"],
    ["[IU]/L", "m[IU]/mL", "[iU]/L", "k[IU]/m3"],
    ["MBq", "kBq", "GBq", "Bq", "/s"],
    ["mL/min/{1.73_m2}", "L/min/{1.73_m2}", "dL/min/{1.73_m2}"],
    ["1", "%", "10*-2", "mg/g", "ug/mg"],
]
family = st.sampled_from(FAMILIES)


@given(number=numbers, units=family.flatmap(lambda codes: st.tuples(st.sampled_from(codes), st.sampled_from(codes))))
def test_conversion_there_and_back_is_exact(number: Decimal, units: tuple[str, str]) -> None:
    here, there = units
    given_quantity = Quantity(number, here)
    converted = given_quantity.to(there)
    assert converted.unit == there
    assert converted.to(here).value == number
    assert converted == given_quantity
    assert hash(converted) == hash(given_quantity)


# By hand, from the definitions of the units.
CONVERSIONS = [
    ("1.5", "10*9/L", "/uL", "1500"),
    ("150", "10*9/L", "10*3/uL", "150"),
    ("100000", "/uL", "10*9/L", "100"),
    ("9.5", "g/dL", "g/L", "95"),
    ("60", "U/L", "ukat/L", "1"),
    ("54", "Gy", "cGy", "5400"),
    ("1", "h", "min", "60"),
    ("2", "wk", "d", "14"),
    ("1", "a", "d", "365.25"),
    ("12", "mo", "a", "1"),
    ("0.5", "m[IU]/mL", "[IU]/L", "0.5"),
    ("760", "mm[Hg]", "Pa", "101324.72"),
    ("25", "%", "1", "0.25"),
    ("1", "mL/s", "mL/min", "60"),
]


@pytest.mark.parametrize(("number", "here", "there", "expected"), CONVERSIONS)
def test_conversions_by_hand(number: str, here: str, there: str, expected: str) -> None:
    assert Quantity.of(number, here).to(there).value == Decimal(expected)


@given(numbers, numbers, family.flatmap(lambda codes: st.tuples(st.sampled_from(codes), st.sampled_from(codes))))
def test_order_is_that_of_the_exact_magnitudes(one: Decimal, other: Decimal, units: tuple[str, str]) -> None:
    left, right = Quantity(one, units[0]), Quantity(other, units[1])
    exact = Fraction(one) * unit(units[0]).factor - Fraction(other) * unit(units[1]).factor
    assert left.compare(right) == (exact > 0) - (exact < 0)
    assert (left < right, left <= right, left == right) == (exact < 0, exact <= 0, exact == 0)
    assert (left > right, left >= right) == (exact > 0, exact >= 0)


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(range(len(FAMILIES)), 2)))
def test_units_of_different_kinds_neither_convert_nor_compare(one: int, other: int) -> None:
    left, right = Quantity.of(1, FAMILIES[one][0]), Quantity.of(1, FAMILIES[other][0])
    assert left != right
    with pytest.raises(ValueError, match="measure different things"):
        left.to(right.unit)
    with pytest.raises(ValueError, match="measure different things"):
        left.compare(right)


# Conversions that other libraries make or break in silence.
@pytest.mark.parametrize(
    ("here", "there"),
    [("umol/L", "mg/dL"), ("mL/min/{1.73_m2}", "mL/min"), ("mmol/L", "meq/L"), ("[IU]/L", "mmol/L"), ("[IU]/L", "U/L"),
     ("g{creat}", "g"), ("Gy", "Bq"), ("Cel", "1"), ("{cells}/uL", "/uL")],
)  # fmt: skip
def test_unlike_things_never_convert(here: str, there: str) -> None:
    with pytest.raises(ValueError, match="measure different things"):
        Quantity.of(1, here).to(there)


@pytest.mark.parametrize(
    "code",
    ["", " ", "K/uL", "x10E9/L", "10*/L", "10*999999999/L", "10^9^9", "mg/", "/", "//L", "mg dL", "mg//dL", "mmHg",
     "IU/L", "kmin", "m99999999", "mgg", "MM", "{a", "}", "{a{b}}", "g/(L)", "٣", "10*٣/L", "µg/L", "mg\n",
     "..", "[", "1" * 5000],
)  # fmt: skip
def test_what_is_no_unit_is_refused_by_name(code: str) -> None:
    with pytest.raises(ValueError) as refused:
        Quantity.of(1, code)
    assert "unit" in str(refused.value).lower()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1E+999999999", "1E-999999999"])
def test_a_number_no_measurement_can_be_is_refused_at_once(number: str) -> None:
    with pytest.raises(ValueError, match="A quantity"):
        Quantity.of(number, "mg")


def test_a_float_is_no_quantity() -> None:
    with pytest.raises(TypeError, match="Decimal, exact as it was written"):
        Quantity(0.1, "mg")  # type: ignore[arg-type]


def test_a_large_conversion_is_written_out_whole() -> None:
    assert str(Quantity.of("1E+20", "Gg").to("fg")) == "1" + "0" * 44 + " fg"


# CANONICAL FORM ------------------------------------------------------------------------------------------------

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts | st.decimals(allow_nan=False, allow_infinity=False, places=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def shuffled(value: Any) -> Any:
    """The same value with every mapping written backwards."""
    if isinstance(value, dict):
        return {key: shuffled(part) for key, part in reversed(list(value.items()))}
    return [shuffled(part) for part in value] if isinstance(value, list) else value


def keys_stay_apart(value: Any) -> bool:
    """Whether no two keys of a mapping are one after normalisation."""
    if isinstance(value, dict):
        normal = {unicodedata.normalize("NFC", key) for key in value}
        return len(normal) == len(value) and all(map(keys_stay_apart, value.values()))
    return all(map(keys_stay_apart, value)) if isinstance(value, list) else True


@given(plain_values)
def test_canonical_text_does_not_depend_on_the_order_of_keys(value: Any) -> None:
    assume(keys_stay_apart(value))
    assert canonical_json(shuffled(value)) == canonical_json(value)


@given(plain_values)
def test_canonical_text_reads_back_and_is_its_own_canonical_text(value: Any) -> None:
    assume(keys_stay_apart(value))
    text = canonical_json(value)
    assert canonical_json(json.loads(text)) == text
    assert text.encode().decode() == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6), st.integers(0, 9))
def test_a_decimal_has_one_spelling(number: Decimal, zeros: int) -> None:
    text = decimal_text(number)
    longer = Decimal(f"{number:f}" + "0" * zeros)
    assert decimal_text(longer) == text
    assert decimal_text(number.normalize(Context(prec=100))) == text
    assert Decimal(text) == number
    assert "E" not in text


@pytest.mark.parametrize(
    ("number", "text"),
    [("1.50", "1.5"), ("1E+3", "1000"), ("-0", "0"), ("0E+9", "0"), ("0.000", "0"), ("-1.0", "-1"),
     ("1E-7", "0.0000001"), ("100", "100")],
)  # fmt: skip
def test_decimal_spellings_by_hand(number: str, text: str) -> None:
    assert decimal_text(Decimal(number)) == text


def test_canonical_json_by_hand() -> None:
    class Site(Enum):
        NORTH = "n"

    value = {
        "b": [Decimal("2.50"), 3, True, None],
        "a": 'e\u0301"\n',
        "ä": date(2026, 3, 5),
        "Z": datetime(2026, 3, 5, 9, 30, tzinfo=timezone(timedelta(hours=8))),
        "c": Site.NORTH,
        2: (),
    }
    expected = (
        '{"2":[],"Z":"2026-03-05T09:30:00+08:00","a":"\u00e9\\"\\n","b":["2.5",3,true,null],"c":"n","ä":"2026-03-05"}'
    )
    assert canonical_json(value) == expected
    assert digest("x", value) == hashlib.sha256(b"equipoise/x\0" + expected.encode()).hexdigest()


@pytest.mark.parametrize(
    ("value", "error", "sentence"),
    [
        (0.5, TypeError, "float has no one spelling"),
        ({"a": [1.0]}, TypeError, "float has no one spelling"),
        ({1.5: 1}, TypeError, "float has no one spelling"),
        (float("nan"), TypeError, "float has no one spelling"),
        (Decimal("NaN"), ValueError, "Only finite numbers"),
        (Decimal("1E+999999999"), ValueError, "at most 1000 digits"),
        (Decimal("1E-999999999"), ValueError, "at most 1000 digits"),
        (datetime(2026, 3, 5), TypeError, "needs its zone"),
        ({"\u00e9": 1, "e\u0301": 2}, ValueError, "Two keys have one canonical spelling"),
        ({1: 1, "1": 2}, ValueError, "Two keys have one canonical spelling"),
        ({None: 1}, TypeError, "A key is text"),
        ({True: 1}, TypeError, "A key is text"),
        ("\ud800", ValueError, "half a character"),
        ({1, 2}, TypeError, "set has no canonical form"),
        (b"x", TypeError, "bytes has no canonical form"),
        (object(), TypeError, "object has no canonical form"),
    ],
)  # fmt: skip
def test_what_has_no_one_spelling_is_refused(value: Any, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error) as refused:
        canonical_json(value)
    assert sentence in str(refused.value)


def test_digests_of_different_kinds_stay_apart() -> None:
    assert digest("fact", {"a": 1}) != digest("entry", {"a": 1})


def test_one_instant_in_two_zones_keeps_its_zone() -> None:
    moment = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
    assert canonical_json(moment) != canonical_json(moment.astimezone(timezone(timedelta(hours=8))))


# CHANCE --------------------------------------------------------------------------------------------------------

purposes = st.lists(texts | st.integers(), min_size=1, max_size=4)


@given(st.integers(), purposes)
def test_the_same_name_gives_the_same_draws_and_another_purpose_moves_none(seed: int, purpose: list[Any]) -> None:
    alone = stream(seed, *purpose)
    first = [alone.bits64() for _ in range(5)]
    again, other = stream(seed, *purpose), stream(seed, *purpose, "other")
    mixed = []
    for _ in range(5):
        mixed.append(again.bits64())
        other.bits64()
    assert mixed == first
    assert stream(seed, *purpose, "other").bits64() != first[0]


@given(purposes, purposes)
def test_different_purposes_are_different_streams(one: list[Any], other: list[Any]) -> None:
    same = [str(part) for part in one] == [str(part) for part in other]
    assert (stream(1, *one).bits64() == stream(1, *other).bits64()) == same


@pytest.mark.parametrize(("one", "other"), [(("a\x1fb",), ("a", "b")), (("a\\u", "b"), ("a\x1f", "b"))])
def test_no_text_passes_for_two(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert stream(1, *one).bits64() != stream(1, *other).bits64()


def test_draws_are_hmac_of_purpose_and_counter() -> None:
    key = bytes(range(32))
    block = hmac.new(key, b"visit\x1f7\x1e" + bytes(8), hashlib.sha256).digest()
    assert Stream(key, "visit", 7).bits64() == int.from_bytes(block[:8], "big")


@given(st.integers(), st.integers(1, 2**64))
def test_below_lies_below(seed: int, count: int) -> None:
    assert 0 <= stream(seed).below(count) < count


@pytest.mark.parametrize("count", [0, -1, 2**64 + 1])
def test_below_refuses_what_it_cannot_draw(count: int) -> None:
    with pytest.raises(ValueError, match="from 1 to"):
        stream(1).below(count)


class Scripted(Stream):
    """A stream whose bits are given."""

    def __init__(self, *bits: int) -> None:
        super().__init__(b"")
        self._bits = iter(bits)

    def bits64(self) -> int:
        return next(self._bits)


def test_below_passes_over_the_numbers_that_would_make_it_uneven() -> None:
    # 2**64 = 3 * 6148914691236517205 + 1: only the very last number is one too many.
    assert Scripted(2**64 - 1, 2**64 - 2).below(3) == 2
    # Without rejection, a count of 3/4 of 2**64 would hit its first third twice as often.
    count = 3 * 2**62
    assert Scripted(count, count + 5, 7).below(count) == 7


@pytest.mark.parametrize("count", [2, 3, 7, 10])
def test_below_is_even(count: int) -> None:
    """Chi-square over 20,000 draws of a fixed stream, below the 99.99 % point for up to 9 degrees of freedom."""
    draws = stream(2026, "even", count)
    seen = Counter(draws.below(count) for _ in range(20_000))
    expected = 20_000 / count
    assert set(seen) == set(range(count))
    assert sum((each - expected) ** 2 / expected for each in seen.values()) < 33.8


@given(st.integers())
def test_happens_never_at_zero_and_always_at_one(seed: int) -> None:
    draws = stream(seed)
    assert not any(draws.happens(0.0) for _ in range(20))
    assert all(draws.happens(1.0) for _ in range(20))


@pytest.mark.parametrize("probability", [-0.1, 1.1, math.nan, math.inf])
def test_happens_refuses_what_is_no_probability(probability: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        stream(1).happens(probability)


@given(st.integers(), st.lists(st.sampled_from([0.0, 0.1, 1e-300, 3.0, 1e300]), min_size=1, max_size=6))
def test_weighted_never_takes_an_option_of_no_weight(seed: int, weights: list[float]) -> None:
    assume(any(weights))
    draws = stream(seed)
    for _ in range(10):
        assert weights[draws.weighted(range(len(weights)), weights)] > 0


def test_weighted_stays_off_a_last_option_of_no_weight_when_rounding_leaves_a_remainder() -> None:
    # The largest uniform there is, against weights whose running difference does not come below zero.
    weights = [0.1] * 10 + [0.0]
    assert Scripted(2**64 - 1).weighted(range(11), weights) < 10


def test_weighted_follows_the_weights() -> None:
    draws = stream(2026, "weights")
    seen = Counter(draws.weighted("abc", [5, 3, 2]) for _ in range(10_000))
    for option, weight in zip("abc", [5, 3, 2], strict=True):
        assert abs(seen[option] - 1000 * weight) < 4 * (1000 * weight * (1 - weight / 10)) ** 0.5


@pytest.mark.parametrize("weights", [[], [0.0, 0.0], [1.0, -1.0], [math.nan, 1.0], [math.inf, 1.0]])
def test_weighted_refuses_weights_that_choose_nothing(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="Weights are finite"):
        stream(1).weighted(range(len(weights)), weights)


@given(st.integers(), st.lists(st.integers(), max_size=8))
def test_shuffle_keeps_the_items(seed: int, items: list[int]) -> None:
    mixed = list(items)
    stream(seed).shuffle(mixed)
    assert Counter(mixed) == Counter(items)


def test_shuffle_makes_every_order_as_likely() -> None:
    draws = stream(2026, "shuffle")
    seen: Counter[str] = Counter()
    for _ in range(6000):
        items = list("abc")
        draws.shuffle(items)
        seen["".join(items)] += 1
    assert len(seen) == 6
    assert sum((each - 1000) ** 2 / 1000 for each in seen.values()) < 25.7  # 99.99 % point, 5 degrees of freedom


def test_exponential_and_normal_have_their_mean_and_spread() -> None:
    draws, count = stream(2026, "continuous"), 20_000
    waits = [draws.exponential(7.0) for _ in range(count)]
    assert min(waits) >= 0
    assert abs(sum(waits) / count - 7.0) < 4 * 7.0 / count**0.5
    values = [draws.normal(10.0, 2.0) for _ in range(count)]
    mean = sum(values) / count
    assert abs(mean - 10.0) < 4 * 2.0 / count**0.5
    spread = (sum((each - mean) ** 2 for each in values) / count) ** 0.5
    assert abs(spread - 2.0) < 4 * 2.0 / (2 * count) ** 0.5
