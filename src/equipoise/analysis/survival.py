"""Estimates of a time-to-event endpoint: curves, medians, the stratified log-rank test, the stratified hazard ratio."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.analysis import words as _words  # noqa: F401  (declares the wordings)
from equipoise.analysis.cut import DataCut
from equipoise.analysis.firewall import Authority
from equipoise.analysis.times import TimeRow
from equipoise.analysis.two_arms import because, two_arms
from equipoise.kernel.errors import EstimationError
from equipoise.kernel.messages import Message
from equipoise.protocol.model import Endpoint, Protocol
from equipoise.statistics.cox import cox
from equipoise.statistics.errors import NoEstimate
from equipoise.statistics.estimate import Estimate, HypothesisTest
from equipoise.statistics.logrank import logrank
from equipoise.statistics.survival import SurvivalCurve, kaplan_meier


@dataclass(frozen=True)
class Group:
    """A group's curve: an arm, or everyone."""

    id: str
    label: str
    n: int
    events: int
    curve: SurvivalCurve
    median: Estimate


@dataclass(frozen=True)
class Contrast:
    """An experimental arm against control: hazard ratios at the plan's levels, and the tests."""

    arm: str
    control: str
    ratios: tuple[Estimate, ...]
    logrank: HypothesisTest
    reason: Message | None = None
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True)
class EndpointEstimate:
    """An endpoint estimated on a data cut, pooled or by arm."""

    endpoint: Endpoint
    cut: DataCut
    groups: tuple[Group, ...]
    contrasts: tuple[Contrast, ...]
    by_arm: Authority | None
    strata: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many subjects."""
        return sum(group.n for group in self.groups)

    @property
    def events(self) -> int:
        """How many events."""
        return sum(group.events for group in self.groups)


def estimate_pooled(
    endpoint: Endpoint, rows: Sequence[TimeRow], cut: DataCut, *, scale: str = "log"
) -> EndpointEstimate:
    """Everyone together, limits of the curve on a `scale`.

    Raises EstimationError where nobody is randomized, and for an endpoint that depends on the arm.
    """
    if endpoint.depends_on_arm:
        raise NoEstimate("analysis.depends_on_arm")
    return EndpointEstimate(endpoint, cut, (_group("all", "All participants", rows, scale),), (), None, ())


def estimate_by_arm(
    protocol: Protocol, endpoint: Endpoint, rows: Sequence[TimeRow], cut: DataCut, authority: Authority,
    strata: tuple[str, ...] | None = None, *, scale: str = "log",
) -> EndpointEstimate:  # fmt: skip
    """By arm, stratified as the plan says (strata as randomized). Only with an authority. Raises EstimationError."""
    used = protocol.analysis.strata if strata is None else strata
    groups = tuple(
        _group(arm.id, arm.label, [row for row in rows if row.arm == arm.id], scale)
        for arm in protocol.arms
        if any(row.arm == arm.id for row in rows)
    )
    control = next(arm.id for arm in protocol.arms if arm.role == "control")
    contrasts = tuple(
        _contrast(protocol, [row for row in rows if row.arm in (arm.id, control)], arm.id, control, used)
        for arm in protocol.arms
        if arm.id != control and {group.id for group in groups} >= {arm.id, control}
    )
    return EndpointEstimate(endpoint, cut, groups, contrasts, authority, used)


def _group(id_: str, label: str, rows: Sequence[TimeRow], scale: str) -> Group:
    if not rows:
        raise NoEstimate("analysis.nobody")
    time = np.array([row.months for row in rows])
    event = np.array([1.0 if row.time.is_event else 0.0 for row in rows])
    curve = kaplan_meier(time, event, scale=scale)
    return Group(id_, label, len(rows), int(event.sum()), curve, curve.median)


def _contrast(protocol: Protocol, rows: Sequence[TimeRow], arm: str, control: str, strata: tuple[str, ...]) -> Contrast:
    both = two_arms(rows, arm, strata)
    event = np.array([1.0 if row.time.is_event else 0.0 for row in rows])
    try:
        test = logrank(
            both.time, event, both.treated, strata=both.strata, arm_names=[control, arm],
            stratum_names=both.stratum_names,
        )  # fmt: skip
    except EstimationError as error:
        empty = HypothesisTest(None, 1, None, reason=because(error))
        return Contrast(arm, control, (), empty, because(error))
    try:
        fit = cox(
            both.time, event, both.as_covariate, strata=both.strata, ties=protocol.analysis.ties, names=[arm],
            stratum_names=both.stratum_names,
        )  # fmt: skip
    except EstimationError as error:
        return Contrast(arm, control, (), test.test, because(error), test.silent)
    ratios = tuple(fit.hazard_ratio(level=float(level)) for level in protocol.analysis.intervals)
    return Contrast(arm, control, ratios, test.test, None, test.silent)
