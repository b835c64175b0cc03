"""Numbers as rules reckon with them: exact fractions with a unit, and spans where only the ends are known."""

import re
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from functools import lru_cache

from equipoise.kernel.quantities import Quantity, unit

_SHOWN = 4
"""Decimals shown of a number that no finite decimal writes."""

_MOST_SHOWN = 40

_DIGITS = Context(prec=40)

_COMPONENT = re.compile(r"(?:\{[^{}]*\}|\[[^\[\]]*\]|[^./{}\[\]])+")


@dataclass(frozen=True, slots=True)
class Amount:
    """An exact number in a unit."""

    exact: Fraction
    unit: str = "1"

    @classmethod
    def of(cls, quantity: Quantity) -> "Amount":
        """A quantity, exactly."""
        return cls(Fraction(quantity.value), quantity.unit)

    def to(self, code: str) -> "Amount":
        """The same amount in a unit of the same dimensions. Raises ValueError when they differ."""
        if code == self.unit:
            return self
        source, target = unit(self.unit), unit(code)
        if not source.converts_to(target):
            raise ValueError(f"{self.unit} does not convert to {code}: they measure different things.")
        return Amount(self.exact * source.factor / target.factor, code)

    def plus(self, other: "Amount", sign: int = 1) -> "Amount":
        """The sum (or, with sign -1, the difference) in this amount's unit."""
        return Amount(self.exact + sign * other.to(self.unit).exact, self.unit)

    def times(self, other: "Amount") -> "Amount":
        """The product."""
        left, right = self._plain(), other._plain()
        return Amount(left.exact * right.exact, product_unit(left.unit, right.unit))._plain()

    def over(self, other: "Amount") -> "Amount":
        """The quotient. Raises ZeroDivisionError."""
        left, right = self._plain(), other._plain()
        return Amount(left.exact / right.exact, quotient_unit(left.unit, right.unit))._plain()

    def compare(self, other: "Amount") -> int:
        """-1, 0 or 1."""
        theirs = other.to(self.unit).exact
        return (self.exact > theirs) - (self.exact < theirs)

    def quantity(self) -> Quantity:
        """The amount as a quantity, exact to 40 digits."""
        number = _DIGITS.divide(Decimal(self.exact.numerator), Decimal(self.exact.denominator))
        return Quantity(number, self.unit)

    def _plain(self) -> "Amount":
        return self if self.unit == "1" or unit(self.unit).dimensions else self.to("1")

    def number(self) -> str:
        """The number as people read it, without its unit; exact where a short decimal is exact."""
        return show_number(self.exact)

    def __str__(self) -> str:
        return self.number() if self.unit == "1" else f"{self.number()} {self.unit}"


@dataclass(frozen=True, slots=True)
class Span:
    """A number known only to lie between two ends: a count with undecided rows, days from a partial date."""

    low: Amount
    high: Amount


def show_number(exact: Fraction) -> str:
    """Write a number: exactly where 12 decimals are enough, else rounded, keeping its zeros to show that it is.

    Rounding is to four decimals, or to two digits where four decimals would show nothing but zeros.
    """
    scaled = exact * 10**12
    if scaled.denominator == 1:
        return _fixed(scaled.numerator, 12).rstrip("0").rstrip(".")
    places = _SHOWN
    if abs(exact) * 10**_SHOWN < 1:
        while places < _MOST_SHOWN and abs(exact) * 10**places < 10:
            places += 1
    return _fixed(round(exact * 10**places), places)


def _fixed(scaled: int, places: int) -> str:
    """Write an integer as a decimal of so many places, whatever the decimal context."""
    digits = str(abs(scaled)).rjust(places + 1, "0")
    return f"{'-' if scaled < 0 else ''}{digits[:-places]}.{digits[-places:]}"


@lru_cache(maxsize=1024)
def product_unit(left: str, right: str) -> str:
    """The unit of a product."""
    if left == "1" or right == "1":
        return right if left == "1" else left
    return left + right if right.startswith("/") else f"{left}.{right}"


@lru_cache(maxsize=1024)
def quotient_unit(left: str, right: str) -> str:
    """The unit of a quotient: every component of the divisor changes sides."""
    if right == "1":
        return left
    if unit(left).dimensions == unit(right).dimensions and left == right:
        return "1"
    signs = ["/" if right.startswith("/") else "."]
    signs += re.findall(r"[./]", _without_brackets(right).lstrip("/"))
    parts = _COMPONENT.findall(right)
    return left + "".join(("." if sign == "/" else "/") + part for sign, part in zip(signs, parts, strict=True))


def _without_brackets(code: str) -> str:
    return re.sub(r"\{[^{}]*\}|\[[^\[\]]*\]", "", code)
