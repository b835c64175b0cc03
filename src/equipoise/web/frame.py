"""What stands around every page: the trial, the role, the navigation this role may open, the rehearsal's band."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from equipoise.conduct.permissions import ROLES, Permission, allows
from equipoise.ledger import read
from equipoise.web.documents import shown_protocol

PAGES = (
    ("today", _("Today"), Permission.SEE_TRIAL),
    ("participants", _("Participants"), Permission.SEE_SUBJECTS),
    ("prescreening", _("Pre-screening"), Permission.PRESCREEN),
    ("lesion-plots", _("Lesions"), Permission.SEE_POOLED),
    ("central", _("Central reading"), Permission.READ_CENTRALLY),
    ("discordances", _("Central review"), Permission.SEE_CENTRAL),
    ("trial", _("Trial"), Permission.SEE_TRIAL),
    ("design", _("Design"), Permission.DESIGN),
    ("analysis", _("Analysis"), Permission.SEE_POOLED),
    ("protocol", _("Protocol"), Permission.SEE_PROTOCOL),
    ("administration", _("Administration"), Permission.SEE_TRAIL),
)
"""The navigation, in order: the address's name, the label, the permission that opens it."""

CENTRAL = ("central", "discordances")
"""Pages of the central review, for protocols that have one."""


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the navigation."""

    name: str
    label: Any
    url: str
    is_current: bool


def frame(request: Any) -> dict[str, Any]:
    """The context of the frame."""
    actor = getattr(request, "actor", None)
    study = read.study()
    language = get_language() or "en"
    context: dict[str, Any] = {"language": language, "study": study, "rehearsal": study.is_rehearsal}
    if actor is None or not study.protocols:
        return context
    current = request.resolver_match.url_name if request.resolver_match else ""
    section = getattr(request.resolver_match, "route", "").split("/")[0] if request.resolver_match else ""
    names = {name for name, _label, _permission in PAGES}
    protocol = shown_protocol(request)
    links = [
        Link(name, label, reverse(name), current == name or (section == name and current not in names))
        for name, label, permission in PAGES
        if allows(actor, permission) and (name not in CENTRAL or protocol.central_review is not None)
    ]
    role = ROLES[actor.role]
    site = study.sites.get(actor.site) if actor.site else None
    return context | {
        "links": links,
        "role": role.chinese if language.startswith("zh") else role.label,
        "site": site,
        "protocol": protocol,
        "permissions": {permission.value for permission in role.permissions},
        "memberships": request.memberships,
        "membership": request.membership,
    }
