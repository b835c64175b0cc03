"""What is going to happen to a participant, drawn before anyone knows: latent times, where it recurs, who drops out."""

from dataclasses import dataclass
from datetime import date, timedelta

from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.simulation.rehearsal.telling import Telling

SCAN_LAG_MONTHS = 0.9
"""A median dated by scans lies about half a scan interval behind the latent one (8 weeks / 2)."""

MEDIAN_TO_MEAN = 1.4426950408889634
"""Mean of an exponential time over its median: 1 / ln 2."""


@dataclass(frozen=True, slots=True)
class Fate:
    """Latent days of progression and death, whether it recurs at a residual site, and when contact is lost."""

    progresses: date
    dies: date
    at_residual_site: bool
    drops_out: date
    how: str


def fate_of(tell: Telling) -> Fate:
    """Draw a participant's fate from the scenario: exponential times; levels and arm multiply the hazard.

    The scenario's control median is turned into a latent one where it is scan-observed. Dropout is exponential at the
    protocol's yearly rate.
    """
    assert tell.book.randomized is not None
    assert tell.book.randomized_on is not None
    origin, world = tell.book.randomized_on, tell.scenario
    median = float(world.control_pfs_median) - (SCAN_LAG_MONTHS if world.medians == "scan_observed" else 0.0)
    hazard = 1.0
    experimental = tell.protocol.arm(tell.book.randomized.arm).role == "experimental"
    if experimental:
        hazard *= float(world.hazard_ratio)
    for level in world.levels:
        if tell.book.randomized.levels.get(level.factor) == level.level:
            hazard *= float(level.hazard_ratio) / _mean_ratio(tell, level.factor)
    months = tell.chance("progression").exponential(median * MEDIAN_TO_MEAN / hazard)
    after = tell.chance("death").exponential(float(world.os_median_after) * MEDIAN_TO_MEAN)
    # A few die of other causes before any progression.
    other = tell.chance("other-death").exponential(120.0)
    local = float(world.local_share) * (0.45 if experimental else 1.0)
    rate = float(tell.protocol.accrual.dropout_per_year)
    gone = tell.chance("dropout").exponential(12.0 / rate) if rate > 0 else 1200.0
    how = tell.chance("dropout-kind").weighted(("lost", "withdrawal", "visits_stopped"), (0.5, 0.25, 0.25))
    return Fate(
        progresses=origin + _days(months),
        dies=origin + _days(min(months + after, other) if other < months else months + after),
        at_residual_site=tell.chance("site-of-failure").happens(local),
        drops_out=origin + _days(gone),
        how=how,
    )


def _mean_ratio(tell: Telling, factor: str) -> float:
    """The average hazard ratio of a factor's levels, so that the scenario's median is that of the whole population."""
    levels = [level for level in tell.scenario.levels if level.factor == factor]
    total = sum(float(level.share) for level in levels)
    return sum(float(level.share * level.hazard_ratio) for level in levels) / total if total else 1.0


def _days(months: float) -> timedelta:
    return timedelta(days=min(9000, max(1, round(months * DAYS_PER_MONTH))))
