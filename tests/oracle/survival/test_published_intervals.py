"""Intervals that papers print, and figures R computes to full precision where its own functions stop earlier."""

import json
from pathlib import Path

import numpy as np
import pytest

from equipoise.statistics.cox import cox
from equipoise.statistics.profile_likelihood import profile_interval
from equipoise.statistics.proportions import Counts, clopper_pearson, fisher_exact, miettinen_nurminen, wilson
from survival_figures import Folder, agree, codes

HERE = Folder(Path(__file__).parent)
FIGURES = json.loads((HERE.root / "profile_and_fisher.json").read_text())


@pytest.mark.parametrize(
    ("experimental", "control", "lower", "upper"),
    [
        # Newcombe, Stat Med 1998;17:873, table II, method 6 (Miettinen-Nurminen), contrasts (a) and (b).
        (Counts(56, 70), Counts(48, 80), 0.0528, 0.3382),
        (Counts(9, 10), Counts(3, 10), 0.1700, 0.8406),
    ],
)
def test_miettinen_nurminen_as_newcombe_prints_it(
    experimental: Counts, control: Counts, lower: float, upper: float
) -> None:
    found = miettinen_nurminen(experimental, control)
    assert (found.lower, found.upper) == (pytest.approx(lower, abs=5e-5), pytest.approx(upper, abs=5e-5))


def test_single_proportions_as_newcombe_prints_them() -> None:
    """Newcombe, Stat Med 1998;17:857, table I: 81/263, methods 3 (score) and 5 (exact)."""
    score, exact = wilson(Counts(81, 263)), clopper_pearson(Counts(81, 263))
    assert (score.lower, score.upper) == (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))
    assert (exact.lower, exact.upper) == (pytest.approx(0.2527, abs=5e-5), pytest.approx(0.3676, abs=5e-5))


def test_miettinen_nurminen_against_a_direct_search() -> None:
    found = miettinen_nurminen(Counts(27, 60), Counts(18, 60))
    agree("limits", [found.lower, found.upper], FIGURES["miettinen_nurminen"])


def test_fisher_at_full_precision() -> None:
    found = fisher_exact(Counts(27, 60), Counts(18, 60)).odds_ratio
    agree("odds ratio", [found.value, found.lower, found.upper], FIGURES["fisher"])


@pytest.mark.parametrize("model", ["sex", "sex + age + ph_karno"])
def test_profile_intervals(model: str) -> None:
    data = HERE.columns("lung")
    x = np.column_stack([data[name] for name in model.split(" + ")])
    found = profile_interval(cox(data["time"], data["status"], x))
    agree(model, [found.lower, found.upper], FIGURES["profile"][model])


def test_exact_ties_with_delayed_entry() -> None:
    data = HERE.columns("synth_lefttrunc")
    fit = cox(
        data["time"], data["status"], np.column_stack([data["arm"], data["x"]]),
        entry=data["entry"], strata=codes(data["stratum"]), ties="exact",
    )  # fmt: skip
    theirs = FIGURES["exact_left_truncated"]
    agree("coef", fit.coef, theirs["coef"])
    agree("se", fit.std_err, theirs["se"])
    agree("loglik", fit.loglik, theirs["loglik"])
