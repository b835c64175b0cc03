"""Actions on clinical data: entering, correcting with a reason, logs, forms not done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from equipoise.conduct import facts as f
from equipoise.conduct.actions.base import Context, because, following
from equipoise.conduct.calendar import LOOK_AHEAD, anchors
from equipoise.conduct.casebook import Casebook, Record
from equipoise.conduct.deviations import ineligible_after
from equipoise.conduct.documents import protocol_at
from equipoise.conduct.drafting import with_draft
from equipoise.conduct.edit_checks import read_answers
from equipoise.conduct.entry import Header, NewFact, Origin
from equipoise.conduct.lesion_rows import named_by, row_prefix, second_measurement
from equipoise.conduct.lesions import REGISTER
from equipoise.conduct.permissions import Permission
from equipoise.conduct.study import Study
from equipoise.conduct.versions import randomized_under, standing
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.methods.forms import Form
from equipoise.methods.schedule import planned_visits
from equipoise.protocol.model import Protocol

_STAGES = {"prescreening": 0, "screening": 1, "randomized": 2, "any": 1}


@dataclass(frozen=True, slots=True)
class Enter:
    """Enter or correct answers of a form.

    `answers` are as typed, by item. `seen` is the ledger position of the record when it was opened: what another
    person changed since is never overwritten unseen. `occurrence` 'new' adds a row to a log. A record is corrected in
    the protocol version it stands in; `version`, the digest of the one in force, moves it there.
    """

    permission: ClassVar[Permission] = Permission.ENTER
    stream: str
    form: str
    answers: Mapping[str, Mapping[str, Any]]
    occurrence: str = ""
    visit: str = ""
    seen: int = 0
    reason: str = ""
    version: str = ""
    origin: Origin = field(default=Origin.TRANSCRIBED)

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses what the protocol has not, the wrong role, impossible answers, stale pages, silent corrections."""
        following(casebook)
        before = casebook.record(self.form, self.occurrence or self.visit)
        stands = standing(study, casebook, before, version=self.version)
        protocol = stands.protocol
        form = form_of(protocol, self.form)
        _may_fill(form, casebook, context)
        occurrence = self._occurrence(protocol, form, casebook)
        if form.use == "visit" and casebook.record(form.id, occurrence) is None:
            _belongs(protocol, form, occurrence, casebook, context)
        record = casebook.record(self.form, occurrence)
        read = read_answers(protocol, form, self.answers, casebook, occurrence=occurrence, today=context.today)
        if read.errors:
            problems = tuple(
                message("refuse.item", item=label, problem=problem) for label, problem in read.labelled_errors()
            )
            raise Refusal(message("refuse.items", problems=problems))
        second_measurement(protocol, casebook, form, occurrence, self.visit, read.answers)
        changed = {
            item: answer for item, answer in read.answers.items() if record is None or record.items.get(item) != answer
        }
        if not changed:
            raise Refusal(message("refuse.nothing_changed"))
        if record is not None:
            self._not_stale(record, changed, form)
            self._reason_given(record, changed, form)
        recorded = f.Recorded(form=self.form, occurrence=occurrence, items=changed, visit=self.visit)
        after = with_draft(casebook, self.form, occurrence, changed)
        then = randomized_under(study, casebook)
        return [
            NewFact(self.stream, recorded, reason=self.reason.strip(), origin=self.origin, protocol=stands.judged_by),
            *(NewFact(self.stream, opened) for opened in ineligible_after(then, form, casebook, after, occurrence)),
        ]

    def _occurrence(self, protocol: Protocol, form: Form, casebook: Casebook) -> str:
        if form.use == "subject":
            return ""
        if form.use == "visit":
            if not self.visit:
                raise Refusal(message("refuse.visit_unknown", visit=self.visit))
            return self.visit
        if self.occurrence in ("", "new"):
            return casebook.next_row(form.id, row_prefix(protocol, form))
        if casebook.record(form.id, self.occurrence) is None:
            raise Refusal(message("refuse.row", row=self.occurrence, form=form.label))
        return self.occurrence

    def _not_stale(self, record: Record, changed: Mapping[str, Any], form: Form) -> None:
        later = {item: record.history(item)[-1].header for item in changed if record.position_of(item) > self.seen}
        if later:
            header = max(later.values(), key=lambda header: header.position)
            raise Refusal(
                message(
                    "refuse.stale",
                    actor=header.actor.name or header.actor.user,
                    items=", ".join(form.item(item).label for item in later),
                    at=f"{header.at:%Y-%m-%d %H:%M} UTC",
                ),
                message("refuse.stale_remedy"),
            )

    def _reason_given(self, record: Record, changed: Mapping[str, Any], form: Form) -> None:
        corrected = [item for item in changed if item in record.items]
        if corrected and not self.reason.strip():
            labels = ", ".join(form.item(item).label for item in corrected)
            raise Refusal(message("refuse.reason_needed", items=labels))


@dataclass(frozen=True, slots=True)
class RemoveRow:
    """Strike a row of a log that was entered in error; it stays in the record."""

    permission: ClassVar[Permission] = Permission.ENTER
    stream: str
    form: str
    occurrence: str
    reason: str

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses rows that are not there, and lesions counted at randomization."""
        following(casebook)
        record = casebook.record(self.form, self.occurrence)
        protocol = standing(study, casebook, record).protocol
        form = form_of(protocol, self.form)
        _may_fill(form, casebook, context)
        if form.use != "log":
            raise Refusal(message("refuse.not_a_log", form=form.label))
        if record is None:
            raise Refusal(message("refuse.row", row=self.occurrence, form=form.label))
        if self.form == REGISTER and casebook.frozen and self.occurrence in casebook.frozen.residual:
            raise Refusal(message("refuse.row_frozen", row=self.occurrence))
        if labels := named_by(protocol, casebook, self.form, self.occurrence):
            raise Refusal(message("refuse.lesion_named", row=self.occurrence, forms=", ".join(labels)))
        removed = f.RowRemoved(form=self.form, occurrence=self.occurrence)
        return [NewFact(self.stream, removed, reason=because(self.reason))]


@dataclass(frozen=True, slots=True)
class CompleteLog:
    """Declare a log complete: what is not in it does not exist. A later row reopens it."""

    permission: ClassVar[Permission] = Permission.ENTER
    stream: str
    form: str

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses forms that are no logs."""
        following(casebook)
        form = form_of(protocol_at(study, casebook.site), self.form)
        _may_fill(form, casebook, context)
        if form.use != "log":
            raise Refusal(message("refuse.not_a_log", form=form.label))
        if self.form in casebook.completed or casebook.last_at is None:
            return []
        header = Header(casebook.position, self.stream, casebook.version, casebook.last_at, context.actor)
        after = replace(casebook, completed={**casebook.completed, self.form: header})
        then = randomized_under(study, casebook)
        return [
            NewFact(self.stream, f.LogCompleted(form=self.form, rows=len(casebook.rows(self.form)))),
            *(NewFact(self.stream, opened) for opened in ineligible_after(then, form, casebook, after, "")),
        ]


@dataclass(frozen=True, slots=True)
class FormNotDone:
    """Say that a whole form was not done, and why."""

    permission: ClassVar[Permission] = Permission.ENTER
    stream: str
    form: str
    reason: str
    occurrence: str = ""

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses logs, unknown visits and what already holds answers; needs a reason."""
        following(casebook)
        protocol = protocol_at(study, casebook.site)
        form = form_of(protocol, self.form)
        _may_fill(form, casebook, context)
        if form.use == "log":
            raise Refusal(message("refuse.log_not_done", form=form.label))
        if form.use == "visit":
            _belongs(protocol, form, self.occurrence, casebook, context)
        elif self.occurrence:
            raise Refusal(message("refuse.visit_form", form=form.label, visit=self.occurrence[:60]))
        record = casebook.record(form.id, self.occurrence)
        if record is not None and record.items:
            raise Refusal(message("refuse.form_filled", form=form.label))
        reason = because(self.reason)
        status = f.FormStatus(form=self.form, occurrence=self.occurrence, status="not_done", because=reason)
        return [NewFact(self.stream, status, reason=reason)]


def form_of(protocol: Protocol, form_id: str) -> Form:
    """A form of the protocol. Refuses an unknown one."""
    try:
        return protocol.form(form_id)
    except KeyError:
        raise Refusal(message("refuse.unknown_form", form=form_id)) from None


def _belongs(protocol: Protocol, form: Form, visit: str, casebook: Casebook, context: Context) -> None:
    """Refuse a visit that the schedule does not have and nobody added, or to which the form does not belong.

    What ends visits is left aside: what took place before may be entered later, and what took place all the same too.
    """
    added = casebook.added.get(visit)
    horizon = context.today + LOOK_AHEAD
    reached = anchors(protocol, casebook)
    possible = planned_visits(protocol.schedule, reached, arm=casebook.arm, ended={}, horizon=horizon)
    forms = added.forms if added else next((one.visit.forms for one in possible if one.key == visit), None)
    if forms is None:
        raise Refusal(message("refuse.visit_unknown", visit=visit[:60]))
    if form.id not in forms:
        raise Refusal(message("refuse.visit_form", form=form.label, visit=visit[:60]))


def _may_fill(form: Form, casebook: Casebook, context: Context) -> None:
    role = context.actor.role
    if role not in form.filled_by and role != "system":
        raise Refusal(message("refuse.form_role", form=form.label, roles=", ".join(form.filled_by)))
    reached = 2 if casebook.randomized else (1 if casebook.enrolment else 0)
    if reached < _STAGES[form.from_stage]:
        raise Refusal(message("refuse.form_stage", form=form.label, stage=message(f"stage.{form.from_stage}")))
    if form.only_arms and casebook.arm not in form.only_arms:
        raise Refusal(message("refuse.form_arm", form=form.label))
