"""Radiotherapy of a participant as recorded: courses with their doses, each residual lesion's fate, the deadline.

In a radiotherapy arm every residual lesion ends delivered, partial or not irradiated with a reason. In another arm,
radiotherapy to a residual lesion before progression is an intercurrent event (contamination).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from equipoise.clinical.radiotherapy import Prescription
from equipoise.conduct.casebook import Casebook, Record
from equipoise.conduct.concepts import Concepts, concepts_of
from equipoise.conduct.journey import progressed_on
from equipoise.methods.schedule import days_of
from equipoise.protocol.model import Protocol

GIVEN = ("delivered", "partial")
"""The outcomes of a course in which radiation was given."""


@dataclass(frozen=True, slots=True)
class Irradiation:
    """One course to one volume. Doses in Gy; `prescribed` and `given` are None where dose or fractions are unknown."""

    id: str
    lesions: tuple[str, ...]
    volume: str
    intent: str
    status: str
    reason: str
    prescription: str
    technique: str
    prescribed: Prescription | None
    given: Prescription | None
    start: date | None
    end: date | None
    is_contamination: bool
    record: Record

    @property
    def was_given(self) -> bool:
        """Whether any radiation was given."""
        return self.status in GIVEN


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a residual lesion: `status` of its deciding course ('' while open), and days to the deadline."""

    lesion: str
    status: str
    reason: str
    course: Irradiation | None
    deadline: date
    days_left: int
    first_fraction: date | None

    @property
    def standing(self) -> str:
        """done, late (begun after the deadline), open or overdue."""
        if self.status:
            late = self.first_fraction is not None and self.first_fraction > self.deadline
            return "late" if late else "done"
        return "overdue" if self.days_left < 0 else "open"


def irradiations(protocol: Protocol, casebook: Casebook) -> tuple[Irradiation, ...]:
    """Every course recorded, in the order of first entry."""
    concepts = concepts_of(protocol)
    return tuple(_irradiation(protocol, concepts, casebook, row) for row in concepts.rows(casebook, "rt.lesions"))


def fates(protocol: Protocol, casebook: Casebook, *, today: date) -> tuple[Fate, ...]:
    """The fate of each residual lesion in an arm that irradiates them; empty in any other."""
    plan = protocol.radiotherapy
    if plan is None or casebook.randomized_on is None or casebook.arm not in plan.arms or casebook.frozen is None:
        return ()
    courses = irradiations(protocol, casebook)
    deadline = casebook.randomized_on + timedelta(days=days_of(plan.starts_within))
    return tuple(_fate(lesion, courses, deadline, today) for lesion in casebook.frozen.residual)


def is_irradiated(courses: tuple[Irradiation, ...], lesion: str, *, before: date | None = None) -> bool:
    """Whether a lesion got any radiation, before a day where one is given."""
    return any(
        one.was_given and lesion in one.lesions and (before is None or one.start is None or one.start < before)
        for one in courses
    )


def deciding(courses: Sequence[Irradiation]) -> Irradiation | None:
    """The course by which a lesion ends: the last delivered, else the last partly given, else the last.

    A lesion once given its dose was, whatever a later row says of a boost or another attempt.
    """
    for status in GIVEN:
        for one in reversed(courses):
            if one.status == status:
                return one
    return courses[-1] if courses else None


def _fate(lesion: str, courses: tuple[Irradiation, ...], deadline: date, today: date) -> Fate:
    own = [one for one in courses if lesion in one.lesions and one.status]
    last = deciding(own)
    starts = [one.start for one in own if one.was_given and one.start is not None]
    return Fate(
        lesion=lesion,
        status=last.status if last else "",
        reason=last.reason if last else "",
        course=last,
        deadline=deadline,
        days_left=(deadline - today).days,
        first_fraction=min(starts, default=None),
    )


def _irradiation(protocol: Protocol, concepts: Concepts, casebook: Casebook, row: Record) -> Irradiation:
    lesions, status = concepts.codes(row, "rt.lesions"), concepts.text(row, "rt.status")
    start = concepts.day(row, "rt.start")
    return Irradiation(
        id=row.occurrence,
        lesions=lesions,
        volume=concepts.text(row, "rt.volume"),
        intent=concepts.text(row, "rt.intent"),
        status=status,
        reason=concepts.text(row, "rt.reason"),
        prescription=concepts.text(row, "rt.prescription"),
        technique=concepts.text(row, "rt.technique"),
        prescribed=_doses(concepts, row, "rt.dose_planned", "rt.fractions_planned"),
        given=_doses(concepts, row, "rt.dose", "rt.fractions") if status in GIVEN else None,
        start=start,
        end=concepts.day(row, "rt.end"),
        is_contamination=_contaminates(protocol, casebook, lesions, status, start),
        record=row,
    )


def _doses(concepts: Concepts, row: Record, dose: str, fractions: str) -> Prescription | None:
    total, count = concepts.number(row, dose), concepts.number(row, fractions)
    if total is None or count is None or count < 1:
        return None
    try:
        return Prescription(Fraction(total), int(count))
    except ValueError:
        return None  # a dose of zero, say: nothing was given, and the form's own checks speak of it


def _contaminates(
    protocol: Protocol, casebook: Casebook, lesions: tuple[str, ...], status: str, start: date | None
) -> bool:
    plan = protocol.radiotherapy
    if plan is None or not casebook.randomized or casebook.arm in plan.arms or status not in GIVEN or start is None:
        return False
    residual = casebook.frozen.residual if casebook.frozen else ()
    progressed = progressed_on(protocol, casebook)
    return any(name in residual for name in lesions) and (progressed is None or start < progressed.earliest)
