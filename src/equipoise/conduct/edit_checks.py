"""Reading a form as typed: hard faults by item, soft findings, and rules across items.

Hard faults block (they could not be understood, or are impossible); everything else is saved and asked about.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from equipoise.conduct.casebook import Casebook
from equipoise.kernel.findings import Finding
from equipoise.kernel.messages import Message, message
from equipoise.methods.forms import Form
from equipoise.methods.items import Answer, LesionItem, read
from equipoise.methods.typed import AnswerError
from equipoise.protocol.model import Protocol


@dataclass(slots=True)
class Reading:
    """What a form as typed amounts to: answers, hard faults by item, soft findings."""

    form: Form
    answers: dict[str, Answer] = field(default_factory=dict)
    errors: dict[str, Message] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def labelled_errors(self) -> Iterator[tuple[str, Message]]:
        """Each hard fault with the label of its item."""
        labels = {item.id: item.label for item in self.form.items}
        return ((labels.get(item, item), problem) for item, problem in self.errors.items())


def read_answers(
    protocol: Protocol,
    form: Form,
    raw: Mapping[str, Mapping[str, Any]],
    casebook: Casebook,
    *,
    occurrence: str,
    today: date,
) -> Reading:
    """Read every answer given. Items that are not in `raw`, or empty there, are left as they stand."""
    reading = Reading(form)
    items = {item.id: item for item in form.items}
    for name, given in raw.items():
        if name not in items:
            reading.errors[name] = message("refuse.unknown_item", form=form.label, item=name[:60])
            continue
        try:
            answer = read(items[name], given, today=today)
        except AnswerError as error:
            reading.errors[name] = error.says
            continue
        if answer is None:
            continue
        reading.answers[name] = answer
        if isinstance(items[name], LesionItem) and answer.is_known:
            fault = _lesions_fault(answer, casebook, items[name].register)
            if fault:
                reading.errors[name] = fault
        if answer.is_known:
            reading.findings += items[name].findings(answer, f"{form.id}.{occurrence}.{name}")
    _dates_possible(form, reading, casebook)
    return reading


def _lesions_fault(answer: Answer, casebook: Casebook, register: str) -> Message | None:
    named = answer.value if isinstance(answer.value, tuple) else ()
    known = [record.occurrence for record in casebook.rows(register)]
    for lesion in named:
        if lesion not in known:
            return message("refuse.lesion_unknown", seen=lesion, known=", ".join(known) or "—")
    repeated = [lesion for lesion in named if named.count(lesion) > 1]
    return message("refuse.lesion_twice", seen=repeated[0]) if repeated else None


def _dates_possible(form: Form, reading: Reading, casebook: Casebook) -> None:
    """A record dated after death is impossible, whoever typed it."""
    died = casebook.death
    if died is None or not form.dated_by or form.dated_by in reading.errors:
        return
    answer = reading.answers.get(form.dated_by)
    when = answer.when if answer else None
    if when is not None and when.earliest > died.latest:
        reading.errors[form.dated_by] = message("refuse.closed_after_death", on=str(when), died=str(died))
