"""Central review as lists: what waits for a central reader, and how the two readings compare for those who oversee."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from equipoise.conduct.facts import ResponseAdjudicated
from equipoise.conduct.permissions import Permission
from equipoise.kernel.errors import Refusal
from equipoise.kernel.messages import message
from equipoise.ledger import read
from equipoise.projections.reviews import ReviewedScan, ReviewSummary
from equipoise.protocol.model import Protocol
from equipoise.web.access import requires
from equipoise.web.blinding import number_of
from equipoise.web.documents import protocol_for
from equipoise.web.reviewing import every_review

SHOWN = 100
"""How many lines of a list a page shows; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something for a central reader to do, under the blinded number."""

    number: str
    what: str
    on: date | None
    url: str


@dataclass(frozen=True, slots=True)
class Discordance:
    """A scan whose readings differ, as overseers see it."""

    subject: str
    site: str
    scan: ReviewedScan
    decision: ResponseAdjudicated | None
    at: datetime | None


@require_safe
@requires(Permission.READ_CENTRALLY)
def central(request: Any) -> HttpResponse:
    """The worklist of a central reader: scans to read, readings to adjudicate, what this reader has read."""
    user, protocol = request.actor.user, _reviewed(request)
    to_read: list[tuple[date, str, ReviewSummary]] = []
    to_adjudicate: list[tuple[date, str, ReviewedScan]] = []
    own = []
    for review in every_review(protocol):
        number = number_of(review.subject)
        if review.reader not in ("", user):
            to_adjudicate += [(one.on, number, one) for one in review.scans if one.waits]
            continue
        if user in review.adjudicators:
            continue
        if review.waits_for_reader and review.scans:
            to_read.append((_next_on(review) or date.min, number, review))
        if review.reader == user:
            own.append((number, sum(one.is_read for one in review.scans), len(review.scans)))
    to_read.sort(key=itemgetter(0, 1))
    to_adjudicate.sort(key=itemgetter(0, 1))
    differ = _("Two readings differ")
    context = {
        "to_read": [_next(number, review) for _on, number, review in to_read[:SHOWN]],
        "more_to_read": len(to_read) - SHOWN,
        "to_adjudicate": [
            Waiting(number, differ, on, reverse("adjudicate", args=[number, one.visit]))
            for on, number, one in to_adjudicate[:SHOWN]
        ],
        "more_to_adjudicate": len(to_adjudicate) - SHOWN,
        "own": sorted(own),
    }
    return render(request, "central.html", context)


@require_safe
@requires(Permission.SEE_CENTRAL)
def discordances(request: Any) -> HttpResponse:
    """How investigators and central readers agree, scan by scan; every difference, and what was decided of it."""
    protocol = _reviewed(request)
    counts, pairs, dated = Counter[str](), Counter[tuple[str, str]](), Counter[str]()
    differing: list[tuple[ReviewSummary, ReviewedScan]] = []
    for review in every_review(protocol):
        for one in review.scans:
            counts["scans"] += 1
            counts["read"] += one.is_read
            counts["waiting"] += one.waits
            if one.local and one.central:
                pairs[one.local, one.central] += 1
            if one.differs:
                differing.append((review, one))
        if review.scans and all(one.is_read for one in review.scans):
            dated[_dating(review)] += 1
    differing.sort(key=lambda one: (not one[1].waits, not one[1].moves_progression, -one[1].on.toordinal()))
    codes = [code for code in ("CR", "PR", "SD", "PD", "NE") if any(code in pair for pair in pairs)]
    context = {
        "counts": counts,
        "agree": sum(count for (local, other), count in pairs.items() if local == other),
        "kappa": _kappa(pairs),
        "codes": codes,
        "rows": [(code, [(other, pairs[code, other]) for other in codes]) for code in codes],
        "dated": dated,
        "differing": _decided(differing[:SHOWN]),
        "more": len(differing) - SHOWN,
        "sites": {site.id: site.name for site in read.study().sites.values()},
    }
    return render(request, "discordances.html", context)


def _reviewed(request: Any) -> Protocol:
    protocol = protocol_for(request)
    if protocol.central_review is None:
        raise Refusal(message("central.none"))
    return protocol


def _decided(differing: list[tuple[ReviewSummary, ReviewedScan]]) -> list[Discordance]:
    """Scans whose readings differ with what was decided of them, as the ledger says it now."""
    wanted = {scan.decision for _review, scan in differing if scan.decision}
    known = {
        entry.header.position: entry
        for entry in (read.entries(kinds=("response_adjudicated",)) if wanted else ())
        if entry.header.position in wanted
    }
    found = []
    for review, scan in differing:
        entry = known.get(scan.decision)
        decision = entry.fact if entry is not None and isinstance(entry.fact, ResponseAdjudicated) else None
        at = entry.header.at if entry is not None else None
        found.append(Discordance(review.subject, review.site, scan, decision, at))
    return found


def _next(number: str, review: ReviewSummary) -> Waiting:
    """What a reader does next in a participant: the baseline, else the first scan that waits."""
    scan, on = review.next_scan, _next_on(review)
    if not review.baseline_read:
        return Waiting(number, _("Baseline"), on, reverse("central-participant", args=[number]))
    assert scan is not None
    return Waiting(number, _("Scan"), on, reverse("central-scan", args=[number, scan.visit]))


def _next_on(review: ReviewSummary) -> date | None:
    """The day of what a reader reads next."""
    scan = review.next_scan
    return scan.on if review.baseline_read and scan is not None else review.seen


def _dating(review: ReviewSummary) -> str:
    """How the two readings date progression in somebody whose scans are all read."""
    local = next((one.on for one in review.scans if one.local == "PD"), None)
    other = next((one.on for one in review.scans if one.central == "PD"), None)
    if local == other:
        return "same"
    if local is None or other is None:
        return "only_central" if local is None else "only_investigator"
    return "earlier" if other < local else "later"


def _kappa(pairs: Counter[tuple[str, str]]) -> float | None:
    """Cohen's kappa (Educ Psychol Meas 1960;20:37) of the two readers' responses; None where chance alone agrees."""
    total = pairs.total()
    if not total:
        return None
    agree = sum(count for (local, other), count in pairs.items() if local == other) / total
    local, other = Counter[str](), Counter[str]()
    for (one, two), count in pairs.items():
        local[one] += count
        other[two] += count
    chance = sum(local[code] * other[code] for code in local) / total**2
    return None if chance == 1 else (agree - chance) / (1 - chance)
