"""Actions on subjects: pre-screening, consent, re-screening, screen failure, stopping, death."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from equipoise.conduct import facts as f
from equipoise.conduct.actions.base import (
    Context,
    TrialAction,
    because,
    day_of,
    following,
    in_the_trial,
    one_of,
    opened,
    partial_of,
    screening,
    signed_with_password,
)
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.documents import protocol_at
from equipoise.conduct.entry import TRIAL_STREAM, NewFact
from equipoise.conduct.journey import ended, known_alive
from equipoise.conduct.permissions import Permission
from equipoise.conduct.study import Study
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message

SCREENING_CONSENT = "main"
"""The id of the consent form that opens screening."""

OUTCOMES = ("approached", "not_eligible", "declined", "later")
"""What may come of considering somebody."""

CAUSES = ("disease", "treatment", "other", "unknown")
"""The causes of a death."""


@dataclass(frozen=True, slots=True)
class Prescreen(TrialAction):
    """Note in the pre-screening log that a person was considered."""

    permission: ClassVar[Permission] = Permission.PRESCREEN
    site: str
    on: str
    outcome: Literal["approached", "not_eligible", "declined", "later"]
    reason: str = ""

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Gives the log's next number at the site. Refuses an unknown outcome; a person left out needs a reason."""
        protocol_at(study, self.site)
        one_of(self.outcome, OUTCOMES)
        day_of(self.on, context)
        reason = because(self.reason) if self.outcome in ("not_eligible", "declined") else self.reason.strip()
        site = study.sites[self.site]
        number = f"{site.code}-P{site.prescreened + 1:03d}"
        return [
            NewFact(TRIAL_STREAM, f.SubjectRegistered(subject=number, site=self.site, prescreening=True)),
            NewFact(
                number,
                f.Prescreened(number=number, site=self.site, on=self.on, outcome=self.outcome, because=reason),
            ),
        ]


@dataclass(frozen=True, slots=True)
class Enrol(TrialAction):
    """Record the consent that opens screening, and give the screening number.

    `previous` links a new attempt to the person's earlier one. The birth date stays with the site's identities: here
    come only age in whole years at consent and the birth year.
    """

    permission: ClassVar[Permission] = Permission.CONSENT
    site: str
    version: str
    on: str
    age: int
    birth_year: int
    language: str = ""
    previous: str = ""
    prescreening: str = ""

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses a site without a version in force, another consent version, impossible dates and ages.

        A person is screened again only after an earlier attempt at the same site is over without randomization, and
        each attempt is continued once: so nobody can be randomized twice. The number of attempts is counted here.
        """
        opened(study)
        protocol_at(study, self.site)
        day = day_of(self.on, context)
        if not 0 <= self.age <= 130:
            raise Refusal(message("refuse.age", age=self.age))
        if day.year - self.birth_year not in (self.age, self.age + 1):
            raise Refusal(message("refuse.birth_year", year=self.birth_year, age=self.age, on=self.on))
        consent_in_force(study, self.site, SCREENING_CONSENT, self.version)
        attempt = self._attempt(study, context, day) if self.previous else 1
        site = study.sites[self.site]
        number = f"{site.code}-{site.subjects + 1:03d}"
        return [
            NewFact(TRIAL_STREAM, f.SubjectRegistered(subject=number, site=self.site, previous=self.previous)),
            NewFact(
                number,
                f.Consented(
                    consent=SCREENING_CONSENT,
                    version=self.version,
                    on=self.on,
                    number=number,
                    site=self.site,
                    age=self.age,
                    birth_year=self.birth_year,
                    language=self.language,
                    attempt=attempt,
                    previous=self.previous,
                ),
            ),
        ]

    def _attempt(self, study: Study, context: Context, day: date) -> int:
        """Which attempt this is. Refuses to continue what is none of this site, is not over, or went on already."""
        if study.subjects.get(self.previous) != self.site:
            raise Refusal(message("refuse.no_subject", subject=self.previous[:40]))
        before = context.casebook_of(self.previous)
        if before.enrolment is None or before.consented_on is None:
            raise Refusal(message("refuse.not_consented", subject=self.previous))
        if before.randomized is not None:
            raise Refusal(message("refuse.randomized_already", subject=self.previous))
        if before.died is not None:
            state = message("state.dead", on=before.died.on)
            raise Refusal(message("refuse.closed", subject=self.previous, state=state))
        if before.screen_failed is None and "withdrawal" not in before.stopped():
            raise Refusal(message("refuse.attempt_open", subject=self.previous), message("refuse.attempt_open_remedy"))
        if self.previous in study.screened_again:
            raise Refusal(
                message("refuse.attempt_continued", subject=self.previous, by=study.screened_again[self.previous])
            )
        if day < before.consented_on:
            raise Refusal(message("refuse.before_consent", on=self.on, consent=before.consented_on.isoformat()))
        return before.enrolment.attempt + 1


@dataclass(frozen=True, slots=True)
class Consent:
    """Record a further consent (samples, or a new version of the main one), or that it was declined."""

    permission: ClassVar[Permission] = Permission.CONSENT
    stream: str
    consent: str
    version: str
    on: str
    given: bool = True

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses versions not in force, dates before the main consent or after death, what is already recorded."""
        following(casebook)
        in_the_trial(casebook, day_of(self.on, context))
        consent_in_force(study, casebook.site, self.consent, self.version)
        before = casebook.consents.get(self.consent)
        if self.given and before is not None and before.version == self.version:
            raise Refusal(message("refuse.consented_already", consent=self.consent, version=self.version))
        if not self.given and before is not None and before.version == self.version:
            raise Refusal(message("refuse.consent_given", consent=self.consent, on=before.on))
        if self.given:
            return [NewFact(self.stream, f.Consented(consent=self.consent, version=self.version, on=self.on))]
        return [NewFact(self.stream, f.ConsentDeclined(consent=self.consent, version=self.version, on=self.on))]


@dataclass(frozen=True, slots=True)
class FailScreening:
    """End screening: the criteria that are not met, or another reason."""

    permission: ClassVar[Permission] = Permission.FAIL_SCREENING
    stream: str
    on: str
    criteria: tuple[str, ...] = ()
    reason: str = ""

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses a date before consent and unknown criteria; needs a criterion or a reason."""
        screening(casebook)
        in_the_trial(casebook, day_of(self.on, context))
        known = {criterion.id for criterion in protocol_at(study, casebook.site).eligibility}
        for criterion in self.criteria:
            if criterion not in known:
                raise Refusal(message("refuse.unknown_criterion", seen=criterion[:40]))
        if not self.criteria:
            because(self.reason)
        return [
            NewFact(
                self.stream,
                f.ScreenFailed(on=self.on, criteria=self.criteria, because=self.reason.strip()),
            )
        ]


@dataclass(frozen=True, slots=True)
class Stop:
    """One of the separate ways of stopping that the protocol lists. Stopping treatment never stops scans."""

    permission: ClassVar[Permission] = Permission.STOP
    stream: str
    stop: str
    on: str
    reason: str
    drug: str = ""

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses an unknown way, a date before consent or after death, and the same act twice.

        Who was found again may be lost again.
        """
        following(casebook)
        protocol = protocol_at(study, casebook.site)
        way = next((stop for stop in protocol.stops if stop.id == self.stop), None)
        if way is None:
            raise Refusal(message("refuse.stop_unknown", stop=self.stop))
        in_the_trial(casebook, day_of(self.on, context))
        if way.needs == "drug" and self.drug not in {drug.id for drug in protocol.drugs}:
            raise Refusal(message("refuse.drug", seen=self.drug))
        is_found_again = "lost" in way.ends and "lost" not in ended(protocol, casebook)
        for before, _ in casebook.stops:
            if (before.stop, before.drug) == (self.stop, self.drug) and not is_found_again:
                raise Refusal(message("refuse.stopped_already", stop=way.label, on=before.on))
        stopped = f.Stopped(
            stop=self.stop, on=self.on, because=because(self.reason), ends=tuple(way.ends), drug=self.drug
        )
        return [NewFact(self.stream, stopped)]


@dataclass(frozen=True, slots=True)
class RecordDeath:
    """Record a death; the date may be partial."""

    permission: ClassVar[Permission] = Permission.STOP
    stream: str
    on: str
    cause: Literal["disease", "treatment", "other", "unknown"]
    detail: str = ""

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses a second death, and a death before the participant was last known to be alive."""
        following(casebook)
        if casebook.died is not None:
            raise Refusal(message("refuse.died_already", on=casebook.died.on))
        one_of(self.cause, CAUSES)
        _death_possible(study, casebook, self.on, context)
        died = f.Died(on=self.on, cause=self.cause, detail=self.detail.strip()[:2000])
        return [NewFact(self.stream, died)]


@dataclass(frozen=True, slots=True)
class CorrectDeath:
    """Correct the date or cause of a death, or say it was reported in error (`on` empty). Password given again."""

    permission: ClassVar[Permission] = Permission.STOP
    stream: str
    on: str
    cause: Literal["disease", "treatment", "other", "unknown", ""]
    reason: str

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Needs a recorded death and a reason."""
        following(casebook)
        signed_with_password(context)
        if casebook.died is None:
            raise Refusal(message("refuse.not_dead"))
        one_of(self.cause, ("", *CAUSES) if not self.on else CAUSES)
        if self.on:
            _death_possible(study, casebook, self.on, context)
        corrected = f.DeathCorrected(on=self.on, cause=self.cause)
        return [NewFact(self.stream, corrected, reason=because(self.reason))]


def consent_in_force(study: Study, site: str, consent: str, version: str) -> None:
    """Refuse a consent form the protocol does not have, or a version that is not in force at the site."""
    in_force = dict(entry.split(":", 1) for entry in study.consents_in_force(site))
    if consent not in in_force:
        raise Refusal(message("refuse.unknown_consent", consent=consent))
    if in_force[consent] != version:
        raise Refusal(
            message("refuse.consent_version", seen=version),
            message("refuse.consent_version_remedy", wanted=in_force[consent]),
        )


def _death_possible(study: Study, casebook: Casebook, on: str, context: Context) -> None:
    """Refuse a death before a day on which the participant was known to live, or on which a record is dated."""
    died, protocol = partial_of(on, context), protocol_at(study, casebook.site)
    recorded = [
        (day.earliest, form.label)
        for form in protocol.forms
        for record in (casebook.rows(form.id) if form.dated_by else ())
        if (day := record.day(form.dated_by)) is not None
    ]
    last, what = max([*known_alive(protocol, casebook), *recorded], key=lambda known: known[0])
    if died.latest < last:
        raise Refusal(message("refuse.before_last_alive", on=on, last=last.isoformat(), what=what))
