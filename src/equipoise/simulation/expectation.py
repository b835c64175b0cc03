"""What a design leads to on average, day by day, without simulating: event curves, expected events, expected duration.

The same model as the simulator's, integrated on a grid of whole days over the mixture of strata, numbers of lesions and
contamination: an independent check of the simulator, and the calendar of a design before any trial is imagined.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.kernel.errors import EstimationError
from equipoise.kernel.messages import message
from equipoise.simulation import words as words
from equipoise.simulation.tables import combine
from equipoise.simulation.trials import Hazards, SiteAccrual, TrialDesign, UniformAccrual
from equipoise.statistics.expected_events import Pieces

Curve = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ArmCurves:
    """Cumulative probabilities of one arm by day of follow-up (index 0 is randomization).

    `latent`: progression or death has come, were it watched daily and nobody lost. `seen`: the primary event has been
    seen, at scans where there are any, before dropout. `death`: death has come, nobody lost.
    """

    latent: Curve
    seen: Curve
    death: Curve

    def median(self, which: str = "latent") -> float | None:
        """The day by which half have the event, or None where the grid ends before."""
        curve: Curve = getattr(self, which)
        reached = np.flatnonzero(curve >= 0.5)
        return float(reached[0]) if reached.size else None


def curves(design: TrialDesign) -> tuple[ArmCurves, ArmCurves]:
    """The curves of control and experimental arm, contamination mixed in."""
    days = design.longest + 1
    pure = [_arm(design, hazards, days) for hazards in (design.control, design.experimental)]
    mixed = []
    for own, share in ((0, design.contamination.control_treated), (1, design.contamination.experimental_untreated)):
        first, other = pure[own], pure[1 - own]
        mixed.append(
            ArmCurves(
                (1.0 - share) * first.latent + share * other.latent,
                (1.0 - share) * first.seen + share * other.seen,
                (1.0 - share) * first.death + share * other.death,
            )
        )
    return mixed[0], mixed[1]


def expected_events(design: TrialDesign) -> tuple[Curve, Curve]:
    """Expected participants and expected events of the primary endpoint, by calendar day since accrual began."""
    control, experimental = curves(design)
    return pooled_events(design, [(design.allocation.control, control), (design.allocation.experimental, experimental)])


def pooled_events(design: TrialDesign, arms: Sequence[tuple[float, ArmCurves]]) -> tuple[Curve, Curve]:
    """The same of any number of arms, each with its share of the participants."""
    whole = math.fsum(share for share, _ in arms)
    seen = np.asarray(sum(share * arm.seen for share, arm in arms)) / whole
    enrolled = _enrolment(design)
    daily = np.diff(enrolled, prepend=0.0)
    # Whoever arrives during a day has, on average, half of it behind them at its end.
    halfway = 0.5 * (seen + np.append(seen[1:], seen[-1]))
    size = 1 << (2 * enrolled.size - 1).bit_length()
    found = np.fft.irfft(np.fft.rfft(daily, size) * np.fft.rfft(halfway, size), size)[: enrolled.size]
    return enrolled, np.asarray(found)


def expected_day(design: TrialDesign, events: float) -> float:
    """The calendar day on which so many events are expected. Raises EstimationError where they are not."""
    return day_of(design, expected_events(design)[1], events)


def day_of(design: TrialDesign, curve: Curve, events: float) -> float:
    """The day on which a curve of expected events reaches so many. Raises EstimationError where it does not."""
    reached = np.flatnonzero(curve >= events)
    if not reached.size:
        raise EstimationError(
            message(
                "stop.events_not_expected", events=f"{events:g}", years=f"{design.longest / 365.25:.0f}",
                subjects=design.subjects, expected=f"{curve[-1]:.1f}",
            )
        )  # fmt: skip
    place = int(reached[0])
    before = curve[place - 1] if place else 0.0
    return float(place - (curve[place] - events) / (curve[place] - before))


def _enrolment(design: TrialDesign) -> Curve:
    days = np.arange(design.longest + 1, dtype=np.float64)
    if isinstance(design.accrual, UniformAccrual):
        return np.asarray(design.subjects * np.minimum(days / design.accrual.days, 1.0))
    assert isinstance(design.accrual, SiteAccrual)
    total = sum(site.per_day * np.maximum(days - site.opens, 0.0) for site in design.accrual.sites)
    return np.asarray(np.minimum(total, design.subjects))


def _cumulative(pieces: Pieces, days: int) -> Curve:
    grid = np.arange(days, dtype=np.float64)
    total = np.zeros(days)
    for start, end, value in pieces.spans(float(days)):
        total += value * np.clip(grid - start, 0.0, end - start)
    return total


def _arm(design: TrialDesign, hazards: Hazards, days: int) -> ArmCurves:
    """One arm's curves: the mixture over strata and numbers of lesions."""
    local, distant = _cumulative(hazards.local, days), _cumulative(hazards.progression, days)
    early, late = _cumulative(hazards.death, days), _cumulative(hazards.late_death, days)
    staying = np.exp(-_cumulative(hazards.dropout, days))
    latent, seen, death = np.zeros(days), np.zeros(days), np.zeros(days)
    for stratum in combine(design.factors):
        lesions = stratum.lesions if design.lesions else (1.0,)
        whole = math.fsum(lesions)
        for count, part in enumerate(lesions, start=1):
            share = stratum.share * part / whole
            if share <= 0.0:
                continue
            progressing = stratum.hazard_ratio * (count * local + distant)
            dying = stratum.hazard_ratio * early
            free = np.exp(-progressing - dying)
            leaving = -np.diff(free)
            load = np.diff(progressing) + np.diff(dying)
            progressed = leaving * np.divide(np.diff(progressing), load, out=np.zeros(days - 1), where=load > 0.0)
            died = leaving - progressed
            gone = 1.0 - np.exp(-stratum.hazard_ratio * late)
            dead = np.concatenate(([0.0], np.cumsum(died))) + _convolve(progressed, gone)
            latent += share * (1.0 - free)
            death += share * dead
            if design.endpoint == "os":
                seen += share * _before_dropout(np.diff(dead), staying)
            else:
                seen += share * _seen(design, progressed, died, gone, staying)
    return ArmCurves(latent, seen, death)


def _convolve(density: Curve, cumulative: Curve) -> Curve:
    """P(event by a day) where the clock of `cumulative` starts at an event of this daily density."""
    days = cumulative.size
    size = 1 << (2 * days - 1).bit_length()
    transformed = np.fft.rfft(density, size) * np.fft.rfft(cumulative, size)
    return np.asarray(np.concatenate(([0.0], np.fft.irfft(transformed, size)[: days - 1])))


def _before_dropout(density: Curve, staying: Curve) -> Curve:
    return np.asarray(np.concatenate(([0.0], np.cumsum(density * staying[1:]))))


def _seen(design: TrialDesign, progressed: Curve, died: Curve, gone: Curve, staying: Curve) -> Curve:
    """P(first event seen by a day): progressions wait for a scan, or end in death before it, windows averaged."""
    daily = died.copy()
    if design.scans is None:
        return _before_dropout(daily + progressed, staying)
    days = daily.size + 1
    width, missed = 2 * design.scans.window + 1, design.scans.missed
    opening = {max(planned - design.scans.window, 1) for planned in design.scans.days}
    dying = -np.expm1(np.diff(np.log(np.maximum(1.0 - gone, 1e-300))))
    # Progressed, alive and not found yet: those whose scan in this window is still ahead, and those who wait for the
    # next. A scan falls on each day of its window alike; one on the day of progression shows it.
    ahead, later, left = 0.0, 0.0, 0
    for day in range(1, days):
        if day in opening:
            ahead, later, left = ahead + later, 0.0, width
        new = float(progressed[day - 1])
        share = left / width
        ahead, later = ahead + new * share, later + new * (1.0 - share)
        if left:
            scanned = ahead / left
            daily[day - 1] += scanned * (1.0 - missed)
            ahead, later, left = ahead - scanned, later + scanned * missed, left - 1
        lost = float(dying[day - 1])
        daily[day - 1] += (ahead + later) * lost
        ahead, later = ahead * (1.0 - lost), later * (1.0 - lost)
    return _before_dropout(daily, staying)
