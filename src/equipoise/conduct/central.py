"""Blinded independent central review: which scans wait, how the two readings of each compare, what was adjudicated.

All three stay: the investigator's reading, the central reader's, and the adjudicator's choice between them. Nothing
here is stored but the choice; the comparison is computed from the two courses whenever it is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from equipoise.conduct.assessment import Course, course
from equipoise.conduct.casebook import Casebook, Record
from equipoise.conduct.concepts import concepts_of
from equipoise.conduct.entry import Header
from equipoise.conduct.facts import ResponseAdjudicated
from equipoise.conduct.scans import Scan, visit_of
from equipoise.kernel.canonical import digest
from equipoise.protocol.model import Protocol


@dataclass(frozen=True, slots=True)
class Comparison:
    """One scan and its two readings; a reading not made is None, a response not given ''.

    `covers` is the digest of both as an adjudicator sees them. `adjudicated` is the decision that still covers them.
    """

    visit: str
    on: date
    local: Scan | None
    central: Scan | None
    asks: bool
    """Whether the protocol asks for an adjudicator."""
    moves_progression: bool
    """Whether the one reading calls progression here for the first time and the other does not."""
    covers: str
    adjudicated: tuple[ResponseAdjudicated, Header] | None = None

    @property
    def is_read(self) -> bool:
        """Whether the scan is read centrally."""
        return self.central is not None

    @property
    def differs(self) -> bool:
        """Whether both readings are there and give different responses."""
        local, central = self.local, self.central
        return bool(local and central and local.response != central.response)

    @property
    def waits(self) -> bool:
        """Whether an adjudicator is asked for and has not decided."""
        return self.asks and self.adjudicated is None

    @property
    def response(self) -> str:
        """The response of the central review: the adjudicated one where there is one, else the central reader's."""
        if self.adjudicated is not None:
            return self.adjudicated[0].response
        return self.central.response if self.central is not None else ""


@dataclass(frozen=True, slots=True)
class Review:
    """The central review of a participant."""

    baseline_read: bool
    reader: str
    """Who reads this participant's scans; '' before the baseline was begun."""
    adjudicators: frozenset[str]
    local: Course
    central: Course
    scans: tuple[Comparison, ...]

    @property
    def next_scan(self) -> Comparison | None:
        """The first scan that waits to be read."""
        return next((one for one in self.scans if not one.is_read), None)

    @property
    def waits_for_reader(self) -> bool:
        """Whether the baseline or a scan waits for the central reader."""
        return not self.baseline_read or self.next_scan is not None

    def scan(self, visit: str) -> Comparison | None:
        """The comparison of a visit's scan."""
        return next((one for one in self.scans if one.visit == visit), None)

    def progression(self) -> date | None:
        """The day of progression by central review: its first scan that is progressive disease, as adjudicated."""
        return next((one.on for one in self.scans if one.response == "PD"), None)


def central_review(protocol: Protocol, casebook: Casebook) -> Review | None:
    """The central review of somebody randomized; None where the protocol has none."""
    declared = protocol.central_review
    if declared is None or casebook.randomized_on is None:
        return None
    local, central = course(protocol, casebook), course(protocol, casebook, "central")
    header = next((row.first for row in casebook.rows(declared.lesions)), None)
    decided = {fact.visit: (fact, header) for fact, header in casebook.adjudications}
    scans: list[Comparison] = []
    progressed: set[str] = set()
    settled = False
    for scan in local.scans:
        if not scan.visit:
            continue
        other = central.scan(scan.visit)
        read = other if other is not None and other.record is not None else None
        compared = _compare(scan, read, progressed, declared.adjudicate, settled=settled)
        known = decided.get(scan.visit)
        if known is not None and known[0].covers == compared.covers:
            compared = replace(compared, adjudicated=known)
        scans.append(compared)
        calls = {name for name, one in (("local", scan), ("central", read)) if one and one.response == "PD"}
        if compared.adjudicated is not None and compared.response != "PD":
            progressed -= calls  # overruled: a call of progression that does not stand settles nothing
        else:
            progressed |= calls
        settled |= len(progressed) == 2 or (compared.adjudicated is not None and compared.response == "PD")
    return Review(
        baseline_read=declared.lesions in casebook.completed,
        reader=header.actor.user if header else "",
        adjudicators=frozenset(header.actor.user for _, header in casebook.adjudications),
        local=local,
        central=central,
        scans=tuple(scans),
    )


def central_record(protocol: Protocol, casebook: Casebook, visit: str) -> Record | None:
    """The central reader's record of a visit's scan."""
    rows = concepts_of(protocol, "central.").rows(casebook, "assessment.date")
    return next((row for row in rows if visit_of(row) == visit), None)


def baseline_scan_on(protocol: Protocol, casebook: Casebook) -> date | None:
    """The latest day of the baseline's images up to randomization: of a PET-CT, or of a scan that showed lesions."""
    concepts = concepts_of(protocol)
    days = [
        day
        for concept in ("pet.date", "lesion.found_on")
        for record in concepts.rows(casebook, concept)
        if (day := concepts.day(record, concept)) is not None
        and (casebook.randomized_on is None or day <= casebook.randomized_on)
    ]
    return max(days, default=None)


def _compare(local: Scan, central: Scan | None, progressed: set[str], adjudicate: str, *, settled: bool) -> Comparison:
    """Two readings of a scan. `progressed` names the readings that called progression before; `settled` ends it all."""
    differs = central is not None and local.response != central.response
    calls = {name for name, one in (("local", local), ("central", central)) if one and one.response == "PD"}
    moves = differs and not settled and bool(calls - progressed)
    asks = differs and not settled and (adjudicate == "response" or moves)
    return Comparison(local.visit, local.on, local, central, asks, moves, digest("readings", _both(local, central)))


def _both(local: Scan, central: Scan | None) -> Mapping[str, Any]:
    return {"investigator": _seen(local), "central": _seen(central)}


def _seen(scan: Scan | None) -> Any:
    """What an adjudicator sees of a reading."""
    if scan is None:
        return None
    sizes = {name: [one.state, None if one.typed is None else str(one.typed)] for name, one in scan.lesions.items()}
    total = scan.verdict.sum if scan.verdict else None
    told = (scan.on.isoformat(), scan.non_target, scan.new_lesions, scan.response, "" if total is None else str(total))
    return [*told, sizes]
