"""Randomized phase II screening designs: a comparison at a relaxed level that decides whether to go on.

Rubinstein, Korn, Freidlin and colleagues, J Clin Oncol 2005;23:7199. A screening trial is not confirmatory: the level
is 0.10 or 0.20 one-sided, and what it yields is a decision. A middle zone, where neither decision is made, is optional
(three outcomes: Sargent, Chan and Goldberg, Control Clin Trials 2001;22:117).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.kernel.errors import InputError
from equipoise.statistics.group_sequential import check_errors
from equipoise.statistics.normal import normal_cdf, normal_quantile
from equipoise.statistics.sample_size import check_hazard_ratio, check_ratio, drift, hazard_ratio_at


@dataclass(frozen=True, slots=True)
class Decision:
    """What a screening trial decides when the hazard ratio is so: probabilities that sum to 1."""

    hazard_ratio: float
    go: float
    undecided: float
    stop: float


@dataclass(frozen=True, slots=True)
class ScreeningDesign:
    """Go on where the observed hazard ratio is at most `go_below`; stop where it is above `stop_above`.

    Without a middle zone both are the same number.
    """

    events: float
    alpha: float
    ratio: float
    go_below: float
    stop_above: float

    def decide(self, hazard_ratio: float) -> Decision:
        """The chances of each decision, by the normal approximation to the log hazard ratio."""
        check_hazard_ratio(hazard_ratio)
        expected = drift(self.events, hazard_ratio, self.ratio)
        go = normal_cdf(expected - drift(self.events, self.go_below, self.ratio))
        stop = normal_cdf(drift(self.events, self.stop_above, self.ratio) - expected)
        return Decision(hazard_ratio, go, max(0.0, 1.0 - go - stop), stop)

    def decisions(self, hazard_ratios: Sequence[float]) -> tuple[Decision, ...]:
        """The chances of each decision over several hazard ratios."""
        return tuple(self.decide(hazard_ratio) for hazard_ratio in hazard_ratios)


def screening_design(
    events: float, alpha: float, *, ratio: float = 1.0, stop_above: float | None = None
) -> ScreeningDesign:
    """The rule of a one-sided level `alpha` with so many events. Raises InputError where a number is out of range."""
    check_errors(alpha)
    check_ratio(ratio)
    if not math.isfinite(events) or events <= 0.0:
        raise InputError("there are no events to decide on", seen=events, wanted="a number of events above 0")
    go_below = hazard_ratio_at((-normal_quantile(alpha)), events, ratio)
    if not 0.0 < go_below < math.inf:
        raise InputError("no result of so few events could say go on", seen=events, wanted="more events")
    if stop_above is None:
        return ScreeningDesign(events, alpha, ratio, go_below, go_below)
    check_hazard_ratio(stop_above)
    if stop_above < go_below:
        raise InputError(
            "the hazard ratio to stop at is better than the one to go on with",
            seen=stop_above, wanted=f"a hazard ratio of at least {go_below:.4f}, where this level says go",
        )  # fmt: skip
    return ScreeningDesign(events, alpha, ratio, go_below, stop_above)
