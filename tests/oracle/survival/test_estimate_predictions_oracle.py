"""`equipoise estimate` beside R: curves at named times, predictions, residuals, parametric models."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from equipoise.cli.main import run
from survival_figures import ITERATED, Folder, agree, read_columns

FOLDER = Folder(Path(__file__).parent)
LUNG = FOLDER.root / "data" / "lung.csv"
WEIGHTED = FOLDER.root / "data" / "lung_weighted.csv"
COLUMNS = ("--time", "time", "--event", "status")


def document(capsys: pytest.CaptureFixture[str], command: str, *arguments: str, file: Path = LUNG) -> Any:
    """The JSON of a command on the lung data."""
    run(["estimate", command, str(file), *COLUMNS, *arguments, "--json"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("scale", ["log", "log-log", "plain", "logit", "arcsin"])
def test_survival_at_named_times(scale: str, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = FOLDER.expected("lung_milestones")[scale]
    times = list(dict.fromkeys(theirs["time"]))
    found = document(capsys, "curve", "--arm", "sex", "--conf", scale, "--at", ",".join(map(str, times)))
    for arm in found:
        own = [index for index, label in enumerate(theirs["strata"]) if label == f"sex={arm['arm']}"]
        marks = {mark["time"]: mark for mark in arm["landmarks"]}
        for ours, other in (("surv", "surv"), ("se", "std_err"), ("lower", "lower"), ("upper", "upper"),
                            ("n_risk", "n_risk")):  # fmt: skip
            agree(ours, [marks[theirs["time"][index]][ours] for index in own], [theirs[other][index] for index in own])
        events = [marks[theirs["time"][index]]["events"] for index in own]
        agree("events", events, np.cumsum([theirs["n_event"][index] for index in own]))


@pytest.mark.parametrize(("method", "prefix"), [("nelson-aalen", "na"), ("fleming-harrington", "fh_ties")])
def test_other_estimators(method: str, prefix: str, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = FOLDER.expected("lung")["fh_survfit_group"]
    found = document(capsys, "curve", "--arm", "sex", "--method", method)
    agree(method, [value for arm in found for value in arm["surv"]], theirs[f"{prefix}_surv"])


def test_robust_curves_of_weighted_rows(capsys: pytest.CaptureFixture[str]) -> None:
    theirs = FOLDER.expected("lung_weighted")["survfit_robust"]
    found = document(capsys, "curve", "--arm", "sex", "--case-weights", "w", "--robust", file=WEIGHTED)
    assert [arm["variance"] for arm in found] == ["jackknife", "jackknife"]
    for ours, other in (("surv", "surv"), ("std_err", "std_err"), ("std_err_cumhaz", "std_chaz")):
        agree(ours, [value for arm in found for value in arm[ours]], theirs[other])


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_predicted_survival(ties: str, capsys: pytest.CaptureFixture[str]) -> None:
    expected = FOLDER.expected("lung_cox_predict")
    covariates = ("--covariates", "sex", "age", "ph_karno", "--ties", ties)
    for index, values in enumerate(expected["newdata"]):
        given = ",".join(str(values[name]) for name in ("sex", "age", "ph_karno"))
        (ours,) = document(capsys, "cox", *covariates, "--predict", given)["predicted"]
        theirs = expected[ties]
        agree("times", ours["time"], theirs["time"])
        for own, other in (("surv", "surv"), ("cumhaz", "cumhaz"), ("lower", "lower"), ("upper", "upper")):
            if other in theirs:
                agree(own, ours[own], [row[index] for row in theirs[other]], ITERATED)


def test_linear_predictors_and_martingale_residuals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "rows.csv"
    document(capsys, "cox", "--covariates", "sex", "age", "ph_karno", "-o", str(out))
    expected, status = FOLDER.expected("lung_cox_predict"), read_columns(LUNG)["status"]
    with out.open() as lines:
        rows = list(csv.DictReader(lines))
    agree("linear predictor", [float(row["LINEAR_PREDICTOR"]) for row in rows], expected["lp"], ITERATED)
    residuals = np.array([float(row["MARTINGALE_RESIDUAL"]) for row in rows])
    agree("expected events", status - residuals, expected["expected"], ITERATED)


@pytest.mark.parametrize("distribution", ["weibull", "exponential", "lognormal", "loglogistic"])
def test_parametric_models(distribution: str, capsys: pytest.CaptureFixture[str]) -> None:
    theirs = FOLDER.expected("lung_survreg")[distribution]
    found = document(capsys, "parametric", "--arm", "sex", "--covariates", "age", "--distribution", distribution)
    assert found["terms"] == ["intercept", "arm 2", "age"]
    # R's model has the number 1 or 2 of the sex as a covariate: its intercept is that of a sex of 0.
    intercept = theirs["coef"][0] + theirs["coef"][1]
    agree("coef", found["coef"], [intercept, *theirs["coef"][1:]], ITERATED)
    numeric = document(capsys, "parametric", "--covariates", "sex", "age", "--distribution", distribution)
    agree("numeric", numeric["coef"], theirs["coef"], ITERATED)
    agree("variance", numeric["variance"], theirs["var"], ITERATED)
    for one in (found, numeric):
        agree("scale", one["scale"], theirs["scale"], ITERATED)
        agree("loglik", one["loglik"], theirs["loglik"])


def test_the_restricted_mean_of_everybody(capsys: pytest.CaptureFixture[str]) -> None:
    overall = FOLDER.expected("lung")["survfit_overall"]["summary_table_rmean_tau"]
    found = document(capsys, "rmst", "--tau", str(overall["tau"]))
    mean = found["arms"][0]
    assert mean["arm"] is None
    row = np.ravel(overall["values"])
    agree("restricted mean", [mean["events"], mean["rmst"], mean["se"]], row[3:6])
    assert mean["rmst"] + mean["rmtl"] == pytest.approx(overall["tau"])
