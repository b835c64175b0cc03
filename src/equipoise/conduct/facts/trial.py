"""Facts about the trial as a whole: its opening, its protocol's versions, its sites."""

from equipoise.conduct.facts.base import Audience, fact


@fact("trial_opened", audience=Audience.TRIAL)
class TrialOpened:
    """The ledger begins. Rehearsal and production ledgers are distinct from their first entry on, irrevocably.

    A rehearsal says what it acts out: the scenario, how many participants, from which day they are randomized, and
    whether visits are kept as in life or `clean`; with the seed, that is all it takes to imagine the same participants.
    """

    trial: str
    rehearsal: bool
    seed: str = ""
    scenario: str = ""
    subjects: int = 0
    accrual_from: str = ""
    conduct: str = ""


@fact("protocol_published", audience=Audience.TRIAL)
class ProtocolPublished:
    """A version of the protocol entered the record, whole: its canonical text is kept here."""

    version: str
    digest: str
    document: str
    because: str = ""


@fact("translation_published", audience=Audience.TRIAL)
class TranslationPublished:
    """A translation of a protocol version entered the record. It has its own digest and amends nothing."""

    language: str
    protocol: str
    digest: str
    document: str


@fact("exclusions_confirmed", audience=Audience.TRIAL)
class ExclusionsConfirmed:
    """An investigator confirmed the criteria that the protocol carries as assumptions; the trial may open."""

    protocol: str
    criteria: tuple[str, ...]


@fact("site_opened", audience=Audience.TRIAL)
class SiteOpened:
    """A site joined the trial."""

    site: str
    name: str
    code: str
    country: str = ""


@fact("protocol_activated", audience=Audience.TRIAL)
class ProtocolActivated:
    """A version of the protocol, and its consent forms, came into force at a site after that site's approvals."""

    site: str
    digest: str
    approved_on: str
    approval: str
    consents: tuple[str, ...]


@fact("duplicate_suspected", audience=Audience.OVERSIGHT)
class DuplicateSuspected:
    """Two subjects may be one person: the identity index of both is equal. Neither site learns of the other's."""

    subject: str
    other: str


@fact("duplicate_resolved", audience=Audience.OVERSIGHT)
class DuplicateResolved:
    """A suspected duplicate was looked into, and what was found."""

    subject: str
    other: str
    same_person: bool
    because: str


@fact("checkpoint_lodged", audience=Audience.TRIAL)
class CheckpointLodged:
    """The head of the chain was signed and lodged outside."""

    position: int
    head: str
    where: str
    signature: str = ""


@fact("redacted", audience=Audience.OVERSIGHT)
class Redacted:
    """The payload of an entry was removed under the documented procedure; its digest stays in the chain.

    `replacement` is what the entry is read as from now on: canonical text of the same kind.
    """

    position: int
    because: str
    witness: str
    replacement: str


@fact("subject_registered", audience=Audience.TRIAL)
class SubjectRegistered:
    """A number was given at a site: to a participant at consent, or to an entry of the pre-screening log.

    `previous` is the number of the attempt at screening that this one continues.
    """

    subject: str
    site: str
    prescreening: bool = False
    previous: str = ""
