"""Setting up: sites and the versions in force there, assumed criteria, randomization's commitment, duplicates."""

import re
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from equipoise.conduct.actions.randomize import CommitRandomization, OpenRandomization, SeasonRandomization
from equipoise.conduct.actions.trial import ActivateProtocol, ConfirmExclusions, OpenSite, ResolveDuplicate
from equipoise.conduct.documents import protocol_of
from equipoise.conduct.permissions import Permission
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.ledger import read
from equipoise.web.access import requires
from equipoise.web.acting import act
from equipoise.web.documents import version_in_language
from equipoise.web.views.administration import answer, site_names

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_CODE = re.compile(r"[A-Z0-9]{1,8}")
_METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(_METHODS)
@requires(Permission.OPEN_SITE)
def sites(request: Any) -> HttpResponse:
    """The sites; posting opens one, or puts a protocol version in force at one after its approvals."""
    data = request.POST
    if request.method != "POST":
        return _sites(request)
    if data.get("act") == "open":
        return answer(request, "sites", lambda: _open(request), _("The site is open."), _sites)
    return answer(request, "sites", lambda: _activate(request), _("The version is in force at the site."), _sites)


@require_http_methods(_METHODS)
@requires(Permission.CONFIRM_EXCLUSIONS)
def exclusions(request: Any) -> HttpResponse:
    """The criteria that the protocol assumes; posting confirms them, after reading."""
    if request.method != "POST":
        return _exclusions(request)
    digest, criteria = request.POST.get("digest", ""), tuple(request.POST.getlist("criterion"))

    def confirm() -> None:
        if digest in read.study().protocols:
            open_ones = {one.id for one in protocol_of(read.study(), digest).eligibility if one.confirm}
            if not criteria or not set(criteria) <= open_ones:
                raise Refusal(message("web.nothing_confirmed"))
        act(request, ConfirmExclusions(digest=digest, criteria=criteria))

    return answer(request, "exclusions", confirm, _("Confirmed."), _exclusions)


@require_http_methods(_METHODS)
@requires(Permission.COMMIT_RANDOMIZATION)
def randomization(request: Any) -> HttpResponse:
    """Randomization's epochs; posting commits, mixes in the independent value, or opens a key at the end."""
    data = request.POST
    if request.method != "POST":
        return _randomization(request)
    epoch, password = _number(data.get("epoch", "")), None
    match data.get("act"):
        case "commit":
            action: Any = CommitRandomization(digest=data.get("digest", ""))
            said = _("Committed. Publish the commitment outside this system now, before anyone is randomized.")
        case "season":
            action = SeasonRandomization(epoch, data.get("season", "").strip(), data.get("origin", "").strip())
            said = _("The independent value is mixed in; participants can be randomized.")
        case _:
            action, password = OpenRandomization(epoch, data.get("reason", "")), data.get("password", "")
            said = _("The key is opened: anyone can compute every allocation again.")
    return answer(request, "randomization", lambda: act(request, action, password=password), said, _randomization)


@require_http_methods(_METHODS)
@requires(Permission.RESOLVE_DUPLICATE)
def duplicates(request: Any) -> HttpResponse:
    """Participants who may be one person; posting says what was found."""
    data = request.POST
    if request.method != "POST":
        return _duplicates(request)
    action = ResolveDuplicate(
        data.get("subject", ""), data.get("other", ""), data.get("same_person") == "yes", data.get("reason", "")
    )
    return answer(request, "duplicates", lambda: act(request, action), _("Recorded."), _duplicates)


def _open(request: Any) -> None:
    data = request.POST
    if not _IDENTIFIER.fullmatch(data.get("id", "")) or not _CODE.fullmatch(data.get("code", "")):
        raise Refusal(message("web.site_id"))
    act(request, OpenSite(data["id"], _line(data, "name"), data["code"], _line(data, "country")))


def _activate(request: Any) -> None:
    data = request.POST
    site, digest, day = data.get("site", ""), data.get("digest", ""), data.get("approved_on", "").strip()
    act(request, ActivateProtocol(site, digest, day, _line(data, "approval")))


def _sites(request: Any, *, refusal: Any = None, status: int = 200) -> HttpResponse:
    study = read.study()
    activations = {
        (entry.fact.site, entry.fact.digest): entry.fact for entry in read.entries(kinds=("protocol_activated",))
    }
    lines = []
    for site in study.sites.values():
        digest, consents, since = site.activated[-1] if site.activated else ("", (), None)
        version = study.protocols[digest].version if digest else ""
        lines.append((site, version, activations.get((site.id, digest)), consents, since))
    context = {
        "lines": lines, "protocols": list(study.protocols.values())[::-1], "refusal": refusal, "typed": request.POST,
        "latest": study.protocols[study.digest_in_force()].version,
    }  # fmt: skip
    return render(request, "sites.html", context, status=status)


def _exclusions(request: Any, *, refusal: Any = None, status: int = 200) -> HttpResponse:
    study, groups = read.study(), []
    for digest, published in reversed(study.protocols.items()):
        confirmed = study.confirmed.get(digest, set())
        criteria = [one for one in version_in_language(study, digest).eligibility if one.confirm]
        missing = [one for one in criteria if one.id not in confirmed]
        groups.append((digest, published.version, [one for one in criteria if one.id in confirmed], missing))
    return render(request, "exclusions.html", {"groups": groups, "refusal": refusal}, status=status)


def _randomization(request: Any, *, refusal: Any = None, status: int = 200) -> HttpResponse:
    study = read.study()
    context = {
        "epochs": list(study.epochs.items())[::-1], "protocols": list(study.protocols.values())[::-1],
        "refusal": refusal, "typed": request.POST, "allocated": len(study.allocations),
        "versions": {digest: published.version for digest, published in study.protocols.items()},
    }  # fmt: skip
    return render(request, "randomization.html", context, status=status)


def _duplicates(request: Any, *, refusal: Any = None, status: int = 200) -> HttpResponse:
    study = read.study()
    pairs = [(one, other, resolved) for (one, other), resolved in study.duplicates.items()]
    context = {
        "open": [pair for pair in pairs if pair[2] is None], "resolved": [pair for pair in pairs if pair[2]],
        "sites": {subject: site_names().get(site, site) for subject, site in study.subjects.items()},
        "refusal": refusal, "typed": request.POST,
    }  # fmt: skip
    return render(request, "duplicates.html", context, status=status)


def _line(data: Any, name: str) -> str:
    """One line of text as typed, without the space around it. Refuses an empty one where it is needed."""
    text = str(data.get(name, "")).strip()[:500]
    if not text and name != "country":
        raise Refusal(message("web.field_missing", field=message(f"web.field.{name}")))
    return text


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
