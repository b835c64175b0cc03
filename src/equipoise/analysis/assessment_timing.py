"""When tumours were assessed, by arm: progression is only seen when one looks, so the arms must look alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from equipoise.analysis.baseline_table import NumberSummary, summarize
from equipoise.analysis.cut import DataCut
from equipoise.analysis.groups import Grouping
from equipoise.conduct.calendar import planned
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import concepts_of
from equipoise.protocol.model import Protocol


@dataclass(frozen=True, slots=True)
class VisitTiming:
    """A planned assessment in a group: due, done, done within the window, and days early (-) or late (+)."""

    number: int
    weeks: float
    due: int
    done: int
    in_window: int
    off: NumberSummary


@dataclass(frozen=True, slots=True)
class PlannedAssessment:
    """A planned assessment of a participant: when due, when done (None if not), and the entries that say so."""

    subject: str
    site: str
    arm: str
    number: int
    weeks: float
    due: date
    seen: date | None
    in_window: bool
    source: tuple[int, ...]
    tells_arm: bool = False
    """Whether only some arms have this visit."""

    @property
    def off(self) -> int | None:
        """Days early (-) or late (+); None where not done."""
        return None if self.seen is None else (self.seen - self.due).days


def planned_assessments(
    protocol: Protocol, casebooks: Sequence[Casebook], cut: DataCut, last: date
) -> list[PlannedAssessment]:
    """Every planned tumour assessment whose window closed by `last`, of everyone randomized up to the cut."""
    concepts = concepts_of(protocol)
    found = []
    for book in casebooks:
        start = book.randomized_on
        if start is None or not cut.holds(start):
            continue
        randomized = book.randomized_header.position if book.randomized_header else 0
        done = {
            view.record.visit: (day.earliest, view.positions("assessment.date"))
            for view in concepts.views(book, "assessment.date")
            if (day := view.day("assessment.date")) is not None and cut.holds(day.earliest)
        }
        for visit in planned(protocol, book, horizon=last):
            scans = concepts.at_visit(visit.visit, "assessment.overall")
            if not scans or visit.visit.anchor != "randomization" or visit.window.last > last:
                continue
            seen, at = done.get(visit.key, (None, ()))
            found.append(
                PlannedAssessment(
                    book.subject, book.site, book.arm or "", visit.number, (visit.due - start).days / 7, visit.due,
                    seen, seen is not None and seen in visit.window, tuple(sorted({randomized, *at} - {0})),
                    bool(visit.visit.only_arms),
                )
            )  # fmt: skip
    return found


def assessment_timing(
    protocol: Protocol, casebooks: Sequence[Casebook], split: Grouping, cut: DataCut, last: date
) -> dict[str, list[VisitTiming]]:
    """By group: every planned tumour assessment whose window closed by `last`."""
    found: dict[tuple[str, int], list[PlannedAssessment]] = {}
    for row in planned_assessments(protocol, casebooks, cut, last):
        found.setdefault((split.of(row.arm), row.number), []).append(row)
    return {
        group.id: [
            VisitTiming(
                number, rows[0].weeks, len(rows), sum(row.seen is not None for row in rows),
                sum(row.in_window for row in rows), summarize([float(row.off) for row in rows if row.off is not None]),
            )
            for (name, number), rows in sorted(found.items())
            if name == group.id
        ]
        for group in split.groups
    }  # fmt: skip
