"""An assessment on one page: lesions down, baseline, nadir, previous and now across, the response as one types."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from equipoise.clinical.recist.codes import Response
from equipoise.conduct.actions.together import EnterTogether
from equipoise.conduct.assessment import course
from equipoise.conduct.calendar import appointments
from equipoise.conduct.concepts import concepts_of
from equipoise.conduct.journey import progressed_on
from equipoise.conduct.lesions import register
from equipoise.conduct.permissions import Permission
from equipoise.kernel.errors import NotPermitted, Refusal
from equipoise.kernel.messages import message
from equipoise.protocol.model import Protocol
from equipoise.web.access import may_open, requires
from equipoise.web.acting import act
from equipoise.web.blinding import number_of
from equipoise.web.documents import protocol_for, shown_protocol
from equipoise.web.views.assessment_entry import Opened, Typed, as_recorded, as_typed, may_be_saved
from equipoise.web.views.assessment_grid import checked_grid, shown_grid


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SEE_SUBJECTS)
def assessment(request: Any, subject: str, visit: str) -> HttpResponse:
    """Show the grid; save every row and the assessment together."""
    page = _open(request, visit)
    if request.method != "POST":
        return _page(request, page, as_recorded(page))
    given = as_typed(page, request.POST)
    try:
        may_be_saved(page, given, request.POST)
        if given.entries:
            act(request, EnterTogether(subject, tuple(given.entries)))
    except Refusal as refusal:
        return _page(request, page, given, refusal=refusal)
    messages.success(request, _("Saved."))
    return redirect("assessment", subject=subject, visit=visit)


@require_POST
@requires(Permission.ENTER)
def check_assessment(request: Any, subject: str, visit: str) -> JsonResponse:
    """The response as it would be, while one types. Nothing is written."""
    page = _open(request, visit)
    return JsonResponse(checked_grid(page, as_typed(page, request.POST)))


def _page(request: Any, page: Opened, given: Typed, *, refusal: Refusal | None = None) -> HttpResponse:
    lesions = tuple((one.id, f"{one.id} {one.label}") for one in register(page.protocol, page.book))
    found = given.course or course(page.protocol, page.book)
    scan = found.scan(page.visit)
    progressed = scan is not None and scan.verdict is not None and scan.verdict.overall is Response.PD
    context = shown_grid(request, page, given, lesions) | {
        "subject": page.book.subject,
        "refusal": refusal,
        "progressed": progressed and progressed_on(page.protocol, page.book) is None and page.record is not None,
        "progression": page.concepts.form("progression.date"),
        "number": number_of(page.book.subject) if page.protocol.central_review else "",
    }
    return render(request, "assessment.html", context, status=409 if refusal else 200)


def _open(request: Any, visit: str) -> Opened:
    protocol, shown, book = protocol_for(request), shown_protocol(request), request.casebook
    concepts = concepts_of(protocol)
    form, rows_form = concepts.form("assessment.overall"), concepts.form("measurement.lesion")
    if form is None or rows_form is None or form.use != "visit":
        raise Refusal(message("refuse.unknown_form", form="assessment"))
    if not may_open(request, book, form):  # a second reader would see the first one's reading
        raise NotPermitted(message("web.tells_arm", form=shown.form(form.id).label))
    planned = {one.key: one.planned.visit.forms for one in appointments(protocol, book, today=timezone.localdate())}
    forms = planned.get(visit) or (book.added[visit].forms if visit in book.added else ())
    if form.id not in forms:
        raise Refusal(message("refuse.visit_unknown", visit=visit[:60]))
    lesions = tuple(one for one in course(protocol, book).lesions if one.role in ("target", "non_target"))
    return Opened(protocol, shown, concepts, book, visit, form, rows_form, lesions)


def assessment_url(protocol: Protocol, subject: str, visit: str, forms: tuple[str, ...]) -> str:
    """The page of a visit's assessment; '' for a visit without one, or a protocol that measures no lesions."""
    concepts = concepts_of(protocol)
    form, rows = concepts.form("assessment.overall"), concepts.form("measurement.lesion")
    if form is None or rows is None or protocol.lesions is None or form.id not in forms:
        return ""
    return reverse("assessment", args=[subject, visit])
