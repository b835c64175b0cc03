"""ADAE: one row an adverse event, with its CTCAE term, system organ class, grade and whether it began on treatment."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from equipoise.analysis.cut import DataCut
from equipoise.analysis.datasets.adsl import subject_id
from equipoise.analysis.datasets.table import Dataset, tells_arm
from equipoise.analysis.populations import treatment
from equipoise.clinical.terminology import system_of, terms
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import View, concepts_of
from equipoise.kernel.dates import study_day
from equipoise.protocol.model import Protocol

CODING = "ctcae-v5"
"""Terms are those of CTCAE v5.0; a term of another coding has no system organ class here."""


@dataclass(frozen=True, slots=True)
class AdverseEvent:
    """A row of ADAE. TRTEMFL: it began on or after the day of randomization, an origin alike in every arm. AOCCPIFL
    marks the first of the worst grade of a participant and term."""

    studyid: str
    usubjid: str
    aespid: str
    aedecod: str
    aebodsys: str
    aeterm: str
    atoxgr: int | None
    astdt: date | None
    astdtf: str
    astdy: int | None
    aendt: date | None
    aeout: str
    aeser: str
    aerel: str
    imaefl: str
    trtemfl: str
    saffl: str
    aoccpifl: str = ""
    aerelrt: str = tells_arm()
    actarm: str = tells_arm()
    arm: str = tells_arm()
    srcseq: tuple[int, ...] = ()


def adae(protocol: Protocol, casebooks: Iterable[Casebook], cut: DataCut) -> Dataset:
    """Every adverse event begun up to the cut, of those randomized. ACTARM is the arm of the treatment received."""
    concepts = concepts_of(protocol)
    drugs = [one for one in concepts.starting_with("ae.related_") if one != "ae.related_radiotherapy"]
    rows: list[AdverseEvent] = []
    for book in casebooks:
        start = book.randomized_on
        if start is None or not cut.holds(start):
            continue
        got = treatment(protocol, concepts, book, cut)
        for view in concepts.views(book, "ae.term"):
            began = view.day("ae.start")
            if view.text("ae.term") and (began is None or cut.holds(began.earliest)):
                rows.append(_row(book, view, cut, start, got.arm, drugs))
    return Dataset("ADAE", "Adverse events", AdverseEvent, _first_of_worst(rows))


def _row(book: Casebook, view: View, cut: DataCut, start: date, received: str, drugs: list[str]) -> AdverseEvent:
    began, ended, grade = view.day("ae.start"), view.day("ae.end"), view.text("ae.grade")
    term = view.text("ae.term")
    related = [view.text(concept) for concept in drugs]
    return AdverseEvent(
        studyid=cut.trial, usubjid=subject_id(cut, book), aespid=view.record.occurrence, aedecod=term,
        aebodsys=_system(term), aeterm=view.text("ae.verbatim"), atoxgr=int(grade) if grade else None,
        astdt=began.earliest if began else None,
        astdtf="" if began is None or began.is_complete else ("M" if began.month is None else "D"),
        astdy=study_day(began.earliest, start) if began else None,
        aendt=ended.earliest if ended and cut.holds(ended.earliest) else None, aeout=view.text("ae.outcome"),
        aeser=_flag(view.is_yes("ae.serious")),
        aerel=next((one for one in ("yes", "possible", "no") if one in related), ""),
        imaefl=_flag(view.is_yes("ae.immune_related")),
        trtemfl=_flag(began is None or began.latest >= start), saffl=_flag(bool(received)),
        aerelrt=view.text("ae.related_radiotherapy"), actarm=received, arm=book.arm or "",
        srcseq=view.positions("ae.term", "ae.grade", "ae.start", "ae.serious"),
    )  # fmt: skip


def _system(term: str) -> str:
    return system_of(CODING, term) if term in terms(CODING) else ""


def _first_of_worst(rows: list[AdverseEvent]) -> list[AdverseEvent]:
    """Flag, among treatment-emergent ones of a participant and term, the first of the worst grade."""
    best: dict[tuple[str, str], tuple[int, date, int]] = {}
    for number, row in enumerate(rows):
        if row.trtemfl == "Y":
            key = (row.usubjid, row.aedecod)
            rank = (-(row.atoxgr or 0), row.astdt or date.min, number)
            best[key] = min(best.get(key, rank), rank)
    flagged = {rank[2] for rank in best.values()}
    return [replace(row, aoccpifl="Y") if number in flagged else row for number, row in enumerate(rows)]


def _flag(value: bool | None) -> str:
    return "" if value is None else "Y" if value else "N"
