"""ADEX: one row a cycle of a drug, or a course of radiotherapy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from equipoise.analysis.cut import DataCut
from equipoise.analysis.datasets.adsl import subject_id
from equipoise.analysis.datasets.table import TELLS_ARM, Dataset, not_shown, tells_arm
from equipoise.analysis.populations import residual
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import View, concepts_of
from equipoise.kernel.dates import study_day
from equipoise.protocol.model import Drug, Protocol


@dataclass(frozen=True, slots=True)
class Exposure:
    """A row of ADEX. What only some arms are given tells the arm, so that a blinded table leaves it out."""

    studyid: str
    usubjid: str
    excat: str
    extrt: str
    exspid: str
    astdt: date | None
    astdy: int | None
    aendt: date | None
    aval: Fraction | None
    avalu: str
    exstat: str
    exadj: str = field(metadata=TELLS_ARM)  # a cycle may be delayed for radiotherapy
    cycle: int | None = None
    fractions: int | None = None
    planned_dose: Fraction | None = None
    planned_fractions: int | None = None
    bed10: Fraction | None = None
    lesions: tuple[str, ...] = ()
    residual_lesions: tuple[str, ...] = ()
    intent: str = ""
    arm: str = tells_arm()
    srcseq: tuple[int, ...] = ()
    drug: str = field(default="", metadata={"not_shown": True})
    """The drug's id in the protocol."""
    row_tells_arm: bool = not_shown()
    """Whether the row itself tells the arm: a course of radiotherapy, a drug that not every arm is given."""


def adex(protocol: Protocol, casebooks: Iterable[Casebook], cut: DataCut) -> Dataset:
    """Every cycle and course recorded of those randomized up to the cut."""
    concepts = concepts_of(protocol)
    drugs = {drug.id: drug for drug in protocol.drugs}
    rows: list[Exposure] = []
    for book in casebooks:
        start = book.randomized_on
        if start is None or not cut.holds(start):
            continue
        for view in concepts.views(book, "drug.id"):
            given = view.day("drug.date")
            if given is None or cut.holds(given.earliest):
                rows.append(_cycle(drugs, book, view, cut, start))
        for view in concepts.views(book, "rt.lesions"):
            began = view.day("rt.start")
            if began is None or cut.holds(began.earliest):
                rows.append(_course(book, view, cut, start))
    return Dataset("ADEX", "Exposure", Exposure, rows)


def _cycle(drugs: Mapping[str, Drug], book: Casebook, view: View, cut: DataCut, start: date) -> Exposure:
    day, dose, number = view.day("drug.date"), view.number("drug.dose"), view.number("drug.cycle")
    answer, name = view.answer("drug.dose"), view.text("drug.id")
    drug = drugs.get(name)
    return Exposure(
        cut.trial, subject_id(cut, book), "DRUG", drug.label if drug is not None else name,
        view.record.occurrence, day.earliest if day else None, study_day(day.earliest, start) if day else None,
        day.earliest if day else None, Fraction(dose) if dose is not None else None, answer.unit if answer else "",
        view.text("drug.status"), view.text("drug.reason"), cycle=int(number) if number is not None else None,
        arm=book.arm or "", srcseq=view.positions("drug.id", "drug.date", "drug.dose", "drug.status"),
        drug=name, row_tells_arm=drug is not None and bool(drug.arms),
    )  # fmt: skip


def _course(book: Casebook, view: View, cut: DataCut, start: date) -> Exposure:
    began, ended = view.day("rt.start"), view.day("rt.end")
    dose, fractions = view.number("rt.dose"), view.number("rt.fractions")
    planned, planned_fractions = view.number("rt.dose_planned"), view.number("rt.fractions_planned")
    lesions = view.codes("rt.lesions")
    total = Fraction(dose) if dose is not None else None
    return Exposure(
        cut.trial, subject_id(cut, book), "RADIOTHERAPY", view.text("rt.technique") or "radiotherapy",
        view.record.occurrence, began.earliest if began else None,
        study_day(began.earliest, start) if began else None,
        ended.earliest if ended and cut.holds(ended.earliest) else None, total, "Gy" if total is not None else "",
        view.text("rt.status"), view.text("rt.reason"), fractions=int(fractions) if fractions is not None else None,
        planned_dose=Fraction(planned) if planned is not None else None,
        planned_fractions=int(planned_fractions) if planned_fractions is not None else None,
        bed10=total * (1 + total / int(fractions) / 10) if total and fractions else None,
        lesions=lesions, residual_lesions=tuple(one for one in lesions if one in residual(book)),
        intent=view.text("rt.intent"), arm=book.arm or "",
        srcseq=view.positions("rt.lesions", "rt.status", "rt.start", "rt.dose", "rt.fractions"),
        row_tells_arm=True,
    )  # fmt: skip
