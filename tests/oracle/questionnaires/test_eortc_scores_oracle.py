"""EORTC scores against two R packages, to 1e-9."""

import csv
from pathlib import Path

import pytest

from equipoise.clinical.questionnaires import score, shipped_instruments

HERE = Path(__file__).parent


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _answers(row: dict[str, str]) -> dict[int, int | None]:
    return {int(name[1:]): int(cell) if cell else None for name, cell in row.items() if name != "id"}


def _same(ours: object, theirs: str) -> bool:
    if ours is None or theirs == "":
        return ours is None and theirs == ""
    return abs(float(ours) - float(theirs)) <= 1e-9  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("instrument", "items", "expected", "renamed"),
    [
        ("qlq-c30", "c30_items.csv", "c30_scores_proscorer.csv", {"QLQTOTAL": "SUMMARY"}),
        ("qlq-lc13", "lc13_items.csv", "lc13_scores_qolr.csv", {}),
    ],
)
def test_scores(instrument: str, items: str, expected: str, renamed: dict[str, str]) -> None:
    wrong = []
    compared = 0
    for answered, scored in zip(_rows(items), _rows(expected), strict=True):
        assert answered["id"] == scored["id"]
        ours = score(shipped_instruments()[instrument], _answers(answered))
        for code, theirs in scored.items():
            if code == "id" or (code == "LCDY" and not all(answered[q] for q in ("q33", "q34", "q35"))):
                continue
            compared += 1
            if not _same(ours[renamed.get(code, code)], theirs):
                wrong.append((answered["id"], code, ours[renamed.get(code, code)], theirs))
    assert wrong == []
    assert compared > 900


def test_lung_dyspnoea_needs_all_three_items_as_the_manual_says() -> None:
    incomplete = [row for row in _rows("lc13_items.csv") if not all(row[q] for q in ("q33", "q34", "q35"))]
    assert len(incomplete) > 15
    assert {score(shipped_instruments()["qlq-lc13"], _answers(row))["LCDY"] for row in incomplete} == {None}
