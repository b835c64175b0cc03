"""The grid of a scan as shown to either reader: a line for each lesion, the sums, the responses, their sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from equipoise.clinical.recist.target import percent
from equipoise.conduct.assessment import Course, Followed, warnings
from equipoise.kernel.canonical import decimal_text
from equipoise.kernel.messages import Message
from equipoise.kernel.truth import Truth
from equipoise.web.forms.controls import controls
from equipoise.web.views.assessment_entry import Opened, Typed, asked_items


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


def shown_grid(request: Any, page: Opened, given: Typed, names: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """What the template of a grid needs. `names` are the lesions that items of the assessment may name."""
    odd = warnings(given.course, given.scan) if given.course and given.scan else []
    sections = controls(
        page.form,
        page.shown.form(page.form.id),
        page.record,
        asked={item: truth is not Truth.FALSE for item, truth in asked_items(page, given.reading).items()},
        lesions=names,
        raw=given.raw or None,
        errors=given.reading.errors if given.reading else None,
    )
    kept = [(section, [one for one in row if one.item.id not in page.given]) for section, row in sections]
    kept = [(section, row) for section, row in kept if row]
    before = [section for section in kept if not _holds(page, section, "assessment.overall")]
    found = given.course or page.course(page.book)
    lines = [_line(page, found, given, lesion, odd) for lesion in page.lesions]
    role = request.actor.role
    return {
        "page": page,
        "visit": page.visit,
        "problem": found.problem,
        "misplaced": found.findings,
        "label": page.shown.form(page.form.id).label,
        "before": before,
        "after": [section for section in kept if section not in before],
        "groups": [
            (_("Target lesions"), True, [line for line in lines if line.lesion.role == "target"]),
            (_("Non-target lesions"), False, [line for line in lines if line.lesion.role == "non_target"]),
        ],
        "states": _options(page, "measurement.state"),
        "has_suv": bool(page.concepts.item("measurement.suvmax")),
        "has_growth": bool(page.concepts.item("measurement.unequivocal_growth")),
        "names": [one.id for one in page.lesions],
        "summary": summary_of(page, given),
        "implausible": bool(odd),
        "seen": request.POST.get("seen") or page.book.position,
        "reason": request.POST.get("reason", ""),
        "recorded": page.record is not None,
        "may_fill": role in page.form.filled_by and role in page.rows_form.filled_by,
    }


def checked_grid(page: Opened, given: Typed) -> dict[str, Any]:
    """What a page is told while one types: items asked, errors, findings, the response as it would be."""
    language = get_language() or "en"
    odd = warnings(given.course, given.scan) if given.course and given.scan else []
    reading = given.reading
    errors = {f"row-{name}": problem.say(language) for name, problem in given.errors.items()}
    if reading is not None:
        errors |= {item: problem.say(language) for item, problem in reading.errors.items()}
    misplaced = given.course.findings if given.course else ()
    return {
        "asked": {item: truth is not Truth.FALSE for item, truth in asked_items(page, reading).items()},
        "errors": errors,
        "findings": {finding.where.replace("lesion.", "row-"): finding.says.say(language) for finding in odd},
        "misplaced": [finding.says.say(language) for finding in misplaced],
        "summary": summary_of(page, given),
        "implausible": bool(odd),
    }


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


def summary_of(page: Opened, given: Typed) -> dict[str, Any]:
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
