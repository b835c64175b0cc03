"""Actions on the trial as a whole: opening, publishing, sites, activation, duplicates, checkpoints."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from equipoise.conduct import facts as f
from equipoise.conduct.actions.base import Context, TrialAction, because, day_of, opened
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.documents import document, protocol_of
from equipoise.conduct.entry import TRIAL_STREAM, NewFact
from equipoise.conduct.permissions import Permission
from equipoise.conduct.study import Study
from equipoise.conduct.versions import reused
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message


@dataclass(frozen=True, slots=True)
class OpenTrial(TrialAction):
    """Begin a ledger, with the protocol's first version. A rehearsal says so here, for ever, and what it acts out."""

    permission: ClassVar[Permission] = Permission.OPEN_TRIAL
    canonical: str
    rehearsal: bool
    seed: str = ""
    scenario: str = ""
    subjects: int = 0
    accrual_from: str = ""
    conduct: str = ""

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses an open ledger."""
        if study.opened is not None:
            raise Refusal(message("refuse.opened_already"))
        read = document(self.canonical)
        begun = f.TrialOpened(
            trial=read.protocol.id, rehearsal=self.rehearsal, seed=self.seed, scenario=self.scenario,
            subjects=self.subjects, accrual_from=self.accrual_from, conduct=self.conduct,
        )  # fmt: skip
        return [
            NewFact(TRIAL_STREAM, begun),
            NewFact(
                TRIAL_STREAM,
                f.ProtocolPublished(version=read.protocol.version, digest=read.digest, document=self.canonical),
            ),
        ]


@dataclass(frozen=True, slots=True)
class PublishProtocol(TrialAction):
    """Enter a new version of the protocol into the record. Nothing is in force before a site activates it."""

    permission: ClassVar[Permission] = Permission.PUBLISH
    canonical: str
    reason: str

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses another trial's document, a version or its number used again, and ids that came to mean another."""
        opened(study)
        read = document(self.canonical)
        if read.protocol.id != study.trial:
            raise Refusal(message("refuse.other_trial", trial=study.trial, seen=read.protocol.id))
        if read.digest in study.protocols:
            raise Refusal(message("refuse.published_already"))
        if any(published.version == read.protocol.version for published in study.protocols.values()):
            raise Refusal(message("refuse.version_reused", version=read.protocol.version))
        for one in reused(study, read.protocol):
            raise Refusal(message("refuse.id_reused", path=one.path, before=one.before, after=one.after))
        published = f.ProtocolPublished(
            version=read.protocol.version, digest=read.digest, document=self.canonical, because=because(self.reason)
        )
        return [NewFact(TRIAL_STREAM, published, reason=self.reason)]


@dataclass(frozen=True, slots=True)
class PublishTranslation(TrialAction):
    """Enter a translation of a protocol version into the record."""

    permission: ClassVar[Permission] = Permission.PUBLISH
    protocol: str
    language: str
    digest: str
    canonical: str

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses a translation of an unpublished version, and text that is no JSON object."""
        opened(study)
        if self.protocol not in study.protocols:
            raise Refusal(message("refuse.protocol_unknown", digest=self.protocol[:12]))
        try:
            is_document = isinstance(json.loads(self.canonical), dict)
        except ValueError:
            is_document = False
        if not is_document:
            raise Refusal(message("refuse.translation_unreadable", language=self.language[:20]))
        return [
            NewFact(
                TRIAL_STREAM,
                f.TranslationPublished(
                    language=self.language, protocol=self.protocol, digest=self.digest, document=self.canonical
                ),
            )
        ]


@dataclass(frozen=True, slots=True)
class OpenSite(TrialAction):
    """Let a site join."""

    permission: ClassVar[Permission] = Permission.OPEN_SITE
    id: str
    name: str
    code: str
    country: str = ""

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses a site or a code already known."""
        opened(study)
        if self.id in study.sites or any(site.code == self.code for site in study.sites.values()):
            raise Refusal(message("refuse.site_known", site=self.id))
        return [NewFact(TRIAL_STREAM, f.SiteOpened(site=self.id, name=self.name, code=self.code, country=self.country))]


@dataclass(frozen=True, slots=True)
class ActivateProtocol(TrialAction):
    """Put a protocol version in force at a site, after its approvals, with its consent forms."""

    permission: ClassVar[Permission] = Permission.ACTIVATE
    at_site: str
    digest: str
    approved_on: str
    approval: str

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses an unknown site or version, one in force already, a future approval, assumed criteria unconfirmed."""
        opened(study)
        if self.at_site not in study.sites:
            raise Refusal(message("refuse.site_unknown", site=self.at_site))
        if self.digest not in study.protocols:
            raise Refusal(message("refuse.protocol_unknown", digest=self.digest[:12]))
        if study.digest_in_force(self.at_site) == self.digest:
            raise Refusal(message("refuse.activated_already"))
        day_of(self.approved_on, context)
        protocol = protocol_of(study, self.digest)
        confirmed = study.confirmed.get(self.digest, set())
        open_ones = [criterion.id for criterion in protocol.eligibility if criterion.confirm]
        missing = [criterion for criterion in open_ones if criterion not in confirmed]
        if missing:
            raise Refusal(message("refuse.exclusions_unconfirmed", criteria=", ".join(missing)))
        return [
            NewFact(
                TRIAL_STREAM,
                f.ProtocolActivated(
                    site=self.at_site,
                    digest=self.digest,
                    approved_on=self.approved_on,
                    approval=because(self.approval),
                    consents=tuple(f"{consent.id}:{consent.version}" for consent in protocol.consents),
                ),
            )
        ]


@dataclass(frozen=True, slots=True)
class ConfirmExclusions(TrialAction):
    """An investigator confirms the criteria that the protocol holds as assumptions."""

    permission: ClassVar[Permission] = Permission.CONFIRM_EXCLUSIONS
    digest: str
    criteria: tuple[str, ...]

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses an unknown version, and criteria that it does not hold as assumptions."""
        opened(study)
        if self.digest not in study.protocols:
            raise Refusal(message("refuse.protocol_unknown", digest=self.digest[:12]))
        assumed = {one.id for one in protocol_of(study, self.digest).eligibility if one.confirm}
        for criterion in self.criteria:
            if criterion not in assumed:
                raise Refusal(message("refuse.unknown_criterion", seen=criterion[:40]))
        return [NewFact(TRIAL_STREAM, f.ExclusionsConfirmed(protocol=self.digest, criteria=self.criteria))]


@dataclass(frozen=True, slots=True)
class SuspectDuplicate(TrialAction):
    """Note that two subjects may be one person. Only the software does this, from the identity index."""

    permission: ClassVar[Permission] = Permission.RECORD_ACCESS
    subject: str
    other: str

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Says nothing twice."""
        if (self.subject, self.other) in study.duplicates:
            return []
        return [NewFact(TRIAL_STREAM, f.DuplicateSuspected(subject=self.subject, other=self.other))]


@dataclass(frozen=True, slots=True)
class ResolveDuplicate(TrialAction):
    """Say what a suspected duplicate turned out to be."""

    permission: ClassVar[Permission] = Permission.RESOLVE_DUPLICATE
    subject: str
    other: str
    same_person: bool
    reason: str

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses what nobody suspects."""
        if (self.subject, self.other) not in study.duplicates:
            raise Refusal(message("refuse.duplicate_unknown"))
        return [
            NewFact(
                TRIAL_STREAM,
                f.DuplicateResolved(
                    subject=self.subject,
                    other=self.other,
                    same_person=self.same_person,
                    because=because(self.reason),
                ),
            )
        ]


@dataclass(frozen=True, slots=True)
class LodgeCheckpoint(TrialAction):
    """Note that the head of the chain was signed and lodged outside."""

    permission: ClassVar[Permission] = Permission.RECORD_ACCESS
    position: int
    head: str
    where: str
    signature: str

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Always possible."""
        opened(study)
        return [
            NewFact(
                TRIAL_STREAM,
                f.CheckpointLodged(position=self.position, head=self.head, where=self.where, signature=self.signature),
            )
        ]
