"""Analyte-specific conversion between amount and mass of substance, by exact fractions.

UCUM converts `umol/L` to `mmol/L`, but `mg/dL` to `umol/L` only together with the analyte's molar mass. The factors
are the conventional ones ("SI = conventional x factor": AMA Manual of Style, 11th ed., section 17.5; creatinine 88.4
as in the Cockcroft-Gault literature), kept as they are printed, so that a result agrees with a laboratory's own
conversion. Enzyme activity in `[IU]` is one `U`. A missing unit is never guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from equipoise.kernel.quantities import Quantity, unit


@dataclass(frozen=True, slots=True)
class Analyte:
    """What a substance needs beyond UCUM to change its units.

    `moles_per_gram`: amount to mass. `valence`: equivalents per mole. `is_enzyme`: `[IU]` and `U` are one.
    """

    moles_per_gram: Fraction | None = None
    valence: int | None = None
    is_enzyme: bool = False


def _factor(factor: str, si: str, conventional: str, valence: int | None = None) -> Analyte:
    """Read a printed factor, `si` units per `conventional` unit, as moles per gram."""
    return Analyte(Fraction(factor) * unit(si).factor / unit(conventional).factor, valence)


_ENZYME = Analyte(is_enzyme=True)

ANALYTES: Mapping[str, Analyte] = {
    "creatinine": _factor("88.4", "umol/L", "mg/dL"),
    "bilirubin": _factor("17.104", "umol/L", "mg/dL"),
    "direct_bilirubin": _factor("17.104", "umol/L", "mg/dL"),
    "glucose": _factor("0.05551", "mmol/L", "mg/dL"),
    "calcium": _factor("0.2495", "mmol/L", "mg/dL", valence=2),
    "corrected_calcium": _factor("0.2495", "mmol/L", "mg/dL", valence=2),
    "ionized_calcium": _factor("0.2495", "mmol/L", "mg/dL", valence=2),
    "magnesium": _factor("0.4114", "mmol/L", "mg/dL", valence=2),
    "phosphate": _factor("0.3229", "mmol/L", "mg/dL"),
    "urate": _factor("59.48", "umol/L", "mg/dL"),
    "urea_nitrogen": _factor("0.357", "mmol/L", "mg/dL"),
    "cholesterol": _factor("0.02586", "mmol/L", "mg/dL"),
    "triglycerides": _factor("0.01129", "mmol/L", "mg/dL"),
    "haemoglobin": _factor("0.6206", "mmol/L", "g/dL"),  # per iron atom (monomer), as laboratories report it
    "free_t4": _factor("12.87", "pmol/L", "ng/dL"),
    "free_t3": _factor("0.01536", "pmol/L", "pg/dL"),
    "cortisol": _factor("27.59", "nmol/L", "ug/dL"),
    "sodium": Analyte(valence=1),
    "potassium": Analyte(valence=1),
    "chloride": Analyte(valence=1),
    "bicarbonate": Analyte(valence=1),
    "alt": _ENZYME,
    "ast": _ENZYME,
    "alp": _ENZYME,
    "ggt": _ENZYME,
    "ldh": _ENZYME,
    "ck": _ENZYME,
    "amylase": _ENZYME,
    "lipase": _ENZYME,
}
"""Analyte -> what converts it. An analyte not listed converts within its own dimensions only."""


def exact(analyte: str, quantity: Quantity, code: str) -> Fraction:
    """The exact number of a quantity of an analyte in another unit.

    Raises ValueError where neither UCUM nor the analyte relates the two units.
    """
    target = unit(code)
    source = unit(quantity.unit)
    if source.converts_to(target):
        return quantity.base / target.factor
    bridge = _bridge(ANALYTES.get(analyte, Analyte()), dict(source.dimensions), dict(target.dimensions))
    if bridge is None:
        raise ValueError(
            f"{quantity.unit} does not convert to {code} for {analyte}: they measure different things, and nothing "
            "known of the analyte relates them."
        )
    return quantity.base * bridge / target.factor


def convert(analyte: str, quantity: Quantity, code: str) -> Quantity:
    """A quantity of an analyte in another unit, exact to 40 digits: `convert("creatinine", q, "mg/dL")`.

    Raises ValueError where neither UCUM nor the analyte relates the two units.
    """
    return Quantity.exactly(exact(analyte, quantity, code), code)


def _bridge(analyte: Analyte, source: dict[str, int], target: dict[str, int]) -> Fraction | None:
    """The exact factor between base units of different dimensions, when exactly one kind of amount changes."""
    per_mole: dict[str, Fraction] = {"mol": Fraction(1)}
    if analyte.moles_per_gram is not None:
        per_mole["g"] = 1 / analyte.moles_per_gram
    if analyte.valence is not None:
        per_mole["eq"] = Fraction(analyte.valence)
    for kind, amount in per_mole.items():
        for other, other_amount in per_mole.items():
            if source.get(kind) == 1 and target.get(other) == 1 and _without(source, kind) == _without(target, other):
                return other_amount / amount
    if analyte.is_enzyme:
        catalytic = unit("U")
        if "[IU]" in source and _as_catalytic(source) == target:
            return catalytic.factor
        if "[IU]" in target and _as_catalytic(target) == source:
            return 1 / catalytic.factor
    return None


def _without(dimensions: dict[str, int], kind: str) -> dict[str, int]:
    return {name: power for name, power in dimensions.items() if name != kind}


def _as_catalytic(dimensions: dict[str, int]) -> dict[str, int]:
    """The dimensions with one `[IU]` read as one `U` (amount per time)."""
    rest = _without(dimensions, "[IU]")
    return {**rest, "mol": 1, "s": -1} if dimensions["[IU]"] == 1 else rest


def corrected_calcium(calcium: Quantity, albumin: Quantity) -> Quantity:
    """Total calcium corrected for albumin, in mg/dL: Ca + 0.8 (4.0 - albumin in g/dL).

    Source: Payne et al., BMJ 1973;4:643. Raises ValueError for units that are no concentration of the two.
    """
    total = exact("calcium", calcium, "mg/dL")
    protein = exact("albumin", albumin, "g/dL")
    return Quantity.exactly(total + Fraction(Decimal("0.8")) * (4 - protein), "mg/dL")
