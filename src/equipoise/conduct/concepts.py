"""Where a protocol keeps what a concept means. Forms and items are free in their ids; a concept says what they hold."""

from datetime import date
from decimal import Decimal

from equipoise.conduct.casebook import Casebook, Record
from equipoise.kernel.truth import Truth, known
from equipoise.methods.forms import Form
from equipoise.methods.items import Answer
from equipoise.protocol.model import Protocol


class Concepts:
    """The items of a protocol by concept, and what records say under them.

    With a `prefix`, concepts are those of the forms that put it before theirs: those of central readers, say.
    """

    def __init__(self, protocol: Protocol, prefix: str = "") -> None:
        self._places: dict[str, tuple[Form, str]] = {}
        for form in protocol.forms:
            for item in form.items:
                if item.concept.startswith(prefix) and item.concept:
                    self._places.setdefault(item.concept.removeprefix(prefix), (form, item.id))

    def form(self, concept: str) -> Form | None:
        """The form that asks for a concept; None where the protocol does not."""
        return self._places[concept][0] if concept in self._places else None

    def item(self, concept: str) -> str:
        """The id of the item that holds a concept; '' where the protocol does not ask for it."""
        return self._places[concept][1] if concept in self._places else ""

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
