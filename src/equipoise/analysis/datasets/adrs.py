"""ADRS: the overall response of each tumour assessment (OVR), and the best of each participant (BOR, RECIST 1.1).

Where an endpoint asks for confirmation, the best confirmed response (CBOR) stands beside it. Where the estimand of a
response answers `new_therapy` with `while_on_treatment`, what is seen after another therapy has begun does not count.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from equipoise.analysis.cut import DataCut
from equipoise.analysis.datasets.adsl import subject_id
from equipoise.analysis.datasets.table import Dataset, tells_arm
from equipoise.analysis.populations import first_progression
from equipoise.analysis.sources import followup
from equipoise.clinical.recist.best_response import Assessment, Confirmation, best_response, confirmed_best_response
from equipoise.clinical.recist.codes import BestResponse
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import concepts_of
from equipoise.kernel.dates import study_day
from equipoise.methods.schedule import days_of
from equipoise.protocol.model import Protocol

MIN_SD_DAYS = 42
"""Six weeks: the shortest time to stable disease where the protocol's schedule has no imaging visit."""


@dataclass(frozen=True, slots=True)
class Response:
    """A row of ADRS."""

    studyid: str
    usubjid: str
    paramcd: str
    param: str
    avisit: str
    adt: date | None
    ady: int | None
    avalc: str
    ontrtfl: str
    arm: str = tells_arm()
    srcseq: tuple[int, ...] = ()


def min_stable_days(protocol: Protocol) -> int:
    """Stable disease counts from the opening of the first imaging window after randomization on."""
    concepts = concepts_of(protocol)
    for visit in protocol.schedule:
        if concepts.at_visit(visit, "assessment.overall") and visit.anchor == "randomization":
            return days_of(visit.at) - days_of(visit.early)
    return MIN_SD_DAYS


def confirmation_of(protocol: Protocol) -> Confirmation | None:
    """How responses are confirmed; None where no endpoint of the plan asks for it."""
    asked = next((one for one in protocol.endpoints if one.kind == "response" and one.confirmed), None)
    return Confirmation(days=asked.confirm_days) if asked is not None else None


def counts_until(protocol: Protocol, casebook: Casebook, cut: DataCut, *, confirmed: bool) -> date:
    """The last day whose assessment counts for the best response: that on which another therapy began, where the
    estimand lasts while on treatment (ICH E9(R1), A.3.2); without one, no end.
    """
    endpoint = next((one for one in protocol.endpoints if one.kind == "response" and one.confirmed == confirmed), None)
    events = endpoint.estimand.events if endpoint is not None and endpoint.estimand is not None else ()
    if not any(event.id == "new_therapy" and event.strategy == "while_on_treatment" for event in events):
        return date.max
    return min((source.on for source in followup(protocol, casebook, cut).other_therapy), default=date.max)


def adrs(protocol: Protocol, casebooks: Iterable[Casebook], cut: DataCut) -> Dataset:
    """Assessments after randomization and up to the cut, and everyone's best response, confirmed or not."""
    concepts, shortest = concepts_of(protocol), min_stable_days(protocol)
    confirmation = confirmation_of(protocol)
    rows: list[Response] = []
    for book in casebooks:
        start = book.randomized_on
        if start is None or not cut.holds(start):
            continue
        subject, arm, seen = subject_id(cut, book), book.arm or "", []
        for view in concepts.views(book, "assessment.overall"):
            day, response = view.day("assessment.date"), view.text("assessment.overall")
            if day is None or not response or not cut.holds(day.earliest) or day.earliest < start:
                continue
            source = view.positions("assessment.overall", "assessment.date")
            seen.append((Assessment(day.earliest, BestResponse(response)), source))
            rows.append(
                Response(
                    cut.trial,
                    subject,
                    "OVR",
                    "Overall response",
                    view.record.visit,
                    day.earliest,
                    study_day(day.earliest, start),
                    response,
                    "Y",
                    arm,
                    source,
                )
            )
        progressed = first_progression(protocol, book, cut)
        ends = (counts_until(protocol, book, cut, confirmed=confirmed) for confirmed in (False, True))
        plain, again = ([one for one, _ in seen if one.on <= end] for end in ends)
        best = best_response(plain, start, min_sd_days=shortest, progressed_on=progressed)
        found = [("BOR", "Best overall response", best)]
        if confirmation is not None:
            best_confirmed = confirmed_best_response(
                again, start, min_sd_days=shortest, confirmation=confirmation, progressed_on=progressed
            )
            found.append(("CBOR", "Best confirmed response", best_confirmed))
        for code, label, one in found:
            source = tuple(sorted({position for each, held in seen if each.on == one.on for position in held}))
            ady = study_day(one.on, start) if one.on else None
            rows.append(
                Response(cut.trial, subject, code, label, "", one.on, ady, one.response.value, "Y", arm, source)
            )
    return Dataset("ADRS", "Response", Response, rows)
