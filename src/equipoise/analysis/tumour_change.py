"""The best change of each participant's sum of target lesions from baseline: what a waterfall figure shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from equipoise.analysis.cut import DataCut
from equipoise.analysis.lesion_control import measured_size
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import Concepts, View
from equipoise.protocol.model import Protocol


@dataclass(frozen=True, slots=True)
class TumourChange:
    """The smallest sum after randomization, in percent of the baseline sum, less 100."""

    subject: str
    arm: str
    percent: float


def tumour_changes(protocol: Protocol, casebooks: Sequence[Casebook], cut: DataCut) -> list[TumourChange]:
    """Of everyone with measured targets and at least one later day on which all of them were measured."""
    concepts, found = Concepts(protocol), []
    for book in casebooks:
        start = book.randomized_on
        if start is None or not cut.holds(start):
            continue
        targets = {
            view.record.occurrence: size
            for view in concepts.views(book, "lesion.role")
            if view.text("lesion.role") == "target" and (size := _baseline(view)) is not None
        }
        base = sum(targets.values())
        by_day: dict[date, dict[str, Decimal]] = {}
        for view in concepts.views(book, "measurement.lesion"):
            day = view.day("measurement.date")
            size = measured_size(view)
            if day is None or size is None or not cut.holds(day.earliest) or day.earliest <= start:
                continue
            for lesion in view.codes("measurement.lesion"):
                if lesion in targets:
                    by_day.setdefault(day.earliest, {})[lesion] = size
        sums = [sum(sizes.values()) for sizes in by_day.values() if sizes.keys() == targets.keys()]
        if base and sums:
            found.append(TumourChange(book.subject, book.arm or "", float(100 * (min(sums) / base - 1))))
    return found


def _baseline(view: View) -> Decimal | None:
    is_nodal = view.text("lesion.organ") == "lymph_node"
    return view.number("lesion.short_axis" if is_nodal else "lesion.longest_diameter")
