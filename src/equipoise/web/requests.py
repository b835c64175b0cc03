"""What every request keeps to: how much it may send, how long it keeps a session alive, where its answer is kept."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from equipoise.kernel.messages import message
from equipoise.ledger import read

RENEWED = "renewed"
"""The session's key for when it was last renewed, in seconds since 1970."""
DRAINED = 32 << 20
"""Up to how many bytes a body that is refused is let run out, so that the browser reads the answer."""
RENEWAL = 60
"""How many seconds a session is not written again: a page that only reads then waits for no writer."""


class LargestBodyMiddleware:
    """Refuses a body beyond LARGEST_BODY by what it says of itself; nothing of it is kept, in memory or on disk.

    A body that says nothing of its length is not read at all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not _is_length(length) or int(length) > settings.LARGEST_BODY:
            _drain(request)
            return render(request, "error.html", {"status": 400}, status=400)
        return self.get_response(request)


class NoNulMiddleware:
    """Refuses NUL characters in whatever is asked or sent: no keyboard makes one, and PostgreSQL stores none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        names = [(data, name) for data in (request.GET, request.POST) for name in data if name != "key"]
        given = (text for data, name in names for text in (name, *data.getlist(name)))  # a key is told by itself
        if "\0" in request.path_info or any("\0" in text for text in given):
            says = message("web.nul").say(get_language() or "en")
            return render(request, "error.html", {"says": says, "status": 400}, status=400)
        return self.get_response(request)


class SteadyMiddleware:
    """A page that only reads shows one state of the record, and asks for it once."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        with read.steady():
            return self.get_response(request)


class SignedInMiddleware:
    """Renews the session of whoever is signed in, and keeps what they are shown out of every cache.

    What was on a page is then not to be had by a step back after signing out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        is_signed_in = request.user.is_authenticated
        if is_signed_in and not 0 <= (now := int(time.time())) - request.session.get(RENEWED, 0) < RENEWAL:
            request.session[RENEWED] = now
        answer = self.get_response(request)
        if is_signed_in:
            answer.headers.setdefault("Cache-Control", "no-store, private")
        return answer


def _is_length(text: str) -> bool:
    """Whether a length is told in digits, and not in so many that zeros before it could hide it."""
    return text.isascii() and text.isdigit() and len(text) < 20


def _drain(request: HttpRequest) -> None:
    """Let a body run out unless it is beyond DRAINED: a browser whose sending is cut off shows no answer."""
    length = request.META["CONTENT_LENGTH"]
    if _is_length(length) and int(length) <= DRAINED:
        while request.read(1 << 16):
            pass
