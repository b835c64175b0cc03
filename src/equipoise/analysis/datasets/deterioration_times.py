"""Time to a lasting deterioration of questionnaire scales: death competing, or part of the event.

Ten points worse than baseline at every later questionnaire (Anota et al., Qual Life Res 2015;24:5, definition 2): ten
points are what patients commonly notice (Osoba et al., JCO 1998;16:139).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from equipoise.analysis.cut import DataCut
from equipoise.analysis.datasets.adqs import QuestionnaireScore
from equipoise.analysis.datasets.adsl import subject_id
from equipoise.analysis.sources import deaths
from equipoise.analysis.times import TimeRow, row_of
from equipoise.conduct.casebook import Casebook
from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.methods.deterioration import DeteriorationRule, Ending, Lasting, Score, time_to_deterioration
from equipoise.methods.endpoints import Source, TimeToEvent
from equipoise.protocol.model import Endpoint, Protocol

SCALES = ("QL", "PF", "LCDY")
"""Global health status, physical function, dyspnoea of the lung module."""
THRESHOLD = Fraction(10)
_STATUS = {Ending.DETERIORATED: 1, Ending.DIED: 2, Ending.CENSORED: 0}


@dataclass(frozen=True, slots=True)
class DeteriorationRow:
    """A participant's time on a scale: status 1 deteriorated, 2 died before, 0 censored."""

    subject: str
    usubjid: str
    arm: str
    scale: str
    start: date
    on: date
    status: int
    reason: str
    source: tuple[int, ...]

    @property
    def levels(self) -> tuple[tuple[str, str], ...]:
        """Strata: none, since the comparison of scores is not stratified."""
        return ()

    @property
    def months(self) -> float:
        """Months since randomization, first and last day counted."""
        return ((self.on - self.start).days + 1) / DAYS_PER_MONTH


def deterioration_rows(
    protocol: Protocol,
    scores: Sequence[QuestionnaireScore],
    casebooks: Sequence[Casebook],
    cut: DataCut,
    scale: str,
    *,
    points: Fraction = THRESHOLD,
    lasting: Lasting = Lasting.AT_ALL_LATER,
) -> list[DeteriorationRow]:
    """Everyone randomized with a baseline score of the scale. `scores` are rows of ADQS."""
    mine = [row for row in scores if row.paramcd == scale and row.adt is not None]
    if not mine:
        return []
    rule = DeteriorationRule(
        threshold=points, worse="higher" if mine[0].kind == "symptom" else "lower", lasting=lasting,
        death="event", without_baseline="excluded",
    )  # fmt: skip
    by_subject: dict[str, list[QuestionnaireScore]] = {}
    for row in mine:
        by_subject.setdefault(row.usubjid, []).append(row)
    found = []
    for book in casebooks:
        start, own = book.randomized_on, by_subject.get(subject_id(cut, book), [])
        base = next((row for row in own if row.ablfl == "Y"), None)
        if start is None or base is None:
            continue
        later: dict[date, QuestionnaireScore] = {}
        for row in own:
            if row.adt is not None and row.adt > start:
                later[row.adt] = row
        assert base.adt is not None
        marks = [Score(base.adt, base.aval, is_baseline=True)]
        marks += [Score(day, row.aval) for day, row in sorted(later.items())]
        died = next((source.on for source in deaths(protocol, book, cut)), None)
        ended = time_to_deterioration(marks, rule, died=died)
        if ended is None:
            continue
        on = max(ended.on, start)
        source = tuple(sorted({*base.srcseq, *(later[ended.on].srcseq if ended.on in later else ())}))
        found.append(
            DeteriorationRow(
                book.subject,
                subject_id(cut, book),
                book.arm or "",
                scale,
                start,
                on,
                _STATUS[ended.ending],
                ended.reason,
                source,
            )
        )
    return found


ANY = ""
"""Stands for any of an endpoint's scales."""


def deterioration_or_death(
    protocol: Protocol, endpoint: Endpoint, scores: Sequence[QuestionnaireScore], casebooks: Sequence[Casebook],
    cut: DataCut,
) -> dict[str, list[TimeRow]]:  # fmt: skip
    """Time to deterioration or death, whichever is first, by scale; under `ANY` of any of the scales, where several.

    Who lacks the baseline score cannot deteriorate from it and is left out. Of several scales all need one; observation
    then ends with the first of the last scores, since after it not all of them were known.
    """
    books = {book.subject: book for book in casebooks}
    found: dict[str, list[TimeRow]] = {}
    points, lasting = Fraction(endpoint.points), Lasting(endpoint.lasting)
    by_scale = {
        scale: deterioration_rows(protocol, scores, casebooks, cut, scale, points=points, lasting=lasting)
        for scale in endpoint.scales
    }
    for scale, rows in by_scale.items():
        found[scale] = [row_of(books[row.subject], _composite([row])) for row in rows]
    if len(by_scale) > 1:
        own: dict[str, list[DeteriorationRow]] = {}
        for row in (row for rows in by_scale.values() for row in rows):
            own.setdefault(row.subject, []).append(row)
        whole = {subject: rows for subject, rows in own.items() if len(rows) == len(by_scale)}
        found[ANY] = [row_of(books[subject], _composite(rows)) for subject, rows in whole.items()]
    return found


def _composite(rows: Sequence[DeteriorationRow]) -> TimeToEvent:
    """The first deterioration of several scales, or the death; else the first of the last scores."""
    ended = [row for row in rows if row.status]
    first = min(ended or rows, key=lambda row: (row.on, row.status))
    says = {0: "Last questionnaire", 1: "Deterioration", 2: "Death"}[first.status]
    source = Source(first.on, says, "ADQS", "ADT", max(first.source, default=None))
    reason = first.reason or says
    return TimeToEvent(
        first.start, first.on, 0 if first.status else 1, says if first.status else reason,
        "" if first.status else "Last questionnaire", source,
    )  # fmt: skip
