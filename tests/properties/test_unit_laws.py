"""Laws of conversion: there and back is the same quantity, and order is kept."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from equipoise.clinical.labs import convert
from equipoise.clinical.renal import cockcroft_gault
from equipoise.kernel.quantities import Quantity

PAIRS = st.sampled_from(
    [
        ("creatinine", "mg/dL", "umol/L"),
        ("bilirubin", "umol/L", "mg/dL"),
        ("glucose", "mmol/L", "mg/dL"),
        ("calcium", "mg/dL", "meq/L"),
        ("haemoglobin", "g/dL", "mmol/L"),
        ("sodium", "meq/L", "mmol/L"),
        ("alt", "[IU]/L", "nkat/L"),
        ("platelets", "10*9/L", "10*3/uL"),
    ]
)
NUMBERS = st.decimals(min_value="0.001", max_value="9999", places=3)


@given(PAIRS, NUMBERS)
def test_there_and_back(pair: tuple[str, str, str], number: Decimal) -> None:
    analyte, one, other = pair
    back = convert(analyte, convert(analyte, Quantity(number, one), other), one)
    assert abs(back.value - number) < Decimal("1e-30")


@given(PAIRS, NUMBERS, NUMBERS)
def test_order_is_kept(pair: tuple[str, str, str], first: Decimal, second: Decimal) -> None:
    analyte, one, other = pair
    converted = [convert(analyte, Quantity(number, one), other).value for number in (first, second)]
    assert (converted[0] < converted[1]) == (first < second)


@given(st.integers(18, 100), NUMBERS, NUMBERS)
def test_clearance_does_not_depend_on_the_unit(age: int, weight: Decimal, creatinine: Decimal) -> None:
    conventional = Quantity(creatinine, "mg/dL")
    metric = convert("creatinine", conventional, "umol/L")
    mass = Quantity(weight, "kg")
    assert cockcroft_gault(age, mass, conventional, "male") == cockcroft_gault(age, mass, metric, "male")


@given(st.integers(18, 100), NUMBERS, NUMBERS)
def test_a_woman_has_085_of_a_mans_clearance(age: int, weight: Decimal, creatinine: Decimal) -> None:
    mass, concentration = Quantity(weight, "kg"), Quantity(creatinine, "mg/dL")
    man, woman = (cockcroft_gault(age, mass, concentration, sex).value for sex in ("male", "female"))
    assert abs(Fraction(woman) - Fraction(85, 100) * Fraction(man)) <= Fraction(man) / 10**35
