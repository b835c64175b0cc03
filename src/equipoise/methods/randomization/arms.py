"""Arms by ratio: what a ratio must be, and how one integer draw becomes an arm."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import gcd, lcm


def checked_ratio(ratio: Mapping[str, int]) -> None:
    """Raise ValueError unless the ratio gives every one of two or more arms a whole number of at least 1."""
    if len(ratio) < 2:
        raise ValueError(f"Randomization needs at least two arms in its ratio; seen {len(ratio)}.")
    for arm, share in ratio.items():
        if not arm.strip():
            raise ValueError("Every arm of the ratio needs its id; seen an empty one.")
        if isinstance(share, bool) or not isinstance(share, int) or share < 1:
            raise ValueError(f"The ratio of arm {arm!r} is a whole number of at least 1; seen {share!r}.")


def checked_strata(strata: Sequence[str]) -> None:
    """Raise ValueError for a factor named twice or not at all."""
    for factor in strata:
        if not factor.strip():
            raise ValueError("Every randomization factor needs its id; seen an empty one.")
        if list(strata).count(factor) > 1:
            raise ValueError(f"A randomization factor is named once; seen {factor!r} twice.")


def arms_of(ratio: Mapping[str, int]) -> tuple[str, ...]:
    """The arms in the one order in which draws are read: by id, whatever the order in the file."""
    return tuple(sorted(ratio))


def smallest_block(ratio: Mapping[str, int]) -> int:
    """The fewest allocations that meet the ratio exactly: 3 for 2:1, and for 4:2 as well."""
    return sum(ratio.values()) // gcd(*ratio.values())


def shares(ratio: Mapping[str, int]) -> dict[str, Fraction]:
    """The probability of each arm under the ratio alone."""
    total = sum(ratio.values())
    return {arm: Fraction(ratio[arm], total) for arm in arms_of(ratio)}


def tickets(probabilities: Mapping[str, Fraction]) -> dict[str, int]:
    """Whole tickets in proportion to probabilities that sum to one: as few as are exact."""
    if sum(probabilities.values()) != 1:
        raise AssertionError(f"Probabilities sum to one; seen {sum(probabilities.values())}.")
    scale = lcm(*(chance.denominator for chance in probabilities.values()))
    return {arm: int(chance * scale) for arm, chance in probabilities.items()}


def holder(held: Mapping[str, int], ticket: int) -> str:
    """The arm that holds a ticket, when arms hold consecutive tickets from 0 in the order given."""
    for arm, count in held.items():
        if ticket < count:
            return arm
        ticket -= count
    raise AssertionError("A ticket lies below the number of tickets.")


def exact(number: Decimal | int) -> Fraction:
    """A number of the protocol as the fraction it is."""
    return Fraction(number)
