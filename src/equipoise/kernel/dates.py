"""Dates as trials know them: perhaps partial, in inclusive windows of calendar days, counted in study days."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from equipoise.kernel.truth import Truth

DAYS_PER_MONTH = 30.4375
"""Days in a month of a report: 365.25 / 12."""

_PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


@dataclass(frozen=True, slots=True, order=False)
class PartialDate:
    """A date of which the day, or the day and the month, may be unknown. Written `2026-03-05`, `2026-03` or `2026`."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.month is None and self.day is not None:
            raise ValueError("A partial date cannot know the day without the month.")
        if not 1 <= self.year <= 9999:
            raise ValueError(f"A year lies between 1 and 9999; seen {self.year}.")
        if self.month is not None and not 1 <= self.month <= 12:
            raise ValueError(f"A month lies between 01 and 12; seen {self.month:02d}.")
        if self.month is not None and self.day is not None:
            last = calendar.monthrange(self.year, self.month)[1]
            if not 1 <= self.day <= last:
                raise ValueError(f"{self.year}-{self.month:02d} has {last} days; seen day {self.day:02d}.")

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Read `YYYY`, `YYYY-MM` or `YYYY-MM-DD`. Raises ValueError with a sentence."""
        found = _PARTIAL.fullmatch(text.strip())
        if not found:
            raise ValueError(
                f"A date is written 2026-03-05, or 2026-03 or 2026 where the rest is unknown; seen {text!r}."
            )
        year, month, day = (int(part) if part else None for part in found.groups())
        assert year is not None
        return cls(year, month, day)

    @classmethod
    def of(cls, day: date) -> "PartialDate":
        """A complete date as a partial one."""
        return cls(day.year, day.month, day.day)

    @property
    def is_complete(self) -> bool:
        """Whether the day is known."""
        return self.day is not None

    @property
    def earliest(self) -> date:
        """The first day it can be."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day it can be."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def is_before(self, other: "PartialDate") -> Truth:
        """Whether it lies before another date; unknown where the missing parts decide."""
        if self.latest < other.earliest:
            return Truth.TRUE
        return Truth.FALSE if self.earliest >= other.latest else Truth.UNKNOWN

    def __str__(self) -> str:
        text = f"{self.year:04d}"
        if self.month is not None:
            text += f"-{self.month:02d}"
        if self.day is not None:
            text += f"-{self.day:02d}"
        return text


@dataclass(frozen=True, slots=True)
class Window:
    """An inclusive run of calendar days."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"A window ends on or after its first day; seen {self.first} to {self.last}.")

    @classmethod
    def around(cls, day: date, *, before: int = 0, after: int = 0) -> "Window":
        """The window that opens `before` days earlier and closes `after` days later."""
        return cls(day - timedelta(days=before), day + timedelta(days=after))

    def holds(self, when: PartialDate) -> Truth:
        """Whether a date lies within; unknown where a partial date may or may not."""
        if self.first <= when.earliest and when.latest <= self.last:
            return Truth.TRUE
        return Truth.FALSE if when.latest < self.first or when.earliest > self.last else Truth.UNKNOWN

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def study_day(day: date, reference: date) -> int:
    """The CDISC study day: the reference day is 1, the day before it is -1; there is no day 0."""
    difference = (day - reference).days
    return difference + 1 if difference >= 0 else difference


def whole_years(born: date, on: date) -> int:
    """Age in whole years: birthdays reached. One born on 29 February has a birthday on 1 March in common years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
