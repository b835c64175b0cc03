"""One row a randomized subject and endpoint: the time, event or not, the strata, where the date came from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from equipoise.analysis.central_reading import by_central_review
from equipoise.analysis.cut import DataCut
from equipoise.analysis.sensitivities import contaminated, per_protocol, shifted
from equipoise.analysis.sources import alive, deaths, followup
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import concepts_of
from equipoise.methods.endpoints import (
    Censoring,
    Followup,
    GapLimit,
    Source,
    TimeToEvent,
    overall_survival,
    progression_free_survival,
)
from equipoise.methods.schedule import days_of
from equipoise.protocol.model import Endpoint, Protocol


@dataclass(frozen=True, slots=True)
class TimeRow:
    """A subject's time under an endpoint. `arm` stays with the row; who may read it is the firewall's matter."""

    subject: str
    site: str
    arm: str
    levels: tuple[tuple[str, str], ...]
    time: TimeToEvent

    @property
    def months(self) -> float:
        """Time in months of 30.4375 days, first and last day counted."""
        months = self.time.months
        assert months is not None
        return months


def time_rows(protocol: Protocol, endpoint: Endpoint, casebooks: Iterable[Casebook], cut: DataCut) -> list[TimeRow]:
    """Everyone randomized up to the cut, as randomized (intention to treat), unless the endpoint says otherwise.

    Progressions are dated, and contamination counted, as the endpoint says.
    """
    books = randomized_by(casebooks, cut)
    rows = [row_of(book, _time(protocol, endpoint, book, cut)) for book in books]
    if endpoint.dated != "observed":
        rows = shifted(protocol, rows, books, "next" if endpoint.dated == "next_scan" else "previous")
    if "contamination" in endpoint.events:
        rows = contaminated(protocol, rows, books, cut)
    return per_protocol(protocol, rows, books, cut) if endpoint.analysis_set == "per_protocol" else rows


def randomized_by(casebooks: Iterable[Casebook], cut: DataCut) -> list[Casebook]:
    """The casebooks of everyone randomized up to the cut."""
    return [book for book in casebooks if book.randomized_on is not None and cut.holds(book.randomized_on)]


def last_day(casebooks: Iterable[Casebook], cut: DataCut) -> date:
    """The day up to which something may be due: the cutoff, else the day of the last entry."""
    moments = [book.last_at.date() for book in casebooks if book.last_at is not None]
    return cut.cutoff or max(moments, default=date.min)


def row_of(book: Casebook, time: TimeToEvent) -> TimeRow:
    """A randomized subject's row."""
    assert book.randomized is not None
    levels = tuple(sorted(book.randomized.levels.items()))
    return TimeRow(book.subject, book.site, book.randomized.arm, levels, time)


def _time(protocol: Protocol, endpoint: Endpoint, book: Casebook, cut: DataCut) -> TimeToEvent:
    if not any("progression" in event for event in endpoint.events):
        assert book.randomized_on is not None
        assert book.randomized_header is not None
        start = Source(book.randomized_on, "Randomization", "ADSL", "RANDDT", book.randomized_header.position)
        return overall_survival(start, list(deaths(protocol, book, cut)), alive(protocol, book, cut))
    known = known_of(protocol, endpoint, book, cut)
    return progression_free_survival(known, Censoring(endpoint.censoring), gap=_gap(protocol))


def known_of(protocol: Protocol, endpoint: Endpoint, book: Casebook, cut: DataCut) -> Followup:
    """What is known of progression by the reader, and the confirmation, that the endpoint asks for."""
    known = followup(protocol, book, cut, confirmed="confirmed_progression" in endpoint.events)
    return by_central_review(protocol, book, cut, known) if endpoint.reader == "central" else known


def _gap(protocol: Protocol) -> GapLimit | None:
    """How long scans may be missed: from the schedule's imaging visit."""
    concepts = concepts_of(protocol)
    for visit in protocol.schedule:
        if concepts.at_visit(visit, "assessment.overall") and visit.repeat:
            return GapLimit(days_of(visit.repeat[0].every), days_of(visit.late))
    return None
