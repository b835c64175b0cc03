"""The casebook as the criteria language reads it: every recorded value of a name, in ledger order, and every register."""

from collections.abc import Iterator

from equipoise.conduct.casebook import Casebook, Record
from equipoise.conduct.lesions import REGISTER, Lesion, register
from equipoise.kernel.messages import message
from equipoise.kernel.truth import Truth
from equipoise.methods.criteria import Known, Result, Results, Row, Rows, Unknown, answered_unknown, not_done
from equipoise.methods.forms import Form
from equipoise.methods.items import Answer
from equipoise.protocol.model import Protocol
from equipoise.protocol.vocabulary import limits, recorded_value, signed_name


def record_of(protocol: Protocol, casebook: Casebook) -> Results:
    """Everything the protocol's rules may read of a subject."""
    items: dict[str, list[Result]] = {}
    registers: dict[str, Rows] = {}
    for form in protocol.forms:
        if form.use == "log":
            registers[form.id] = Rows(
                tuple(_row(form, record) for record in casebook.rows(form.id)),
                complete=form.id in casebook.completed,
                source=(form.id,),
            )
            continue
        for record in casebook.rows(form.id):
            for name, result in _results(form, record):
                items.setdefault(name, []).append(result)
    if protocol.lesions is not None:
        registers[REGISTER] = _register(protocol, casebook, registers.get(REGISTER, Rows()))
    items.update(_built_in(protocol, casebook))
    return Results(items, registers)


def _results(form: Form, record: Record) -> Iterator[tuple[str, Result]]:
    dated = record.day(form.dated_by) if form.dated_by else None
    for item in form.items:
        answer = record.answer(item.id)
        if answer is None:
            continue
        source = (form.id, record.occurrence, item.id, record.position_of(item.id))
        position = record.position_of(item.id)
        if answer.absent:
            absent = (not_done if answer.absent == "not_done" else answered_unknown)(answer.because)
            yield item.id, Result(date=dated, position=position, source=source, absent=absent)
            continue
        lower, upper = limits(item, answer)
        value = recorded_value(item, answer)
        yield item.id, Result(value, dated, position, source, lower_limit=lower, upper_limit=upper)


def _row(form: Form, record: Record) -> Row:
    fields: dict[str, Known | Unknown] = {}
    for item in form.items:
        answer = record.answer(item.id)
        if answer is not None:
            fields[item.id] = _field(form, record, item, answer)
    return Row(record.occurrence, fields, source=(form.id, record.occurrence))


def _field(form: Form, record: Record, item: object, answer: Answer) -> Known | Unknown:
    name = str(getattr(item, "id", ""))
    source = (form.id, record.occurrence, name, record.position_of(name))
    if answer.absent:
        return Unknown(message(f"value.{answer.absent}", because=answer.because or "—"), source)
    lower, upper = limits(item, answer)
    return Known(recorded_value(item, answer), record.day(form.dated_by), source, lower, upper)


def _register(protocol: Protocol, casebook: Casebook, rows: Rows) -> Rows:
    computed = {lesion.id: lesion for lesion in register(protocol, casebook)}
    return Rows(
        tuple(Row(row.name, {**row.fields, **_computed(computed[row.name])}, row.source) for row in rows.rows),
        rows.complete,
        rows.source,
    )


def _computed(lesion: Lesion) -> dict[str, Known | Unknown]:
    source = (REGISTER, lesion.id)
    # A lesion that cannot be shown to be in complete metabolic response counts as residual.
    residual = Known(lesion.residual is not Truth.FALSE, None, source)
    unknown = Unknown(message("lesion.not_measured", lesion=lesion.id), source)
    measurable = unknown if lesion.measurable is Truth.UNKNOWN else Known(lesion.measurable is Truth.TRUE, None, source)
    irradiable = (
        Unknown(message("lesion.not_stated", lesion=lesion.id), source)
        if lesion.irradiable is Truth.UNKNOWN
        else Known(lesion.irradiable is Truth.TRUE, None, source)
    )
    return {
        "residual": residual,
        "measurable": measurable,
        "irradiable": irradiable,
        "counted_organ": Known(lesion.counted_organ, None, source),
    }


def _built_in(protocol: Protocol, casebook: Casebook) -> dict[str, list[Result]]:
    from equipoise.kernel.dates import PartialDate
    from equipoise.kernel.quantities import Quantity

    found: dict[str, list[Result]] = {"consented": [Result(casebook.enrolment is not None, source=("consent",))]}
    if casebook.enrolment:
        on = PartialDate.parse(casebook.enrolment.on)
        found["age"] = [Result(Quantity.of(casebook.enrolment.age, "a"), on, source=("consent",))]
    for form in protocol.forms:
        if form.signed_by:
            signature = casebook.signature_on(form.id) if form.use != "log" else None
            source = ("signature", form.id, signature.fact.covers if signature else "")
            found[signed_name(form.id)] = [Result(signature is not None, source=source)]
    return found
