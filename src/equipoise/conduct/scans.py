"""What scans showed, gathered from a casebook: measurements and the reader's words, scan by scan, in order of date.

What cannot be placed is left out and said so: each such row becomes a finding for people to resolve.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from equipoise.clinical.recist.codes import Response
from equipoise.clinical.recist.course import VisitVerdict
from equipoise.clinical.recist.target import Reading
from equipoise.conduct import reading_words as _words
from equipoise.conduct.casebook import Casebook, Record
from equipoise.conduct.coalescence import Mass, masses
from equipoise.conduct.concepts import Concepts
from equipoise.conduct.lesions import Lesion
from equipoise.kernel.findings import Finding
from equipoise.kernel.messages import message
from equipoise.kernel.quantities import Quantity
from equipoise.kernel.truth import Truth

SAME_SCAN_DAYS = 14
"""Images of one assessment are made within this time: a measurement belongs to the nearest assessment so near."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A lesion at one scan: its code of state, its diameter in mm as it counts (None: not evaluated), its SUVmax.

    `together` names the lesions it has grown together with, itself included; empty where it stands alone.
    """

    state: str
    reading: Reading
    typed: Decimal | None = None
    suv_max: Decimal | None = None
    grew: bool = False
    record: Record | None = None
    together: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Followed:
    """A lesion of the baseline: `role` is target, non_target or none; `size` in mm, of a node its short axis."""

    lesion: Lesion
    role: str
    is_node: bool
    size: Decimal | None
    suv_max: Decimal | None

    @property
    def id(self) -> str:
        """The lesion's id."""
        return self.lesion.id


@dataclass(frozen=True, slots=True)
class Scan:
    """One assessment: what was measured, what the reader said, and what follows (None where it cannot be judged).

    `stated` is the overall response in the reader's own judgement.
    """

    on: date
    visit: str
    lesions: Mapping[str, Measured]
    non_target: str = ""
    new_lesions: str = ""
    stated: str = ""
    comment: str = ""
    record: Record | None = None
    verdict: VisitVerdict | None = None

    @property
    def response(self) -> str:
        """The response of this reading, as the form's options spell it: the reader's own, else the computed one."""
        computed = code_of(self.verdict.overall) if self.verdict else ""
        found = self.stated or computed
        return "SD" if found == "NON_CR_NON_PD" else found  # without targets, forms know only SD

    @property
    def disagrees(self) -> bool:
        """Whether the reader's own overall response differs from the computed one."""
        computed = code_of(self.verdict.overall) if self.verdict else ""
        if computed == "NON_CR_NON_PD" and self.stated == "SD":
            return False  # where the form knows only SD, that is what one chooses without targets
        return bool(self.stated and computed and self.stated != computed)


def code_of(response: Response) -> str:
    """A response as the form's options spell it."""
    return str(response).replace("-", "_").replace("/", "_")


@dataclass(frozen=True, slots=True)
class Gathered:
    """The scans in order of date, and what could not be placed among them or contradicts itself."""

    scans: tuple[Scan, ...]
    findings: tuple[Finding, ...]


def gather(concepts: Concepts, casebook: Casebook, lesions: Mapping[str, Followed]) -> Gathered:
    """Every scan since randomization: the assessments, and measurements that no assessment stands near.

    A row without a date, of a lesion the register does not have, from before the baseline, or one too many of a lesion
    and scan (the last entry counts) is left out with a finding; so is an assessment from before the baseline.
    """
    findings: list[Finding] = []
    first = casebook.randomized_on
    assessed: list[tuple[date, Record]] = []
    for record in concepts.rows(casebook, "assessment.date"):
        day = concepts.day(record, "assessment.date")
        if day is None:
            continue
        if first is not None and day < first:
            told = {"visit": visit_of(record), "on": day.isoformat(), "baseline": first.isoformat()}
            findings.append(Finding(message("scan.assessment_before_baseline", **told), f"visit.{visit_of(record)}"))
            continue
        assessed.append((day, record))
    findings += _out_of_order(assessed)
    rows: dict[date, dict[str, Record]] = {day: {} for day, _ in assessed}
    for record in concepts.rows(casebook, "measurement.lesion"):
        day = concepts.day(record, "measurement.date")
        named = concepts.codes(record, "measurement.lesion")
        fault = _misplaced(record, named, day, first, lesions)
        if fault is not None:
            findings.append(fault)
            continue
        assert day is not None
        own = rows.setdefault(_scan_day(record, day, assessed), {})
        if named[0] in own:
            told = {"lesion": named[0], "on": day.isoformat(), "row": own[named[0]].occurrence}
            findings.append(Finding(message("scan.measured_twice", **told), f"lesion.{named[0]}"))
        own[named[0]] = record
    by_day = dict(assessed)
    scans = tuple(_scan(concepts, day, by_day.get(day), rows[day], lesions) for day in sorted(rows))
    return Gathered(scans, tuple(findings))


def visit_of(record: Record) -> str:
    """The visit a record belongs to: the occurrence of a form filled in at visits, the visit a row of a log names."""
    return record.visit or record.occurrence


def _misplaced(
    record: Record, named: Sequence[str], day: date | None, first: date | None, lesions: Mapping[str, Followed]
) -> Finding | None:
    """Why a measurement belongs to no scan; None where it does."""
    if not named or named[0] not in lesions:
        told = {"lesion": named[0] if named else "–", "row": record.occurrence}
        return Finding(message("scan.unknown_lesion", **told), f"{record.form}.{record.occurrence}")
    where = f"lesion.{named[0]}"
    if day is None:
        return Finding(message("scan.undated", lesion=named[0], row=record.occurrence), where)
    if first is not None and day < first:
        told = {"lesion": named[0], "on": day.isoformat(), "baseline": first.isoformat()}
        return Finding(message("scan.before_baseline", **told), where)
    return None


_NUMBERED = re.compile(r"(.+):(\d+)")


def _out_of_order(assessed: Sequence[tuple[date, Record]]) -> Iterator[Finding]:
    """Visits of one kind whose dates do not run in the order of their numbers, and two of one day."""
    kinds: dict[str, list[tuple[int, date, str]]] = {}
    days: dict[date, str] = {}
    for day, record in assessed:
        visit = visit_of(record)
        if day in days:
            told = {"visit": visit, "other": days[day], "on": day.isoformat()}
            yield Finding(message("scan.same_day", **told), f"visit.{visit}")
        days.setdefault(day, visit)
        if (parts := _NUMBERED.fullmatch(visit)) is not None:
            kinds.setdefault(parts[1], []).append((int(parts[2]), day, visit))
    for visits in kinds.values():
        ordered = sorted(visits)
        for (_, before, earlier), (_, day, visit) in pairwise(ordered):
            if day < before:
                told = {"visit": visit, "on": day.isoformat(), "earlier": earlier, "before": before.isoformat()}
                yield Finding(message("scan.out_of_order", **told), f"visit.{visit}")


def _scan_day(record: Record, day: date, assessed: Sequence[tuple[date, Record]]) -> date:
    """The assessment a measurement belongs to: that of its visit, else the nearest within two weeks, else its own."""
    for on, assessment in assessed:
        if record.visit and record.visit == visit_of(assessment):
            return on
    near = [(abs((on - day).days), on) for on, _ in assessed if abs((on - day).days) <= SAME_SCAN_DAYS]
    return min(near)[1] if near else day


def _scan(
    concepts: Concepts, day: date, record: Record | None, rows: Mapping[str, Record], lesions: Mapping[str, Followed]
) -> Scan:
    grown = masses(concepts, rows, {name: one.role for name, one in lesions.items()})
    found = {name: _measured(concepts, name, row, grown.get(name)) for name, row in rows.items()}
    if record is None:
        return Scan(day, "", found)
    return Scan(
        on=day,
        visit=visit_of(record),
        lesions=found,
        non_target=concepts.text(record, "assessment.non_target"),
        new_lesions=concepts.text(record, "assessment.new_lesions"),
        stated=concepts.text(record, "assessment.overall"),
        comment=concepts.text(record, "assessment.comment"),
        record=record,
    )


def _measured(concepts: Concepts, name: str, row: Record, mass: Mass | None) -> Measured:
    state, size = concepts.text(row, "measurement.state"), concepts.number(row, "measurement.diameter")
    return Measured(
        state=state,
        reading=_reading(state, size) if mass is None else _reading_of_mass(name, mass),
        typed=size,
        suv_max=concepts.number(row, "measurement.suvmax"),
        grew=concepts.truth(row, "measurement.unequivocal_growth") is Truth.TRUE,
        record=row,
        together=mass.lesions if mass is not None else (),
    )


def _reading(state: str, size: Decimal | None) -> Reading:
    """What a lesion that stands alone contributes."""
    match state:
        case "too_small":
            return Reading.too_small()
        case "absent":
            return Reading.absent()
        case "measured" | "split" if size is not None:
            return Reading.measured(Quantity(size, "mm"))
    return Reading.not_evaluable()


def _reading_of_mass(name: str, mass: Mass) -> Reading:
    """What a lesion grown together with others contributes: the whole where it carries it, else nothing of its own."""
    if mass.size is None:
        return Reading.not_evaluable()
    return Reading.measured(Quantity(mass.size, "mm")) if name == mass.carrier else Reading.coalesced()


assert _words
