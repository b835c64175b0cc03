"""Individual data reconstructed from published Kaplan-Meier figures: R's fits to 1e-6, the papers' hazard ratios to
0.03.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from equipoise.cli.main import run
from equipoise.statistics.cox import cox
from equipoise.statistics.logrank import logrank
from equipoise.statistics.proportional_hazards import proportional_hazards
from survival_figures import ITERATED, agree, check_concordance, check_fit, codes, read_columns

TRIALS = ("KEYNOTE024_1A", "Checkmate057_1C", "PROFILE1014_1A")


def _estimate(
    reference: Path, trial: str, figures: dict[str, Any], capsys: pytest.CaptureFixture[str], *more: str
) -> dict[str, Any]:
    file = str(reference / "kmdata" / f"{trial}.csv")
    columns = ["--time", "time", "--event", "event", "--arm", "arm", "--control", figures["control"]]
    run(["estimate", "survival", file, *columns, "--json", *more])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


@pytest.mark.parametrize("trial", TRIALS)
def test_medians_and_hazard_ratios(reference: Path, trial: str, capsys: pytest.CaptureFixture[str]) -> None:
    figures = json.loads((reference / "kmdata" / "expected.json").read_text())[trial]
    for scale, theirs in figures["medians"].items():
        ours = {arm["arm"]: arm for arm in _estimate(reference, trial, figures, capsys, "--conf", scale)["arms"]}
        for index, arm in enumerate(theirs["arms"]):
            agree(
                f"{trial} {arm} {scale}",
                [ours[arm][part] for part in ("n", "events", "median", "lower", "upper")],
                [theirs[part][index] for part in ("n", "events", "median", "lcl", "ucl")],
                ITERATED,
            )
    for ties in ("efron", "breslow"):
        document = _estimate(reference, trial, figures, capsys, "--ties", ties)
        theirs, ours = figures[f"cox_{ties}"], document["cox"]
        agree(
            f"{trial} {ties}", [ours["coef"], ours["se"], ours["p"]], [theirs[p] for p in ("coef", "se", "p")], ITERATED
        )
    assert _estimate(reference, trial, figures, capsys)["cox"]["hr"] == pytest.approx(figures["published_hr"], abs=0.03)


@pytest.mark.parametrize("trial", TRIALS)
def test_tests_and_concordance(reference: Path, trial: str) -> None:
    figures = json.loads((reference / "kmdata" / "expected.json").read_text())[trial]
    data = read_columns(reference / "kmdata" / f"{trial}.csv")
    arm = codes(data["arm"])
    test = logrank(data["time"], data["event"], arm).test
    agree(f"{trial} log-rank", [test.chisq, test.p], [figures["logrank_chisq"], figures["logrank_p"]], ITERATED)
    for ties in ("efron", "breslow"):
        fit = cox(data["time"], data["event"], arm, ties=ties)
        check_fit(f"{trial} {ties}", fit, figures[f"cox_{ties}"])
        check_concordance(f"{trial} {ties}", fit, figures[f"cox_{ties}"]["concordance"], None)
    fit = cox(data["time"], data["event"], arm)
    agree(f"{trial} zph", proportional_hazards(fit).overall.chisq, figures["zph"][-1][0], ITERATED)
