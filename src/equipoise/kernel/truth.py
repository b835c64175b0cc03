"""Kleene's strong three-valued logic, written out as tables that can be checked by eye.

Source: S. C. Kleene, Introduction to Metamathematics (1952), section 64.
"""

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """True, false, or not yet known."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        raise TypeError(
            "A Truth has three values and cannot be used as a Python condition: "
            "compare it (`truth is Truth.TRUE`) or combine it with and_, or_, not_."
        )


T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN

AND = {
    (T, T): T, (T, U): U, (T, F): F,
    (U, T): U, (U, U): U, (U, F): F,
    (F, T): F, (F, U): F, (F, F): F,
}  # fmt: skip

OR = {
    (T, T): T, (T, U): T, (T, F): T,
    (U, T): T, (U, U): U, (U, F): U,
    (F, T): T, (F, U): U, (F, F): F,
}  # fmt: skip

NOT = {T: F, U: U, F: T}


def and_(left: Truth, right: Truth) -> Truth:
    """Both."""
    return AND[left, right]


def or_(left: Truth, right: Truth) -> Truth:
    """Either."""
    return OR[left, right]


def not_(value: Truth) -> Truth:
    """The contrary; unknown stays unknown."""
    return NOT[value]


def all_of(values: Iterable[Truth]) -> Truth:
    """Every one; true of none."""
    result = T
    for value in values:
        result = AND[result, value]
    return result


def any_of(values: Iterable[Truth]) -> Truth:
    """At least one; false of none."""
    result = F
    for value in values:
        result = OR[result, value]
    return result


def known(value: bool) -> Truth:
    """Lift a Python boolean."""
    return T if value else F
