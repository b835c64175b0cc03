"""Beside the hazard ratio: restricted mean survival to the plan's horizon, and the test of proportional hazards."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.analysis.survival import EndpointEstimate, Group
from equipoise.analysis.times import TimeRow
from equipoise.analysis.two_arms import because, two_arms
from equipoise.kernel.errors import EstimationError
from equipoise.kernel.messages import Message
from equipoise.protocol.model import Protocol
from equipoise.statistics.cox import cox
from equipoise.statistics.estimate import Estimate, HypothesisTest
from equipoise.statistics.proportional_hazards import proportional_hazards
from equipoise.statistics.rmst import RestrictedMeans, restricted_means


@dataclass(frozen=True)
class Restricted:
    """Restricted means of an arm and control to `tau` months; where `means` is None, `reason` says why."""

    arm: str
    control: str
    tau: float
    means: RestrictedMeans | None
    reason: Message | None = None


def restricted(protocol: Protocol, found: EndpointEstimate) -> list[Restricted]:
    """Each comparison of an endpoint, to the horizon the plan names; empty where it names none. Never shortened."""
    tau = protocol.analysis.rmst_tau_months
    if tau is None:
        return []
    groups = {group.id: group for group in found.groups}
    return [_restricted(groups[one.control], groups[one.arm], float(tau)) for one in found.contrasts]


def _restricted(control: Group, arm: Group, tau: float) -> Restricted:
    try:
        means = restricted_means(control.curve, arm.curve, tau, names=(control.label, arm.label))
    except EstimationError as error:
        return Restricted(arm.id, control.id, tau, None, because(error))
    return Restricted(arm.id, control.id, tau, means)


@dataclass(frozen=True)
class Proportionality:
    """Grambsch and Therneau's test for an arm against control (transform of R's cox.zph: Kaplan-Meier)."""

    arm: str
    test: HypothesisTest


def proportionality(
    protocol: Protocol, rows: Sequence[TimeRow], arm: str, control: str, strata: Sequence[str]
) -> Proportionality:
    """Test whether the hazard ratio is constant, in the plan's stratified model."""
    kept = [row for row in rows if row.arm in (arm, control)]
    both = two_arms(kept, arm, strata)
    event = np.array([row.time.is_event for row in kept], dtype=np.float64)
    ties = "efron" if protocol.analysis.ties == "exact" else protocol.analysis.ties
    try:
        fit = cox(both.time, event, both.as_covariate, strata=both.strata, ties=ties, names=[arm])
        return Proportionality(arm, proportional_hazards(fit).tests[0])
    except EstimationError as error:
        return Proportionality(arm, HypothesisTest(None, 1, None, method="Grambsch-Therneau", reason=because(error)))


def landmarks(found: EndpointEstimate, months: Sequence[float]) -> list[tuple[str, list[Estimate]]]:
    """Survival of each group at landmark times: (group, estimates)."""
    return [(group.id, list(group.curve.at(list(months)))) for group in found.groups]
