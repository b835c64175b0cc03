"""Renal function against calculators."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from equipoise.clinical.renal import ckd_epi_2021, cockcroft_gault, mdrd_175
from equipoise.kernel.quantities import Quantity

CASES = json.loads(Path(__file__).with_name("renal_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[f"{case['method']} {case['creat']} {case['unit']}" for case in CASES])
def test_renal_function(case: dict[str, Any]) -> None:
    sex = "female" if case["sex"] == "F" else "male"
    creatinine = Quantity(Decimal(str(case["creat"])), case["unit"])
    if case["method"] == "Cockcroft-Gault":
        found = cockcroft_gault(case["age"], Quantity(Decimal(case["weight_kg"]), "kg"), creatinine, sex)
    elif case["method"] == "CKD-EPI 2021":
        if "expected_round4" in case:
            creatinine = Quantity.exactly(Fraction(creatinine.value) / Fraction("88.42"), "mg/dL")
        found = ckd_epi_2021(case["age"], creatinine, sex)
    else:
        found = mdrd_175(case["age"], creatinine, sex, is_black=case["race"].startswith("BLACK"))
    places = next(int(name.removeprefix("expected_round")) for name in case if name.startswith("expected_round"))
    assert round(found.value, places) == Decimal(str(case[f"expected_round{places}"]))
