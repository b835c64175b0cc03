"""Logs in a rehearsal: a row added where the protocol has such a log, and the log declared complete when it is over."""

from collections.abc import Generator
from datetime import date, timedelta
from typing import Any

from equipoise.conduct.actions.records import CompleteLog, Enter
from equipoise.conduct.casebook import Record
from equipoise.conduct.collection import logs_to_complete
from equipoise.conduct.completeness import asked
from equipoise.conduct.concepts import concepts_of
from equipoise.conduct.entry import Entry
from equipoise.kernel.truth import Truth
from equipoise.methods.forms import Form
from equipoise.methods.items import AnyItem, ChoiceItem, ChoicesItem, read
from equipoise.simulation.rehearsal.answers import Raw, typical
from equipoise.simulation.rehearsal.steps import Step
from equipoise.simulation.rehearsal.telling import Telling

type Acts = Generator[Step, tuple[Entry, ...], None]

DAYS_TO_COMPLETE = 10
"""Within how many days of the end of its period a log is declared complete."""


def add_row(tell: Telling, what: str, concept: str, day: date, told: dict[str, Any]) -> Acts:
    """Add a row to the log that asks for a concept, where the protocol has one. `what` names the draws.

    What the story tells in words that the protocol does not use is answered as anything else is.
    """
    form = concepts_of(tell.protocol).form(concept)
    if form is None or form.use != "log":
        return
    chance = tell.chance("log", what, day.isoformat(), len(tell.book.rows(form.id)))
    answers: dict[str, Raw] = {}
    for item in form.items:
        if item.concept in told and _can_be(item, told[item.concept]):
            answers[item.id] = {"value": told[item.concept]}
        elif item.required:
            raw = typical(item, chance, day)
            if raw is not None:
                answers[item.id] = raw
    enter = Enter(tell.book.subject, form.id, only_asked(tell, form, answers), occurrence="new")
    tell.heard((yield tell.step(max(day, tell.today), tell.filler(form), enter)))


def _can_be(item: AnyItem, value: Any) -> bool:
    """Whether an item has the options of an answer; any other kind of item has none to miss."""
    if not isinstance(item, ChoiceItem | ChoicesItem):
        return True
    return {*([value] if isinstance(value, str) else value)} <= {option.id for option in item.options}


def only_asked(tell: Telling, form: Form, answers: dict[str, Raw]) -> dict[str, Raw]:
    """The answers to items whose condition holds, judged with all of these answers given."""
    if not any(item.when for item in form.items):
        return answers
    record = Record(form.id, "draft")
    items = {item.id: item for item in form.items}
    for name, raw in answers.items():
        found = read(items[name], raw, today=tell.until)
        if found is not None:
            record.items[name] = found
    tell.book.records[form.id, "draft"] = record
    try:
        wanted = asked(tell.protocol, tell.book, form, record)
    finally:
        del tell.book.records[form.id, "draft"]
    return {name: raw for name, raw in answers.items() if wanted[name] is not Truth.FALSE}


def next_to_complete(tell: Telling) -> tuple[date, Form] | None:
    """The log that somebody declares complete next, and the day; None where none is to be."""
    places = {form.id: place for place, form in enumerate(tell.protocol.forms)}  # draws know nothing of ids
    days = [
        (opens + timedelta(days=tell.chance("complete", places[form.id]).between(0, DAYS_TO_COMPLETE)), form)
        for form, opens in logs_to_complete(tell.protocol, tell.book)
    ]
    return min(days, key=lambda found: (found[0], places[found[1].id]), default=None)


def complete(tell: Telling, day: date, form: Form) -> Acts:
    """Declare a log complete."""
    tell.heard((yield tell.step(max(day, tell.today), tell.filler(form), CompleteLog(tell.book.subject, form.id))))
