"""One simulated trial, participant by participant: the data set behind a row of outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.simulation.kernels import simulate
from equipoise.simulation.layout import METHOD_GIVEN, NEVER, OUT, OUTPUTS
from equipoise.simulation.philox import key_of
from equipoise.simulation.tables import Tables, tables
from equipoise.simulation.trials import TrialDesign

type Days = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ImaginedTrial:
    """Arrays in the order of randomization; days, with `layout.NEVER` for what never comes.

    `arrival` is the calendar day of randomization; `progression` and `death` are latent; `seen` is the day
    progression-free survival ends as scans show it; all three count from randomization, as does `dropout`.
    `follow_up` and `event` are progression-free survival (or survival, where it is primary) at the final data cut, on
    calendar day `outcome["day"]`, for those enrolled by then (others have -1). `stratum` is that of the analysis,
    `cell` the place among `tables.combine` of the factors. `cause` is how `seen` ended: 0 at a residual lesion, 1
    elsewhere, 2 by death. `scan_days` has a row a planned visit: the day of the scan, or -1 where it is missed.
    """

    arrival: Days
    arm: Days
    stratum: Days
    cell: Days
    progression: Days
    death: Days
    dropout: Days
    seen: Days
    cause: Days
    scan_days: Days
    follow_up: Days
    event: Days
    outcome: dict[str, float]

    def survival_at(self, day: int) -> tuple[Days, Days]:
        """Overall survival as a data cut on a calendar day shows it: follow-up (-1: not enrolled) and event."""
        return observed(self.death, self.dropout, day - self.arrival)

    def progression_free_at(self, day: int) -> tuple[Days, Days]:
        """The same of progression-free survival: without an event, follow-up ends with the last scan."""
        follow_up, event = observed(self.seen, self.dropout, day - self.arrival)
        if self.scan_days.size:
            attended = np.where((self.scan_days >= 0) & (self.scan_days <= follow_up), self.scan_days, 0)
            follow_up = np.where((event == 1) | (follow_up < 0), follow_up, attended.max(axis=0, initial=0))
        return follow_up, event


def observed(ends: Days, dropout: Days, limit: Days) -> tuple[Days, Days]:
    """Follow-up (-1 where `limit` is not reached by anyone) and event, where observation ends by dropout or limit."""
    event = (ends <= np.minimum(limit, dropout)) & (limit >= 0)
    follow_up = np.where(event, ends, np.minimum(limit, dropout))
    return np.where(limit < 0, -1, follow_up), event.astype(np.int64)


def imagine(design: TrialDesign, *, seed: int | str, trial: int, arms: Sequence[int] | None = None) -> ImaginedTrial:
    """Make trial number `trial` of a run, the same as the run made it; or the same with arms (0, 1) drawn elsewhere."""
    _, scratch, outcome = simulate_one(design, seed=seed, trial=trial, arms=arms)
    rows = scratch[2][:, : design.subjects].astype(np.int64)
    arrival, cell, group, dropout, progression, death, cause, seen = rows[:8]
    dropout = np.minimum(dropout, NEVER)
    visits = len([day for day in design.scans.days if day <= design.longest]) if design.scans is not None else 0
    found = ImaginedTrial(
        arrival, group & 1, group >> 1, cell, progression, death, dropout, seen, cause,
        scratch[3][:visits, : design.subjects].astype(np.int64), arrival, arrival, outcome,
    )  # fmt: skip
    day = int(outcome["day"])
    follow_up, event = found.survival_at(day) if design.endpoint == "os" else found.progression_free_at(day)
    return replace(found, follow_up=follow_up, event=event)


def simulate_one(
    design: TrialDesign, *, seed: int | str, trial: int, arms: Sequence[int] | None = None
) -> tuple[Tables, tuple[NDArray[Any], ...], dict[str, float]]:
    """The tables of a design, the scratch its kernel leaves behind one trial, and the row of outcomes."""
    laid = tables(design, key_of(seed, design.name))
    scratch = laid.scratch()
    out = np.zeros((1, OUTPUTS))
    if arms is not None:
        laid.plan["method"] = METHOD_GIVEN
        scratch[2][2, : design.subjects] = arms
    simulate(laid.plan, trial, 1, *laid.inputs, *scratch, out)
    return laid, scratch, {name: float(value) for name, value in zip(OUT, out[0], strict=True)}
