"""Who reads whom centrally: a participant opened under the blinded number, for the reader or for the adjudicator."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse

from equipoise.conduct.central import Review, central_review
from equipoise.conduct.permissions import Permission
from equipoise.kernel.errors import NotPermitted, Refusal
from equipoise.kernel.messages import message
from equipoise.ledger import read
from equipoise.web.access import requires
from equipoise.web.blinding import subject_of
from equipoise.web.documents import protocol_for

type View = Callable[..., HttpResponse]


def for_reader(view: View) -> View:
    """Let a view run for the reader of the participant behind `number`, or for whoever may become it.

    The view finds `request.casebook` and `request.review`.
    """

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        review, user = _open(request, kwargs["number"]), request.actor.user
        if user in review.adjudicators:
            raise NotPermitted(message("central.adjudicated_by_you"))
        if review.reader not in ("", user):
            raise NotPermitted(message("central.other_reader"))
        return view(request, *args, **kwargs)

    return requires(Permission.READ_CENTRALLY)(guarded)


def for_adjudicator(view: View) -> View:
    """Let a view run for a central reader who read no scan of the participant behind `number`."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        review = _open(request, kwargs["number"])
        if review.reader in ("", request.actor.user):
            raise NotPermitted(message("central.read_by_you"))
        return view(request, *args, **kwargs)

    return requires(Permission.ADJUDICATE)(guarded)


def _open(request: Any, number: str) -> Review:
    casebook = read.casebook(subject_of(number))
    request.casebook = casebook
    review = central_review(protocol_for(request), casebook)
    if review is None:
        raise Refusal(message("central.no_number", number=number[:40]))
    request.review = review
    return review
