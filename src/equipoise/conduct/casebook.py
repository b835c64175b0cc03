"""The casebook: the fold of one subject's stream. What stands recorded, and its whole history."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from equipoise.conduct import facts as f
from equipoise.conduct.entry import Entry, Header
from equipoise.kernel.canonical import digest
from equipoise.kernel.dates import PartialDate
from equipoise.methods.items import Answer


class Change(NamedTuple):
    """One value an item had: the answer, and the circumstances in which it was entered."""

    answer: Answer
    header: Header


@dataclass(slots=True)
class Record:
    """A filled form: current answers, and every entry that made them what they are (`trail`, oldest first)."""

    form: str
    occurrence: str
    visit: str = ""
    items: dict[str, Answer] = field(default_factory=dict)
    trail: list[tuple[Mapping[str, Answer], Header]] = field(default_factory=list)
    first: Header | None = None
    last: Header | None = None
    removed: Header | None = None
    not_done: str = ""

    def answer(self, item: str) -> Answer | None:
        """The current answer of an item."""
        return self.items.get(item)

    def text(self, item: str) -> str:
        """The current value as text; '' where there is none."""
        answer = self.items.get(item)
        return (
            str(answer.value) if answer is not None and answer.is_known and not isinstance(answer.value, tuple) else ""
        )

    def day(self, item: str) -> PartialDate | None:
        """The current value as a perhaps partial date."""
        answer = self.items.get(item)
        return answer.when if answer is not None else None

    def position_of(self, item: str) -> int:
        """The ledger position of an item's current value; 0 where there is none."""
        return next((header.position for items, header in reversed(self.trail) if item in items), 0)

    def history(self, item: str) -> tuple[Change, ...]:
        """Every value an item ever had, oldest first."""
        return tuple(Change(items[item], header) for items, header in self.trail if item in items)

    @property
    def seen(self) -> int:
        """The position of the last change: what an editor saw."""
        return self.last.position if self.last else 0

    def covers(self) -> str:
        """The digest of exactly what stands here, for a signature to cover."""
        return digest(
            "form",
            {
                "form": self.form,
                "occurrence": self.occurrence,
                "not_done": self.not_done,
                "items": {
                    name: [a.value, a.unit, a.lower, a.upper, a.absent, a.because] for name, a in self.items.items()
                },
            },
        )


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature and its circumstances."""

    fact: f.Signed
    header: Header


@dataclass(slots=True)
class Casebook:
    """One subject, as of the last folded entry."""

    subject: str
    version: int = 0
    position: int = 0
    site: str = ""
    first_at: datetime | None = None
    last_at: datetime | None = None
    prescreened: f.Prescreened | None = None
    prescreened_header: Header | None = None
    consents: dict[str, f.Consented] = field(default_factory=dict)
    consent_headers: dict[str, Header] = field(default_factory=dict)
    declined: dict[str, f.ConsentDeclined] = field(default_factory=dict)
    enrolment: f.Consented | None = None
    records: dict[tuple[str, str], Record] = field(default_factory=dict)
    completed: dict[str, Header] = field(default_factory=dict)
    declared: dict[str, Header] = field(default_factory=dict)
    """When a log was last declared complete, whether or not a row added since then has reopened it."""
    signatures: list[Signature] = field(default_factory=list)
    eligibility: f.EligibilitySigned | None = None
    eligibility_header: Header | None = None
    screen_failed: f.ScreenFailed | None = None
    screen_failed_header: Header | None = None
    randomized: f.Randomized | None = None
    randomized_header: Header | None = None
    frozen: f.RegisterFrozen | None = None
    stops: list[tuple[f.Stopped, Header]] = field(default_factory=list)
    died: f.Died | None = None
    died_header: Header | None = None
    missed: dict[str, f.VisitMissed] = field(default_factory=dict)
    added: dict[str, f.VisitAdded] = field(default_factory=dict)
    deviations: list[tuple[f.DeviationOpened, Header]] = field(default_factory=list)
    adjudications: list[tuple[f.ResponseAdjudicated, Header]] = field(default_factory=list)
    erased: tuple[f.IdentityErased, Header] | None = None

    @property
    def exists(self) -> bool:
        """Whether anything is recorded of this subject."""
        return self.version > 0

    @property
    def consented_on(self) -> date | None:
        """The day of the consent that opened screening."""
        return date.fromisoformat(self.enrolment.on) if self.enrolment else None

    @property
    def randomized_on(self) -> date | None:
        """The day of randomization."""
        return date.fromisoformat(self.randomized.on) if self.randomized else None

    @property
    def arm(self) -> str | None:
        """The arm as randomized. Whoever shows it asks for the permission to know it first."""
        return self.randomized.arm if self.randomized else None

    @property
    def death(self) -> PartialDate | None:
        """The perhaps partial date of death."""
        return PartialDate.parse(self.died.on) if self.died else None

    def record(self, form: str, occurrence: str = "") -> Record | None:
        """The record of a form's occurrence, where there is one that is not removed."""
        found = self.records.get((form, occurrence))
        return found if found is not None and found.removed is None else None

    def rows(self, form: str) -> list[Record]:
        """Every occurrence of a form that is not removed, in the order of first entry."""
        return [record for (name, _), record in self.records.items() if name == form and record.removed is None]

    def next_row(self, form: str, prefix: str = "") -> str:
        """The id of the next row of a log; ids are never used again, removed rows included."""
        return f"{prefix}{1 + sum(1 for name, _ in self.records if name == form)}"

    def signature_on(self, form: str, occurrence: str = "") -> Signature | None:
        """The valid signature of a form: the last one that covers exactly what stands there now."""
        record = self.record(form, occurrence)
        if record is None:
            return None
        covers = record.covers()
        for signature in reversed(self.signatures):
            if signature.fact.form == form and signature.fact.occurrence == occurrence:
                return signature if signature.fact.covers == covers else None
        return None

    def stopped(self) -> dict[str, date]:
        """The day of each of the facts that end visits, of those declared: stops and death.

        Who was lost may have been found again since, and progression is entered in a form: see `journey.ended`.
        """
        days: dict[str, date] = {}
        for stop, _ in self.stops:
            for what in stop.ends:
                day = date.fromisoformat(stop.on)
                days[what] = (max if what == "lost" else min)(day, days.get(what, day))
        if self.died:
            days["death"] = PartialDate.parse(self.died.on).latest
        return days


def fold_casebook(book: Casebook, entry: Entry) -> Casebook:
    """Fold one entry of a subject's stream. No rules here: the fact records what was decided."""
    header, fact = entry.header, entry.fact
    book.version, book.position, book.last_at = header.version, header.position, header.at
    if book.first_at is None:
        book.first_at = header.at
    match fact:
        case f.Recorded():
            _recorded(book, fact, header)
        case f.Prescreened():
            book.prescreened, book.prescreened_header, book.site = fact, header, fact.site
        case f.Consented():
            book.consents[fact.consent] = fact
            book.consent_headers[fact.consent] = header
            if book.enrolment is None and fact.number:
                book.enrolment, book.site = fact, fact.site
        case f.ConsentDeclined():
            book.declined[fact.consent] = fact
        case f.RowRemoved():
            book.records[fact.form, fact.occurrence].removed = header
            book.completed.pop(fact.form, None)
            book.declared.pop(fact.form, None)
        case f.LogCompleted():
            book.completed[fact.form] = book.declared[fact.form] = header
        case f.FormStatus():
            record = book.records.setdefault((fact.form, fact.occurrence), Record(fact.form, fact.occurrence))
            record.not_done, record.last = fact.because, header
            record.first = record.first or header
        case f.Signed():
            book.signatures.append(Signature(fact, header))
        case f.EligibilitySigned():
            book.eligibility, book.eligibility_header = fact, header
        case f.ScreenFailed():
            book.screen_failed, book.screen_failed_header = fact, header
        case f.Randomized():
            book.randomized, book.randomized_header = fact, header
        case f.RegisterFrozen():
            book.frozen = fact
        case f.Stopped():
            book.stops.append((fact, header))
        case f.Died():
            book.died, book.died_header = fact, header
        case f.DeathCorrected():
            book.died = f.Died(on=fact.on, cause=fact.cause or "unknown") if fact.on else None
            book.died_header = header
        case f.VisitMissed():
            book.missed[fact.visit] = fact
        case f.VisitAdded():
            book.added[fact.visit] = fact
        case f.ResponseAdjudicated():
            book.adjudications.append((fact, header))
        case f.DeviationOpened():
            book.deviations.append((fact, header))
        case f.IdentityErased():
            book.erased = fact, header
        case _:
            raise AssertionError(f"Unhandled fact on a subject's stream: {type(fact).__name__}")
    return book


def _recorded(book: Casebook, fact: f.Recorded, header: Header) -> None:
    key = (fact.form, fact.occurrence)
    record = book.records.get(key)
    if record is None:
        record = book.records[key] = Record(fact.form, fact.occurrence, fact.visit, first=header)
        book.completed.pop(fact.form, None)  # a new row reopens a log that was declared complete
    record.last = header
    record.not_done = ""
    record.items.update(fact.items)
    record.trail.append((fact.items, header))
    book.missed.pop(fact.visit, None)
