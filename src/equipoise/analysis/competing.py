"""Competing risks of a plan's endpoint: cumulative incidence, Gray's test, cause-specific and subdistribution hazards.

Per participant, and per lesion with participants as clusters: each lesion alike, and each participant alike (a lesion
weighs one over the number of its participant's lesions).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol as Structure

import numpy as np

from equipoise.analysis import words as _words  # noqa: F401  (declares the wordings)
from equipoise.analysis.groups import Grouping
from equipoise.analysis.two_arms import Timed, because, two_arms
from equipoise.kernel.errors import EstimationError
from equipoise.statistics.competing import CumulativeIncidence, cause_specific_hazard, cumulative_incidence
from equipoise.statistics.cox import cox
from equipoise.statistics.errors import NoEstimate
from equipoise.statistics.estimate import Estimate, HypothesisTest
from equipoise.statistics.fine_gray import fine_gray
from equipoise.statistics.gray import gray


class Competing(Timed, Structure):
    """A timed row of somebody, with its status: 1 the event, 2 the competing one, 0 neither."""

    @property
    def status(self) -> int:
        """1 the event, 2 the competing one, 0 neither."""

    @property
    def subject(self) -> str:
        """Whose row it is."""


@dataclass(frozen=True)
class Incidence:
    """The cumulative incidence of a group; None where nobody is in it."""

    group: str
    label: str
    n: int
    events: int
    competing: int
    curve: CumulativeIncidence


@dataclass(frozen=True, slots=True)
class CompetingContrast:
    """An arm against control: Gray's test, the cause-specific and the Fine-Gray hazard ratio."""

    arm: str
    control: str
    gray: HypothesisTest
    cause_specific: Estimate
    fine_gray: Estimate


@dataclass(frozen=True)
class CompetingEstimate:
    """An endpoint with competing risks, pooled or by arm."""

    groups: tuple[Incidence, ...]
    contrasts: tuple[CompetingContrast, ...]


def competing(
    rows: Sequence[Competing], split: Grouping, strata: Sequence[str], *, clustered: bool = False
) -> CompetingEstimate:
    """Estimate a competing-risks endpoint. With `clustered`, a participant's rows belong together.

    Gray's test takes rows as independent and is left out for clusters. Raises EstimationError where there is no row.
    """
    if not rows:
        raise NoEstimate("analysis.nobody")
    incidences = []
    for group in split.groups:
        own = [row for row in rows if split.of(row.arm) == group.id]
        if own:
            curve = cumulative_incidence(
                [row.months for row in own], [row.status for row in own],
                cluster=_clusters(own) if clustered else None,
            )  # fmt: skip
            incidences.append(Incidence(group.id, group.label, len(own), curve.events, curve.competing, curve))
    contrasts = tuple(
        _contrast([row for row in rows if row.arm in (arm.id, split.control)], arm.id, split.control, strata, clustered)
        for arm in split.experimental
    )
    return CompetingEstimate(tuple(incidences), contrasts)


def _contrast(
    rows: Sequence[Competing], arm: str, control: str, strata: Sequence[str], clustered: bool
) -> CompetingContrast:
    both = two_arms(rows, arm, strata)
    state = np.array([row.status for row in rows], dtype=np.int64)
    cluster = _clusters(rows) if clustered else None

    def tested() -> HypothesisTest:
        return gray(both.time, state, both.treated, strata=both.strata, arm_names=[control, arm]).test

    def specific() -> Estimate:
        fit = cause_specific_hazard(
            both.time, state, both.as_covariate, strata=both.strata, cluster=cluster, names=[arm]
        )
        return fit.hazard_ratio()

    def subdistribution() -> Estimate:
        return fine_gray(
            both.time, state, both.as_covariate, strata=both.strata, cluster=cluster, names=[arm]
        ).hazard_ratio()

    try:
        test = tested() if not clustered else HypothesisTest(None, 1, None, method="Gray")
    except EstimationError as error:
        test = HypothesisTest(None, 1, None, method="Gray", reason=because(error))
    return CompetingContrast(arm, control, test, _or_reason(specific), _or_reason(subdistribution))


def participant_weighted(rows: Sequence[Competing], arm: str, control: str) -> Estimate:
    """The cause-specific hazard ratio per lesion in which every participant weighs the same, with a robust variance."""
    kept = [row for row in rows if row.arm in (arm, control)]
    both = two_arms(kept, arm, ())
    count: dict[str, int] = {}
    for row in kept:
        count[row.subject] = count.get(row.subject, 0) + 1
    weights = np.array([1 / count[row.subject] for row in kept])
    failed = np.array([row.status == 1 for row in kept], dtype=np.float64)
    return _or_reason(
        lambda: cox(
            both.time, failed, both.as_covariate, weights=weights, cluster=_clusters(kept), names=[arm]
        ).hazard_ratio()
    )


def _clusters(rows: Sequence[Competing]) -> "np.ndarray":
    return np.unique([row.subject for row in rows], return_inverse=True)[1]


def _or_reason(estimated: Callable[[], Estimate]) -> Estimate:
    try:
        return estimated()
    except EstimationError as error:
        return Estimate(None, reason=because(error))
