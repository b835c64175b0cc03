"""Rows of lesions and their measurements: how they are numbered, and what about them cannot stand together."""

from collections.abc import Mapping

from equipoise.conduct import reading_words as _words
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.lesions import REGISTER
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.methods.forms import Form
from equipoise.methods.items import Answer, LesionItem
from equipoise.protocol.model import Protocol

_MEASUREMENTS = (("measurement.lesion", "measurement.date"), ("central.measurement.lesion", "central.measurement.date"))
"""The concepts that name the lesion and the scan in a row of measurements, of either reader."""


def row_prefix(protocol: Protocol, form: Form) -> str:
    """What stands before the numbers of a log's rows: L for the register's lesions, C for a central reader's."""
    if form.id == REGISTER:
        return "L"
    return "C" if protocol.central_review is not None and form.id == protocol.central_review.lesions else ""


def second_measurement(
    protocol: Protocol, casebook: Casebook, form: Form, occurrence: str, visit: str, answers: Mapping[str, Answer]
) -> None:
    """Refuse a second measurement of one lesion at one scan: it would silently take the first one's place."""
    items = {item.concept: item.id for item in form.items if item.concept}
    concepts = next(((items[one], items.get(on, "")) for one, on in _MEASUREMENTS if one in items), None)
    if concepts is None:
        return
    lesion, date = concepts
    record = casebook.record(form.id, occurrence)
    before = record.items if record is not None else {}
    own = {**before, **answers}
    if lesion not in own or not own[lesion].is_known:
        return
    at = visit or (record.visit if record is not None else "")
    for row in casebook.rows(form.id):
        if row.occurrence == occurrence or row.items.get(lesion) != own[lesion]:
            continue
        same_visit = bool(at and row.visit == at)
        same_day = date in own and own[date].is_known and row.items.get(date) == own[date]
        if same_visit or (same_day and not (at and row.visit)):
            value = own[lesion].value
            named = value[0] if isinstance(value, tuple) and value else str(value)
            raise Refusal(message("refuse.measured_already", lesion=named, row=row.occurrence))


def named_by(protocol: Protocol, casebook: Casebook, form: str, lesion: str) -> list[str]:
    """The labels of forms with records that name a lesion of a log, so that striking it would leave them hanging."""
    found = []
    for other in protocol.forms:
        items = [item.id for item in other.items if isinstance(item, LesionItem) and item.register == form]
        rows = casebook.rows(other.id) if items else []
        answers = [row.answer(item) for row in rows for item in items]
        if any(one is not None and isinstance(one.value, tuple) and lesion in one.value for one in answers):
            found.append(other.label)
    return found


assert _words
