"""Designs against gsDesign and rpact (see PROVENANCE.md)."""

import json
from pathlib import Path

import numpy as np
import pytest

from equipoise.statistics.expected_events import Accrual, Pieces, events, time_of_events
from equipoise.statistics.group_sequential import (
    BetaSpending,
    FixedFutility,
    NullSpending,
    boundaries,
    drift_for_power,
    inflation,
    operating_characteristics,
    wang_tsiatis,
)
from equipoise.statistics.joint_crossing import crossing
from equipoise.statistics.sample_size import Comparison, Conduct, hazard_ratio_at, size
from equipoise.statistics.spending import HwangShihDeCani, OBrienFlemingType, PocockType, PowerFamily, parse_spending

HERE = Path(__file__).parent
THIRDS = (1 / 3, 2 / 3, 1.0)


def figures(name):
    return json.loads((HERE / f"{name}.json").read_text())


FIXED = figures("samplesize_fixed")["designs"]
R80 = figures("gsdesign_boundaries_r80")["tables"]
RPACT = figures("rpact_group_sequential")["designs"]
SPENT = figures("spending_functions")


@pytest.mark.parametrize("design", FIXED, ids=lambda design: "{hr}/{alpha}/{ratio}/{T}".format(**design["inputs"]))
@pytest.mark.parametrize(
    ("method", "theirs"),
    [("schoenfeld", "Schoenfeld"), ("freedman", "Freedman"), ("lachin-foulkes", "LachinFoulkes")],
)
def test_fixed_sample_sizes(design, method, theirs):
    given = design["inputs"]
    comparison = Comparison(given["hr"], given["alpha"], 1 - given["beta"], given["sided"], given["ratio"])
    found = size(comparison, method, Conduct(given["lambdaC"], given["eta"], given["R"], given["T"]))
    expected = design["nSurv"][theirs]
    assert found.events == pytest.approx(expected["d"], abs=1e-9)
    assert found.subjects == pytest.approx(expected["n"], abs=1e-9)


@pytest.mark.parametrize("row", figures("expected_events"), ids=lambda row: f"T={row['T']}")
def test_expected_events(row):
    accrual = Accrual(Pieces.constant(row["gamma"]), row["R"])
    seen = events(row["T"], accrual, Pieces.constant(row["lambda"]), Pieces.constant(row["eta"]))
    assert seen == pytest.approx(row["d"], abs=1e-10)
    assert accrual.subjects(row["T"]) == pytest.approx(row["n"])


@pytest.mark.parametrize(
    ("name", "spending"),
    [
        ("LDOF", OBrienFlemingType()),
        ("LDPocock", PocockType()),
        ("HSD_m4", HwangShihDeCani(-4)),
        ("HSD_1", HwangShihDeCani(1)),
        ("Power3", PowerFamily(3)),
    ],
)
def test_spending_functions(name, spending):
    row = SPENT[name]
    for fraction, expected in zip(row["t"], row["spend"], strict=True):
        assert spending.spent(row["alpha"], fraction) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "spending"),
    [
        ("k3_LDOF_t1_a025_b1", OBrienFlemingType()),
        ("k3_LDPocock_t1", PocockType()),
        ("k4_LDPocock_timing", PocockType()),
        ("k3_HSD-4_t1", HwangShihDeCani(-4)),
    ],
)
def test_efficacy_bounds_of_one_sided_designs(name, spending):
    table = R80[name]
    design = boundaries(table["timing"], table["alpha"], spending)
    assert design.upper == pytest.approx(table["upper_bound"], abs=2e-9)
    assert inflation(design, 1 - table["beta"]) == pytest.approx(table["n_I"][-1], abs=2e-9)
    left = operating_characteristics(design, drift_for_power(design, 1 - table["beta"]))
    assert left.efficacy == pytest.approx([row[1] for row in table["upper_prob"]], abs=2e-9)


def test_pocock_s_own_bounds():
    table = R80["k3_Pocock_classic_t1"]
    assert wang_tsiatis(table["timing"], 0.025, 0.5).upper == pytest.approx(table["upper_bound"], abs=1e-9)


@pytest.mark.parametrize(
    ("name", "delta"), [("OF_K2_onesided025", 0.0), ("OF_K5_onesided025", 0.0), ("WT_K5_onesided025", 0.25)]
)
def test_wang_tsiatis_bounds(name, delta):
    table = RPACT[name]
    design = wang_tsiatis(table["informationRates"], table["alpha"], delta)
    assert design.upper == pytest.approx(table["criticalValues"], abs=1e-6)


@pytest.mark.parametrize("design", figures("two_sided_bounds")["designs"], ids=lambda design: design["name"])
def test_two_sided_bounds(design):
    found = boundaries(design["information"], design["alpha"], parse_spending(design["spending"]), sides=2)
    assert found.upper == pytest.approx(design["upper"], abs=1e-9)
    assert found.lower == tuple(-bound for bound in found.upper)


def test_two_sided_bounds_of_gsdesign():
    """Its search stopped at 1e-8 of probability: the bounds it found do not spend what it says it spent.

    So its probabilities are reproduced at its bounds, and its bounds where what its search left over is given back.
    """
    table = R80["k3_LDOF_t2"]
    theirs, spent = tuple(table["upper_bound"]), table["upper_spend"]
    reached = crossing(THIRDS, theirs, tuple(-bound for bound in theirs), 0.0).upper
    assert reached == pytest.approx([row[0] for row in table["upper_prob"]], abs=5e-11)
    design = boundaries(THIRDS, 2 * table["alpha"], OBrienFlemingType(), sides=2)
    for look, (bound, left_over) in enumerate(zip(theirs, np.subtract(reached, spent), strict=True)):
        moved = crossing(THIRDS, (*theirs[:look], bound + 1e-4, *theirs[look + 1 :]), (-9.0,) * 3, 0.0).upper[look]
        still = crossing(THIRDS, theirs, (-9.0,) * 3, 0.0).upper[look]
        assert design.upper[look] == pytest.approx(bound + left_over * 1e-4 / (still - moved), abs=1e-7)


@pytest.mark.parametrize("name", ["k3_t4_LDOF_HSD-2_nonbinding", "k2_t4_a10_phase2"])
def test_beta_spending_that_does_not_bind(name):
    table = R80[name]
    rule = BetaSpending(HwangShihDeCani(-2))
    design = boundaries(table["timing"], table["alpha"], OBrienFlemingType(), futility=rule, power=1 - table["beta"])
    assert design.upper == pytest.approx(table["upper_bound"], abs=2e-9)
    assert design.lower == pytest.approx(table["lower_bound"], abs=1e-8)
    assert (design.drift / table["delta"]) ** 2 == pytest.approx(table["n_I"][-1], abs=1e-8)


def test_spending_below_under_the_null():
    table = R80["k3_t6"]
    rule = NullSpending(HwangShihDeCani(-2), 0.1)
    design = boundaries(table["timing"], table["alpha"], OBrienFlemingType(), futility=rule)
    assert design.upper == pytest.approx(table["upper_bound"], abs=2e-9)
    assert design.lower == pytest.approx(table["lower_bound"], abs=1e-8)


def test_beta_spending_that_binds():
    table = RPACT["asOF_bsOF_binding"]
    rule = BetaSpending(OBrienFlemingType(), binding=True)
    design = boundaries(THIRDS, table["alpha"], OBrienFlemingType(), futility=rule, power=1 - table["beta"])
    assert design.upper == pytest.approx(table["criticalValues"], abs=1e-7)
    assert design.lower[:2] == pytest.approx(table["futilityBounds"], abs=1e-7)
    assert design.drift**2 == pytest.approx(table["char"]["shift"], abs=1e-6)


def test_fixed_futility_bounds_that_do_not_bind():
    table = RPACT["asOF_3_fut_nonbinding"]
    rule = FixedFutility(tuple(table["futilityBounds"]))
    design = boundaries(THIRDS, table["alpha"], OBrienFlemingType(), futility=rule)
    assert design.upper == pytest.approx(table["criticalValues"], abs=1e-7)
    assert drift_for_power(design, 0.8) ** 2 == pytest.approx(table["char"]["shift"], abs=1e-6)
    left = operating_characteristics(design, drift_for_power(design, 0.8))
    assert left.futility[:2] == pytest.approx(table["char"]["futilityProbabilities"], abs=1e-8)
    assert left.expected_information * drift_for_power(design, 0.8) ** 2 / table["char"]["nFixed"] == pytest.approx(
        table["char"]["averageSampleNumber1"], abs=1e-7
    )


SPENDINGS = {
    "asOF": OBrienFlemingType(),
    "asP": PocockType(),
    "asKD": PowerFamily(2),
    "asHSD": HwangShihDeCani(-4),
}


@pytest.mark.parametrize(
    "name", [name for name in RPACT if name.split("_")[0] in SPENDINGS and "fut" not in name and "bs" not in name]
)
def test_rpact_s_alpha_spending(name):
    table = RPACT[name]
    spending = SPENDINGS[name.split("_")[0]]
    design = boundaries(table["informationRates"], table["alpha"], spending, sides=table["sided"])
    assert design.upper == pytest.approx(table["criticalValues"], abs=1e-7)
    assert design.spent == pytest.approx(table["alphaSpent"], abs=2e-8)
    assert design.levels == pytest.approx(table["stageLevels"], abs=1e-8)


@pytest.mark.parametrize(
    ("name", "spending"), [("k2_t1_LDOF_.6", OBrienFlemingType()), ("k3_t1_LDPocock", PocockType())]
)
def test_group_sequential_survival_designs(name, spending):
    given, table = figures("gssurv")["inputs"], figures("gssurv")["designs"][name]
    single = size(
        Comparison(given["hr"], given["alpha"], 1 - given["beta"]),
        "lachin-foulkes",
        Conduct(given["lambdaC"], given["eta"], given["R"], given["T"]),
    )
    design = boundaries(table["timing"], given["alpha"], spending)
    factor = inflation(design, 1 - given["beta"])
    arm = Accrual.uniform(factor * single.subjects / 2, given["R"])
    dropout = Pieces.constant(given["eta"])
    groups = [(arm, Pieces.constant(given["lambdaC"] * hr), dropout) for hr in (1.0, given["hr"])]
    for look, fraction in enumerate(table["timing"]):
        needed = factor * single.events * fraction
        assert needed == pytest.approx(table["n_I_events"][look], rel=1e-5)
        assert time_of_events(needed, groups) == pytest.approx(table["T"][look], rel=1e-5)
        assert hazard_ratio_at(design.upper[look], needed) == pytest.approx(table["hr_at_upper"][look], rel=1e-5)
