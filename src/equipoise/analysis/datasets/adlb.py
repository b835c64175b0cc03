"""ADLB: one row a laboratory result, with the laboratory's own limits, the baseline and the change from it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from equipoise.analysis.cut import DataCut
from equipoise.analysis.datasets.adsl import subject_id
from equipoise.analysis.datasets.table import Dataset, tells_arm
from equipoise.clinical.labs import exact
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import View, concepts_of
from equipoise.kernel.dates import study_day
from equipoise.kernel.quantities import Quantity
from equipoise.protocol.model import Protocol


@dataclass(frozen=True, slots=True)
class Laboratory:
    """A row of ADLB. AVAL is in AVALU, the first unit the protocol names, whatever the laboratory reported in."""

    studyid: str
    usubjid: str
    paramcd: str
    param: str
    avisit: str
    adt: date | None
    ady: int | None
    aval: Fraction
    avalu: str
    anrlo: Fraction | None
    anrhi: Fraction | None
    anrind: str
    ablfl: str
    base: Fraction | None
    chg: Fraction | None
    arm: str = tells_arm()
    srcseq: tuple[int, ...] = ()


def adlb(protocol: Protocol, casebooks: Iterable[Casebook], cut: DataCut) -> Dataset:
    """Every result up to the cut, of those randomized. Baseline is the last result up to the day of randomization."""
    concepts, rows = concepts_of(protocol), []
    asked = [one for one in concepts.starting_with("lab.") if concepts.asked(one).kind == "lab"]
    for book in casebooks:
        start = book.randomized_on
        if start is None or not cut.holds(start):
            continue
        for concept in asked:
            views = [
                (day.earliest if day is not None else None, view)
                for view in concepts.views(book, concept)
                if view.number(concept) is not None and ((day := view.dated()) is None or cut.holds(day.earliest))
            ]
            before = [one for one in views if one[0] is not None and one[0] <= start]
            base = max(before, key=lambda one: (one[0] or date.min, one[1].record.seen), default=None)
            rows += [_row(book, concept, view, day, base, cut, start) for day, view in views]
    return Dataset("ADLB", "Laboratory", Laboratory, rows)


def _row(
    book: Casebook, concept: str, view: View, day: date | None, base: tuple[date | None, View] | None, cut: DataCut,
    start: date,
) -> Laboratory:  # fmt: skip
    item = view.items[concept]
    value = _in_unit(view, concept, None)
    assert value is not None
    lower, upper = (_in_unit(view, concept, side) for side in ("lower", "upper"))
    baseline = _in_unit(base[1], concept, None) if base is not None else None
    is_later = day is not None and day > start
    return Laboratory(
        cut.trial, subject_id(cut, book), concept.removeprefix("lab.").upper()[:8], item.label, view.record.visit, day,
        study_day(day, start) if day else None, value, item.units[0], lower, upper, _indicator(value, lower, upper),
        "Y" if base is not None and base[1].record is view.record else "", baseline,
        value - baseline if is_later and baseline is not None else None, book.arm or "", view.positions(concept),
    )  # fmt: skip


def _in_unit(view: View, concept: str, limit: str | None) -> Fraction | None:
    """A result, or its `lower` or `upper` limit, in the first unit of its item."""
    item, answer = view.items[concept], view.answer(concept)
    if answer is None:
        return None
    text = str(answer.value) if limit is None else getattr(answer, limit)
    return exact(item.analyte, Quantity(Decimal(text), answer.unit), item.units[0]) if text else None


def _indicator(value: Fraction, lower: Fraction | None, upper: Fraction | None) -> str:
    if lower is not None and value < lower:
        return "LOW"
    if upper is not None and value > upper:
        return "HIGH"
    return "NORMAL" if lower is not None or upper is not None else ""
