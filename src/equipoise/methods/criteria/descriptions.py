"""How the checker words types, names and parts of rules in its faults."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from equipoise.methods.criteria.formatter import format_rule, is_plain_word
from equipoise.methods.criteria.nodes import Node
from equipoise.methods.criteria.vocabulary import (
    BooleanType,
    CodesType,
    CodeType,
    DateType,
    NumberType,
    TextType,
    Type,
    Vocabulary,
)


@dataclass(frozen=True, slots=True)
class NoneType:
    """The type of the word `none`."""


type Seen = Type | NoneType | None
"""The type of a checked node; None where a fault was already reported."""


def describe(seen: Type | NoneType) -> str:
    """Word a type for a fault."""
    match seen:
        case NumberType("1", _):
            return "a number"
        case NumberType(code, _):
            return f"a number in {code}"
        case BooleanType():
            return "a yes/no value"
        case CodesType():
            return "a list of ticked codes"
        case CodeType(codes, _):
            return f"a code ({', '.join(codes[:4])}{', ...' if len(codes) > 4 else ''})"
        case DateType():
            return "a date"
        case TextType():
            return "a text"
        case NoneType():
            return "the answer none"
    raise AssertionError(f"Unhandled kind: {type(seen).__name__}")


def advice(left: Node, one: Type | NoneType) -> str:
    """Say what a value of a type is compared with."""
    if isinstance(one, BooleanType):
        return f"write `{format_rule(left)}` or `not {format_rule(left)}`"
    return "compare it with " + describe(one)


def code_text(code: str) -> str:
    """Write a code as a rule writes it: bare where it is a plain word."""
    return code if is_plain_word(code) else f'"{code}"'


def quote(node: Node) -> str:
    """Write a part of a rule, cut where it is long."""
    text = format_rule(node)
    return text if len(text) <= 80 else text[:77] + "..."


def some(names: Sequence[str], otherwise: str) -> str:
    """List the first names of many."""
    if not names:
        return otherwise
    return ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")


def nearest(name: str, names: Sequence[str], vocabulary: Vocabulary) -> str:
    """The names nearest to one nobody knows; or, where it is a code, the item it is a code of."""
    close = get_close_matches(name, names, n=3, cutoff=0.6)
    if close:
        return " or ".join(close)
    for item, term in vocabulary.items.items():
        if isinstance(term.type, CodeType) and name in term.type.codes:
            return f"{item} == {code_text(name)}"
    return some(names, "an item of the protocol's forms")
