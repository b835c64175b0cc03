"""The Django app of accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, memberships and participants' identities: the ordinary, changeable tables beside the ledger."""

    name = "equipoise.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
