"""What lesions did in everyone randomized: change of the sum, response, time followed, local failures and where.

Pooled; a participant's arm is told only under an authority (see `firewall`).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from equipoise.analysis.firewall import Authority
from equipoise.clinical.lesions import Pattern
from equipoise.clinical.recist.best_response import Assessment, Best, best_response
from equipoise.clinical.recist.codes import BestResponse
from equipoise.conduct.assessment import Course, course
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import concepts_of
from equipoise.conduct.journey import ended, known_alive, progressed_on
from equipoise.conduct.local_control import local_control
from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.methods.schedule import days_of
from equipoise.protocol.model import Protocol

SIX_WEEKS = 42
"""The shortest time for which disease is called stable where the protocol plans no first scan (RECIST 1.1, 4.6)."""


@dataclass(frozen=True, slots=True)
class TumourCourse:
    """One participant. Months count from randomization; changes are percent of the baseline sum of targets.

    `first_response` is the month of the first CR or PR and which it was; `arm` is '' without an authority.
    """

    subject: str
    site: str
    arm: str
    baseline_sum: Decimal | None
    changes: tuple[tuple[float, float], ...]
    best_change: float | None
    best: Best
    first_response: tuple[str, float] | None
    progressed: float | None
    died: float | None
    followed: float
    is_ongoing: bool


@dataclass(frozen=True, slots=True)
class LocalControl:
    """Residual lesions frozen at randomization: how many, how each fares by code, and where failures lie."""

    lesions: int
    by_status: tuple[tuple[str, int], ...]
    by_pattern: tuple[tuple[Pattern, int], ...]


def tumour_courses(
    protocol: Protocol, casebooks: Iterable[Casebook], leave: Authority | None = None
) -> list[TumourCourse]:
    """Everyone randomized, in the order given."""
    earliest_stable = min_stable_days(protocol)
    return [
        _participant(protocol, book, course(protocol, book), earliest_stable, leave)
        for book in casebooks
        if book.randomized_on is not None
    ]


def residual_control(protocol: Protocol, casebooks: Iterable[Casebook]) -> LocalControl:
    """The residual lesions of everyone randomized, pooled."""
    statuses: Counter[str] = Counter()
    patterns: Counter[Pattern] = Counter()
    for book in casebooks:
        if book.frozen is None:
            continue
        controls = local_control(protocol, book, course(protocol, book))
        for lesion in book.frozen.residual:
            found = controls.get(lesion)
            statuses[found.status if found else "not_assessed"] += 1
            if found is not None and found.pattern is not None:
                patterns[found.pattern] += 1
    return LocalControl(
        statuses.total(), tuple(statuses.most_common()), tuple((pattern, patterns[pattern]) for pattern in patterns)
    )


def min_stable_days(protocol: Protocol) -> int:
    """From when disease counts as stable: the opening of the first scan's window after randomization."""
    concepts = concepts_of(protocol)
    starts = [
        days_of(visit.at) - days_of(visit.early)
        for visit in protocol.schedule
        if concepts.at_visit(visit, "assessment.overall") and visit.anchor == "randomization"
    ]
    return min(starts, default=SIX_WEEKS)


def _participant(
    protocol: Protocol, book: Casebook, found: Course, stable: int, leave: Authority | None
) -> TumourCourse:
    origin = book.randomized_on
    assert origin is not None

    def months(day: date) -> float:
        return max(0.0, float((day - origin).days / DAYS_PER_MONTH))

    base = found.baseline_sum
    changes = tuple(
        (months(scan.on), float(100 * (scan.verdict.sum - base) / base))
        for scan in found.scans
        if base and scan.verdict is not None and scan.verdict.sum is not None
    )
    assessed = [Assessment(scan.on, BestResponse(scan.verdict.overall)) for scan in found.scans if scan.verdict]
    responses = [one for one in assessed if one.response in (BestResponse.CR, BestResponse.PR)]
    deepest = found.best_change()
    progression, over = progressed_on(protocol, book), ended(protocol, book)
    progressed = progression.earliest if progression else None
    died = book.death.earliest if book.death else None
    known = [day for day, _ in known_alive(protocol, book)] + [scan.on for scan in found.scans]
    ends = set(over) & {"death", "withdrawal", "visits_stopped", "lost"}
    return TumourCourse(
        subject=book.subject,
        site=book.site,
        arm=(book.arm or "") if leave is not None else "",
        baseline_sum=base,
        changes=changes,
        best_change=float(deepest[0]) if deepest is not None else None,
        best=best_response(assessed, origin, min_sd_days=stable),
        first_response=(str(responses[0].response), months(responses[0].on)) if responses else None,
        progressed=months(progressed) if progressed is not None else None,
        died=months(died) if died is not None else None,
        followed=months(died if died is not None else max(known)),
        is_ongoing=not ends,
    )
