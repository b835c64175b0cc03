"""Control of the residual lesions frozen at randomization, irradiated or not; clock from randomization in every arm.

A lesion fails when it has grown by 20 % and 5 mm over its own smallest size, baseline included, or is marked as grown
unequivocally; sizes are read as `conduct.local_control` reads them, so that nobody sees two growths. A lesion that was
never measured fails when a progression at a residual site names it. Death competes; progression elsewhere does not end
the follow-up of a lesion. A participant fails with the first lesion that fails.

What is estimated here asks for no confirmation: one growth is a failure on the day it was seen, the same rule in both
arms, for a confirmation is sought more often where radiation change is suspected. What a participant's page shows waits
for it (`local_control.Control.status`: unconfirmed, failed, refuted), as a reader must.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from equipoise.analysis.cut import DataCut
from equipoise.analysis.populations import residual
from equipoise.analysis.sources import deaths
from equipoise.conduct.assessment import Course, course
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import Concepts, concepts_of
from equipoise.conduct.local_control import named_by_progressions, sizes
from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.methods.endpoints import Source, TimeToEvent, competing_risks
from equipoise.protocol.model import Protocol


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
    return [
        _row(protocol, book, lesion, len(courses), failures, seen, cut)
        for book, courses in _courses(protocol, casebooks, cut)
        for lesion, (failures, seen) in courses.items()
    ]


def by_participant(protocol: Protocol, casebooks: Iterable[Casebook], cut: DataCut) -> list[ControlRow]:
    """One row a participant with residual lesions: the first failure, else the last day on which any was assessed."""
    rows = []
    for book, courses in _courses(protocol, casebooks, cut):
        if courses:
            failures = [source for failed, _ in courses.values() for source in failed]
            seen = [source for _, held in courses.values() for source in held]
            rows.append(_row(protocol, book, "", len(courses), failures, seen, cut))
    return rows


def _courses(
    protocol: Protocol, casebooks: Iterable[Casebook], cut: DataCut
) -> Iterator[tuple[Casebook, dict[str, tuple[list[Source], list[Source]]]]]:
    """Everyone randomized up to the cut, with the failures and assessments of each residual lesion."""
    concepts = concepts_of(protocol)
    for book in casebooks:
        if book.randomized is not None and book.randomized_on is not None and cut.holds(book.randomized_on):
            found = course(protocol, book)
            yield book, {lesion: _course(concepts, book, found, lesion, cut) for lesion in residual(book)}


def _row(
    protocol: Protocol,
    book: Casebook,
    lesion: str,
    lesions: int,
    failures: list[Source],
    seen: list[Source],
    cut: DataCut,
) -> ControlRow:
    assert book.randomized is not None
    assert book.randomized_on is not None
    position = book.randomized_header.position if book.randomized_header else 0
    start = Source(book.randomized_on, "Randomization", "ADSL", "RANDDT", position)
    found = competing_risks(start.on, failures, list(deaths(protocol, book, cut)), (start, *seen))
    assert found is not None, "the start itself censors"
    levels = tuple(sorted(book.randomized.levels.items()))
    return ControlRow(book.subject, book.randomized.arm, levels, lesion, lesions, found[1], found[0])


def _course(
    concepts: Concepts, book: Casebook, found: Course, lesion: str, cut: DataCut
) -> tuple[list[Source], list[Source]]:
    """The failures of a lesion (the first is what counts) and every day on which it was assessed."""
    grown = {id(one.measured) for one in sizes(found, lesion) if one.has_grown}
    views = {id(view.record): view for view in concepts.views(book, "measurement.lesion")}
    failures: list[Source] = []
    seen: list[Source] = []
    was_sized = found.nadir(lesion, None) is not None
    for scan in found.scans:
        measured = scan.lesions.get(lesion)
        view = views.get(id(measured.record)) if measured is not None else None
        if measured is None or view is None or measured.state == "not_evaluated":
            continue
        day = view.day("measurement.date")
        if day is None or not cut.holds(day.earliest) or (book.randomized_on and day.earliest <= book.randomized_on):
            continue
        source = Source(
            day.earliest, "Lesion assessment", "LESION_ASSESSMENT", "MEASURED_ON",
            max(view.positions("measurement.date", "measurement.diameter", "measurement.state"), default=None),
        )  # fmt: skip
        seen.append(source)
        if id(measured) in grown or measured.grew:
            failures.append(source)
    if not was_sized:
        failures += _named(concepts, book, lesion, cut)
    named = [
        Source(source.on, "Local progression", source.domain, source.variable, source.sequence) for source in failures
    ]
    return named, seen


def _named(concepts: Concepts, book: Casebook, lesion: str, cut: DataCut) -> list[Source]:
    return [
        Source(
            day.earliest,
            "Local progression",
            "PROGRESSION",
            "PROGRESSION_DATE",
            max(view.positions("progression.date", "progression.lesions"), default=None),
        )
        for view in named_by_progressions(concepts, book, lesion)
        if (day := view.day("progression.date")) is not None and cut.holds(day.earliest)
    ]
