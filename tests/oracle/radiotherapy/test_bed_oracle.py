"""BED and EQD2 of schedules in use, against figures computed elsewhere."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from equipoise.clinical.radiotherapy import LATE, TUMOUR, Prescription

CASES = json.loads(Path(__file__).with_name("bed_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[f"{case['total']}/{case['n']}" for case in CASES])
def test_bed_and_eqd2(case: dict[str, Any]) -> None:
    given = Prescription.parse(f"{case['total']}/{case['n']}")
    assert given.per_fraction == Fraction(str(case["d"]))
    for ours, theirs in (
        (given.bed(TUMOUR), case["BED10"]),
        (given.bed(LATE), case["BED3"]),
        (given.eqd2(TUMOUR), case["EQD2_10"]),
        (given.eqd2(LATE), case["EQD2_3"]),
    ):
        assert abs(ours - Fraction(str(theirs))) <= Fraction(1, 20000)  # theirs is rounded to four decimals
