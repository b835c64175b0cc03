"""Several experimental arms against control: the kernel beside the two-arm one, scipy, and trials made with numpy."""

import dataclasses
import json
import math

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import multivariate_normal, norm

from equipoise.cli.protocols import open_protocol
from equipoise.kernel.dates import DAYS_PER_MONTH as MONTH
from equipoise.kernel.errors import EstimationError
from equipoise.simulation.arms import run_arms
from equipoise.simulation.arms_plan import ArmsDesign, arms_design
from equipoise.simulation.layout import METHOD_BLOCKS, METHOD_MINIMIZATION, METHOD_SIMPLE
from equipoise.simulation.planned_arms import planned_arms
from equipoise.simulation.run import run
from equipoise.simulation.trials import Allocation, Hazards, Looks, Scans
from equipoise.statistics.expected_events import Pieces
from equipoise.statistics.many_to_one import together
from simulated_designs import exponential, log_rank

SIMPLE = Allocation("simple", factors=("stratum",))


@pytest.mark.parametrize(
    ("method", "code", "changed"),
    [
        ("simple", METHOD_SIMPLE, {}),
        ("permuted_blocks", METHOD_BLOCKS, {"block_sizes": (2, 4)}),
    ],
)
def test_one_arm_is_the_two_arm_simulator_to_the_last_bit(method, code, changed):
    """The same words, the same arms, the same looks: only the code that allocates and pairs is another."""
    scans = Scans((56, 112, 168, 224, 280, 336, 420, 504), 7, 0.05)
    late = {
        name: Hazards(Pieces.constant(value), dropout=Pieces.constant(1e-4), late_death=Pieces.constant(0.003))
        for name, value in (("control", 0.0033), ("experimental", 0.002))
    }
    looks = Looks((45, 90), (2.2, 1.3), (0.2, -math.inf))
    two = exponential(
        scans=scans, looks=looks, hazard_ratio=None, allocation=Allocation(method, factors=("stratum",), **changed),
        **late,
    )  # fmt: skip
    one = dataclasses.replace(two, allocation=dataclasses.replace(SIMPLE, **changed))
    ours = run_arms(ArmsDesign(one, code, ("a",), (1, 1)), trials=700, seed=3, threads=2).comparisons["a"]
    theirs = run(two, trials=700, seed=3)
    for name in ("power", "mean_log_hr", "mean_se", "medians", "events", "looks", "failures", "duration", "unreached"):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert 0.0 < theirs.power.value < 1.0


@pytest.mark.parametrize("code", [METHOD_SIMPLE, METHOD_BLOCKS, METHOD_MINIMIZATION])
def test_without_effect_each_rejects_at_alpha_and_any_as_dunnett_says(code):
    trial = exponential(1.0, subjects=180, events=135, alpha=0.05, allocation=SIMPLE)
    trial = dataclasses.replace(trial, allocation=dataclasses.replace(SIMPLE, block_sizes=(3, 6)))
    found = run_arms(ArmsDesign(trial, code, ("a", "b"), (1, 1, 1)), trials=12_000, seed=5, threads=2)
    bound = norm.isf(0.05)
    any_rejects = 1.0 - multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]]).cdf([bound, bound])
    for own in found.comparisons.values():
        assert own.power.value == pytest.approx(0.05, abs=0.008)
        assert own.coverage.value == pytest.approx(0.95, abs=0.008)
    assert found.any_rejected.value == pytest.approx(any_rejects, abs=0.01)
    assert found.any_rejected.value + found.all_rejected.value == pytest.approx(
        sum(own.power.value for own in found.comparisons.values()), abs=1e-12
    )


def test_power_is_that_of_trials_made_with_numpy():
    """Another generator, another allocation (exactly equal arms), another log-rank: the same power."""
    hazard, trials = math.log(2) / (4 * MONTH), 3_000
    blocks = Allocation("simple", block_sizes=(3,))
    trial = exponential(0.6, subjects=180, events=143, alpha=0.05, median=4.0, allocation=blocks, factors=())
    trial = dataclasses.replace(
        trial,
        control=dataclasses.replace(trial.control, dropout=Pieces.constant(0.0)),
        experimental=dataclasses.replace(trial.experimental, dropout=Pieces.constant(0.0)),
    )  # fmt: skip
    ours = run_arms(ArmsDesign(trial, METHOD_BLOCKS, ("a", "b"), (1, 1, 1)), trials=8_000, seed=2, threads=2)
    generator, rejected, any_rejected = np.random.default_rng(7), np.zeros(2), 0
    for _ in range(trials):
        arrival = np.sort(generator.uniform(0, 24 * MONTH, 180))
        arm = np.concatenate([generator.permutation(3) for _ in range(60)])
        time = generator.exponential(1.0 / np.where(arm == 0, hazard, 0.6 * hazard))
        end = np.sort(arrival + time)[142]
        seen, event, days = arrival < end, arrival + time <= end, np.minimum(time, end - arrival)
        verdicts = []
        for other in (1, 2):
            pair = seen & ((arm == 0) | (arm == other))
            verdicts.append(log_rank(days[pair], event[pair], arm[pair] == other) <= -norm.isf(0.05))
        rejected += verdicts
        any_rejected += any(verdicts)
    assert ours.any_rejected.value == pytest.approx(any_rejected / trials, abs=0.02)
    for place, own in enumerate(ours.comparisons.values()):
        assert own.power.value == pytest.approx(rejected[place] / trials, abs=0.025)


def test_unequal_ratios_fill_the_arms_by_ratio():
    trial = exponential(0.8, subjects=120, events=60, allocation=dataclasses.replace(SIMPLE, block_sizes=(4, 8)))
    found = run_arms(ArmsDesign(trial, METHOD_BLOCKS, ("a", "b"), (2, 1, 1)), trials=600, seed=1)
    for own in found.comparisons.values():
        assert own.enrolled / found.enrolled == pytest.approx(0.75, abs=0.01)


def test_threads_move_nothing():
    trial = exponential(0.7, subjects=90, events=60, allocation=dataclasses.replace(SIMPLE, block_sizes=(3,)))
    design = ArmsDesign(trial, METHOD_BLOCKS, ("a", "b"), (1, 1, 1))
    assert run_arms(design, trials=1_500, seed=1, threads=1) == run_arms(design, trials=1_500, seed=1, threads=3)


@pytest.mark.parametrize("sides", [1, 2])
def test_together_is_the_multivariate_normal(sides):
    ratios, drifts, bound = (1.0, 2.0, 0.5), (1.1, 2.3, 0.4), 1.8
    load = [math.sqrt(ratio / (1 + ratio)) for ratio in ratios]
    correlation = [[1.0 if i == j else load[i] * load[j] for j in range(3)] for i in range(3)]
    draws = np.random.default_rng(1).multivariate_normal(drifts, correlation, 400_000)
    crossed = draws >= bound if sides == 1 else np.abs(draws) >= bound
    found = together(bound, drifts, ratios, sides=sides)
    assert found.any == pytest.approx(crossed.any(axis=1).mean(), abs=0.003)
    assert found.all == pytest.approx(crossed.all(axis=1).mean(), abs=0.003)
    with pytest.raises(EstimationError, match="ratio to control"):
        together(bound, drifts, (1.0, 0.0, 1.0))


def test_the_shipped_trial_of_three_arms():
    """Two arms of 60 and 95 events would be a two-arm design by themselves: Schoenfeld's formula says 80.2 %."""
    protocol = open_protocol("three-arm-drug").protocol
    planned = planned_arms(protocol)
    needed = 4 * (norm.isf(0.05) + norm.isf(0.2)) ** 2 / math.log(0.6) ** 2
    for one in planned.comparisons:
        assert one.needed_events == pytest.approx(needed, rel=1e-9)
        assert one.needed_in_all == pytest.approx(1.5 * needed, rel=1e-9)
        expected = norm.cdf(-math.log(0.6) * math.sqrt(143 * 2 / 3) / 2 - norm.isf(0.05))
        assert one.power == pytest.approx(expected, rel=1e-9)
    null = next(one for one in protocol.scenarios if one.hazard_ratio == 1)
    found = run_arms(arms_design(protocol, null), trials=6_000, seed=1, threads=2)
    assert found.any_rejected.value == pytest.approx(planned.null.any, abs=0.011)
    assert found.duration.mean == pytest.approx(planned.scenarios[2].months[-1], abs=0.15)


def test_commands_say_each_comparison_and_the_assumption():
    from equipoise.cli.design import design
    from equipoise.cli.simulate import simulate

    said = CliRunner().invoke(design, ["three-arm-drug"])
    assert said.exit_code == 0, said.output
    assert "EQX-101 200 mg: 95.3 events in the two arms, power 80.2%" in said.output
    assert "Assumption: the plan's alpha is the level of one comparison" in said.output
    told = CliRunner().invoke(simulate, ["three-arm-drug", "--scenario", "both_work", "--trials", "600", "--json"])
    assert told.exit_code == 0, told.output
    (scenario,) = json.loads(told.stdout)["scenarios"]
    assert set(scenario["comparisons"]) == {"low", "high"}
    assert scenario["power"] >= max(own["power"] for own in scenario["comparisons"].values())
    assert scenario["power"] == pytest.approx(0.90, abs=0.05)
