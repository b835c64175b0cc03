"""EQ-5D-5L: published indices of every country's set, and the sets shipped against a package's table."""

import csv
from decimal import Decimal
from pathlib import Path

from equipoise.cli.derive_scores import read_value_sets
from equipoise.clinical.eq5d import DIMENSIONS, VALUE_SETS, index


def test_published_indices(reference: Path) -> None:
    """To three decimals; an index printed by rounding each coefficient first may be one off in the last."""
    sets = read_value_sets(str(reference / "qol" / "eq5d5l_value_sets.csv"))
    with (reference / "qol" / "eq5d5l_expected.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    differences = [
        abs((index(sets[row["value_set"]], {name: int(row[name]) for name in DIMENSIONS}) or Decimal(9))
            - Decimal(row["expected"]))
        for row in rows
    ]  # fmt: skip
    assert len(rows) > 100
    assert max(differences) <= Decimal("0.001")
    assert sum(difference > Decimal("0.0005") for difference in differences) <= 3


def test_shipped_sets_are_those_of_the_package(reference: Path) -> None:
    theirs = read_value_sets(str(reference / "qol" / "eq5d5l_value_sets.csv"))
    for name, ours in VALUE_SETS.items():
        assert dict(ours.terms) == {term: value for term, value in theirs[name].terms.items() if value}, name
