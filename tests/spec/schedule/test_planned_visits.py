"""The schedule: when visits fall due, in which window, and what ends them."""

from datetime import date

import pytest

from equipoise.methods.schedule import Repeat, Visit, days_of, planned_visits

RANDOMIZED = date(2026, 3, 2)


def plan(*visits: Visit, horizon: str, arm: str | None = "rt", **ended: str) -> list[tuple[str, str, str, str]]:
    """Planned visits as (key, due, first, last) of their windows."""
    return [
        (each.key, str(each.due), str(each.window.first), str(each.window.last))
        for each in planned_visits(
            visits,
            {"randomization": RANDOMIZED},
            arm=arm,
            ended={name: date.fromisoformat(day) for name, day in ended.items()},
            horizon=date.fromisoformat(horizon),
        )
    ]


def visit(name: str, at: str, **more: object) -> Visit:
    """A visit after randomization."""
    return Visit(id=name, label=name, anchor="randomization", at=at, **more)  # type: ignore[arg-type]


def test_a_visit_falls_due_after_its_anchor_and_its_window_includes_both_ends() -> None:
    week4 = visit("week4", "4 weeks", early="3 days", late="7 days")
    assert plan(week4, horizon="2026-12-31") == [("week4", "2026-03-30", "2026-03-27", "2026-04-06")]


def test_a_visit_may_lie_before_its_anchor() -> None:
    assert plan(visit("baseline", "-14 days"), horizon="2026-12-31") == [
        ("baseline", "2026-02-16", "2026-02-16", "2026-02-16")
    ]


def test_scans_repeat_at_one_distance_and_then_at_another_counted_from_one() -> None:
    scans = visit(
        "scan", "8 weeks", repeat=(Repeat(every="8 weeks", until="24 weeks"), Repeat(every="12 weeks")),
    )  # fmt: skip
    due = [(key, day) for key, day, _, _ in plan(scans, horizon="2026-12-31")]
    # 2 March 2026 plus 8, 16, 24, 36 weeks; 48 weeks would be 1 February 2027.
    assert due == [
        ("scan:1", "2026-04-27"), ("scan:2", "2026-06-22"), ("scan:3", "2026-08-17"), ("scan:4", "2026-11-09"),
    ]  # fmt: skip


def test_the_horizon_includes_its_day() -> None:
    assert len(plan(visit("week4", "4 weeks"), horizon="2026-03-30")) == 1
    assert plan(visit("week4", "4 weeks"), horizon="2026-03-29") == []


@pytest.mark.parametrize(
    ("ended", "count"),
    [({"death": "2026-04-26"}, 0), ({"death": "2026-04-27"}, 1), ({"lost": "2026-07-01"}, 2),
     ({"treatment": "2026-03-03"}, 3)],
)  # fmt: skip
def test_each_visit_ends_with_the_facts_it_names(ended: dict[str, str], count: int) -> None:
    """Stopping treatment is not among them by default: scans go on."""
    scans = visit("scan", "8 weeks", repeat=(Repeat(every="8 weeks", until="24 weeks"),))
    assert len(plan(scans, horizon="2026-12-31", **ended)) == count


def test_a_visit_of_one_arm_is_planned_for_that_arm_only() -> None:
    radiotherapy = visit("rt", "2 weeks", only_arms=("rt",))
    assert len(plan(radiotherapy, horizon="2026-12-31")) == 1
    assert plan(radiotherapy, horizon="2026-12-31", arm="control") == []
    assert plan(radiotherapy, horizon="2026-12-31", arm=None) == []


def test_nothing_is_planned_from_an_anchor_not_reached() -> None:
    after_progression = Visit(id="survival", label="Survival", anchor="progression", at="12 weeks")
    assert plan(after_progression, horizon="2030-12-31") == []


def test_visits_come_by_date_whatever_their_order_in_the_file() -> None:
    keys = [key for key, *_ in plan(visit("late", "8 weeks"), visit("early", "1 week"), horizon="2026-12-31")]
    assert keys == ["early", "late"]


@pytest.mark.parametrize(("text", "days"), [("8 weeks", 56), ("1 week", 7), ("-14 days", -14), ("0 days", 0)])
def test_durations_are_days_or_weeks(text: str, days: int) -> None:
    assert days_of(text) == days


@pytest.mark.parametrize(
    "text", ["", "3 months", "1 year", "8", "eight weeks", "1.5 weeks", "8 weeks 2 days", "８ weeks"]
)
def test_other_durations_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="A duration is written in days or weeks"):
        days_of(text)
