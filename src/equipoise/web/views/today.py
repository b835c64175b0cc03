"""Today: one list, soonest window first: what, whom, until when, and the one button."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from equipoise.conduct.permissions import ROLES, Permission
from equipoise.projections.models import DueRow
from equipoise.protocol.model import Protocol
from equipoise.web.access import requires
from equipoise.web.documents import shown_protocol

SHOWN = 60
"""How many tasks of a group a page shows; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Line:
    """One task as shown: words and the address of its one button."""

    subject: str
    says: str
    opens: date
    closes: date | None
    url: str
    verb: str
    standing: str


@require_safe
@requires(Permission.SEE_TRIAL)
def today(request: Any) -> HttpResponse:
    """The worklist of this role at this site."""
    day = timezone.localdate()
    mine = _mine(request)
    groups = [
        (_("Overdue"), "overdue", mine.filter(closes__lt=day)),
        (_("Today"), "due", mine.filter(opens__lte=day, closes__gte=day, closes__lte=day + timedelta(days=1))),
        (_("This week"), "due", mine.filter(_open_this_week(day))),
    ]
    protocol = shown_protocol(request)
    shown = [
        (label, [line_of(row, protocol, standing) for row in rows[:SHOWN]], rows.count())
        for label, standing, rows in groups
    ]
    next_week = mine.filter(opens__gt=day + timedelta(days=7), opens__lte=day + timedelta(days=14)).aggregate(
        tasks=Count("pk"), subjects=Count("subject", distinct=True)
    )
    return render(request, "today.html", {"groups": shown, "day": day, "next_week": next_week, "limit": SHOWN})


def _open_this_week(day: date) -> Q:
    later = Q(closes__gt=day + timedelta(days=1)) | Q(closes__isnull=True)
    return later & Q(opens__lte=day + timedelta(days=7))


def _mine(request: HttpRequest | Any) -> Any:
    rows = DueRow.objects.filter(roles__contains=f" {request.actor.role} ")
    if ROLES[request.actor.role].at_site:
        rows = rows.filter(site=request.actor.site)
    return rows


def line_of(row: DueRow, protocol: Protocol, standing: str) -> Line:
    """A due row in words, with where its button leads."""
    says, verb, url = _words(row, protocol)
    return Line(row.subject, says, row.opens, row.closes, url, verb, standing)


def _words(row: DueRow, protocol: Protocol) -> tuple[str, str, str]:
    screening = reverse("screening", kwargs={"subject": row.subject})
    match row.kind:
        case "fill":
            label = protocol.form(row.what).label
            return label, _("Fill in"), reverse("form", kwargs={"subject": row.subject, "form": row.what})
        case "register":
            url = reverse("lesions", kwargs={"subject": row.subject})
            return _("Lesion register: declare complete"), _("Open register"), url
        case "irradiable":
            says = _("Can lesion %(lesion)s be irradiated?") % {"lesion": f"{row.what} ({row.detail})"}
            return says, _("State"), reverse("lesions", kwargs={"subject": row.subject})
        case "sign":
            label = protocol.form(row.what).label
            return label, _("Sign"), reverse("form", kwargs={"subject": row.subject, "form": row.what})
        case "eligibility":
            return _("Eligibility to be signed"), _("Look and sign"), screening
        case "randomize":
            return _("Ready to randomize"), _("Randomize"), reverse("randomize", kwargs={"subject": row.subject})
        case "radiotherapy":
            says = _("Radiotherapy of lesion %(lesion)s is not recorded") % {"lesion": row.what}
            return says, _("Record"), reverse("lesions", kwargs={"subject": row.subject})
        case _:
            visit_id, _sep, number = row.what.partition(":")
            label = protocol.visit(visit_id).label + (f" {number}" if number else "")
            return label, _("Open visit"), reverse("visit", kwargs={"subject": row.subject, "visit": row.what})
