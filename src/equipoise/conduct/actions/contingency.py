"""A contingency allocation, recorded afterwards: what was done by the published procedure while nobody could randomize.

It is a fact of its own. It uses up no slot of a list, weighs in later minimization, is taken as given by replay, and
the participant stays in the intention-to-treat set. It is never a waiver: whatever did not stand on the day of the
allocation opens a deviation.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar, Literal

from equipoise.conduct import facts as f
from equipoise.conduct.actions.base import (
    Context,
    because,
    following,
    in_the_trial,
    one_of,
    opened,
    signed_with_password,
)
from equipoise.conduct.actions.randomize import frozen_register
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.documents import protocol_at
from equipoise.conduct.eligibility import derive_strata, evaluate_eligibility
from equipoise.conduct.entry import TRIAL_STREAM, NewFact
from equipoise.conduct.gate import committed, gate
from equipoise.conduct.lesions import residual_lesions
from equipoise.conduct.permissions import Permission
from equipoise.conduct.study import Study
from equipoise.kernel.canonical import canonical_json
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.kernel.truth import Truth
from equipoise.methods.randomization import Frozen
from equipoise.protocol.model import Protocol

LONGEST = 500
"""The most characters of each of the texts given."""


@dataclass(frozen=True, slots=True)
class RecordContingency:
    """Record that a participant was allocated outside the system.

    `at` is the moment of the allocation on the site's clock, as '2026-03-05 09:30'; `by` who allocated; `procedure` the
    published procedure and the place in it, such as an envelope's number; `reason` why the system could not be used.
    """

    permission: ClassVar[Permission] = Permission.RECORD_CONTINGENCY
    stream: str
    arm: str
    at: str
    by: str
    procedure: str
    reason: str

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses a second allocation, an arm or moment that cannot be, and strata that cannot be derived.

        Password given again.
        """
        opened(study)
        signed_with_password(context)
        following(casebook)
        if casebook.randomized is not None:
            raise Refusal(message("refuse.randomized_already", subject=casebook.subject))
        if casebook.screen_failed is not None:
            state = message("state.screen_failed")
            raise Refusal(message("refuse.closed", subject=casebook.subject, state=state))
        moment = _moment(self.at, context)
        in_the_trial(casebook, moment.date())
        protocol = protocol_at(study, casebook.site)
        one_of(self.arm, [arm.id for arm in protocol.arms])
        for barrier in committed(study, protocol):
            raise barrier
        levels = _levels(protocol, casebook, moment.date())
        own = {factor: {**levels, "site": casebook.site}[factor] for factor in sorted(protocol.randomization.strata)}
        reason, sequence = because(self.reason)[:LONGEST], len(study.allocations) + 1
        place = Frozen(
            epoch=study.epoch, list_id=protocol.randomization.list_of(own), slot=None, arm=self.arm, levels=own
        )
        allocated = f.ContingencyAllocated(
            subject=self.stream,
            site=casebook.site,
            sequence=sequence,
            epoch=study.epoch,
            levels=levels,
            arm=self.arm,
            allocation=canonical_json(
                {"arm": place.arm, "epoch": place.epoch, "levels": own, "list_id": place.list_id, "slot": None}
            ),
            at=moment.isoformat(sep=" ", timespec="minutes"),
            by=because(self.by)[:LONGEST],
            procedure=because(self.procedure)[:LONGEST],
            because=reason,
        )
        residual = residual_lesions(protocol, casebook, as_of=moment.date())
        randomized = f.Randomized(
            arm=self.arm,
            sequence=sequence,
            epoch=study.epoch,
            on=moment.date().isoformat(),
            levels=levels,
            evaluation=evaluate_eligibility(protocol, casebook, moment.date()).digest,
            residual_lesions=tuple(lesion.id for lesion in residual),
            contingency=allocated.procedure,
        )
        return [
            NewFact(TRIAL_STREAM, allocated, reason=reason),
            NewFact(self.stream, randomized, reason=reason),
            *(NewFact(self.stream, register) for register in frozen_register(protocol, residual)),
            *(NewFact(self.stream, one) for one in _deviations(study, protocol, casebook, moment.date())),
        ]


def _moment(text: str, context: Context) -> datetime:
    """The moment of the allocation on the trial's clock. Refuses one that is none, or lies in the future."""
    try:
        moment = datetime.strptime(text.strip().replace("T", " "), "%Y-%m-%d %H:%M")
    except ValueError:
        raise Refusal(message("refuse.moment", seen=text[:40])) from None
    if moment.replace(tzinfo=context.zone) > context.now:
        now = context.now.astimezone(context.zone)
        raise Refusal(message("refuse.future", on=text[:40], today=now.isoformat(sep=" ", timespec="minutes")))
    return moment


def _levels(protocol: Protocol, casebook: Casebook, on: date) -> dict[str, str]:
    """The level of each factor on the day. Refuses where one cannot be derived: its data are to be entered first."""
    levels: dict[str, str] = {}
    for factor, level in derive_strata(protocol, casebook, on).items():
        if isinstance(level, Refusal):
            raise level
        levels[factor] = level
    return levels


def _deviations(study: Study, protocol: Protocol, casebook: Casebook, on: date) -> Iterator[f.DeviationOpened]:
    """What did not stand on the day of the allocation: each criterion by itself, then everything else `gate` asks for.

    A criterion not met is a major deviation; one nobody can judge, and a missing signature or form, a minor one.
    """
    number = len(casebook.deviations)
    for verdict in evaluate_eligibility(protocol, casebook, on).unmet:
        number += 1
        says = message("deviation.contingency", criterion=verdict.criterion.id, why=verdict.explanation)
        grade: Literal["minor", "major"] = "major" if verdict.truth is Truth.FALSE else "minor"
        yield f.DeviationOpened(deviation=f"D{number}", grade=grade, criterion=verdict.criterion.id, says=str(says))
    for barrier in gate(study, replace(casebook, died=None), on):  # a death since then was no barrier
        if barrier.code != "refuse.not_evaluated":
            number += 1
            says = message("deviation.contingency_gate", why=barrier.because)
            yield f.DeviationOpened(deviation=f"D{number}", grade="minor", says=str(says))
