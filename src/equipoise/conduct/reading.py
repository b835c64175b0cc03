"""The casebook as the criteria language reads it: every recorded value of a name, in ledger order, and every register.

It mirrors `protocol.vocabulary`: what a name's type is there, its value has here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from equipoise.conduct import words as _words
from equipoise.conduct.casebook import Casebook, Record
from equipoise.conduct.lesions import REGISTER, Lesion, register
from equipoise.conduct.rules import rules_of
from equipoise.kernel.dates import PartialDate, Window
from equipoise.kernel.messages import message
from equipoise.kernel.quantities import Quantity
from equipoise.kernel.truth import Truth
from equipoise.methods.criteria import (
    Absent,
    Known,
    RecordedValue,
    Result,
    Row,
    Rows,
    Unknown,
    answered_unknown,
    governing,
    not_done,
)
from equipoise.methods.forms import Form
from equipoise.methods.items import Answer, ChoiceItem, ChoicesItem, FileItem, LesionItem
from equipoise.protocol.model import Protocol


class CasebookRecord:
    """What the interpreter asks of a subject's record, gathered name by name as it is asked for.

    With `own`, the items of that record's form are read from it alone, whatever its date: the conditions and edit
    checks of a form speak of the page they stand on. With `as_of`, rows of logs dated after that day are left out, as
    results are: a lesion found since then was not there.
    """

    def __init__(
        self, protocol: Protocol, casebook: Casebook, own: Record | None = None, as_of: date | None = None
    ) -> None:
        self._as_of = as_of
        self._protocol = protocol
        self._casebook = casebook
        self._own = own
        self._places = rules_of(protocol).places
        self._results: dict[str, list[Result]] = {}
        self._rows: dict[str, Rows] = {}

    def latest(self, name: str, window: Window | None, on: date) -> Known | Unknown:
        """The result that governs on a day, looked for in the window where one is given."""
        if name not in self._results:
            self._results[name] = self._gather(name)
        return governing(self._results[name], window, on)

    def rows(self, collection: str) -> Rows:
        """The rows of a log; one nobody has touched is empty and not complete."""
        if collection not in self._rows:
            self._rows[collection] = self._gather_rows(collection)
        return self._rows[collection]

    def _gather(self, name: str) -> list[Result]:
        if name in self._places:
            if self._own is not None:
                for form, item in self._places[name]:
                    if form.id == self._own.form:
                        return [replace(found, date=None) for found in _results(form, self._own, item)]
            return [
                result
                for form, item in self._places[name]
                for record in self._casebook.rows(form.id)
                for result in _results(form, record, item)
            ]
        return list(_built_in(self._casebook, name))

    def _gather_rows(self, collection: str) -> Rows:
        form = self._protocol.form(collection)
        computed = {}
        if collection == REGISTER and self._protocol.lesions is not None:
            computed = {lesion.id: _computed(lesion) for lesion in register(self._protocol, self._casebook)}
        rows = [
            _row(form, record, computed.get(record.occurrence, {}))
            for record in self._casebook.rows(collection)
            if not self._is_later(form, record)
        ]
        return Rows(tuple(rows), complete=self._is_complete(form), source=(collection,))

    def _is_complete(self, form: Form) -> bool:
        """Whether a log was declared complete, and no row was added since then that the day read up to would show."""
        if form.id in self._casebook.completed:
            return True
        declared = self._casebook.declared.get(form.id)
        return declared is not None and all(
            self._is_later(form, record)
            for record in self._casebook.rows(form.id)
            if record.first is not None and record.first.position > declared.position
        )

    def _is_later(self, form: Form, record: Record) -> bool:
        dated = record.day(form.dated_by) if form.dated_by and self._as_of is not None else None
        return dated is not None and self._as_of is not None and dated.earliest > self._as_of


def record_of(
    protocol: Protocol, casebook: Casebook, own: Record | None = None, *, as_of: date | None = None
) -> CasebookRecord:
    """Everything the protocol's rules may read of a subject, up to a day where one is given.

    `own` is the record of the page a rule stands on.
    """
    return CasebookRecord(protocol, casebook, own, as_of)


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


def _results(form: Form, record: Record, item: Any) -> Iterator[Result]:
    """The result a record holds for an item."""
    answer = record.answer(item.id)
    if answer is None:
        return
    dated = record.day(form.dated_by) if form.dated_by else None
    position = record.position_of(item.id)
    source = (form.id, record.occurrence, item.id, position)
    if answer.absent:
        absent = (not_done if answer.absent == "not_done" else answered_unknown)(answer.because)
        yield Result(date=dated, position=position, source=source, absent=absent)
    elif (value := recorded(item, answer)) is not None:
        lower, upper = _limits(answer)
        yield Result(value, dated, position, source, lower, upper)


def _limits(answer: Answer) -> tuple[Quantity | None, Quantity | None]:
    """The laboratory's own limits, in the unit of the result."""
    lower, upper = (Quantity.of(limit, answer.unit) if limit else None for limit in (answer.lower, answer.upper))
    return lower, upper


def _row(form: Form, record: Record, computed: Mapping[str, Known | Unknown]) -> Row:
    fields: dict[str, Known | Unknown] = {}
    dated = record.day(form.dated_by) if form.dated_by else None
    for item in form.items:
        answer = record.answer(item.id)
        if answer is None:
            continue
        source = (form.id, record.occurrence, item.id, record.position_of(item.id))
        if answer.absent:
            fields[item.id] = Unknown(message(f"value.{answer.absent}", because=answer.because or "—"), source)
        elif (value := recorded(item, answer)) is not None:
            lower, upper = _limits(answer)
            fields[item.id] = Known(value, dated, source, lower, upper)
    return Row(record.occurrence, {**fields, **computed}, source=(form.id, record.occurrence))


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


def _built_in(casebook: Casebook, name: str) -> Iterator[Result]:
    enrolment = casebook.enrolment
    consent = ("consent", casebook.consent_headers["main"].position) if enrolment else ("consent",)
    if name == "consented":
        yield _so_far(enrolment is not None, "consent.none_yet", consent)
    elif name == "age" and enrolment:
        yield Result(Quantity.of(enrolment.age, "a"), PartialDate.parse(enrolment.on), source=consent)
    elif name.startswith("signed(") and name.endswith(")"):
        form = name.removeprefix("signed(").removesuffix(")")
        signed = casebook.signature_on(form)
        source = ("signature", form, signed.header.position if signed else 0)
        yield _so_far(signed is not None, "signature.none_yet", source)


def _so_far(is_given: bool, otherwise: str, source: tuple[object, ...]) -> Result:
    """Yes, or not known: a consent or signature that is not there yet may still be given, so it is no "no"."""
    if is_given:
        return Result(True, source=source)
    return Result(source=source, absent=Absent(message(otherwise), governs=True))


assert _words  # the wordings above are declared on import
