"""Who is asking: every request gets its actor, and every view names the permission it needs."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from equipoise.accounts.models import Membership
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.documents import protocol_of
from equipoise.conduct.entry import Actor, Authentication
from equipoise.conduct.permissions import Permission, allows, require
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.ledger import read
from equipoise.web.documents import protocol_for

MEMBERSHIP = "membership"
"""The session's key for the role a person acts in."""


def memberships(request: HttpRequest) -> list[Membership]:
    """The roles the signed-in person may act in today."""
    if not request.user.is_authenticated:
        return []
    today = timezone.localdate()
    return list(Membership.objects.filter(user=request.user).on(today).order_by("site", "role"))


class ActorMiddleware:
    """Puts `actor`, `membership` and `memberships` on the request; the role is the session's choice, else the first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.memberships = memberships(request)
        chosen = request.session.get(MEMBERSHIP) if request.memberships else None
        request.membership = next(
            (one for one in request.memberships if one.pk == chosen), next(iter(request.memberships), None)
        )
        request.actor = actor_of(request)
        return self.get_response(request)


def actor_of(request: Any, *, authentication: Authentication = Authentication.SESSION) -> Actor | None:
    """The actor behind a request; None for someone without a role."""
    if request.membership is None:
        return None
    return Actor(
        user=request.user.username,
        role=request.membership.role,
        site=request.membership.site or None,
        name=request.user.name,
        delegation=request.membership.delegation,
        authentication=authentication,
    )


def requires(permission: Permission) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let a view run only for an actor with a permission; a subject named in the address must be within reach too.

    A view that takes `subject` receives its casebook as `request.casebook`.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if request.actor is None:
                raise Refusal(message("web.no_role"))
            require(request.actor, permission)
            if "subject" in kwargs:
                request.casebook = reachable(request.actor, kwargs["subject"], permission)
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view that needs no permission, on purpose."""
    view.permission = None  # type: ignore[attr-defined]
    return view


def reachable(actor: Actor, subject: str, permission: Permission) -> Casebook:
    """The casebook of a subject this actor may open. One of another site is as unknown as one that does not exist."""
    site = read.study().subjects.get(subject)
    if (
        site is None
        or not allows(actor, permission, site=site)
        or not allows(actor, Permission.SEE_SUBJECTS, site=site)
    ):
        raise Refusal(message("refuse.no_subject", subject=subject[:40]))
    return read.casebook(subject)


def knows_arm(request: Any, casebook: Casebook) -> bool:
    """Whether this person may know this subject's arm."""
    return request.actor is not None and allows(request.actor, Permission.SEE_ARM, site=casebook.site)


def tells_arm(form: Any) -> bool:
    """Whether a form may tell the arm: everything after randomization may (radiotherapy, its effects, what follows)."""
    return bool(form.from_stage == "randomized" or form.only_arms)


def hidden_forms(request: Any, casebook: Casebook) -> frozenset[str]:
    """The forms, of any version of the protocol, that this person may not open for this subject."""
    study = read.study()
    protocols = [protocol_of(study, digest) for digest in study.protocols] or [protocol_for(request)]
    return frozenset(
        form.id
        for protocol in protocols
        for may in [_opener(request, casebook, protocol.central_forms)]
        for form in protocol.forms
        if not may(form)
    )


def opener(request: Any, casebook: Casebook) -> Callable[[Any], bool]:
    """Tells of forms, one by one, whether this person may open them for this subject.

    Those who may not know arms open what cannot tell them; central readings are hidden from the sites, so that no
    second reading bends the first.
    """
    return _opener(request, casebook, protocol_for(request).central_forms)


def may_open(request: Any, casebook: Casebook, form: Any) -> bool:
    """Whether this person may open a form of this subject."""
    return opener(request, casebook)(form)


def _opener(request: Any, casebook: Casebook, central_forms: Collection[str]) -> Callable[[Any], bool]:
    knows = knows_arm(request, casebook)
    central = request.actor is not None and allows(request.actor, Permission.SEE_CENTRAL, site=casebook.site)

    def may(form: Any) -> bool:
        return central if form.id in central_forms else knows or not tells_arm(form)

    return may
