"""Facts that change a subject's status or rights."""

from typing import Literal

from equipoise.conduct.facts.base import Audience, fact


@fact("prescreened", audience=Audience.STAFF)
class Prescreened:
    """A person was considered for the trial; outcome and reason, without anything that identifies."""

    number: str
    site: str
    on: str
    outcome: Literal["approached", "not_eligible", "declined", "later"]
    because: str = ""
    previous: str = ""


@fact("consented", audience=Audience.STAFF)
class Consented:
    """A participant signed a consent form. The first one opens screening and gives the screening number.

    Age is in whole years on the day of consent; the birth date stays with the site's identities.
    """

    consent: str
    version: str
    on: str
    number: str = ""
    site: str = ""
    age: int = 0
    birth_year: int = 0
    language: str = ""
    attempt: int = 1
    previous: str = ""


@fact("consent_declined", audience=Audience.STAFF)
class ConsentDeclined:
    """An optional consent was declined."""

    consent: str
    version: str
    on: str


@fact("signed", audience=Audience.STAFF)
class Signed:
    """A person signed: what it means, and the digest of exactly what it covers. Password given again."""

    meaning: Literal["form", "eligibility", "irradiability", "register", "response"]
    covers: str
    says: str
    printed_name: str
    form: str = ""
    occurrence: str = ""


@fact("eligibility_signed", audience=Audience.STAFF)
class EligibilitySigned:
    """An investigator signed an evaluation: its digest, the verdict of each criterion, the day it was judged for."""

    evaluation: str
    on: str
    verdicts: dict[str, str]
    exceptions: tuple[str, ...]
    printed_name: str


@fact("screen_failed", audience=Audience.STAFF)
class ScreenFailed:
    """A subject failed screening: the criteria not met, or another reason."""

    on: str
    criteria: tuple[str, ...]
    because: str = ""


@fact("stopped", audience=Audience.STAFF)
class Stopped:
    """One of the separate ways of stopping, as the protocol lists them; stopping treatment stops no scan."""

    stop: str
    on: str
    because: str
    ends: tuple[str, ...] = ()
    drug: str = ""


@fact("died", audience=Audience.STAFF)
class Died:
    """The subject died; the date may be partial."""

    on: str
    cause: Literal["disease", "treatment", "other", "unknown"]
    detail: str = ""


@fact("death_corrected", audience=Audience.STAFF)
class DeathCorrected:
    """The date or cause of death was corrected, or the death was reported in error (`on` empty)."""

    on: str
    cause: Literal["disease", "treatment", "other", "unknown", ""] = ""


@fact("visit_missed", audience=Audience.STAFF)
class VisitMissed:
    """A planned visit did not take place."""

    visit: str
    because: str


@fact("visit_added", audience=Audience.STAFF)
class VisitAdded:
    """An unscheduled visit took place, with its reason."""

    visit: str
    on: str
    because: str
    forms: tuple[str, ...]


@fact("deviation_opened", audience=Audience.STAFF)
class DeviationOpened:
    """Corrected data show what should not have been; the participant stays randomized, followed and analysed."""

    deviation: str
    grade: Literal["minor", "major"]
    criterion: str = ""
    says: str = ""


@fact("identity_erased", audience=Audience.STAFF)
class IdentityErased:
    """Who the participant is was erased at the site, and why. The record stays under its number."""

    because: str
