"""The calendar of one subject: which visits are planned, in which windows, and how each one stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from equipoise.conduct.casebook import Casebook
from equipoise.methods.schedule import PlannedVisit, planned_visits
from equipoise.protocol.model import Protocol

LOOK_AHEAD = timedelta(days=400)


class Standing(StrEnum):
    """How a planned visit stands on a day."""

    DONE = "done"
    PARTIAL = "partial"
    MISSED = "missed"
    OVERDUE = "overdue"
    OPEN = "open"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Appointment:
    """A planned visit of a subject, how it stands, and the forms not yet filled in."""

    planned: PlannedVisit
    standing: Standing
    missing: tuple[str, ...]

    @property
    def key(self) -> str:
        """The visit's key, which is its forms' occurrence."""
        return self.planned.key


def anchors(casebook: Casebook) -> dict[str, date]:
    """The day of each anchor this subject has reached."""
    days: dict[str, date] = {}
    if casebook.consented_on:
        days["consent"] = casebook.consented_on
    if casebook.randomized_on:
        days["randomization"] = casebook.randomized_on
        if casebook.progressed_on:
            days["progression"] = casebook.progressed_on.earliest
        ended = casebook.ended()
        if "visits_stopped" in ended:
            days["visits_stopped"] = ended["visits_stopped"]
        if "treatment" in ended:
            days["last_treatment"] = ended["treatment"]
        courses = [day.earliest for record in casebook.rows("radiotherapy_course") if (day := record.day("rt_end"))]
        if courses:
            days["radiotherapy_end"] = max(courses)
    return days


def planned(protocol: Protocol, casebook: Casebook, *, horizon: date) -> Iterator[PlannedVisit]:
    """Every visit planned for the subject up to a horizon. After a screen failure nothing is due."""
    ended = casebook.ended()
    reached = anchors(casebook)
    if casebook.screen_failed and not casebook.randomized:
        return iter(())
    return planned_visits(protocol.schedule, reached, arm=casebook.arm, ended=ended, horizon=horizon)


def appointments(protocol: Protocol, casebook: Casebook, *, today: date) -> list[Appointment]:
    """Every planned visit with its standing, up to a year ahead."""
    return [
        _appointment(protocol, casebook, visit, today)
        for visit in planned(protocol, casebook, horizon=today + LOOK_AHEAD)
    ]


def _appointment(protocol: Protocol, casebook: Casebook, visit: PlannedVisit, today: date) -> Appointment:
    forms = [form for form in visit.visit.forms if not (only := protocol.form(form).only_arms) or casebook.arm in only]
    missing = tuple(form for form in forms if not _filled(protocol, casebook, form, visit.key))
    if visit.key in casebook.missed:
        standing = Standing.MISSED
    elif not missing:
        standing = Standing.DONE
    elif len(missing) < len(forms):
        standing = Standing.PARTIAL if today <= visit.window.last else Standing.OVERDUE
    elif today > visit.window.last:
        standing = Standing.OVERDUE
    else:
        standing = Standing.OPEN if today >= visit.window.first else Standing.AHEAD
    return Appointment(visit, standing, missing)


def _filled(protocol: Protocol, casebook: Casebook, form: str, key: str) -> bool:
    if protocol.form(form).use == "visit":
        return casebook.record(form, key) is not None
    if protocol.form(form).use == "subject":
        return casebook.record(form) is not None
    return form in casebook.completed or bool(casebook.rows(form))
