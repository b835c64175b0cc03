"""The flow of participants (CONSORT 2025), counted from the ledger, and accrual against plan."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from equipoise.analysis.firewall import Authority
from equipoise.conduct.casebook import Casebook
from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.protocol.model import Protocol


@dataclass(frozen=True)
class Box:
    """What became of those randomized: of one arm, or of everyone."""

    label: str
    randomized: int
    started: int
    stopped: tuple[tuple[str, int], ...]
    progressed: int
    died: int
    lost: int
    analysed: int


@dataclass(frozen=True)
class Flow:
    """The diagram's numbers."""

    prescreened: int
    not_approached: tuple[tuple[str, int], ...]
    screened: int
    in_screening: int
    failed: int
    failures: tuple[tuple[str, int], ...]
    randomized: int
    boxes: tuple[Box, ...]
    by_arm: Authority | None = field(default=None)


def flow(protocol: Protocol, casebooks: Iterable[Casebook], authority: Authority | None = None) -> Flow:
    """Count the flow. After randomization it is pooled unless an authority is given."""
    books = list(casebooks)
    people = [book for book in books if book.enrolment]
    looked_at = [book.prescreened for book in books if book.prescreened]
    failed = [book for book in people if book.screen_failed]
    randomized = [book for book in people if book.randomized]
    reasons: Counter[str] = Counter()
    for book in failed:
        assert book.screen_failed is not None
        reasons.update(book.screen_failed.criteria or ("other",))
    boxes = [_box(protocol, "", randomized)]
    if authority is not None:
        boxes = [
            _box(protocol, arm.label, [book for book in randomized if book.arm == arm.id]) for arm in protocol.arms
        ]
    return Flow(
        prescreened=len(looked_at),
        not_approached=tuple(Counter(one.outcome for one in looked_at if one.outcome != "approached").most_common()),
        screened=len(people),
        in_screening=sum(1 for book in people if not book.randomized and not book.screen_failed),
        failed=len(failed),
        failures=tuple(reasons.most_common()),
        randomized=len(randomized),
        boxes=tuple(boxes),
        by_arm=authority,
    )


def _box(protocol: Protocol, label: str, books: Sequence[Casebook]) -> Box:
    labels = {stop.id: stop.label for stop in protocol.stops}
    stops = Counter(labels.get(stop.stop, stop.stop) for book in books for stop, _ in book.stops)
    return Box(
        label=label,
        randomized=len(books),
        started=sum(1 for book in books if book.rows("treatment_cycles") or book.rows("radiotherapy_course")),
        stopped=tuple(stops.most_common()),
        progressed=sum(1 for book in books if book.progressed_on),
        died=sum(1 for book in books if book.died),
        lost=sum(1 for book in books if "lost" in book.ended()),
        analysed=len(books),
    )


@dataclass(frozen=True)
class AccrualPoint:
    """Cumulative accrual at the end of a month: planned, and actual where the month has begun."""

    month: float
    planned: float
    actual: int | None


def accrual(protocol: Protocol, casebooks: Iterable[Casebook], *, start: date, today: date) -> list[AccrualPoint]:
    """Accrual against plan, month by month since the trial opened."""
    days = sorted(book.randomized_on for book in casebooks if book.randomized_on)
    months = float(protocol.accrual.months)
    elapsed = (today - start).days / DAYS_PER_MONTH
    last = int(max(months, elapsed)) + 1
    points = []
    for month in range(last + 1):
        planned = min(1.0, month / months) * protocol.accrual.subjects
        reached = month - 1 < elapsed
        actual = sum((day - start).days / DAYS_PER_MONTH < month for day in days) if reached else None
        points.append(AccrualPoint(float(month), planned, actual))
    return points
