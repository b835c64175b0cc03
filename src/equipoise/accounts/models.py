"""Users and their roles; participants' identities, encrypted per site and erasable."""

from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Users(BaseUserManager["User"]):
    """Makes accounts. Usernames are never reassigned: an account is closed, not deleted."""

    def create_user(self, username: str, password: str | None = None, **values: Any) -> "User":
        """Make an account; without a password nobody can sign in to it yet."""
        user = self.model(username=self.model.normalize_username(username), **values)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Sign-in names are compared without regard to case."""
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """A person with an account. What the person may do stands in the memberships, never here."""

    username = models.CharField(max_length=80, unique=True, validators=[UnicodeUsernameValidator()])
    name = models.CharField(max_length=160, help_text="Printed with every signature.")
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=12, default="en", choices=[("en", "English"), ("zh-hans", "简体中文")])
    must_change_password = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = Users()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = (models.UniqueConstraint(models.functions.Lower("username"), name="accounts_username_any_case"),)

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        """The name printed with signatures."""
        return self.name

    def get_short_name(self) -> str:
        """The sign-in name."""
        return self.username


class MembershipSet(models.QuerySet["Membership"]):
    """Memberships by the day."""

    def on(self, day: date) -> "MembershipSet":
        """Memberships in force on a day: since that day or before, and not ended on it or before."""
        return self.filter(Q(since__lte=day), Q(until__isnull=True) | Q(until__gt=day))


class Membership(models.Model):
    """A role a user holds, at one site or (without a site) in the whole trial. On the day `until` it is over.

    Written by `accounts.memberships` alone, from the ledger's facts.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    site = models.CharField(max_length=64, blank=True)
    role = models.CharField(max_length=64)
    delegation = models.CharField(max_length=160, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = MembershipSet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "site", "role", "since"), name="accounts_membership_once"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")), name="accounts_membership_span"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.role}" + (f" · {self.site}" if self.site else "")


class SubjectKey(models.Model):
    """The key of what identifies one subject, itself encrypted under the master key. Destroying it erases."""

    subject = models.CharField(max_length=64, primary_key=True)
    wrapped = models.BinaryField()

    class Meta:
        default_permissions = ()


class SubjectIdentity(models.Model):
    """Who a subject is, encrypted; `index` finds the same person at another site by equality, and nothing else."""

    subject = models.CharField(max_length=64, primary_key=True)
    site = models.CharField(max_length=64, db_index=True)
    sealed = models.BinaryField()
    index = models.CharField(max_length=64, db_index=True, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        default_permissions = ()
