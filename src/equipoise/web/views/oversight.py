"""Oversight: looks at outcomes by arm and the release of results; whether the record holds."""

import re
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from equipoise import ledger
from equipoise.accounts.models import Membership
from equipoise.conduct.actions.people import AuthorizeLook, ReleaseResults
from equipoise.conduct.permissions import ROLES, Permission
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.errors import LedgerError, Refusal
from equipoise.kernel.messages import message
from equipoise.ledger import read
from equipoise.web.access import requires
from equipoise.web.acting import act
from equipoise.web.documents import version_in_language
from equipoise.web.views.administration import answer

_LOOK = re.compile(r"[a-z][a-z0-9_-]{0,31}")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.AUTHORIZE_LOOK)
def looks(request: Any) -> HttpResponse:
    """Looks authorised and taken; posting authorises one for named people, or releases the results."""
    if request.method != "POST":
        return _looks(request)
    if request.POST.get("act") == "release":
        release = ReleaseResults(reason=request.POST.get("reason", ""))
        password = request.POST.get("password", "")
        said = _("The results are released.")
        return answer(request, "looks", lambda: act(request, release, password=password), said, _looks)
    return answer(request, "looks", lambda: _authorize(request), _("The look is authorised."), _looks)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SEE_TRAIL)
def record(request: Any) -> HttpResponse:
    """The state of the record; posting reads all of it and checks every entry."""
    found = wrong = None
    if request.method == "POST":
        try:
            found = ledger.verify()
        except LedgerError as error:
            wrong = error
    position, head = read.head()
    study = read.study()
    context = {
        "found": found, "wrong": wrong, "position": position, "head": head, "checkpoints": study.checkpoints[::-1][:50],
        "now": timezone.now(),
    }  # fmt: skip
    return render(request, "record.html", context, status=503 if wrong else 200)


def _looks(request: Any, *, refusal: Any = None, status: int = 200) -> HttpResponse:
    study = read.study()
    taken: dict[str, list[Any]] = {}
    for fact, header in study.looks_taken:
        taken.setdefault(fact.look, []).append((fact, header))
    released = list(read.entries(kinds=("results_released",))) if study.released else []
    context = {
        "looks": [(look, taken.get(look.look, [])) for look in reversed(study.looks.values())],
        "people": _independent(), "protocols": list(study.protocols.values())[::-1], "released": released,
        "planned": version_in_language(study, study.digest_in_force()).monitoring, "refusal": refusal,
        "typed": request.POST, "chosen": request.POST.getlist("user"), "today": timezone.localdate(),
        "versions": {digest: published.version for digest, published in study.protocols.items()},
        "may_release": Permission.RELEASE in ROLES[request.actor.role].permissions,
    }  # fmt: skip
    return render(request, "looks.html", context, status=status)


def _independent() -> list[Membership]:
    held = Membership.objects.on(timezone.localdate()).select_related("user").order_by("user__name")
    return [one for one in held if Permission.TAKE_LOOK in ROLES[one.role].permissions]


def _authorize(request: Any) -> None:
    data = request.POST
    if not _LOOK.fullmatch(data.get("look", "")):
        raise Refusal(message("web.look_id"))
    if data.get("plan", "") not in read.study().protocols:
        raise Refusal(message("refuse.protocol_unknown", digest=data.get("plan", "")[:12]))
    named = [one.user.username for one in _independent() if one.user.username in data.getlist("user")]
    if not named:
        raise Refusal(message("web.look_nobody"))
    action = AuthorizeLook(
        look=data["look"], purpose=data.get("purpose", ""), cutoff=_cutoff(data.get("cutoff", "")), plan=data["plan"],
        for_users=tuple(named),
    )  # fmt: skip
    act(request, action, password=data.get("password", ""))


def _cutoff(text: str) -> str:
    try:
        day = PartialDate.parse(text.strip())
    except ValueError:
        raise Refusal(message("refuse.date", seen=text[:40])) from None
    if not day.is_complete:
        raise Refusal(message("refuse.date", seen=text[:40]))
    return day.earliest.isoformat()
