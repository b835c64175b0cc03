"""Stratified subdistribution hazards and delayed entry against R's finegray; weighted and delayed curves."""

import json
from pathlib import Path

import numpy as np
import pytest

from equipoise.statistics.fine_gray import fine_gray, fine_gray_weighted
from equipoise.statistics.survival import kaplan_meier

FIGURES = json.loads((Path(__file__).parent / "figures.json").read_text())
COVARIATES = np.column_stack([FIGURES["arm"], FIGURES["age"]])
SITES = np.array(FIGURES["site"]) - 1


@pytest.mark.parametrize("ties", ["breslow", "efron"])
@pytest.mark.parametrize("model", ["plain", "strata", "entry", "entry_strata"])
def test_weighted_intervals_are_those_of_finegray(model: str, ties: str) -> None:
    fit = fine_gray_weighted(
        FIGURES["time"], FIGURES["status"], COVARIATES, ties=ties,
        strata=SITES if "strata" in model else None, entry=FIGURES["entry"] if "entry" in model else None,
    )  # fmt: skip
    expected = FIGURES["fits"][f"{model}_{ties}"]
    assert fit.coef == pytest.approx(expected["coef"], rel=1e-6)
    assert fit.std_err == pytest.approx(expected["robust_se"], rel=1e-6)
    assert np.sqrt(np.diag(fit.naive_variance)) == pytest.approx(expected["se"], rel=1e-6)


def test_the_papers_estimator_agrees_where_no_event_ties_with_a_censoring() -> None:
    """Under strata as without: the coefficients are those of weighted intervals with Breslow's ties."""
    untied = np.array(FIGURES["time"]) + np.arange(1, len(SITES) + 1) * 1e-5
    for strata, name in ((None, "untied"), (SITES, "untied_strata")):
        fit = fine_gray(untied, FIGURES["status"], COVARIATES, strata=strata)
        assert fit.coef == pytest.approx(FIGURES["fits"][name]["coef"], rel=1e-6)


def test_strata_add_up() -> None:
    """One stratum twice over: the same coefficients, half the variance, and a baseline for each."""
    time, status = np.tile(FIGURES["time"], 2), np.tile(FIGURES["status"], 2)
    twice = fine_gray(time, status, np.tile(COVARIATES, (2, 1)), strata=np.repeat([0, 1], len(SITES)))
    once = fine_gray(FIGURES["time"], FIGURES["status"], COVARIATES)
    assert twice.coef == pytest.approx(once.coef, rel=1e-9)
    assert twice.variance == pytest.approx(once.variance / 2, rel=1e-9)
    assert twice.baseline == pytest.approx(np.tile(once.baseline, 2), rel=1e-9)
    assert set(twice.strata) == {0, 1}


@pytest.mark.parametrize("name", ["weighted", "delayed"])
def test_curves_with_weights_and_with_delayed_entry(name: str) -> None:
    event = np.array(FIGURES["status"]) == 1
    more = {"weights": FIGURES["weight"]} if name == "weighted" else {"entry": FIGURES["entry"]}
    curve, expected = kaplan_meier(FIGURES["time"], event, **more), FIGURES[name]
    kept = np.isin(np.round(expected["time"], 6), np.round(curve.time, 6))
    assert curve.time == pytest.approx(np.array(expected["time"])[kept])
    for ours, theirs in (("n_risk", "n_risk"), ("n_event", "n_event"), ("surv", "surv")):
        assert getattr(curve, ours) == pytest.approx(np.array(expected[theirs])[kept], rel=1e-8)
