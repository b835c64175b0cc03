"""Ways of randomizing to several arms compared: what a guesser gets right is worked out by hand, or by listing."""

import csv
import io
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import norm

from equipoise.cli.design import design as design_command
from equipoise.cli.protocols import open_protocol
from equipoise.reports.randomization_document import Compared, columns, rows, table_csv
from equipoise.simulation.allocation_sequences import JUDGED
from equipoise.simulation.amendment import amendment_forecast
from equipoise.simulation.arms_plan import METHODS, ArmsDesign, any_design
from equipoise.simulation.event_course import expectation_of
from equipoise.simulation.randomization_comparison import compare, judge_method, usual_methods
from equipoise.simulation.trials import Allocation
from simulated_designs import exponential

PROTOCOL = open_protocol("three-arm-drug").protocol


def arms(ratio, method="simple", **changed):
    """A trial of 180 whose arms, control first, have this ratio."""
    trial = exponential(0.7, subjects=180, events=120, factors=(), allocation=Allocation("simple"))
    allocation = Allocation(method, ratio[0], sum(ratio[1:]), **changed)
    names = tuple(f"arm {place}" for place in range(1, len(ratio)))
    return ArmsDesign(trial, METHODS["simple"], names, ratio).allocated(allocation), allocation


def judged(ratio, method="simple", sites=1, trials=2_000, **changed):
    design, allocation = arms(ratio, method, **changed)
    return judge_method(design, "blocks", allocation, sites=sites, trials=trials, seed=1)


def guessed_in_blocks(size, arms=3):
    """Every order of a block of three arms alike, as likely as another: name an arm furthest behind."""
    orders = set(permutations(sorted(range(arms)) * (size // arms)))
    right = 0.0
    for order in orders:
        counts = [0] * arms
        for arm in order:
            behind = [one for one in range(arms) if counts[one] == min(counts)]
            right += (arm in behind) / len(behind)
            counts[arm] += 1
    return right / len(orders) / size


def test_a_list_of_blocks_of_three_is_guessed_right_eleven_times_in_eighteen():
    """Places are guessed with chance 1/3, 1/2 and 1."""
    assert guessed_in_blocks(3) == pytest.approx(11 / 18)
    assert judged((1, 1, 1), "permuted_blocks", block_sizes=(3,)).all_sites.value == pytest.approx(11 / 18, abs=0.004)


def test_blocks_of_six_are_guessed_as_the_list_of_all_orders_says():
    found = judged((1, 1, 1), "permuted_blocks", block_sizes=(6,))
    assert found.all_sites.value == pytest.approx(guessed_in_blocks(6), abs=0.004)
    assert found.own_site == found.all_sites
    assert found.overall.value == 0.0


def test_simple_randomization_is_guessed_by_its_odds():
    """At 1:1:2 right with (1/4)^2 + (1/4)^2 + (1/2)^2 = 3/8."""
    found = judged((1, 1, 2), sites=6)
    assert found.own_site.lower < 3 / 8 < found.own_site.upper


@pytest.mark.parametrize(
    ("method", "changed"), [("simple", {}), ("permuted_blocks", {"block_sizes": (4, 6), "factors": ("stratum",)})]
)
def test_one_experimental_arm_is_judged_as_by_the_two_arm_kernel(method, changed):
    trial = exponential(0.7, allocation=Allocation(method, **changed))
    theirs = judge_method(trial, "own", trial.allocation, sites=5, trials=400, seed=3)
    ours = judge_method(ArmsDesign(trial, METHODS[method], ("a",), (1, 1)), "own", trial.allocation, sites=5,
                        trials=400, seed=3)  # fmt: skip
    for name in (*JUDGED, "power", "null_rate"):
        measured, expected = getattr(ours, name), getattr(theirs, name)
        assert measured.value == pytest.approx(expected.value, abs=1e-12), name


def test_minimization_of_one_experimental_arm_agrees_within_chance():
    allocation = Allocation("minimization", factors=("stratum",), preferred=0.8, weights=(1.0,))
    trial = exponential(0.7, allocation=allocation)
    theirs = judge_method(trial, "own", allocation, sites=5, trials=1_500, seed=3)
    ours = judge_method(ArmsDesign(trial, METHODS["minimization"], ("a",), (1, 1)), "own", allocation, sites=5,
                        trials=1_500, seed=4)  # fmt: skip
    for name in JUDGED:
        assert getattr(ours, name).value == pytest.approx(getattr(theirs, name).value, rel=0.06), name


def test_simple_randomization_leaves_the_range_of_a_multinomial():
    """The expected range of three counts of 60, each with variance 40 and correlation -1/2, is 1.6926 * sqrt(60)."""
    draws = np.random.default_rng(2).multinomial(180, [1 / 3] * 3, 40_000)
    expected = (draws.max(axis=1) - draws.min(axis=1)).mean()
    assert expected == pytest.approx(1.6926 * 60**0.5, rel=0.02)
    assert judged((1, 1, 1)).overall.value == pytest.approx(expected, rel=0.05)


def test_the_shipped_trial_of_three_arms_is_compared_arm_by_arm():
    design = any_design(PROTOCOL, PROTOCOL.scenarios[0])
    methods = usual_methods(design)
    assert methods["blocks"].block_sizes == PROTOCOL.randomization.block_sizes
    found = compare(design, methods, sites=15, trials=400, seed=1)
    assert [one.id for one in found.methods if one.is_own] == ["blocks"]
    for one in found.methods:
        assert set(one.comparisons) == {"low", "high"}
        assert one.power.value >= max(own.value for own in one.comparisons.values())
        assert one.null_rate.value == pytest.approx(0.088, abs=0.05)
    labels = {arm.id: arm.label for arm in PROTOCOL.arms}
    told = Compared(found, "T", "1.0", "d" * 64, "S", {}, 180, 15, 400, "1", 0.65, False, "", labels)
    assert "Power, EQX-101 200 mg, %" in columns(told, "en")
    assert {len(row) for row in rows(told, "zh-hans")} == {len(columns(told, "zh-hans"))}
    heads, *lines = csv.reader(io.StringIO(table_csv(told).decode()))
    assert "power_high_value" in heads
    assert {len(line) for line in lines} == {len(heads)}
    said = " ".join(one.say("zh-hans") for one in found.advice.sentences)
    assert "两组人数平均相差" not in said


def test_the_command_speaks_the_language_asked_for():
    given = ["randomization", "three-arm-drug", "--trials", "60", "--language", "zh-hans"]
    done = CliRunner().invoke(design_command, given)
    assert done.exit_code == 0, done.output
    assert "最小化法（含中心）" in done.output
    assert "两种剂量均为 0.60" in done.output
    assert "minimization" not in done.output
    assert "guessed by" not in done.output


def test_events_of_all_arms_together_are_forecast():
    """The pooled hazard lies between that of control alone and that of the better arm alone."""
    dose_response = next(one for one in PROTOCOL.scenarios if one.id == "dose_response")
    found = expectation_of(PROTOCOL, dose_response).hazard.values[0]
    control = expectation_of(PROTOCOL, replace(dose_response, by_arm=(), hazard_ratio=1)).hazard.values[0]
    best = replace(dose_response, by_arm=(), hazard_ratio=dose_response.by_arm[0].hazard_ratio)
    assert expectation_of(PROTOCOL, best).hazard.values[0] < found < control
    given = ["forecasts", "three-arm-drug", "--trials", "12", "--months", "12", "--scenario", "dose_response"]
    done = CliRunner().invoke(design_command, given)
    assert done.exit_code == 0, done.output
    assert "Event 143 forecast in 12 trials" in done.output


def test_an_amendment_of_one_arm_s_effect_moves_its_comparison_alone():
    (scenario,) = (one for one in PROTOCOL.scenarios if one.id == "dose_response")
    weaker = replace(scenario, by_arm=(replace(scenario.by_arm[0], hazard_ratio=scenario.hazard_ratio),))
    old, new = (replace(PROTOCOL, scenarios=(one,)) for one in (scenario, weaker))
    (found,) = amendment_forecast(old, new, trials=1_000, seed=1, threads=2).changes
    high, low = found.comparisons["high"], found.comparisons["low"]
    drift = [-np.log(ratio) * 96**0.5 / 2 - norm.isf(0.05) for ratio in (0.55, 0.75)]
    assert high.change == pytest.approx(norm.cdf(drift[1]) - norm.cdf(drift[0]), abs=0.08)
    assert low.lower <= 0.02
    assert abs(low.change) < 0.05
    assert found.power.change < 0
