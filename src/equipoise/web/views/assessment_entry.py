"""A scan's page as it was typed: what it would enter, what cannot be right, and the course if it were saved.

The same for both readers: the investigator, whose assessment is a form of the visit, and the central reader, whose
reading is a row of a log that names the visit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils import timezone

from equipoise.conduct.actions.records import Enter
from equipoise.conduct.assessment import Course, Followed, Measured, Reader, Scan, course, warnings
from equipoise.conduct.casebook import Casebook, Record
from equipoise.conduct.central import central_record
from equipoise.conduct.completeness import asked
from equipoise.conduct.concepts import Concepts
from equipoise.conduct.drafting import with_draft
from equipoise.conduct.edit_checks import Reading, read_answers
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import Message, message
from equipoise.kernel.truth import Truth
from equipoise.methods.forms import Form
from equipoise.methods.items import Answer
from equipoise.protocol.model import Protocol
from equipoise.web.forms.controls import typed

PARTS = {
    "state": "measurement.state",
    "mm": "measurement.diameter",
    "with": "measurement.coalesced_with",
    "suv": "measurement.suvmax",
    "grew": "measurement.unequivocal_growth",
}
"""What a row of the grid may hold: the stem of its inputs' names and the concept behind it."""

WITH_SIZE = ("measured", "split", "coalesced")
"""The states that have a diameter."""


@dataclass(frozen=True)
class Opened:
    """A scan opened for a reader: its two forms, what stands there, and the lesions to be read.

    `on` is the day of the scan where the reader does not type it: a central reader is given it.
    """

    protocol: Protocol
    shown: Protocol
    concepts: Concepts
    book: Casebook
    visit: str
    form: Form
    rows_form: Form
    lesions: tuple[Followed, ...]
    reader: Reader = "investigator"
    on: date | None = None

    @property
    def record(self) -> Record | None:
        """The assessment as recorded."""
        if self.form.use == "visit":
            return self.book.record(self.form.id, self.visit)
        return central_record(self.protocol, self.book, self.visit)

    @property
    def occurrence(self) -> str:
        """The occurrence that holds the assessment, or will."""
        if self.form.use == "visit":
            return self.visit
        record = self.record
        return record.occurrence if record is not None else "new"

    @property
    def given(self) -> dict[str, dict[str, str]]:
        """The answers the reader does not type."""
        return {self.concepts.item("assessment.date"): {"value": self.on.isoformat()}} if self.on else {}

    def course(self, book: Casebook) -> Course:
        """The course of the lesions as this reader reads them."""
        return course(self.protocol, book, self.reader)


@dataclass
class Typed:
    """A page as typed: what it would enter, what cannot be right, and the course if it were saved."""

    entries: list[Enter] = field(default_factory=list)
    raw: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    reading: Reading | None = None
    errors: dict[str, Message] = field(default_factory=dict)
    course: Course | None = None
    scan: Scan | None = None


def as_recorded(page: Opened) -> Typed:
    """The page as it stands in the record."""
    found = page.course(page.book)
    scan = found.scan(page.visit)
    given = Typed(course=found, scan=scan)
    for name, measured in (scan.lesions if scan else {}).items():
        given.rows[name] = {part: _raw(page, measured, concept) for part, concept in PARTS.items()}
    return given


def _raw(page: Opened, measured: Measured, concept: str) -> Any:
    answer = page.concepts.answer(measured.record, concept) if measured.record else None
    if answer is None or not answer.is_known:
        return ""
    if isinstance(answer.value, tuple):
        return answer.value[0]
    return "yes" if answer.value is True else "no" if answer.value is False else answer.value


def as_typed(page: Opened, data: Any) -> Typed:
    """Read a page as typed, and judge the course with it laid over the casebook."""
    given = Typed(raw=typed(page.form, data) | page.given)
    today, seen = timezone.localdate(), position(data.get("seen", ""))
    reason, book = data.get("reason", "")[:500], page.book
    given.reading = read_answers(page.protocol, page.form, given.raw, book, occurrence=page.occurrence, today=today)
    before = page.record
    if _changes(before, given.reading.answers) or given.reading.errors:
        subject = book.subject
        given.entries.append(
            Enter(
                subject, page.form.id, given.raw, occurrence=page.occurrence, visit=page.visit, seen=seen, reason=reason
            )
        )
    book = with_draft(book, page.form.id, page.occurrence, given.reading.answers)
    if page.form.use == "log":
        _tag(book, page, page.form.id, page.occurrence)
    known = page.course(page.book).scan(page.visit)
    day = given.raw.get(page.concepts.item("assessment.date"), {}).get("value", "")
    for lesion in page.lesions:
        row = given.rows[lesion.id] = {part: data.get(f"{lesion.id}-{part}", "").strip()[:40] for part in PARTS}
        if row["mm"] and not row["state"]:
            row["state"] = "measured"
        if not row["state"]:
            continue
        recorded = known.lesions[lesion.id].record if known and lesion.id in known.lesions else None
        raw = _row_answers(page, lesion.id, row, day)
        reading = read_answers(
            page.protocol,
            page.rows_form,
            raw,
            page.book,
            occurrence=recorded.occurrence if recorded else "new",
            today=today,
        )
        if reading.errors:
            given.errors[lesion.id] = next(iter(reading.errors.values()))
            continue
        if row["state"] in ("measured", "split") and not row["mm"]:
            given.errors[lesion.id] = message("assessment.mm_needed")
        if _changes(recorded, reading.answers):
            occurrence = recorded.occurrence if recorded else "new"
            given.entries.append(
                Enter(
                    page.book.subject,
                    page.rows_form.id,
                    raw,
                    occurrence=occurrence,
                    visit=page.visit,
                    seen=seen,
                    reason=reason,
                )
            )
        book = with_draft(book, page.rows_form.id, recorded.occurrence if recorded else lesion.id, reading.answers)
        _tag(book, page, page.rows_form.id, recorded.occurrence if recorded else lesion.id)
    if not given.errors:  # an impossible number would not sum up: the row's own error says so
        given.course = page.course(book)
        given.scan = given.course.scan(page.visit)
    return given


def _tag(book: Casebook, page: Opened, form: str, occurrence: str) -> None:
    """A draft row belongs to this visit, as it will once saved."""
    record = book.records[form, occurrence]
    book.records[form, occurrence] = replace(record, visit=page.visit)


def _row_answers(page: Opened, lesion: str, row: Mapping[str, str], day: str) -> dict[str, dict[str, Any]]:
    values: dict[str, Any] = {"measurement.lesion": [lesion], "measurement.state": row["state"]}
    if day:
        values["measurement.date"] = day
    if row["mm"] and row["state"] in WITH_SIZE:
        values["measurement.diameter"] = row["mm"]
    if row["with"] and row["state"] == "coalesced":
        values["measurement.coalesced_with"] = [row["with"]]
    if row["suv"]:
        values["measurement.suvmax"] = row["suv"]
    if row["grew"]:
        values["measurement.unequivocal_growth"] = row["grew"]
    return {item: {"value": value} for concept, value in values.items() if (item := page.concepts.item(concept))}


def _changes(record: Record | None, answers: Mapping[str, Answer]) -> bool:
    if record is None:
        return bool(answers)
    return any(record.items.get(item) != answer for item, answer in answers.items())


def may_be_saved(page: Opened, given: Typed, data: Any) -> None:
    """Refuse what cannot be understood, an unlikely change nobody confirmed, and a disagreement without its reason."""
    if given.errors:
        problems = tuple(message("refuse.item", item=name, problem=problem) for name, problem in given.errors.items())
        raise Refusal(message("refuse.items", problems=problems))
    if not given.entries or given.course is None or given.scan is None:
        return
    if given.reading is not None and given.reading.errors:
        return  # the action refuses these itself, with the labels of their items
    if warnings(given.course, given.scan) and data.get("confirmed") != "yes":
        raise Refusal(message("assessment.confirm"))
    if given.scan.disagrees and page.concepts.item("assessment.comment") and not given.scan.comment.strip():
        assert given.scan.verdict is not None
        raise Refusal(
            message("assessment.reason_needed", computed=str(given.scan.verdict.overall), own=given.scan.stated)
        )


def asked_items(page: Opened, reading: Reading | None) -> dict[str, Truth]:
    """Whether each item of the assessment is asked, as typed so far."""
    book, record = page.book, page.record
    if reading is not None or record is None:
        book = with_draft(book, page.form.id, page.occurrence, reading.answers if reading else {})
        record = book.record(page.form.id, page.occurrence)
    wanted = asked(page.protocol, book, page.form, record)
    return {item: Truth.FALSE if truth is Truth.UNKNOWN else truth for item, truth in wanted.items()}


def position(text: str) -> int:
    """A ledger position as a page sends it; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
