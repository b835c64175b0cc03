"""Time to deterioration of a score, rule by rule."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from equipoise.methods.deterioration import (
    Deterioration,
    DeteriorationRule,
    Ending,
    Lasting,
    Score,
    time_to_deterioration,
)

START = date(2026, 1, 1)
WORSE, DIED, CENSORED = Ending


def scores(*values: int | None) -> list[Score]:
    """A score every 50 days, the baseline first; None where the scale could not be scored."""
    return [
        Score(START + timedelta(days=50 * place), None if value is None else Fraction(value), place == 0)
        for place, value in enumerate(values)
    ]


def ended(
    *values: int | None, died: int | None = None, worse: str = "lower", **options: object
) -> tuple[int, Ending] | None:
    rule = DeteriorationRule(Fraction(10), worse, **options)  # type: ignore[arg-type]
    died_on = None if died is None else START + timedelta(days=died)
    found = time_to_deterioration(scores(*values), rule, died=died_on)
    return None if found is None else ((found.on - START).days, found.ending)


def test_exactly_the_threshold_is_deterioration() -> None:
    assert ended(80, 70) == (50, WORSE)
    assert ended(80, 71) == (50, CENSORED)


def test_a_symptom_is_worse_when_higher() -> None:
    assert ended(20, 30, worse="higher") == (50, WORSE)
    assert ended(20, 10, worse="higher") == (50, CENSORED)


@pytest.mark.parametrize(
    ("reference", "expected"), [("baseline", (150, CENSORED)), ("best", (100, WORSE)), ("previous", (100, WORSE))]
)
def test_what_it_is_held_against(reference: str, expected: tuple[int, Ending]) -> None:
    assert ended(60, 80, 65, 60, reference=reference) == expected


def test_a_slow_decline_is_none_against_the_previous_score() -> None:
    assert ended(80, 75, 70, 65, reference="previous") == (150, CENSORED)
    assert ended(80, 75, 70, 65, reference="baseline") == (100, WORSE)


@pytest.mark.parametrize(
    ("values", "lasting", "expected"),
    [
        ((80, 60, 85), Lasting.FIRST, (50, WORSE)),
        ((80, 60, 90), Lasting.NOT_ABOVE_REFERENCE, (50, WORSE)),  # 10 better is not more than 10 better
        ((80, 60, 91), Lasting.NOT_ABOVE_REFERENCE, (100, CENSORED)),
        ((80, 60, 70), Lasting.AT_ALL_LATER, (50, WORSE)),
        ((80, 60, 71), Lasting.AT_ALL_LATER, (100, CENSORED)),
        ((80, 60, 75, 60), Lasting.AT_ALL_LATER, (150, WORSE)),
        ((80, 60, 70), Lasting.NOT_ABOVE_ITSELF, (50, WORSE)),
        ((80, 60, 71), Lasting.NOT_ABOVE_ITSELF, (100, CENSORED)),
    ],
)
def test_when_it_is_definitive(values: tuple[int, ...], lasting: Lasting, expected: tuple[int, Ending]) -> None:
    assert ended(*values, lasting=lasting) == expected


def test_death_is_censored_or_an_event_of_its_own_kind() -> None:
    assert ended(80, 78, died=200) == (50, CENSORED)
    assert ended(80, 78, died=200, death="event") == (200, DIED)
    assert ended(80, 60, died=200, death="event") == (50, WORSE)
    assert ended(80, died=30, death="event") == (30, DIED)


@pytest.mark.parametrize(
    ("handling", "expected"), [("censored", (0, CENSORED)), ("event", (0, WORSE)), ("excluded", None)]
)
def test_no_baseline_and_no_follow_up(handling: str, expected: tuple[int, Ending] | None) -> None:
    assert ended(None, 60, without_baseline=handling) == expected
    assert ended(80, None, without_follow_up=handling) == expected


def test_a_later_score_stands_for_a_missing_baseline_where_the_best_counts() -> None:
    assert ended(None, 80, 65, reference="best") == (100, WORSE)


def test_a_form_that_could_not_be_scored_is_passed_over() -> None:
    assert ended(80, None, 60) == (100, WORSE)
    assert ended(80, 79, None) == (50, CENSORED)  # the last day anything was known


def test_nothing_ever_scored() -> None:
    assert ended(None, None) is None
    assert ended() is None


def test_a_result_names_what_was_missing() -> None:
    rule = DeteriorationRule(Fraction(10), "lower")
    assert time_to_deterioration(scores(80), rule) == Deterioration(START, CENSORED, "no follow-up")
    assert time_to_deterioration(scores(None, 70), rule) == Deterioration(START, CENSORED, "no baseline")


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="A threshold of deterioration is positive; seen 0"):
        DeteriorationRule(Fraction(0), "lower")
    with pytest.raises(ValueError, match="Two scores stand on one day"):
        time_to_deterioration([*scores(80), *scores(70)], DeteriorationRule(Fraction(10), "lower"))
