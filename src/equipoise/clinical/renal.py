"""Renal function from serum creatinine: Cockcroft-Gault in exact arithmetic, CKD-EPI 2021 and MDRD.

Cockcroft-Gault uses the equation as printed, in mg/dL, after an exact conversion of units. The common shortcut
constants (1.23 for men, 1.04 for women, on umol/L) are rounded; near a limit of 45 or 60 mL/min the two can disagree.
"""

from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from fractions import Fraction
from typing import Literal

from equipoise.clinical.labs import exact
from equipoise.kernel.quantities import Quantity

Sex = Literal["male", "female"]
_POWERS = Context(prec=40, rounding=ROUND_HALF_EVEN)


def cockcroft_gault(age_years: int, weight: Quantity, creatinine: Quantity, sex: Sex) -> Quantity:
    """Creatinine clearance in mL/min: (140 - age) x weight [kg] x (0.85 if female) / (72 x creatinine [mg/dL]).

    Source: Cockcroft and Gault, Nephron 1976;16:31-41. Raises ValueError for an age outside 0-139 years, a weight or
    creatinine that is not positive, or a unit that is none of mass or of concentration of creatinine.
    """
    mass, concentration = _body(age_years, sex, creatinine, weight)
    clearance = (140 - age_years) * mass / (72 * concentration)
    return Quantity.exactly(clearance * Fraction(85, 100) if sex == "female" else clearance, "mL/min")


def ckd_epi_2021(age_years: int, creatinine: Quantity, sex: Sex) -> Quantity:
    """Estimated filtration rate, without race, in mL/min/{1.73_m2}.

    142 x min(Scr/k, 1)^a x max(Scr/k, 1)^-1.200 x 0.9938^age x (1.012 if female), Scr in mg/dL;
    k = 0.7 and a = -0.241 for women, 0.9 and -0.302 for men.
    Source: Inker et al., N Engl J Med 2021;385:1737-49. Raises ValueError as `cockcroft_gault`.
    """
    _, concentration = _body(age_years, sex, creatinine)
    kappa, alpha = (Fraction(7, 10), "-0.241") if sex == "female" else (Fraction(9, 10), "-0.302")
    ratio = concentration / kappa
    rate = (
        142
        * _power(min(ratio, Fraction(1)), alpha)
        * _power(max(ratio, Fraction(1)), "-1.200")
        * Fraction("0.9938") ** age_years
        * (Fraction("1.012") if sex == "female" else 1)
    )
    return Quantity.exactly(rate, "mL/min/{1.73_m2}")


def mdrd_175(age_years: int, creatinine: Quantity, sex: Sex, *, is_black: bool = False) -> Quantity:
    """Estimated filtration rate by the four-variable MDRD equation, in mL/min/{1.73_m2}.

    175 x Scr^-1.154 x age^-0.203 x (0.742 if female) x (1.212 if Black), Scr in mg/dL. Kept for comparison with older
    trials; its race coefficient is no longer recommended.
    Source: Levey et al., Ann Intern Med 2006;145:247-54. Raises ValueError as `cockcroft_gault`, and for age 0.
    """
    _, concentration = _body(age_years, sex, creatinine)
    if age_years == 0:
        raise ValueError("The MDRD equation has no value at age 0; it was made for adults.")
    rate = (
        175
        * _power(concentration, "-1.154")
        * _power(Fraction(age_years), "-0.203")
        * (Fraction("0.742") if sex == "female" else 1)
        * (Fraction("1.212") if is_black else 1)
    )
    return Quantity.exactly(rate, "mL/min/{1.73_m2}")


def _body(age_years: int, sex: Sex, creatinine: Quantity, weight: Quantity | None = None) -> tuple[Fraction, Fraction]:
    """Weight in kg (1 where none is needed) and creatinine in mg/dL, each checked."""
    if not 0 <= age_years < 140:
        raise ValueError(f"An age lies between 0 and 139 whole years; seen {age_years}.")
    if sex not in ("male", "female"):
        raise ValueError(f"Sex is 'male' or 'female' in this equation; seen {sex!r}.")
    mass = weight.base / Quantity.of(1, "kg").base if weight is not None else Fraction(1)
    if weight is not None:
        weight.to("kg")  # refuses a unit that is none of mass
    concentration = exact("creatinine", creatinine, "mg/dL")
    if mass <= 0:
        raise ValueError(f"A body weight is positive; seen {weight}.")
    if concentration <= 0:
        raise ValueError(f"A serum creatinine is positive; seen {creatinine}.")
    return mass, concentration


def _power(base: Fraction, exponent: str) -> Fraction:
    """A fractional power of a positive number, correct to 40 digits."""
    with localcontext(_POWERS):
        return Fraction((Decimal(base.numerator) / Decimal(base.denominator)) ** Decimal(exponent))
