"""Today: one list, soonest window first: what, whom, until when, and the one button."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from equipoise.conduct.oversight import duties
from equipoise.conduct.permissions import ROLES, Permission, allows
from equipoise.conduct.study import Study
from equipoise.ledger import read
from equipoise.projections.models import DueRow, SubjectRow
from equipoise.protocol.model import Protocol
from equipoise.web.access import requires
from equipoise.web.documents import protocol_for, shown_protocol
from equipoise.web.event_forecast import event_forecast

SHOWN = 60
"""How many tasks of a group a page shows; the rest is counted."""

SOONEST = (F("closes").asc(nulls_last=True), "opens", "subject", "kind", "what")
"""Soonest end first; what has no end comes last, in every database."""


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


PLACES = {
    Permission.CONFIRM_EXCLUSIONS: "exclusions",
    Permission.OPEN_SITE: "sites",
    Permission.ACTIVATE: "sites",
    Permission.GRANT: "people",
    Permission.COMMIT_RANDOMIZATION: "randomization",
    Permission.RESOLVE_DUPLICATE: "duplicates",
    Permission.TAKE_LOOK: "analysis",
}
"""Where each duty towards the whole trial is settled."""


@dataclass(frozen=True, slots=True)
class SiteLine:
    """A site at a glance: how many are there, what is overdue and since when, when something was last entered."""

    site: Any
    screened: int
    randomized: int
    deviations: int
    overdue: int
    since: date | None
    last_at: datetime | None


@require_safe
@requires(Permission.SEE_TRIAL)
def today(request: Any) -> HttpResponse:
    """The worklist of this role at this site; a central reader's is the list of scans."""
    if allows(request.actor, Permission.READ_CENTRALLY) and protocol_for(request).central_review is not None:
        return redirect("central")
    day = timezone.localdate()
    mine = _mine(request)
    groups = [
        (_("Overdue"), mine.filter(closes__lt=day)),
        (_("Today"), mine.filter(opens__lte=day, closes__gte=day, closes__lte=day + timedelta(days=1))),
        (_("This week"), mine.filter(_open_this_week(day))),
    ]
    protocol = shown_protocol(request)
    shown = [
        (label, [line_of(row, protocol, _standing(row, day)) for row in rows[:SHOWN]], rows.count())
        for label, rows in groups
    ]
    next_week = mine.filter(opens__gt=day + timedelta(days=7), opens__lte=day + timedelta(days=14)).aggregate(
        tasks=Count("pk"), subjects=Count("subject", distinct=True)
    )
    study = read.study()
    mine_too = [
        (one.says, reverse(PLACES[one.permission])) for one in duties(study) if allows(request.actor, one.permission)
    ]
    context = {
        "groups": shown, "day": day, "next_week": next_week, "limit": SHOWN, "duties": mine_too,
        "sites": _sites(study, day) if _looks_after_sites(request) else [],
        "at_site": ROLES[request.actor.role].at_site, "looks": _looks(request, day),
    }  # fmt: skip
    return render(request, "today.html", context)


def _looks_after_sites(request: Any) -> bool:
    return not ROLES[request.actor.role].at_site and allows(request.actor, Permission.SEE_SUBJECTS)


def _looks(request: Any, day: date) -> dict[str, Any] | None:
    """For those who analyse: how many events there are, and at how many each planned look comes. Pooled."""
    role = ROLES[request.actor.role]
    if role.at_site or Permission.SEE_POOLED not in role.permissions or Permission.SEE_SUBJECTS in role.permissions:
        return None
    protocol, shown = protocol_for(request), shown_protocol(request)
    found = event_forecast(protocol, read.study().digest_in_force(), day)
    planned = [(look.label, math.ceil(look.information * found.target)) for look in shown.monitoring]
    ahead = [(label, events) for label, events in planned if events > found.events]
    return {"found": found, "next": ahead[0] if ahead else None}


def _sites(study: Study, day: date) -> list[SiteLine]:
    """Every site, the longest overdue first."""
    found = {
        row["site"]: row
        for row in SubjectRow.objects.filter(consented_on__isnull=False).values("site").annotate(
            screened=Count("pk"), randomized=Count("randomized_on"), last_at=Max("last_at"),
            deviating=Count("pk", filter=Q(deviations__gt=0)),
        )
    }  # fmt: skip
    late = {
        row["site"]: row
        for row in DueRow.objects.filter(closes__lt=day).values("site").annotate(count=Count("pk"), since=Min("closes"))
    }
    lines = []
    for site in study.sites.values():
        row, overdue = found.get(site.id, {}), late.get(site.id, {})
        lines.append(
            SiteLine(
                site, row.get("screened", 0), row.get("randomized", 0), row.get("deviating", 0),
                overdue.get("count", 0), overdue.get("since"), row.get("last_at"),
            )
        )  # fmt: skip
    return sorted(lines, key=lambda line: (line.since or date.max, line.site.id))


def _open_this_week(day: date) -> Q:
    later = Q(closes__gt=day + timedelta(days=1)) | Q(closes__isnull=True)
    return later & Q(opens__lte=day + timedelta(days=7))


def _mine(request: HttpRequest | Any) -> Any:
    rows = DueRow.objects.filter(roles__contains=f" {request.actor.role} ")
    if ROLES[request.actor.role].at_site:
        rows = rows.filter(site=request.actor.site)
    return rows.order_by(*SOONEST)


def _standing(row: DueRow, day: date) -> str:
    if row.closes is not None and row.closes < day:
        return "overdue"
    return "due" if row.opens <= day else "ahead"


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
        case "complete":
            label = protocol.form(row.what).label
            return label, _("Declare complete"), reverse("log", kwargs={"subject": row.subject, "form": row.what})
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
