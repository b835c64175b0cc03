"""`equipoise estimate proportion` beside R: three arms, nobody and everybody in one of them, strata, other levels."""

import json
from pathlib import Path
from typing import Any

import pytest

from equipoise.cli.main import run
from survival_figures import ITERATED, agree

HERE = Path(__file__).parent
CASES = json.loads((HERE / "two_by_two.json").read_text(encoding="utf-8"))


def both(found: dict[str, Any]) -> list[float | None]:
    """Confidence limits."""
    return [found["lower"], found["upper"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['event']} {case['level']}")
def test_proportions_as_r_has_them(case: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    columns = ("--event", case["event"], "--arm", "arm", "--strata", "site", "sex", "--level", str(case["level"]))
    run(["estimate", "proportion", str(HERE / "proportions.csv"), *columns, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert len(found["arms"]) == len(case["arms"]) == 3
    for ours, theirs in zip(found["arms"], case["arms"], strict=True):
        assert (ours["arm"], ours["n"], ours["events"]) == (theirs["arm"], theirs["n"], theirs["events"])
        agree("exact", both(ours["exact"]), theirs["exact"])
        agree("Wilson", both(ours["wilson"]), theirs["wilson"])
    for ours, theirs in zip(found["comparison"], case["pairs"], strict=True):
        assert (ours["arm"], ours["control"]) == (theirs["arm"], "control")
        gap, test, exact = ours["difference"], ours["chi_square"], ours["fisher"]
        agree("Miettinen-Nurminen", [gap["estimate"], *both(gap)], theirs["mn"])
        agree("Wald", both(gap["wald"]), theirs["wald"])
        agree("chi-square", [test["chisq"], test["p"], test["corrected"]["p"]],
              [theirs["chisq"], theirs["p"], theirs["p_corrected"]])  # fmt: skip
        assert test["z"] > 0
        agree("Fisher p", [exact["p"], exact["p_one_sided"]], [theirs["fisher"], theirs["greater"]])
        agree("odds ratio", [exact["odds_ratio"], *both(exact)], theirs["odds"], ITERATED)
        combined = ours["stratified"]
        assert combined["silent"] == []
        within = combined["difference"]
        agree("stratified", [within["estimate"], *both(within)], theirs["mn_stratified"])
        common = combined["mantel_haenszel"]
        agree("Mantel-Haenszel", [common["test"]["chisq"], common["test"]["p"], common["corrected"]["p"]],
              [theirs["cmh"], theirs["cmh_p"], theirs["cmh_corrected"]])  # fmt: skip
        odds = [theirs["cmh_or"], *theirs["cmh_limits"]]
        agree("common odds", [common["odds_ratio"], *both(common)], odds if odds[0] is not None else [None] * 3)
