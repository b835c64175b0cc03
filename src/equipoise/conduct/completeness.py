"""What of a form is still unanswered: required items whose condition holds, or may hold."""

from typing import Any

from equipoise.conduct.casebook import Casebook, Record
from equipoise.conduct.reading import record_of
from equipoise.conduct.rules import rules_of
from equipoise.kernel.truth import Truth
from equipoise.methods.criteria import evaluate
from equipoise.methods.forms import Form
from equipoise.protocol.model import Protocol


def asked(protocol: Protocol, casebook: Casebook, form: Form, record: Record | None) -> dict[str, Truth]:
    """Whether each item of the form is asked: TRUE without a condition, else what its condition says here."""
    rules = rules_of(protocol)
    conditional = {item.id for item in form.items if (form.id, item.id) in rules.conditions}
    found = {item.id: Truth.TRUE for item in form.items}
    if not conditional:
        return found
    here = record_of(protocol, casebook, record)
    if casebook.last_at is None:
        return found
    on = casebook.last_at.date()
    row_of = form.id if form.use == "log" else None
    row = None
    if row_of is not None and record is not None:
        row = next((row for row in here.rows(form.id).rows if row.name == record.occurrence), None)
    for item in conditional:
        if row_of is not None and row is None:
            found[item] = Truth.UNKNOWN
            continue
        value = evaluate(rules.conditions[form.id, item], here, on, row=row, row_of=row_of)
        found[item] = value if isinstance(value, Truth) else Truth.UNKNOWN
    return found


def unanswered(protocol: Protocol, casebook: Casebook, form: Form, record: Record | None) -> list[Any]:
    """The required items that are asked and have no answer; *not done* and *unknown* are answers."""
    if record is not None and record.not_done:
        return []
    needed = asked(protocol, casebook, form, record)
    return [
        item
        for item in form.items
        if item.required and needed[item.id] is Truth.TRUE and (record is None or record.answer(item.id) is None)
    ]
