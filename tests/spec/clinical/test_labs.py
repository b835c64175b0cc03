"""Laboratory units: an analyte relates amount and mass; without one, nothing is guessed."""

from decimal import Decimal

import pytest

from equipoise.clinical.labs import convert, corrected_calcium
from equipoise.kernel.quantities import Quantity


@pytest.mark.parametrize(
    ("analyte", "number", "unit", "to", "expected"),
    [
        ("creatinine", "1", "mg/dL", "umol/L", "88.4"),
        ("creatinine", "88.4", "umol/L", "mg/dL", "1"),
        ("creatinine", "0.0884", "mmol/L", "mg/dL", "1"),
        ("bilirubin", "3.0", "mg/dL", "umol/L", "51.312"),  # the 51.3 umol/L of criteria is 3.0 mg/dL, rounded
        ("glucose", "100", "mg/dL", "mmol/L", "5.551"),
        ("calcium", "10", "mg/dL", "mmol/L", "2.495"),
        ("calcium", "2", "mmol/L", "meq/L", "4"),
        ("magnesium", "1.2", "meq/L", "mmol/L", "0.6"),
        ("magnesium", "1", "mg/dL", "mmol/L", "0.4114"),
        ("phosphate", "1", "mg/dL", "mmol/L", "0.3229"),
        ("urate", "1", "mg/dL", "umol/L", "59.48"),
        ("urea_nitrogen", "1", "mg/dL", "mmol/L", "0.357"),
        ("cholesterol", "1", "mg/dL", "mmol/L", "0.02586"),
        ("triglycerides", "1", "mg/dL", "mmol/L", "0.01129"),
        ("haemoglobin", "10", "g/dL", "mmol/L", "6.206"),
        ("haemoglobin", "9", "g/dL", "g/L", "90"),
        ("free_t4", "1", "ng/dL", "pmol/L", "12.87"),
        ("free_t3", "1", "pg/mL", "pmol/L", "1.536"),
        ("sodium", "140", "meq/L", "mmol/L", "140"),
        ("alt", "40", "[IU]/L", "U/L", "40"),
        ("alt", "40", "U/L", "[IU]/L", "40"),
        ("alt", "1", "ukat/L", "U/L", "60"),
        ("tsh", "2.5", "m[IU]/L", "u[IU]/mL", "2.5"),
        ("platelets", "98", "10*9/L", "10*3/uL", "98"),
        ("neutrophils", "1500", "/uL", "10*9/L", "1.5"),
    ],
)
def test_conversion(analyte: str, number: str, unit: str, to: str, expected: str) -> None:
    converted = convert(analyte, Quantity.of(number, unit), to)
    assert converted.value == Decimal(expected)
    assert converted.unit == to


@pytest.mark.parametrize(
    ("analyte", "unit", "to"),
    [
        ("albumin", "g/L", "umol/L"),  # no molar mass is declared
        ("platelets", "mg/dL", "umol/L"),
        ("sodium", "mg/dL", "mmol/L"),
        ("tsh", "m[IU]/L", "U/L"),  # a hormone's units are no enzyme's
        ("creatinine", "mg/dL", "mL/min"),
        ("creatinine", "mg", "umol/L"),
        ("glucose", "g", "meq"),
    ],
)
def test_units_that_nothing_relates_are_refused(analyte: str, unit: str, to: str) -> None:
    with pytest.raises(ValueError, match=f"for {analyte}: they measure different things"):
        convert(analyte, Quantity.of(1, unit), to)


def test_calcium_is_corrected_for_albumin() -> None:
    # 8.0 + 0.8 x (4.0 - 2.5) = 9.2 mg/dL
    assert corrected_calcium(Quantity.of("8.0", "mg/dL"), Quantity.of(25, "g/L")) == Quantity.of("9.2", "mg/dL")
    with pytest.raises(ValueError, match="does not convert to g/dL for albumin"):
        corrected_calcium(Quantity.of("8.0", "mg/dL"), Quantity.of(25, "mmol/L"))
