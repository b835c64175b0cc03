"""Events and subjects for a two-arm comparison of survival at one analysis.

Hazard ratio is experimental over control; `ratio` is experimental over control participants. Events and subjects are
real numbers: round up where people are counted. Schoenfeld, Biometrics 1983;39:499; Freedman, Stat Med 1982;1:121;
Lachin and Foulkes, Biometrics 1986;42:507.
"""

import math
from dataclasses import dataclass
from typing import Literal

from equipoise.kernel.errors import InputError
from equipoise.statistics.errors import NoEstimate
from equipoise.statistics.expected_events import Accrual, Pieces, events
from equipoise.statistics.group_sequential import check_errors
from equipoise.statistics.normal import normal_cdf, normal_quantile

Method = Literal["schoenfeld", "freedman", "lachin-foulkes"]
LARGEST_LOG = 709.0
"""The logarithm of about the largest number there is."""

METHODS: tuple[Method, ...] = ("schoenfeld", "freedman", "lachin-foulkes")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is to be shown: a hazard ratio, at a level (of both sides together), with a power.

    Raises InputError for values out of range and EstimationError for a design that cannot exist.
    """

    hazard_ratio: float
    alpha: float
    power: float
    sides: int = 1
    ratio: float = 1.0

    def __post_init__(self) -> None:
        check_hazard_ratio(self.hazard_ratio)
        check_ratio(self.ratio)
        check_errors(self.alpha, self.power, sides=self.sides)
        if self.hazard_ratio == 1.0:
            raise NoEstimate("statistics.no_difference_to_detect", power=f"{self.power:.0%}")

    @property
    def quantiles(self) -> tuple[float, float]:
        """z(1 - alpha / sides) and z(power)."""
        return (-normal_quantile(self.alpha / self.sides)), normal_quantile(self.power)


@dataclass(frozen=True, slots=True)
class Conduct:
    """How the trial runs, in one unit of time: control hazard, dropout hazard in either arm, accrual, total duration.

    Accrual is uniform over `accrual`; the analysis is at `duration`.
    """

    control_hazard: float
    dropout_hazard: float
    accrual: float
    duration: float

    def __post_init__(self) -> None:
        _finite("the control hazard", self.control_hazard, above=0.0)
        _finite("the dropout hazard", self.dropout_hazard, above=None)
        _finite("the accrual duration", self.accrual, above=0.0)
        _finite("the total duration", self.duration, above=0.0)
        if self.duration < self.accrual:
            raise InputError(
                "the trial ends before accrual does", seen=f"duration {self.duration:g}, accrual {self.accrual:g}",
                wanted="a duration of at least the accrual",
            )  # fmt: skip

    def events_per_subject(self, hazard_ratio: float, ratio: float) -> tuple[float, float]:
        """Expected events in the control and the experimental arm, for one subject accrued in all."""
        accrual = Accrual.uniform(1.0, self.accrual)
        dropout = Pieces.constant(self.dropout_hazard)
        control = events(self.duration, accrual, Pieces.constant(self.control_hazard), dropout) / (1.0 + ratio)
        hazard = Pieces.constant(self.control_hazard * hazard_ratio)
        return control, events(self.duration, accrual, hazard, dropout) * ratio / (1.0 + ratio)


@dataclass(frozen=True, slots=True)
class Size:
    """Events needed and, where the conduct is known, subjects to accrue so that they are expected. Unrounded."""

    events: float
    subjects: float | None

    @property
    def events_ceil(self) -> int:
        """Whole events."""
        return round_up(self.events)

    @property
    def subjects_ceil(self) -> int | None:
        """Whole subjects."""
        return None if self.subjects is None else round_up(self.subjects)


def round_up(number: float) -> int:
    """The next whole number, forgiving what floating point adds to one: 1e-9 of it, at most a millionth."""
    return math.ceil(number - min(1e-9 * number, 1e-6))


def size(comparison: Comparison, method: Method, conduct: Conduct | None = None) -> Size:
    """Events and subjects by a method. Lachin and Foulkes' needs the conduct; the others need it for subjects only."""
    if method == "lachin-foulkes":
        if conduct is None:
            raise InputError(
                "Lachin and Foulkes' method weighs expected events, so it needs how the trial runs",
                wanted="the control hazard, the dropout hazard, the accrual and the total duration",
            )
        return _lachin_foulkes(comparison, conduct)
    if method == "schoenfeld":
        needed = schoenfeld_events(comparison)
    elif method == "freedman":
        needed = freedman_events(comparison)
    else:
        raise InputError("there is no such method", seen=method, wanted=", ".join(METHODS))
    if conduct is None:
        return Size(needed, None)
    return Size(needed, needed / _seen(conduct, comparison.hazard_ratio, comparison.ratio))


def schoenfeld_events(comparison: Comparison) -> float:
    """(z_alpha + z_beta)^2 (1 + r)^2 / (r ln^2 HR)."""
    scale = (1.0 + comparison.ratio) ** 2 / comparison.ratio
    return sum(comparison.quantiles) ** 2 * scale / math.log(comparison.hazard_ratio) ** 2


def freedman_events(comparison: Comparison) -> float:
    """(z_alpha + z_beta)^2 (1 + r HR)^2 / (r (1 - HR)^2)."""
    ratio, hazard_ratio = comparison.ratio, comparison.hazard_ratio
    return sum(comparison.quantiles) ** 2 * (1.0 + ratio * hazard_ratio) ** 2 / (ratio * (1.0 - hazard_ratio) ** 2)


def schoenfeld_power(
    events_seen: float, hazard_ratio: float, alpha: float, *, sides: int = 1, ratio: float = 1.0
) -> float:
    """The power of a log-rank test with so many events to show that the experimental arm is better."""
    check_hazard_ratio(hazard_ratio)
    check_ratio(ratio)
    check_errors(alpha, sides=sides)
    if not math.isfinite(events_seen) or events_seen <= 0.0:
        raise InputError("there are no events to test", seen=events_seen, wanted="a number of events above 0")
    return normal_cdf(drift(events_seen, hazard_ratio, ratio) + normal_quantile(alpha / sides))


def drift(events_seen: float, hazard_ratio: float, ratio: float = 1.0) -> float:
    """The expected standardized log-rank statistic, positive where the experimental arm is better."""
    return -math.log(hazard_ratio) * math.sqrt(events_seen * ratio) / (1.0 + ratio)


def hazard_ratio_at(statistic: float, events_seen: float, ratio: float = 1.0) -> float:
    """The observed hazard ratio that gives a standardized statistic at so many events."""
    log = -statistic * (1.0 + ratio) / math.sqrt(events_seen * ratio)
    return math.exp(log) if log < LARGEST_LOG else math.inf


def check_hazard_ratio(hazard_ratio: float) -> None:
    """Raise InputError unless a hazard ratio is a number above 0."""
    _finite("the hazard ratio", hazard_ratio, above=0.0)


def check_ratio(ratio: float) -> None:
    """Raise InputError unless an allocation ratio is a number above 0."""
    _finite("the allocation ratio", ratio, above=0.0)


def _lachin_foulkes(comparison: Comparison, conduct: Conduct) -> Size:
    """The log hazard ratio's variances from expected events under either hypothesis, a common hazard under the null."""
    ratio, hazard_ratio = comparison.ratio, comparison.hazard_ratio
    control, experimental = conduct.events_per_subject(hazard_ratio, ratio)
    pooled = conduct.control_hazard * (1.0 + hazard_ratio * ratio) / (1.0 + ratio)
    null = Conduct(pooled, conduct.dropout_hazard, conduct.accrual, conduct.duration)
    null_control, null_experimental = null.events_per_subject(1.0, ratio)
    z_alpha, z_beta = comparison.quantiles
    root = z_alpha * math.sqrt(1.0 / null_control + 1.0 / null_experimental)
    root += z_beta * math.sqrt(1.0 / control + 1.0 / experimental)
    subjects = (root / math.log(hazard_ratio)) ** 2
    return Size(subjects * (control + experimental), subjects)


def _seen(conduct: Conduct, hazard_ratio: float, ratio: float) -> float:
    return math.fsum(conduct.events_per_subject(hazard_ratio, ratio))


def _finite(name: str, value: float, *, above: float | None) -> None:
    if not math.isfinite(value) or value < 0.0 or (above is not None and value <= above):
        wanted = "a number of 0 or more" if above is None else f"a number above {above:g}"
        raise InputError(f"{name} is out of range", seen=value, wanted=wanted)
