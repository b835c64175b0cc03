"""For how long a form is collected: so many days after the last treatment, where the protocol sets an end."""

from collections.abc import Iterator
from datetime import date, timedelta

from equipoise.conduct.casebook import Casebook, Record
from equipoise.conduct.concepts import concepts_of
from equipoise.kernel.findings import Finding
from equipoise.kernel.messages import message
from equipoise.methods.forms import Form
from equipoise.methods.schedule import days_of
from equipoise.protocol.model import Protocol


def last_treatment(protocol: Protocol, casebook: Casebook) -> date | None:
    """The day of the last treatment, once treatment has ended: the latest drug given or fraction delivered by then.

    A partial date counts as its latest possible day, so that nothing is called too late that may not be. None while
    treatment goes on.
    """
    ended = casebook.stopped().get("treatment")
    if ended is None:
        return None
    concepts, days = concepts_of(protocol), [ended]
    for concept, status, never in (
        ("drug.date", "drug.status", ("omitted", "not_given")), ("rt.end", "rt.status", ("not_irradiated",)),
    ):  # fmt: skip
        for record in concepts.rows(casebook, concept):
            day = record.day(concepts.item(concept))
            if day is not None and concepts.text(record, status) not in never:
                days.append(day.latest)
    return max(days)


def logs_to_complete(protocol: Protocol, casebook: Casebook) -> Iterator[tuple[Form, date]]:
    """Each log whose period of collection ends and that nobody declared complete, with the first day after it.

    Only then does a log's silence mean nothing happened. None while treatment goes on.
    """
    last = last_treatment(protocol, casebook) if casebook.randomized else None
    if last is None:
        return
    for form in protocol.forms:
        if form.use != "log" or not form.collected_for or form.id in casebook.completed:
            continue
        if not form.only_arms or casebook.arm in form.only_arms:
            yield form, last + timedelta(days=days_of(form.collected_for) + 1)


def collected_too_late(protocol: Protocol, casebook: Casebook, form: Form, record: Record) -> list[Finding]:
    """A finding where a record began after its form's period of collection: it may belong to another form, or none."""
    last = last_treatment(protocol, casebook) if form.collected_for else None
    began = record.day(form.dated_by) if form.dated_by else None
    if last is None or began is None or began.earliest <= last + timedelta(days=days_of(form.collected_for)):
        return []
    says = message(
        "collection.too_late", began=str(began), days=(began.earliest - last).days, last=last.isoformat(),
        period=form.collected_for,
    )  # fmt: skip
    return [Finding(says, f"{form.id}.{record.occurrence}.{form.dated_by}")]
