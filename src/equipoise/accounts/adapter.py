"""How allauth is to behave: accounts are made by people with the right to, never by signing up."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):
    """No self-registration; nothing is sent by e-mail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whose failures are counted: the address the proxies name, else the one that speaks to this server.

        A request that came through fewer proxies than EQUIPOISE_PROXIES says, or names no address, counts as its
        neighbour's: what stands in its header may be anybody's word.
        """
        try:
            return str(super().get_client_ip(request))
        except (ImproperlyConfigured, PermissionDenied):
            return str(request.META.get("REMOTE_ADDR") or "unknown")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """After a new password, to work."""
        return settings.LOGIN_REDIRECT_URL
