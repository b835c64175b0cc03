"""The calendar of one subject: which visits are planned, in which windows, and how each one stands."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import concepts_of
from equipoise.conduct.entry import Header
from equipoise.conduct.journey import ended
from equipoise.methods.schedule import PlannedVisit, planned_visits
from equipoise.protocol.model import Protocol

LOOK_AHEAD = timedelta(days=400)

_ENDS: Mapping[str, str] = {
    "progression": "progression", "visits_stopped": "visits_stopped", "last_treatment": "treatment",
}  # fmt: skip
"""Anchors that are the day of something that ends visits."""

type Version = Callable[[str], Protocol | None]
"""Gives a protocol version by its digest; None for one that is not at hand, or is the one in force."""


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


def anchors(protocol: Protocol, casebook: Casebook) -> dict[str, date]:
    """The day of each anchor this subject has reached."""
    days: dict[str, date] = {}
    if casebook.consented_on:
        days["consent"] = casebook.consented_on
    if casebook.randomized_on:
        days["randomization"] = casebook.randomized_on
        over = ended(protocol, casebook)
        for anchor, end in _ENDS.items():
            if end in over:
                days[anchor] = over[end]
        views = concepts_of(protocol).views(casebook, "rt.end")
        courses = [day.earliest for view in views if (day := view.day("rt.end")) is not None]
        if courses:
            days["radiotherapy_end"] = max(courses)
    return days


def planned(protocol: Protocol, casebook: Casebook, *, horizon: date) -> Iterator[PlannedVisit]:
    """Every visit planned for the subject up to a horizon. After a screen failure nothing is due."""
    if casebook.screen_failed and not casebook.randomized:
        return iter(())
    reached, over = anchors(protocol, casebook), ended(protocol, casebook)
    return planned_visits(protocol.schedule, reached, arm=casebook.arm, ended=over, horizon=horizon)


def appointments(
    protocol: Protocol, casebook: Casebook, *, today: date, version: Version = lambda digest: None,
    replaced: Sequence[tuple[str, date]] = (),
) -> list[Appointment]:  # fmt: skip
    """Every planned visit with its standing, up to a year ahead.

    A visit that took place under an earlier `version` was due as that one says, and lacks only what both ask for: what
    an amendment added was not missing then, and what it dropped can no longer be entered. So it is with a visit whose
    window had closed before the day a version was `replaced` at the site by the next, whether or not it took place; one
    that only the next plans was never due.
    """
    logs, horizon = _LogDays(protocol, casebook), today + LOOK_AHEAD
    in_force = {visit.key: visit for visit in planned(protocol, casebook, horizon=horizon)}
    found = dict(in_force)
    for digest, end in reversed(replaced):
        plans = {visit.key: visit for visit in planned(version(digest) or protocol, casebook, horizon=horizon)}
        found = {
            key: now if now.window.last >= end else _with_forms_of_both(plans[key], now)
            for key, now in found.items()
            if now.window.last >= end or key in plans
        }
    for digest, keys in _took_place_under(casebook).items():
        earlier = version(digest)
        if earlier is None:
            continue
        for one in planned(earlier, casebook, horizon=horizon):
            if one.key in keys:
                found[one.key] = _with_forms_of_both(one, in_force.get(one.key))
    return [
        _appointment(protocol, casebook, logs, visit, today)
        for visit in sorted(found.values(), key=lambda one: (one.due, one.key))
    ]


def _with_forms_of_both(then: PlannedVisit, now: PlannedVisit | None) -> PlannedVisit:
    """A visit as it was planned then, with those of its forms that it has now too."""
    kept = now.visit.forms if now is not None else ()
    both = tuple(form for form in then.visit.forms if form in kept)
    return replace(then, visit=replace(then.visit, forms=both))


def _took_place_under(casebook: Casebook) -> dict[str, set[str]]:
    """The visits with records, by the digest of the protocol version that judged the first entry of each."""
    first: dict[str, Header] = {}
    for record in casebook.records.values():
        key, header = record.visit or record.occurrence, record.first
        if (
            record.removed is None
            and header is not None
            and (key not in first or header.position < first[key].position)
        ):
            first[key] = header
    found: dict[str, set[str]] = {}
    for key, header in first.items():
        found.setdefault(header.protocol, set()).add(key)
    return found


class _LogDays:
    """The clinical days of each log's rows, read once: a log belongs to a repeated visit by its dates alone."""

    def __init__(self, protocol: Protocol, casebook: Casebook) -> None:
        self._protocol = protocol
        self._casebook = casebook
        self._days: dict[str, frozenset[date]] = {}

    def of(self, form: str) -> frozenset[date]:
        """The days of a log's rows."""
        if form not in self._days:
            dated_by = self._protocol.form(form).dated_by
            days = (record.day(dated_by) for record in self._casebook.rows(form))
            self._days[form] = frozenset(day.earliest for day in days if day is not None)
        return self._days[form]


def _appointment(
    protocol: Protocol, casebook: Casebook, logs: _LogDays, visit: PlannedVisit, today: date
) -> Appointment:
    forms = [form for form in visit.visit.forms if not (only := protocol.form(form).only_arms) or casebook.arm in only]
    missing = tuple(form for form in forms if not _filled(protocol, casebook, logs, form, visit, forms))
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


def _filled(
    protocol: Protocol, casebook: Casebook, logs: _LogDays, form: str, visit: PlannedVisit, forms: list[str]
) -> bool:
    if protocol.form(form).use == "visit":
        return casebook.record(form, visit.key) is not None
    if protocol.form(form).use == "subject":
        return casebook.record(form) is not None
    if not visit.visit.repeat:
        return form in casebook.completed or bool(casebook.rows(form))
    return bool(logs.of(form) & _days_of(protocol, casebook, visit, forms)) or any(
        day in visit.window for day in logs.of(form)
    )


def _days_of(protocol: Protocol, casebook: Casebook, visit: PlannedVisit, forms: list[str]) -> set[date]:
    """The days on which a visit took place, by its own forms: perhaps outside its window."""
    days = set()
    for form in forms:
        record = casebook.record(form, visit.key)
        day = record.day(protocol.form(form).dated_by) if record is not None else None
        if day is not None:
            days.add(day.earliest)
    return days
