"""The study: the fold of the trial's own stream. Protocol versions, sites, roles, randomization's epochs, looks."""

from dataclasses import dataclass, field
from datetime import datetime

from equipoise.conduct import facts as f
from equipoise.conduct.entry import Entry, Header


@dataclass(slots=True)
class Site:
    """A site and the protocol versions activated there, in order: (digest, consent versions, since)."""

    id: str
    name: str
    code: str
    country: str = ""
    activated: list[tuple[str, tuple[str, ...], datetime]] = field(default_factory=list)
    subjects: int = 0
    prescreened: int = 0


@dataclass(slots=True)
class Epoch:
    """An epoch of randomization: its commitment, the season mixed in, and the key once opened."""

    committed: f.RandomizationCommitted
    season: str = ""
    key: str = ""


@dataclass(slots=True)
class Study:
    """The state of the trial as a whole, as of its last folded entry."""

    version: int = 0
    position: int = 0
    opened: f.TrialOpened | None = None
    opened_at: datetime | None = None
    protocols: dict[str, f.ProtocolPublished] = field(default_factory=dict)
    translations: dict[tuple[str, str], f.TranslationPublished] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)
    screened_again: dict[str, str] = field(default_factory=dict)
    """By the number of an attempt at screening, the number of the attempt that continued it."""
    roles: list[tuple[f.RoleGranted, Header]] = field(default_factory=list)
    confirmed: dict[str, set[str]] = field(default_factory=dict)
    epochs: dict[int, Epoch] = field(default_factory=dict)
    allocations: list[f.SlotAllocated | f.ContingencyAllocated] = field(default_factory=list)
    first_allocated_at: datetime | None = None
    looks: dict[str, f.LookAuthorized] = field(default_factory=dict)
    looks_taken: list[tuple[f.LookTaken, Header]] = field(default_factory=list)
    released: bool = False
    duplicates: dict[tuple[str, str], f.DuplicateResolved | None] = field(default_factory=dict)
    checkpoints: list[f.CheckpointLodged] = field(default_factory=list)

    @property
    def trial(self) -> str:
        """The trial's id; '' before it is opened."""
        return self.opened.trial if self.opened else ""

    @property
    def is_rehearsal(self) -> bool:
        """Whether this ledger holds synthetic participants."""
        return self.opened is not None and self.opened.rehearsal

    def digest_in_force(self, site: str | None = None) -> str:
        """The digest of the protocol version in force at a site; without a site, the latest published; '' if none."""
        if site is not None:
            known = self.sites.get(site)
            return known.activated[-1][0] if known and known.activated else ""
        return next(reversed(self.protocols), "")

    def consents_in_force(self, site: str) -> tuple[str, ...]:
        """The consent versions (`form:version`) in force at a site."""
        known = self.sites.get(site)
        return known.activated[-1][1] if known and known.activated else ()

    @property
    def epoch(self) -> int:
        """The latest epoch of randomization; 0 before the first."""
        return max(self.epochs, default=0)


def fold_study(study: Study, entry: Entry) -> Study:
    """Fold one entry of the trial's stream. No rules here: the fact records what was decided."""
    header, fact = entry.header, entry.fact
    study.version, study.position = header.version, header.position
    match fact:
        case f.TrialOpened():
            study.opened, study.opened_at = fact, header.at
        case f.ProtocolPublished():
            study.protocols[fact.digest] = fact
        case f.TranslationPublished():
            study.translations[fact.protocol, fact.language] = fact
        case f.SiteOpened():
            study.sites[fact.site] = Site(fact.site, fact.name, fact.code, fact.country)
        case f.ProtocolActivated():
            study.sites[fact.site].activated.append((fact.digest, fact.consents, header.at))
        case f.SubjectRegistered():
            study.subjects[fact.subject] = fact.site
            if fact.previous:
                study.screened_again[fact.previous] = fact.subject
            site = study.sites[fact.site]
            if fact.prescreening:
                site.prescreened += 1
            else:
                site.subjects += 1
        case f.ExclusionsConfirmed():
            study.confirmed.setdefault(fact.protocol, set()).update(fact.criteria)
        case f.RoleGranted():
            study.roles.append((fact, header))
        case f.RoleRevoked():
            study.roles = [
                (granted, at)
                for granted, at in study.roles
                if (granted.user, granted.role, granted.site) != (fact.user, fact.role, fact.site)
            ]
        case f.RandomizationCommitted():
            study.epochs[fact.epoch] = Epoch(fact)
        case f.RandomizationSeasoned():
            study.epochs[fact.epoch].season = fact.season
        case f.RandomizationOpened():
            study.epochs[fact.epoch].key = fact.key
        case f.SlotAllocated() | f.ContingencyAllocated():
            study.allocations.append(fact)
            study.first_allocated_at = study.first_allocated_at or header.at
        case f.LookAuthorized():
            study.looks[fact.look] = fact
        case f.LookTaken():
            study.looks_taken.append((fact, header))
        case f.ResultsReleased():
            study.released = True
        case f.DuplicateSuspected():
            study.duplicates[fact.subject, fact.other] = None
        case f.DuplicateResolved():
            study.duplicates[fact.subject, fact.other] = fact
        case f.CheckpointLodged():
            study.checkpoints.append(fact)
        case _:
            pass  # access, accounts and redactions change no state of the trial
    return study
