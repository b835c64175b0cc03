"""What the verification of source data finds in a rehearsal: now and then somebody who should not have come in.

A result was typed wrongly at screening. Corrected after randomization, it does not meet a criterion that it seemed to
meet: the record opens a major deviation by itself, and the participant stays in.
"""

from collections.abc import Generator, Iterator
from datetime import date, timedelta
from typing import Any

from equipoise.conduct.actions.records import Enter
from equipoise.conduct.casebook import Record
from equipoise.conduct.deviations import ineligible_after
from equipoise.conduct.drafting import with_draft
from equipoise.conduct.entry import Entry
from equipoise.conduct.rules import rules_of
from equipoise.methods.forms import Form
from equipoise.methods.items import LabItem, NumberItem, read
from equipoise.methods.typed import AnswerError
from equipoise.simulation.rehearsal.answers import Raw, candidates
from equipoise.simulation.rehearsal.steps import Step
from equipoise.simulation.rehearsal.telling import Telling

type Acts = Generator[Step, tuple[Entry, ...], None]

REASON = "Source data verification: the value in the source is another"


def verifications(tell: Telling) -> list[tuple[date, Any]]:
    """The day on which such a slip is found in this participant's screening, if one was made."""
    chance, origin = tell.chance("source-verification"), tell.book.randomized_on
    if origin is None or not chance.happens(tell.conduct.ineligible_after):
        return []
    return [(origin + timedelta(days=chance.between(20, 90)), _correct)]


def _correct(tell: Telling, day: date) -> Acts:
    """Correct a result so that exactly one criterion turns out not to have been met; none where no result decides."""
    slips = list(_results(tell))
    tell.chance("slip").shuffle(slips)
    for form, record, item in slips:
        before = record.items[item.id]
        current: Raw = {"value": before.value, "unit": before.unit, "lower": before.lower, "upper": before.upper}
        for raw in candidates(item, current):
            try:
                answer = read(item, raw, today=day)
            except AnswerError:
                continue
            if answer is None or answer == before:
                continue
            after = with_draft(tell.book, form.id, record.occurrence, {item.id: answer})
            if len(ineligible_after(tell.protocol, form, tell.book, after, record.occurrence)) == 1:
                correct = Enter(
                    tell.book.subject, form.id, {item.id: raw}, visit=record.visit, occurrence=record.occurrence,
                    seen=record.seen, reason=REASON,
                )  # fmt: skip
                tell.heard((yield tell.step(max(day, tell.today), tell.filler(form), correct)))
                return


def _results(tell: Telling) -> Iterator[tuple[Form, Record, LabItem | NumberItem]]:
    """The laboratory results and numbers of screening that a criterion reads."""
    judged = {name.split(".")[0] for one in rules_of(tell.protocol).criteria.values() for name in one.reads.items}
    for form in tell.protocol.forms:
        if form.use == "log" or form.from_stage != "screening":
            continue
        for record in tell.book.rows(form.id):
            for item in form.items:
                given = record.items.get(item.id)
                if (
                    isinstance(item, LabItem | NumberItem)
                    and item.id in judged
                    and given is not None
                    and given.is_known
                ):
                    yield form, record, item
