"""What the trial as a whole waits for, and from whom: set-up left undone, suspected duplicates, looks not yet taken.

The counterpart of `worklist` for roles that look after sites rather than after participants. It follows from the study
alone, so a page may ask for it on every request.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from equipoise.conduct.documents import protocol_of
from equipoise.conduct.permissions import ROLES, Permission
from equipoise.conduct.study import Study
from equipoise.kernel.messages import Message, message
from equipoise.protocol.model import Protocol


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing the trial waits for: the permission that settles it, and what it is in words."""

    permission: Permission
    says: Message


def duties(study: Study) -> list[Duty]:
    """Everything the trial waits for, set-up first. Empty before a protocol is published."""
    latest = study.digest_in_force()
    if not latest:
        return []
    protocol = protocol_of(study, latest)
    return [*_exclusions(study, protocol, latest), *_sites(study, protocol, latest), *_keys(study), *_people(study)]


def _exclusions(study: Study, protocol: Protocol, digest: str) -> Iterator[Duty]:
    confirmed = study.confirmed.get(digest, set())
    waiting = [one.id for one in protocol.eligibility if one.confirm and one.id not in confirmed]
    if waiting:
        yield Duty(Permission.CONFIRM_EXCLUSIONS, message("duty.exclusions", criteria=", ".join(waiting)))


def _sites(study: Study, protocol: Protocol, latest: str) -> Iterator[Duty]:
    if not study.sites:
        yield Duty(Permission.OPEN_SITE, message("duty.no_site"))
    for site in study.sites.values():
        if study.digest_in_force(site.id) != latest:
            yield Duty(Permission.ACTIVATE, message("duty.activate", site=site.name, version=protocol.version))
        vacant = sorted(_needed(protocol) - {granted.role for granted, _ in study.roles if granted.site == site.id})
        if vacant:
            yield Duty(
                Permission.GRANT,
                message(
                    "duty.vacant", site=site.name, en=", ".join(ROLES[role].label.lower() for role in vacant),
                    zh="、".join(ROLES[role].chinese for role in vacant),
                ),
            )  # fmt: skip


def _needed(protocol: Protocol) -> set[str]:
    """The roles without which a site cannot fill in and sign this protocol's forms."""
    named = {role for form in protocol.forms for role in (*form.filled_by, form.signed_by) if role}
    return {role for role in named | {"investigator"} if ROLES[role].at_site}


def _keys(study: Study) -> Iterator[Duty]:
    if not study.epochs:
        yield Duty(Permission.COMMIT_RANDOMIZATION, message("duty.commit"))
    elif not study.epochs[study.epoch].season:
        yield Duty(Permission.COMMIT_RANDOMIZATION, message("duty.season"))


def _people(study: Study) -> Iterator[Duty]:
    for (one, other), resolved in study.duplicates.items():
        if resolved is None:
            yield Duty(Permission.RESOLVE_DUPLICATE, message("duty.duplicate", one=one, other=other))
    taken = {look.look for look, _ in study.looks_taken}
    for look in study.looks.values():
        if look.look not in taken:
            yield Duty(Permission.TAKE_LOOK, message("duty.look", purpose=look.purpose, cutoff=look.cutoff))
