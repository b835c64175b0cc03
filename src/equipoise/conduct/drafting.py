"""A casebook with what is not yet in the record laid over it: what would follow, before anyone saves."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from equipoise.conduct import facts as f
from equipoise.conduct.casebook import Casebook, Record
from equipoise.conduct.entry import SYSTEM, Header, NewFact
from equipoise.methods.items import Answer


def with_draft(
    casebook: Casebook, form: str, occurrence: str, answers: Mapping[str, Answer], *, visit: str = ""
) -> Casebook:
    """A copy in which these answers stand in a form's occurrence; the casebook itself is left alone.

    `visit` is that of a new row.
    """
    before = casebook.record(form, occurrence)
    record = Record(form, occurrence, (before.visit if before else "") or visit)
    record.items = {**(before.items if before else {}), **answers}
    record.trail = before.trail if before else []
    record.first, record.last = (before.first, before.last) if before else (None, None)
    return replace(casebook, records={**casebook.records, (form, occurrence): record})


def with_decided(casebook: Casebook, decided: Iterable[NewFact]) -> Casebook:
    """A copy in which the answers and deviations just decided stand, for the next part of one act to be decided on."""
    book = casebook
    for fact in (new.fact for new in decided):
        if isinstance(fact, f.Recorded):
            book = with_draft(book, fact.form, fact.occurrence, fact.items, visit=fact.visit)
        elif isinstance(fact, f.DeviationOpened) and book.last_at is not None:
            header = Header(book.position, book.subject, book.version, book.last_at, SYSTEM)
            book = replace(book, deviations=[*book.deviations, (fact, header)])
    return book
