"""Erasing who a participant is: for good, signed, with a reason, and never by a slip."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from equipoise.accounts import identities
from equipoise.conduct.actions.identities import EraseIdentity
from equipoise.conduct.permissions import Permission
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.web.access import requires
from equipoise.web.acting import act


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ERASE_IDENTITY)
def erase_identity(request: Any, subject: str) -> HttpResponse:
    """What erasing means; posting erases. The page shows nothing of who it is."""
    refusal = None
    if request.method == "POST":
        try:
            _erase(request, subject)
        except Refusal as error:
            refusal = error
        else:
            messages.success(request, _("Who this participant is has been erased."))
            return redirect("participant", subject=subject)
    context = {"subject": subject, "erased": request.casebook.erased, "refusal": refusal, "typed": request.POST}
    return render(request, "erase_identity.html", context, status=refusal.http_status if refusal else 200)


def _erase(request: Any, subject: str) -> None:
    data = request.POST
    if data.get("number", "").strip() != subject:
        raise Refusal(message("web.other_number", subject=subject))
    if data.get("duty") != "ended":
        raise Refusal(message("web.duty_to_keep"))
    if request.casebook.erased is None and identities.open_identity(subject, request.casebook.site) is None:
        raise Refusal(message("web.no_identity"))
    action = EraseIdentity(subject, data.get("reason", "")[:500])
    act(request, action, password=data.get("password", ""), also=lambda: identities.erase(subject))
