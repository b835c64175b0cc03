"""A participant's lesions as lines of a table, in words."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from equipoise.conduct.assessment import course
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import concepts_of
from equipoise.conduct.irradiation import deciding
from equipoise.conduct.lesions import Lesion, register
from equipoise.conduct.local_control import Control, local_control
from equipoise.kernel.canonical import decimal_text
from equipoise.kernel.truth import Truth
from equipoise.protocol.model import Protocol
from equipoise.web.views.lesion_labels import Labels
from equipoise.web.views.lesion_radiotherapy import CourseLine


@dataclass(frozen=True, slots=True)
class Line:
    """A lesion as a line of the register's table, in words."""

    lesion: Lesion
    organ: str
    side: str
    size: str
    now: str
    change: str
    suv: str
    suv_now: str
    sul: str
    role: str
    found: str
    control: Control | None
    kind: str
    course: CourseLine | None
    is_picked: bool


def lesion_lines(
    request: Any, protocol: Protocol, shown: Protocol, book: Casebook, labels: Labels, courses: list[CourseLine]
) -> list[Line]:
    """Every lesion of the register as a line; `courses` are those this person may know of."""
    found = course(protocol, book)
    control = local_control(protocol, book, found)
    concepts = concepts_of(protocol)
    picked = request.GET.get("lesion", "")
    organs = {organ.id: organ.label for organ in shown.lesions.organs} if shown.lesions else {}
    lines = []
    for one in register(protocol, book):
        followed = next((each for each in found.lesions if each.id == one.id), None)
        fate = control.get(one.id)
        size = followed.size if followed else concepts.number(one.record, "lesion.longest_diameter")
        own = [line for line in courses if one.id in line.course.lesions and line.course.status]
        ended_by = deciding([line.course for line in own])
        given = next((line for line in own if line.course is ended_by), None)
        suvs = [m.suv_max for scan in found.scans if (m := scan.lesions.get(one.id)) and m.suv_max is not None]
        kind = "failed" if fate and fate.has_grown else "gone" if one.residual is Truth.FALSE else "residual"
        lines.append(
            Line(
                lesion=one,
                organ=organs.get(one.organ, one.organ),
                side=labels.of("lesion.side", concepts.text(one.record, "lesion.side")),
                size=size_text(size),
                now=size_text(fate.current if fate else None),
                change=_change(size, fate.current if fate else None),
                suv=size_text(concepts.number(one.record, "lesion.suvmax")),
                suv_now=size_text(suvs[-1] if suvs else None),
                sul=size_text(concepts.number(one.record, "lesion.sulpeak")),
                role=labels.of("lesion.role", concepts.text(one.record, "lesion.role")),
                found=labels.of("lesion.status", one.status),
                control=fate,
                kind=kind,
                course=given,
                is_picked=one.id == picked,
            )
        )
    return lines


def size_text(number: Decimal | None) -> str:
    """A size or uptake as text; '' for none."""
    return "" if number is None else decimal_text(number)


def _change(before: Decimal | None, now: Decimal | None) -> str:
    if not before or now is None:
        return ""
    return f"{round(100 * (now - before) / before):+d} %"
