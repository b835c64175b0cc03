"""What many simulated trials say about a design, with Monte-Carlo intervals."""

import math
from dataclasses import dataclass

from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.simulation.tally import Moments, Tally
from equipoise.simulation.trials import TrialDesign


@dataclass(frozen=True, slots=True)
class Proportion:
    """A share of trials, its standard error, and its 95 % interval (Wilson's)."""

    value: float
    se: float
    lower: float
    upper: float

    @classmethod
    def of(cls, hits: int, trials: int) -> "Proportion":
        """The share `hits` of `trials`."""
        z = 1.959963984540054
        value = hits / trials
        centre = (value + z * z / (2 * trials)) / (1 + z * z / trials)
        half = z * math.sqrt(value * (1 - value) / trials + z * z / (4 * trials * trials)) / (1 + z * z / trials)
        return cls(value, math.sqrt(value * (1 - value) / trials), max(0.0, centre - half), min(1.0, centre + half))


@dataclass(frozen=True, slots=True)
class Spread:
    """A quantity over trials: mean, its standard error, and the 5th, 50th and 95th percentiles."""

    mean: float | None
    se: float | None
    low: float | None
    middle: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class LookResult:
    """What happened at one look: trials that stopped there, for efficacy and for futility, as shares of all."""

    events: int
    reached: float
    efficacy: float
    futility: float


@dataclass(frozen=True, slots=True)
class ArmCounts:
    """Mean numbers of first failures by kind, a trial, in one arm."""

    local: float
    distant: float
    death: float


@dataclass(frozen=True, slots=True)
class SecondEndpoint:
    """The endpoint that is not the primary one, at the primary one's data cut."""

    endpoint: str
    hazard_ratio: float | None
    medians_kind: str
    medians: tuple[float | None, float | None]
    events: float


@dataclass(frozen=True, slots=True)
class Result:
    """Operating characteristics. Months throughout; medians are over trials.

    `medians` are Kaplan-Meier medians (control, experimental) as the trial would report them: `scan_observed` where
    progression is seen at scans only, else `latent`. `power_if_advised` is the power were every futility advice
    followed. `bias` and `coverage` are given where the model has a true hazard ratio; otherwise `hazard_ratio` (the
    geometric mean of the estimates) is what the model implies, an output.
    """

    name: str
    trials: int
    interrupted: bool
    power: Proportion
    power_if_advised: Proportion
    confidence: float
    is_null: bool
    mean_log_hr: float | None
    log_hr_se: float | None
    log_hr_sd: float | None
    mean_se: float | None
    hazard_ratio: float | None
    true_hazard_ratio: float | None
    bias: float | None
    coverage: Proportion | None
    undefined: int
    endpoint: str
    medians_kind: str
    medians: tuple[float | None, float | None]
    second: "SecondEndpoint | None"
    duration: Spread
    events: float
    enrolled: float
    unreached: Proportion
    looks: tuple[LookResult, ...]
    failures: tuple[ArmCounts, ArmCounts] | None

    @property
    def hazard_ratio_is_output(self) -> bool:
        """Whether the hazard ratio follows from transitions or lesions instead of being put in."""
        return self.true_hazard_ratio is None


def summarize(design: TrialDesign, tally: Tally) -> Result:
    """Turn a tally into a result."""
    trials = max(tally.trials, 1)
    true = design.hazard_ratio
    coverage = Proportion.of(tally.covered, tally.judged) if tally.judged else None
    mean = tally.log_hr.mean
    detailed = design.endpoint == "pfs" and (design.deaths or design.lesions)
    rejected = int(tally.rejected.sum())
    return Result(
        name=design.name,
        trials=tally.trials,
        interrupted=tally.interrupted,
        power=Proportion.of(rejected, trials),
        power_if_advised=Proportion.of(tally.rejected_unadvised, trials),
        confidence=design.confidence,
        is_null=true == 1.0,
        mean_log_hr=mean,
        log_hr_se=_standard_error(tally.log_hr),
        log_hr_sd=tally.log_hr.sd,
        mean_se=tally.se.mean,
        hazard_ratio=math.exp(mean) if mean is not None else None,
        true_hazard_ratio=true,
        bias=mean - math.log(true) if mean is not None and true is not None else None,
        coverage=coverage,
        undefined=tally.trials - tally.log_hr.count,
        endpoint=design.endpoint,
        medians_kind=_kind(design, design.endpoint),
        medians=(_months(tally.quantile("median_control", 0.5)), _months(tally.quantile("median_experimental", 0.5))),
        second=_second(design, tally) if design.deaths else None,
        duration=_duration(tally),
        events=tally.sums["events"] / trials,
        enrolled=tally.sums["enrolled"] / trials,
        unreached=Proportion.of(tally.unreached, trials),
        looks=tuple(
            LookResult(
                events=events,
                reached=float(tally.stopped[look:].sum()) / trials,
                efficacy=float(tally.rejected[look]) / trials,
                futility=float(tally.futile[look]) / trials,
            )
            for look, events in enumerate(design.looks.events)
        ),
        failures=(_failures(tally, "control", trials), _failures(tally, "experimental", trials)) if detailed else None,
    )


def _kind(design: TrialDesign, endpoint: str) -> str:
    return "scan_observed" if design.scans is not None and endpoint == "pfs" else "latent"


def _second(design: TrialDesign, tally: Tally) -> SecondEndpoint:
    endpoint = "os" if design.endpoint == "pfs" else "pfs"
    mean = tally.second_log_hr.mean
    control, experimental = (
        _months(tally.quantile(f"second_median_{arm}", 0.5)) for arm in ("control", "experimental")
    )
    return SecondEndpoint(
        endpoint=endpoint,
        hazard_ratio=math.exp(mean) if mean is not None else None,
        medians_kind=_kind(design, endpoint),
        medians=(control, experimental),
        events=tally.sums["second_events"] / max(tally.trials, 1),
    )


def _duration(tally: Tally) -> Spread:
    counts = tally.days["day"]
    mean = tally.mean_days("day")
    if mean is None:
        return Spread(None, None, None, None, None)
    squares = sum(int(counts[place]) * (place / 2.0 - mean) ** 2 for place in counts.nonzero()[0])
    se = math.sqrt(squares / max(tally.trials - 1, 1) / tally.trials)
    low, middle, high = (_months(tally.quantile("day", share)) for share in (0.05, 0.5, 0.95))
    return Spread(mean / DAYS_PER_MONTH, se / DAYS_PER_MONTH, low, middle, high)


def _failures(tally: Tally, arm: str, trials: int) -> ArmCounts:
    return ArmCounts(*(tally.sums[f"{kind}_{arm}"] / trials for kind in ("local", "distant", "death")))


def _standard_error(moments: Moments) -> float | None:
    return moments.sd / math.sqrt(moments.count) if moments.sd is not None else None


def _months(days: float | None) -> float | None:
    return days / DAYS_PER_MONTH if days is not None else None
