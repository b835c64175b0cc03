"""What every protocol's vocabulary may offer: Cockcroft-Gault, and the conversion of analytes.

Vocabulary(items, collections, functions=STANDARD_FUNCTIONS,
           convert=analyte_conversion({"creatinine": "creatinine", "total_bilirubin": "bilirubin"}))
"""

from collections.abc import Callable, Mapping

from equipoise.clinical.labs import convert
from equipoise.clinical.renal import cockcroft_gault
from equipoise.kernel.quantities import Quantity
from equipoise.methods.criteria.vocabulary import CodeType, Function, NumberType, label

SEXES = ("male", "female")


def _clearance(age: Quantity, weight: Quantity, creatinine: Quantity, sex: str) -> Quantity:
    if age.value != age.value.to_integral_value():
        raise ValueError(f"an age in whole years is needed; seen {age}")
    return cockcroft_gault(int(age.value), weight, creatinine, "female" if sex == "female" else "male")


def _cockcroft_gault(creatinine_unit: str) -> Function:
    parameters = (NumberType("a", whole=True), NumberType("kg"), NumberType(creatinine_unit), CodeType(SEXES))
    return Function(
        parameters,
        NumberType("mL/min"),
        _clearance,
        label("creatinine clearance (Cockcroft-Gault)", "肌酐清除率（Cockcroft-Gault）"),
    )


def standard_functions(*, creatinine_unit: str = "umol/L") -> Mapping[str, Function]:
    """The functions where creatinine is kept in a unit: `cockcroft_gault(age, weight, creatinine, sex)`.

    Age in whole years `[a]`, weight in `[kg]`, sex coded male or female; the result in mL/min.
    """
    return {"cockcroft_gault": _cockcroft_gault(creatinine_unit)}


STANDARD_FUNCTIONS = standard_functions()
"""The functions, with creatinine in umol/L."""


def analyte_conversion(analytes: Mapping[str, str]) -> Callable[[str, Quantity, str], Quantity]:
    """The `convert` of a vocabulary: item -> analyte known to `clinical.labs`; others convert by dimension alone."""
    return lambda name, quantity, unit: convert(analytes.get(name, name), quantity, unit)
