"""When tumours were assessed, by arm: progression is only seen when one looks, so the arms must look alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from equipoise.analysis.baseline_table import NumberSummary, summarize
from equipoise.analysis.cut import DataCut
from equipoise.analysis.groups import Grouping
from equipoise.conduct.calendar import planned
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import Concepts
from equipoise.protocol.model import Protocol

FORM = "tumour_assessment"


@dataclass(frozen=True, slots=True)
class VisitTiming:
    """A planned assessment in a group: due, done, done within the window, and days early (-) or late (+)."""

    number: int
    weeks: float
    due: int
    done: int
    in_window: int
    off: NumberSummary


def assessment_timing(
    protocol: Protocol, casebooks: Sequence[Casebook], split: Grouping, cut: DataCut, last: date
) -> dict[str, list[VisitTiming]]:
    """By group: every planned tumour assessment whose window closed by `last`."""
    concepts = Concepts(protocol)
    found: dict[tuple[str, int], list[tuple[float, date | None, int, bool]]] = {}
    for book in casebooks:
        start = book.randomized_on
        if start is None or not cut.holds(start):
            continue
        done = {
            view.record.visit: day.earliest
            for view in concepts.views(book, "assessment.date")
            if (day := view.day("assessment.date")) is not None and cut.holds(day.earliest)
        }
        for visit in planned(protocol, book, horizon=last):
            if FORM not in visit.visit.forms or visit.visit.anchor != "randomization" or visit.window.last > last:
                continue
            seen = done.get(visit.key)
            off = (seen - visit.due).days if seen is not None else 0
            found.setdefault((split.of(book.arm or ""), visit.number), []).append(
                ((visit.due - start).days / 7, seen, off, seen is not None and seen in visit.window)
            )
    return {
        group.id: [
            VisitTiming(
                number,
                rows[0][0],
                len(rows),
                sum(day is not None for _, day, _, _ in rows),
                sum(inside for *_, inside in rows),
                summarize([float(off) for _, day, off, _ in rows if day]),
            )
            for (name, number), rows in sorted(found.items())
            if name == group.id
        ]
        for group in split.groups
    }
