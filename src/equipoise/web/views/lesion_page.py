"""A lesion's own page: its curve of size and uptake, its radiotherapy, what was stated of it, its history."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from equipoise.conduct.assessment import Course, Followed, course
from equipoise.conduct.casebook import Casebook, Record
from equipoise.conduct.concepts import Concepts, concepts_of
from equipoise.conduct.irradiation import Irradiation, irradiations
from equipoise.conduct.lesions import REGISTER
from equipoise.conduct.local_control import is_counted
from equipoise.conduct.permissions import Permission
from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.protocol.model import Protocol
from equipoise.reports.lesion_figures import Band, LesionWords, Point, lesion_figure
from equipoise.web.access import knows_arm, requires
from equipoise.web.documents import protocol_for, shown_protocol
from equipoise.web.views.forms import shown_answer
from equipoise.web.views.lesion_labels import Labels
from equipoise.web.views.lesion_lines import lesion_lines
from equipoise.web.views.lesion_radiotherapy import Dose, course_line


@require_safe
@requires(Permission.SEE_SUBJECTS)
def lesion(request: Any, subject: str, lesion: str) -> HttpResponse:
    """A lesion's own page: its curve, its radiotherapy, what was stated of it, its history."""
    book, protocol, shown = request.casebook, protocol_for(request), shown_protocol(request)
    labels, concepts = Labels(protocol, shown), concepts_of(protocol)
    courses = [course_line(labels, one) for one in irradiations(protocol, book)] if knows_arm(request, book) else []
    line = next(
        (one for one in lesion_lines(request, protocol, shown, book, labels, courses) if one.lesion.id == lesion), None
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
        "counted": message("control.counted")
        if line.control is not None and is_counted(protocol, book, line.control)
        else None,
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
    concepts = concepts_of(protocol)
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
