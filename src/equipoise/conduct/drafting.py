"""A casebook with answers not yet entered laid over it: what conditions and findings would say, before anyone saves."""

from collections.abc import Mapping
from dataclasses import replace

from equipoise.conduct.casebook import Casebook, Record
from equipoise.methods.items import Answer


def with_draft(casebook: Casebook, form: str, occurrence: str, answers: Mapping[str, Answer]) -> Casebook:
    """A copy in which these answers stand in a form's occurrence; the casebook itself is left alone."""
    before = casebook.record(form, occurrence)
    record = Record(form, occurrence, before.visit if before else "")
    record.items = {**(before.items if before else {}), **answers}
    record.trail = before.trail if before else []
    record.first, record.last = (before.first, before.last) if before else (None, None)
    return replace(casebook, records={**casebook.records, (form, occurrence): record})
