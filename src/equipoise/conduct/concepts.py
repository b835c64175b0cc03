"""Where a protocol keeps what a concept means. Forms and items are free in their ids; a concept says what they hold.

The first form that asks for a concept is where it is entered; records of every form that asks are read as views, and so
are those entered under another version of the protocol, which may have asked by other ids.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from equipoise.conduct.amended import forms_besides
from equipoise.conduct.casebook import Casebook, Record
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.truth import Truth, known
from equipoise.methods.forms import Form
from equipoise.methods.items import Answer
from equipoise.methods.schedule import Visit
from equipoise.protocol.model import Protocol


@dataclass(frozen=True, slots=True)
class View:
    """A record of a form, its answers by concept."""

    form: Form
    record: Record
    items: Mapping[str, Any]

    def answer(self, concept: str) -> Answer | None:
        """The known answer to the item of a concept; None where there is none, or the form does not ask."""
        item = self.items.get(concept)
        found = self.record.answer(item.id) if item is not None else None
        return found if found is not None and found.is_known else None

    def text(self, concept: str) -> str:
        """A single value as text; '' where there is none."""
        found = self.answer(concept)
        return "" if found is None or isinstance(found.value, tuple) else str(found.value)

    def number(self, concept: str) -> Decimal | None:
        """A value as an exact number."""
        found = self.answer(concept)
        return found.number if found is not None else None

    def day(self, concept: str) -> PartialDate | None:
        """A value as a perhaps partial date."""
        found = self.answer(concept)
        return found.when if found is not None else None

    def codes(self, concept: str) -> tuple[str, ...]:
        """Several values: choices, or the lesions named."""
        found = self.answer(concept)
        if found is None:
            return ()
        return found.value if isinstance(found.value, tuple) else (str(found.value),)

    def is_yes(self, concept: str) -> bool | None:
        """A yes or no; None where neither was answered."""
        found = self.answer(concept)
        return found.value is True if found is not None else None

    def label(self, concept: str) -> str:
        """The label of the option chosen, in the protocol's language; the value itself where it has none."""
        value, item = self.text(concept), self.items.get(concept)
        return next((option.label for option in getattr(item, "options", ()) if option.id == value), value)

    def dated(self) -> PartialDate | None:
        """The clinical date of the record."""
        return self.record.day(self.form.dated_by) if self.form.dated_by else None

    def positions(self, *concepts: str) -> tuple[int, ...]:
        """The ledger positions of the current values, in order, each once; of the whole record where none is named."""
        if not concepts:
            return (self.record.seen,)
        found = (self.record.position_of(self.items[concept].id) for concept in concepts if concept in self.items)
        return tuple(sorted({position for position in found if position}))


class Concepts:
    """The items of a protocol by concept, and what records say under them.

    With a `prefix`, concepts are those of the forms that put it before theirs: those of central readers, say. What is
    asked is what this version asks; what a record says is read by the ids it was entered under.
    """

    def __init__(self, protocol: Protocol, prefix: str = "") -> None:
        self._forms: dict[str, list[Form]] = {}
        self._items: dict[str, dict[str, Any]] = {}
        for form in protocol.forms:
            named = self._items.setdefault(form.id, {})
            for item in form.items:
                if item.concept and item.concept.startswith(prefix):
                    named.setdefault(item.concept.removeprefix(prefix), item)
            for concept in named:
                self._forms.setdefault(concept, []).append(form)
        self._once: dict[str, dict[str, list[Any]]] = {}
        self._once_forms: dict[str, list[Form]] = {}
        held = {(form.id, item.id) for form in protocol.forms for item in form.items}
        for form in forms_besides(protocol):
            for item in form.items:
                if item.concept.startswith(prefix) and item.concept and (form.id, item.id) not in held:
                    concept = item.concept.removeprefix(prefix)
                    self._once.setdefault(form.id, {}).setdefault(concept, []).append(item)
                    self._once_forms.setdefault(concept, []).append(form)

    def form(self, concept: str) -> Form | None:
        """The form that asks for a concept; None where the protocol does not."""
        return self._forms[concept][0] if concept in self._forms else None

    def item(self, concept: str) -> str:
        """The id of the item that holds a concept; '' where the protocol does not ask for it."""
        return str(self.asked(concept).id) if concept in self._forms else ""

    def rows(self, casebook: Casebook, concept: str) -> list[Record]:
        """Every record of the form that asks for a concept, or that asked for it in another version."""
        form = self.form(concept)
        found = casebook.rows(form.id) if form is not None else []
        once = {one.id: one for one in self._once_forms.get(concept, ()) if form is None or one.id != form.id}
        for other in once:
            found += [record for record in casebook.rows(other) if self._held(record, concept)]
        return found

    def answer(self, record: Record, concept: str) -> Answer | None:
        """What a record says under a concept."""
        return record.answer(self._held(record, concept))

    def text(self, record: Record, concept: str) -> str:
        """The same as text; '' where there is no value, or several."""
        return record.text(self._held(record, concept))

    def codes(self, record: Record, concept: str) -> tuple[str, ...]:
        """The same as codes or lesions; one value is a tuple of one."""
        answer = self.answer(record, concept)
        if answer is None or not answer.is_known:
            return ()
        return answer.value if isinstance(answer.value, tuple) else (str(answer.value),)

    def number(self, record: Record, concept: str) -> Decimal | None:
        """The same as a number."""
        answer = self.answer(record, concept)
        return answer.number if answer is not None else None

    def truth(self, record: Record, concept: str) -> Truth:
        """The same as a yes or no."""
        answer = self.answer(record, concept)
        return known(answer.value is True) if answer is not None and answer.is_known else Truth.UNKNOWN

    def day(self, record: Record, concept: str) -> date | None:
        """The same as a day; of a partial date the first possible one."""
        found = record.day(self._held(record, concept))
        return found.earliest if found is not None else None

    def asks(self, concept: str) -> bool:
        """Whether any form of the protocol asks for a concept."""
        return concept in self._forms

    def at_visit(self, visit: Visit, concept: str) -> bool:
        """Whether a form of a visit asks for a concept."""
        return any(form.id in visit.forms for form in self._forms.get(concept, ()))

    def asked(self, concept: str) -> Any:
        """The item of a concept, of the first form that has it. Raises KeyError."""
        return self._items[self._forms[concept][0].id][concept]

    def starting_with(self, prefix: str) -> list[str]:
        """The concepts of a family, `lab.` say, in the order of the forms."""
        return [concept for concept in self._forms if concept.startswith(prefix)]

    def views(self, casebook: Casebook, concept: str) -> Iterator[View]:
        """Every record, not removed, of the forms that ask for a concept, in the order of first entry."""
        forms = {form.id: form for form in (*self._once_forms.get(concept, ()), *self._forms.get(concept, ()))}
        asking = {form.id for form in self._forms.get(concept, ())}
        for form in sorted(forms.values(), key=lambda one: one.id not in asking):
            for record in casebook.rows(form.id):
                view = self.view(form, record)
                if form.id in asking or concept in view.items:
                    yield view

    def view(self, form: Form, record: Record) -> View:
        """A record by concept."""
        return View(self._dated(form, record), record, self._items_of(record))

    def _items_of(self, record: Record) -> Mapping[str, Any]:
        """The item of each concept in a record: the one this version has, unless the answer stands under another's."""
        now, once = self._items.get(record.form, {}), self._once.get(record.form)
        if not once:
            return now
        found = dict(now)
        for concept, items in once.items():
            answered = [item for item in items if item.id in record.items]
            if answered and (concept not in now or now[concept].id not in record.items):
                found[concept] = max(answered, key=lambda item: record.position_of(item.id))
        return found

    def _held(self, record: Record, concept: str) -> str:
        """The id under which a record holds a concept; '' where no version asks for it."""
        if record.form not in self._once:
            return self.item(concept)
        item = self._items_of(record).get(concept)
        return str(item.id) if item is not None else ""

    def _dated(self, form: Form, record: Record) -> Form:
        """The form in the version whose item dates the record."""
        if not form.dated_by or form.dated_by in record.items or form.id not in self._once:
            return form
        once = (one for forms in self._once_forms.values() for one in forms if one.id == form.id)
        return next((one for one in once if one.dated_by in record.items), form)

    def at_baseline(self, casebook: Casebook, concept: str, on: date) -> View | None:
        """The record that governs a concept on a day: the latest dated up to it (the later entry of one day)."""
        held = [
            (dated.earliest if (dated := view.dated()) is not None else date.min, view.record.seen, view)
            for view in self.views(casebook, concept)
            if view.answer(concept) is not None
        ]
        before = [one for one in held if one[0] <= on]
        return max(before, key=lambda one: one[:2])[2] if before else None


_KEPT: dict[tuple[int, str], tuple[Protocol, Concepts]] = {}


def concepts_of(protocol: Protocol, prefix: str = "") -> Concepts:
    """The concepts of forms under a prefix, indexed once a protocol and kept by identity, as `rules_of` keeps rules."""
    key = (id(protocol), prefix)
    kept = _KEPT.get(key)
    if kept is None or kept[0] is not protocol:
        if len(_KEPT) > 64:
            _KEPT.clear()
        kept = _KEPT[key] = (protocol, Concepts(protocol, prefix))
    return kept[1]
