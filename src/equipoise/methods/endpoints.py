"""Time to an event, derived from dated sources; each result says where its date came from.

A source is a dated thing known of one subject: a progression, a death, an assessment, the start of another therapy.
The event is the earliest of the events; without one the subject is censored at the latest of the censorings. Dates
after an end (the start of another therapy, say, in a hypothetical strategy) do not count.

Censoring rules for progression-free survival: FDA, Clinical Trial Endpoints for the Approval of Cancer Drugs and
Biologics (2018), and for non-small cell lung cancer (2015), appendix C; EMA, Appendix 1 to the guideline on anticancer
medicinal products, EMA/CHMP/27994/2008 Rev. 1. Days count both the first and the last: event - start + 1.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal

from equipoise.kernel.dates import DAYS_PER_MONTH

DEATH = "Death"
"""What a death is called in a description."""
Direction = Literal["previous", "next"]


@dataclass(frozen=True, slots=True)
class Source:
    """A dated thing: what it is, and the domain, variable and sequence (or ledger position) it came from."""

    on: date
    description: str
    domain: str
    variable: str
    sequence: int | None = None
    code: int = 1
    """The value of CNSR where this censors, or where this end does."""
    minds_ends: bool = True
    """Whether an end before it takes it out of account."""


@dataclass(frozen=True, slots=True)
class TimeToEvent:
    """A subject's time: from when, until when, event (CNSR 0) or censored, and the source of the last date."""

    start: date | None
    on: date
    censored: int
    """0 for an event, else the code of the censoring."""
    description: str
    censoring_description: str
    """What the date of censoring is; '' for an event."""
    source: Source

    @property
    def is_event(self) -> bool:
        """Whether the event was observed."""
        return self.censored == 0

    @property
    def days(self) -> int | None:
        """Days, first and last counted; None where the start is not known."""
        return None if self.start is None else (self.on - self.start).days + 1

    @property
    def months(self) -> float | None:
        """Days in months of 30.4375 days."""
        days = self.days
        return None if days is None else days / DAYS_PER_MONTH


def time_to_event(
    start: date | None, events: Iterable[Source], censorings: Iterable[Source], ends: Iterable[Source] = ()
) -> TimeToEvent | None:
    """The time to the earliest event, else to the latest censoring; None where there is neither.

    Of events on one day, the first given; of censorings, the last. The earliest end takes later events and censorings
    out of account, and names the reason of a censoring that minds it. A date before the start becomes the start.
    """
    end = min(ends, key=lambda one: one.on, default=None)

    def counts(one: Source) -> bool:
        return end is None or not one.minds_ends or one.on <= end.on

    event = min((one for one in events if counts(one)), key=lambda one: one.on, default=None)
    if event is not None:
        return TimeToEvent(start, _not_before(start, event.on), 0, event.description, "", event)
    last = max(reversed([one for one in censorings if counts(one)]), key=lambda one: one.on, default=None)
    if last is None:
        return None
    reason = end if end is not None and last.minds_ends else last
    return TimeToEvent(start, _not_before(start, last.on), reason.code, reason.description, last.description, last)


def _not_before(start: date | None, day: date) -> date:
    return day if start is None else max(start, day)


class Censoring(StrEnum):
    """The shipped rules for censoring progression-free survival."""

    SIMPLE = "simple"
    """First of progression and death, else the last assessment, else the start."""
    TREATMENT_POLICY = "treatment_policy"
    """Events count whenever observed; other therapy, stopping and missed scans are no reason to censor (EMA)."""
    FDA = "fda"
    """Censored at the last adequate assessment before other therapy, stopping, or a gap of missed scans."""


@dataclass(frozen=True, slots=True)
class GapLimit:
    """How long, in days, may pass without an adequate assessment before an event still counts.

    Two consecutive missed assessments: twice the interval, and the window beside it. Before the first on-study
    assessment the interval may be another.
    """

    interval: int
    window: int = 0
    first_interval: int | None = None

    def days(self, *, is_first: bool) -> int:
        """The limit after an assessment, or after the start where there was none yet."""
        interval = self.first_interval if is_first and self.first_interval is not None else self.interval
        return 2 * interval + self.window


@dataclass(frozen=True, slots=True)
class Followup:
    """What is known of one subject's progression-free survival. Assessments before the start do not belong here."""

    start: Source
    progressions: tuple[Source, ...] = ()
    deaths: tuple[Source, ...] = ()
    assessments: tuple[Source, ...] = ()
    """Every assessment of disease, adequate or not."""
    adequate: tuple[Source, ...] = ()
    """Those with all scheduled imaging done and a response that is not NE."""
    other_therapy: tuple[Source, ...] = ()
    """Starts of new anticancer therapy."""
    stops: tuple[Source, ...] = ()
    """Stopping for toxicity or otherwise without progression, or clinical progression that no image documents."""
    has_baseline: bool = True


def progression_free_survival(followup: Followup, rule: Censoring, *, gap: GapLimit | None = None) -> TimeToEvent:
    """Progression-free survival under one of the shipped rules. `gap` matters to the FDA rule only.

    Without `gap` the schedule of assessments is not known, and missed ones are not looked for.
    """
    return _RULES[rule](followup, gap)


def _simple(followup: Followup, gap: GapLimit | None) -> TimeToEvent:
    return _found(followup, followup.assessments)


def _treatment_policy(followup: Followup, gap: GapLimit | None) -> TimeToEvent:
    return _found(followup, followup.adequate)


def _found(followup: Followup, assessments: Sequence[Source]) -> TimeToEvent:
    found = time_to_event(followup.start.on, (*followup.progressions, *followup.deaths), (followup.start, *assessments))
    assert found is not None, "the start itself censors"
    return found


def _fda(followup: Followup, gap: GapLimit | None) -> TimeToEvent:
    start = followup.start
    if not followup.has_baseline:
        return _censored(followup, start, "No Baseline Assessment")
    event = min((*followup.progressions, *followup.deaths), key=lambda one: one.on, default=None)
    end = min((*followup.other_therapy, *followup.stops), key=lambda one: one.on, default=None)
    if end is not None and (event is None or end.on < event.on):
        return _censored(followup, _last(followup, end.on), end.description)
    if event is None:
        last = _last(followup, date.max)
        return _censored(followup, last, last.description)
    before = _last(followup, event.on - timedelta(days=1))
    if gap is not None and (event.on - before.on).days > gap.days(is_first=before is start):
        return _censored(followup, before, "Missed Assessments")
    return TimeToEvent(start.on, event.on, 0, event.description, "", event)


_RULES: dict[Censoring, Callable[[Followup, GapLimit | None], TimeToEvent]] = {
    Censoring.SIMPLE: _simple,
    Censoring.TREATMENT_POLICY: _treatment_policy,
    Censoring.FDA: _fda,
}


def _last(followup: Followup, until: date) -> Source:
    """The last adequate assessment up to a day; the start where there is none."""
    held = [one for one in followup.adequate if followup.start.on <= one.on <= until]
    return max(held, key=lambda one: one.on, default=followup.start)


def _censored(followup: Followup, last: Source, reason: str) -> TimeToEvent:
    return TimeToEvent(followup.start.on, last.on, 1, reason, last.description, last)


def overall_survival(start: Source, deaths: Sequence[Source], alive: Sequence[Source]) -> TimeToEvent:
    """Death from any cause; else censored at the last date known alive, which is at least the start."""
    found = time_to_event(start.on, deaths, (start, *alive))
    assert found is not None, "the start itself censors"
    return found


def duration_of_response(
    response: Source, progressions: Sequence[Source], deaths: Sequence[Source], assessments: Sequence[Source]
) -> TimeToEvent:
    """From the first response to progression or death; else to the last assessment from the response on."""
    after = [one for one in assessments if one.on >= response.on]
    found = time_to_event(response.on, (*progressions, *deaths), (response, *after))
    assert found is not None, "the response itself censors"
    return found


def progression_interval(followup: Followup) -> tuple[date, date | None]:
    """Between which days progression happened, for interval-censored analysis; the right end None if not observed.

    Left is the last adequate assessment before the event, or the start. A death without progression is known exactly:
    both ends are its day.
    """
    event = min((*followup.progressions, *followup.deaths), key=lambda one: one.on, default=None)
    if event is None:
        return _last(followup, date.max).on, None
    if event in followup.deaths and event not in followup.progressions:
        return event.on, event.on
    return _last(followup, event.on - timedelta(days=1)).on, event.on


def competing_risks(
    start: date, events: Iterable[Source], competitors: Iterable[Source], censorings: Iterable[Source]
) -> tuple[TimeToEvent, int] | None:
    """The time to whichever comes first, and its status: 1 the event, 2 a competing one, 0 neither. None for no source.

    An event and a competitor on one day are the event: a local failure found on the day of death came before it.
    """
    first, second = tuple(events), tuple(competitors)
    found = time_to_event(start, (*first, *second), censorings)
    if found is None:
        return None
    if not found.is_event:
        return found, 0
    return found, 1 if any(one is found.source for one in first) else 2


@dataclass(frozen=True, slots=True)
class Progression:
    """A progression, and what a supplementary analysis asks of it."""

    source: Source
    is_only_residual: bool
    """It is growth at a residual site and nothing else."""
    is_confirmed: bool | None = None
    """Shown later to be tumour: two increases running, PET or biopsy; None while that is open."""


def equivocal_until_confirmed(progressions: Iterable[Progression]) -> tuple[Source, ...]:
    """The progressions that count where growth at a residual site alone is equivocal until confirmed.

    The rule is the same in both arms, for radiation fibrosis grows too and a confirmation asked of one arm alone would
    delay its progressions. A confirmed one keeps the date of the scan that first showed it.
    """
    return tuple(one.source for one in progressions if not one.is_only_residual or one.is_confirmed is True)


def at_scheduled_visit(found: TimeToEvent, scheduled: Sequence[date], direction: Direction) -> TimeToEvent:
    """The same result with its date moved to the scheduled assessment before or after, a sensitivity analysis.

    A date on schedule stays; so does one before the first or after the last scheduled visit in that direction, a death
    (known to the day), and a censoring. `scheduled` are the days assessments were due.
    """
    if not found.is_event or found.description == DEATH:
        return found
    if direction == "next":
        moved = min((day for day in scheduled if day >= found.on), default=found.on)
    else:
        moved = max((day for day in scheduled if day <= found.on), default=found.on)
    return replace(found, on=moved)
