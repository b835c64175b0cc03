"""A form of the case report: seen, filled in, corrected with a reason, checked while one types."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from equipoise.conduct.actions.records import CompleteLog, Enter, FormNotDone, RemoveRow
from equipoise.conduct.actions.signatures import SignForm
from equipoise.conduct.casebook import Casebook, Record
from equipoise.conduct.completeness import asked, unanswered
from equipoise.conduct.consistency import inconsistencies
from equipoise.conduct.documents import protocol_of
from equipoise.conduct.drafting import with_draft
from equipoise.conduct.edit_checks import Reading, read_answers
from equipoise.conduct.lesions import register
from equipoise.conduct.permissions import Permission
from equipoise.conduct.study import Study
from equipoise.conduct.versions import Standing, standing
from equipoise.kernel.errors import NotPermitted, Refusal
from equipoise.kernel.messages import message
from equipoise.kernel.printed_units import printed_units
from equipoise.kernel.truth import Truth
from equipoise.ledger import read
from equipoise.methods.forms import Form
from equipoise.protocol.model import Protocol
from equipoise.web.access import may_open, requires
from equipoise.web.acting import act
from equipoise.web.documents import protocol_for, version_in_language
from equipoise.web.forms.controls import controls, typed


@dataclass(frozen=True)
class Opened:
    """A form opened for a subject: the protocol's form, its labels, what stands there, in which version.

    `stands` is the version the page shows: the one a record was filled in, or the one in force. `moved` says that the
    record stands in an older version and is about to be continued in the one in force.
    """

    protocol: Protocol
    form: Form
    shown: Form
    casebook: Casebook
    occurrence: str
    record: Record | None
    stands: Standing
    moved: bool = False

    @property
    def version(self) -> str:
        """The number of the version shown."""
        return self.protocol.version

    @property
    def is_new_row(self) -> bool:
        """Whether this page adds a row to a log."""
        return self.form.use == "log" and self.occurrence == "new"


def opened(request: Any, form: str, occurrence: str) -> Opened:
    """Open a form in the version its record was filled in, else in the one in force.

    The field `version` (the digest of the one in force) asks for a record to be continued there. Raises Refusal where
    there is no such form.
    """
    study, wanted = read.study(), request.POST.get("version") or request.GET.get("version") or ""
    record = request.casebook.record(form, occurrence) if occurrence != "new" else None
    rows = request.casebook.rows(form)
    if record is None and not occurrence and rows and not _has(protocol_for(request), form):
        stands = standing(study, request.casebook, rows[-1])  # a log that is no longer kept: its rows can still be read
    else:
        stands = standing(study, request.casebook, record, version=wanted)
    protocol, shown = stands.protocol, version_in_language(study, stands.digest)
    try:
        own = protocol.form(form)
    except KeyError:
        raise Refusal(message("refuse.unknown_form", form=form[:60])) from None
    if own.use == "visit" and not occurrence:
        raise Refusal(message("web.which_visit", form=shown.form(form).label))
    if not may_open(request, request.casebook, own):
        raise NotPermitted(message("web.tells_arm", form=shown.form(form).label))
    moved = bool(wanted) and standing(study, request.casebook, record).is_older
    return Opened(protocol, own, shown.form(form), request.casebook, occurrence, record, stands, moved)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SEE_SUBJECTS)
def form(request: Any, subject: str, form: str, occurrence: str = "") -> HttpResponse:
    """Show a form; save what was typed. What was typed stays on the page whatever is wrong with it."""
    page = opened(request, form, occurrence)
    if request.method != "POST":
        return _page(request, page)
    answers = typed(page.form, request.POST)
    enter = Enter(
        subject,
        form,
        answers,
        occurrence=occurrence if page.form.use == "log" else "",
        visit=occurrence if page.form.use == "visit" else "",
        seen=_position(request.POST.get("seen", "")),
        reason=request.POST.get("reason", "")[:500],
        version=page.stands.digest if page.moved else "",
    )
    try:
        act(request, enter)
    except Refusal as refusal:
        reading = read_answers(
            page.protocol, page.form, answers, page.casebook, occurrence=occurrence, today=timezone.localdate()
        )
        return _page(request, page, refusal=refusal, raw=answers, reading=reading)
    messages.success(request, _("Saved."))
    if page.form.use == "visit":
        return redirect("visit", subject=subject, visit=occurrence)
    return redirect("log" if page.form.use == "log" else "form", subject=subject, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SEE_SUBJECTS)
def log(request: Any, subject: str, form: str) -> HttpResponse:
    """A log: its rows, a new one, and the declaration that it is complete."""
    page = opened(request, form, "")
    if page.form.use != "log":
        return redirect("form", subject=subject, form=form)
    refusal = None
    if request.method == "POST":
        try:
            act(request, CompleteLog(subject, form))
            messages.success(request, _("Declared complete."))
            return redirect("log", subject=subject, form=form)
        except Refusal as error:
            refusal = error
    columns = list(page.shown.items)[:6]
    study = read.study()
    rows = [(record, _cells(study, page.casebook, columns, record)) for record in page.casebook.rows(form)]
    context = {
        "page": page, "rows": rows, "columns": columns, "refusal": refusal, "subject": subject,
        "complete": page.casebook.completed.get(form),
        "may_fill": request.actor.role in page.form.filled_by and not page.stands.is_older,
    }  # fmt: skip
    return render(request, "log.html", context)


@require_POST
@requires(Permission.ENTER)
def remove_row(request: Any, subject: str, form: str, occurrence: str) -> HttpResponse:
    """Strike a row that was entered in error."""
    page = opened(request, form, occurrence)
    try:
        act(request, RemoveRow(subject, form, occurrence, request.POST.get("reason", "")))
    except Refusal as refusal:
        return _page(request, page, refusal=refusal)
    messages.success(request, _("The row is struck; it stays in the record."))
    return redirect("log", subject=subject, form=form)


@require_POST
@requires(Permission.ENTER)
def not_done(request: Any, subject: str, form: str, occurrence: str = "") -> HttpResponse:
    """Say that the whole form was not done."""
    page = opened(request, form, occurrence)
    try:
        act(request, FormNotDone(subject, form, request.POST.get("reason", ""), occurrence))
    except Refusal as refusal:
        return _page(request, page, refusal=refusal)
    return redirect("participant", subject=subject)


@require_POST
@requires(Permission.SIGN)
def sign_form(request: Any, subject: str, form: str, occurrence: str = "") -> HttpResponse:
    """Sign a form exactly as it was shown, with the password again."""
    page = opened(request, form, occurrence)
    says = _("I have judged this myself: %(form)s") % {"form": page.shown.label}
    sign = SignForm(subject, form, request.POST.get("covers", ""), says, occurrence)
    try:
        act(request, sign, password=request.POST.get("password", ""))
    except Refusal as refusal:
        return _page(request, page, refusal=refusal)
    messages.success(request, _("Signed."))
    return redirect("participant", subject=subject)


@require_POST
@requires(Permission.ENTER)
def check_form(request: Any, subject: str, form: str, occurrence: str = "") -> JsonResponse:
    """While one types: which items are asked, what cannot be right, what is odd, what does not agree.

    Nothing is written.
    """
    page = opened(request, form, occurrence)
    language = get_language() or "en"
    reading = read_answers(
        page.protocol, page.form, typed(page.form, request.POST), page.casebook,
        occurrence=occurrence, today=timezone.localdate(),
    )  # fmt: skip
    return JsonResponse(
        {
            "asked": {item: truth is not Truth.FALSE for item, truth in _asked(page, reading).items()},
            "errors": {item: problem.say(language) for item, problem in reading.errors.items()},
            "findings": {finding.where.rpartition(".")[2]: finding.says.say(language) for finding in reading.findings},
            "inconsistent": [finding.says.say(language) for finding in _inconsistent(page, reading)],
        }
    )


def _page(
    request: Any,
    page: Opened,
    *,
    refusal: Refusal | None = None,
    raw: dict[str, dict[str, Any]] | None = None,
    reading: Reading | None = None,
) -> HttpResponse:
    lesions = tuple((lesion.id, f"{lesion.id} {lesion.label}") for lesion in register(page.protocol, page.casebook))
    wanted = _asked(page, reading)
    sections = controls(
        page.form,
        page.shown,
        page.record,
        asked={item: truth is not Truth.FALSE for item, truth in wanted.items()},
        lesions=lesions,
        raw=raw,
        errors=reading.errors if reading else None,
        casebook=page.casebook,
    )
    record = page.record
    signature = page.casebook.signature_on(page.form.id, page.occurrence) if record else None
    context = {
        "page": page,
        "subject": page.casebook.subject,
        "sections": sections,
        "refusal": refusal,
        "findings": reading.findings if reading else _findings(page),
        "record": record,
        "seen": request.POST.get("seen") or (record.seen if record else 0),
        "reason": request.POST.get("reason", ""),
        "covers": record.covers() if record else "",
        "signature": signature,
        "may_fill": request.actor.role in page.form.filled_by,
        "may_sign": request.actor.role == page.form.signed_by,
        "unanswered": unanswered(page.protocol, page.casebook, page.form, record) if record else [],
        "in_force": _in_force(page),
        "left": _left(page),
    }
    return render(request, "form.html", context, status=409 if refusal else 200)


def _in_force(page: Opened) -> str:
    """The number of the version in force, where the record stands in an older one and the form is still in force."""
    if not page.stands.is_older:
        return ""
    now = protocol_of(read.study(), page.stands.in_force)
    return now.version if _has(now, page.form.id) else ""


def _has(protocol: Protocol, form: str) -> bool:
    """Whether a protocol has a form."""
    return any(one.id == form for one in protocol.forms)


def _left(page: Opened) -> list[tuple[str, str, str]]:
    """Answers the version shown does not ask for: label and value as they were recorded, and in which version."""
    if page.record is None:
        return []
    study, asked_for, found = read.study(), {item.id for item in page.form.items}, []
    for name, answer in page.record.items.items():
        if name not in asked_for:
            digest = page.record.history(name)[-1].header.protocol
            then = version_in_language(study, digest if digest in study.protocols else page.stands.in_force)
            item = _item(then, page.form.id, name)
            found.append((item.label if item else name, shown_answer(item, answer), then.version))
    return found


def _item(protocol: Protocol, form: str, item: str) -> Any:
    """An item of a protocol's form; None where it has none such."""
    fields = next((one.items for one in protocol.forms if one.id == form), ())
    return next((one for one in fields if one.id == item), None)


def _cells(study: Study, casebook: Casebook, columns: Any, record: Record) -> list[tuple[Any, str]]:
    """A row of a log under the columns of the version in force, each answer in the words it was given in."""
    own = version_in_language(study, standing(study, casebook, record).digest)
    return [
        (column, shown_answer(_item(own, record.form, column.id) or column, record.answer(column.id)))
        for column in columns
    ]


def _asked(page: Opened, reading: Reading | None) -> dict[str, Truth]:
    casebook, record = page.casebook, page.record
    if reading is not None or record is None:
        casebook = with_draft(page.casebook, page.form.id, page.occurrence, reading.answers if reading else {})
        record = casebook.record(page.form.id, page.occurrence)
    wanted = asked(page.protocol, casebook, page.form, record)
    # A condition not yet decided keeps its item folded on a fresh page: it opens as soon as it holds.
    return {item: Truth.FALSE if truth is Truth.UNKNOWN else truth for item, truth in wanted.items()}


def _inconsistent(page: Opened, reading: Reading) -> list[Any]:
    """The edit checks that the form breaks as typed; one that names an answer not yet readable says nothing."""
    casebook = with_draft(page.casebook, page.form.id, page.occurrence, reading.answers)
    record = casebook.records[page.form.id, page.occurrence]
    for item in reading.errors:
        record.items.pop(item, None)
    return inconsistencies(page.protocol, casebook, page.form, record, shown=page.shown)


def _findings(page: Opened) -> list[Any]:
    if page.record is None:
        return []
    odd = [
        finding
        for item in page.form.items
        if (answer := page.record.answer(item.id)) is not None and answer.is_known
        for finding in item.findings(answer, item.id)
    ]
    return odd + inconsistencies(page.protocol, page.casebook, page.form, page.record, shown=page.shown)


def shown_answer(item: Any, answer: Any) -> str:
    """An answer as people read it: option labels, units, yes and no, not done and unknown."""
    if answer is None:
        return "–"
    if answer.absent:
        return _("not done") if answer.absent == "not_done" else _("unknown")
    if isinstance(answer.value, bool):
        return _("yes") if answer.value else _("no")
    labels = {option.id: option.label for option in getattr(item, "options", ())}
    if isinstance(answer.value, tuple):
        return ", ".join(labels.get(value, value) for value in answer.value)
    text = labels.get(str(answer.value), str(answer.value))
    return f"{text} {printed_units(answer.unit)}" if answer.unit and answer.unit != "1" else text


def _position(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0
