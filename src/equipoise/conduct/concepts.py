"""Where a protocol keeps what a concept means. Forms and items are free in their ids; a concept says what they hold.

The first form that asks for a concept is where it is entered; records of every form that asks are read as views.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

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

    With a `prefix`, concepts are those of the forms that put it before theirs: those of central readers, say.
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

    def form(self, concept: str) -> Form | None:
        """The form that asks for a concept; None where the protocol does not."""
        return self._forms[concept][0] if concept in self._forms else None

    def item(self, concept: str) -> str:
        """The id of the item that holds a concept; '' where the protocol does not ask for it."""
        return str(self.asked(concept).id) if concept in self._forms else ""

    def rows(self, casebook: Casebook, concept: str) -> list[Record]:
        """Every record of the form that asks for a concept."""
        form = self.form(concept)
        return casebook.rows(form.id) if form is not None else []

    def answer(self, record: Record, concept: str) -> Answer | None:
        """What a record says under a concept."""
        return record.answer(self.item(concept))

    def text(self, record: Record, concept: str) -> str:
        """The same as text; '' where there is no value, or several."""
        return record.text(self.item(concept))

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
        found = record.day(self.item(concept))
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
        for form in self._forms.get(concept, ()):
            for record in casebook.rows(form.id):
                yield View(form, record, self._items[form.id])

    def view(self, form: Form, record: Record) -> View:
        """A record by concept."""
        return View(form, record, self._items[form.id])

    def at_baseline(self, casebook: Casebook, concept: str, on: date) -> View | None:
        """The record that governs a concept on a day: the latest dated up to it (the later entry of one day)."""
        held = [
            (dated.earliest if (dated := view.dated()) is not None else date.min, view.record.seen, view)
            for view in self.views(casebook, concept)
            if view.answer(concept) is not None
        ]
        before = [one for one in held if one[0] <= on]
        return max(before, key=lambda one: one[:2])[2] if before else None


_KEPT: dict[int, tuple[Protocol, Concepts]] = {}


def concepts_of(protocol: Protocol) -> Concepts:
    """The concepts of the sites' forms, indexed once for a protocol and kept by identity, as `rules_of` keeps rules."""
    kept = _KEPT.get(id(protocol))
    if kept is None or kept[0] is not protocol:
        if len(_KEPT) > 64:
            _KEPT.clear()
        kept = _KEPT[id(protocol)] = (protocol, Concepts(protocol))
    return kept[1]
