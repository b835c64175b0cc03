"""Deviations that corrected data bring to light. No waivers: the participant stays in, followed and analysed."""

from equipoise.conduct import facts as f
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.eligibility import STANDINGS, evaluate_eligibility
from equipoise.kernel.messages import message
from equipoise.kernel.truth import Truth
from equipoise.methods.forms import Form
from equipoise.protocol.model import Protocol


def ineligible_after(
    protocol: Protocol, form: Form, before: Casebook, after: Casebook, occurrence: str
) -> list[f.DeviationOpened]:
    """A major deviation for each criterion that held at randomization and, by the data as they stand now, did not.

    One that a correction left unknown for a while held if it was signed as met.
    """
    if before.randomized_on is None:
        return []
    record = after.record(form.id, occurrence)
    dated = record.day(form.dated_by) if record is not None and form.dated_by else None
    if dated is not None and dated.earliest > before.randomized_on:
        return []  # what happened after randomization cannot have made it wrong
    known = {deviation.criterion for deviation, _ in before.deviations}
    signed = before.eligibility.verdicts if before.eligibility is not None else {}
    held = {
        verdict.criterion.id
        for verdict in evaluate_eligibility(protocol, before, before.randomized_on).verdicts
        if verdict.truth is Truth.TRUE
        or (verdict.truth is Truth.UNKNOWN and signed.get(verdict.criterion.id) == STANDINGS[Truth.TRUE])
    }
    return [
        f.DeviationOpened(
            deviation=f"D{len(before.deviations) + number}",
            grade="major",
            criterion=verdict.criterion.id,
            says=str(message("deviation.ineligible", criterion=verdict.criterion.id, why=verdict.explanation)),
        )
        for number, verdict in enumerate(
            (
                verdict
                for verdict in evaluate_eligibility(protocol, after, before.randomized_on).verdicts
                if verdict.truth is Truth.FALSE and verdict.criterion.id in held - known
            ),
            start=1,
        )
    ]
