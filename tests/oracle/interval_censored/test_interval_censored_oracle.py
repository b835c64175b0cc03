"""Interval-censored times against R's glm and survfit."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from equipoise.statistics.interval_censored import Intervals, innermost, intervals, turnbull
from equipoise.statistics.interval_hazards import interval_hazards

HERE = Path(__file__).parent
FIGURES = json.loads((HERE / "figures.json").read_text())


def ends(case: dict[str, Any]) -> Intervals:
    return intervals(case["left"], [np.inf if end is None else end for end in case["right"]])


@pytest.mark.parametrize("case", FIGURES["grouped"], ids=lambda case: f"n{len(case['left'])}")
@pytest.mark.parametrize("model", ["arm", "arm_age", "arm_by_site"])
def test_grouped_times_are_the_binomial_model(case: dict[str, Any], model: str) -> None:
    columns = ("arm", "age") if model == "arm_age" else ("arm",)
    strata = np.array(case["site"]) - 1 if model == "arm_by_site" else None
    fit = interval_hazards(ends(case), np.column_stack([case[name] for name in columns]), strata=strata)
    expected = case["fits"][model]
    assert fit.coef == pytest.approx(expected["coef"], rel=1e-6, abs=1e-6)
    assert fit.std_err == pytest.approx(expected["se"], rel=1e-6)
    test = fit.lr()
    assert test.chisq == pytest.approx(expected["lr"], rel=1e-6, abs=1e-10)
    if model != "arm_age":
        ratio = fit.hazard_ratio()
        assert (ratio.lower, ratio.upper) == pytest.approx(np.exp(expected["limits"]), rel=1e-6)


@pytest.mark.parametrize("case", FIGURES["turnbull"], ids=lambda case: f"n{len(case['left'])}")
def test_curves_lie_where_survfit_puts_them(case: dict[str, Any]) -> None:
    curve = turnbull(ends(case))
    for time, surv in zip(case["time"], case["surv"], strict=True):
        low, high = curve.at(time)
        assert low - 3e-3 <= surv <= high + 3e-3, time


@pytest.mark.parametrize("case", [*FIGURES["turnbull"], *FIGURES["grouped"]], ids=lambda case: f"n{len(case['left'])}")
def test_no_mass_elsewhere_would_raise_the_likelihood(case: dict[str, Any]) -> None:
    """The Kuhn-Tucker conditions in the masses themselves, which say that the maximum is the global one."""
    data = ends(case)
    curve, inner = turnbull(data), innermost(data)
    covers = np.array([[low <= place < high for place in range(len(inner.left))]
                       for low, high in zip(inner.first, inner.stop, strict=True)], float)  # fmt: skip
    mass = np.zeros(len(inner.left))
    for left, right, share in zip(curve.left, curve.right, curve.mass, strict=True):
        mass[np.flatnonzero((inner.left == left) & (inner.right == right))[0]] = share
    gain = (covers / (covers @ mass)[:, None]).sum(axis=0)
    assert mass.sum() == pytest.approx(1, abs=1e-12)
    assert gain.max() <= len(data) * (1 + 1e-6)
    assert gain[mass > 0] == pytest.approx(len(data), rel=1e-6)
