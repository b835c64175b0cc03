"""Actions on visits: one that did not take place, and one that nobody planned."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from equipoise.conduct import facts as f
from equipoise.conduct.actions.base import Context, because, day_of, following, in_the_trial
from equipoise.conduct.actions.records import form_of
from equipoise.conduct.calendar import planned
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.documents import protocol_at
from equipoise.conduct.entry import NewFact
from equipoise.conduct.permissions import Permission
from equipoise.conduct.study import Study
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message


@dataclass(frozen=True, slots=True)
class MissVisit:
    """Say that a planned visit did not take place."""

    permission: ClassVar[Permission] = Permission.ENTER
    stream: str
    visit: str
    reason: str

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses visits not planned, already recorded or already missed."""
        following(casebook)
        protocol = protocol_at(study, casebook.site)
        known = {visit.key for visit in planned(protocol, casebook, horizon=context.today)}
        if self.visit not in known:
            raise Refusal(message("refuse.visit_unknown", visit=self.visit))
        if self.visit in casebook.missed:
            raise Refusal(message("refuse.visit_missed", visit=self.visit))
        if any(record.occurrence == self.visit and record.removed is None for record in casebook.records.values()):
            raise Refusal(message("refuse.visit_recorded", visit=self.visit))
        missed = f.VisitMissed(visit=self.visit, because=because(self.reason))
        return [NewFact(self.stream, missed, reason=self.reason.strip())]


@dataclass(frozen=True, slots=True)
class AddVisit:
    """Record that an unscheduled visit took place, why, and which forms belong to it."""

    permission: ClassVar[Permission] = Permission.ENTER
    stream: str
    on: str
    reason: str
    forms: tuple[str, ...]

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Gives the visit its key, `unscheduled:n`. Refuses days before consent or after death, forms of no visit."""
        following(casebook)
        protocol = protocol_at(study, casebook.site)
        in_the_trial(casebook, day_of(self.on, context))
        for form in self.forms:
            if form_of(protocol, form).use != "visit":
                raise Refusal(message("refuse.unknown_form", form=form))
        key = f"unscheduled:{len(casebook.added) + 1}"
        added = f.VisitAdded(visit=key, on=self.on, because=because(self.reason), forms=self.forms)
        return [NewFact(self.stream, added, reason=self.reason.strip())]
