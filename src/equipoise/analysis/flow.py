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


def flow(
    protocol: Protocol, casebooks: Iterable[Casebook], authority: Authority | None = None, cutoff: date | None = None
) -> Flow:
    """Count the flow, up to a cutoff. After randomization it is pooled unless an authority is given."""
    last = cutoff or date.max
    books = list(casebooks)
    people = [book for book in books if book.consented_on and book.consented_on <= last]
    looked_at = [
        book.prescreened for book in books if book.prescreened and date.fromisoformat(book.prescreened.on) <= last
    ]
    failed = [book for book in people if book.screen_failed and date.fromisoformat(book.screen_failed.on) <= last]
    randomized = [book for book in people if book.randomized_on and book.randomized_on <= last]
    reasons: Counter[str] = Counter()
    for book in failed:
        assert book.screen_failed is not None
        reasons.update(book.screen_failed.criteria or ("other",))
    boxes = [_box(protocol, "", randomized, last)]
    if authority is not None:
        boxes = [
            _box(protocol, arm.label, [book for book in randomized if book.arm == arm.id], last)
            for arm in protocol.arms
        ]
    return Flow(
        prescreened=len(looked_at),
        not_approached=tuple(Counter(one.outcome for one in looked_at if one.outcome != "approached").most_common()),
        screened=len(people),
        in_screening=len(people) - len(randomized) - sum(1 for book in failed if not book.randomized),
        failed=len(failed),
        failures=tuple(reasons.most_common()),
        randomized=len(randomized),
        boxes=tuple(boxes),
        by_arm=authority,
    )


def _box(protocol: Protocol, label: str, books: Sequence[Casebook], last: date) -> Box:
    labels = {stop.id: stop.label for stop in protocol.stops}
    stops = Counter(
        labels.get(stop.stop, stop.stop)
        for book in books
        for stop, _ in book.stops
        if date.fromisoformat(stop.on) <= last
    )
    return Box(
        label=label,
        randomized=len(books),
        started=sum(1 for book in books if book.rows("treatment_cycles") or book.rows("radiotherapy_course")),
        stopped=tuple(stops.most_common()),
        progressed=sum(1 for book in books if book.progressed_on and book.progressed_on.earliest <= last),
        died=sum(1 for book in books if book.death and book.death.earliest <= last),
        lost=sum(1 for book in books if (day := book.ended().get("lost")) is not None and day <= last),
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
