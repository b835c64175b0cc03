"""The two tables of the record. They are written by `ledger.table` alone; the database itself refuses anything else."""

from django.db import models


class Entry(models.Model):
    """One entry of the chain; see `ledger.row` for what is hashed. A database holds one trial."""

    position = models.BigIntegerField(primary_key=True)
    trial = models.TextField()
    stream = models.TextField()
    version = models.BigIntegerField()
    kind = models.TextField()
    payload_digest = models.CharField(max_length=64)
    at = models.CharField(max_length=27)
    """Server time, UTC, as the fixed-width text that is hashed: 2026-01-31T09:30:00.000000Z."""
    actor = models.TextField()
    actor_name = models.TextField()
    role = models.TextField()
    site = models.TextField()
    delegation = models.TextField()
    authentication = models.TextField()
    origin = models.TextField()
    reason = models.TextField()
    protocol = models.TextField()
    software = models.TextField()
    key = models.CharField(max_length=36)
    act = models.CharField(max_length=64)
    redacts = models.BigIntegerField(null=True)
    previous = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        db_table = "ledger_entry"
        constraints = (
            models.UniqueConstraint(fields=("trial", "position"), name="ledger_one_sequence"),
            models.UniqueConstraint(fields=("trial", "stream", "version"), name="ledger_one_version"),
        )
        indexes = (
            models.Index(fields=("stream", "version"), name="ledger_stream"),
            models.Index(fields=("key",), name="ledger_key"),
            models.Index(fields=("at",), name="ledger_at"),
            models.Index(fields=("kind",), name="ledger_kind"),
            models.Index(fields=("redacts",), name="ledger_redacts", condition=models.Q(redacts__isnull=False)),
        )


class Payload(models.Model):
    """What an entry says, beside the entry: canonical JSON and its salt. Both are null once redacted."""

    position = models.BigIntegerField(primary_key=True)
    salt = models.CharField(max_length=32, null=True)
    text = models.TextField(null=True)

    class Meta:
        db_table = "ledger_payload"
