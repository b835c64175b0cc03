"""Radiotherapy of a participant's lesions in words: courses with their doses, each residual lesion's fate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from equipoise.clinical.radiotherapy import LATE, TUMOUR, Prescription, gray
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.irradiation import Fate, Irradiation, fates
from equipoise.protocol.model import Protocol
from equipoise.web.views.lesion_labels import Labels


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose as people read it: total and fractions, per fraction, BED10, BED3 and EQD2, all in Gy."""

    text: str
    per_fraction: str
    bed10: str
    bed3: str
    eqd2: str

    @classmethod
    def of(cls, prescription: Prescription | None) -> "Dose | None":
        """The dose of a prescription; None for none."""
        if prescription is None:
            return None
        return cls(
            f"{gray(prescription.total)} Gy / {prescription.fractions}",
            gray(prescription.per_fraction),
            gray(prescription.bed(TUMOUR)),
            gray(prescription.bed(LATE)),
            gray(prescription.eqd2(TUMOUR)),
        )


@dataclass(frozen=True, slots=True)
class CourseLine:
    """A course of radiotherapy as a line: as recorded, its labels, its doses."""

    course: Irradiation
    status: str
    reason: str
    intent: str
    technique: str
    prescription: str
    prescribed: Dose | None
    given: Dose | None


def course_line(labels: Labels, one: Irradiation) -> CourseLine:
    """A course as a line."""
    return CourseLine(
        course=one,
        status=labels.of("rt.status", one.status),
        reason=labels.of("rt.reason", one.reason),
        intent=labels.of("rt.intent", one.intent),
        technique=labels.of("rt.technique", one.technique),
        prescription=labels.of("rt.prescription", one.prescription),
        prescribed=Dose.of(one.prescribed),
        given=Dose.of(one.given),
    )


def fate_lines(
    protocol: Protocol, book: Casebook, labels: Labels, courses: list[CourseLine], today: date
) -> list[tuple[Fate, CourseLine | None, str]]:
    """Each residual lesion's fate with its course and how its deadline stands."""
    return [
        (fate, next((line for line in courses if fate.course and line.course.id == fate.course.id), None), _due(fate))
        for fate in fates(protocol, book, today=today)
    ]


def _due(fate: Fate) -> str:
    """How the deadline stands, in words."""
    match fate.standing:
        case "open":
            return _("%(days)s days left") % {"days": fate.days_left}
        case "overdue":
            return _("overdue by %(days)s days") % {"days": -fate.days_left}
        case "late":
            assert fate.first_fraction is not None
            return _("begun %(days)s days after the deadline") % {"days": (fate.first_fraction - fate.deadline).days}
        case _:
            return _("in time") if fate.first_fraction else ""


def prescriptions_for(shown: Protocol, organs: Mapping[str, str]) -> list[tuple[Any, str, Dose | None]]:
    """The protocol's prescriptions for organs, given with their labels."""
    if shown.radiotherapy is None:
        return []
    return [
        (one, organs[one.organ], Dose.of(Prescription(Fraction(one.dose), one.fractions)))
        for one in shown.radiotherapy.prescriptions
        if one.organ in organs
    ]
