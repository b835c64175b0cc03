"""Simulated trials of the size and effect of published ones give medians and hazard ratios like theirs."""

import json
import math
from pathlib import Path

import pytest

from equipoise.protocol.load import load
from equipoise.protocols import shipped
from equipoise.simulation.run import run
from equipoise.simulation.scenarios import trial_of
from equipoise.simulation.trials import Allocation, Scans
from simulated_designs import exponential

PUBLISHED = {trial["id"]: trial for trial in json.loads((Path(__file__).parent / "published_trials.json").read_text())}
MONTH = 30.4375
SCANS = Scans(tuple(range(56, 7000, 56)), 7)


def like(name, median, hazard_ratio, **changed):
    """A trial of a published one's size, its control median seen at 8-weekly scans."""
    size = sum(PUBLISHED[name]["n"].values())
    latent = median - 28 / MONTH
    return exponential(
        hazard_ratio, subjects=size, events=round(0.7 * size), median=latent, scans=SCANS, name=name, **changed
    )


@pytest.mark.parametrize("name", ["SABR-COMET", "Iyengar-2018", "CURB", "ORD-132-2024"])
def test_the_published_hazard_ratio_gives_about_the_published_medians(name):
    trial = PUBLISHED[name]
    control, experimental = trial["median_PFS"]
    result = run(like(name, control, trial["HR_PFS"][0]), trials=4_000, seed=1, threads=2)
    assert result.medians[0] == pytest.approx(control, abs=1.0)
    assert result.medians[1] == pytest.approx(experimental, rel=0.35)
    low, high = trial["HR_PFS"][1:]
    assert low < result.hazard_ratio < high


@pytest.mark.parametrize("name", ["SABR-COMET", "Iyengar-2018", "CURB"])
def test_the_published_medians_give_a_hazard_ratio_within_the_published_interval(name):
    trial = PUBLISHED[name]
    control, experimental = trial["median_PFS"]
    implied = (control - 28 / MONTH) / (experimental - 28 / MONTH)
    result = run(like(name, control, implied), trials=4_000, seed=2, threads=2)
    assert trial["HR_PFS"][1] < result.hazard_ratio < trial["HR_PFS"][2]


def test_a_trial_like_the_null_one_is_seldom_positive():
    """NRG-LU002: 81 and 134 participants, hazard ratio 0.93, no benefit found."""
    allocation = Allocation("permuted_blocks", 1, 2, factors=("stratum",), block_sizes=(3, 6))
    result = run(like("NRG-LU002", 7.0, 0.93, alpha=0.05, allocation=allocation), trials=20_000, seed=3, threads=2)
    assert result.power.value < 0.15
    assert result.hazard_ratio == pytest.approx(0.93, abs=0.01)


def test_hazard_ratios_that_medians_contradict_do_not_come_out_of_a_simulation():
    """The 2025 series reports 0.171 beside medians of 7 and 14 months, which proportional hazards cannot give."""
    trial = PUBLISHED["Xie-2025-LCT-ORD"]
    control, experimental = trial["median_PFS"]
    result = run(like("Xie-2025-LCT-ORD", control, control / experimental), trials=2_000, seed=4)
    spread = result.log_hr_sd
    assert math.log(trial["HR_PFS"][0]) < result.mean_log_hr - 4 * spread


def test_the_shipped_sabr_comet_protocol_gives_the_published_medians():
    protocol = load(shipped("sabr-comet"), "sabr-comet.yaml").protocol
    scenario = next(one for one in protocol.scenarios if one.id == "as_published")
    result = run(trial_of(protocol, scenario), trials=4_000, seed=5, threads=2)
    trial = PUBLISHED["SABR-COMET"]
    assert result.medians[0] == pytest.approx(trial["median_OS"][0], rel=0.1)
    assert result.second.medians == pytest.approx(trial["median_PFS"], rel=0.1)
    assert result.second.hazard_ratio == pytest.approx(trial["HR_PFS"][0], abs=0.02)
    assert result.hazard_ratio_is_output
