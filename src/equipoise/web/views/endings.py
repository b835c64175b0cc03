"""Stopping, in its separate ways; loss to follow-up; death; and a further consent."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from equipoise.conduct.actions.subjects import Consent, CorrectDeath, RecordDeath, Stop
from equipoise.conduct.permissions import Permission
from equipoise.kernel.errors import Refusal
from equipoise.ledger import read
from equipoise.web.access import requires
from equipoise.web.acting import act
from equipoise.web.documents import shown_protocol

CAUSES = ("disease", "treatment", "other", "unknown")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.STOP)
def endings(request: Any, subject: str) -> HttpResponse:
    """Each way of stopping is an act of its own; none stops what it does not name."""
    book, shown = request.casebook, shown_protocol(request)
    refusal = None
    if request.method == "POST":
        try:
            act(request, _action(subject, request.POST), password=_password(request.POST))
            messages.success(request, _("Recorded."))
            return redirect("participant", subject=subject)
        except Refusal as error:
            refusal = error
    labels = {stop.id: stop.label for stop in shown.stops}
    context = {
        "subject": subject, "book": book, "stops": shown.stops, "drugs": shown.drugs, "refusal": refusal,
        "typed": request.POST, "of_death": request.POST.get("act", "").endswith("death"),
        "causes": [(cause, _cause(cause)) for cause in CAUSES],
        "recorded": [(labels.get(stop.stop, stop.stop), stop, header) for stop, header in book.stops],
    }  # fmt: skip
    return render(request, "endings.html", context, status=409 if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.CONSENT)
def consents(request: Any, subject: str) -> HttpResponse:
    """The consents of a participant: what is given, in which version, what is declined, what is in force now."""
    book, shown = request.casebook, shown_protocol(request)
    refusal = None
    if request.method == "POST":
        consent, _sep, version = request.POST.get("consent", "").partition(":")
        action = Consent(subject, consent, version, request.POST.get("on", ""), request.POST.get("given") != "no")
        try:
            act(request, action)
            messages.success(request, _("Recorded."))
            return redirect("consents", subject=subject)
        except Refusal as error:
            refusal = error
    in_force = dict(entry.split(":", 1) for entry in read.study().consents_in_force(book.site))
    lines = [
        (
            consent,
            in_force.get(consent.id, consent.version),
            book.consents.get(consent.id),
            book.declined.get(consent.id),
        )
        for consent in shown.consents
    ]
    context = {"subject": subject, "lines": lines, "refusal": refusal, "typed": request.POST}
    return render(request, "consents.html", context, status=409 if refusal else 200)


def _action(subject: str, data: Any) -> Any:
    if data.get("act") == "death":
        return RecordDeath(subject, data.get("on", ""), data.get("cause", ""), data.get("detail", ""))
    if data.get("act") == "correct-death":
        return CorrectDeath(subject, data.get("on", ""), data.get("cause", ""), data.get("reason", ""))
    return Stop(subject, data.get("stop", ""), data.get("on", ""), data.get("reason", ""), data.get("drug", ""))


def _password(data: Any) -> str | None:
    return data.get("password", "") if data.get("act") == "correct-death" else None


def _cause(cause: str) -> str:
    return {
        "disease": _("the disease"), "treatment": _("the treatment"), "other": _("another cause"),
        "unknown": _("unknown"),
    }[cause]  # fmt: skip
