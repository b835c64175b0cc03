"""Screening: criterion by criterion, with what was seen and by how much; the lesions; the signatures; the arm."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from equipoise.conduct.actions.randomize import Randomize
from equipoise.conduct.actions.signatures import SignEligibility
from equipoise.conduct.actions.subjects import FailScreening
from equipoise.conduct.calendar import appointments
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.eligibility import Evaluation, Verdict, derive_strata, evaluate_eligibility
from equipoise.conduct.gate import gate
from equipoise.conduct.permissions import Permission
from equipoise.kernel.errors import Refusal
from equipoise.kernel.truth import Truth
from equipoise.ledger import read
from equipoise.methods.criteria import Step
from equipoise.protocol.model import Protocol
from equipoise.web.access import requires
from equipoise.web.acting import act
from equipoise.web.documents import protocol_for, shown_protocol, translated_or_none


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion as listed, with where its values are held."""

    verdict: Verdict
    says: str
    reading: str
    sources: tuple[tuple[str, str], ...]
    tree: tuple[tuple[int, str, str], ...]


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SEE_SUBJECTS)
def screening(request: Any, subject: str) -> HttpResponse:
    """The screening page; posting signs the evaluation shown, or ends screening."""
    refusal = None
    if request.method == "POST":
        try:
            return _decide(request, subject)
        except Refusal as error:
            refusal = error
    book, protocol, shown = request.casebook, protocol_for(request), shown_protocol(request)
    evaluation = _evaluation(request, book, protocol)
    lines = [_line(protocol, shown, book, verdict) for verdict in evaluation.verdicts]
    chosen = request.GET.get("criterion", "")
    picked = next((line for line in lines if line.verdict.criterion.id == chosen), None)
    context = {
        "subject": subject,
        "book": book,
        "evaluation": evaluation,
        "lines": lines,
        "picked": picked
        or next((line for line in lines if line.verdict.truth is not Truth.TRUE), lines[0] if lines else None),
        "counts": [
            (standing, sum(line.verdict.standing == standing for line in lines))
            for standing in ("met", "not met", "unknown")
        ],
        "barriers": [] if book.randomized else gate(read.study(), book, timezone.localdate(), said=shown),
        "statements": _statements(protocol, shown, book),
        "signed": book.eligibility,
        "signed_header": book.eligibility_header,
        "still_signed": book.eligibility is not None and book.eligibility.evaluation == evaluation.digest,
        "forms": _forms(protocol, shown, book),
        "refusal": refusal,
        "typed": request.POST,
        "failed": [line.verdict.criterion.id for line in lines if line.verdict.truth is Truth.FALSE],
        "over": bool(book.randomized or book.screen_failed),
    }
    return render(request, "screening.html", context, status=409 if refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.RANDOMIZE)
def randomize(request: Any, subject: str) -> HttpResponse:
    """One quiet page: strata, signatures, the password; then the arm and the dated schedule."""
    book, protocol, shown = request.casebook, protocol_for(request), shown_protocol(request)
    refusal = None
    if request.method == "POST":
        try:
            act(
                request,
                Randomize(subject, request.POST.get("evaluation", "")),
                password=request.POST.get("password", ""),
            )
            return redirect("randomize", subject=subject)
        except Refusal as error:
            refusal = error
    today = timezone.localdate()
    context: dict[str, Any] = {"subject": subject, "book": book, "refusal": refusal}
    if book.randomized:
        arm = shown.arm(book.arm)
        context |= {
            "arm": arm,
            "schedule": appointments(shown, book, today=book.randomized_on),
            "at": book.randomized_header,
        }
        return render(request, "randomized.html", context)
    strata = derive_strata(shown, book, today)
    context |= {
        "barriers": gate(read.study(), book, today, said=shown),
        "strata": [(factor, strata[factor.id], _level(factor, strata[factor.id])) for factor in shown.strata],
        "statements": _statements(protocol, shown, book),
        "signed": book.eligibility,
        "signed_header": book.eligibility_header,
    }
    return render(request, "randomize.html", context, status=409 if refusal else 200)


def _decide(request: Any, subject: str) -> HttpResponse:
    if request.POST.get("act") == "fail":
        criteria = tuple(request.POST.getlist("criteria"))
        on = request.POST.get("on") or timezone.localdate().isoformat()
        act(request, FailScreening(subject, on, criteria, request.POST.get("reason", "")))
        messages.success(request, _("Screen failure recorded."))
        return redirect("participant", subject=subject)
    sign = SignEligibility(subject, request.POST.get("evaluation", ""))
    act(request, sign, password=request.POST.get("password", ""))
    messages.success(request, _("Eligibility signed."))
    return redirect("randomize", subject=subject)


def _evaluation(request: Any, book: Casebook, protocol: Protocol) -> Evaluation:
    on = book.randomized_on or timezone.localdate()
    return evaluate_eligibility(protocol, book, on, translated=translated_or_none(request))


def _line(protocol: Protocol, shown: Protocol, book: Casebook, verdict: Verdict) -> Line:
    criterion = shown.criterion(verdict.criterion.id)
    reads = verdict.judgement.criterion.reads
    wanted = reads.items | reads.registers
    sources = []
    for form, label in zip(protocol.forms, shown.forms, strict=True):
        if form.id in wanted or any(item.id in wanted for item in form.items) or f"signed({form.id})" in wanted:
            sources.append((label.label, _form_url(book, protocol, form)))
    return Line(verdict, criterion.says, criterion.reading, tuple(sources), tuple(_tree(verdict.judgement.step, 0)))


def _form_url(book: Casebook, protocol: Protocol, form: Any) -> str:
    if form.use == "log":
        return reverse(
            "lesions" if form.id == "lesions" else "log",
            args=[book.subject] + ([] if form.id == "lesions" else [form.id]),
        )
    if form.use == "subject":
        return reverse("form", args=[book.subject, form.id])
    visit = next((one.id for one in protocol.schedule if form.id in one.forms and one.anchor == "consent"), "")
    return (
        reverse("form-at", args=[book.subject, form.id, visit])
        if visit
        else reverse("participant", args=[book.subject])
    )


def _tree(step: Step, depth: int) -> list[tuple[int, str, str]]:
    """Each leaf read: its name, its value and where it comes from; deeper the further it lies within."""
    found = []
    if step.evidence is not None:
        leaf = step.evidence
        where = f"{leaf.date or ''} {leaf.row}".strip()
        says = leaf.label.say(get_language() or "en")
        found.append((depth, says, f"{_recorded(leaf.recorded)} {where}".strip()))
    for child in step.children:
        found += _tree(child, depth + 1)
    return found


def _recorded(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _statements(protocol: Protocol, shown: Protocol, book: Casebook) -> list[tuple[Any, Any, str]]:
    """Each form to be signed in screening, with its valid signature."""
    return [
        (label, book.signature_on(form.id), reverse("form", args=[book.subject, form.id]))
        for form, label in zip(protocol.forms, shown.forms, strict=True)
        if form.signed_by and form.use == "subject" and form.from_stage == "screening"
    ]


def _forms(protocol: Protocol, shown: Protocol, book: Casebook) -> list[tuple[str, str, str]]:
    """The forms of screening, in the protocol's order, with how they stand."""
    found = []
    for visit in protocol.schedule:
        if visit.anchor != "consent":
            continue
        for form_id in visit.forms:
            form = protocol.form(form_id)
            rows = book.rows(form_id)
            if form.use == "log":
                standing = "done" if form_id in book.completed else "partial" if rows else "open"
            else:
                standing = "done" if book.record(form_id, visit.id if form.use == "visit" else "") else "open"
            url = (
                reverse("form-at", args=[book.subject, form_id, visit.id])
                if form.use == "visit"
                else _form_url(book, protocol, form)
            )
            found.append((shown.form(form_id).label, standing, url))
    return found


def _level(factor: Any, level: Any) -> str:
    return next((one.label for one in factor.levels if one.id == level), "") if isinstance(level, str) else ""
