"""Which version of the protocol a record stands in: the one its last entry was judged by. Data are never migrated.

A form is shown and corrected in the version it was filled in; a later version is entered on purpose, and then the
answers it no longer asks for stay in the record as they were.
"""

from dataclasses import dataclass
from datetime import date

from equipoise.conduct.casebook import Casebook, Record
from equipoise.conduct.documents import protocol_at, protocol_of
from equipoise.conduct.study import Study
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.protocol.diff import Reuse, diff
from equipoise.protocol.model import Protocol


@dataclass(frozen=True, slots=True)
class Standing:
    """A record's version, and the one in force at its site."""

    digest: str
    protocol: Protocol
    in_force: str

    @property
    def is_older(self) -> bool:
        """Whether another version than the record's is in force now."""
        return self.digest != self.in_force

    @property
    def judged_by(self) -> str:
        """What an entry made in an older version says it was judged by; '' where it is the version in force."""
        return self.digest if self.is_older else ""


def standing(study: Study, casebook: Casebook, record: Record | None, *, version: str = "") -> Standing:
    """The version in which a record is shown and corrected; a new one stands in the version in force at the site.

    `version` moves the record to the version in force, by its digest; any other is refused.
    """
    protocol = protocol_at(study, casebook.site)
    in_force = study.digest_in_force(casebook.site)
    if version and version != in_force:
        raise Refusal(message("refuse.version_not_in_force", digest=version[:12]))
    judged_by = record.last.protocol if record is not None and record.last is not None and not version else in_force
    if judged_by == in_force or judged_by not in study.protocols:
        return Standing(in_force, protocol, in_force)
    return Standing(judged_by, protocol_of(study, judged_by), in_force)


def earlier_version(study: Study, casebook: Casebook, digest: str) -> Protocol | None:
    """A version published before the one in force at the site; None where it is that one, or is not known."""
    if digest == study.digest_in_force(casebook.site) or digest not in study.protocols:
        return None
    return protocol_of(study, digest)


def randomized_under(study: Study, casebook: Casebook) -> Protocol:
    """The version a participant was randomized under, by which eligibility then is judged for ever."""
    header = casebook.randomized_header
    if header is not None and header.protocol in study.protocols:
        return protocol_of(study, header.protocol)
    return protocol_at(study, casebook.site)


def replaced(study: Study, site: str) -> tuple[tuple[str, date], ...]:
    """The versions once in force at a site: the digest of each, and the day the next came into force, in order."""
    activated = study.sites[site].activated if site in study.sites else []
    ends = [since.date() for _, _, since in activated[1:]]
    return tuple((digest, end) for (digest, _, _), end in zip(activated, ends, strict=False))


def reused(study: Study, new: Protocol) -> tuple[Reuse, ...]:
    """The ids of a document that meant something else in any version published so far, not in the latest alone."""
    found = (one for digest in study.protocols for one in diff(protocol_of(study, digest), new).reused)
    return tuple({one.path: one for one in found}.values())
