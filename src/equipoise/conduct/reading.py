"""The casebook as the criteria language reads it: every recorded value of a name, in ledger order, and every register.

It mirrors `protocol.vocabulary`: what a name's type is there, its value has here.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from equipoise.conduct import words as _words
from equipoise.conduct.casebook import Casebook, Record
from equipoise.conduct.lesions import REGISTER, Lesion, register
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.messages import message
from equipoise.kernel.quantities import Quantity
from equipoise.kernel.truth import Truth
from equipoise.methods.criteria import (
    Absent,
    Known,
    RecordedValue,
    Result,
    Results,
    Row,
    Rows,
    Unknown,
    answered_unknown,
    not_done,
)
from equipoise.methods.forms import Form
from equipoise.methods.items import Answer, ChoiceItem, ChoicesItem, FileItem, LesionItem
from equipoise.protocol.model import Protocol
from equipoise.protocol.vocabulary import signature


def record_of(protocol: Protocol, casebook: Casebook) -> Results:
    """Everything the protocol's rules may read of a subject."""
    items: dict[str, list[Result]] = {}
    registers: dict[str, Rows] = {}
    for form in protocol.forms:
        if form.use == "log":
            rows = tuple(_row(form, record) for record in casebook.rows(form.id))
            registers[form.id] = Rows(rows, complete=form.id in casebook.completed, source=(form.id,))
            continue
        for record in casebook.rows(form.id):
            for name, result in _results(form, record):
                items.setdefault(name, []).append(result)
    if protocol.lesions is not None and REGISTER in registers:
        registers[REGISTER] = _register(protocol, casebook, registers[REGISTER])
    items.update(_built_in(protocol, casebook))
    return Results(items, registers)


def recorded(item: Any, answer: Answer) -> RecordedValue | None:
    """A known answer as rules read it; None for what they cannot read (files, several lesions)."""
    value = answer.value
    if isinstance(item, FileItem) or (isinstance(item, LesionItem) and item.many):
        return None
    if isinstance(item, ChoicesItem):
        return value if isinstance(value, tuple) else None
    if isinstance(item, LesionItem) and isinstance(value, tuple):
        return value[0]
    if isinstance(item, ChoiceItem) and all(option.id.isdecimal() for option in item.options):
        return Decimal(str(value))
    if isinstance(value, bool):
        return value
    if answer.quantity is not None:
        return answer.quantity
    if item.kind == "date":
        return answer.when
    return str(value)


def _results(form: Form, record: Record) -> Iterator[tuple[str, Result]]:
    dated = record.day(form.dated_by) if form.dated_by else None
    for item in form.items:
        answer = record.answer(item.id)
        if answer is None:
            continue
        position = record.position_of(item.id)
        source = (form.id, record.occurrence, item.id, position)
        if answer.absent:
            absent = (not_done if answer.absent == "not_done" else answered_unknown)(answer.because)
            yield item.id, Result(date=dated, position=position, source=source, absent=absent)
        elif (value := recorded(item, answer)) is not None:
            lower, upper = _limits(answer)
            yield item.id, Result(value, dated, position, source, lower, upper)


def _limits(answer: Answer) -> tuple[Quantity | None, Quantity | None]:
    """The laboratory's own limits, in the unit of the result."""
    lower, upper = (Quantity.of(limit, answer.unit) if limit else None for limit in (answer.lower, answer.upper))
    return lower, upper


def _row(form: Form, record: Record) -> Row:
    fields: dict[str, Known | Unknown] = {}
    for item in form.items:
        answer = record.answer(item.id)
        if answer is None:
            continue
        source = (form.id, record.occurrence, item.id, record.position_of(item.id))
        if answer.absent:
            fields[item.id] = Unknown(message(f"value.{answer.absent}", because=answer.because or "—"), source)
        elif (value := recorded(item, answer)) is not None:
            lower, upper = _limits(answer)
            fields[item.id] = Known(value, record.day(form.dated_by), source, lower, upper)
    return Row(record.occurrence, fields, source=(form.id, record.occurrence))


def _register(protocol: Protocol, casebook: Casebook, rows: Rows) -> Rows:
    computed = {lesion.id: lesion for lesion in register(protocol, casebook)}
    found = tuple(Row(row.name, {**row.fields, **_computed(computed[row.name])}, row.source) for row in rows.rows)
    return Rows(found, rows.complete, rows.source)


def _computed(lesion: Lesion) -> dict[str, Known | Unknown]:
    source = (REGISTER, lesion.id, lesion.record.seen)
    unmeasured = Unknown(message("lesion.not_measured", lesion=lesion.id), source)
    unstated = Unknown(message("lesion.not_stated", lesion=lesion.id), source)
    return {
        # A lesion that cannot be shown to be in complete metabolic response counts as residual.
        "residual": Known(lesion.residual is not Truth.FALSE, None, source),
        "measurable": _known(lesion.measurable, source, unmeasured),
        "irradiable": _known(lesion.irradiable, source, unstated),
        "counted_organ": Known(lesion.counted_organ, None, source),
    }


def _known(truth: Truth, source: tuple[object, ...], otherwise: Unknown) -> Known | Unknown:
    return otherwise if truth is Truth.UNKNOWN else Known(truth is Truth.TRUE, None, source)


def _built_in(protocol: Protocol, casebook: Casebook) -> dict[str, list[Result]]:
    consent = ("consent", casebook.consent_headers["main"].position) if casebook.enrolment else ("consent",)
    consented = _so_far(casebook.enrolment is not None, "consent.none_yet", consent)
    found: dict[str, list[Result]] = {"consented": [consented]}
    if casebook.enrolment:
        on = PartialDate.parse(casebook.enrolment.on)
        found["age"] = [Result(Quantity.of(casebook.enrolment.age, "a"), on, source=consent)]
    for form in protocol.forms:
        if form.signed_by:
            signed = casebook.signature_on(form.id) if form.use == "subject" else None
            source = ("signature", form.id, signed.header.position if signed else 0)
            found[signature(form.id)] = [_so_far(signed is not None, "signature.none_yet", source)]
    return found


def _so_far(is_given: bool, otherwise: str, source: tuple[object, ...]) -> Result:
    """Yes, or not known: a consent or signature that is not there yet may still be given, so it is no "no"."""
    if is_given:
        return Result(True, source=source)
    return Result(source=source, absent=Absent(message(otherwise), governs=True))


assert _words  # the wordings above are declared on import
