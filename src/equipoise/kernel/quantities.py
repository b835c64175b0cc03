"""Exact quantities: a Decimal with a UCUM unit. No unit, no number; conversion is by exact fractions.

The grammar is the part of UCUM (Unified Code for Units of Measure, v2.1) that trials use: prefixed atoms,
integer exponents, `.` and `/`, powers of ten (`10*9`), arbitrary units (`[IU]`) and annotations (`{1.73_m2}`).
Annotations and arbitrary units count as dimensions of their own, so that `mL/min/{1.73_m2}` never converts to
`mL/min` and `[IU]/L` never to `mmol/L`. Molar and mass concentrations convert only through an analyte's molar
mass, which is a matter of `clinical`.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import lru_cache

PREFIXES = {
    "G": Fraction(10**9), "M": Fraction(10**6), "k": Fraction(1000), "h": Fraction(100), "da": Fraction(10),
    "d": Fraction(1, 10), "c": Fraction(1, 100), "m": Fraction(1, 1000), "u": Fraction(1, 10**6),
    "n": Fraction(1, 10**9), "p": Fraction(1, 10**12), "f": Fraction(1, 10**15),
}  # fmt: skip

# atom -> (factor, base dimensions, takes a prefix)
ATOMS: Mapping[str, tuple[Fraction, Mapping[str, int], bool]] = {
    "m": (Fraction(1), {"m": 1}, True),
    "g": (Fraction(1), {"g": 1}, True),
    "s": (Fraction(1), {"s": 1}, True),
    "mol": (Fraction(1), {"mol": 1}, True),
    "L": (Fraction(1, 1000), {"m": 3}, True),
    "l": (Fraction(1, 1000), {"m": 3}, True),
    "min": (Fraction(60), {"s": 1}, False),
    "h": (Fraction(3600), {"s": 1}, False),
    "d": (Fraction(86400), {"s": 1}, False),
    "wk": (Fraction(604800), {"s": 1}, False),
    "mo": (Fraction(2629800), {"s": 1}, False),
    "a": (Fraction(31557600), {"s": 1}, False),
    "U": (Fraction(1, 60 * 10**6), {"mol": 1, "s": -1}, True),  # one micromole a minute
    "kat": (Fraction(1), {"mol": 1, "s": -1}, True),
    "[IU]": (Fraction(1), {"[IU]": 1}, True),
    "[iU]": (Fraction(1), {"[IU]": 1}, True),
    "eq": (Fraction(1), {"eq": 1}, True),
    "Bq": (Fraction(1), {"s": -1}, True),
    "Gy": (Fraction(1), {"Gy": 1}, True),
    "Pa": (Fraction(1), {"Pa": 1}, True),
    "mm[Hg]": (Fraction(133322, 1000), {"Pa": 1}, False),  # UCUM: m[Hg] is 133.3220 kPa
    "Cel": (Fraction(1), {"Cel": 1}, False),
    "%": (Fraction(1, 100), {}, False),
    "1": (Fraction(1), {}, False),
}

_ATOM = re.compile(
    r"(?P<ten>10[*^])(?P<power>[+-]?[0-9]{1,2}(?![0-9]))?"
    r"|(?P<name>mm\[Hg\]|[A-Za-z]*\[[A-Za-z]+\]|[A-Za-z%]+|1)(?P<exponent>[+-]?[0-9](?![0-9]))?"
)
_NOTE = re.compile(r"\{[^{}]*\}")
MOST_DIGITS = 60
"""More digits than any measurement has; what is beyond would only tie up the arithmetic."""

_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Unit:
    """A parsed UCUM unit: its code as written, its factor to base units, its dimensions."""

    code: str
    factor: Fraction
    dimensions: tuple[tuple[str, int], ...]

    def converts_to(self, other: "Unit") -> bool:
        """Whether the two measure the same kind of thing."""
        return self.dimensions == other.dimensions


@lru_cache(maxsize=1024)
def unit(code: str) -> Unit:
    """Parse a UCUM code. Raises ValueError saying which part is not understood."""
    if not code:
        raise ValueError("A quantity needs a unit; write '1' where it has none.")
    factor, dimensions, sign, rest = Fraction(1), Counter[str](), 1, code
    if rest.startswith("/"):
        rest, sign = rest[1:], -1
    while True:
        size, own, taken = _component(code, rest)
        factor *= size**sign
        for name, exponent in own.items():
            dimensions[name] += sign * exponent
        rest = rest[taken:]
        if not rest:
            break
        if rest[0] not in "./" or len(rest) == 1:
            raise ValueError(f"Unit {code!r} is not UCUM: {rest!r} is not understood.")
        sign, rest = (1 if rest[0] == "." else -1), rest[1:]
    return Unit(code, factor, tuple(sorted((name, power) for name, power in dimensions.items() if power)))


def _component(code: str, text: str) -> tuple[Fraction, dict[str, int], int]:
    found = _ATOM.match(text)
    size, own, taken = Fraction(1), Counter[str](), 0
    if found:
        taken = found.end()
        if found["ten"]:
            if not found["power"]:
                raise ValueError(f"Unit {code!r} is not UCUM: 10* needs its power of one or two digits, as in 10*9/L.")
            size = Fraction(10) ** int(found["power"])
        else:
            exponent = int(found["exponent"] or 1)
            base, dimensions = _atom(code, found["name"])
            size = base**exponent
            own.update({name: power * exponent for name, power in dimensions.items()})
    note = _NOTE.match(text, taken)
    if note:
        taken = note.end()
        own[note.group()] += 1
    if not taken:
        raise ValueError(f"Unit {code!r} is not UCUM: {text!r} is not understood.")
    return size, dict(own), taken


def _atom(code: str, name: str) -> tuple[Fraction, Mapping[str, int]]:
    if name in ATOMS:
        return ATOMS[name][0], ATOMS[name][1]
    for length in (1, 2):
        prefix, atom = name[:length], name[length:]
        if prefix in PREFIXES and atom in ATOMS and ATOMS[atom][2]:
            return PREFIXES[prefix] * ATOMS[atom][0], ATOMS[atom][1]
    raise ValueError(f"Unit {code!r} is not UCUM: {name!r} is not a known unit.")


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """A number with its unit. Equality and order are by magnitude, across units of the same dimensions."""

    value: Decimal
    unit: str

    def __post_init__(self) -> None:
        if not isinstance(self.value, Decimal):
            raise TypeError(f"A quantity's number is a Decimal, exact as it was written; seen {self.value!r}.")
        if not self.value.is_finite():
            raise ValueError(f"A quantity is a finite number; seen {self.value}.")
        if abs(self.value.adjusted()) > MOST_DIGITS or int(self.value.as_tuple().exponent) < -4 * MOST_DIGITS:
            raise ValueError(f"A quantity lies within {MOST_DIGITS} powers of ten of 1; seen {self.value:.3E}.")
        unit(self.unit)

    @classmethod
    def of(cls, number: str | int | Decimal, code: str) -> "Quantity":
        """Build from a number as written."""
        return cls(Decimal(number), code)

    @classmethod
    def exactly(cls, number: Fraction, code: str) -> "Quantity":
        """Build from an exact fraction, written to 40 digits."""
        return cls(_decimal(number), code)

    @property
    def base(self) -> Fraction:
        """The exact magnitude in base units."""
        return Fraction(self.value) * unit(self.unit).factor

    def to(self, code: str) -> "Quantity":
        """The same quantity in another unit, exact to 40 digits. Raises ValueError when the dimensions differ."""
        source, target = unit(self.unit), unit(code)
        if not source.converts_to(target):
            raise ValueError(f"{self.unit} does not convert to {code}: they measure different things.")
        return Quantity.exactly(self.base / target.factor, code)

    def compare(self, other: "Quantity") -> int:
        """-1, 0 or 1. Raises ValueError when the dimensions differ."""
        if not unit(self.unit).converts_to(unit(other.unit)):
            raise ValueError(f"{self.unit} cannot be compared with {other.unit}: they measure different things.")
        mine, theirs = self.base, other.base
        return (mine > theirs) - (mine < theirs)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return unit(self.unit).converts_to(unit(other.unit)) and self.base == other.base

    def __hash__(self) -> int:
        return hash((self.base, unit(self.unit).dimensions))

    def __lt__(self, other: "Quantity") -> bool:
        return self.compare(other) < 0

    def __le__(self, other: "Quantity") -> bool:
        return self.compare(other) <= 0

    def __str__(self) -> str:
        return f"{self.value:f} {self.unit}" if self.unit != "1" else f"{self.value:f}"


def _decimal(exact: Fraction) -> Decimal:
    number = _EXACT.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    # Written out without exponent: 150000000000, not 1.5E+11.
    return Decimal(format(number.normalize(Context(prec=40)), "f"))
