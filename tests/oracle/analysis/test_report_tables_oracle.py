"""The report's tables against R: subgroups and their interaction, weighted clusters, mean changes, exact limits."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from equipoise.analysis.competing import participant_weighted
from equipoise.analysis.datasets.adrs import Response
from equipoise.analysis.groups import Group, Grouping
from equipoise.analysis.questionnaire_change import mean, welch
from equipoise.analysis.response_rates import response_rates
from equipoise.analysis.subgroups import subgroups
from equipoise.analysis.times import TimeRow
from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.methods.endpoints import Source, TimeToEvent
from hand_built import trial

HERE = Path(__file__).parent
EXPECTED = {
    row["quantity"]: float(row["value"])
    for row in csv.DictReader((HERE / "report_tables.csv").read_text(encoding="utf-8").splitlines())
}
LUNG = list(csv.DictReader((HERE.parent / "survival" / "data" / "lung.csv").read_text(encoding="utf-8").splitlines()))
START = date(2000, 1, 1)


def lung_rows() -> list[TimeRow]:
    """The lung data as rows of an endpoint: women are the experimental arm."""
    rows = []
    for number, row in enumerate(LUNG):
        on = START + timedelta(days=int(row["time"]) - 1)
        source = Source(on, "Death", "D", "V")
        time = TimeToEvent(START, on, 0 if row["status"] == "1" else 1, "Death", "", source)
        rows.append(TimeRow(str(number), "s", "rt" if row["sex"] == "2" else "control", (), time))
    return rows


def test_subgroups_and_their_interaction() -> None:
    levels = {str(number): str(int(float(row["age"]) >= 65)) for number, row in enumerate(LUNG)}
    (found,) = subgroups(trial(), lung_rows(), "rt", "control", {"age": levels})
    assert found.interaction.chisq == pytest.approx(EXPECTED["interaction_chisq"], rel=1e-6)
    assert found.interaction.p == pytest.approx(EXPECTED["interaction_p"], rel=1e-6)
    for level in found.levels:
        for name, value in (("hr", level.ratio.value), ("lower", level.ratio.lower), ("upper", level.ratio.upper)):
            assert value == pytest.approx(EXPECTED[f"{name}_{level.id}"], rel=1e-6)
    assert sum(sum(level.n) for level in found.levels) == len(LUNG)


@dataclass(frozen=True)
class Lesion:
    """A row of somebody: here a patient of an institution."""

    subject: str
    arm: str
    status: int
    months: float
    levels: tuple[tuple[str, str], ...] = ()


def test_each_participant_weighs_the_same_however_many_lesions() -> None:
    rows = [
        Lesion(
            row["inst"], "rt" if row["sex"] == "2" else "control", int(row["status"]), int(row["time"]) / DAYS_PER_MONTH
        )
        for row in LUNG
        if row["inst"] not in ("", "NA")
    ]  # fmt: skip
    found = participant_weighted(rows, "rt", "control")
    assert found.value is not None
    assert np.log(found.value) == pytest.approx(EXPECTED["weighted_coef"], rel=1e-6)
    assert found.std_err == pytest.approx(EXPECTED["weighted_robust_se"], rel=1e-6)


def test_mean_changes_and_their_difference() -> None:
    experimental = np.array([-16.7, 0, 8.3, 16.7, 0, -8.3, 25])
    control = np.array([0, -8.3, -16.7, -25, 8.3])
    difference, one = welch(experimental, control), mean(experimental)
    got = (difference.value, difference.lower, difference.upper, one.lower, one.upper)
    names = ("welch_value", "welch_lower", "welch_upper", "mean_lower", "mean_upper")
    assert got == pytest.approx([EXPECTED[name] for name in names], rel=1e-8)


def test_response_rates_have_exact_limits() -> None:
    codes = ["PR"] * 10 + ["CR"] * 3 + ["SD"] * 20 + ["MISSING"] * 8
    rows = [Response("t", str(n), "BOR", "", "", None, None, code, "Y", "rt") for n, code in enumerate(codes)]
    ((found,), differences) = response_rates(rows, Grouping((Group("all", "All"),), None))
    assert (found.response.lower, found.response.upper) == pytest.approx(
        (EXPECTED["exact_lower"], EXPECTED["exact_upper"]), rel=1e-8
    )
    assert found.counts["MISSING"] == 8
    assert not differences
