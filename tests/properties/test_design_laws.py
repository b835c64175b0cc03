"""Laws of designs and of the simulator, over random designs."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from equipoise.simulation.one_trial import imagine
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
    TrialDesign,
    UniformAccrual,
)
from equipoise.statistics.cox import cox
from equipoise.statistics.expected_events import Accrual, Pieces, events, time_of_events
from equipoise.statistics.group_sequential import boundaries, drift_for_power, inflation, operating_characteristics
from equipoise.statistics.logrank import logrank
from equipoise.statistics.sample_size import Comparison, schoenfeld_events, schoenfeld_power
from equipoise.statistics.spending import HwangShihDeCani, OBrienFlemingType, PocockType, PowerFamily
from equipoise.statistics.survival import kaplan_meier

SPENDINGS = st.one_of(
    st.just(OBrienFlemingType()),
    st.just(PocockType()),
    st.builds(HwangShihDeCani, st.floats(-8, 4)),
    st.builds(PowerFamily, st.floats(0.5, 6)),
)
ALPHAS = st.floats(0.005, 0.3)
LOOKS = st.lists(st.integers(5, 95), min_size=0, max_size=4, unique=True).map(
    lambda percents: (*(percent / 100 for percent in sorted(percents)), 1.0)
)


@given(LOOKS, ALPHAS, SPENDINGS, st.sampled_from([1, 2]))
def test_the_bounds_spend_exactly_what_the_function_says(looks, alpha, spending, sides):
    design = boundaries(looks, alpha, spending, sides=sides)
    left = operating_characteristics(design, 0.0)
    reached = np.cumsum(left.efficacy) * sides
    assert reached == pytest.approx(design.spent, abs=1e-11)
    assert design.spent[-1] == pytest.approx(alpha, abs=1e-12)
    assert all(later >= earlier for earlier, later in zip(design.spent, design.spent[1:], strict=False))


@given(LOOKS, st.floats(0.01, 0.2), SPENDINGS, st.floats(0.5, 0.95))
@settings(max_examples=20)
def test_looking_costs_information_and_the_drift_gives_the_power(looks, alpha, spending, power):
    design = boundaries(looks, alpha, spending)
    assert operating_characteristics(design, drift_for_power(design, power)).power == pytest.approx(power, abs=1e-9)
    assert inflation(design, power) >= 1.0 - 1e-9


@given(st.floats(0.3, 0.95), st.floats(0.01, 0.2), st.floats(0.5, 0.95), st.floats(0.3, 3.0))
def test_schoenfeld_s_events_give_the_power_asked(hazard_ratio, alpha, power, ratio):
    needed = schoenfeld_events(Comparison(hazard_ratio, alpha, power, ratio=ratio))
    assert schoenfeld_power(needed, hazard_ratio, alpha, ratio=ratio) == pytest.approx(power, abs=1e-9)


@given(st.floats(0.005, 0.3), st.floats(0.0, 0.05), st.floats(3, 40), st.floats(0.05, 0.95))
def test_the_time_of_events_is_the_inverse_of_events(hazard, dropout, months, share):
    group = (Accrual.uniform(100.0, months), Pieces.constant(hazard), Pieces.constant(dropout))
    target = share * 100.0 * hazard / (hazard + dropout)
    assert events(time_of_events(target, [group]), *group) == pytest.approx(target, rel=1e-9)


@st.composite
def designs(draw):
    """Designs of every kind the simulator knows."""
    subjects = draw(st.integers(20, 150))

    def pieces(low, high):
        values = draw(st.lists(st.floats(low, high), min_size=1, max_size=3))
        return Pieces(tuple(100.0 * place for place in range(len(values))), tuple(values))

    deaths, lesions = draw(st.booleans()), draw(st.booleans())
    nothing = Pieces.constant(0.0)
    arms = [
        Hazards(
            progression=pieces(0.001, 0.01),
            local=pieces(0.0005, 0.005) if lesions else nothing,
            death=pieces(0.0001, 0.002) if deaths else nothing,
            late_death=pieces(0.001, 0.01) if deaths else nothing,
            dropout=pieces(0.0, 0.001),
        )
        for _ in range(2)
    ]
    factors = tuple(
        StratumFactor(f"factor {place}", (FactorLevel("a", 0.4, 1.0, (0.5, 0.5)), FactorLevel("b", 0.6, 1.5)))
        for place in range(draw(st.integers(0, 3)))
    )
    ratio = draw(st.sampled_from([(1, 1), (1, 2), (2, 1)]))
    method = draw(st.sampled_from(["simple", "permuted_blocks", "minimization"]))
    assume(method != "minimization" or factors)
    names = tuple(factor.id for factor in factors)
    sites = tuple(Site(20.0 * place, 0.05) for place in range(draw(st.integers(1, 4))))
    return TrialDesign(
        name="any",
        subjects=subjects,
        accrual=draw(st.sampled_from([UniformAccrual(300.0), SiteAccrual(sites)])),
        control=arms[0],
        experimental=arms[1],
        looks=Looks((max(2, subjects // 4), max(4, subjects // 2)), (2.5, 1.3), (-1.0, -math.inf)),
        allocation=Allocation(method, *ratio, names, draw(st.booleans()), (sum(ratio), 2 * sum(ratio)), 0.8),
        factors=factors,
        scans=draw(st.sampled_from([None, Scans(tuple(range(56, 4000, 56)), 7, 0.1)])),
        contamination=draw(st.sampled_from([Contamination(), Contamination(0.1, 0.2)])),
        endpoint=draw(st.sampled_from(["pfs", "os"])) if deaths else "pfs",
        longest=3000,
    )


@given(designs(), st.integers(0, 2**40))
def test_the_compiled_analysis_is_that_of_the_estimators(design, number):
    """Two implementations, written apart, of one analysis of one data set."""
    trial = imagine(design, seed=1, trial=number)
    here = trial.follow_up > 0
    time, event, arm, stratum = (
        column[here] for column in (trial.follow_up.astype(float), trial.event, trial.arm, trial.stratum)
    )
    outcome = trial.outcome
    assert outcome["events"] == trial.event.sum()
    assume(event.sum() > 0 and 0 < arm.sum() < arm.size)
    _, stratum = np.unique(stratum, return_inverse=True)
    for which, name in ((0, "median_control"), (1, "median_experimental")):
        median = kaplan_meier(time[arm == which], event[arm == which]).median.value
        if median is None:
            assert math.isnan(outcome[name])
        else:
            assert outcome[name] == pytest.approx(median)
    if not math.isnan(outcome["z"]):
        assert outcome["z"] == pytest.approx(logrank(time, event, arm, strata=stratum).test.z, abs=1e-9)
    if not math.isnan(outcome["log_hr"]) and abs(outcome["log_hr"]) < 5:
        fit = cox(time, event, arm.astype(float), strata=stratum)
        assert outcome["log_hr"] == pytest.approx(float(fit.coef[0]), abs=1e-6)
        assert outcome["se"] == pytest.approx(math.sqrt(float(fit.variance[0, 0])), rel=1e-5)


@given(designs(), st.integers(0, 2**20))
def test_a_trial_holds_together(design, number):
    trial = imagine(design, seed=2, trial=number)
    assert (np.diff(trial.arrival) >= 0).all()
    enrolled = trial.follow_up >= 0
    assert enrolled.sum() == trial.outcome["enrolled"]
    assert (trial.arrival + trial.follow_up)[enrolled].max() <= trial.outcome["day"] <= design.longest
    assert (trial.death >= trial.progression)[trial.progression < 2**30].all()
    if design.endpoint == "pfs":
        assert (trial.seen >= np.minimum(trial.progression, trial.death)).all()
        assert (trial.seen <= trial.death).all()
    if (
        design.allocation.method == "permuted_blocks"
        and not design.allocation.factors
        and not design.allocation.by_site
    ):
        ahead = np.cumsum(np.where(trial.arm == 1, design.allocation.control, -design.allocation.experimental))
        assert np.abs(ahead).max() <= 2 * sum((design.allocation.control, design.allocation.experimental)) * max(
            design.allocation.control, design.allocation.experimental
        )
