"""The gate before randomization: everything that must stand, checked as of now. No waivers."""

from datetime import date

from equipoise.conduct.casebook import Casebook
from equipoise.conduct.documents import protocol_at
from equipoise.conduct.eligibility import derive_strata, evaluate_eligibility
from equipoise.conduct.lesions import is_complete, residual_lesions
from equipoise.conduct.study import Study
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.kernel.truth import Truth
from equipoise.methods.randomization import configuration_digest
from equipoise.protocol.model import Protocol


def gate(study: Study, casebook: Casebook, on: date, *, said: Protocol | None = None) -> list[Refusal]:
    """Everything that stands between a subject and randomization, in the order in which to mend it; [] when open.

    `said` is the protocol in force in the reader's language, whose labels the reasons then bear.
    """
    if casebook.enrolment is None:
        return [Refusal(message("refuse.not_consented", subject=casebook.subject), message("refuse.consent_first"))]
    if casebook.randomized is not None:
        return [Refusal(message("refuse.randomized_already", subject=casebook.subject))]
    over = _screening_over(casebook)
    if over:
        return [over]
    protocol = protocol_at(study, casebook.site)
    said = said or protocol
    barriers = [*_register(protocol, casebook), *_statements(said, casebook)]
    evaluation = evaluate_eligibility(protocol, casebook, on)
    if evaluation.unmet:
        criteria = ", ".join(verdict.criterion.id for verdict in evaluation.unmet)
        barriers.append(Refusal(message("refuse.not_evaluated", criteria=criteria)))
    signed = casebook.eligibility
    if signed is None:
        barriers.append(Refusal(message("refuse.not_signed")))
    elif signed.evaluation != evaluation.digest:
        changed = [v.criterion.id for v in evaluation.verdicts if signed.verdicts.get(v.criterion.id) != v.standing]
        what = ", ".join(changed) or "—"
        barriers.append(Refusal(message("refuse.evaluation_changed", criteria=what), message("refuse.sign_again")))
    barriers += _baseline(said, casebook)
    barriers += [level for level in derive_strata(said, casebook, on).values() if isinstance(level, Refusal)]
    barriers += committed(study, protocol)
    return barriers


def _screening_over(casebook: Casebook) -> Refusal | None:
    state = None
    if casebook.screen_failed:
        state = message("state.screen_failed")
    elif casebook.died:
        state = message("state.dead", on=casebook.died.on)
    elif "withdrawal" in casebook.stopped():
        state = message("state.withdrawn", on=casebook.stopped()["withdrawal"].isoformat())
    return Refusal(message("refuse.closed", subject=casebook.subject, state=state)) if state else None


def _register(protocol: Protocol, casebook: Casebook) -> list[Refusal]:
    if protocol.lesions is None or is_complete(casebook):
        return []
    return [Refusal(message("refuse.register_open"))]


def _statements(protocol: Protocol, casebook: Casebook) -> list[Refusal]:
    """Signed statements the protocol asks for before randomization, and one statement per residual lesion."""
    barriers: list[Refusal] = []
    if protocol.radiotherapy is not None and protocol.lesions is not None:
        without = [lesion.id for lesion in residual_lesions(protocol, casebook) if lesion.irradiable is Truth.UNKNOWN]
        if without:
            barriers.append(Refusal(message("refuse.irradiability_missing", lesions=", ".join(without))))
    for form in protocol.forms:
        stated = form.signed_by and form.use == "subject" and form.from_stage == "screening"
        if stated and casebook.signature_on(form.id) is None:
            barriers.append(Refusal(message("refuse.statement_missing", form=form.label)))
    return barriers


def _baseline(protocol: Protocol, casebook: Casebook) -> list[Refusal]:
    """Questionnaires of baseline come after consent and before randomization, done or said not to be."""
    missing = [
        protocol.form(form).label
        for visit in protocol.schedule
        if visit.anchor == "consent" and visit.required
        for form in visit.forms
        if protocol.form(form).instrument
        and not any(record.occurrence.split(":")[0] == visit.id for record in casebook.rows(form))
    ]
    return [Refusal(message("refuse.baseline_missing", forms=", ".join(missing)))] if missing else []


def committed(study: Study, protocol: Protocol) -> list[Refusal]:
    """What is missing of randomization itself: a committed, seasoned epoch of the protocol's method; [] when ready."""
    epoch = study.epochs.get(study.epoch)
    if (
        epoch is None
        or not epoch.season
        or epoch.committed.configuration != configuration_digest(protocol.randomization)
    ):
        return [Refusal(message("refuse.not_committed"), message("refuse.commit_remedy"))]
    return []
