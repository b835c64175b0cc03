"""The simulator against an independent simulation in R: continuous time, R's own generator (see PROVENANCE.md)."""

import json
import math
from pathlib import Path

import pytest

from equipoise.simulation.run import run
from simulated_designs import exponential

R = json.loads((Path(__file__).parent / "w1_in_r.json").read_text())


@pytest.mark.parametrize("hazard_ratio", ["0.6", "1.0"])
def test_operating_characteristics_are_those_of_an_independent_simulation(hazard_ratio):
    expected = R[hazard_ratio]
    found = run(exponential(float(hazard_ratio)), trials=50_000, seed=1, threads=2)
    noise = 4.0 * math.sqrt(1 / expected["trials"] + 1 / found.trials)  # four standard errors of a unit variance
    assert found.power.value == pytest.approx(expected["power"], abs=noise * 0.35)
    assert found.mean_log_hr == pytest.approx(expected["mean_log_hr"], abs=noise * found.log_hr_sd)
    assert found.coverage.value == pytest.approx(expected["coverage"], abs=noise * 0.22)
    assert found.duration.mean == pytest.approx(expected["duration"], abs=noise * 3.0)
