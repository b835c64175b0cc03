"""What an action is: a frozen dataclass that, given the state and the circumstances, decides which facts follow."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import ClassVar, Protocol

from equipoise.conduct.casebook import Casebook
from equipoise.conduct.entry import TRIAL_STREAM, Actor, Authentication, NewFact
from equipoise.conduct.permissions import Permission
from equipoise.conduct.study import Study
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.errors import LedgerError, Refusal
from equipoise.kernel.messages import Message, message


@dataclass(frozen=True, slots=True)
class Context:
    """The circumstances of a decision.

    `allocation_key` opens the secret of an epoch; only randomization asks for it. `casebook_of` gives another subject's
    casebook as it stands under the same lock; an empty one where nothing is recorded of that subject.
    """

    now: datetime
    actor: Actor
    allocation_key: Callable[[int], bytes]
    new_id: Callable[[], str]
    zone: tzinfo = UTC
    casebook_of: Callable[[str], Casebook] = Casebook

    @property
    def today(self) -> date:
        """The calendar day in the trial's time zone."""
        return self.now.astimezone(self.zone).date()


class Action(Protocol):
    """Anything `perform` can do."""

    permission: ClassVar[Permission]

    @property
    def stream(self) -> str:
        """The stream it concerns: a subject's, or the trial's."""
        ...

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """The facts that follow. Raises Refusal, and then nothing follows."""
        ...


class TrialAction:
    """An action on the trial as a whole."""

    __slots__ = ()

    @property
    def stream(self) -> str:
        """The trial's stream."""
        return TRIAL_STREAM


def subject_known(casebook: Casebook) -> None:
    """Refuse where nothing is recorded of the subject."""
    if not casebook.exists:
        raise Refusal(message("refuse.no_subject", subject=casebook.subject))


def consented(casebook: Casebook) -> None:
    """Refuse before consent."""
    subject_known(casebook)
    if casebook.enrolment is None:
        raise Refusal(message("refuse.not_consented", subject=casebook.subject), message("refuse.consent_first"))


def randomized(casebook: Casebook) -> None:
    """Refuse before randomization."""
    consented(casebook)
    if casebook.randomized is None:
        raise Refusal(message("refuse.randomized_not", subject=casebook.subject))


def following(casebook: Casebook) -> None:
    """Refuse where the subject may no longer be followed: consent for data withdrawn."""
    consented(casebook)
    withdrawn = casebook.stopped().get("withdrawal")
    if withdrawn:
        state = message("state.withdrawn", on=withdrawn.isoformat())
        raise Refusal(message("refuse.closed", subject=casebook.subject, state=state))


def screening(casebook: Casebook) -> None:
    """Refuse where screening is over: randomized, failed, died or withdrawn."""
    following(casebook)
    state: Message | None = None
    if casebook.randomized:
        state = message("state.randomized")
    elif casebook.screen_failed:
        state = message("state.screen_failed")
    elif casebook.died:
        state = message("state.dead", on=casebook.died.on)
    if state:
        raise Refusal(message("refuse.closed", subject=casebook.subject, state=state))


def in_the_trial(casebook: Casebook, day: date) -> None:
    """Refuse a day before the consent that opened screening, or after death."""
    consented(casebook)
    assert casebook.consented_on is not None
    if day < casebook.consented_on:
        raise Refusal(message("refuse.before_consent", on=day.isoformat(), consent=casebook.consented_on.isoformat()))
    died = casebook.death
    if died is not None and day > died.latest:
        raise Refusal(message("refuse.closed_after_death", on=day.isoformat(), died=str(died)))


def signed_with_password(context: Context) -> None:
    """Refuse a signature that was not made with the password given again (21 CFR 11.200)."""
    if context.actor.authentication not in (Authentication.PASSWORD, Authentication.SECOND_FACTOR):
        raise Refusal(message("refuse.password"))


def day_of(text: str, context: Context) -> date:
    """Read a complete date that does not lie in the future."""
    day = partial_of(text, context)
    if not day.is_complete:
        raise Refusal(message("refuse.date", seen=text))
    return day.earliest


def partial_of(text: str, context: Context) -> PartialDate:
    """Read a perhaps partial date that does not lie in the future."""
    try:
        day = PartialDate.parse(text)
    except ValueError:
        raise Refusal(message("refuse.date", seen=text)) from None
    if day.earliest > context.today:
        raise Refusal(message("refuse.future", on=text, today=context.today.isoformat()))
    return day


def one_of(code: str, codes: Collection[str]) -> None:
    """Refuse a code that is none of these."""
    if code not in codes:
        raise Refusal(message("refuse.code", seen=code[:40], known=", ".join(codes)))


def because(text: str) -> str:
    """A reason that says something."""
    if not text.strip():
        raise Refusal(message("refuse.because"))
    return text.strip()


def opened(study: Study) -> None:
    """Refuse before the ledger is open."""
    if study.opened is None:
        raise LedgerError("The ledger is not open yet: open it with the trial's protocol first.")
