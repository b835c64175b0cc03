"""The best change of each participant's sum of target lesions from baseline: what a waterfall figure shows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from equipoise.analysis.cut import DataCut
from equipoise.conduct.assessment import course
from equipoise.conduct.casebook import Casebook
from equipoise.protocol.model import Protocol


@dataclass(frozen=True, slots=True)
class TumourChange:
    """The deepest change of the sum up to the first progression seen, in percent of the baseline sum."""

    subject: str
    arm: str
    percent: float


def tumour_changes(protocol: Protocol, casebooks: Sequence[Casebook], cut: DataCut) -> list[TumourChange]:
    """Of everyone with a baseline sum and at least one later scan on which all targets were evaluated."""
    found = []
    for book in casebooks:
        if book.randomized_on is None or not cut.holds(book.randomized_on):
            continue
        whole = course(protocol, book)
        known = replace(whole, scans=tuple(scan for scan in whole.scans if cut.holds(scan.on)))
        best = known.best_change()
        if best is not None:
            found.append(TumourChange(book.subject, book.arm or "", float(best[0])))
    return found
