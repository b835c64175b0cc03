"""Experimental arms with effects of their own: beside trials made with numpy, and closed forms."""

import math
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from equipoise.cli.protocols import open_protocol
from equipoise.kernel.dates import DAYS_PER_MONTH as MONTH
from equipoise.kernel.errors import EstimationError
from equipoise.protocol.describe import describe
from equipoise.protocol.model import ArmEffect, LaterEffect, LevelShare
from equipoise.simulation.arms import imagine_arms, run_arms
from equipoise.simulation.arms_plan import arms_design
from equipoise.simulation.cohort import arm_numbers, participants
from equipoise.simulation.expectation import curves
from equipoise.simulation.planned_arms import planned_arms
from equipoise.simulation.scenarios import trial_of
from simulated_designs import log_rank

THREE = open_protocol("three-arm-drug").protocol
FLAGSHIP = open_protocol("nct07014202").protocol
BOUND = norm.isf(0.05)


def plain(*effects: ArmEffect, hazard_ratio: str = "0.75", **changed):
    """The shipped trial of three arms without strata, scans, looks and dropout, in one scenario."""
    scenario = replace(
        THREE.scenarios[0], medians="latent", hazard_ratio=Decimal(hazard_ratio), levels=(), by_arm=effects, **changed
    )
    protocol = replace(
        THREE, scenarios=(scenario,), strata=(), schedule=(), monitoring=(),
        accrual=replace(THREE.accrual, dropout_per_year=Decimal(0)), analysis=replace(THREE.analysis, strata=()),
        randomization=replace(THREE.randomization, strata=(), block_sizes=(3,)),
    )  # fmt: skip
    return protocol, scenario


def numpy_trials(ratios, trials=3_000):
    """Exponential times with numpy's generator, equal arms, cut at the 143rd event; a textbook log-rank test."""
    generator, hazard = np.random.default_rng(11), math.log(2) / (4 * MONTH)
    rejected, events = np.zeros((trials, 2), bool), np.zeros(2)
    for trial in range(trials):
        arrival = np.sort(generator.uniform(0, 18 * MONTH, 180))
        arm = np.concatenate([generator.permutation(3) for _ in range(60)])
        time = generator.exponential(1.0 / (hazard * np.array([1.0, *ratios])[arm]))
        end = np.sort(arrival + time)[142]
        seen, event, days = arrival < end, arrival + time <= end, np.minimum(time, end - arrival)
        for place, other in enumerate((1, 2)):
            pair = seen & ((arm == 0) | (arm == other))
            rejected[trial, place] = log_rank(days[pair], event[pair], arm[pair] == other) <= -BOUND
            events[place] += event[pair].sum() / trials
    return rejected, events


def test_each_arm_has_the_power_of_trials_made_with_numpy():
    """The high dose doubles the median, a hazard ratio of 0.5; the low one shares the scenario's 0.75."""
    protocol, scenario = plain(ArmEffect(arm="high", pfs_median=Decimal(8)))
    design = arms_design(protocol, scenario)
    assert design.hazard_ratios == pytest.approx((0.75, 0.5), rel=1e-12)
    ours = run_arms(design, trials=8_000, seed=4, threads=2)
    rejected, events = numpy_trials((0.75, 0.5))
    for place, own in enumerate(ours.comparisons.values()):
        assert own.power.value == pytest.approx(rejected[:, place].mean(), abs=0.022)
        assert own.events == pytest.approx(events[place], abs=0.5)
        assert own.coverage.value == pytest.approx(0.95, abs=0.009)
    assert ours.any_rejected.value == pytest.approx(rejected.any(axis=1).mean(), abs=0.015)
    assert ours.all_rejected.value == pytest.approx(rejected.all(axis=1).mean(), abs=0.022)


def test_the_closed_form_is_schoenfeld_s_by_arm_and_dunnett_s_together():
    protocol, scenario = plain(ArmEffect(arm="high", hazard_ratio=Decimal("0.5")))
    (found,) = planned_arms(protocol).scenarios
    drifts = []
    for arm, ratio in (("low", 0.75), ("high", 0.5)):
        drifts.append(-math.log(ratio) * math.sqrt(found.events[arm]) / 2)
        assert found.power[arm] == pytest.approx(norm.sf(BOUND - drifts[-1]), abs=1e-9)
    neither = multivariate_normal(drifts, [[1, 0.5], [0.5, 1]]).cdf([BOUND, BOUND])
    assert found.together.any == pytest.approx(1 - neither, abs=1e-5)
    simulated = run_arms(arms_design(protocol, scenario), trials=6_000, seed=9, threads=2)
    for arm, own in simulated.comparisons.items():
        assert found.events[arm] == pytest.approx(own.events, abs=0.4)
        assert found.power[arm] == pytest.approx(own.power.value, abs=0.02)
    assert found.months[-1] == pytest.approx(simulated.duration.mean, abs=0.2)


def test_effects_alike_in_every_arm_are_the_scenario_s_own():
    both = [ArmEffect(arm=arm, hazard_ratio=Decimal("0.75")) for arm in ("low", "high")]
    one, other = (run_arms(arms_design(*plain(*effects)), trials=600, seed=2) for effects in ((), both))
    assert one == other


def test_where_one_arm_alone_works_only_that_comparison_is_one_of_power():
    protocol, scenario = plain(ArmEffect(arm="high", hazard_ratio=Decimal("0.5")), hazard_ratio="1")
    found = run_arms(arms_design(protocol, scenario), trials=6_000, seed=5, threads=2).comparisons
    assert found["low"].is_null
    assert found["low"].power.value == pytest.approx(0.05, abs=0.01)
    assert found["high"].power.value > 0.9


def test_an_effect_that_comes_late_is_an_output_of_its_arm_alone():
    late = (LaterEffect(from_months=Decimal(3), hazard_ratio=Decimal("0.4")),)
    design = arms_design(*plain(ArmEffect(arm="low", hazard_ratio=Decimal(1), later=late)))
    assert design.hazard_ratios == (None, 0.75)
    free = np.exp(-math.log(2) * (3 / 4 + 0.4 * 5 / 4))  # three months at the control's hazard, five at four tenths
    found = curves(design.pair(0))[1].latent
    assert 1 - found[round(8 * MONTH)] == pytest.approx(free, abs=0.002)


@pytest.mark.parametrize("shares", [{}, {"death_share": Decimal("0.2")}])
@pytest.mark.parametrize("lesions", [(), (Decimal("0.5"), Decimal("0.3"), Decimal("0.2"))])
def test_a_median_stated_is_the_median_of_the_arm(shares, lesions):
    """Over strata, numbers of lesions and deaths alike; watched daily."""
    factor = FLAGSHIP.strata[0]
    levels = tuple(
        LevelShare(factor=factor.id, level=level.id, share=Decimal(1) / len(factor.levels) if place else
                   1 - Decimal(1) / len(factor.levels) * (len(factor.levels) - 1), lesions=lesions,
                   hazard_ratio=Decimal("1.5") if place else Decimal(1))
        for place, level in enumerate(factor.levels)
    )  # fmt: skip
    (arm,) = (arm.id for arm in FLAGSHIP.arms if arm.role == "experimental")
    scenario = replace(
        FLAGSHIP.scenarios[0], medians="latent", levels=levels, later=(), lesion_hazard_ratio=None,
        by_arm=(ArmEffect(arm=arm, pfs_median=Decimal("11.5")),), controls_irradiated=Decimal(0),
        experimental_not_irradiated=Decimal(0), **{"death_share": Decimal(0)} | shares,
    )  # fmt: skip
    _, experimental = curves(trial_of(FLAGSHIP, scenario))
    assert experimental.median("latent") == pytest.approx(11.5 * MONTH, abs=1.5)


def test_deaths_alone_can_make_a_median_impossible():
    protocol, scenario = plain(ArmEffect(arm="high", pfs_median=Decimal(30)), death_share=Decimal("0.4"))
    with pytest.raises(EstimationError, match="deaths before progression alone"):
        arms_design(protocol, scenario)


def test_a_rehearsal_s_participants_have_a_course_under_each_arm():
    protocol, scenario = plain(ArmEffect(arm="high", hazard_ratio=Decimal("0.25")))
    numbers = arm_numbers(protocol)
    assert numbers == {"control": 0, "low": 1, "high": 2}
    cohort = participants(protocol, scenario, seed="1", subjects=150)
    waits = np.array([[course.progression for course in one.courses] for one in cohort])
    assert (waits[:, 2] - 1.0) == pytest.approx(4 * (waits[:, 0] - 1.0), abs=4)
    assert (waits[:, 1] - 1.0) == pytest.approx((waits[:, 0] - 1.0) / 0.75, abs=2)


def test_one_trial_of_arms_is_that_of_the_run():
    protocol, scenario = plain(ArmEffect(arm="high", hazard_ratio=Decimal("0.25")))
    design = arms_design(protocol, scenario)
    days = {arm: [] for arm in range(3)}
    for number in range(40):
        one = imagine_arms(design, seed=7, trial=number)
        assert sorted(np.bincount(one.arm)) == [60, 60, 60]
        for arm in days:
            days[arm].extend(one.progression[one.arm == arm])
    medians = [float(np.median(days[arm])) / MONTH for arm in range(3)]
    assert medians == pytest.approx([4, 4 / 0.75, 16], rel=0.06)


def test_the_description_gives_the_effect_of_each_arm():
    text = describe(THREE)
    assert "EQX-101 200 mg: 0.55; other arms 0.75" in text
    assert "EQX-101 200 mg: 0.55; 其余组 0.75" in describe(THREE, language="zh-hans")
