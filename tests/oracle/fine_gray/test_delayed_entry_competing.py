"""`estimate competing --entry` against R's survival: every part honours the entry times or says why it is missing."""

import json
from pathlib import Path
from typing import Any

import pytest

from equipoise.cli.main import main

FIGURES = json.loads((Path(__file__).parent / "delayed_entry_competing.json").read_text())
COLUMNS = ("time", "status", "arm", "site", "entry")
ASKED = ("--time", "time", "--status", "status", "--arm", "arm", "--entry", "entry", "--conf", "plain", "--json")


def answer(capsys: pytest.CaptureFixture[str], folder: Path, *more: str) -> Any:
    """The document of one command on the figures' participants."""
    lines = [",".join(map(str, row)) for row in zip(*(FIGURES[name] for name in COLUMNS), strict=True)]
    path = folder / "data.csv"
    path.write_text("\n".join([",".join(COLUMNS), *lines]) + "\n")
    with pytest.raises(SystemExit) as ended:
        main(["estimate", "competing", str(path), *ASKED, *more])
    assert ended.value.code in (0, None)
    return json.loads(capsys.readouterr().out)


def by_cause(found: Any) -> dict[int, Any]:
    return {1: found, 2: found["competing_causes"][0]}


def test_curves_count_as_at_risk_who_had_entered(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    found = answer(capsys, tmp_path)
    for arm in found["arms"]:
        expected = FIGURES["curves"][arm["arm"]]
        assert arm["time"] == pytest.approx(expected["time"])
        assert arm["n_risk"] == expected["n_risk"]
        for cause in ("1", "2"):
            own = arm["cumulative_incidence"][cause]
            assert own["estimate"] == pytest.approx(expected[cause]["estimate"], rel=1e-8)
            assert own["std_err"] == pytest.approx(expected[cause]["std_err"], rel=1e-8)
            assert own["variance_aalen"] == pytest.approx(expected[cause]["aalen"], rel=1e-8)


@pytest.mark.parametrize("strata", ["", "_strata"])
def test_hazard_ratios_are_those_of_coxph_and_finegray(
    strata: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    found = by_cause(answer(capsys, tmp_path, *(["--strata", "site"] if strata else [])))
    for cause, own in found.items():
        for name, ours in (("cause_specific", own["cause_specific"]), ("finegray", own["fine_gray"]["finegray"])):
            expected = FIGURES["fits"][f"{name}{strata}_{cause}"]
            assert ours["coef"] == pytest.approx(expected["coef"], rel=1e-6)
            assert ours["se"] == pytest.approx(expected["se"], rel=1e-6)


def test_what_knows_no_delayed_entry_is_missing_with_the_reason(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for own in by_cause(answer(capsys, tmp_path, "--cluster", "site")).values():
        assert own["gray"]["p"] is None
        assert own["gray"]["reason"].startswith("Gray's test knows no delayed entry")
        assert own["fine_gray"]["crr"]["hr"] is None
        assert "(crr) knows no delayed entry" in own["fine_gray"]["crr"]["reason"]
