"""The Django app of the ledger."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Holds the two tables of the record and the migrations that guard them."""

    name = "equipoise.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Set every connection, and record accesses, from now on."""
        from equipoise.ledger import accesses, pragmas

        pragmas.listen()
        accesses.listen()
