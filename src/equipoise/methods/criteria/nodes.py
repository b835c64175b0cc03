"""The nodes a rule is made of. Two trees share them: the syntax as written, and the resolved tree the checker makes.

In the syntax every bare word is a `Word`; the checker replaces it by what it means (`Item`, `Field`, `Local`,
`Constant`). Chains (`a and b and c`, `a + b - c`) are one node, so the depth of a tree is the depth of its
parentheses, which the parser bounds. Positions take no part in equality: two rules are equal when they say the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum

from equipoise.kernel.dates import PartialDate


class NoneAnswer(Enum):
    """The explicit answer that there was none ("no transfusion"), which is not the same as no answer."""

    NONE = "none"


NONE = NoneAnswer.NONE
"""The explicit answer "none"."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a node begins in the rule's text; both count from 1."""

    line: int = 1
    column: int = 1


_HERE = Position()


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A part of a rule."""

    at: Position = field(default=_HERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number as written, with its unit where one is written: `1.5 [10*9/L]`."""

    value: Decimal
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Word(Node):
    """A bare word whose meaning the vocabulary decides: a name, a local, a code, yes, no, none."""

    name: str


@dataclass(frozen=True, slots=True)
class Quoted(Node):
    """Text in quotation marks: a text, or a code that is not a plain word."""

    text: str


@dataclass(frozen=True, slots=True)
class DateLiteral(Node):
    """A date as written: `2026-03-05`, or `2026-03`."""

    date: PartialDate


@dataclass(frozen=True, slots=True)
class And(Node):
    """All parts hold."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """At least one part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """The operand does not hold."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """Two values compared; `operator` is one of == != < <= > >=."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Membership(Node):
    """`item in {a, b}`, or `item not in {a, b}`."""

    item: Node
    options: tuple[Node, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`item between low and high`, both ends included."""

    item: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class Sum(Node):
    """A chain of additions and subtractions; each of `rest` carries its sign, + or -."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Product(Node):
    """A chain of multiplications and divisions; each of `rest` carries its sign, * or /."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """The operand with its sign changed."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Choice(Node):
    """`then if condition else otherwise`."""

    then: Node
    condition: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function, or a quantifier, applied to its arguments."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Let(Node):
    """A whole rule: its body, and the locals that `where` names."""

    body: Node
    bindings: tuple[tuple[str, Node], ...] = ()


@dataclass(frozen=True, slots=True)
class Item(Node):
    """Resolved: a name of the vocabulary."""

    name: str


@dataclass(frozen=True, slots=True)
class Field(Node):
    """Resolved: a field of the row in hand."""

    collection: str
    name: str


@dataclass(frozen=True, slots=True)
class Local(Node):
    """Resolved: a local that `where` defines."""

    name: str


@dataclass(frozen=True, slots=True)
class Today(Node):
    """Resolved: the date the rule is judged on."""


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """Resolved: a code, a text, yes or no, or the answer none; `written` is how it stood in the rule."""

    value: str | bool | NoneAnswer
    written: str = ""


@dataclass(frozen=True, slots=True)
class Quantifier(Node):
    """Resolved: any, all, count or count_distinct over the rows of a collection."""

    kind: str
    collection: str
    condition: Node | None = None
    distinct: Node | None = None


def children(node: Node) -> tuple[Node, ...]:
    """The parts of a node, in the order they are written."""
    match node:
        case And(parts) | Or(parts):
            return parts
        case Not(operand) | Negative(operand):
            return (operand,)
        case Comparison(_, left, right):
            return (left, right)
        case Membership(item, options, _):
            return (item, *options)
        case Between(item, low, high):
            return (item, low, high)
        case Sum(first, rest) | Product(first, rest):
            return (first, *(part for _, part in rest))
        case Choice(then, condition, otherwise):
            return (then, condition, otherwise)
        case Call(_, arguments):
            return arguments
        case Let(body, bindings):
            return (body, *(part for _, part in bindings))
        case Quantifier(_, _, condition, distinct):
            return tuple(part for part in (distinct, condition) if part is not None)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything under it, parents first."""
    yield node
    for part in children(node):
        yield from walk(part)


def expanded_size(rule: Let) -> int:
    """How many parts a resolved rule has once every local stands in its place."""
    sizes: dict[str, int] = {}
    for name, part in rule.bindings:
        sizes[name] = _size(part, sizes)
    return _size(rule.body, sizes)


def _size(node: Node, locals_: dict[str, int]) -> int:
    return sum(locals_.get(part.name, 1) if isinstance(part, Local) else 1 for part in walk(node))
