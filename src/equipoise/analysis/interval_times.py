"""Progression known to lie between two scans: its intervals, Turnbull's curves, and proportional hazards by arm.

A progression happened after the last adequate assessment before the scan that showed it; a death without progression
is known to the day. The strata enter as covariates: a baseline for each would follow the noise of a few participants.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

import numpy as np

from equipoise.analysis import words as _words  # noqa: F401  (declares the wordings)
from equipoise.analysis.cut import DataCut
from equipoise.analysis.groups import Grouping
from equipoise.analysis.times import known_of, randomized_by
from equipoise.analysis.two_arms import because
from equipoise.conduct.casebook import Casebook
from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.kernel.errors import EstimationError
from equipoise.kernel.messages import Message
from equipoise.methods.endpoints import progression_interval
from equipoise.protocol.model import Endpoint, Protocol
from equipoise.statistics.errors import NoEstimate, TooFewEvents
from equipoise.statistics.estimate import Estimate, HypothesisTest
from equipoise.statistics.interval_censored import Intervals, TurnbullCurve, intervals, turnbull
from equipoise.statistics.interval_hazards import interval_hazards


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """A subject's interval: free of the event on day `after` (None before any assessment), had it by `until` (None if
    not observed)."""

    subject: str
    arm: str
    levels: tuple[tuple[str, str], ...]
    start: date
    after: date | None
    until: date | None
    source: tuple[int, ...] = ()
    """The ledger positions of the two scans, or of the death."""

    @property
    def months(self) -> tuple[float, float]:
        """Both ends in months, first and last day counted; equal for a death, an open right end infinite."""
        left = 0.0 if self.after is None else ((self.after - self.start).days + 1) / DAYS_PER_MONTH
        right = float("inf") if self.until is None else ((self.until - self.start).days + 1) / DAYS_PER_MONTH
        return left, right


@dataclass(frozen=True)
class IntervalGroup:
    """A group's curve: an arm, or everyone."""

    id: str
    label: str
    n: int
    events: int
    curve: TurnbullCurve


@dataclass(frozen=True)
class IntervalContrast:
    """An arm against control: hazard ratios at the plan's levels with profile limits, and the likelihood-ratio test."""

    arm: str
    control: str
    ratios: tuple[Estimate, ...]
    test: HypothesisTest
    reason: Message | None = None


@dataclass(frozen=True)
class IntervalEstimate:
    """An interval-censored endpoint, pooled or by arm. `adjusted` are the factors that entered as covariates."""

    groups: tuple[IntervalGroup, ...]
    contrasts: tuple[IntervalContrast, ...]
    adjusted: tuple[str, ...]


def interval_rows(
    protocol: Protocol, endpoint: Endpoint, casebooks: Iterable[Casebook], cut: DataCut
) -> list[IntervalRow]:
    """Everyone randomized up to the cut, as randomized."""
    found = []
    for book in randomized_by(casebooks, cut):
        assert book.randomized is not None
        assert book.randomized_on is not None
        known = known_of(protocol, endpoint, book, cut)
        after, until = progression_interval(known)
        dated = (*known.progressions, *known.deaths, *known.adequate)
        source = {one.sequence for one in dated if one.sequence and one.on in (after, until)}
        seen = None if after <= book.randomized_on and after != until else after
        levels = tuple(sorted(book.randomized.levels.items()))
        found.append(
            IntervalRow(
                book.subject, book.randomized.arm, levels, book.randomized_on, seen, until, tuple(sorted(source))
            )
        )
    return found


def estimate_intervals(protocol: Protocol, rows: Sequence[IntervalRow], split: Grouping) -> IntervalEstimate:
    """Estimate, by arm where the grouping is. Raises EstimationError where nobody is randomized."""
    if not rows:
        raise NoEstimate("analysis.nobody")
    groups = []
    for group in split.groups:
        own = _ends([row for row in rows if split.of(row.arm) == group.id])
        if len(own):
            groups.append(IntervalGroup(group.id, group.label, len(own), int(own.is_event.sum()), turnbull(own)))
    contrasts = tuple(
        _contrast(protocol, [row for row in rows if row.arm in (arm.id, split.control)], arm.id, split.control)
        for arm in split.experimental
    )
    return IntervalEstimate(tuple(groups), contrasts, protocol.analysis.strata)


def _ends(rows: Sequence[IntervalRow]) -> Intervals:
    if not rows:
        return Intervals(np.zeros(0), np.zeros(0))
    left, right = zip(*(row.months for row in rows), strict=True)
    return intervals(left, right)


def _contrast(protocol: Protocol, rows: Sequence[IntervalRow], arm: str, control: str) -> IntervalContrast:
    data = _ends(rows)
    try:
        for one in (arm, control):
            if not any(row.until is not None for row in rows if row.arm == one):
                raise TooFewEvents("statistics.no_events_in_arm", arm=one)
        columns = [[float(row.arm == arm) for row in rows], *_covariates(protocol, rows)]
        names = [arm, *(f"factor {place}" for place in range(1, len(columns)))]
        fit = interval_hazards(data, np.column_stack(columns), names=names)
    except EstimationError as error:
        return IntervalContrast(arm, control, (), HypothesisTest(None, 1, None, reason=because(error)), because(error))
    ratios = tuple(fit.hazard_ratio(0, float(level)) for level in protocol.analysis.intervals)
    return IntervalContrast(arm, control, ratios, fit.lr())


def _covariates(protocol: Protocol, rows: Sequence[IntervalRow]) -> list[list[float]]:
    """An indicator of each level but the first that occurs, factor by factor."""
    found = []
    for factor in protocol.analysis.strata:
        own = [dict(row.levels).get(factor, "?") for row in rows]
        order = list(chain.from_iterable([x.id for x in one.levels] for one in protocol.strata if one.id == factor))
        present = [level for level in order if level in own] + sorted(set(own) - set(order))
        found += [[float(value == level) for value in own] for level in present[1:]]
    return found
