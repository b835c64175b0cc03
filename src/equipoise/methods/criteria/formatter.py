"""The canonical text of a rule: one way of writing each tree, so that parse(format_rule(x)) is x."""

from equipoise.methods.criteria.lexer import KEYWORDS
from equipoise.methods.criteria.nodes import (
    And,
    Between,
    Call,
    Choice,
    Comparison,
    Constant,
    DateLiteral,
    Field,
    Item,
    Let,
    Local,
    Membership,
    Negative,
    Node,
    Not,
    Number,
    Or,
    Product,
    Quantifier,
    Quoted,
    Sum,
    Today,
    Word,
)

# How tightly a node binds: an operand that binds no tighter than its parent stands in parentheses.
_CHOICE, _OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _SIGN, _ATOM = range(9)
_BINDING: dict[type[Node], int] = {
    Let: _CHOICE, Choice: _CHOICE, Or: _OR, And: _AND, Not: _NOT, Comparison: _COMPARISON, Membership: _COMPARISON,
    Between: _COMPARISON, Sum: _SUM, Product: _PRODUCT, Negative: _SIGN,
}  # fmt: skip


def format_rule(node: Node) -> str:
    """Write a rule, or a part of one, as its canonical text on one line."""
    match node:
        case Let(body, bindings):
            text = format_rule(body)
            if bindings:
                text += " where " + ", ".join(f"{name} = {format_rule(part)}" for name, part in bindings)
            return text
        case Choice(then, condition, otherwise):
            return f"{_in(then, _OR)} if {_in(condition, _OR)} else {_in(otherwise, _CHOICE)}"
        case Or(parts):
            return " or ".join(_in(part, _AND) for part in parts)
        case And(parts):
            return " and ".join(_in(part, _NOT) for part in parts)
        case Not(operand):
            return f"not {_in(operand, _NOT)}"
        case Comparison(operator, left, right):
            return f"{_in(left, _SUM)} {operator} {_in(right, _SUM)}"
        case Membership(item, options, negated):
            listed = ", ".join(_in(option, _SUM) for option in options)
            return f"{_in(item, _SUM)} {'not ' if negated else ''}in {{{listed}}}"
        case Between(item, low, high):
            return f"{_in(item, _SUM)} between {_in(low, _SUM)} and {_in(high, _SUM)}"
        case Sum(first, rest):
            return _in(first, _PRODUCT) + "".join(f" {sign} {_in(part, _PRODUCT)}" for sign, part in rest)
        case Product(first, rest):
            return _in(first, _SIGN) + "".join(f" {sign} {_in(part, _SIGN)}" for sign, part in rest)
        case Negative(operand):
            return f"-{_in(operand, _SIGN)}"
        case _:
            return _atom(node)


def _atom(node: Node) -> str:
    match node:
        case Number(value, None):
            return f"{value:f}"
        case Number(value, code):
            return f"{value:f} [{code}]"
        case Word(name) | Item(name) | Field(_, name) | Local(name):
            return name
        case Quoted(text):
            return f'"{text}"'
        case DateLiteral(day):
            return str(day)
        case Today():
            return "today"
        case Constant(_, written):
            return written
        case Call(name, arguments):
            return f"{name}({', '.join(format_rule(argument) for argument in arguments)})"
        case Quantifier(kind, collection, condition, distinct):
            listed = [part for part in (distinct, condition) if part is not None]
            return f"{kind}({', '.join([collection, *(format_rule(part) for part in listed)])})"
    raise AssertionError(f"Unhandled kind: {type(node).__name__}")


def _in(node: Node, least: int) -> str:
    text = format_rule(node)
    return text if _BINDING.get(type(node), _ATOM) >= least else f"({text})"


def is_plain_word(text: str) -> bool:
    """Whether a code can be written without quotation marks."""
    parts = text.split(".")
    return all(part.isascii() and part.isidentifier() for part in parts) and text not in KEYWORDS
