"""Actions of central review: reading the baseline and the scans in their order, adjudicating where readings differ."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal

from equipoise.clinical.recist.measurability import MAX_TARGETS, MAX_TARGETS_PER_ORGAN
from equipoise.conduct import facts as f
from equipoise.conduct.actions.base import Context, because, following, one_of, signed_with_password
from equipoise.conduct.actions.records import Enter
from equipoise.conduct.assessment import course
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.central import Review, central_record, central_review
from equipoise.conduct.completeness import unanswered
from equipoise.conduct.concepts import concepts_of
from equipoise.conduct.documents import protocol_at
from equipoise.conduct.drafting import with_decided
from equipoise.conduct.entry import NewFact
from equipoise.conduct.permissions import Permission
from equipoise.conduct.study import Study
from equipoise.kernel.canonical import decimal_text
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.protocol.model import CentralReview, Protocol

LEAST_MM, LEAST_NODE_MM = Decimal(10), Decimal(15)
"""The least longest diameter of a measurable lesion, and the least short axis of a node (RECIST 1.1, section 3.1)."""


@dataclass(frozen=True, slots=True)
class ReadCentrally:
    """Enter central readings of one subject as one act: lesions at baseline, or a scan's rows and its assessment."""

    permission: ClassVar[Permission] = Permission.READ_CENTRALLY
    stream: str
    entries: tuple[Enter, ...]

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses adjudicators, second readers, other forms, scans out of order, targets RECIST 1.1 does not allow."""
        following(casebook)
        protocol = protocol_at(study, casebook.site)
        declared, review = _reviewed(protocol, casebook)
        _is_reader(review, context)
        if not self.entries or any(entry.stream != self.stream for entry in self.entries):
            raise Refusal(message("assessment.nothing"))
        book, decided = casebook, list[NewFact]()
        for entry in self.entries:
            _in_order(protocol, declared, review, book, entry)
            facts = entry.decide(study, book, context)
            book = with_decided(book, facts)
            decided += facts
        for entry in self.entries:
            if entry.form == declared.assessment:
                _all_read(protocol, book, entry.visit)
        if any(entry.form == declared.lesions for entry in self.entries):
            _targets_allowed(protocol, book, complete=review.baseline_read)
        return decided


@dataclass(frozen=True, slots=True)
class FinishCentralBaseline:
    """Declare the baseline scan read: its lesions then stand, and the later scans may be read."""

    permission: ClassVar[Permission] = Permission.READ_CENTRALLY
    stream: str

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses a baseline without lesions, and targets without a diameter or too many of them."""
        following(casebook)
        declared, review = _reviewed(protocol := protocol_at(study, casebook.site), casebook)
        _is_reader(review, context)
        if review.baseline_read:
            return []
        rows = casebook.rows(declared.lesions)
        if not rows:
            raise Refusal(message("central.baseline_empty"))
        _targets_allowed(protocol, casebook, complete=True)
        return [NewFact(self.stream, f.LogCompleted(form=declared.lesions, rows=len(rows)))]


@dataclass(frozen=True, slots=True)
class StrikeCentralLesion:
    """Strike a lesion of the baseline that was entered in error, while the baseline is not declared read."""

    permission: ClassVar[Permission] = Permission.READ_CENTRALLY
    stream: str
    lesion: str
    reason: str

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses lesions that are not there, and any once the baseline stands."""
        following(casebook)
        protocol = protocol_at(study, casebook.site)
        declared, review = _reviewed(protocol, casebook)
        _is_reader(review, context)
        if review.baseline_read:
            raise Refusal(message("central.baseline_stands"))
        if casebook.record(declared.lesions, self.lesion) is None:
            raise Refusal(message("refuse.row", row=self.lesion[:20], form=protocol.form(declared.lesions).label))
        struck = f.RowRemoved(form=declared.lesions, occurrence=self.lesion)
        return [NewFact(self.stream, struck, reason=because(self.reason))]


@dataclass(frozen=True, slots=True)
class AdjudicateResponse:
    """Choose one of two readings of a scan, with a reason and the password again. `covers` is what was shown."""

    permission: ClassVar[Permission] = Permission.ADJUDICATE
    stream: str
    visit: str
    chosen: Literal["investigator", "central"]
    covers: str
    reason: str

    def decide(self, study: Study, casebook: Casebook, context: Context) -> Sequence[NewFact]:
        """Refuses whoever read this participant, readings that agree, and what changed since it was shown."""
        signed_with_password(context)
        following(casebook)
        _, review = _reviewed(protocol_at(study, casebook.site), casebook)
        if context.actor.user == review.reader:
            raise Refusal(message("central.read_by_you"))
        one_of(self.chosen, ("investigator", "central"))
        compared = review.scan(self.visit)
        if compared is None:
            raise Refusal(message("central.no_scan", visit=self.visit[:60]))
        if not compared.asks or compared.local is None or compared.central is None:
            raise Refusal(message("central.agree", visit=self.visit[:60]))
        if compared.covers != self.covers:
            raise Refusal(message("central.changed"))
        chosen = compared.local if self.chosen == "investigator" else compared.central
        adjudicated = f.ResponseAdjudicated(
            visit=self.visit,
            chosen=self.chosen,
            response=chosen.response,
            covers=compared.covers,
            because=because(self.reason),
            printed_name=context.actor.name or context.actor.user,
        )
        return [NewFact(self.stream, adjudicated, reason=self.reason.strip())]


def _reviewed(protocol: Protocol, casebook: Casebook) -> tuple[CentralReview, Review]:
    review = central_review(protocol, casebook)
    if protocol.central_review is None:
        raise Refusal(message("central.none"))
    if review is None:
        raise Refusal(message("refuse.randomized_not", subject=casebook.subject))
    return protocol.central_review, review


def _is_reader(review: Review, context: Context) -> None:
    """One reader follows a participant through all scans, and has seen nobody else's reading of them."""
    if context.actor.user in review.adjudicators:
        raise Refusal(message("central.adjudicated_by_you"))
    if review.reader and review.reader != context.actor.user:
        raise Refusal(message("central.other_reader"))


def _in_order(protocol: Protocol, declared: CentralReview, review: Review, book: Casebook, entry: Enter) -> None:
    """Refuse what is not a reading, new lesions once the baseline stands, and scans before those that precede them."""
    if entry.form not in declared.forms:
        raise Refusal(message("central.not_a_form", form=entry.form[:60]))
    is_new = entry.occurrence in ("", "new")
    if entry.form == declared.lesions:
        if review.baseline_read and is_new:
            raise Refusal(message("central.baseline_stands"))
        return
    if not review.baseline_read:
        raise Refusal(message("central.baseline_first"))
    compared = review.scan(entry.visit)
    if compared is None:
        raise Refusal(message("central.no_scan", visit=entry.visit[:60]))
    waiting = review.next_scan
    if not compared.is_read and waiting is not None and waiting.on < compared.on:
        raise Refusal(message("central.in_order", on=waiting.on.isoformat()))
    if entry.form == declared.assessment and is_new and central_record(protocol, book, entry.visit) is not None:
        raise Refusal(message("central.read_already", visit=entry.visit))


def _all_read(protocol: Protocol, book: Casebook, visit: str) -> None:
    """Refuse a scan with a lesion nobody looked at, or an item without an answer."""
    found = course(protocol, book, "central")
    scan = found.scan(visit)
    unread = [one.id for one in found.lesions if scan is None or one.id not in scan.lesions]
    record = central_record(protocol, book, visit)
    form = next((one for one in protocol.forms if record is not None and one.id == record.form), None)
    open_items = unanswered(protocol, book, form, record) if form is not None else []
    missing = [*unread, *(item.label for item in open_items)]
    if missing:
        raise Refusal(message("central.unread", what=", ".join(missing)))


def _targets_allowed(protocol: Protocol, book: Casebook, *, complete: bool) -> None:
    """Refuse targets beyond RECIST 1.1. While the baseline is being read, a target may still lack its diameter."""
    concepts, found = concepts_of(protocol, "central."), course(protocol, book, "central")
    seen: dict[tuple[str, str, str], str] = {}
    for one in found.lesions:
        side, site = (concepts.text(one.lesion.record, f"lesion.{part}") for part in ("side", "site"))
        place = (one.lesion.organ, side, " ".join(site.lower().split()))
        if site and place in seen:
            raise Refusal(message("central.chosen_twice", first=seen[place], second=one.id))
        seen[place] = one.id
    targets = found.targets
    if len(targets) > MAX_TARGETS:
        raise Refusal(message("central.too_many_targets", count=len(targets), most=MAX_TARGETS))
    for organ, count in Counter(one.lesion.counted_organ for one in targets).items():
        if count > MAX_TARGETS_PER_ORGAN:
            raise Refusal(message("central.too_many_in_organ", organ=organ, count=count, most=MAX_TARGETS_PER_ORGAN))
    for one in targets:
        least = LEAST_NODE_MM if one.is_node else LEAST_MM
        if one.size is None:
            if complete:
                raise Refusal(message("central.target_unmeasured", lesion=one.id))
        elif one.size < least:
            told = {"lesion": one.id, "size": decimal_text(one.size), "least": decimal_text(least)}
            raise Refusal(message("central.target_size", **told))
