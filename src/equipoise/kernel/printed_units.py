"""UCUM codes as they are printed for people: 10*9/L is ×10⁹/L, umol/L is µmol/L, mm[Hg] is mmHg, Cel is °C.

Records, datasets and rules keep the codes; only what a person reads is written in these signs.
"""

import re

_SUPERSCRIPT = str.maketrans("+-0123456789", "⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_TEN = re.compile(r"(?<![\d.])10[*^]([+-]?\d{1,2})(?!\d)")
_SIGNS = (
    (re.compile(r"mm\[Hg\]"), "mmHg"),
    (re.compile(r"\[[iI]U\]"), "IU"),
    (re.compile(r"(?<![A-Za-z])Cel(?![A-Za-z])"), "°C"),
    (re.compile(r"(?<![A-Za-z])u(?=(?:mol|kat|eq|IU|g|L|l|m|s)(?![A-Za-z]))"), "µ"),
    (re.compile(r"/?\{1\.73_m2\}"), "/1.73 m²"),
    (re.compile(r"(?<=[/.])m([23])(?![\dA-Za-z])"), lambda found: f"m{found[1].translate(_SUPERSCRIPT)}"),
)


def printed_units(text: str) -> str:
    """A unit, or a sentence that holds units, with every UCUM code as it is printed."""
    text = _TEN.sub(lambda found: f"×10{found[1].translate(_SUPERSCRIPT)}", text)
    for code, sign in _SIGNS:
        text = code.sub(sign, text)
    return text
