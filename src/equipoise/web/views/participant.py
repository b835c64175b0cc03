"""A participant: number, age, stage, arm where this role may know it, one timeline, what is due, the trail."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from equipoise.conduct import facts as f
from equipoise.conduct import versions
from equipoise.conduct.calendar import Standing
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.entry import Entry
from equipoise.conduct.journey import stage
from equipoise.conduct.permissions import Permission, allows
from equipoise.ledger import read
from equipoise.methods.forms import Form
from equipoise.projections.models import DueRow
from equipoise.protocol.model import Protocol
from equipoise.web.access import hidden_forms, knows_arm, opener, requires
from equipoise.web.documents import protocol_for, shown_protocol, version_in_language
from equipoise.web.drawing import timeline_svg
from equipoise.web.timeline import timeline
from equipoise.web.views.today import SOONEST, line_of
from equipoise.web.views.visits import shown_appointments

TRAIL = 10
RECENT = 14
"""How many visits up to today stand open; the earlier ones are folded away."""


@dataclass(frozen=True, slots=True)
class FormLine:
    """A form of the casebook as listed: how it stands."""

    form: Form
    label: str
    standing: str
    count: int


@require_safe
@requires(Permission.SEE_SUBJECTS)
def participant(request: Any, subject: str) -> HttpResponse:
    """The participant's page."""
    book, today = request.casebook, timezone.localdate()
    protocol, shown = protocol_for(request), shown_protocol(request)
    calendar = shown_appointments(request, shown)
    arm = shown.arm(book.arm) if book.arm and knows_arm(request, book) else None
    due = DueRow.objects.filter(subject=subject, opens__lte=today, roles__contains=f" {request.actor.role} ")
    soonest = due.order_by(*SOONEST)[:12]
    lines = [line_of(row, shown, "overdue" if row.closes and row.closes < today else "due") for row in soonest]
    so_far = [one for one in calendar if one.standing is not Standing.AHEAD]
    drawn = timeline(shown, book, calendar, today=today, knows_arm=knows_arm(request, book))
    context = {
        "book": book,
        "subject": subject,
        "stage": stage(protocol, book),
        "own_site": read.study().sites.get(book.site),
        "arm": arm,
        "age": book.enrolment.age if book.enrolment else None,
        "timeline": timeline_svg(drawn) if drawn else "",
        "due": lines,
        "visits": so_far[-RECENT:],
        "earlier": so_far[:-RECENT],
        "ahead": [one for one in calendar if one.standing is Standing.AHEAD][:3],
        "forms": _forms(protocol, shown, book, request),
        "trail": _trail(request, subject),
        "may": {
            permission.name.lower() for permission in Permission if allows(request.actor, permission, site=book.site)
        },
        "residual": len(book.frozen.residual) if book.frozen else None,
    }
    return render(request, "participant.html", context)


@require_safe
@requires(Permission.SEE_TRAIL)
def trail(request: Any, subject: str) -> HttpResponse:
    """The whole trail of a participant: every entry, newest first."""
    return render(request, "trail.html", {"subject": subject, "trail": _trail(request, subject, most=5000)})


def _forms(protocol: Protocol, shown: Protocol, book: Casebook, request: Any) -> list[FormLine]:
    found, may_open = [], opener(request, book)
    asked = {form for visit in protocol.schedule if visit.anchor == "consent" for form in visit.forms}
    for form, label in zip(protocol.forms, shown.forms, strict=True):
        if form.use == "visit" or not may_open(form):
            continue
        if form.only_arms and book.arm not in form.only_arms:
            continue
        if form.from_stage == "randomized" and not book.randomized:
            continue
        rows = book.rows(form.id)
        done = form.id in book.completed if form.use == "log" else bool(rows)
        standing = "done" if done else "partial" if rows else "open"
        if form.signed_by and form.use == "subject" and book.signature_on(form.id):
            standing = "signed"
        elif form.use == "log" and not done and (book.randomized or form.id not in asked):
            standing = ""  # what may happen at any time is never due, nor a list for screening once that is over
        found.append(FormLine(form, label.label, standing, len(rows) if form.use == "log" else 0))
    return found + _of_older_versions(protocol, book, request)


def _of_older_versions(protocol: Protocol, book: Casebook, request: Any) -> list[FormLine]:
    """Forms that only an older version has, where something was recorded in them: nothing recorded is out of reach."""
    study, known, found = read.study(), {form.id for form in protocol.forms}, []
    may_open = opener(request, book)
    for name in dict.fromkeys(form for form, _ in book.records if form not in known):
        rows = book.rows(name)
        if not rows:
            continue
        own = version_in_language(study, versions.standing(study, book, rows[-1]).digest)
        form = next((one for one in own.forms if one.id == name), None)
        if form is not None and form.use != "visit" and may_open(form):
            found.append(FormLine(form, f"{form.label} ({own.version})", "", len(rows) if form.use == "log" else 0))
    return found


def _trail(request: Any, subject: str, most: int = TRAIL) -> list[Entry]:
    """The newest entries first, without what tells the arm, or a central reading, to those who may not know it."""
    if not allows(request.actor, Permission.SEE_TRAIL):
        return []
    hidden, knows = hidden_forms(request, request.casebook), knows_arm(request, request.casebook)
    central = allows(request.actor, Permission.SEE_CENTRAL)
    shown = (
        entry
        for entry in reversed(read.newest(subject, 5000))
        if getattr(entry.fact, "form", "") not in hidden
        and (central or not isinstance(entry.fact, f.ResponseAdjudicated))
        and (knows or not (f.audience_of(type(entry.fact)) is f.Audience.ARM or isinstance(entry.fact, f.Stopped)))
    )
    return list(islice(shown, most))
