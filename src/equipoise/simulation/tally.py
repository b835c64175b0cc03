"""What is kept of many simulated trials: counts, and sums in whole multiples of 2^-40.

Whole numbers add up to the same in any order, so results are equal bit for bit for any number of threads, chunks or
workers, and a tally's size does not grow with the number of trials.
"""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from equipoise.simulation.layout import OUT

UNIT = float(1 << 40)

_SUMMED = (
    "events", "enrolled", "experimental", "second_events", "local_control", "distant_control", "death_control",
    "local_experimental", "distant_experimental", "death_experimental",
)  # fmt: skip
_CURVES = ("median_control", "median_experimental", "second_median_control", "second_median_experimental", "day")


@dataclass(slots=True)
class Moments:
    """Count, sum and sum of squares of what was defined, as whole numbers."""

    count: int = 0
    total: int = 0
    squares: int = 0

    def add(self, values: np.ndarray) -> None:
        """Take in the finite values."""
        kept = values[np.isfinite(values)]
        scaled = kept * UNIT
        self.count += int(kept.size)
        self.total += int(np.rint(scaled).astype(np.int64).sum())
        self.squares += int(np.rint(scaled * kept).astype(np.int64).sum())

    def merge(self, other: "Moments") -> None:
        """Take in another's."""
        self.count += other.count
        self.total += other.total
        self.squares += other.squares

    @property
    def mean(self) -> float | None:
        """The mean, where anything was defined."""
        return self.total / UNIT / self.count if self.count else None

    @property
    def sd(self) -> float | None:
        """The standard deviation, of two or more."""
        if self.count < 2:
            return None
        spread = self.squares - self.total * self.total / UNIT / self.count
        return math.sqrt(max(spread, 0.0) / UNIT / (self.count - 1))


@dataclass(slots=True)
class Tally:
    """The sums over trials. Histograms of days count half-days, so that medians between two days stay exact."""

    looks: int
    longest: int
    trials: int = 0
    rejected: Any = None
    futile: Any = None
    stopped: Any = None
    unreached: int = 0
    rejected_unadvised: int = 0
    interrupted: bool = False
    covered: int = 0
    judged: int = 0
    log_hr: Moments = field(default_factory=Moments)
    se: Moments = field(default_factory=Moments)
    z: Moments = field(default_factory=Moments)
    second_log_hr: Moments = field(default_factory=Moments)
    sums: dict[str, int] = field(default_factory=dict)
    days: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rejected = np.zeros(self.looks, np.int64)
        self.futile = np.zeros(self.looks, np.int64)
        self.stopped = np.zeros(self.looks, np.int64)
        self.sums = dict.fromkeys(_SUMMED, 0)
        self.days = {name: np.zeros(2 * self.longest + 4, np.int64) for name in _CURVES}

    def add(self, out: np.ndarray, true_log_hr: float | None, quantile: float) -> None:
        """Take in rows of outcomes. `quantile` is that of the confidence interval whose coverage is counted."""
        columns = dict(zip(OUT, np.ascontiguousarray(out.T), strict=True))
        rejected = columns["rejected"] > 0.0
        look, advised = columns["look"].astype(np.int64), columns["futile"].astype(np.int64)
        self.trials += len(out)
        self.stopped += np.bincount(look, minlength=self.looks)
        self.rejected += np.bincount(look[rejected], minlength=self.looks)
        self.futile += np.bincount(advised, minlength=self.looks + 1)[1:]
        self.rejected_unadvised += int(np.count_nonzero(rejected & (advised == 0)))
        self.unreached += int(np.count_nonzero(columns["reached"] == 0.0))
        log_hr, se = columns["log_hr"], columns["se"]
        self.log_hr.add(log_hr)
        self.se.add(se)
        self.z.add(columns["z"])
        if true_log_hr is not None:
            self.judged += int(np.count_nonzero(np.isfinite(log_hr)))
            with np.errstate(invalid="ignore"):
                self.covered += int(np.count_nonzero(np.abs(log_hr - true_log_hr) <= quantile * se))
        second = bool(np.isfinite(columns["second_events"]).any())
        if second:
            self.second_log_hr.add(columns["second_log_hr"])
        for name in _SUMMED:
            if second or not name.startswith("second_"):
                self.sums[name] += int(columns[name].sum())
        for name, counts in self.days.items():
            if second or not name.startswith("second_"):
                values = columns[name]
                found = np.bincount((2.0 * values[np.isfinite(values)]).astype(np.int64))
                counts[: found.size] += found

    def merge(self, other: "Tally") -> None:
        """Take in another tally of the same design."""
        self.trials += other.trials
        self.rejected += other.rejected
        self.futile += other.futile
        self.stopped += other.stopped
        self.unreached += other.unreached
        self.rejected_unadvised += other.rejected_unadvised
        self.interrupted |= other.interrupted
        self.covered += other.covered
        self.judged += other.judged
        for mine, theirs in (
            (self.log_hr, other.log_hr),
            (self.se, other.se),
            (self.z, other.z),
            (self.second_log_hr, other.second_log_hr),
        ):
            mine.merge(theirs)
        for name in _SUMMED:
            self.sums[name] += other.sums[name]
        for name in _CURVES:
            self.days[name] += other.days[name]

    def quantile(self, name: str, share: float) -> float | None:
        """A quantile, in days, over all trials; one that was not reached counts as later than any day."""
        counts = self.days[name]
        wanted = share * self.trials
        reached = np.cumsum(counts)
        place = int(np.searchsorted(reached, wanted, side="left"))
        return place / 2.0 if place < counts.size and self.trials else None

    def mean_days(self, name: str) -> float | None:
        """The mean, in days, over the trials in which it was reached."""
        counts = self.days[name]
        total = int(counts.sum())
        return float(counts @ np.arange(counts.size)) / 2.0 / total if total else None
