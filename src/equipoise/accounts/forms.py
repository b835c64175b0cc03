"""The form for a new password."""

from typing import Any

from allauth.account.forms import ChangePasswordForm
from django.utils.translation import gettext_lazy as _


class ChangePassword(ChangePasswordForm):
    """A new password must be new: a first password that somebody else saw is not kept by typing it again."""

    def clean(self) -> dict[str, Any]:
        """Refuse the old password as the new one."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("password1") and cleaned.get("password1") == cleaned.get("oldpassword"):
            self.add_error("password1", _("The new password is the old one; choose another."))
        return cleaned
