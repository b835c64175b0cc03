"""Times to events: sources, and the censoring tables row by row (FDA 2018 and 2015, EMA 2012)."""

from datetime import date, timedelta

import pytest

from equipoise.methods.endpoints import (
    Censoring,
    Followup,
    GapLimit,
    Progression,
    Source,
    TimeToEvent,
    at_scheduled_visit,
    competing_risks,
    duration_of_response,
    equivocal_until_confirmed,
    overall_survival,
    progression_free_survival,
    progression_interval,
    time_to_event,
)

START = date(2026, 1, 1)
GAP = GapLimit(interval=56, window=7)
"""Assessments every 8 weeks, a week either way: two missed are more than 119 days."""


def at(day: int, what: str, code: int = 1) -> Source:
    """A source so many days after the start."""
    return Source(START + timedelta(days=day), what, "ADRS", "ADT", day, code)


def followup(
    assessed: tuple[int, ...] = (),
    *,
    not_evaluable: tuple[int, ...] = (),
    progressed: int | None = None,
    died: int | None = None,
    other: int | None = None,
    stopped: int | None = None,
    has_baseline: bool = True,
) -> Followup:
    """Assessments on these days (a progression is one too), and what happened on the others."""
    adequate = sorted({*assessed, *([progressed] if progressed is not None else [])})
    return Followup(
        start=Source(START, "Randomization", "ADSL", "RANDDT"),
        progressions=() if progressed is None else (at(progressed, "Disease Progression"),),
        deaths=() if died is None else (at(died, "Death"),),
        assessments=tuple(at(day, "Last Tumor Assessment") for day in sorted((*adequate, *not_evaluable))),
        adequate=tuple(at(day, "Last Tumor Assessment") for day in adequate),
        other_therapy=() if other is None else (at(other, "New Anticancer Therapy"),),
        stops=() if stopped is None else (at(stopped, "Treatment Stopped"),),
        has_baseline=has_baseline,
    )


def outcome(found: TimeToEvent) -> tuple[int, int, str]:
    """Days after the start, CNSR, what it is called."""
    return (found.on - START).days, found.censored, found.description


SCANS = (56, 112, 168)


@pytest.mark.parametrize(
    ("situation", "fda", "policy"),
    [
        # no post-baseline assessment, alive: both censor at randomization
        (followup(), (0, 1, "Randomization"), (0, 1, "Randomization")),
        # no baseline assessment: FDA censors at randomization, EMA counts what is observed
        (
            followup(SCANS, progressed=224, has_baseline=False),
            (0, 1, "No Baseline Assessment"),
            (224, 0, "Disease Progression"),
        ),
        # progression between scheduled visits: the day of the scan that shows it
        (followup(SCANS, progressed=190), (190, 0, "Disease Progression"), (190, 0, "Disease Progression")),
        # no progression: the last adequate assessment; an NE one is not adequate
        (
            followup(SCANS, not_evaluable=(224,)),
            (168, 1, "Last Tumor Assessment"),
            (168, 1, "Last Tumor Assessment"),
        ),
        # stopped for toxicity, no progression; or clinical progression that no image documents
        (followup(SCANS, stopped=120), (112, 1, "Treatment Stopped"), (168, 1, "Last Tumor Assessment")),
        (
            followup(SCANS, stopped=120, progressed=224),
            (112, 1, "Treatment Stopped"),
            (224, 0, "Disease Progression"),
        ),
        # another therapy before progression: FDA censors at the last adequate assessment before it, EMA ignores it
        (
            followup(SCANS, other=130, progressed=168),
            (112, 1, "New Anticancer Therapy"),
            (168, 0, "Disease Progression"),
        ),
        # another therapy on or after the day of progression changes nothing
        (followup(SCANS, other=168, progressed=168), (168, 0, "Disease Progression"), (168, 0, "Disease Progression")),
        (followup(SCANS, other=200, progressed=168), (168, 0, "Disease Progression"), (168, 0, "Disease Progression")),
        # another therapy before any assessment
        (followup((), other=20, died=60), (0, 1, "New Anticancer Therapy"), (60, 0, "Death")),
        # death before the first assessment, within the window of two missed ones: an event
        (followup((), died=119), (119, 0, "Death"), (119, 0, "Death")),
        # ... and beyond it
        (followup((), died=120), (0, 1, "Missed Assessments"), (120, 0, "Death")),
        # death between scheduled assessments: an event
        (followup(SCANS, died=200), (200, 0, "Death"), (200, 0, "Death")),
        # death or progression after two or more consecutive missed assessments
        (followup((56,), died=56 + 119), (175, 0, "Death"), (175, 0, "Death")),
        (followup((56,), died=56 + 120), (56, 1, "Missed Assessments"), (176, 0, "Death")),
        (
            followup((56,), progressed=224),
            (56, 1, "Missed Assessments"),
            (224, 0, "Disease Progression"),
        ),
        # a gap earlier on, closed by an adequate assessment, does not matter
        (followup((56, 224), progressed=280), (280, 0, "Disease Progression"), (280, 0, "Disease Progression")),
        # progression and death on one day: progression
        (followup(SCANS, progressed=200, died=200), (200, 0, "Disease Progression"), (200, 0, "Disease Progression")),
    ],
)
def test_censoring_table(situation: Followup, fda: tuple[int, int, str], policy: tuple[int, int, str]) -> None:
    assert outcome(progression_free_survival(situation, Censoring.FDA, gap=GAP)) == fda
    assert outcome(progression_free_survival(situation, Censoring.TREATMENT_POLICY)) == policy


def test_simple_censors_at_the_last_assessment_of_any_kind() -> None:
    found = progression_free_survival(followup(SCANS, not_evaluable=(224,)), Censoring.SIMPLE)
    assert outcome(found) == (224, 1, "Last Tumor Assessment")


def test_the_limit_before_the_first_scan_may_be_another() -> None:
    early = GapLimit(interval=56, window=7, first_interval=28)
    assert outcome(progression_free_survival(followup((), died=63), Censoring.FDA, gap=early))[1] == 0
    assert outcome(progression_free_survival(followup((), died=64), Censoring.FDA, gap=early))[1] == 1
    assert outcome(progression_free_survival(followup((56,), died=170), Censoring.FDA, gap=early))[1] == 0


def test_without_a_schedule_missed_assessments_are_not_looked_for() -> None:
    assert outcome(progression_free_survival(followup((), died=900), Censoring.FDA)) == (900, 0, "Death")


def test_days_count_both_ends_and_months_are_of_30_4375() -> None:
    found = progression_free_survival(followup(SCANS, progressed=190), Censoring.SIMPLE)
    assert found.days == 191
    assert found.months == pytest.approx(191 / 30.4375)


def test_a_result_says_where_it_came_from() -> None:
    found = progression_free_survival(followup(SCANS, progressed=190), Censoring.SIMPLE)
    assert (found.source.domain, found.source.variable, found.source.sequence) == ("ADRS", "ADT", 190)


def test_the_earliest_event_and_the_latest_censoring() -> None:
    events = [at(30, "second"), at(20, "first"), at(20, "as early, given later")]
    censorings = [at(90, "late"), at(10, "early")]
    assert outcome(_found(time_to_event(START, events, censorings))) == (20, 0, "first")
    assert outcome(_found(time_to_event(START, [], censorings))) == (90, 1, "late")
    assert time_to_event(START, [], []) is None


def test_an_end_takes_later_dates_out_of_account_and_names_the_reason() -> None:
    ends = [at(60, "end of study", 1), at(50, "new drug", 2)]
    found = _found(time_to_event(START, [at(55, "worse")], [at(20, "seen"), at(55, "seen")], ends))
    assert outcome(found) == (20, 2, "new drug")
    assert found.censoring_description == "seen"
    assert outcome(_found(time_to_event(START, [at(50, "worse")], [], ends))) == (50, 0, "worse")


def test_a_censoring_may_stand_above_an_end() -> None:
    start = Source(START, "no assessments", "ADSL", "TRTSDT", code=3, minds_ends=False)
    found = _found(time_to_event(START, [], [start], [at(10, "end of study")]))
    assert outcome(found) == (0, 3, "no assessments")


def test_a_date_before_the_start_becomes_the_start() -> None:
    assert outcome(_found(time_to_event(START, [], [at(-30, "last seen")])))[0] == 0


def test_without_a_start_there_are_dates_but_no_days() -> None:
    found = _found(time_to_event(None, [at(10, "event")], []))
    assert found.on == START + timedelta(days=10)
    assert found.days is None
    assert found.months is None


def _found(result: TimeToEvent | None) -> TimeToEvent:
    assert result is not None
    return result


def test_overall_survival() -> None:
    start = Source(START, "Randomization", "ADSL", "RANDDT")
    assert outcome(overall_survival(start, [at(100, "Death")], [at(90, "Alive")])) == (100, 0, "Death")
    assert outcome(overall_survival(start, [], [at(90, "Alive")])) == (90, 1, "Alive")
    assert outcome(overall_survival(start, [], [])) == (0, 1, "Randomization")


def test_duration_of_response_begins_with_the_response() -> None:
    response = at(56, "Response")
    seen = [at(20, "Last Tumor Assessment"), at(112, "Last Tumor Assessment")]
    found = duration_of_response(response, [at(168, "Disease Progression")], [], seen)
    assert (found.days, found.censored) == (113, 0)
    assert duration_of_response(response, [], [], seen).days == 57
    assert duration_of_response(response, [], [], seen[:1]).days == 1


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        (followup((56, 112), progressed=168), (112, 168)),
        (followup((), progressed=56), (0, 56)),
        (followup((56,)), (56, None)),
        (followup((56,), died=100), (100, 100)),
    ],
)
def test_interval_of_progression(situation: Followup, expected: tuple[int, int | None]) -> None:
    left, right = progression_interval(situation)
    assert ((left - START).days, None if right is None else (right - START).days) == expected


@pytest.mark.parametrize(
    ("failed", "died", "seen", "expected"),
    [
        ((100,), (200,), (56,), (100, 1)),
        ((), (200,), (56,), (200, 2)),
        ((), (), (56, 112), (112, 0)),
        ((200,), (200,), (), (200, 1)),  # found on the day of death: it came before
        ((300, 100), (), (), (100, 1)),  # the first of several lesions
    ],
)
def test_competing_risks(
    failed: tuple[int, ...], died: tuple[int, ...], seen: tuple[int, ...], expected: tuple[int, int]
) -> None:
    found = competing_risks(
        START,
        [at(day, "Local Failure") for day in failed],
        [at(day, "Death") for day in died],
        [at(day, "Last Tumor Assessment") for day in seen],
    )
    assert found is not None
    assert ((found[0].on - START).days, found[1]) == expected


def test_no_source_no_risk() -> None:
    assert competing_risks(START, [], [], []) is None


def test_growth_at_a_residual_site_alone_is_equivocal_until_confirmed() -> None:
    early, late = at(56, "Disease Progression"), at(112, "Disease Progression")
    elsewhere = Progression(late, is_only_residual=False)
    for confirmed, expected in ((None, (late,)), (False, (late,)), (True, (early, late))):
        residual = Progression(early, is_only_residual=True, is_confirmed=confirmed)
        assert equivocal_until_confirmed([residual, elsewhere]) == expected


@pytest.mark.parametrize(
    ("progressed", "direction", "expected"),
    [(100, "previous", 56), (100, "next", 112), (112, "previous", 112), (112, "next", 112), (20, "previous", 20),
     (200, "next", 200)],
)  # fmt: skip
def test_progression_moved_to_a_scheduled_visit(progressed: int, direction: str, expected: int) -> None:
    scheduled = [START + timedelta(days=day) for day in (56, 112, 168)]
    found = progression_free_survival(followup((), progressed=progressed), Censoring.SIMPLE)
    assert (at_scheduled_visit(found, scheduled, direction).on - START).days == expected  # type: ignore[arg-type]


def test_deaths_and_censorings_stay_where_they_are() -> None:
    scheduled = [START + timedelta(days=day) for day in (56, 112)]
    for situation in (followup((), died=100), followup((100,))):
        found = progression_free_survival(situation, Censoring.SIMPLE)
        assert at_scheduled_visit(found, scheduled, "next") == found
