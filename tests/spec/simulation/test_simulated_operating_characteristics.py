"""Simulated rates against closed forms: type I error and power of ten designs within one percentage point."""

import math

import pytest

from equipoise.simulation.expectation import curves, expected_day
from equipoise.simulation.run import run
from equipoise.simulation.trials import (
    Allocation,
    Contamination,
    FactorLevel,
    Hazards,
    Looks,
    Scans,
    Site,
    SiteAccrual,
    StratumFactor,
)
from equipoise.statistics.expected_events import Pieces
from equipoise.statistics.group_sequential import FixedFutility, boundaries, operating_characteristics, wang_tsiatis
from equipoise.statistics.sample_size import drift, schoenfeld_power
from equipoise.statistics.spending import HwangShihDeCani, OBrienFlemingType, PocockType
from simulated_designs import MONTH, exponential

TRIALS = 20_000
POINT = 0.01


def rate(design, trials=TRIALS):
    return run(design, trials=trials, seed=2026, threads=2).power.value


@pytest.mark.parametrize(
    ("hazard_ratio", "subjects", "events", "alpha"),
    [
        (1.0, 120, 90, 0.10),
        (1.0, 400, 300, 0.025),
        (0.80, 120, 90, 0.10),
        (0.93, 120, 90, 0.10),
        (0.70, 400, 300, 0.025),
        (0.75, 500, 380, 0.05),
    ],
)
def test_fixed_designs(hazard_ratio, subjects, events, alpha):
    expected = schoenfeld_power(events, hazard_ratio, alpha)
    assert rate(exponential(hazard_ratio, subjects=subjects, events=events, alpha=alpha)) == pytest.approx(
        expected, abs=POINT
    )


@pytest.mark.parametrize("hazard_ratio", [1.0, 0.7])
@pytest.mark.parametrize("spending", [OBrienFlemingType(), PocockType(), HwangShihDeCani(-2)])
def test_group_sequential_designs(hazard_ratio, spending):
    events = (100, 200, 300)
    design = boundaries([count / events[-1] for count in events], 0.025, spending)
    simulated = run(
        exponential(hazard_ratio, subjects=400, looks=Looks(events, design.upper)), trials=TRIALS, seed=4, threads=2
    )
    expected = operating_characteristics(design, drift(events[-1], hazard_ratio))
    assert simulated.power.value == pytest.approx(expected.power, abs=POINT)
    for look, chance in zip(simulated.looks, expected.efficacy, strict=True):
        assert look.efficacy == pytest.approx(chance, abs=1.5 * POINT)


def test_futility_that_stops():
    events, rule = (45, 90), FixedFutility((0.3,))
    design = boundaries([0.5, 1.0], 0.1, OBrienFlemingType(), futility=rule)
    simulated = run(
        exponential(0.8, looks=Looks(events, design.upper, (0.3, -math.inf))), trials=TRIALS, seed=5, threads=2
    )
    expected = operating_characteristics(design, drift(90, 0.8))
    assert simulated.power.value == pytest.approx(expected.power, abs=POINT)
    assert simulated.looks[0].futility == pytest.approx(expected.futility[0], abs=POINT)


def test_futility_that_only_advises_changes_nothing_but_is_told():
    looks = {"events": (45, 90), "efficacy": (math.inf, 1.2815515655446004), "futility": (0.0, -math.inf)}
    obeyed = run(exponential(0.8, looks=Looks(**looks)), trials=TRIALS, seed=6)
    advised = run(exponential(0.8, looks=Looks(**looks, obeyed=False)), trials=TRIALS, seed=6)
    assert advised.power_if_advised.value == obeyed.power.value
    assert advised.power.value > obeyed.power.value
    assert advised.looks[0].futility == obeyed.looks[0].futility
    assert advised.power.value == pytest.approx(schoenfeld_power(90, 0.8, 0.1), abs=POINT)


def test_a_two_sided_test_rejects_on_both_sides():
    design = wang_tsiatis([1.0], 0.1, 0.5, sides=2)
    assert rate(exponential(1.0, looks=Looks((90,), design.upper, two_sided=True))) == pytest.approx(0.1, abs=POINT)


@pytest.mark.parametrize(
    "allocation",
    [
        Allocation("simple"),
        Allocation("permuted_blocks", factors=("stratum",), block_sizes=(2, 4, 6), by_site=True),
        Allocation("minimization", factors=("stratum",), preferred=0.8),
        Allocation("minimization", factors=("stratum",), preferred=0.9, by_site=True, squared=True),
        Allocation("permuted_blocks", 1, 2, factors=("stratum",), block_sizes=(3, 6)),
    ],
    ids=["simple", "blocks by site", "minimization", "minimization with site", "1:2"],
)
def test_the_null_rate_is_alpha_however_one_randomizes(allocation):
    sites = SiteAccrual(tuple(Site(30.0 * place, 0.03) for place in range(6)))
    design = exponential(1.0, accrual=sites, allocation=allocation, subjects=120)
    result = run(design, trials=TRIALS, seed=7, threads=2)
    assert result.power.value == pytest.approx(0.1, abs=POINT)
    assert result.coverage.value == pytest.approx(0.95, abs=POINT)


def test_the_null_rate_is_alpha_with_scans_deaths_and_lesions():
    arm = Hazards(
        Pieces.constant(0.0015), Pieces.constant(0.001), Pieces.constant(0.0003), Pieces.constant(0.003),
        Pieces.constant(0.00014),
    )  # fmt: skip
    factors = (
        StratumFactor("burden", (FactorLevel("low", 0.5, 1.0, (0.5, 0.5)), FactorLevel("high", 0.5, 1.3, (0, 0, 1)))),
    )
    design = exponential(
        1.0, control=arm, experimental=arm, factors=factors, allocation=Allocation("minimization", factors=("burden",)),
        scans=Scans(tuple(range(56, 3000, 56)), 7, 0.05),
    )  # fmt: skip
    result = run(design, trials=TRIALS, seed=8, threads=2)
    assert result.power.value == pytest.approx(0.1, abs=POINT)
    assert result.second.hazard_ratio == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("endpoint", ["pfs", "os"])
def test_medians_and_duration_are_those_of_the_model_integrated(endpoint):
    late = Pieces((0.0, 200.0), (0.002, 0.004))
    arms = [
        Hazards(Pieces((0.0, 90.0), (0.002, 0.0028 * ratio)), Pieces.constant(0.0012 * ratio), Pieces.constant(0.0004),
                late, Pieces.constant(0.0002))
        for ratio in (1.0, 0.5)
    ]  # fmt: skip
    factors = (
        StratumFactor("burden", (FactorLevel("low", 0.6, 1.0, (0.7, 0.3)), FactorLevel("high", 0.4, 1.4, (0, 0, 1)))),
    )
    design = exponential(
        0.5, control=arms[0], experimental=arms[1], subjects=600, events=400, factors=factors, hazard_ratio=None,
        allocation=Allocation(factors=("burden",)), contamination=Contamination(0.1, 0.05), endpoint=endpoint,
        scans=Scans(tuple(range(56, 7000, 56)), 10, 0.1),
    )  # fmt: skip
    result = run(design, trials=2_000, seed=9, threads=2)
    assert result.duration.mean * MONTH == pytest.approx(expected_day(design, 400), rel=0.01)
    assert result.hazard_ratio_is_output
    assert result.coverage is None
    if endpoint == "os":
        for found, curve in zip(result.medians, curves(design), strict=True):
            assert found * MONTH == pytest.approx(curve.median("death"), rel=0.03)


def test_the_estimate_is_unbiased_and_its_interval_covers():
    result = run(exponential(0.6, subjects=600, events=450), trials=20_000, seed=10, threads=2)
    assert result.bias == pytest.approx(0.0, abs=0.005)
    assert result.coverage.value == pytest.approx(0.95, abs=POINT)
    assert result.mean_se == pytest.approx(result.log_hr_sd, rel=0.02)


def test_scans_delay_progression_by_about_half_their_interval():
    scanned = exponential(1.0, scans=Scans(tuple(range(56, 7000, 56)), 7))
    seen, latent = run(scanned, trials=4_000, seed=11), run(exponential(1.0), trials=4_000, seed=11)
    delay = (seen.duration.mean - latent.duration.mean) * MONTH
    assert delay == pytest.approx(expected_day(scanned, 90) - expected_day(exponential(1.0), 90), abs=2.0)
    assert 28.0 < delay < 36.0  # half the interval, and a little for those who drop out before their scan
    assert (latent.medians_kind, seen.medians_kind) == ("latent", "scan_observed")
    assert latent.medians[0] == pytest.approx(7.0, abs=0.1)


def test_a_delayed_effect_costs_power_and_makes_the_hazard_ratio_an_output():
    hazard = math.log(2) / (7 * MONTH)
    late = Hazards(Pieces((0.0, 91.0), (hazard, 0.6 * hazard)))
    whole = run(exponential(0.6), trials=10_000, seed=12)
    delayed = run(exponential(0.6, experimental=late, hazard_ratio=None), trials=10_000, seed=12)
    assert delayed.power.value < whole.power.value - 0.1
    assert 0.6 < delayed.hazard_ratio < 0.85


def test_contamination_moves_the_hazard_ratio_towards_one():
    mixed = exponential(0.5, contamination=Contamination(0.2, 0.2), hazard_ratio=None)
    assert (
        run(mixed, trials=4_000, seed=13).hazard_ratio
        > run(exponential(0.5), trials=4_000, seed=13).hazard_ratio + 0.05
    )


def test_events_that_do_not_come_are_counted_and_the_trial_ends_all_the_same():
    result = run(exponential(1.0, longest=800), trials=500, seed=14)
    assert result.unreached.value > 0.9
    assert result.duration.high * MONTH <= 900.5
    assert result.events < 90
