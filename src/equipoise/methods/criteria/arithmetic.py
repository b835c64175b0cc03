"""Sums, counts and agreement of values that may be known only between two ends."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from equipoise.kernel.dates import PartialDate
from equipoise.kernel.messages import Message, message
from equipoise.kernel.quantities import unit
from equipoise.kernel.truth import Truth
from equipoise.methods.criteria.amounts import Amount, Span
from equipoise.methods.criteria.nodes import NoneAnswer
from equipoise.methods.criteria.steps import Step, Value
from equipoise.methods.criteria.vocabulary import Argument, NumberType, Type


def agree(one: Value | None, two: Value | None) -> bool:
    """Whether two branches of an `if` give the same known value."""
    if isinstance(one, Amount) and isinstance(two, Amount):
        return one.compare(two) == 0
    if isinstance(one, PartialDate) and not one.is_complete:
        return False
    return one is not None and not isinstance(one, Span) and one is not Truth.UNKNOWN and one == two


def added(left: Value, right: Value, sign: int) -> tuple[Value | None, Message | None]:
    """The sum or difference of two known values, or the reason why there is none."""
    match left, right:
        case Amount(), Amount():
            return left.plus(right, sign), None
        case ((Amount() | Span()), (Amount() | Span())):
            low, high = _ends(left)
            other_low, other_high = _ends(right) if sign == 1 else reversed(_ends(right))
            return Span(low.plus(other_low, sign), high.plus(other_high, sign)), None
        case PartialDate(), PartialDate():
            low = Amount(Fraction((left.earliest - right.latest).days), "d")
            high = Amount(Fraction((left.latest - right.earliest).days), "d")
            return (low if low == high else Span(low, high)), None
        case PartialDate(), Amount():
            days = right.to("d").exact * sign
            if not left.is_complete or days.denominator != 1:
                return None, message("criteria.partial_date")
            try:
                return PartialDate.of(date.fromordinal(left.earliest.toordinal() + int(days))), None
            except (ValueError, OverflowError):
                return None, message("criteria.date_out_of_range")
        case (NoneAnswer(), _) | (_, NoneAnswer()):
            return None, message("criteria.answered_none")
    return None, message("criteria.in_doubt")


def _ends(value: Amount | Span) -> tuple[Amount, Amount]:
    return (value, value) if isinstance(value, Amount) else (value.low, value.high)


def counted(truths: Sequence[Truth]) -> tuple[int, int]:
    """How few and how many rows fulfil a condition."""
    sure = sum(truth is Truth.TRUE for truth in truths)
    return sure, sure + sum(truth is Truth.UNKNOWN for truth in truths)


def distinct(truths: Sequence[Truth], values: Sequence[Step]) -> tuple[int, int]:
    """How few and how many different values the rows that count can have."""
    sure: set[object] = set()
    possible: set[object] = set()
    nameless, certain = 0, False
    for truth, step in zip(truths, values, strict=True):
        if truth is Truth.FALSE:
            continue
        certain = certain or truth is Truth.TRUE
        if step.value is None or step.value is Truth.UNKNOWN:
            nameless += 1
            continue
        key = (step.value.exact * unit(step.value.unit).factor) if isinstance(step.value, Amount) else step.value
        possible.add(key)
        if truth is Truth.TRUE:
            sure.add(key)
    return max(len(sure), 1 if certain else 0), len(possible) + nameless


def argument(value: Value | None, parameter: Type) -> Argument | None:
    """A known value as a function of the vocabulary takes it; None for the answer none."""
    match value:
        case Amount():
            assert isinstance(parameter, NumberType)
            return value.to(parameter.unit).quantity()
        case Truth():
            return value is Truth.TRUE
        case str() | PartialDate():
            return value
    return None
