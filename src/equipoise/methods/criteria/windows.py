"""The phrase that bounds a criterion in time: `14 days before randomization`.

A window counts whole calendar days and includes both its ends: `14 days before randomization` holds the day of
randomization and the 14 days before it.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from equipoise.kernel.dates import Window
from equipoise.methods.criteria.faults import RuleError, RuleFault
from equipoise.methods.criteria.nodes import Position

MAX_COUNT = 3650
_PHRASE = re.compile(
    r"(?:within\s+)?(?P<count>\d{1,5})\s+(?P<step>day|week|month)s?\s+(?P<side>before|after|around)\s+"
    r"(?P<anchor>[A-Za-z_][\w.]*)",
    re.ASCII,
)


class Side(StrEnum):
    """On which side of its anchor a window lies."""

    BEFORE = "before"
    AFTER = "after"
    AROUND = "around"


class Span(StrEnum):
    """What a window counts in. Months are calendar months, cut to the last day of a shorter one."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class WindowSpec:
    """So many days, weeks or months before, after or around an anchor."""

    count: int
    step: Span
    side: Side
    anchor: str

    def on(self, anchor: date) -> Window:
        """The calendar days, given the anchor's date."""
        before = self.count if self.side in (Side.BEFORE, Side.AROUND) else 0
        after = self.count if self.side in (Side.AFTER, Side.AROUND) else 0
        return Window(_shift(anchor, -before, self.step), _shift(anchor, after, self.step))

    def __str__(self) -> str:
        return f"{self.count} {self.step}{'' if self.count == 1 else 's'} {self.side} {self.anchor}"


def parse_window(phrase: str) -> WindowSpec:
    """Read `N days|weeks|months before|after|around ANCHOR`. Raises RuleError."""
    wanted = "as in `14 days before randomization` (days, weeks or months; before, after or around)"
    found = _PHRASE.fullmatch(phrase.strip())
    if not found:
        raise RuleError([RuleFault(Position(), "this is not a window", repr(phrase[:80]), wanted)])
    count = int(found["count"])
    if count > MAX_COUNT:
        raise RuleError([RuleFault(Position(), "the window is too long", str(count), f"at most {MAX_COUNT}")])
    return WindowSpec(count, Span(found["step"]), Side(found["side"]), found["anchor"])


def _shift(day: date, count: int, step: Span) -> date:
    try:
        if step is not Span.MONTH:
            return day + timedelta(days=count * (7 if step is Span.WEEK else 1))
        year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    except (ValueError, OverflowError):
        return date.max if count > 0 else date.min
