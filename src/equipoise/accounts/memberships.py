"""Memberships follow from the ledger: granting and revoking are facts, and these rows are what they amount to today."""

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from equipoise.accounts.models import Membership, User
from equipoise.conduct import facts as f
from equipoise.conduct.entry import Entry


def apply(entries: Iterable[Entry]) -> None:
    """Bring memberships up to date after these entries, in their transaction."""
    for entry in entries:
        match entry.fact:
            case f.RoleGranted() as granted:
                _grant(granted, entry)
            case f.RoleRevoked() as revoked:
                Membership.objects.filter(
                    user__username=revoked.user, role=revoked.role, site=revoked.site, until__isnull=True
                ).update(until=_day(entry))
            case _:
                pass


def rebuild(entries: Iterable[Entry]) -> None:
    """Write every membership afresh from the entries that grant and revoke."""
    Membership.objects.all().delete()
    apply(entries)


def _grant(granted: f.RoleGranted, entry: Entry) -> None:
    user = User.objects.filter(username=granted.user).first()
    if user is None:
        return  # somebody without an account here, as in a rehearsal
    Membership.objects.update_or_create(
        user=user,
        role=granted.role,
        site=granted.site,
        since=_day(entry),
        defaults={"delegation": granted.delegation, "until": None},
    )


def _day(entry: Entry) -> date:
    """The day of an entry where the trial is, by whose days memberships are asked for."""
    return timezone.localdate(entry.header.at)
