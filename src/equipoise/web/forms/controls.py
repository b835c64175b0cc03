"""An item as a control on a page: its kind's template, what stands there, what was typed, what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict

from equipoise.conduct.casebook import Casebook, Change, Record
from equipoise.kernel.messages import Message
from equipoise.methods.forms import Form
from equipoise.methods.items import Answer, ChoicesItem, LabItem, LesionItem

PARTS = ("value", "unit", "lower", "upper", "absent", "because")
"""The parts of an answer as typed; a control's inputs are named `ITEM-PART`."""

TEMPLATES = {
    kind: f"items/{kind}.html"
    for kind in ("number", "lab", "choice", "choices", "yes_no", "date", "text", "term", "lesion", "file")
}
"""One template an item kind."""


@dataclass(frozen=True, slots=True)
class Control:
    """What a template needs to draw an item."""

    item: Any
    shown: Any
    raw: Mapping[str, Any]
    answer: Answer | None
    history: tuple[Change, ...] = ()
    error: Message | None = None
    asked: bool = True
    lesions: tuple[tuple[str, str], ...] = field(default=())
    before: Answer | None = None

    @property
    def template(self) -> str:
        """The template of the item's kind."""
        return TEMPLATES[self.item.kind]

    @property
    def name(self) -> str:
        """The stem of the inputs' names."""
        return str(self.item.id)

    @property
    def value(self) -> Any:
        """What the control holds."""
        return self.raw.get("value", "")

    @property
    def chosen(self) -> tuple[str, ...]:
        """The chosen options, where there may be several."""
        value = self.raw.get("value", ())
        return (value,) if isinstance(value, str) else tuple(value)

    @property
    def outside(self) -> str:
        """'high' or 'low' where a result lies outside the laboratory's limits, else ''."""
        number, lower, upper = (_number(self.raw.get(part)) for part in ("value", "lower", "upper"))
        if number is None:
            return ""
        if upper is not None and number > upper:
            return "high"
        return "low" if lower is not None and number < lower else ""

    @property
    def change(self) -> str:
        """The change since the result before, in the same unit, signed; '' where there is none to compare."""
        now, before = _number(self.raw.get("value")), self.before
        if now is None or before is None or self.raw.get("unit") != before.unit or before.number is None:
            return ""
        return f"{now - before.number:+f}"

    @property
    def range(self) -> str:
        """The usual range, in grey beside the field."""
        low, high = getattr(self.item, "low", None), getattr(self.item, "high", None)
        if low is None and high is None:
            return ""
        if low is None:
            return f"≤ {high}"
        return f"≥ {low}" if high is None else f"{low}–{high}"


def _number(text: Any) -> Decimal | None:
    """A number as typed or recorded; None where it is none."""
    try:
        number = Decimal(str(text or "").strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def raw_of(answer: Answer | None) -> dict[str, Any]:
    """A recorded answer as it would be typed."""
    if answer is None:
        return {}
    if answer.absent:
        return {"absent": answer.absent, "because": answer.because}
    value: Any = answer.value
    if isinstance(value, bool):
        value = "yes" if value else "no"
    return {"value": value, "unit": answer.unit, "lower": answer.lower, "upper": answer.upper}


def typed(form: Form, data: QueryDict) -> dict[str, dict[str, Any]]:
    """What a submitted page holds, by item; items the page did not show are left out."""
    found: dict[str, dict[str, Any]] = {}
    for item in form.items:
        parts = {part: data[f"{item.id}-{part}"] for part in PARTS if f"{item.id}-{part}" in data}
        if isinstance(item, ChoicesItem | LesionItem):
            chosen = [value for value in data.getlist(f"{item.id}-value") if value]
            if chosen:
                parts["value"] = chosen
            elif "value" in parts:
                del parts["value"]
        if parts.get("absent"):
            parts = {"absent": parts["absent"], "because": parts.get("because", "")}
        if parts:
            found[item.id] = parts
    return found


def controls(
    form: Form,
    shown: Form,
    record: Record | None,
    *,
    asked: Mapping[str, Any],
    lesions: tuple[tuple[str, str], ...] = (),
    raw: Mapping[str, Mapping[str, Any]] | None = None,
    errors: Mapping[str, Message] | None = None,
    casebook: Casebook | None = None,
) -> list[tuple[Any, list[Control]]]:
    """The form's sections with their controls; `shown` is the same form with its labels in the page's language."""
    found: list[tuple[Any, list[Control]]] = []
    for section, shown_section in zip(form.sections, shown.sections, strict=True):
        row = []
        for item, label in zip(section.items, shown_section.items, strict=True):
            answer = record.answer(item.id) if record else None
            before = _before(casebook, form, record, item) if isinstance(item, LabItem) and casebook else None
            row.append(
                Control(
                    item=item,
                    shown=label,
                    raw=raw[item.id] if raw is not None and item.id in raw else raw_of(answer) or _limits(before),
                    answer=answer,
                    history=record.history(item.id) if record else (),
                    error=(errors or {}).get(item.id),
                    asked=asked.get(item.id, True),
                    lesions=lesions,
                    before=before,
                )
            )
        found.append((shown_section, row))
    return found


def _before(casebook: Casebook, form: Form, record: Record | None, item: Any) -> Answer | None:
    """The participant's result before this one, by the date of the sample: limits and changes are read against it."""
    here = record.day(form.dated_by) if record is not None else None
    dated = [
        (day.latest, answer)
        for other in casebook.rows(form.id)
        if other is not record
        and (day := other.day(form.dated_by)) is not None
        and (here is None or day.latest < here.earliest)
        and (answer := other.answer(item.id)) is not None
        and answer.is_known
    ]
    return max(dated, key=lambda one: one[0])[1] if dated else None


def _limits(before: Answer | None) -> dict[str, Any]:
    """The unit and limits of the result before, offered for the next one: a laboratory seldom changes them."""
    return {"unit": before.unit, "lower": before.lower, "upper": before.upper} if before is not None else {}
