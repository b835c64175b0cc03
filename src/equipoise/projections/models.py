"""The tables: one row a subject, and its arm kept apart so that no list can show it by accident."""

from django.db import models


class SubjectRow(models.Model):
    """What lists show of a subject. Nothing here identifies a person, and nothing tells the arm."""

    subject = models.CharField(max_length=64, primary_key=True)
    site = models.CharField(max_length=64, db_index=True)
    number = models.CharField(max_length=64, db_index=True)
    stage = models.CharField(max_length=32, db_index=True)
    prescreened_on = models.DateField(null=True)
    consented_on = models.DateField(null=True)
    randomized_on = models.DateField(null=True, db_index=True)
    deviations = models.PositiveIntegerField(default=0)
    duplicate = models.BooleanField(default=False)
    version = models.PositiveBigIntegerField()
    last_position = models.PositiveBigIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        default_permissions = ()


class ArmRow(models.Model):
    """The arm of a randomized subject. Read only where the permission to know arms was checked."""

    subject = models.CharField(max_length=64, primary_key=True)
    arm = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()


class DueRow(models.Model):
    """One thing to be done for a subject, with absolute dates, so that the row stays true until the next act."""

    subject = models.CharField(max_length=64, db_index=True)
    site = models.CharField(max_length=64, db_index=True)
    kind = models.CharField(max_length=32)
    what = models.CharField(max_length=128, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    roles = models.CharField(max_length=300)
    opens = models.DateField()
    closes = models.DateField(null=True, db_index=True)

    class Meta:
        default_permissions = ()
        ordering = ("closes", "opens", "subject", "kind", "what")


class ReviewRow(models.Model):
    """The central review of a randomized subject, scan by scan, for lists; `basis` says by which rules it was made.

    `scans` and `adjudicators` are JSON, written and read by `projections.reviews` alone.
    """

    subject = models.CharField(max_length=64, primary_key=True)
    site = models.CharField(max_length=64)
    basis = models.CharField(max_length=64)
    is_out = models.BooleanField(default=False)
    seen = models.DateField(null=True)
    baseline_read = models.BooleanField(default=False)
    reader = models.CharField(max_length=150, blank=True)
    adjudicators = models.TextField(default="[]")
    scans = models.TextField(default="[]")

    class Meta:
        default_permissions = ()
