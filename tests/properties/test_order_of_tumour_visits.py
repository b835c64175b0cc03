"""Visits of a tumour table are put in the one order that dates and numbers agree to, or in none."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, permutations

from hypothesis import given
from hypothesis import strategies as st

from equipoise.imports.tumour_visits import VisitRows, ordered
from equipoise.kernel.dates import PartialDate

DAYS = st.integers(0, 120).map(lambda day: PartialDate.of(date(2026, 1, 1) + timedelta(days=day)))
VAGUE = st.builds(PartialDate, st.just(2026), st.integers(1, 5))
NUMBERS = st.lists(st.integers(1, 9), min_size=1, max_size=6, unique=True)
DATES = st.lists(st.one_of(DAYS, DAYS, VAGUE), max_size=2)


@given(NUMBERS, st.lists(DATES, min_size=6, max_size=6))
def test_the_only_order_there_is(numbers: list[int], dates: list[list[PartialDate]]) -> None:
    visits = [
        VisitRows(str(number), Decimal(number), dates=[(day, 1) for day in days])
        for number, days in zip(numbers, dates, strict=False)
    ]
    agreed = [line for line in permutations(visits) if all(_before(a, b) for a, b in combinations(line, 2))]
    found = ordered(visits)
    assert [list(line) for line in agreed] == ([] if isinstance(found, tuple) else [found])


def _before(one: VisitRows, other: VisitRows) -> bool:
    """By date where every day of the one lies before, or after, every day of the other; else by number."""
    pairs = [(a, b) for a, _ in one.dates for b, _ in other.dates]
    if pairs and all(a.latest < b.earliest for a, b in pairs):
        return True
    if pairs and all(a.earliest > b.latest for a, b in pairs):
        return False
    return one.position < other.position
