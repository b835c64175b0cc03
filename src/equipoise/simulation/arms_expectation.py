"""What a trial with several experimental arms leads to on average, day by day: arm by arm, and all together."""

import math
from dataclasses import dataclass

from equipoise.simulation.arms_plan import ArmsDesign
from equipoise.simulation.expectation import ArmCurves, Curve, curves, pooled_events


@dataclass(frozen=True, slots=True)
class ArmsCourse:
    """Participants and events expected by calendar day since accrual began; `by_arm` has the events, control first."""

    enrolled: Curve
    events: Curve
    by_arm: tuple[Curve, ...]


def arm_curves(design: ArmsDesign) -> tuple[ArmCurves, ...]:
    """The curves of each arm, control first, contamination mixed in (controls live by the first arm's hazards)."""
    found = [curves(pair) for pair in design.pairs]
    return (found[0][0], *(experimental for _, experimental in found))


def expected_course(design: ArmsDesign) -> ArmsCourse:
    """Expected participants and events of the primary endpoint."""
    whole = math.fsum(design.ratio)
    by_arm, enrolled = [], None
    for share, arm in zip(design.ratio, arm_curves(design), strict=True):
        enrolled, alone = pooled_events(design.trial, [(1.0, arm)])
        by_arm.append(alone * share / whole)
    assert enrolled is not None
    return ArmsCourse(enrolled, sum(by_arm[1:], by_arm[0]), tuple(by_arm))
