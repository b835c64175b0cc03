"""Adverse events by worst grade a participant and term, in the safety population, by the treatment received."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from equipoise.analysis.datasets.adae import AdverseEvent
from equipoise.analysis.datasets.adsl import SubjectLevel
from equipoise.analysis.groups import Grouping

GRADES = (1, 2, 3, 4, 5)
PNEUMONITIS = "Pneumonitis"


@dataclass(frozen=True, slots=True)
class TermCounts:
    """A term (or a system, or a kind of event): participants by worst grade in each group, in the groups' order.

    `by_grade[g]` are those of worst grade GRADES[i]; `any_grade` includes those without a grade.
    """

    system: str
    term: str
    any_grade: tuple[int, ...]
    severe: tuple[int, ...]
    by_grade: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class AdverseEvents:
    """The safety population's sizes, the kinds of events, and terms by system, the most frequent first."""

    n: tuple[int, ...]
    kinds: dict[str, TermCounts]
    terms: tuple[TermCounts, ...]


KINDS: dict[str, Callable[[AdverseEvent], bool]] = {
    "any": lambda row: True,
    "related_drug": lambda row: row.aerel in ("yes", "possible"),
    "related_radiotherapy": lambda row: row.aerelrt in ("yes", "possible"),
    "serious": lambda row: row.aeser == "Y",
    "immune": lambda row: row.imaefl == "Y",
    "pneumonitis_2": lambda row: row.aedecod == PNEUMONITIS and (row.atoxgr or 0) >= 2,
    "fatal": lambda row: row.atoxgr == 5,
}
"""What kinds of events are counted, by which rule."""


def adverse_events(
    subjects: Sequence[SubjectLevel], events: Sequence[AdverseEvent], split: Grouping, received: dict[str, str]
) -> AdverseEvents:
    """Count treatment-emergent events. `received` maps USUBJID to the arm of the treatment received."""
    safe = {row.usubjid for row in subjects if row.saffl == "Y"}
    group_of = {subject: split.of(received.get(subject, "")) for subject in safe}
    emergent = [row for row in events if row.trtemfl == "Y" and row.usubjid in safe]
    sizes = tuple(sum(1 for one in group_of.values() if one == group.id) for group in split.groups)
    terms: dict[tuple[str, str], list[AdverseEvent]] = {}
    for row in emergent:
        terms.setdefault((row.aebodsys, row.aedecod), []).append(row)
    counted = [_count(system, term, rows, group_of, split) for (system, term), rows in terms.items()]
    counted.sort(key=lambda one: (-sum(one.any_grade), one.term))
    kinds = {
        kind: _count("", kind, [row for row in emergent if rule(row)], group_of, split) for kind, rule in KINDS.items()
    }
    return AdverseEvents(sizes, kinds, tuple(counted))


def _count(
    system: str, term: str, rows: Sequence[AdverseEvent], group_of: dict[str, str], split: Grouping
) -> TermCounts:
    worst: dict[str, int] = {}
    for row in rows:
        worst[row.usubjid] = max(worst.get(row.usubjid, 0), row.atoxgr or 0)
    by_group = [[grade for who, grade in worst.items() if group_of[who] == group.id] for group in split.groups]
    return TermCounts(
        system, term, tuple(len(one) for one in by_group),
        tuple(sum(grade >= 3 for grade in one) for one in by_group),
        tuple(tuple(one.count(grade) for grade in GRADES) for one in by_group),
    )  # fmt: skip
