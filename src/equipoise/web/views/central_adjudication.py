"""Two readings of one scan beside each other, as A and B: an adjudicator chooses one, not knowing whose it is.

Comments, names of lesions and computed sentences stay out: each of them could tell which reading is the site's.
"""

from dataclasses import dataclass
from typing import Any, Literal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from equipoise.clinical.recist.target import percent
from equipoise.conduct.actions.central import AdjudicateResponse
from equipoise.conduct.assessment import Course
from equipoise.conduct.central import Comparison
from equipoise.conduct.concepts import concepts_of
from equipoise.conduct.scans import Scan
from equipoise.kernel.canonical import decimal_text
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.web.acting import act
from equipoise.web.documents import protocol_for, shown_protocol
from equipoise.web.views.central_access import for_adjudicator
from equipoise.web.views.lesion_labels import Labels

Whose = Literal["investigator", "central"]


@dataclass(frozen=True, slots=True)
class Row:
    """A lesion of a reading, without its name."""

    place: str
    role: str
    baseline: str
    nadir: str
    previous: str
    now: str


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two readings: its lesions, its sums, its responses, and what it said of the scans before."""

    letter: str
    rows: tuple[Row, ...]
    baseline_sum: str
    nadir_sum: str
    sum: str
    from_baseline: str
    from_nadir: str
    target: str
    non_target: str
    new_lesions: str
    response: str
    earlier: tuple[tuple[Any, str, str], ...]


@require_http_methods(["GET", "HEAD", "POST"])
@for_adjudicator
def adjudicate(request: Any, number: str, visit: str) -> HttpResponse:
    """Show both readings as A and B; posting chooses one, with a reason and the password again."""
    review = request.review
    compared = review.scan(visit)
    if compared is None:
        raise Refusal(message("central.no_scan", visit=visit[:60]))
    if not compared.asks:
        raise Refusal(message("central.agree", visit=visit[:60]))
    refusal = None
    order = _order(compared)
    if request.method == "POST":
        chosen = dict(zip("AB", order, strict=True)).get(request.POST.get("chosen", ""), "")
        covers, reason = request.POST.get("covers", ""), request.POST.get("reason", "")[:500]
        action = AdjudicateResponse(request.casebook.subject, visit, chosen, covers, reason)  # type: ignore[arg-type]
        try:
            act(request, action, password=request.POST.get("password", ""))
            messages.success(request, _("Adjudicated."))
            return redirect("central")
        except Refusal as error:
            refusal = error
    sides = [_side(request, letter, whose, compared) for letter, whose in zip("AB", order, strict=True)]
    decided = compared.adjudicated
    context = {
        "number": number, "compared": compared, "sides": sides, "refusal": refusal, "decided": decided,
        "decided_for": "AB"[order.index(decided[0].chosen)] if decided else "",
        "chosen": request.POST.get("chosen", ""), "reason": request.POST.get("reason", ""),
    }  # fmt: skip
    return render(request, "adjudication.html", context, status=409 if refusal else 200)


def _order(compared: Comparison) -> tuple[Whose, Whose]:
    """Which reading is A: by a digit of their digest, so that it is the same whenever the page is opened."""
    return ("investigator", "central") if int(compared.covers[-1], 16) % 2 else ("central", "investigator")


def _side(request: Any, letter: str, whose: Whose, compared: Comparison) -> Side:
    review, local = request.review, whose == "investigator"
    found: Course = review.local if local else review.central
    scan = compared.local if local else compared.central
    assert scan is not None
    verdict = scan.verdict
    base, total = found.baseline_sum, verdict.sum if verdict else None
    nadir = verdict.history.nadir if verdict and base else None
    growth = f"{percent(total, nadir)}, {total - nadir:+f} mm" if total is not None and nadir else "–"
    earlier = [one for one in review.scans if one.on < compared.on]
    read = [(one.on, one.local if local else one.central) for one in earlier]
    labels = Labels(protocol_for(request), shown_protocol(request), "" if local else "central.")
    return Side(
        letter=letter,
        rows=_rows(request, found, scan, labels, "" if local else "central."),
        baseline_sum=_mm(base),
        nadir_sum=_mm(nadir),
        sum=_mm(total),
        from_baseline=percent(total, base) if total is not None and base else "–",
        from_nadir=growth,
        target=str(verdict.target) if verdict else "–",
        non_target=labels.of("assessment.non_target", scan.non_target),
        new_lesions=labels.of("assessment.new_lesions", scan.new_lesions),
        response=scan.response,
        earlier=tuple((on, _mm(one.verdict.sum if one.verdict else None), one.response) for on, one in read if one),
    )


def _rows(request: Any, found: Course, scan: Scan, labels: Labels, prefix: str) -> tuple[Row, ...]:
    concepts, shown = concepts_of(protocol_for(request), prefix), shown_protocol(request)
    organs = {organ.id: organ.label for organ in shown.lesions.organs} if shown.lesions else {}
    rows = []
    for one in found.lesions:
        if one.role not in ("target", "non_target"):
            continue
        side = concepts.text(one.lesion.record, "lesion.side")
        place = organs.get(one.lesion.organ, one.lesion.organ)
        if side in ("left", "right"):
            place = f"{place}, {labels.of('lesion.side', side).lower()}"
        measured, previous = scan.lesions.get(one.id), found.previous(one.id, scan)
        now = "–"
        if measured is not None:
            now = _mm(measured.typed) if measured.typed is not None else labels.of("measurement.state", measured.state)
        before = _mm(previous.value if previous else None)
        role = _("target") if one.role == "target" else _("non-target")
        rows.append(
            (one.role != "target", Row(place, role, _mm(one.size), _mm(found.nadir(one.id, scan)), before, now))
        )
    return tuple(row for _last, row in sorted(rows, key=lambda each: (each[0], each[1].place, each[1].baseline)))


def _mm(size: Any) -> str:
    return "–" if size is None else decimal_text(size)
