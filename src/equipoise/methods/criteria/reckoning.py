"""How sums and products of a rule are checked: what may be added to what, and which unit comes out."""

from typing import TYPE_CHECKING

from equipoise.kernel.quantities import unit
from equipoise.methods.criteria.descriptions import Seen, describe
from equipoise.methods.criteria.functions import multiplied
from equipoise.methods.criteria.nodes import Node, Product, Sum
from equipoise.methods.criteria.vocabulary import DateType, NumberType

if TYPE_CHECKING:
    from equipoise.methods.criteria.checker import Checker


def check_sum(checker: "Checker", node: Sum) -> tuple[Node, Seen]:
    """Check and resolve a sum: numbers of one kind of unit, days and a date, or the days between two dates."""
    first, seen = checker.node(node.first)
    rest: list[tuple[str, Node]] = []
    before = node.first
    for sign, part in node.rest:
        resolved, two = checker.node(part)
        rest.append((sign, resolved))
        seen = _added(checker, sign, before, seen, part, two)
        before = part
    return Sum(first, tuple(rest), at=node.at), seen


def check_product(checker: "Checker", node: Product) -> tuple[Node, Seen]:
    """Check and resolve a product or quotient: of numbers only."""
    first, seen = checker.node(node.first)
    checker.numeric(node.first, seen)
    rest: list[tuple[str, Node]] = []
    for sign, part in node.rest:
        resolved, two = checker.node(part)
        rest.append((sign, resolved))
        checker.numeric(part, two)
        seen = multiplied(sign, seen, two)
    return Product(first, tuple(rest), at=node.at), seen


def _added(checker: "Checker", sign: str, left: Node, one: Seen, right: Node, two: Seen) -> Seen:
    if one is None or two is None:
        return None
    match one, two:
        case NumberType(), NumberType():
            fits = checker.units(Sum(left, ((sign, right),), at=right.at), left, one, right, two)
            return NumberType(one.unit, one.whole and two.whole) if fits else None
        case DateType(), DateType() if sign == "-":
            return NumberType("d", True)
        case DateType(), NumberType(code):
            if unit(code).converts_to(unit("d")):
                return one
            checker.fault(right, "only a duration is added to a date", describe(two), "days, as in 14 [d]")
            return None
    word = "added" if sign == "+" else "subtracted"
    checker.fault(right, f"these cannot be {word}", f"{describe(one)} and {describe(two)}", "numbers, or dates")
    return None
