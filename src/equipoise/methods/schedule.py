"""The schedule of activities: visits anchored to dated events, repeated, each in a window of calendar days."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from equipoise.kernel.dates import Window
from equipoise.kernel.parts import part

Anchor = Literal["consent", "randomization", "progression", "last_treatment", "radiotherapy_end", "visits_stopped"]

_DURATION = re.compile(r"(-?[0-9]+) (day|week|month|year)s?")
_DAYS = {"day": 1, "week": 7}


def days_of(text: str) -> int:
    """A duration of the protocol, such as '8 weeks' or '-14 days', in days. Months and years are refused: they vary.

    Raises ValueError with what would be right.
    """
    found = _DURATION.fullmatch(text.strip())
    if not found or found[2] not in _DAYS:
        raise ValueError(f"A duration is written in days or weeks, as '8 weeks'; seen {text!r}.")
    return int(found[1]) * _DAYS[found[2]]


@part
class Repeat:
    """Again every so often, until so long after the anchor ('' for as long as the subject is followed)."""

    every: str
    until: str = ""


@part
class Visit:
    """A visit of the schedule: when after its anchor, in which window, with which forms.

    `until` names the facts of a subject that end the visit for them: stopping treatment never ends scans, so each
    visit says for itself. `only_arms` limits it; empty means every arm.
    """

    id: str
    label: str
    anchor: Anchor
    at: str
    early: str = "0 days"
    late: str = "0 days"
    repeat: tuple[Repeat, ...] = ()
    forms: tuple[str, ...] = ()
    only_arms: tuple[str, ...] = ()
    until: tuple[Literal["progression", "treatment", "death", "withdrawal", "visits_stopped", "lost"], ...] = (
        "death", "withdrawal", "visits_stopped", "lost",
    )  # fmt: skip
    required: bool = True
    source: str | tuple[str, ...] = ()
    assumption: str = ""


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """One occurrence of a visit for one subject: `key` is `visit` or `visit:n`, counted from 1 where it repeats."""

    key: str
    visit: Visit
    number: int
    due: date
    window: Window


def planned_visits(
    visits: Sequence[Visit],
    anchors: Mapping[str, date],
    *,
    arm: str | None,
    ended: Mapping[str, date],
    horizon: date,
) -> Iterator[PlannedVisit]:
    """Every visit due for a subject up to a horizon, by date.

    `anchors` gives the date of each anchor reached; `ended` the date of each of the facts that end visits. A visit is
    planned while it falls due on or before the first of the facts that end it.
    """
    found: list[PlannedVisit] = []
    for visit in visits:
        if visit.anchor not in anchors or (visit.only_arms and arm not in visit.only_arms):
            continue
        last = min([horizon, *(ended[name] for name in visit.until if name in ended)])
        early, late = days_of(visit.early), days_of(visit.late)
        for number, offset in enumerate(offsets(visit, (last - anchors[visit.anchor]).days), start=1):
            due = anchors[visit.anchor] + timedelta(days=offset)
            if due > last:
                break
            key = f"{visit.id}:{number}" if visit.repeat else visit.id
            found.append(PlannedVisit(key, visit, number, due, Window.around(due, before=early, after=late)))
    return iter(sorted(found, key=lambda planned: (planned.due, planned.key)))


def offsets(visit: Visit, most: int) -> Iterator[int]:
    """The days after its anchor on which a visit and its repeats fall due, in order, repeats up to the day `most`."""
    offset = days_of(visit.at)
    yield offset
    for again in visit.repeat:
        step, until = days_of(again.every), days_of(again.until) if again.until else most
        while offset + step <= min(until, most):
            offset += step
            yield offset
