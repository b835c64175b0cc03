"""People: accounts, first passwords, roles; and the review of who may do what."""

from typing import Any

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from equipoise.accounts.models import Membership, User
from equipoise.conduct import facts as f
from equipoise.conduct.actions.people import GrantRole, RevokeRole
from equipoise.conduct.permissions import ROLES, Permission
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.ledger import people as accounts
from equipoise.ledger import read
from equipoise.web.access import requires
from equipoise.web.acting import act
from equipoise.web.permission_words import PERMISSIONS
from equipoise.web.views.administration import answer, site_names

BLINDED = "independent_statistician"
"""Whoever holds this role sees outcomes by arm, so should hold no other."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.GRANT)
def people(request: Any) -> HttpResponse:
    """Every account with its roles; posting makes an account, renews a password, closes one, grants or revokes."""
    if request.method != "POST":
        return _page(request)
    data = request.POST
    match data.get("act"):
        case "add" | "renew":
            return _with_password(request)
        case "close":
            return answer(request, "people", lambda: _close(request), _("The account is closed."), _page)
        case "grant":
            return answer(request, "people", lambda: _grant(request), _("The role is granted."), _page)
        case "revoke":
            return answer(request, "people", lambda: _revoke(request), _("The role has ended."), _page)
        case _:
            raise Refusal(message("web.bad_key"))


@require_safe
@requires(Permission.SEE_TRAIL)
def review(request: Any) -> HttpResponse:
    """Who may do what: permissions by role, and who held which role, since when, granted by whom."""
    changes = [
        (entry.fact, entry.header, isinstance(entry.fact, f.RoleGranted))
        for entry in read.entries(kinds=("role_granted", "role_revoked"))
    ]
    roles = [role for role in ROLES.values() if role.id != "system"]
    held = Membership.objects.on(timezone.localdate()).select_related("user")
    independent = {one.user.username for one in held if one.role == BLINDED}
    both = sorted({one.user.name for one in held if one.role != BLINDED and one.user.username in independent})
    context = {
        "changes": changes[::-1][:500], "roles": roles, "both": both, "site_names": site_names(),
        "permissions_all": [(one, PERMISSIONS[one], [one in role.permissions for role in roles]) for one in Permission],
    }  # fmt: skip
    return render(request, "review.html", context)


def _page(request: Any, *, refusal: Any = None, status: int = 200, password: str = "", whose: str = "") -> HttpResponse:
    today = timezone.localdate()
    held: dict[int, list[Membership]] = {}
    for one in Membership.objects.on(today).order_by("role", "site"):
        held.setdefault(one.user_id, []).append(one)
    users = list(User.objects.order_by("-is_active", "name"))
    context = {
        "lines": [(user, held.get(user.pk, [])) for user in users], "refusal": refusal, "typed": request.POST,
        "roles": [role for role in ROLES.values() if role.id != "system"], "sites": read.study().sites.values(),
        "site_names": site_names(), "password": password, "whose": whose,
    }  # fmt: skip
    return render(request, "people.html", context, status=status)


def _with_password(request: Any) -> HttpResponse:
    """Make an account or renew its password. The password stands on this answer and nowhere else."""
    username = accounts.normal(request.POST.get("username", "").strip())
    try:
        if request.POST.get("act") == "renew":
            password = accounts.renew_password(_known(username), actor=request.actor)
        else:
            name, language = _new(username, request.POST), request.POST.get("language", "en")
            password = accounts.add_account(username, name, actor=request.actor, language=language)
    except Refusal as error:
        return _page(request, refusal=error, status=error.http_status)
    return _page(request, password=password, whose=username)


def _new(username: str, data: Any) -> str:
    name = " ".join(data.get("name", "").split())
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError:
        raise Refusal(message("web.username", seen=username[:80])) from None
    if len(username) > 80:
        raise Refusal(message("web.username", seen=username[:80]))
    if not name or len(name) > 160 or not name.isprintable():
        raise Refusal(message("web.person_name"))
    if User.objects.filter(username__iexact=username).exists():
        raise Refusal(message("web.username_taken", seen=username))
    if data.get("language", "en") not in ("en", "zh-hans"):
        raise Refusal(message("web.bad_key"))
    return name


def _known(username: str) -> str:
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise Refusal(message("web.no_account", seen=username[:80]))
    return username


def _grant(request: Any) -> None:
    data = request.POST
    role = data.get("role", "")
    site = data.get("site", "") if role in ROLES and ROLES[role].at_site else ""
    user, delegation = _known(data.get("username", "")), data.get("delegation", "").strip()[:160]
    act(request, GrantRole(user=user, role=role, at_site=site, delegation=delegation))


def _revoke(request: Any) -> None:
    data = request.POST
    user, role = data.get("username", ""), data.get("role", "")
    _not_oneself(request, user, role)
    act(request, RevokeRole(user=user, role=role, reason=data.get("reason", ""), at_site=data.get("site", "")))


def _close(request: Any) -> None:
    user, reason = _known(request.POST.get("username", "")), request.POST.get("reason", "").strip()
    _not_oneself(request, user, "sponsor_admin")
    if not reason:
        raise Refusal(message("refuse.because"))
    accounts.close_account(user, actor=request.actor, reason=reason)


def _not_oneself(request: Any, user: str, role: str) -> None:
    """Nobody locks the door with the key inside."""
    if user == request.user.username and role == "sponsor_admin":
        raise Refusal(message("web.own_role"))
