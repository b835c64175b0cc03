"""The flow of participants (CONSORT 2025), counted from the ledger, and accrual against plan."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from equipoise.analysis.firewall import Authority
from equipoise.analysis.traced import Traced, positions
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.concepts import concepts_of
from equipoise.conduct.journey import ended, first_progression
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
    group: str = ""
    """The arm's id; '' for everyone."""
    stops: tuple[str, ...] = ()
    """The ids of `stopped`, in its order."""


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
    rows = flow_rows(protocol, casebooks, cutoff)
    count = Counter(tag for row in rows for tag in row.tags)
    boxes = [_box(protocol, "", "", rows)]
    if authority is not None:
        boxes = [_box(protocol, arm.id, arm.label, [row for row in rows if row.arm == arm.id]) for arm in protocol.arms]
    return Flow(
        prescreened=count["prescreened"],
        not_approached=_ranked(rows, NOT_APPROACHED),
        screened=count["screened"],
        in_screening=count["in_screening"],
        failed=count["failed"],
        failures=_ranked(rows, FAILED),
        randomized=count["randomized"],
        boxes=tuple(boxes),
        by_arm=authority,
    )


NOT_APPROACHED, FAILED, STOPPED = "not_approached:", "failed:", "stopped:"
"""Tags that end in a reason."""


def flow_rows(protocol: Protocol, casebooks: Iterable[Casebook], cutoff: date | None = None) -> list[Traced]:
    """Every row the flow counts, up to a cutoff: one for each box (or line of a box) that somebody is counted in."""
    last = cutoff or date.max
    rows: list[Traced] = []
    for book in casebooks:
        rows += _before(book, last)
        if book.consented_on and book.consented_on <= last and book.randomized_on and book.randomized_on <= last:
            rows += _after(protocol, book, last)
    return rows


def _before(book: Casebook, last: date) -> Iterator[Traced]:
    """Rows up to randomization. They belong to no arm, those of the randomized included."""
    seen = book.prescreened
    if seen is not None and (day := date.fromisoformat(seen.on)) <= last:
        at = positions(book.prescreened_header.position if book.prescreened_header else None)
        yield _row(book, "", day, seen.outcome, "prescreened", source=at)
        if seen.outcome != "approached":
            yield _row(book, "", day, seen.outcome, NOT_APPROACHED + seen.outcome, source=at)
    if book.enrolment is None or book.consented_on is None or book.consented_on > last:
        return
    header = book.consent_headers.get(book.enrolment.consent)
    consent = positions(header.position if header else None)
    yield _row(book, "", book.consented_on, "", "screened", source=consent)
    failed = book.screen_failed
    has_failed = failed is not None and date.fromisoformat(failed.on) <= last
    if failed is not None and has_failed:
        at = positions(book.screen_failed_header.position if book.screen_failed_header else None)
        reasons = failed.criteria or ("other",)
        yield _row(book, "", date.fromisoformat(failed.on), ", ".join(reasons), "failed", source=at)
        for reason in reasons:
            yield _row(book, "", date.fromisoformat(failed.on), reason, FAILED + reason, source=at)
    if book.randomized_on and book.randomized_on <= last:
        at = positions(book.randomized_header.position if book.randomized_header else None)
        yield _row(book, book.arm or "", book.randomized_on, "", "randomized", "analysed", source=at)
    elif not (has_failed and not book.randomized):
        yield _row(book, "", book.consented_on, "", "in_screening", source=consent)


def _after(protocol: Protocol, book: Casebook, last: date) -> Iterator[Traced]:
    """Rows of one who was randomized."""
    arm, concepts = book.arm or "", concepts_of(protocol)
    given = [(concept, view) for concept in ("drug.date", "rt.start") for view in concepts.views(book, concept)]
    if given:
        days = [found.earliest for concept, view in given if (found := view.day(concept)) is not None]
        yield _row(book, arm, min(days, default=None), "", "started", source=given[0][1].positions())
    for stop, header in book.stops:
        day = date.fromisoformat(stop.on)
        if day <= last:
            at = positions(header.position)
            yield _row(book, arm, day, stop.stop, STOPPED + stop.stop, source=at)
            if "lost" in stop.ends and day == ended(protocol, book).get("lost"):
                yield _row(book, arm, day, stop.stop, "lost", source=at)
    first = first_progression(protocol, book)
    progressed = first.day("progression.date") if first is not None else None
    if first is not None and progressed is not None and progressed.earliest <= last:
        at = first.positions("progression.date")
        yield _row(book, arm, progressed.earliest, "", "progressed", source=at)
    if book.death is not None and book.death.earliest <= last:
        at = positions(book.died_header.position if book.died_header else None)
        yield _row(book, arm, book.death.earliest, "", "died", source=at)


def _row(book: Casebook, arm: str, on: date | None, value: str, *tags: str, source: tuple[int, ...]) -> Traced:
    return Traced("ADSL", tags[0], book.subject, book.site, arm, on, value, tags=frozenset(tags), source=source)


def _ranked(rows: Iterable[Traced], prefix: str) -> tuple[tuple[str, int], ...]:
    """How many rows of each reason, the most frequent first."""
    reasons = [tag.removeprefix(prefix) for row in rows for tag in row.tags if tag.startswith(prefix)]
    return tuple(Counter(reasons).most_common())


def _box(protocol: Protocol, id_: str, label: str, rows: Sequence[Traced]) -> Box:
    labels = {stop.id: stop.label for stop in protocol.stops}
    count = Counter(tag for row in rows for tag in row.tags)
    stopped = _ranked(rows, STOPPED)
    return Box(
        label=label,
        randomized=count["randomized"],
        started=count["started"],
        stopped=tuple((labels.get(stop, stop), number) for stop, number in stopped),
        progressed=count["progressed"],
        died=count["died"],
        lost=len({row.subject for row in rows if "lost" in row.tags}),
        analysed=count["analysed"],
        group=id_,
        stops=tuple(stop for stop, _ in stopped),
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
