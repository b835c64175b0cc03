"""Control of the residual lesions frozen at randomization, irradiated or not; clock from randomization in every arm.

A lesion fails when it has grown by 20 % and 5 mm over its own smallest size, baseline included, or is marked as grown
unequivocally. A lesion that was never measured fails when a progression at a residual site names it. Too small to
measure counts as 5 mm, absent as 0 (RECIST 1.1, section 4.4.3). Death competes; progression elsewhere does not end
the follow-up of a lesion. A participant fails with the first lesion that fails.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from equipoise.analysis.cut import DataCut
from equipoise.analysis.populations import residual
from equipoise.analysis.sources import deaths
from equipoise.clinical.recist.target import is_progression
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import Concepts, View
from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.methods.endpoints import Source, TimeToEvent, competing_risks
from equipoise.protocol.model import Protocol

TOO_SMALL = Decimal(5)
"""Millimetres of a lesion too small to measure."""
_NODAL = ("lymph_node",)


@dataclass(frozen=True, slots=True)
class ControlRow:
    """The time to failure of a participant's lesions, or of one: status 1 failed, 2 died, 0 censored."""

    subject: str
    arm: str
    levels: tuple[tuple[str, str], ...]
    lesion: str
    lesions: int
    status: int
    time: TimeToEvent

    @property
    def months(self) -> float:
        """Time in months, first and last day counted."""
        days = self.time.days
        assert days is not None
        return days / DAYS_PER_MONTH


def by_lesion(protocol: Protocol, casebooks: Iterable[Casebook], cut: DataCut) -> list[ControlRow]:
    """One row a residual lesion of everyone randomized up to the cut."""
    concepts = Concepts(protocol)
    rows = []
    for book in casebooks:
        if book.randomized is None or book.randomized_on is None or not cut.holds(book.randomized_on):
            continue
        lesions = residual(book)
        for lesion in lesions:
            failures, seen = _course(concepts, book, lesion, cut)
            rows.append(_row(book, lesion, len(lesions), failures, seen, cut))
    return rows


def by_participant(protocol: Protocol, casebooks: Iterable[Casebook], cut: DataCut) -> list[ControlRow]:
    """One row a participant with residual lesions: the first failure, else the last day on which any was assessed."""
    concepts = Concepts(protocol)
    rows = []
    for book in casebooks:
        if book.randomized is None or book.randomized_on is None or not cut.holds(book.randomized_on):
            continue
        lesions = residual(book)
        courses = [_course(concepts, book, lesion, cut) for lesion in lesions]
        if courses:
            failures = [source for failed, _ in courses for source in failed]
            seen = [source for _, held in courses for source in held]
            rows.append(_row(book, "", len(lesions), failures, seen, cut))
    return rows


def _row(
    book: Casebook, lesion: str, lesions: int, failures: list[Source], seen: list[Source], cut: DataCut
) -> ControlRow:
    assert book.randomized is not None
    assert book.randomized_on is not None
    position = book.randomized_header.position if book.randomized_header else 0
    start = Source(book.randomized_on, "Randomization", "ADSL", "RANDDT", position)
    found = competing_risks(start.on, failures, list(deaths(book, cut)), (start, *seen))
    assert found is not None, "the start itself censors"
    levels = tuple(sorted(book.randomized.levels.items()))
    return ControlRow(book.subject, book.randomized.arm, levels, lesion, lesions, found[1], found[0])


def _course(concepts: Concepts, book: Casebook, lesion: str, cut: DataCut) -> tuple[list[Source], list[Source]]:
    """The failures of a lesion (the first is what counts) and every day on which it was assessed."""
    smallest = _baseline(concepts, book, lesion)
    was_measured = smallest is not None
    failures: list[Source] = []
    seen: list[Source] = []
    for day, view in _assessments(concepts, book, lesion, cut):
        source = Source(
            day, "Lesion assessment", "LESION_ASSESSMENT", "MEASURED_ON",
            max(view.positions("measurement.date", "measurement.diameter", "measurement.state"), default=None),
        )  # fmt: skip
        seen.append(source)
        size = measured_size(view)
        if size is None:
            if view.is_yes("measurement.unequivocal_growth"):
                failures.append(source)
            continue
        grown = smallest is not None and is_progression(size, smallest)
        if grown or view.is_yes("measurement.unequivocal_growth"):
            failures.append(source)
        smallest = size if smallest is None else min(smallest, size)
    if not was_measured and smallest is None:
        failures += _named(concepts, book, lesion, cut)
    named = [
        Source(source.on, "Local progression", source.domain, source.variable, source.sequence) for source in failures
    ]
    return named, seen


def _baseline(concepts: Concepts, book: Casebook, lesion: str) -> Decimal | None:
    for view in concepts.views(book, "lesion.organ"):
        if view.record.occurrence == lesion:
            is_nodal = view.text("lesion.organ") in _NODAL
            return view.number("lesion.short_axis" if is_nodal else "lesion.longest_diameter")
    return None


def _assessments(concepts: Concepts, book: Casebook, lesion: str, cut: DataCut) -> list[tuple[date, View]]:
    start = book.randomized_on
    found = [
        (day.earliest, view)
        for view in concepts.views(book, "measurement.lesion")
        if lesion in view.codes("measurement.lesion")
        and view.text("measurement.state") != "not_evaluated"
        and (day := view.day("measurement.date")) is not None
        and cut.holds(day.earliest)
        and (start is None or day.earliest > start)
    ]
    return sorted(found, key=lambda one: (one[0], one[1].record.seen))


def measured_size(view: View) -> Decimal | None:
    """The size of a lesion at an assessment in millimetres: 0 where absent, 5 where too small to measure."""
    match view.text("measurement.state"):
        case "absent":
            return Decimal(0)
        case "too_small":
            return view.number("measurement.diameter") or TOO_SMALL
    return view.number("measurement.diameter")


def _named(concepts: Concepts, book: Casebook, lesion: str, cut: DataCut) -> list[Source]:
    return [
        Source(
            day.earliest,
            "Local progression",
            "PROGRESSION",
            "PROGRESSION_DATE",
            max(view.positions("progression.date", "progression.lesions"), default=None),
        )
        for view in concepts.views(book, "progression.date")
        if lesion in view.codes("progression.lesions")
        and "residual_site" in view.codes("progression.pattern")
        and view.codes("progression.basis") != ("clinical",)
        and (day := view.day("progression.date")) is not None
        and cut.holds(day.earliest)
    ]
