"""A visit: its window, its forms, or that it did not take place; and visits nobody planned."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from equipoise.conduct.actions.visits import AddVisit, MissVisit
from equipoise.conduct.calendar import Appointment, appointments
from equipoise.conduct.facts import VisitAdded
from equipoise.conduct.permissions import Permission
from equipoise.conduct.versions import earlier_version, replaced, standing
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.ledger import read
from equipoise.protocol.model import Protocol
from equipoise.web.access import knows_arm, may_open, requires
from equipoise.web.acting import act
from equipoise.web.documents import protocol_for, shown_protocol, version_in_language
from equipoise.web.views.assessment import assessment_url


def shown_appointments(request: Any, shown: Protocol) -> list[Appointment]:
    """The participant's calendar, without the visits of one arm for those who may not know arms."""
    book = request.casebook
    study = read.study()

    def version(digest: str) -> Protocol | None:
        older = earlier_version(study, book, digest)
        return version_in_language(study, digest) if older is not None else None

    before = replaced(study, book.site)
    calendar = appointments(shown, book, today=timezone.localdate(), version=version, replaced=before)
    return calendar if knows_arm(request, book) else [one for one in calendar if not one.planned.visit.only_arms]


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SEE_SUBJECTS)
def visit(request: Any, subject: str, visit: str) -> HttpResponse:
    """A visit's page; posting says that it was missed."""
    book, shown = request.casebook, shown_protocol(request)
    planned = {one.key: one for one in shown_appointments(request, shown)}
    added = book.added.get(visit)
    if visit not in planned and added is None:
        raise Refusal(message("refuse.visit_unknown", visit=visit[:60]))
    refusal = None
    if request.method == "POST":
        try:
            act(request, MissVisit(subject, visit, request.POST.get("reason", "")))
            messages.success(request, _("Recorded as missed."))
            return redirect("participant", subject=subject)
        except Refusal as error:
            refusal = error
    appointment = planned.get(visit)
    forms = appointment.planned.visit.forms if appointment else added.forms
    lines = []
    known = {form.id: form for form in shown.forms}
    for form in (known[form_id] for form_id in forms if form_id in known):
        if not may_open(request, book, form) or (form.only_arms and book.arm not in form.only_arms):
            continue
        record = book.record(form.id, visit if form.use == "visit" else "")
        rows = len(book.rows(form.id)) if form.use == "log" else 0
        done = form.id in book.completed or (rows > 0) if form.use == "log" else record is not None
        lines.append((form, record, rows, "done" if done else "open"))
    study, listed = read.study(), set(forms) & known.keys()
    for (name, occurrence), record in book.records.items():
        if occurrence != visit or name in listed or record.removed is not None:
            continue
        own = version_in_language(study, standing(study, book, record).digest)  # the form left the visit since
        form = next((one for one in own.forms if one.id == name and one.use == "visit"), None)
        if form is not None and may_open(request, book, form):
            lines.append((form, record, 0, "done"))
    context = {
        "subject": subject, "key": visit, "appointment": appointment, "added": added, "lines": lines,
        "refusal": refusal, "missed": book.missed.get(visit), "has_entries": any(line[1] for line in lines),
        "assessment": assessment_url(protocol_for(request), subject, visit, tuple(forms)),
    }  # fmt: skip
    return render(request, "visit.html", context, status=409 if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ENTER)
def unscheduled(request: Any, subject: str) -> HttpResponse:
    """Record an unscheduled visit, with its reason and the forms that belong to it."""
    protocol, shown = protocol_for(request), shown_protocol(request)
    refusal = None
    if request.method == "POST":
        forms = tuple(one for one in request.POST.getlist("forms") if one)
        action = AddVisit(subject, request.POST.get("on", ""), request.POST.get("reason", ""), forms)
        try:
            added = next(entry.fact for entry in act(request, action) if isinstance(entry.fact, VisitAdded))
            return redirect("visit", subject=subject, visit=added.visit)
        except Refusal as error:
            refusal = error
    choices = [
        form
        for form, own in zip(shown.forms, protocol.forms, strict=True)
        if own.use == "visit" and own.from_stage in ("randomized", "any", "screening") and not own.only_arms
    ]
    context = {"subject": subject, "forms": choices, "refusal": refusal, "typed": request.POST}
    return render(request, "unscheduled.html", context, status=409 if refusal else 200)


@require_safe
@requires(Permission.SEE_SUBJECTS)
def calendar_file(request: Any, subject: str) -> HttpResponse:
    """The participant's schedule as an iCalendar file (RFC 5545): windows as all-day events, nobody identified."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Equipoise//EN"]
    for one in shown_appointments(request, shown_protocol(request)):
        visit, window = one.planned.visit, one.planned.window
        number = f" {one.planned.number}" if visit.repeat else ""
        stamp = timezone.now().strftime("%Y%m%dT%H%M%SZ")
        lines += [
            "BEGIN:VEVENT", f"UID:{subject}-{one.key}@equipoise", f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{window.first:%Y%m%d}", f"DTEND;VALUE=DATE:{window.last + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_calendar_text(f'{subject} {visit.label}{number}')}", "END:VEVENT",
        ]  # fmt: skip
    lines.append("END:VCALENDAR")
    response = HttpResponse(
        "".join(f"{_folded(line)}\r\n" for line in lines), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{subject}.ics"'
    return response


def _calendar_text(text: str) -> str:
    """A text as iCalendar writes it (RFC 5545, section 3.3.11)."""
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """A line folded to at most 75 octets, never within a character (RFC 5545, section 3.1)."""
    parts = [""]
    for letter in line:
        if len(f"{parts[-1]}{letter}".encode()) > (75 if len(parts) == 1 else 74):
            parts.append("")
        parts[-1] += letter
    return "\r\n ".join(parts)
