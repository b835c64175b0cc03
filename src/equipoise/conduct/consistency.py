"""Whether a record agrees with itself: the form's edit checks, judged on what stands in that record.

A check that fails becomes a finding for people to resolve; one that cannot be judged yet says nothing.
"""

from collections.abc import Iterator

from equipoise.clinical.terminology import grades_of
from equipoise.conduct.casebook import Casebook, Record
from equipoise.conduct.collection import collected_too_late
from equipoise.conduct.reading import record_of
from equipoise.conduct.rules import rules_of
from equipoise.kernel.findings import Finding
from equipoise.kernel.messages import message
from equipoise.kernel.truth import Truth
from equipoise.methods.criteria import evaluate, label
from equipoise.methods.forms import Form
from equipoise.methods.items import TermItem
from equipoise.protocol.model import Protocol


def inconsistencies(
    protocol: Protocol, casebook: Casebook, form: Form, record: Record, *, shown: Form | None = None
) -> list[Finding]:
    """Every edit check of a form that its record breaks, in the protocol's order; then what no check need declare: a
    grade its term does not have, a record that comes too late.

    The items a check names are those of this record, not of the form's later or earlier occurrences; a check on a log
    sees its own row first and may count over all rows. `shown` is the form in Chinese, where there is one.
    """
    if record.not_done or casebook.last_at is None:
        return []
    return [
        *_broken(protocol, casebook, form, record, shown), *_grade_unknown_to_term(form, record),
        *collected_too_late(protocol, casebook, form, record),
    ]  # fmt: skip


def _grade_unknown_to_term(form: Form, record: Record) -> Iterator[Finding]:
    """A toxicity graded as its term never is: CTCAE gives alopecia no grade 3, and few terms a grade 5."""
    items = {item.concept: item for item in form.items if item.concept}
    for family in ("ae", "toxicity"):
        term, grade = items.get(f"{family}.term"), items.get(f"{family}.grade")
        if not isinstance(term, TermItem) or grade is None:
            continue
        name, given = record.text(term.id), record.text(grade.id)
        if not name or not given.isdecimal() or given == "0" or int(given) in grades_of(term.coding, name):
            continue
        known = ", ".join(map(str, grades_of(term.coding, name)))
        says = message("toxicity.no_such_grade", term=name, grade=given, known=known)
        yield Finding(says, f"{form.id}.{record.occurrence}.{grade.id}")


def _broken(protocol: Protocol, casebook: Casebook, form: Form, record: Record, shown: Form | None) -> list[Finding]:
    if not form.edits or casebook.last_at is None:
        return []
    rules = rules_of(protocol)
    here = record_of(protocol, casebook, record)
    row_of = form.id if form.use == "log" else None
    row = None
    if row_of is not None:
        row = next((one for one in here.rows(form.id).rows if one.name == record.occurrence), None)
        if row is None:
            return []
    chinese = {edit.id: edit.says for edit in shown.edits} if shown is not None else {}
    on = casebook.last_at.date()
    return [
        Finding(label(edit.says, chinese.get(edit.id, "")), f"{form.id}.{record.occurrence}.{edit.id}")
        for edit in form.edits
        if evaluate(rules.edits[form.id, edit.id], here, on, row=row, row_of=row_of) is Truth.FALSE
    ]
