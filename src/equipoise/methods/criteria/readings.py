"""Recorded values brought to the type and unit a vocabulary gives their names."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from equipoise.kernel.dates import PartialDate
from equipoise.kernel.messages import Message, message
from equipoise.kernel.quantities import Quantity, unit
from equipoise.kernel.truth import Truth, known
from equipoise.methods.criteria.amounts import Amount
from equipoise.methods.criteria.nodes import NONE
from equipoise.methods.criteria.record import RecordedValue
from equipoise.methods.criteria.steps import Value
from equipoise.methods.criteria.vocabulary import (
    BooleanType,
    CodesType,
    CodeType,
    DateType,
    NumberType,
    Term,
    Vocabulary,
)

MAX_MAGNITUDE = 40
"""Powers of ten beyond which a bare recorded number is no score or count."""


def read_value(vocabulary: Vocabulary, name: str, term: Term, value: RecordedValue) -> Value | Message:
    """A recorded value as the term's type, or the reason why it cannot be."""
    if value is NONE:
        return NONE if term.may_be_none else message("criteria.answered_none")
    match term.type:
        case NumberType(code):
            return read_amount(vocabulary, name, value, code)
        case BooleanType() if isinstance(value, bool):
            return known(value)
        case BooleanType() if isinstance(value, Truth):
            return message("criteria.in_doubt") if value is Truth.UNKNOWN else value
        case DateType() if isinstance(value, PartialDate):
            return value
        case DateType() if isinstance(value, date):
            return PartialDate.of(value)
        case CodesType(codes) if isinstance(value, tuple):
            foreign = [code for code in value if code not in codes]
            return _unreadable(", ".join(foreign)) if foreign else frozenset(value)
        case CodeType(codes) if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
            return str(value) if str(value) in codes else _unreadable(value)
        case _ if isinstance(value, str) and not isinstance(term.type, BooleanType | DateType | CodesType):
            return value
    return _unreadable(value)


def read_amount(vocabulary: Vocabulary, name: str, value: RecordedValue, code: str) -> Amount | Message:
    """A recorded number in a unit, exactly; by the vocabulary's conversion where the dimensions differ."""
    if isinstance(value, Quantity):
        try:
            if value.unit == code or unit(value.unit).converts_to(unit(code)):
                return Amount.of(value).to(code)
            return Amount.of(vocabulary.convert(name, value, code)).to(code)
        except ValueError as error:
            return message("criteria.unconvertible", seen=str(value), unit=code, why=str(error))
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return _unreadable(value)
    number = Decimal(value)
    if not number.is_finite() or abs(number.adjusted()) > MAX_MAGNITUDE:
        return _unreadable(value)
    if code != "1":
        return message("criteria.no_unit", seen=str(value), unit=code)
    return Amount(Fraction(number))


def _unreadable(value: object) -> Message:
    return message("criteria.unreadable", seen=str(value))
