"""Renal function: the equations as printed, in exact units."""

from decimal import Decimal
from fractions import Fraction

import pytest

from equipoise.clinical.renal import Sex, ckd_epi_2021, cockcroft_gault, mdrd_175
from equipoise.kernel.quantities import Quantity

KG = "kg"


def test_cockcroft_gault_is_the_printed_equation() -> None:
    # (140 - 40) x 72 / (72 x 1) = 100
    assert cockcroft_gault(40, Quantity.of(72, KG), Quantity.of(1, "mg/dL"), "male") == Quantity.of(100, "mL/min")
    assert cockcroft_gault(40, Quantity.of(72, KG), Quantity.of(1, "mg/dL"), "female") == Quantity.of(85, "mL/min")


def test_units_make_no_difference() -> None:
    metric = cockcroft_gault(40, Quantity.of(72000, "g"), Quantity.of("88.4", "umol/L"), "male")
    assert metric == Quantity.of(100, "mL/min")


def test_exactly_50_is_not_above_50() -> None:
    """The trial asks for more than 50 mL/min: a clearance of exactly 50 must compare as equal, not as 50.000001."""
    clearance = cockcroft_gault(40, Quantity.of(72, KG), Quantity.of(2, "mg/dL"), "male")
    assert clearance.compare(Quantity.of(50, "mL/min")) == 0


@pytest.mark.parametrize(
    ("creatinine", "unit", "age", "sex", "weight", "rounded"),
    [("1.09", "mg/dL", 55, "male", 90, 97), ("85", "umol/L", 65, "female", 60, 55)],  # NKF calculator
)
def test_cockcroft_gault_calculator(creatinine: str, unit: str, age: int, sex: Sex, weight: int, rounded: int) -> None:
    clearance = cockcroft_gault(age, Quantity.of(weight, KG), Quantity.of(creatinine, unit), sex)
    assert round(clearance.value) == rounded


def test_exact_units_differ_from_the_rounded_shortcut() -> None:
    # 65 y, female, 60 kg, 85 umol/L: 75 x 60 x 0.85 / (72 x 85 / 88.4) = 55.25; the shortcut 1.04 gives 55.06
    clearance = cockcroft_gault(65, Quantity.of(60, KG), Quantity.of(85, "umol/L"), "female")
    assert Fraction(clearance.value) == Fraction("55.25")


@pytest.mark.parametrize(
    ("umol", "age", "sex", "expected"),
    [("96.3", 55, "male", "80.2293"), ("70", 52, "female", "89.7175"), ("77", 67, "male", "94.5453")],
)
def test_ckd_epi_2021(umol: str, age: int, sex: Sex, expected: str) -> None:
    """Figures published with 88.42 umol/L to the mg/dL; the equation itself is in mg/dL."""
    milligrams = Quantity.exactly(Fraction(umol) / Fraction("88.42"), "mg/dL")
    assert round(ckd_epi_2021(age, milligrams, sex).value, 4) == Decimal(expected)


@pytest.mark.parametrize(
    ("creatinine", "unit", "age", "sex", "is_black", "expected"),
    [("1.09", "mg/dL", 55, "male", False, "70.2"), ("85", "umol/L", 65, "female", True, "70.6")],  # MDCalc
)
def test_mdrd(creatinine: str, unit: str, age: int, sex: Sex, is_black: bool, expected: str) -> None:
    rate = mdrd_175(age, Quantity.of(creatinine, unit), sex, is_black=is_black)
    assert round(rate.value, 1) == Decimal(expected)


def test_a_rate_indexed_to_surface_never_converts_to_a_clearance() -> None:
    rate = ckd_epi_2021(55, Quantity.of("1.09", "mg/dL"), "male")
    with pytest.raises(ValueError, match="does not convert"):
        rate.to("mL/min")


@pytest.mark.parametrize(
    ("age", "weight", "creatinine", "wording"),
    [
        (-1, ("70", "kg"), ("1", "mg/dL"), "An age lies between 0 and 139 whole years; seen -1."),
        (140, ("70", "kg"), ("1", "mg/dL"), "An age lies between 0 and 139 whole years; seen 140."),
        (60, ("0", "kg"), ("1", "mg/dL"), "A body weight is positive; seen 0 kg."),
        (60, ("70", "kg"), ("0", "mg/dL"), "A serum creatinine is positive; seen 0 mg/dL."),
        (60, ("170", "cm"), ("1", "mg/dL"), "cm does not convert to kg"),
        (60, ("70", "kg"), ("85", "mL/min"), "mL/min does not convert to mg/dL for creatinine"),
    ],
)
def test_what_cannot_be_is_refused(
    age: int, weight: tuple[str, str], creatinine: tuple[str, str], wording: str
) -> None:
    with pytest.raises(ValueError, match=wording):
        cockcroft_gault(age, Quantity.of(*weight), Quantity.of(*creatinine), "male")
