"""One simulated trial, participant by participant: the data set behind a row of outcomes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.simulation.kernels import simulate
from equipoise.simulation.layout import NEVER, OUT, OUTPUTS
from equipoise.simulation.philox import key_of
from equipoise.simulation.tables import tables
from equipoise.simulation.trials import TrialDesign

type Days = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ImaginedTrial:
    """Arrays in the order of randomization; days, with `layout.NEVER` for what never comes.

    `arrival` is the calendar day of randomization; `progression` and `death` are latent; `seen` is the day
    progression-free survival ends as scans show it; all three count from randomization, as does `dropout`.
    `follow_up` and `event` are progression-free survival (or survival, where it is primary) at the final data cut, on
    calendar day `outcome["day"]`, for those enrolled by then (others have -1). `stratum` is that of the analysis.
    """

    arrival: Days
    arm: Days
    stratum: Days
    progression: Days
    death: Days
    dropout: Days
    seen: Days
    follow_up: Days
    event: Days
    outcome: dict[str, float]


def imagine(design: TrialDesign, *, seed: int | str, trial: int) -> ImaginedTrial:
    """Make trial number `trial` of a run, the same as the run made it."""
    laid = tables(design, key_of(seed, design.name))
    scratch = laid.scratch()
    out = np.zeros((1, OUTPUTS))
    simulate(laid.plan, trial, 1, *laid.inputs, *scratch, out)
    rows = scratch[2][:, : design.subjects].astype(np.int64)
    arrival, group, dropout, progression, death, seen = (rows[place] for place in (0, 2, 3, 4, 5, 7))
    outcome = {name: float(value) for name, value in zip(OUT, out[0], strict=True)}
    primary = death if design.endpoint == "os" else seen
    limit = np.int64(outcome["day"]) - arrival
    event = (primary <= np.minimum(limit, dropout)) & (limit >= 0)
    censored = np.minimum(limit, dropout)
    if design.scans is not None and design.endpoint == "pfs":
        scans = scratch[3][:, : design.subjects].astype(np.int64)
        attended = np.where((scans >= 0) & (scans <= censored), scans, 0)
        censored = attended.max(axis=0, initial=0)
    follow_up = np.where(event, primary, censored)
    follow_up[limit < 0] = -1
    return ImaginedTrial(
        arrival, group & 1, group >> 1, progression, death, np.minimum(dropout, NEVER), seen, follow_up,
        event.astype(np.int64), outcome,
    )  # fmt: skip
