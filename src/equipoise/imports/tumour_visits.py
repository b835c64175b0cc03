"""The visits of a reader in the order in which they were made, whatever their numbers.

An unscheduled visit may be numbered 2.1 or 99, and several may share one number, so that a number is a label and the
date decides. Where a date is missing, or is too vague to tell, the number does. Source: SDTMIG 3.4, section 4.4.5
(VISITNUM of planned and unplanned visits).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from equipoise.clinical.recist.target import Reading
from equipoise.imports import words as _words
from equipoise.kernel.dates import PartialDate
from equipoise.kernel.messages import Message, message

SAME_VISIT = timedelta(days=14)
"""Images of one unscheduled visit are made within this time; what follows later is another visit of its number."""


@dataclass(slots=True)
class Cell:
    """The results of one lesion at one visit, by test, with the rows they stand in."""

    results: dict[str, tuple[Reading | str | None, int]] = field(default_factory=dict)


@dataclass(slots=True)
class VisitRows:
    """One visit of one reader: its number as written, its dates, its cells, the rows of TR it came from (0 first)."""

    number: str
    position: Decimal
    cells: dict[str, Cell] = field(default_factory=dict)
    dates: list[tuple[PartialDate, int]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    @property
    def first_day(self) -> date | None:
        """The earliest day on which it can have begun."""
        return min((day.earliest for day, _ in self.dates), default=None)

    @property
    def last_day(self) -> date | None:
        """The latest day on which it can have ended."""
        return max((day.latest for day, _ in self.dates), default=None)

    @property
    def started(self) -> str:
        """Its earliest date as written, or ''."""
        return str(min((day for day, _ in self.dates), key=lambda day: day.earliest, default=""))

    def is_dated_before(self, other: "VisitRows") -> bool:
        """Whether its dates put the whole of it before another."""
        last, first = self.last_day, other.first_day
        return last is not None and first is not None and last < first

    def precedes(self, other: "VisitRows") -> bool:
        """Whether it comes before another: by date where the dates can tell, else by number."""
        if self.is_dated_before(other):
            return True
        if other.is_dated_before(self):
            return False
        return self.position < other.position

    def take(self, other: "VisitRows") -> None:
        """Hold the rows of another too, which share no result with it."""
        for name, cell in other.cells.items():
            self.cells.setdefault(name, Cell()).results.update(cell.results)
        self.dates += other.dates
        self.rows += other.rows


def is_unscheduled(position: Decimal, label: str) -> bool:
    """Whether a visit is unplanned by its name, by a broken number (2.1), or by one of nines (99, 999)."""
    text = label.upper()
    if "UNSCHED" in text or "UNPLANNED" in text or position != position.to_integral_value():
        return True
    digits = f"{abs(position):f}".partition(".")[0]
    return len(digits) > 1 and set(digits) == {"9"}


def apart(days: Iterable[VisitRows]) -> list[VisitRows]:
    """The visits that the rows of one number are: days near each other are one until a result comes a second time."""
    found: list[VisitRows] = []
    for one in sorted(days, key=lambda day: day.first_day or date.min):
        last = found[-1] if found else None
        if last is not None and _are_one(last, one):
            last.take(one)
        else:
            found.append(one)
    return found


def _are_one(visit: VisitRows, other: VisitRows) -> bool:
    """Whether rows of two days, of one number, can be of one visit; those without a date, of the first that has."""
    start, day = visit.first_day, other.first_day
    if start is not None and day is not None and day - start > SAME_VISIT:
        return False
    is_undated = start is None or day is None
    return not any(
        not (is_undated and visit.cells[name].results[test][0] == result)
        for name, cell in other.cells.items()
        if name in visit.cells
        for test, (result, _) in cell.results.items()
        if test in visit.cells[name].results
    )


def ordered(visits: Sequence[VisitRows]) -> list[VisitRows] | tuple[VisitRows, ...]:
    """The visits in order, as a list; or, as a tuple, those of which dates and numbers make no order."""
    by_number = sorted(visits, key=lambda visit: (visit.position, visit.first_day or date.min))
    if _runs_forward(by_number):
        return by_number
    before = {
        id(visit): sum(other is not visit and other.precedes(visit) for other in by_number) for visit in by_number
    }
    found = sorted(by_number, key=lambda visit: before[id(visit)])
    if [before[id(visit)] for visit in found] == list(range(len(found))):
        return found
    places = list(before.values())
    return tuple(visit for visit in by_number if places.count(before[id(visit)]) > 1)


def _runs_forward(visits: Sequence[VisitRows]) -> bool:
    """Whether no visit is dated wholly before one that stands before it."""
    latest: date | None = None
    for visit in visits:
        first, last = visit.first_day, visit.last_day
        if first is None or last is None:
            continue
        if latest is not None and last < latest:
            return False
        latest = first if latest is None else max(first, latest)
    return True


def disagreements(subject: str, visits: Sequence[VisitRows]) -> list[Message]:
    """What to tell of visits in order: numbers that run otherwise, one number for many, days among another's days."""
    found = []
    for place, visit in enumerate(visits):
        later = visits[place + 1 :]
        told = {"subject": subject, "visit": visit.number}
        other = next((one for one in later if one.position < visit.position and visit.is_dated_before(one)), None)
        if other is not None:
            found.append(message("tumours.by_date", **told, on=visit.started, other=other.number, then=other.started))
        same = [one.started for one in later if one.position == visit.position]
        if same and not any(one.position == visit.position for one in visits[:place]):
            found.append(message("tumours.many", **told, days=", ".join([visit.started, *same])))
        around = next((one for one in visits[:place] if _lies_around(visit, one)), None)
        if around is not None:
            first, last = visit.started, str(max((day for day, _ in visit.dates), key=lambda day: day.latest))
            between = {"other": around.number, "then": around.started}
            found.append(message("tumours.around", **told, first=first, last=last, **between))
    return found


def _lies_around(visit: VisitRows, other: VisitRows) -> bool:
    """Whether a visit has a day before another's first one, and a day after its last one."""
    first, last, start = visit.first_day, visit.last_day, min((day.latest for day, _ in visit.dates), default=None)
    begun, ended = other.first_day, other.last_day
    if first is None or last is None or start is None or begun is None or ended is None:
        return False
    return start < begun and max(day.earliest for day, _ in visit.dates) > ended


assert _words
