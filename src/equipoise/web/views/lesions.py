"""The lesions of a participant: the register with its body map, radiotherapy, and each lesion's own page."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from equipoise.clinical.radiotherapy import LATE, TUMOUR, Prescription, gray
from equipoise.conduct.assessment import Course, Followed, course
from equipoise.conduct.casebook import Casebook, Record
from equipoise.conduct.concepts import Concepts
from equipoise.conduct.irradiation import Fate, Irradiation, fates, irradiations
from equipoise.conduct.lesions import REGISTER, Lesion, is_complete, register
from equipoise.conduct.local_control import Control, local_control
from equipoise.conduct.permissions import Permission
from equipoise.kernel.canonical import decimal_text
from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.kernel.truth import Truth
from equipoise.protocol.model import Protocol
from equipoise.reports.lesion_figures import Band, LesionWords, Point, lesion_figure
from equipoise.web.access import knows_arm, requires
from equipoise.web.bodymap import Spot, body_map
from equipoise.web.documents import protocol_for, shown_protocol
from equipoise.web.views.forms import shown_answer


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


class Labels:
    """The labels of coded answers in the page's language, by concept."""

    def __init__(self, protocol: Protocol, shown: Protocol) -> None:
        self._concepts = Concepts(protocol)
        self._shown = shown

    def of(self, concept: str, code: str) -> str:
        """The label of a code; the code itself where the protocol does not offer it."""
        form = self._concepts.form(concept)
        if form is None or not code:
            return code
        item = self._shown.form(form.id).item(self._concepts.item(concept))
        return next((option.label for option in getattr(item, "options", ()) if option.id == code), code)


@require_safe
@requires(Permission.SEE_SUBJECTS)
def lesions(request: Any, subject: str) -> HttpResponse:
    """The register: counts, body map, table; the radiotherapy of each lesion for those who may know the arm."""
    book, protocol, shown = request.casebook, protocol_for(request), shown_protocol(request)
    if protocol.lesions is None:
        raise Refusal(message("refuse.unknown_form", form=REGISTER))
    found = register(protocol, book)
    sees_arm = knows_arm(request, book)
    labels = Labels(protocol, shown)
    courses = [_course_line(labels, one) for one in irradiations(protocol, book)] if sees_arm else []
    lines = _lines(request, protocol, shown, book, labels, courses)
    residual = [lesion for lesion in found if lesion.residual is not Truth.FALSE]
    today = timezone.localdate()
    rt_form = Concepts(protocol).form("rt.lesions")
    scans = course(protocol, book)
    context = {
        "subject": subject,
        "book": book,
        "lines": lines,
        "rules": shown.lesions,
        "map": body_map(_spots(Concepts(protocol), subject, lines)),
        "residual": len(residual),
        "counted": len({lesion.counted_organ for lesion in residual}),
        "targets": sum(1 for line in lines if Concepts(protocol).text(line.lesion.record, "lesion.role") == "target"),
        "complete": is_complete(book),
        "may_fill": request.actor.role in protocol.form(REGISTER).filled_by,
        "frozen": book.frozen,
        "is_ro": request.actor.role == "radiation_oncologist",
        "may_irradiate": rt_form is not None
        and request.actor.role in rt_form.filled_by
        and book.randomized is not None
        and sees_arm,
        "rt_form": rt_form,
        "courses": courses,
        "fates": _fates(protocol, book, labels, courses, today) if sees_arm else [],
        "contaminated": [line for line in courses if line.course.is_contamination],
        "plan": shown.radiotherapy if sees_arm else None,
        "sees_arm": sees_arm,
        "prescriptions": _prescriptions(shown, lines) if sees_arm and book.randomized else [],
        "scans": scans.scans[::-1],
        "baseline_sum": _text(scans.baseline_sum),
        "forms": {form.id for form in protocol.forms},
    }
    return render(request, "lesions.html", context)


@require_safe
@requires(Permission.SEE_SUBJECTS)
def lesion(request: Any, subject: str, lesion: str) -> HttpResponse:
    """A lesion's own page: its curve, its radiotherapy, what was stated of it, its history."""
    book, protocol, shown = request.casebook, protocol_for(request), shown_protocol(request)
    labels, concepts = Labels(protocol, shown), Concepts(protocol)
    courses = [_course_line(labels, one) for one in irradiations(protocol, book)] if knows_arm(request, book) else []
    line = next(
        (one for one in _lines(request, protocol, shown, book, labels, courses) if one.lesion.id == lesion), None
    )
    if line is None:
        raise Refusal(message("refuse.row", row=lesion[:20], form=shown.form(REGISTER).label))
    found = course(protocol, book)
    form = shown.form(REGISTER)
    record = line.lesion.record
    context = {
        "subject": subject,
        "line": line,
        "book": book,
        "measured": _measured(found, labels, lesion),
        "nadir": found.nadir(lesion, None),
        "facts": [
            (item.label, shown_answer(item, answer))
            for item in form.items
            if (answer := record.answer(item.id)) is not None
        ],
        "courses": [one for one in courses if lesion in one.course.lesions],
        "statements": _statements(concepts, shown, book, lesion),
        "history": _history(form, record),
        "sees_arm": knows_arm(request, book),
        "is_residual": bool(book.frozen and lesion in book.frozen.residual),
        "may_fill": request.actor.role in protocol.form(REGISTER).filled_by,
        "rt_form": concepts.form("rt.lesions"),
    }
    return render(request, "lesion.html", context)


@require_safe
@requires(Permission.SEE_SUBJECTS)
def lesion_svg(request: Any, subject: str, lesion: str) -> HttpResponse:
    """A lesion's curve of size and uptake; radiotherapy as a band for those who may know the arm."""
    book, protocol = request.casebook, protocol_for(request)
    found = course(protocol, book)
    followed = next((one for one in found.lesions if one.id == lesion), None)
    if followed is None:
        raise Refusal(message("refuse.row", row=lesion[:20], form=REGISTER))
    concepts = Concepts(protocol)
    origin = book.randomized_on or concepts.day(followed.lesion.record, "lesion.found_on") or timezone.localdate()
    sizes, uptakes = _points(found, followed, concepts, origin)
    bands = [
        Band(_months(one.start, origin), _months(one.end or one.start, origin), _band_label(one))
        for one in (irradiations(protocol, book) if knows_arm(request, book) else ())
        if lesion in one.lesions and one.was_given and one.start is not None
    ]
    words = LesionWords(
        _("Months since randomization"),
        _("Size, mm"),
        stamp=f"{subject} {lesion}",
        uptake="SUVmax",
        limit=_("20 % and 5 mm over the smallest"),
    )
    return HttpResponse(lesion_figure(sizes, uptakes, bands, words), content_type="image/svg+xml")


def _points(found: Course, followed: Followed, concepts: Concepts, origin: date) -> tuple[list[Point], list[Point]]:
    seen = concepts.day(followed.lesion.record, "lesion.found_on") or origin
    month = _months(seen, origin)
    sizes = [Point(month, float(followed.size))] if followed.size is not None else []
    uptakes = [Point(month, float(followed.suv_max))] if followed.suv_max is not None else []
    for scan in found.scans:
        measured = scan.lesions.get(followed.id)
        if measured is None:
            continue
        month = _months(scan.on, origin)
        if measured.reading.value is not None:
            sizes.append(Point(month, float(measured.reading.value), "< 5" if measured.state == "too_small" else ""))
        if measured.suv_max is not None:
            uptakes.append(Point(month, float(measured.suv_max)))
    return sizes, uptakes


def _months(day: date, origin: date) -> float:
    return float((day - origin).days / DAYS_PER_MONTH)


def _band_label(one: Irradiation) -> str:
    dose = Dose.of(one.given)
    return dose.text if dose else one.volume[:20]


def _lines(
    request: Any, protocol: Protocol, shown: Protocol, book: Casebook, labels: Labels, courses: list[CourseLine]
) -> list[Line]:
    found = course(protocol, book)
    control = local_control(protocol, book, found)
    concepts = Concepts(protocol)
    picked = request.GET.get("lesion", "")
    organs = {organ.id: organ.label for organ in shown.lesions.organs} if shown.lesions else {}
    lines = []
    for one in register(protocol, book):
        followed = next((each for each in found.lesions if each.id == one.id), None)
        fate = control.get(one.id)
        size = followed.size if followed else concepts.number(one.record, "lesion.longest_diameter")
        own = [line for line in courses if one.id in line.course.lesions and line.course.status]
        given = next((line for line in reversed(own) if line.course.was_given), own[-1] if own else None)
        suvs = [m.suv_max for scan in found.scans if (m := scan.lesions.get(one.id)) and m.suv_max is not None]
        kind = "failed" if fate and fate.has_grown else "gone" if one.residual is Truth.FALSE else "residual"
        lines.append(
            Line(
                lesion=one,
                organ=organs.get(one.organ, one.organ),
                side=labels.of("lesion.side", concepts.text(one.record, "lesion.side")),
                size=_text(size),
                now=_text(fate.current if fate else None),
                change=_change(size, fate.current if fate else None),
                suv=_text(concepts.number(one.record, "lesion.suvmax")),
                suv_now=_text(suvs[-1] if suvs else None),
                sul=_text(concepts.number(one.record, "lesion.sulpeak")),
                role=labels.of("lesion.role", concepts.text(one.record, "lesion.role")),
                found=labels.of("lesion.status", one.status),
                control=fate,
                kind=kind,
                course=given,
                is_picked=one.id == picked,
            )
        )
    return lines


def _text(number: Decimal | None) -> str:
    return "" if number is None else decimal_text(number)


def _change(before: Decimal | None, now: Decimal | None) -> str:
    if not before or now is None:
        return ""
    return f"{round(100 * (now - before) / before):+d} %"


def _spots(concepts: Concepts, subject: str, lines: list[Line]) -> list[Spot]:
    address = reverse("lesions", args=[subject])
    return [
        Spot(
            id=line.lesion.id,
            organ=line.lesion.organ,
            side=concepts.text(line.lesion.record, "lesion.side"),
            site=concepts.text(line.lesion.record, "lesion.site"),
            says=f"{line.organ} {line.lesion.label}",
            kind=line.kind,  # type: ignore[arg-type]
            url=f"{address}?lesion={line.lesion.id}#{line.lesion.id}",
            is_irradiated=line.course is not None and line.course.course.was_given,
            is_picked=line.is_picked,
        )
        for line in lines
    ]


def _course_line(labels: Labels, one: Irradiation) -> CourseLine:
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


def _fates(
    protocol: Protocol, book: Casebook, labels: Labels, courses: list[CourseLine], today: date
) -> list[tuple[Fate, CourseLine | None, str]]:
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


def _prescriptions(shown: Protocol, lines: list[Line]) -> list[tuple[Any, str, Dose | None]]:
    """The protocol's prescriptions for the organs of this participant's lesions."""
    if shown.radiotherapy is None:
        return []
    organs = {line.lesion.organ for line in lines if line.kind != "gone"}
    names = {line.lesion.organ: line.organ for line in lines}
    return [
        (one, names[one.organ], Dose.of(Prescription(Fraction(one.dose), one.fractions)))
        for one in shown.radiotherapy.prescriptions
        if one.organ in organs
    ]


def _measured(found: Course, labels: Labels, lesion: str) -> list[tuple[Any, Any, str]]:
    rows = []
    for scan in found.scans:
        measured = scan.lesions.get(lesion)
        if measured is not None:
            rows.append((scan, measured, labels.of("measurement.state", measured.state)))
    return rows


def _statements(
    concepts: Concepts, shown: Protocol, book: Casebook, lesion: str
) -> list[tuple[str, Record, list[Any]]]:
    """What the radiation oncologist said of a lesion, newest first, each item as people read it."""
    form = concepts.form("irradiability.lesion")
    if form is None:
        return []
    found = []
    for row in concepts.rows(book, "irradiability.lesion"):
        if lesion in concepts.codes(row, "irradiability.lesion"):
            answers = [
                (item.label, shown_answer(item, row.answer(item.id)))
                for item in shown.form(form.id).items
                if row.answer(item.id) is not None and item.kind != "lesion"
            ]
            found.append((form.id, row, answers))
    return found[::-1]


def _history(form: Any, record: Record) -> list[tuple[Any, list[tuple[str, str]]]]:
    """Every entry that made the lesion's row what it is, newest first."""
    labels = {item.id: item for item in form.items}
    return [
        (
            header,
            [
                (labels[name].label, shown_answer(labels[name], answer))
                for name, answer in items.items()
                if name in labels
            ],
        )
        for items, header in reversed(record.trail)
    ]
