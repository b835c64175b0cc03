"""Best overall response (RECIST 1.1, section 4.6, table 3) and the date of response."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from equipoise.clinical.recist.best_response import (
    Assessment,
    Best,
    Confirmation,
    best_response,
    confirmed_best_response,
    response_date,
)
from equipoise.clinical.recist.codes import BestResponse

START = date(2026, 1, 1)


def series(text: str) -> list[Assessment]:
    """`SD@42 PR@84`: response and days after the start."""
    found = []
    for part in text.split():
        code, _, day = part.partition("@")
        found.append(Assessment(START + timedelta(days=int(day)), BestResponse(code)))
    return found


def best(code: str, day: int | None = None) -> Best:
    return Best(BestResponse(code), None if day is None else START + timedelta(days=day))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", best("MISSING")),
        ("SD@56 PR@112 CR@168", best("CR", 168)),
        ("PR@56 SD@112 PR@168", best("PR", 56)),  # the earliest among equals
        ("SD@42", best("SD", 42)),  # on the last day of the window
        ("SD@41", best("NE", 41)),  # too early to be stable
        ("SD@20 PD@56", best("PD", 56)),
        ("SD@20 SD@56 PD@112", best("SD", 56)),
        ("PR@10", best("PR", 10)),  # a response counts however early
        ("CR@10", best("CR", 10)),
        ("NON-CR/NON-PD@56", best("NON-CR/NON-PD", 56)),
        ("NON-CR/NON-PD@20", best("NE", 20)),
        ("PD@56 PR@112", best("PD", 56)),  # what comes after progression does not count
        ("NE@56 ND@112", best("NE", 56)),
        ("ND@56", best("ND", 56)),
        ("PD@56 CR@56", best("CR", 56)),  # the same day still counts
    ],
)
def test_without_confirmation(text: str, expected: Best) -> None:
    assert best_response(series(text), START, min_sd_days=42) == expected


def confirmed(text: str, **options: int | bool) -> Best:
    return confirmed_best_response(series(text), START, min_sd_days=42, confirmation=Confirmation(**options))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CR@56 CR@112", best("CR", 56)),
        ("CR@56 PR@112", best("SD", 56)),  # reappearance: what was met is the minimum of stable disease
        ("CR@20 PR@30", best("NE", 20)),  # too early for stable disease
        ("CR@20 PR@112", best("SD", 112)),
        ("CR@56 SD@112", best("SD", 56)),
        ("CR@56 PD@112", best("SD", 56)),
        ("CR@20 PD@56", best("PD", 56)),
        ("CR@56 NE@112", best("SD", 56)),
        ("CR@20 NE@56", best("NE", 20)),
        ("PR@56 CR@112", best("PR", 56)),
        ("PR@56 PR@112", best("PR", 56)),
        ("PR@56 SD@112", best("SD", 56)),
        ("PR@56 PD@112", best("SD", 56)),
        ("PR@20 PD@56", best("PD", 56)),
        ("PR@56 NE@112", best("SD", 56)),
        ("PR@20 NE@56", best("NE", 20)),
        ("NE@56 NE@112", best("NE", 56)),
    ],
)
def test_table_3_with_confirmation(text: str, expected: Best) -> None:
    assert confirmed(text) == expected


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("PR@56 PR@84", {}, best("PR", 56)),  # exactly 28 days
        ("PR@56 PR@83", {}, best("SD", 56)),  # 27
        ("PR@56 NE@84 PR@112", {}, best("PR", 56)),  # one NE may lie between
        ("PR@56 NE@70 NE@84 PR@112", {}, best("SD", 56)),  # two may not
        ("PR@56 NE@70 NE@84 PR@112", {"max_ne": 2}, best("PR", 56)),
        ("PR@56 SD@84 PR@112", {}, best("SD", 56)),
        ("PR@56 SD@84 PR@112", {"accept_sd": True}, best("PR", 56)),
        ("PR@56 SD@70 SD@84 PR@112", {"accept_sd": True}, best("SD", 56)),  # one at most
        ("CR@56 SD@84 CR@112", {"accept_sd": True}, best("SD", 56)),  # not between complete responses
        ("CR@56 NE@84 CR@112", {}, best("CR", 56)),
        ("PR@56 CR@70 PR@112", {}, best("SD", 56)),  # no PR after a CR
        ("PR@56 CR@70 CR@112", {}, best("CR", 70)),
        ("PR@56 PR@70 PR@100", {}, best("PR", 56)),  # the third confirms the first
        ("PR@56 PR@70", {"days": 14}, best("PR", 56)),
    ],
)
def test_what_may_lie_between(text: str, options: dict[str, int | bool], expected: Best) -> None:
    assert confirmed(text, **options) == expected


def test_no_assessment_may_count_as_not_evaluable() -> None:
    assert best_response([], START, min_sd_days=42, missing_as_ne=True) == best("NE")


def test_progression_determined_otherwise_ends_the_series() -> None:
    found = best_response(series("SD@56 PR@112"), START, min_sd_days=42, progressed_on=START + timedelta(days=60))
    assert found == best("SD", 56)


def _day(days: int | None) -> date | None:
    return None if days is None else START + timedelta(days=days)


@pytest.mark.parametrize(
    ("text", "any_day", "confirmed_day"),
    [
        ("SD@56 PR@112 PR@168", 112, 112),
        ("SD@56 PR@112 PD@168", 112, None),
        ("CR@56 CR@112", 56, 56),
        ("PD@56 CR@112", None, None),
        ("SD@56", None, None),
    ],
)
def test_date_of_response(text: str, any_day: int | None, confirmed_day: int | None) -> None:
    assert response_date(series(text)) == _day(any_day)
    assert response_date(series(text), confirmation=Confirmation()) == _day(confirmed_day)


def test_the_order_of_rows_does_not_matter() -> None:
    forward: Sequence[Assessment] = series("SD@56 PR@112 PD@168")
    assert best_response(forward[::-1], START, min_sd_days=42) == best_response(forward, START, min_sd_days=42)
