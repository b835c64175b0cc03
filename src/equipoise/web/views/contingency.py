"""Contingency allocations: made outside the system while it could not be reached, and recorded afterwards."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from equipoise.conduct.actions.contingency import RecordContingency
from equipoise.conduct.permissions import Permission
from equipoise.ledger import read
from equipoise.web.access import reachable, requires
from equipoise.web.acting import act
from equipoise.web.documents import shown_protocol
from equipoise.web.views.administration import answer, site_names


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.RECORD_CONTINGENCY)
def contingency(request: Any) -> HttpResponse:
    """The allocations made outside the system, without their arms; posting records one, with the password again."""
    if request.method != "POST":
        return _page(request)
    return answer(request, "contingency", lambda: _record(request), _("The allocation is recorded."), _page)


def _record(request: Any) -> None:
    data = request.POST
    subject = data.get("subject", "").strip()
    reachable(request.actor, subject, Permission.RECORD_CONTINGENCY)
    action = RecordContingency(
        subject, data.get("arm", ""), data.get("at", ""), data.get("by", ""), data.get("procedure", ""),
        data.get("reason", ""),
    )  # fmt: skip
    act(request, action, password=data.get("password", ""))


def _page(request: Any, *, refusal: Any = None, status: int = 200) -> HttpResponse:
    recorded = list(read.entries(kinds=("contingency_allocated",)))
    context = {
        "recorded": recorded[::-1], "arms": shown_protocol(request).arms, "site_names": site_names(),
        "refusal": refusal, "typed": request.POST,
    }  # fmt: skip
    return render(request, "contingency.html", context, status=status)
