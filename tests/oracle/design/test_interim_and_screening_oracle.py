"""`equipoise design interim`, `screening` and `timing` beside base R; bounds beside gsDesign and rpact."""

import json
from pathlib import Path
from typing import Any

import pytest

from equipoise.cli.main import run

HERE = Path(__file__).parent
FIGURES = json.loads((HERE / "interim_and_screening.json").read_text(encoding="utf-8"))
R80 = json.loads((HERE / "gsdesign_boundaries_r80.json").read_text(encoding="utf-8"))["tables"]
RPACT = json.loads((HERE / "rpact_group_sequential.json").read_text(encoding="utf-8"))["designs"]
THIRDS = "0.3333333333333333,0.6666666666666666,1"


def document(capsys: pytest.CaptureFixture[str], *arguments: Any) -> Any:
    """The JSON a design command prints."""
    run(["design", *(str(each) for each in arguments), "--json"])
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("case", FIGURES["interim"], ids=lambda case: f"z {case['z']} at {case['at']:.2f}")
def test_conditional_and_predictive_power(case: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    given = [
        "interim", "--alpha", 0.025, "--information", THIRDS, "--spending", "of", "--z", case["z"], "--at", case["at"],
        "--planned-events", case["planned_events"], "--ratio", case["ratio"], "--hr", case["hazard_ratio"],
    ]  # fmt: skip
    found = document(capsys, *given)
    power = found["conditional_power"]
    assert power["trend"] == pytest.approx(case["trend"], abs=1e-8)
    assert power["no_effect"] == pytest.approx(case["no_effect"], abs=1e-8)
    assert power["hazard_ratios"][0]["power"] == pytest.approx(case["power"], abs=1e-8)
    assert found["predictive_power"] == pytest.approx(case["predictive"], abs=1e-7)
    prior = ("--prior-hr", case["prior_hr"], "--prior-events", case["prior_events"])
    assert document(capsys, *given, *prior)["predictive_power"] == pytest.approx(case["with_prior"], abs=1e-7)


@pytest.mark.parametrize(
    "case", FIGURES["screening"], ids=lambda case: f"{case['hr']:.2f} {case['alpha']} {case['power']}"
)
def test_screening(case: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    found = document(
        capsys, "screening", "--hr", case["hr"], "--alpha", case["alpha"], "--power", case["power"],
        "--ratio", case["ratio"], "--stop-above", case["stop_above"], "--decide", 0.8,
    )  # fmt: skip
    for key in ("events", "go_below", "power"):
        assert found[key] == pytest.approx(case[key], rel=1e-9)
    decision = found["decisions"][0]
    assert decision["go"] == pytest.approx(case["go"], abs=1e-9)
    assert decision["stop"] == pytest.approx(case["stop"], abs=1e-9)
    again = document(
        capsys, "screening", "--hr", case["hr"], "--alpha", case["alpha"], "--events", case["events"],
        "--ratio", case["ratio"],
    )  # fmt: skip
    assert again["power"] == pytest.approx(case["power"], abs=1e-9)
    others = {one["alpha"]: one for one in found["trade"]}
    for other in FIGURES["screening"]:
        if all(other[key] == case[key] for key in ("hr", "power", "ratio")):
            assert others[other["alpha"]]["events"] == pytest.approx(other["events"], rel=1e-9)


def test_timing(capsys: pytest.CaptureFixture[str]) -> None:
    case = FIGURES["timing"]
    found = document(
        capsys, "timing", "--subjects", case["subjects"], "--accrual", case["accrual"], "--control-hazard",
        case["control_hazard"], "--dropout", case["dropout"], "--hr", case["hr"], "--ratio", case["ratio"],
        "--at", ",".join(map(str, case["at"])), "--events", ",".join(map(str, case["targets"])),
    )  # fmt: skip
    ours = [[one["events_control"], one["events_experimental"]] for one in found["expected"]]
    for row, theirs in zip(ours, case["events"], strict=True):
        assert row == pytest.approx(theirs, rel=1e-9)
    assert [one["subjects"] for one in found["expected"]] == pytest.approx([45, 180, 180])
    assert [one["time"] for one in found["reached"]] == pytest.approx(case["times"], rel=1e-9)


def test_futility_by_spending_beta(capsys: pytest.CaptureFixture[str]) -> None:
    table = R80["k3_t4_LDOF_HSD-2_nonbinding"]
    found = document(
        capsys, "boundaries", "--alpha", table["alpha"], "--information", ",".join(map(str, table["timing"])),
        "--spending", "of", "--futility", "hsd:-2", "--power", 1 - table["beta"],
    )  # fmt: skip
    assert found["critical_values"] == pytest.approx(table["upper_bound"], abs=2e-9)
    assert found["futility_values"] == pytest.approx(table["lower_bound"], abs=1e-8)
    assert found["inflation"] == pytest.approx(table["n_I"][-1], abs=1e-8)
    assert found["under_effect"]["above"] == pytest.approx([row[1] for row in table["upper_prob"]], abs=1e-8)
    assert found["under_effect"]["below"] == pytest.approx([row[1] for row in table["lower_prob"]], abs=1e-8)


def test_futility_under_no_effect_and_bounds_given(capsys: pytest.CaptureFixture[str]) -> None:
    table = R80["k3_t6"]
    found = document(
        capsys, "boundaries", "--alpha", table["alpha"], "--information", ",".join(map(str, table["timing"])),
        "--spending", "of", "--futility", "hsd:-2", "--futility-level", 0.1,
    )  # fmt: skip
    assert found["futility_values"] == pytest.approx(table["lower_bound"], abs=1e-8)
    table = RPACT["asOF_3_fut_nonbinding"]
    found = document(
        capsys, "boundaries", "--alpha", table["alpha"], "--information", THIRDS, "--spending", "of",
        "--futility-bounds", ",".join(map(str, table["futilityBounds"])), "--power", 0.8,
    )  # fmt: skip
    assert found["drift"] ** 2 == pytest.approx(table["char"]["shift"], abs=1e-6)
    assert found["under_effect"]["below"][:2] == pytest.approx(table["char"]["futilityProbabilities"], abs=1e-8)


def test_futility_that_binds(capsys: pytest.CaptureFixture[str]) -> None:
    table = RPACT["asOF_bsOF_binding"]
    found = document(
        capsys, "boundaries", "--alpha", table["alpha"], "--information", THIRDS, "--spending", "of",
        "--futility", "of", "--binding", "--power", 1 - table["beta"],
    )  # fmt: skip
    assert found["critical_values"] == pytest.approx(table["criticalValues"], abs=1e-7)
    assert found["futility_values"][:2] == pytest.approx(table["futilityBounds"], abs=1e-7)
    assert found["binding"] is True


def test_the_family_of_wang_and_tsiatis(capsys: pytest.CaptureFixture[str]) -> None:
    table = RPACT["WT_K5_onesided025"]
    information = ",".join(map(str, table["informationRates"]))
    found = document(
        capsys, "boundaries", "--alpha", table["alpha"], "--information", information, "--family", "wang-tsiatis:0.25"
    )
    assert found["critical_values"] == pytest.approx(table["criticalValues"], abs=1e-6)
    assert (found["family"], found["spending"]) == ("wang-tsiatis:0.25", None)
