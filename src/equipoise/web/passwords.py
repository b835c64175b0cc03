"""A first password opens one page: the one where it is changed."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

OPEN = frozenset({"account_change_password", "account_logout", "set_language"})
"""The pages that open before the first password is changed."""


class FirstPasswordMiddleware:
    """Leads whoever still has a first password to the page that changes it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        if request.user.is_authenticated and request.user.must_change_password and not _is_open(request.path_info):
            return redirect("account_change_password")
        return self.get_response(request)


def _is_open(path: str) -> bool:
    try:
        return resolve(path).url_name in OPEN
    except Resolver404:
        return False
