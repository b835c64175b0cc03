"""Administration: what this role may set up or look after, one page each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from equipoise.conduct.permissions import Permission, allows
from equipoise.kernel.errors import EquipoiseError, LedgerError
from equipoise.ledger import read
from equipoise.web.access import requires

PAGES = (
    ("people", _("People and roles"), _("Accounts, first passwords, roles at sites"), Permission.GRANT),
    ("sites", _("Sites"), _("Open a site, put a protocol version in force"), Permission.OPEN_SITE),
    ("publish", _("Protocol versions"), _("Check and publish a new version"), Permission.PUBLISH),
    ("exclusions", _("Assumed criteria"), _("Confirm what the protocol assumes"), Permission.CONFIRM_EXCLUSIONS),
    ("randomization", _("Randomization"), _("Commit, season, open the key"), Permission.COMMIT_RANDOMIZATION),
    (
        "contingency",
        _("Contingency allocations"),
        _("Record what was allocated outside the system"),
        Permission.RECORD_CONTINGENCY,
    ),
    ("duplicates", _("Suspected duplicates"), _("One person, perhaps, at two sites"), Permission.RESOLVE_DUPLICATE),
    ("looks", _("Looks and release"), _("Who may see outcomes by arm, and when"), Permission.AUTHORIZE_LOOK),
    ("review", _("Access review"), _("Who may do what"), Permission.SEE_TRAIL),
    ("record", _("The record"), _("Verify the ledger"), Permission.SEE_TRAIL),
)
"""The pages of administration: the address's name, the label, what one does there, the permission that opens it."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page as listed."""

    label: Any
    says: Any
    url: str


@require_safe
@requires(Permission.SEE_TRAIL)
def administration(request: Any) -> HttpResponse:
    """The pages this role may open."""
    pages = [
        Page(label, says, reverse(name)) for name, label, says, permission in PAGES if allows(request.actor, permission)
    ]
    return render(request, "administration.html", {"pages": pages})


def answer(
    request: Any, name: str, act: Callable[[], object], said: Any, show: Callable[..., HttpResponse]
) -> HttpResponse:
    """Act and go back to the page; where it is refused, the page again with the reason, and what was typed."""
    try:
        act()
    except LedgerError:
        raise
    except EquipoiseError as error:
        return show(request, refusal=error, status=error.http_status)
    messages.success(request, said)
    return redirect(name)


def site_names() -> dict[str, str]:
    """Every site's name."""
    return {site.id: site.name for site in read.study().sites.values()}
