"""What is to be done for a subject: one task, by whom, from when, until when, and why. Dates are absolute.

The list follows from the casebook alone, so a projection may keep it; a page only compares its dates with today.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from equipoise.conduct.calendar import Appointment, Standing, Version, appointments
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.collection import logs_to_complete
from equipoise.conduct.completeness import unanswered
from equipoise.conduct.irradiation import fates
from equipoise.conduct.lesions import is_complete, register, residual_lesions
from equipoise.kernel.truth import Truth
from equipoise.protocol.model import Protocol

SITE_STAFF = ("coordinator", "investigator")


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. `kind` names the wording and the page; `what` its object (a form, a visit's key, a lesion)."""

    kind: str
    roles: tuple[str, ...]
    opens: date
    closes: date | None
    what: str = ""
    detail: str = ""


def tasks(
    protocol: Protocol, casebook: Casebook, *, version: Version = lambda digest: None,
    replaced: Sequence[tuple[str, date]] = (),
) -> list[Task]:  # fmt: skip
    """Everything to be done for a subject, soonest closing first.

    `version` and `replaced` are as in `calendar.appointments`.
    """
    if casebook.enrolment is None or casebook.last_at is None:
        return []
    if casebook.died or "withdrawal" in casebook.stopped() or (casebook.screen_failed and not casebook.randomized):
        return []
    found = [
        *_screening(protocol, casebook), *_visits(protocol, casebook, version, replaced),
        *_radiotherapy(protocol, casebook), *_logs(protocol, casebook),
    ]  # fmt: skip
    return sorted(found, key=lambda task: (task.closes or date.max, task.opens, task.kind, task.what))


def _screening(protocol: Protocol, casebook: Casebook) -> Iterator[Task]:
    if casebook.randomized or casebook.consented_on is None:
        return
    since = casebook.consented_on
    until = since + timedelta(days=28)
    forms = [form for form in protocol.forms if form.use == "subject" and form.from_stage == "screening"]
    waiting = [form for form in forms if unanswered(protocol, casebook, form, casebook.record(form.id))]
    for form in waiting:
        yield Task("fill", form.filled_by, since, until, form.id)
    if protocol.lesions is not None:
        if not is_complete(casebook):
            yield Task("register", protocol.form("lesions").filled_by, since, until, "lesions")
        for lesion in residual_lesions(protocol, casebook) if register(protocol, casebook) else ():
            if lesion.irradiable is Truth.UNKNOWN and protocol.radiotherapy is not None:
                yield Task("irradiable", ("radiation_oncologist",), since, until, lesion.id, lesion.label)
    unsigned = [form for form in forms if form.signed_by and casebook.signature_on(form.id) is None]
    for form in unsigned:
        if form not in waiting:
            yield Task("sign", (form.signed_by,), since, until, form.id)
    if not waiting and not unsigned:
        if casebook.eligibility is None:
            yield Task("eligibility", ("investigator",), since, until)
        else:
            yield Task("randomize", ("investigator",), since, until)


def _visits(
    protocol: Protocol, casebook: Casebook, version: Version, replaced: Sequence[tuple[str, date]]
) -> Iterator[Task]:
    assert casebook.last_at is not None
    today = casebook.last_at.date()
    for appointment in appointments(protocol, casebook, today=today, version=version, replaced=replaced):
        if appointment.standing in (Standing.DONE, Standing.MISSED) or not appointment.planned.visit.required:
            continue
        window = appointment.planned.window
        yield Task(
            "visit", _fillers(protocol, appointment), window.first, window.last, appointment.key,
            appointment.planned.visit.label,
        )  # fmt: skip


def _fillers(protocol: Protocol, appointment: Appointment) -> tuple[str, ...]:
    roles = {role for form in appointment.missing for role in protocol.form(form).filled_by}
    return tuple(sorted(roles)) or SITE_STAFF


def _radiotherapy(protocol: Protocol, casebook: Casebook) -> Iterator[Task]:
    """Each residual lesion of a radiotherapy arm ends delivered, partial or not irradiated; until then it is open."""
    assert casebook.last_at is not None
    for fate in fates(protocol, casebook, today=casebook.last_at.date()):
        if not fate.status and casebook.randomized_on is not None:
            yield Task("radiotherapy", ("radiation_oncologist",), casebook.randomized_on, fate.deadline, fate.lesion)


def _logs(protocol: Protocol, casebook: Casebook) -> Iterator[Task]:
    """A log whose period of collection is over is to be declared complete."""
    for form, opens in logs_to_complete(protocol, casebook):
        yield Task("complete", form.filled_by, opens, None, form.id)
