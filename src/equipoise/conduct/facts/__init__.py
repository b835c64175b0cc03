"""The closed set of facts: past-tense frozen dataclasses, one module a noun.

A fact is for ever: it only ever gains optional fields; a changed meaning is a new kind.
"""

from equipoise.conduct.facts.base import Audience, audience_of, kind_of, kinds
from equipoise.conduct.facts.central import ResponseAdjudicated
from equipoise.conduct.facts.people import (
    AccessRecorded,
    AccountChanged,
    LookAuthorized,
    LookTaken,
    ResultsReleased,
    RoleGranted,
    RoleRevoked,
)
from equipoise.conduct.facts.randomization import (
    ContingencyAllocated,
    RandomizationCommitted,
    RandomizationOpened,
    RandomizationSeasoned,
    Randomized,
    SlotAllocated,
)
from equipoise.conduct.facts.recorded import FormStatus, LogCompleted, Recorded, RegisterFrozen, RowRemoved
from equipoise.conduct.facts.subject import (
    ConsentDeclined,
    Consented,
    DeathCorrected,
    DeviationOpened,
    Died,
    EligibilitySigned,
    IdentityErased,
    Prescreened,
    ScreenFailed,
    Signed,
    Stopped,
    VisitAdded,
    VisitMissed,
)
from equipoise.conduct.facts.trial import (
    CheckpointLodged,
    DuplicateResolved,
    DuplicateSuspected,
    ExclusionsConfirmed,
    ProtocolActivated,
    ProtocolPublished,
    Redacted,
    SiteOpened,
    SubjectRegistered,
    TranslationPublished,
    TrialOpened,
)

__all__ = [
    "AccessRecorded", "AccountChanged", "Audience", "CheckpointLodged", "ConsentDeclined", "Consented",
    "ContingencyAllocated",
    "DeathCorrected", "DeviationOpened", "Died", "DuplicateResolved", "DuplicateSuspected", "EligibilitySigned",
    "ExclusionsConfirmed", "FormStatus", "IdentityErased", "LogCompleted", "LookAuthorized", "LookTaken", "Prescreened",
    "ProtocolActivated", "ProtocolPublished", "RandomizationCommitted", "RandomizationOpened",
    "RandomizationSeasoned", "Randomized", "Recorded", "Redacted", "RegisterFrozen",
    "ResponseAdjudicated", "ResultsReleased",
    "RoleGranted", "RoleRevoked", "RowRemoved", "ScreenFailed", "Signed", "SiteOpened", "SlotAllocated", "Stopped",
    "SubjectRegistered",
    "TranslationPublished", "TrialOpened", "VisitAdded", "VisitMissed", "audience_of",
    "kind_of", "kinds",
]  # fmt: skip
