"""The responders' times: from the first complete or partial response to progression or death.

Responses are those of ADRS, confirmed where an endpoint asks for it. Who is alive without progression is censored at
the last evaluable assessment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from equipoise.analysis.cut import DataCut
from equipoise.analysis.datasets.adrs import Response, adrs, confirmation_of, counts_until
from equipoise.analysis.populations import first_progression
from equipoise.analysis.sources import followup
from equipoise.analysis.times import randomized_by
from equipoise.clinical.recist.best_response import Assessment, response_date
from equipoise.clinical.recist.codes import BestResponse
from equipoise.conduct.casebook import Casebook
from equipoise.methods.endpoints import Source, TimeToEvent, duration_of_response
from equipoise.protocol.model import Protocol

CODES = {False: ("DOR", "Duration of response"), True: ("CDOR", "Duration of confirmed response")}
"""PARAMCD and PARAM, by whether the response is confirmed."""


@dataclass(frozen=True, slots=True)
class DurationRow:
    """A responder's time from the first response; `source`: the ledger positions of response and end."""

    subject: str
    site: str
    arm: str
    time: TimeToEvent
    source: tuple[int, ...]

    @property
    def months(self) -> float:
        """Months since the first response, first and last day counted."""
        months = self.time.months
        assert months is not None
        return months


def asked(protocol: Protocol, *, confirmed: bool) -> bool:
    """Whether an endpoint of the plan is the response, confirmed or not."""
    return any(one.kind == "response" and one.confirmed == confirmed for one in protocol.endpoints)


def duration_rows(
    protocol: Protocol, casebooks: Iterable[Casebook], cut: DataCut, *, confirmed: bool
) -> list[DurationRow]:
    """A row a responder of everyone randomized up to the cut; none where no endpoint of the plan is that response."""
    if not asked(protocol, confirmed=confirmed):
        return []
    books = randomized_by(casebooks, cut)
    found = [_row(protocol, book, cut, confirmed=confirmed) for book in books]
    return [row for row in found if row is not None]


def _row(protocol: Protocol, book: Casebook, cut: DataCut, *, confirmed: bool) -> DurationRow | None:
    every: Sequence[Response] = adrs(protocol, [book], cut).rows
    until = counts_until(protocol, book, cut, confirmed=confirmed)
    seen = [(row.adt, row) for row in every if row.paramcd == "OVR" and row.adt is not None and row.adt <= until]
    on = response_date(
        [Assessment(day, BestResponse(row.avalc)) for day, row in seen],
        confirmation=confirmation_of(protocol) if confirmed else None,
        progressed_on=first_progression(protocol, book, cut),
    )
    if on is None:
        return None
    source = tuple(sorted({one for day, row in seen if day == on for one in row.srcseq}))
    response = Source(on, "First response", "ADRS", "ADT", max(source, default=None))
    known = followup(protocol, book, cut)
    time = duration_of_response(response, known.progressions, known.deaths, known.adequate)
    end = (time.source.sequence,) if time.source.sequence else ()
    return DurationRow(book.subject, book.site, book.arm or "", time, tuple(sorted({*source, *end})))
