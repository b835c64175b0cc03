"""Units as clinicians read them: the signs of the International System in place of UCUM codes."""

import pytest

from equipoise.kernel.printed_units import printed_units


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("10*9/L", "×10⁹/L"), ("10*3/uL", "×10³/µL"), ("10^9/L", "×10⁹/L"), ("umol/L", "µmol/L"),
        ("ukat/L", "µkat/L"), ("ug/mL", "µg/mL"), ("m[IU]/L", "mIU/L"), ("u[iU]/mL", "µIU/mL"),
        ("mm[Hg]", "mmHg"), ("Cel", "°C"), ("mL/min/{1.73_m2}", "mL/min/1.73 m²"), ("kg/m2", "kg/m²"),
        ("g/L", "g/L"), ("U/L", "U/L"), ("/min", "/min"), ("%", "%"), ("1", "1"),
        ("Platelets 90 10*9/L, needs at least 100", "Platelets 90 ×10⁹/L, needs at least 100"),
        ("中性粒细胞 4.27 10*9/L（2026-04-07）", "中性粒细胞 4.27 ×10⁹/L（2026-04-07）"),
        ("Celiac disease, menu of 10 items", "Celiac disease, menu of 10 items"),
    ],
)  # fmt: skip
def test_codes_are_printed_as_signs(code: str, printed: str) -> None:
    assert printed_units(code) == printed
