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

_AT = {name: place for place, name in enumerate(OUT)}
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
        self.count += int(kept.size)
        self.total += int(np.rint(kept * UNIT).astype(np.int64).sum())
        self.squares += int(np.rint(kept * kept * UNIT).astype(np.int64).sum())

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
        look = out[:, 0].astype(np.int64)
        self.trials += len(out)
        self.stopped += np.bincount(look, minlength=self.looks)
        self.rejected += np.bincount(look[out[:, _AT["rejected"]] > 0.0], minlength=self.looks)
        self.futile += np.bincount(out[:, _AT["futile"]].astype(np.int64), minlength=self.looks + 1)[1:]
        kept = (out[:, _AT["rejected"]] > 0.0) & (out[:, _AT["futile"]] == 0.0)
        self.rejected_unadvised += int(kept.sum())
        self.unreached += int((out[:, _AT["reached"]] == 0.0).sum())
        log_hr, se = out[:, _AT["log_hr"]], out[:, _AT["se"]]
        self.log_hr.add(log_hr)
        self.se.add(se)
        self.z.add(out[:, _AT["z"]])
        self.second_log_hr.add(out[:, _AT["second_log_hr"]])
        if true_log_hr is not None:
            defined = np.isfinite(log_hr)
            self.judged += int(defined.sum())
            self.covered += int((np.abs(log_hr - true_log_hr)[defined] <= quantile * se[defined]).sum())
        for name in _SUMMED:
            values = out[:, _AT[name]]
            self.sums[name] += int(values[np.isfinite(values)].sum())
        for name, counts in self.days.items():
            values = out[:, _AT[name]]
            halves = (2.0 * values[np.isfinite(values)]).astype(np.int64)
            if halves.size:
                found = np.bincount(halves)
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
