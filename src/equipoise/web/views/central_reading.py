"""A participant's scans as a central reader reads them: own lesions at baseline, then scan after scan.

Nothing here comes from the site but the dates of the scans: neither arm nor treatment nor the investigator's reading.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from equipoise.conduct.actions.central import FinishCentralBaseline, ReadCentrally, StrikeCentralLesion
from equipoise.conduct.actions.records import Enter
from equipoise.conduct.casebook import Record
from equipoise.conduct.central import baseline_scan_on
from equipoise.conduct.completeness import asked
from equipoise.conduct.concepts import concepts_of
from equipoise.conduct.drafting import with_draft
from equipoise.conduct.edit_checks import Reading, read_answers
from equipoise.conduct.lesions import central_register
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.kernel.truth import Truth
from equipoise.protocol.model import Protocol
from equipoise.web.acting import act
from equipoise.web.documents import protocol_for, shown_protocol
from equipoise.web.forms.controls import controls, typed
from equipoise.web.views.assessment_entry import Opened, Typed, as_recorded, as_typed, may_be_saved, position
from equipoise.web.views.assessment_grid import checked_grid, shown_grid
from equipoise.web.views.central_access import for_reader
from equipoise.web.views.lesion_labels import Labels


@require_http_methods(["GET", "HEAD", "POST"])
@for_reader
def central_participant(request: Any, number: str) -> HttpResponse:
    """The lesions this reader chose at baseline, and this reader's responses. Posting ends the baseline."""
    book, protocol, shown = request.casebook, protocol_for(request), shown_protocol(request)
    refusal = None
    if request.method == "POST":
        try:
            act(request, FinishCentralBaseline(book.subject))
            messages.success(request, _("The baseline is read; the scans may follow."))
            return redirect("central-participant", number=number)
        except Refusal as error:
            refusal = error
    labels = Labels(protocol, shown, "central.")
    review = request.review
    organs = {organ.id: organ.label for organ in shown.lesions.organs} if shown.lesions else {}
    lines = [
        (one, organs.get(one.lesion.organ, one.lesion.organ), labels.of("lesion.role", one.role))
        for one in review.central.lesions
    ]
    waiting = review.next_scan
    context = {
        "number": number, "refusal": refusal, "review": review, "lines": lines, "course": review.central,
        "baseline_on": baseline_scan_on(protocol, book), "next": waiting.visit if waiting else "",
        "help": shown.form(_declared(protocol).lesions).help,
    }  # fmt: skip
    return render(request, "central_participant.html", context, status=409 if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_reader
def central_lesion(request: Any, number: str, lesion: str) -> HttpResponse:
    """A lesion at baseline: chosen and measured, corrected with a reason, or struck before the baseline stands."""
    book, protocol = request.casebook, protocol_for(request)
    form = protocol.form(_declared(protocol).lesions)
    record = book.record(form.id, lesion)
    if record is None and (lesion != "new" or request.review.baseline_read):
        raise Refusal(message("refuse.row", row=lesion[:20], form=form.label))
    if request.method != "POST":
        return _lesion_page(request, number, lesion, record)
    answers = _answers(request, protocol)
    try:
        if request.POST.get("act") == "strike":
            act(request, StrikeCentralLesion(book.subject, lesion, request.POST.get("reason", "")))
        else:
            entry = Enter(
                book.subject, form.id, answers, occurrence=lesion, seen=position(request.POST.get("seen", "")),
                reason=request.POST.get("reason", "")[:500],
            )  # fmt: skip
            act(request, ReadCentrally(book.subject, (entry,)))
    except Refusal as refusal:
        reading = read_answers(protocol, form, answers, book, occurrence=lesion, today=timezone.localdate())
        return _lesion_page(request, number, lesion, record, refusal=refusal, raw=answers, reading=reading)
    messages.success(request, _("Saved."))
    return redirect("central-participant", number=number)


@require_POST
@for_reader
def check_central_lesion(request: Any, number: str, lesion: str) -> JsonResponse:
    """While one types a lesion: which items are asked, what cannot be right. Nothing is written."""
    book, protocol, language = request.casebook, protocol_for(request), get_language() or "en"
    form = protocol.form(_declared(protocol).lesions)
    answers = _answers(request, protocol)
    reading = read_answers(protocol, form, answers, book, occurrence=lesion, today=timezone.localdate())
    return JsonResponse({
        "asked": {item: truth is Truth.TRUE for item, truth in _asked(request, lesion, reading).items()},
        "errors": {item: problem.say(language) for item, problem in reading.errors.items()},
        "findings": {one.where.rpartition(".")[2]: one.says.say(language) for one in reading.findings},
    })  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@for_reader
def central_scan(request: Any, number: str, visit: str) -> HttpResponse:
    """A scan read: every lesion, what else is seen, the response; saved as one act."""
    page = _open(request, visit)
    if request.method != "POST":
        return _scan_page(request, number, page, as_recorded(page))
    given = as_typed(page, request.POST)
    try:
        may_be_saved(page, given, request.POST)
        if given.entries:
            act(request, ReadCentrally(page.book.subject, tuple(given.entries)))
    except Refusal as refusal:
        return _scan_page(request, number, page, given, refusal=refusal)
    messages.success(request, _("Saved."))
    return redirect("central-participant", number=number)


@require_POST
@for_reader
def check_central_scan(request: Any, number: str, visit: str) -> JsonResponse:
    """The response as it would be, while one types. Nothing is written."""
    page = _open(request, visit)
    return JsonResponse(checked_grid(page, as_typed(page, request.POST)))


def _declared(protocol: Protocol) -> Any:
    assert protocol.central_review is not None  # a participant without a review is never opened
    return protocol.central_review


def _open(request: Any, visit: str) -> Opened:
    protocol, book, review = protocol_for(request), request.casebook, request.review
    declared = _declared(protocol)
    if not review.baseline_read:
        raise Refusal(message("central.baseline_first"))
    scan = review.scan(visit)
    if scan is None:
        raise Refusal(message("central.no_scan", visit=visit[:60]))
    form, rows = protocol.form(declared.assessment), protocol.form(declared.measurements)
    concepts, lesions = concepts_of(protocol, "central."), review.central.lesions
    return Opened(protocol, shown_protocol(request), concepts, book, visit, form, rows, lesions, "central", scan.on)


def _scan_page(
    request: Any, number: str, page: Opened, given: Typed, *, refusal: Refusal | None = None
) -> HttpResponse:
    names = tuple((one.id, f"{one.id} {one.label}") for one in central_register(page.protocol, page.book))
    context = shown_grid(request, page, given, names) | {"number": number, "on": page.on, "refusal": refusal}
    return render(request, "central_scan.html", context, status=409 if refusal else 200)


def _answers(request: Any, protocol: Protocol) -> dict[str, dict[str, Any]]:
    """A lesion as typed, with the day of the baseline scan where it is known."""
    form = protocol.form(_declared(protocol).lesions)
    seen = baseline_scan_on(protocol, request.casebook)
    item = concepts_of(protocol, "central.").item("lesion.found_on")
    given = {item: {"value": seen.isoformat()}} if seen is not None else {}
    return typed(form, request.POST) | given


def _asked(request: Any, lesion: str, reading: Reading | None) -> dict[str, Truth]:
    protocol, book = protocol_for(request), request.casebook
    form = protocol.form(_declared(protocol).lesions)
    record = book.record(form.id, lesion)
    if reading is not None or record is None:
        book = with_draft(book, form.id, lesion, reading.answers if reading else {})
        record = book.record(form.id, lesion)
    wanted = asked(protocol, book, form, record)
    return {item: Truth.FALSE if truth is Truth.UNKNOWN else truth for item, truth in wanted.items()}


def _lesion_page(
    request: Any,
    number: str,
    lesion: str,
    record: Record | None,
    *,
    refusal: Refusal | None = None,
    raw: dict[str, dict[str, Any]] | None = None,
    reading: Reading | None = None,
) -> HttpResponse:
    protocol, shown = protocol_for(request), shown_protocol(request)
    form = protocol.form(_declared(protocol).lesions)
    known = baseline_scan_on(protocol, request.casebook)
    dated = concepts_of(protocol, "central.").item("lesion.found_on")
    wanted = {item: truth is Truth.TRUE for item, truth in _asked(request, lesion, reading).items()}
    sections = controls(
        form, shown.form(form.id), record, asked=wanted, lesions=(), raw=raw, errors=reading.errors if reading else None
    )
    if known is not None:  # the reader is told the day of the scan and does not type it
        sections = [(section, [one for one in row if one.item.id != dated]) for section, row in sections]
    context = {
        "number": number, "lesion": lesion, "record": record, "sections": sections, "refusal": refusal, "on": known,
        "seen": request.POST.get("seen") or (record.seen if record else 0), "reason": request.POST.get("reason", ""),
        "may_strike": record is not None and not request.review.baseline_read,
    }  # fmt: skip
    return render(request, "central_lesion.html", context, status=409 if refusal else 200)
