"""An assessment on one page: lesions down, baseline, nadir, previous and now across, the response as one types."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from equipoise.clinical.recist.codes import Response
from equipoise.clinical.recist.target import percent
from equipoise.conduct.actions.records import Enter
from equipoise.conduct.actions.together import EnterTogether
from equipoise.conduct.assessment import Course, Followed, Measured, Scan, course, warnings
from equipoise.conduct.calendar import appointments
from equipoise.conduct.casebook import Casebook, Record
from equipoise.conduct.completeness import asked
from equipoise.conduct.concepts import Concepts
from equipoise.conduct.drafting import with_draft
from equipoise.conduct.edit_checks import Reading, read_answers
from equipoise.conduct.lesions import register
from equipoise.conduct.permissions import Permission
from equipoise.kernel.canonical import decimal_text
from equipoise.kernel.errors import NotPermitted, Refusal
from equipoise.kernel.messages import Message, message
from equipoise.kernel.truth import Truth
from equipoise.methods.forms import Form
from equipoise.methods.items import Answer
from equipoise.protocol.model import Protocol
from equipoise.web.access import may_open, requires
from equipoise.web.acting import act
from equipoise.web.documents import protocol_for, shown_protocol
from equipoise.web.forms.controls import controls, typed

PARTS = {
    "state": "measurement.state",
    "mm": "measurement.diameter",
    "with": "measurement.coalesced_with",
    "suv": "measurement.suvmax",
    "grew": "measurement.unequivocal_growth",
}
"""What a row of the grid may hold: the stem of its inputs' names and the concept behind it."""

WITH_SIZE = ("measured", "split", "coalesced")
"""The states that have a diameter."""


@dataclass(frozen=True)
class Opened:
    """An assessment opened for a visit: its two forms, what stands there, and the lesions to be read."""

    protocol: Protocol
    shown: Protocol
    concepts: Concepts
    book: Casebook
    visit: str
    form: Form
    rows_form: Form
    lesions: tuple[Followed, ...]

    @property
    def record(self) -> Record | None:
        """The assessment as recorded."""
        return self.book.record(self.form.id, self.visit)


@dataclass
class Typed:
    """A page as typed: what it would enter, what cannot be right, and the course if it were saved."""

    entries: list[Enter] = field(default_factory=list)
    raw: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    reading: Reading | None = None
    errors: dict[str, Message] = field(default_factory=dict)
    course: Course | None = None
    scan: Scan | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A lesion as a line of the grid."""

    lesion: Followed
    label: str
    baseline: str
    nadir: str
    previous: str
    now: Mapping[str, Any]
    error: Message | None = None
    warning: Message | None = None


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.SEE_SUBJECTS)
def assessment(request: Any, subject: str, visit: str) -> HttpResponse:
    """Show the grid; save every row and the assessment together."""
    page = _open(request, visit)
    if request.method != "POST":
        return _page(request, page, _as_recorded(page))
    given = _typed(page, request.POST)
    try:
        _may_be_saved(page, given, request.POST)
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
    language = get_language() or "en"
    given = _typed(page, request.POST)
    odd = warnings(given.course, given.scan) if given.course and given.scan else []
    reading = given.reading
    errors = {f"row-{name}": problem.say(language) for name, problem in given.errors.items()}
    if reading is not None:
        errors |= {item: problem.say(language) for item, problem in reading.errors.items()}
    return JsonResponse(
        {
            "asked": {item: truth is not Truth.FALSE for item, truth in _asked(page, reading).items()},
            "errors": errors,
            "findings": {finding.where.replace("lesion.", "row-"): finding.says.say(language) for finding in odd},
            "summary": _summary(page, given),
            "implausible": bool(odd),
        }
    )


def _open(request: Any, visit: str) -> Opened:
    protocol, shown, book = protocol_for(request), shown_protocol(request), request.casebook
    concepts = Concepts(protocol)
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


def _as_recorded(page: Opened) -> Typed:
    found = course(page.protocol, page.book)
    scan = found.scan(page.visit)
    given = Typed(course=found, scan=scan)
    for name, measured in (scan.lesions if scan else {}).items():
        given.rows[name] = {part: _raw(page, measured, concept) for part, concept in PARTS.items()}
    return given


def _raw(page: Opened, measured: Measured, concept: str) -> Any:
    answer = page.concepts.answer(measured.record, concept) if measured.record else None
    if answer is None or not answer.is_known:
        return ""
    if isinstance(answer.value, tuple):
        return answer.value[0]
    return "yes" if answer.value is True else "no" if answer.value is False else answer.value


def _typed(page: Opened, data: Any) -> Typed:
    """Read a page as typed, and judge the course with it laid over the casebook."""
    given = Typed(raw=typed(page.form, data))
    today, seen = timezone.localdate(), _position(data.get("seen", ""))
    reason, book = data.get("reason", "")[:500], page.book
    given.reading = read_answers(page.protocol, page.form, given.raw, book, occurrence=page.visit, today=today)
    before = page.record
    if _changes(before, given.reading.answers) or given.reading.errors:
        subject = book.subject
        given.entries.append(
            Enter(subject, page.form.id, given.raw, occurrence=page.visit, visit=page.visit, seen=seen, reason=reason)
        )
    book = with_draft(book, page.form.id, page.visit, given.reading.answers)
    known = course(page.protocol, page.book).scan(page.visit)
    day = given.raw.get(page.concepts.item("assessment.date"), {}).get("value", "")
    for lesion in page.lesions:
        row = given.rows[lesion.id] = {part: data.get(f"{lesion.id}-{part}", "").strip()[:40] for part in PARTS}
        if row["mm"] and not row["state"]:
            row["state"] = "measured"
        if not row["state"]:
            continue
        recorded = known.lesions[lesion.id].record if known and lesion.id in known.lesions else None
        raw = _row_answers(page, lesion.id, row, day)
        reading = read_answers(
            page.protocol,
            page.rows_form,
            raw,
            page.book,
            occurrence=recorded.occurrence if recorded else "new",
            today=today,
        )
        if reading.errors:
            given.errors[lesion.id] = next(iter(reading.errors.values()))
            continue
        if row["state"] in ("measured", "split") and not row["mm"]:
            given.errors[lesion.id] = message("assessment.mm_needed")
        if _changes(recorded, reading.answers):
            occurrence = recorded.occurrence if recorded else "new"
            given.entries.append(
                Enter(
                    page.book.subject,
                    page.rows_form.id,
                    raw,
                    occurrence=occurrence,
                    visit=page.visit,
                    seen=seen,
                    reason=reason,
                )
            )
        book = with_draft(book, page.rows_form.id, recorded.occurrence if recorded else lesion.id, reading.answers)
        _tag(book, page, recorded.occurrence if recorded else lesion.id)
    if not given.errors:  # an impossible number would not sum up: the row's own error says so
        given.course = course(page.protocol, book)
        given.scan = given.course.scan(page.visit)
    return given


def _tag(book: Casebook, page: Opened, occurrence: str) -> None:
    """A draft row belongs to this visit, as it will once saved."""
    record = book.records[page.rows_form.id, occurrence]
    book.records[page.rows_form.id, occurrence] = replace(record, visit=page.visit)


def _row_answers(page: Opened, lesion: str, row: Mapping[str, str], day: str) -> dict[str, dict[str, Any]]:
    values: dict[str, Any] = {"measurement.lesion": [lesion], "measurement.state": row["state"]}
    if day:
        values["measurement.date"] = day
    if row["mm"] and row["state"] in WITH_SIZE:
        values["measurement.diameter"] = row["mm"]
    if row["with"] and row["state"] == "coalesced":
        values["measurement.coalesced_with"] = [row["with"]]
    if row["suv"]:
        values["measurement.suvmax"] = row["suv"]
    if row["grew"]:
        values["measurement.unequivocal_growth"] = row["grew"]
    return {item: {"value": value} for concept, value in values.items() if (item := page.concepts.item(concept))}


def _changes(record: Record | None, answers: Mapping[str, Answer]) -> bool:
    if record is None:
        return bool(answers)
    return any(record.items.get(item) != answer for item, answer in answers.items())


def _may_be_saved(page: Opened, given: Typed, data: Any) -> None:
    """Refuse what cannot be understood, an unlikely change nobody confirmed, and a disagreement without its reason."""
    if given.errors:
        problems = tuple(message("refuse.item", item=name, problem=problem) for name, problem in given.errors.items())
        raise Refusal(message("refuse.items", problems=problems))
    if not given.entries or given.course is None or given.scan is None:
        return
    if given.reading is not None and given.reading.errors:
        return  # the action refuses these itself, with the labels of their items
    if warnings(given.course, given.scan) and data.get("confirmed") != "yes":
        raise Refusal(message("assessment.confirm"))
    if given.scan.disagrees and page.concepts.item("assessment.comment") and not given.scan.comment.strip():
        assert given.scan.verdict is not None
        raise Refusal(
            message("assessment.reason_needed", computed=str(given.scan.verdict.overall), own=given.scan.stated)
        )


def _asked(page: Opened, reading: Reading | None) -> dict[str, Truth]:
    book, record = page.book, page.record
    if reading is not None or record is None:
        book = with_draft(book, page.form.id, page.visit, reading.answers if reading else {})
        record = book.record(page.form.id, page.visit)
    wanted = asked(page.protocol, book, page.form, record)
    return {item: Truth.FALSE if truth is Truth.UNKNOWN else truth for item, truth in wanted.items()}


def _page(request: Any, page: Opened, given: Typed, *, refusal: Refusal | None = None) -> HttpResponse:
    odd = warnings(given.course, given.scan) if given.course and given.scan else []
    lesions = tuple((one.id, f"{one.id} {one.label}") for one in register(page.protocol, page.book))
    sections = controls(
        page.form,
        page.shown.form(page.form.id),
        page.record,
        asked={item: truth is not Truth.FALSE for item, truth in _asked(page, given.reading).items()},
        lesions=lesions,
        raw=given.raw or None,
        errors=given.reading.errors if given.reading else None,
    )
    before = [section for section in sections if not _holds(page, section, "assessment.overall")]
    found = given.course or course(page.protocol, page.book)
    lines = [_line(page, found, given, lesion, odd) for lesion in page.lesions]
    role = request.actor.role
    context = {
        "subject": page.book.subject,
        "visit": page.visit,
        "page": page,
        "refusal": refusal,
        "problem": found.problem,
        "label": page.shown.form(page.form.id).label,
        "before": before,
        "after": [section for section in sections if section not in before],
        "groups": [
            (_("Target lesions"), True, [line for line in lines if line.lesion.role == "target"]),
            (_("Non-target lesions"), False, [line for line in lines if line.lesion.role == "non_target"]),
        ],
        "states": _options(page, "measurement.state"),
        "has_suv": bool(page.concepts.item("measurement.suvmax")),
        "has_growth": bool(page.concepts.item("measurement.unequivocal_growth")),
        "names": [one.id for one in page.lesions],
        "summary": _summary(page, given),
        "implausible": bool(odd),
        "seen": request.POST.get("seen") or page.book.position,
        "reason": request.POST.get("reason", ""),
        "recorded": page.record is not None,
        "may_fill": role in page.form.filled_by and role in page.rows_form.filled_by,
        "progressed": found.scan(page.visit) is not None
        and page.book.progressed_on is None
        and (scan := found.scan(page.visit)) is not None
        and scan.verdict is not None
        and scan.verdict.overall is Response.PD
        and page.record is not None,
        "progression": page.concepts.form("progression.date"),
    }
    return render(request, "assessment.html", context, status=409 if refusal else 200)


def _holds(page: Opened, section: tuple[Any, list[Any]], concept: str) -> bool:
    return any(control.item.id == page.concepts.item(concept) for control in section[1])


def _options(page: Opened, concept: str) -> list[tuple[str, str]]:
    item = page.shown.form(page.rows_form.id).item(page.concepts.item(concept))
    return [(option.id, option.label) for option in getattr(item, "options", ())]


def _line(page: Opened, found: Course, given: Typed, lesion: Followed, odd: list[Any]) -> Line:
    scan = found.scan(page.visit)
    previous = found.previous(lesion.id, scan)
    nadir = found.nadir(lesion.id, scan)
    assert page.shown.lesions is not None
    organ = next((one.label for one in page.shown.lesions.organs if one.id == lesion.lesion.organ), lesion.lesion.organ)
    return Line(
        lesion=lesion,
        label=organ,
        baseline=_mm(lesion.size),
        nadir=_mm(nadir),
        previous=_mm(previous.value if previous else None),
        now=given.rows.get(lesion.id, {}),
        error=given.errors.get(lesion.id),
        warning=next((finding.says for finding in odd if finding.where == f"lesion.{lesion.id}"), None),
    )


def _mm(size: Any) -> str:
    return "–" if size is None else decimal_text(size)


def _summary(page: Opened, given: Typed) -> dict[str, Any]:
    """The sums, changes and responses of a page in the page's language."""
    language = get_language() or "en"
    found, scan = given.course, given.scan
    told: dict[str, Any] = {
        "baseline": _mm(found.baseline_sum if found else None),
        "nadir": "–",
        "previous": "–",
        "sum": "–",
        "from_baseline": "–",
        "from_nadir": "–",
        "target": "–",
        "non_target": "–",
        "overall": "–",
        "says": found.problem.say(language) if found and found.problem else "",
        "own": "",
        "disagrees": False,
    }
    if found is None:
        return told
    earlier = [one.verdict.sum for one in found.before(scan) if one.verdict and one.verdict.sum is not None]
    told["previous"] = _mm(earlier[-1] if earlier else found.baseline_sum)
    verdict = scan.verdict if scan else None
    if verdict is None or scan is None:
        sums = [*earlier, *([found.baseline_sum] if found.baseline_sum is not None else [])]
        return told | {"nadir": _mm(min(sums, default=None))}
    if not scan.lesions and not scan.non_target:
        return told | {"nadir": _mm(verdict.history.nadir), "says": _("Nothing is read yet.")}
    changes = {}
    if verdict.sum is not None and found.baseline_sum:
        growth = verdict.sum - verdict.history.nadir
        changes = {
            "from_baseline": percent(verdict.sum, verdict.history.baseline),
            "from_nadir": f"{percent(verdict.sum, verdict.history.nadir)}, {growth:+f} mm" if growth else "±0 %",
        }
    return (
        told
        | changes
        | {
            "nadir": _mm(verdict.history.nadir) if found.baseline_sum else "–",
            "sum": _mm(verdict.sum),
            "target": str(verdict.target),
            "non_target": str(verdict.non_target),
            "overall": str(verdict.overall),
            "says": verdict.reason.say(language),
            "own": scan.stated,
            "disagrees": scan.disagrees,
        }
    )


def _position(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def assessment_url(protocol: Protocol, subject: str, visit: str, forms: tuple[str, ...]) -> str:
    """The page of a visit's assessment; '' for a visit without one, or a protocol that measures no lesions."""
    concepts = Concepts(protocol)
    form, rows = concepts.form("assessment.overall"), concepts.form("measurement.lesion")
    if form is None or rows is None or protocol.lesions is None or form.id not in forms:
        return ""
    return reverse("assessment", args=[subject, visit])
