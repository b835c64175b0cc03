"""How far apart arms are at the margins of a participant's own levels, in exact arithmetic.

Counts are divided by the arm's share of the ratio, so that arms at their ratio are equal. With L the least common
multiple of the ratio, the scaled counts L * count / ratio are whole numbers, and so are their range and K times
their sum of squared deviations; the constants left out (L, K) are put back only in what is shown.
"""

from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from enum import StrEnum
from fractions import Fraction
from math import isqrt, lcm


class Imbalance(StrEnum):
    """How the spread of (ratio-adjusted) counts over the arms is measured at one factor.

    Range and variance: Pocock and Simon, Biometrics 1975;31:103, section 3. Variance divides by the arms less one.
    """

    RANGE = "range"
    VARIANCE = "variance"
    STANDARD_DEVIATION = "standard_deviation"


type Roots = dict[int, Fraction]
"""A sum of square roots: square-free whole number -> rational coefficient. Equal sums have equal dictionaries,
since the square roots of different square-free numbers are linearly independent over the rationals."""


def total_imbalance(
    measure: Imbalance,
    margins: Mapping[str, Mapping[str, int]],
    ratio: Mapping[str, int],
    weights: Mapping[str, Fraction],
    candidate: str,
) -> Roots:
    """The weighted sum over factors of the imbalance there would be, were the candidate arm allocated."""
    scale, arms = lcm(*ratio.values()), len(ratio)
    total: Roots = {}
    for factor, counts in margins.items():
        scaled = [(counts[arm] + (arm == candidate)) * scale // ratio[arm] for arm in ratio]
        deviations = arms * sum(number * number for number in scaled) - sum(scaled) ** 2
        match measure:
            case Imbalance.RANGE:
                coefficient, root = Fraction(max(scaled) - min(scaled), scale), 1
            case Imbalance.VARIANCE:
                coefficient, root = Fraction(deviations, arms * (arms - 1) * scale * scale), 1
            case Imbalance.STANDARD_DEVIATION:
                inner = arms * (arms - 1)
                outer, root = _square_free(deviations * inner)
                coefficient = Fraction(outer, inner * scale)
        total[root] = total.get(root, Fraction(0)) + coefficient * weights[factor]
    return {root: coefficient for root, coefficient in total.items() if coefficient}


def least(totals: Mapping[str, Roots]) -> tuple[str, ...]:
    """The arms of least total, in the order given; ties are exact."""
    best = next(iter(totals.values()))
    for candidate in totals.values():
        if _less(candidate, best):
            best = candidate
    return tuple(arm for arm, total in totals.items() if total == best)


def shown(total: Roots) -> str:
    """A total as text: an exact fraction where it is one, else 20 significant digits."""
    if not total or set(total) == {1}:
        return str(total.get(1, Fraction(0)))
    return format(_decimal(total, 40).normalize(Context(prec=20)), "f")


def _less(left: Roots, right: Roots) -> bool:
    if left == right:
        return False
    digits = 40
    while True:
        # Unequal sums differ somewhere: digits are added until the difference stands clear of the rounding.
        difference = _decimal(left, digits) - _decimal(right, digits)
        if abs(difference) > Decimal(10) ** (8 - digits) * (1 + abs(_decimal(left, digits))):
            return difference < 0
        digits *= 2


def _decimal(total: Roots, digits: int) -> Decimal:
    context = Context(prec=digits + 5)
    value = Decimal(0)
    for root, coefficient in total.items():
        part = context.divide(
            context.multiply(Decimal(coefficient.numerator), context.sqrt(Decimal(root))),
            Decimal(coefficient.denominator),
        )
        value = context.add(value, part)
    return value


def _square_free(number: int) -> tuple[int, int]:
    """Write sqrt(number) as outer * sqrt(root) with a square-free root; 0 is 0 * sqrt(1)."""
    if number == 0:
        return 0, 1
    outer, root, prime = 1, 1, 2
    while prime * prime * prime <= number:
        power = 0
        while number % prime == 0:
            number //= prime
            power += 1
        outer *= prime ** (power // 2)
        root *= prime ** (power % 2)
        prime += 1 if prime == 2 else 2
    # What is left has at most two prime factors, so it is square-free unless it is a square.
    whole = isqrt(number)
    return (outer * whole, root) if whole * whole == number else (outer, root * number)


def margins_of(
    arms: Sequence[str], strata: Sequence[str], levels: Mapping[str, str], past: Sequence[tuple[str, Mapping[str, str]]]
) -> dict[str, dict[str, int]]:
    """By factor, how many past participants (arm, levels) at this participant's level are in each arm."""
    margins = {factor: dict.fromkeys(arms, 0) for factor in sorted(strata)}
    for arm, other in past:
        for factor, counts in margins.items():
            if other.get(factor) == levels[factor]:
                counts[arm] += 1
    return margins
