"""The lesions of a participant: the register with its body map, and what radiotherapy did to each."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from equipoise.conduct.assessment import course
from equipoise.conduct.concepts import Concepts, concepts_of
from equipoise.conduct.irradiation import irradiations
from equipoise.conduct.lesions import REGISTER, is_complete, residual_lesions
from equipoise.conduct.permissions import Permission
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.web.access import knows_arm, requires
from equipoise.web.bodymap import Spot, body_map
from equipoise.web.documents import protocol_for, shown_protocol
from equipoise.web.views.lesion_labels import Labels
from equipoise.web.views.lesion_lines import Line, lesion_lines, size_text
from equipoise.web.views.lesion_radiotherapy import course_line, fate_lines, prescriptions_for


@require_safe
@requires(Permission.SEE_SUBJECTS)
def lesions(request: Any, subject: str) -> HttpResponse:
    """The register: counts, body map, table; the radiotherapy of each lesion for those who may know the arm."""
    book, protocol, shown = request.casebook, protocol_for(request), shown_protocol(request)
    if protocol.lesions is None:
        raise Refusal(message("refuse.unknown_form", form=REGISTER))
    sees_arm = knows_arm(request, book)
    labels = Labels(protocol, shown)
    courses = [course_line(labels, one) for one in irradiations(protocol, book)] if sees_arm else []
    lines = lesion_lines(request, protocol, shown, book, labels, courses)
    residual = residual_lesions(protocol, book, as_of=book.randomized_on)
    organs = {line.lesion.organ: line.organ for line in lines if line.kind != "gone"}
    today = timezone.localdate()
    concepts = concepts_of(protocol)
    rt_form = concepts.form("rt.lesions")
    scans = course(protocol, book)
    context = {
        "subject": subject,
        "book": book,
        "lines": lines,
        "rules": shown.lesions,
        "map": body_map(_spots(concepts, subject, lines)),
        "residual": len(residual),
        "counted": len({lesion.counted_organ for lesion in residual}),
        "targets": sum(1 for line in lines if concepts.text(line.lesion.record, "lesion.role") == "target"),
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
        "fates": fate_lines(protocol, book, labels, courses, today) if sees_arm else [],
        "contaminated": [line for line in courses if line.course.is_contamination],
        "plan": shown.radiotherapy if sees_arm else None,
        "sees_arm": sees_arm,
        "prescriptions": prescriptions_for(shown, organs) if sees_arm and book.randomized else [],
        "scans": scans.scans[::-1],
        "misplaced": scans.findings,
        "baseline_sum": size_text(scans.baseline_sum),
        "irradiability_form": concepts.form("irradiability.irradiable"),
        "measurement_form": concepts.form("measurement.lesion"),
    }
    return render(request, "lesions.html", context)


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
