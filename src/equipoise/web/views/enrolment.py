"""The pre-screening log, the consent that opens screening, and who a participant is."""

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from equipoise import ledger
from equipoise.accounts.identities import Identity, keep, open_identity, same_person
from equipoise.conduct import facts as f
from equipoise.conduct.actions.people import RecordAccess
from equipoise.conduct.actions.subjects import SCREENING_CONSENT, Enrol, Prescreen
from equipoise.conduct.actions.trial import SuspectDuplicate
from equipoise.conduct.entry import SYSTEM
from equipoise.conduct.permissions import Permission, allows
from equipoise.kernel.dates import PartialDate, whole_years
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.ledger import read
from equipoise.ledger.words import REPEATED_KEY
from equipoise.projections.models import SubjectRow
from equipoise.web.access import requires
from equipoise.web.acting import act, key_of

OUTCOMES = ("approached", "not_eligible", "declined", "later")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.PRESCREEN)
def prescreening(request: Any) -> HttpResponse:
    """The log of those considered, without anything that identifies them."""
    refusal = None
    if request.method == "POST":
        data = request.POST
        action = Prescreen(request.actor.site, data.get("on", ""), data.get("outcome", ""), data.get("reason", ""))
        try:
            act(request, action)
            messages.success(request, _("Recorded."))
            return redirect("prescreening")
        except Refusal as error:
            refusal = error
    rows = SubjectRow.objects.filter(site=request.actor.site, consented_on__isnull=True).order_by("-last_position")[
        :200
    ]
    considered = {entry.header.stream: entry.fact for entry in read.entries(kinds=("prescreened",))}
    lines = [(row, considered.get(row.subject)) for row in rows]
    context = {
        "lines": lines, "refusal": refusal, "typed": request.POST, "today": timezone.localdate(),
        "outcomes": [(one, _outcome(one)) for one in OUTCOMES],
    }  # fmt: skip
    return render(request, "prescreening.html", context, status=409 if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CONSENT)
def enrol(request: Any) -> HttpResponse:
    """Record a consent: the participant gets a number; who it is stays with the site."""
    refusal = None
    if request.method == "POST":
        try:
            subject = _enrol(request)
            messages.success(request, _("Consent recorded; the screening number is %(number)s.") % {"number": subject})
            return redirect("screening", subject=subject)
        except Refusal as error:
            refusal = error
    in_force = dict(entry.split(":", 1) for entry in read.study().consents_in_force(request.actor.site))
    context = {"refusal": refusal, "typed": request.POST, "version": in_force.get(SCREENING_CONSENT, "")}
    return render(request, "enrol.html", context, status=409 if refusal else 200)


@never_cache
@require_safe
@requires(Permission.SEE_IDENTITY)
def identity(request: Any, subject: str) -> HttpResponse:
    """Who a participant is: one at a time, and every look is in the record."""
    access = RecordAccess(user=request.user.username, event="identity_opened", subject=subject)
    ledger.perform(access, actor=SYSTEM, key=uuid.uuid4())
    found = open_identity(subject, request.casebook.site)
    context = {
        "subject": subject, "identity": found, "erased": request.casebook.erased,
        "may_erase": found is not None and allows(request.actor, Permission.ERASE_IDENTITY, site=request.casebook.site),
    }  # fmt: skip
    return render(request, "identity.html", context)


def _enrol(request: Any) -> str:
    data = request.POST
    born, on = _day(data.get("birth_date", "")), _day(data.get("on", ""))
    name = data.get("name", "").strip()
    if not name:
        raise Refusal(message("web.name_missing"))
    previous = data.get("previous", "").strip()
    action = Enrol(
        site=request.actor.site,
        version=data.get("version", ""),
        on=on.isoformat(),
        age=whole_years(born, on),
        birth_year=born.year,
        language=data.get("language", ""),
        previous=previous,
    )
    person = Identity(
        name=name[:160], birth_date=born.isoformat(), hospital_number=data.get("hospital_number", "")[:64]
    )
    same_person(person)  # where identities cannot be kept, this raises before anything is written
    entries = ledger.perform(action, actor=request.actor, key=key_of(request))
    subject = next(entry.header.stream for entry in entries if isinstance(entry.fact, f.Consented))
    if read.casebook(subject).erased is not None:
        return subject  # the page was sent before; what was erased since does not come back with it
    if open_identity(subject, request.actor.site) not in (None, person):
        raise Refusal(REPEATED_KEY)  # the page was sent before, of somebody else: one browser's step back
    for other in keep(subject, request.actor.site, person):
        if other != action.previous:
            ledger.perform(SuspectDuplicate(subject, other), actor=SYSTEM, key=uuid.uuid4())
    return subject


def _day(text: str) -> date:
    try:
        day = PartialDate.parse(text)
    except ValueError:
        raise Refusal(message("refuse.date", seen=text[:40])) from None
    if not day.is_complete:
        raise Refusal(message("refuse.date", seen=text[:40]))
    return day.earliest


def _outcome(code: str) -> str:
    return {
        "approached": _("approached"), "not_eligible": _("not eligible"), "declined": _("declined"),
        "later": _("later"),
    }[code]  # fmt: skip
