"""Subgroup estimates with the test of interaction: the effect in each level of a factor, unstratified within it.

A subgroup is described, never tested by itself: the one test a factor has is whether the effect differs between its
levels (likelihood ratio of the model with arm, factor and their products against that without products).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import chdtrc

from equipoise.analysis import words as _words  # noqa: F401  (declares the wordings)
from equipoise.analysis.datasets.adsl import SubjectLevel
from equipoise.analysis.times import TimeRow
from equipoise.analysis.two_arms import because, two_arms
from equipoise.kernel.errors import EstimationError
from equipoise.kernel.messages import message
from equipoise.protocol.model import Protocol
from equipoise.statistics.cox import cox
from equipoise.statistics.estimate import Estimate, HypothesisTest


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a factor: how many and how many events in (experimental, control), and the hazard ratio."""

    id: str
    n: tuple[int, int]
    events: tuple[int, int]
    ratio: Estimate


@dataclass(frozen=True, slots=True)
class Subgroups:
    """A factor, its levels, and the test of interaction."""

    factor: str
    levels: tuple[Level, ...]
    interaction: HypothesisTest


def factors_of(subjects: Sequence[SubjectLevel]) -> dict[str, dict[str, str]]:
    """The factors of subgroups, each with everyone's level: strata as randomized, then age, sex, histology, plan."""
    randomized = [row for row in subjects if row.randfl == "Y"]
    found: dict[str, dict[str, str]] = {}
    for row in randomized:
        for factor, level in row.strata:
            found.setdefault(factor, {})[row.subjid] = level
    found["age"] = {row.subjid: "65" if row.age >= 65 else "64" for row in randomized}
    for variable in ("SEX", "HISTBL", "PLANBL"):
        values = {row.subjid: value for row in randomized if (value := row.characteristic(variable))}
        if len(set(values.values())) > 1 and values not in found.values():
            found[variable] = values
    return found


def subgroups(
    protocol: Protocol, rows: Sequence[TimeRow], arm: str, control: str, factors: Mapping[str, Mapping[str, str]]
) -> list[Subgroups]:
    """Estimates by factor. `factors` maps each to the level of every subject; without a level a subject is left out."""
    kept = [row for row in rows if row.arm in (arm, control)]
    return [_factor(protocol, kept, arm, control, factor, levels) for factor, levels in factors.items()]


def _factor(
    protocol: Protocol, rows: Sequence[TimeRow], arm: str, control: str, factor: str, levels: Mapping[str, str]
) -> Subgroups:
    known = [row for row in rows if levels.get(row.subject)]
    names = sorted({levels[row.subject] for row in known})
    estimated = tuple(
        _level(protocol, [row for row in known if levels[row.subject] == name], arm, control, name) for name in names
    )
    return Subgroups(factor, estimated, _interaction(protocol, known, arm, [levels[row.subject] for row in known]))


def _level(protocol: Protocol, rows: Sequence[TimeRow], arm: str, control: str, name: str) -> Level:
    counted = [[row.time.is_event for row in rows if row.arm == one] for one in (arm, control)]
    both = two_arms(rows, arm, ())
    event = np.array([row.time.is_event for row in rows], dtype=np.float64)
    try:
        ratio = cox(both.time, event, both.as_covariate, ties=protocol.analysis.ties, names=[arm]).hazard_ratio()
    except EstimationError as error:
        ratio = Estimate(None, method="Cox", reason=because(error))
    n, events = [len(one) for one in counted], [sum(one) for one in counted]
    return Level(name, (n[0], n[1]), (events[0], events[1]), ratio)


def _interaction(protocol: Protocol, rows: Sequence[TimeRow], arm: str, levels: Sequence[str]) -> HypothesisTest:
    names = sorted(set(levels))
    both = two_arms(rows, arm, ())
    event = np.array([row.time.is_event for row in rows], dtype=np.float64)
    if len(names) < 2:
        reason = message("analysis.one_level")
        return HypothesisTest(None, 1, None, method="likelihood ratio", reason=reason)
    dummies = np.column_stack([[float(level == name) for level in levels] for name in names[1:]])
    try:
        main = np.column_stack([both.as_covariate, dummies])
        full = np.column_stack([main, both.as_covariate[:, None] * dummies])
        fits = [cox(both.time, event, each, ties=protocol.analysis.ties) for each in (main, full)]
    except EstimationError as error:
        return HypothesisTest(None, len(names) - 1, None, method="likelihood ratio", reason=because(error))
    chisq = max(0.0, 2 * (fits[1].loglik[1] - fits[0].loglik[1]))
    return HypothesisTest(chisq, len(names) - 1, float(chdtrc(len(names) - 1, chisq)), method="likelihood ratio")
