"""Every error as a page that teaches; never a traceback."""

import logging
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from equipoise.kernel.errors import EquipoiseError, Refusal

log = logging.getLogger("equipoise.web")

NOBODY = ("refuse.no_subject", "central.no_number")
"""The refusals that say there is nobody of that number."""


class ErrorMiddleware:
    """Shows an EquipoiseError as a page with its HTTP status; anything else is ours, logged, and shown as such."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code == 405 and not answer.content:  # Django's own is an empty page
            allowed = answer.headers["Allow"]
            answer = render(request, "error.html", {"status": 405}, status=405)
            answer.headers["Allow"] = allowed
        return answer

    def process_exception(self, request: Any, error: Exception) -> HttpResponse | None:
        """Called for what a view let through."""
        if not isinstance(error, EquipoiseError):
            return None
        status = 404 if isinstance(error, Refusal) and error.code in NOBODY else error.http_status
        return render(
            request, "error.html", {"says": error.say(get_language() or "en"), "status": status}, status=status
        )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: more was sent than a page may send, or it was garbled on the way."""
    return render(request, "error.html", {"status": 400}, status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return render(request, "error.html", {"status": 404}, status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return render(request, "error.html", {"status": 403}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """500: rendered without a context, since whatever is wrong may be there too."""
    return render(None, "broken.html", status=500)  # type: ignore[arg-type]


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """An expired or foreign form: what was typed is still in the browser, one step back."""
    return render(request, "error.html", {"status": 403, "expired": True}, status=403)
