"""Everything derived from one participant's casebook: rows of ADSL, ADTTE, ADRS, ADQS and ADAE, and their entries."""

from collections.abc import Iterator
from dataclasses import replace

from equipoise.analysis.cut import DataCut
from equipoise.analysis.datasets import adae, adqs, adrs, adsl
from equipoise.analysis.datasets.deterioration_times import SCALES, deterioration_or_death, deterioration_rows
from equipoise.analysis.datasets.response_times import duration_rows
from equipoise.analysis.interval_times import interval_rows
from equipoise.analysis.lesion_control import by_lesion, by_participant
from equipoise.analysis.times import time_rows
from equipoise.analysis.traced import Traced
from equipoise.analysis.traced_rows import (
    adverse,
    between,
    changed,
    controlled,
    deteriorated,
    lasted,
    responded,
    subject_level,
    timed,
)
from equipoise.conduct.casebook import Casebook
from equipoise.protocol.model import Endpoint, Protocol


def participant_rows(protocol: Protocol, book: Casebook, cut: DataCut) -> list[Traced]:
    """Every endpoint's rows of one participant, then adverse events; none before randomization.

    What depends on the arm, or on central readings, says so on its row.
    """
    if book.randomized_on is None or not cut.holds(book.randomized_on):
        return []
    known = {book.subject: book}
    rows = subject_level(adsl(protocol, [book], cut).rows, known, [factor.id for factor in protocol.strata])
    for endpoint in protocol.endpoints:
        for row in _of_endpoint(protocol, endpoint, book, cut):
            rows.append(
                replace(
                    row, tells_arm=row.tells_arm or endpoint.depends_on_arm, is_central=endpoint.reader == "central"
                )
            )
    events = [row for row in adae(protocol, [book], cut).rows if row.trtemfl == "Y"]
    return rows + adverse(events, known, {row.usubjid: book.arm or "" for row in events})


def _of_endpoint(protocol: Protocol, endpoint: Endpoint, book: Casebook, cut: DataCut) -> Iterator[Traced]:
    books, known, name = [book], {book.subject: book}, endpoint.id.upper()
    match endpoint.kind:
        case "time_to_event":
            yield from timed(time_rows(protocol, endpoint, books, cut), known, name)
        case "interval_censored":
            yield from between(interval_rows(protocol, endpoint, books, cut), known, name)
        case "competing_risks":
            yield from controlled(by_participant(protocol, books, cut), known, name)
            yield from controlled(by_lesion(protocol, books, cut), known, name)
        case "response":
            wanted = "CBOR" if endpoint.confirmed else "BOR"
            yield from responded([row for row in adrs(protocol, books, cut).rows if row.paramcd == wanted], known)
            lasting = duration_rows(protocol, books, cut, confirmed=endpoint.confirmed)
            yield from lasted(lasting, known, confirmed=endpoint.confirmed)
        case "deterioration":
            scores = adqs(protocol, books, cut).rows
            for scale, found in deterioration_or_death(protocol, endpoint, scores, books, cut).items():
                for row in timed(found, known, name):
                    yield replace(row, detail=scale)
        case "scores":
            scores = adqs(protocol, books, cut).rows
            for scale in SCALES:
                yield from deteriorated(deterioration_rows(protocol, scores, books, cut, scale), known)
                yield from changed(scores, known, scale)
