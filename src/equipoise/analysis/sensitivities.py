"""What an endpoint may change in the times of everyone randomized: the dates of progressions, what counts, and whom.

Scan dates: each progression moved to the scheduled scan after or before it, which shows what off-schedule scans do. By
arm only, since they depend on the arm: radiotherapy to a residual lesion before progression in an arm without it
counted as an event (composite strategy for contamination), and the per-protocol population.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from equipoise.analysis.cut import DataCut
from equipoise.analysis.populations import first_progression, irradiations, is_per_protocol
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import concepts_of
from equipoise.methods.endpoints import Direction, TimeToEvent, at_scheduled_visit
from equipoise.methods.schedule import planned_visits
from equipoise.protocol.model import Protocol

if TYPE_CHECKING:
    from equipoise.analysis.times import TimeRow

BEYOND = timedelta(days=200)
"""How far after a progression the next scheduled scan is looked for."""


def shifted(
    protocol: Protocol, rows: Sequence["TimeRow"], casebooks: Sequence[Casebook], direction: Direction
) -> list["TimeRow"]:
    """Progressions dated to the scheduled scan before or after; deaths and censorings stay."""
    books = {book.subject: book for book in casebooks}
    return [replace(row, time=_shifted(protocol, row, books[row.subject], direction)) for row in rows]


def _shifted(protocol: Protocol, row: "TimeRow", book: Casebook, direction: Direction) -> TimeToEvent:
    assert book.randomized_on is not None
    concepts = concepts_of(protocol)
    scans = [visit for visit in protocol.schedule if concepts.at_visit(visit, "assessment.overall")]
    visits = planned_visits(
        scans, {"randomization": book.randomized_on}, arm=row.arm, ended={}, horizon=row.time.on + BEYOND
    )
    return at_scheduled_visit(row.time, [visit.due for visit in visits], direction)


def contaminated(
    protocol: Protocol, rows: Sequence["TimeRow"], casebooks: Sequence[Casebook], cut: DataCut
) -> list["TimeRow"]:
    """Radiotherapy to a residual lesion before the event, in an arm that has none, is the event."""
    if protocol.radiotherapy is None:
        return list(rows)
    concepts, found = concepts_of(protocol), []
    books = {book.subject: book for book in casebooks}
    for row in rows:
        ends = [row.time.on] if row.time.is_event else []
        progressed = first_progression(protocol, books[row.subject], cut)  # what comes after it is a next therapy
        before = min([*ends, *([progressed] if progressed else [])], default=None)
        began = [
            day.earliest
            for view in irradiations(concepts, books[row.subject], cut, before)
            if (day := view.day("rt.start")) is not None
        ]
        if row.arm in protocol.radiotherapy.arms or not began:
            found.append(row)
        else:
            time = replace(
                row.time, on=min(began), censored=0, description="Radiotherapy to a residual lesion",
                censoring_description="",
            )  # fmt: skip
            found.append(replace(row, time=time))
    return found


def per_protocol(
    protocol: Protocol, rows: Sequence["TimeRow"], casebooks: Sequence[Casebook], cut: DataCut
) -> list["TimeRow"]:
    """Those treated as their arm asks. Chosen after randomization, so that it may flatter either arm."""
    concepts = concepts_of(protocol)
    kept = {book.subject for book in casebooks if is_per_protocol(protocol, concepts, book, cut)}
    return [row for row in rows if row.subject in kept]
