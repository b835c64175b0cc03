"""A derived row as the list behind a number shows it: whose, when, what, and the ledger positions it came from.

Every number on a page counts rows of one of these lists: a number is named by a group, by tags that its rows bear, and
by a window of time. The list behind it is made by the same functions that count.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

EVERYONE = "all"
ROUNDING = 1e-9
"""Months are days divided by 30.4375; a time that came through an address may have lost its last bit."""


@dataclass(frozen=True, slots=True)
class Traced:
    """A derived row. `arm` is the arm it is counted under; who may read it is the firewall's matter."""

    dataset: str
    parameter: str
    subject: str
    site: str
    arm: str
    on: date | None
    value: str
    unit: str = ""
    censored: int | None = None
    """CNSR: 0 an event; None where the row is no time to event."""
    description: str = ""
    censoring: str = ""
    months: float | None = None
    tags: frozenset[str] = frozenset()
    source: tuple[int, ...] = ()
    detail: str = ""
    """What tells rows of one participant apart: a lesion, a visit, a term."""
    tells_arm: bool = False
    """Whether that there is such a row tells the arm: what only some arms are given."""
    is_central: bool = False
    """Whether it rests on central readings, which the sites may not see."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows a number counts: of a group and a site, bearing every tag, with `since` <= months (at risk) and
    `after` < months <= `until` (steps of a curve)."""

    group: str = EVERYONE
    tags: tuple[str, ...] = ()
    site: str = ""
    since: float | None = None
    after: float | None = None
    until: float | None = None


def select(rows: Iterable[Traced], wanted: Selection) -> list[Traced]:
    """The rows that a number counts, in the order of their dates."""
    found = [
        row
        for row in rows
        if wanted.group in (EVERYONE, row.arm)
        and wanted.site in ("", row.site)
        and row.tags.issuperset(wanted.tags)
        and _within(row.months, wanted)
    ]
    return sorted(found, key=lambda row: (row.on or date.min, row.subject, row.detail))


def _within(months: float | None, wanted: Selection) -> bool:
    if wanted.since is None and wanted.after is None and wanted.until is None:
        return True
    if months is None:
        return False
    return (
        (wanted.since is None or months >= wanted.since - ROUNDING)
        and (wanted.after is None or months > wanted.after + ROUNDING)
        and (wanted.until is None or months <= wanted.until + ROUNDING)
    )


TELL_ARM = ("stopped:", "kind:related_radiotherapy")
"""Tags that begin so say something of a participant that may tell the arm."""


def may_tell_arm(wanted: Selection) -> bool:
    """Whether the list of those a number counts may tell somebody's arm, though the number itself does not."""
    return any(tag.startswith(TELL_ARM) for tag in wanted.tags)


def without_arm(rows: Sequence[Traced]) -> list[Traced]:
    """The same rows, telling nobody's arm."""
    return [replace(row, arm="") for row in rows]


def positions(*held: int | None) -> tuple[int, ...]:
    """Ledger positions in order, each once, without those that are none."""
    return tuple(sorted({one for one in held if one}))
