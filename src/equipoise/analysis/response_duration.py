"""Duration of response, described: among those who responded, how many, how many have ended, and the median.

Those who respond are no randomized groups, so that this compares no arms (FDA, Clinical Trial Endpoints for the
Approval of Cancer Drugs and Biologics, 2018).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from equipoise.analysis import words as _words  # noqa: F401  (declares the wordings)
from equipoise.analysis.datasets.response_times import DurationRow
from equipoise.analysis.groups import Grouping
from equipoise.kernel.messages import message
from equipoise.statistics.estimate import Estimate
from equipoise.statistics.survival import kaplan_meier


@dataclass(frozen=True, slots=True)
class Duration:
    """A group's responders: how many, how many have progressed or died, and the median (Kaplan and Meier) in months."""

    group: str
    label: str
    n: int
    events: int
    median: Estimate


def durations(rows: Sequence[DurationRow], split: Grouping) -> list[Duration]:
    """By group, in the groups' order."""
    return [_duration(group.id, group.label, [row for row in rows if split.of(row.arm) == group.id])
            for group in split.groups]  # fmt: skip


def durations_json(found: Sequence[Duration]) -> list[dict[str, Any]]:
    """As JSON: numbers or null, and the reason."""
    return [
        {
            "group": one.group, "n": one.n, "events": one.events, "median": one.median.value,
            "lower": one.median.lower, "upper": one.median.upper, "level": one.median.level,
            "reason": str(one.median.reason) if one.median.reason else None,
        }
        for one in found
    ]  # fmt: skip


def _duration(group: str, label: str, rows: Sequence[DurationRow]) -> Duration:
    if not rows:
        return Duration(group, label, 0, 0, Estimate(None, reason=message("analysis.no_responder")))
    event = np.array([float(row.time.is_event) for row in rows])
    curve = kaplan_meier(np.array([row.months for row in rows]), event)
    return Duration(group, label, len(rows), int(event.sum()), curve.median)
