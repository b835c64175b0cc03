"""One horizontal timeline of everything of a participant: marks in lanes, today's line, the windows ahead."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from equipoise.conduct.calendar import Appointment, Standing
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import concepts_of
from equipoise.conduct.journey import first_progression
from equipoise.protocol.model import Protocol

WIDTH, LEFT, ROW = 960, 152, 26


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing on the timeline: when, in which lane, as which shape, and what it is in words."""

    day: date
    last: date
    lane: str
    shape: str
    says: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A mark with its place in the picture."""

    mark: Mark
    x: float
    width: float
    y: float

    @property
    def middle(self) -> float:
        """The middle of its lane."""
        return self.y + ROW / 2


@dataclass(frozen=True, slots=True)
class Timeline:
    """Everything a template needs to draw."""

    width: int
    height: int
    left: int
    lanes: tuple[tuple[str, float], ...]
    marks: tuple[Drawn, ...]
    ticks: tuple[tuple[float, str], ...]
    today: float | None


def timeline(
    protocol: Protocol, casebook: Casebook, appointments: list[Appointment], *, today: date, knows_arm: bool
) -> Timeline | None:
    """The timeline of a participant; None before consent."""
    marks = sorted(_marks(protocol, casebook, appointments, today, knows_arm), key=lambda mark: mark.day)
    if not marks:
        return None
    first = min(mark.day for mark in marks) - timedelta(days=7)
    last = max(max(mark.last for mark in marks), min(today, max(mark.last for mark in marks)) + timedelta(days=28))
    span = max(1, (last - first).days)
    lanes = list(dict.fromkeys(mark.lane for mark in marks))
    rows = {lane: 24 + index * ROW for index, lane in enumerate(lanes)}

    def place(day: date) -> float:
        return LEFT + (day - first).days / span * (WIDTH - LEFT - 16)

    drawn = tuple(
        Drawn(mark, place(mark.day), max(0.0, place(mark.last) - place(mark.day)), rows[mark.lane]) for mark in marks
    )
    return Timeline(
        width=WIDTH,
        height=24 + ROW * len(lanes) + 8,
        left=LEFT,
        lanes=tuple((lane, rows[lane] + ROW / 2 + 4) for lane in lanes),
        marks=drawn,
        ticks=tuple((place(day), day.strftime("%Y-%m")) for day in _ticks(first, last)),
        today=place(today) if first <= today <= last else None,
    )


def _ticks(first: date, last: date) -> Iterator[date]:
    months = (last.year - first.year) * 12 + last.month - first.month
    step = 1 if months <= 10 else 3 if months <= 30 else 6 if months <= 60 else 12
    day = date(first.year, first.month, 1)
    while day <= last:
        if day >= first and (day.month - 1) % step == 0:
            yield day
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _marks(
    protocol: Protocol, casebook: Casebook, appointments: list[Appointment], today: date, knows_arm: bool
) -> Iterator[Mark]:
    here = reverse("participant", args=[casebook.subject])
    steps = _("Journey")
    if casebook.consented_on:
        yield Mark(casebook.consented_on, casebook.consented_on, steps, "dot", _("Consent"))
    if casebook.screen_failed:
        day = date.fromisoformat(casebook.screen_failed.on)
        yield Mark(day, day, steps, "cross", _("Screen failure"))
    if casebook.randomized_on:
        arm = protocol.arm(casebook.arm or "").label if knows_arm else ""
        says = _("Randomized") + (f": {arm}" if arm else "")
        yield Mark(casebook.randomized_on, casebook.randomized_on, steps, "diamond", says)
    for appointment in appointments:
        yield from _visit(here, appointment, today)
    if not knows_arm:
        return
    yield from _recorded(here, protocol, casebook)
    first = first_progression(protocol, casebook)
    if first is not None and (progressed := first.day("progression.date")) is not None:
        url = f"{here}logs/{first.form.id}/" if first.form.use == "log" else _url(here, first.record)
        yield Mark(progressed.earliest, progressed.earliest, steps, "cross", _("Progression"), url)
    for stop, _header in casebook.stops:
        day = date.fromisoformat(stop.on)
        label = next((one.label for one in protocol.stops if one.id == stop.stop), stop.stop)
        yield Mark(day, day, _("Stops"), "ring", label)
    if casebook.death:
        yield Mark(casebook.death.earliest, casebook.death.latest, steps, "cross", _("Died"))


def _recorded(here: str, protocol: Protocol, casebook: Casebook) -> Iterator[Mark]:
    """Drugs, radiotherapy and adverse events, whatever the protocol calls the forms they are entered in."""
    concepts = concepts_of(protocol)
    cycles, radiotherapy, events, graded = _("Cycles"), _("Radiotherapy"), _("Adverse events"), _("grade")
    for view in concepts.views(casebook, "drug.date"):
        if (day := view.day("drug.date")) is not None:
            says = f"{view.text('drug.agent') or view.text('drug.id')} {view.text('drug.cycle')}"
            yield Mark(day.earliest, day.earliest, cycles, "tick", says, _url(here, view.record))
    for view in concepts.views(casebook, "rt.start"):
        if (start := view.day("rt.start")) is not None:
            last = (view.day("rt.end") or start).latest
            yield Mark(start.earliest, last, radiotherapy, "bar", view.text("rt.volume"), _url(here, view.record))
    for view in concepts.views(casebook, "ae.start"):
        if (day := view.day("ae.start")) is not None:
            grade = view.text("ae.grade")
            shape = "cross" if grade in ("3", "4", "5") else "ring"
            says = f"{view.text('ae.term')} {graded} {grade}"
            yield Mark(day.earliest, day.earliest, events, shape, says, _url(here, view.record))


def _visit(here: str, appointment: Appointment, today: date) -> Iterator[Mark]:
    visit = appointment.planned
    if visit.window.first > today + timedelta(days=120):
        return
    shapes = {
        Standing.DONE: "dot", Standing.PARTIAL: "ring", Standing.MISSED: "cross", Standing.OVERDUE: "window",
        Standing.OPEN: "window", Standing.AHEAD: "window",
    }  # fmt: skip
    shape = shapes[appointment.standing]
    first, last = (visit.window.first, visit.window.last) if shape == "window" else (visit.due, visit.due)
    label = f"{visit.visit.label} {visit.number if visit.visit.repeat else ''}".strip()
    yield Mark(first, last, visit.visit.label, shape, label, f"{here}visits/{visit.key}/")


def _url(here: str, record: Any) -> str:
    # Written out rather than reversed: a busy participant has hundreds of marks. Ids hold nothing to be quoted.
    return f"{here}forms/{record.form}/{record.occurrence}/"
