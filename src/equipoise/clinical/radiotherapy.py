"""Radiotherapy arithmetic: prescriptions, biologically effective dose, delivered fractions, gaps. Exact.

The linear-quadratic model is doubtful above about 10-15 Gy a fraction: report the physical dose beside it.
Sources: Fowler, Br J Radiol 1989;62:679-694 and 2010;83:554-568; Joiner and van der Kogel, Basic Clinical
Radiobiology, 5th ed., ch. 10.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise

from equipoise.kernel.messages import Message, message
from equipoise.kernel.quantities import Quantity

TUMOUR = Fraction(10)
"""Alpha/beta, in Gy, by convention for tumour and early effects."""
LATE = Fraction(3)
"""Alpha/beta, in Gy, by convention for late effects."""
LQ_DOUBTFUL_GY = 10
"""Dose a fraction, in Gy, above which the linear-quadratic model is doubtful."""

MOST_GY = 1000
"""No prescription is higher; a higher number is a slip (cGy, say)."""
MOST_FRACTIONS = 200

_NUMBER = r"(\d{1,9}(?:\.\d{1,9})?)"
_TOTAL_BY_FRACTIONS = re.compile(
    rf"{_NUMBER}\s*(?:Gy)?\s*(?:/|in)\s*(\d{{1,9}})\s*(?:f|fx|fr|#|fractions?)?", re.IGNORECASE
)
_FRACTIONS_BY_DOSE = re.compile(rf"(\d{{1,9}})\s*(?:fx|f|fractions?)?\s*[x×*]\s*{_NUMBER}\s*Gy", re.IGNORECASE)
_DOSE_BY_FRACTIONS = re.compile(rf"{_NUMBER}\s*Gy\s*[x×*]\s*(\d{{1,9}})\s*(?:f|fx|fr|#|fractions?)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Prescription:
    """A total physical dose, in Gy, in equal fractions."""

    total: Fraction
    fractions: int

    def __post_init__(self) -> None:
        if not 0 < self.total <= MOST_GY:
            raise ValueError(f"A prescribed dose is positive and at most {MOST_GY} Gy; seen {_short(self.total)} Gy.")
        if not 1 <= self.fractions <= MOST_FRACTIONS:
            raise ValueError(f"A prescription has 1 to {MOST_FRACTIONS} fractions; seen {_short(self.fractions)}.")

    @classmethod
    def of(cls, total: Quantity, fractions: int) -> "Prescription":
        """Build from a dose with its unit. Raises ValueError for what is no dose."""
        return cls(Fraction(total.to("Gy").value), fractions)

    @classmethod
    def parse(cls, text: str) -> "Prescription":
        """Read `54/3`, `54 Gy in 3 fractions`, `3 x 18 Gy` or `18 Gy x 3`. Raises ValueError with a sentence."""
        given = text.strip()
        if found := _TOTAL_BY_FRACTIONS.fullmatch(given):
            return cls(Fraction(found[1]), int(found[2]))
        if found := _FRACTIONS_BY_DOSE.fullmatch(given):
            return cls(int(found[1]) * Fraction(found[2]), int(found[1]))
        if found := _DOSE_BY_FRACTIONS.fullmatch(given):
            return cls(Fraction(found[1]) * int(found[2]), int(found[2]))
        raise ValueError(
            f"A prescription is written 54/3 (total dose in Gy, fractions) or 3 x 18 Gy; seen {text[:40]!r}."
        )

    @property
    def per_fraction(self) -> Fraction:
        """The dose of one fraction, in Gy."""
        return self.total / self.fractions

    def bed(self, alpha_beta: Fraction = TUMOUR) -> Fraction:
        """The biologically effective dose n d (1 + d / (alpha/beta)), in Gy.

        Raises ValueError unless the ratio is positive.
        """
        if alpha_beta <= 0:
            raise ValueError(f"An alpha/beta ratio is positive; seen {alpha_beta}.")
        return self.total * (1 + self.per_fraction / alpha_beta)

    def eqd2(self, alpha_beta: Fraction = TUMOUR) -> Fraction:
        """The dose in 2-Gy fractions of the same effect, BED / (1 + 2 / (alpha/beta)), in Gy."""
        return self.bed(alpha_beta) / (1 + 2 / alpha_beta)

    def after(self, delivered: int) -> "Prescription | None":
        """What was given when only so many fractions were; None for none.

        Raises ValueError for more than prescribed.
        """
        if not 0 <= delivered <= self.fractions:
            raise ValueError(f"Of {self.fractions} fractions, {delivered} cannot have been delivered.")
        return Prescription(self.per_fraction * delivered, delivered) if delivered else None

    def describe(self) -> Message:
        """The prescription in words, with the warning where the model behind BED is doubtful."""
        code = "radiotherapy.prescription_high" if self.per_fraction > LQ_DOUBTFUL_GY else "radiotherapy.prescription"
        return message(
            code,
            total=gray(self.total),
            fractions=self.fractions,
            dose=gray(self.per_fraction),
            bed10=gray(self.bed(TUMOUR)),
            bed3=gray(self.bed(LATE)),
        )


def repopulation_loss(days: int, *, kick_off_days: int, doubling_days: Fraction, alpha: Fraction) -> float:
    """Gy of BED lost to repopulation: ln 2 (T - Tk) / (alpha Tp) beyond the kick-off day, else 0.

    T overall time and Tk kick-off in days, Tp potential doubling time in days, alpha per Gy. Raises ValueError unless
    doubling time and alpha are positive. Source: Fowler 1989.
    """
    if doubling_days <= 0 or alpha <= 0:
        raise ValueError(f"Doubling time and alpha are positive; seen {doubling_days} and {alpha}.")
    return max(0, days - kick_off_days) * math.log(2) / float(alpha * doubling_days)


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a course went: fractions given, its overall time (first and last day counted), its longest gap in days."""

    fractions: int
    overall_days: int
    longest_gap: int
    """Days between two consecutive treatment days: 1 where treatment was daily."""
    is_complete: bool


def delivery(prescription: Prescription, given_on: Sequence[date]) -> Delivery:
    """Sum up the fractions given, one date each (two on one day are two).

    Raises ValueError for more fractions than prescribed.
    """
    if len(given_on) > prescription.fractions:
        raise ValueError(f"{len(given_on)} fractions were given and {prescription.fractions} prescribed.")
    days = sorted(given_on)
    gaps = [(after - before).days for before, after in pairwise(days)]
    return Delivery(
        fractions=len(days),
        overall_days=(days[-1] - days[0]).days + 1 if days else 0,
        longest_gap=max(gaps, default=0),
        is_complete=len(days) == prescription.fractions,
    )


def _short(number: Fraction | int) -> str:
    """A number cut to what a sentence bears."""
    return str(number)[:20]


def gray(dose: Fraction) -> str:
    """A dose as people read it: `54`, `7.5`, `256.67`."""
    return f"{float(dose):.2f}".rstrip("0").rstrip(".")
