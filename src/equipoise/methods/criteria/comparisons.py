"""Two values compared, and how far a number lies from its threshold."""

from equipoise.kernel.dates import PartialDate
from equipoise.kernel.truth import Truth, known, not_
from equipoise.methods.criteria.amounts import Amount, Span
from equipoise.methods.criteria.nodes import NONE
from equipoise.methods.criteria.steps import Margin, Value

CONTRARY = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", "<=": ">", ">": "<="}
"""What an operator becomes under `not`."""

MIRRORED = {"==": "==", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
"""What an operator becomes when its sides change places."""


def compare(operator: str, left: Value | None, right: Value | None) -> Truth:
    """Whether a comparison holds; unknown where a side is unknown or its doubt decides."""
    if left is None or right is None or left is Truth.UNKNOWN or right is Truth.UNKNOWN:
        return Truth.UNKNOWN
    if isinstance(left, Amount | Span) and isinstance(right, Amount | Span):
        return _numbers(operator, left, right)
    if left is NONE or right is NONE:
        if operator not in ("==", "!="):
            return Truth.UNKNOWN
        return known((left is right) is (operator == "=="))
    if isinstance(left, PartialDate) and isinstance(right, PartialDate):
        return _dates(operator, left, right)
    assert operator in ("==", "!="), f"Unhandled comparison: {operator}"
    return known((left == right) is (operator == "=="))


def margin_between(operator: str, left: Value | None, right: Value | None, truth: Truth) -> Margin | None:
    """The margin of a comparison of two known numbers; None for every other. `left` is the subject."""
    if not isinstance(left, Amount) or not isinstance(right, Amount) or truth is Truth.UNKNOWN:
        return None
    threshold = right.to(left.unit)
    distance = Amount(abs(left.exact - threshold.exact), left.unit)
    return Margin(operator, left, threshold, distance, truth is Truth.TRUE)


def holds(operator: str, order: int) -> bool:
    """Whether an operator holds for an order of -1, 0 or 1."""
    match operator:
        case "==":
            return order == 0
        case "!=":
            return order != 0
        case "<":
            return order < 0
        case "<=":
            return order <= 0
        case ">":
            return order > 0
        case ">=":
            return order >= 0
    raise AssertionError(f"Unhandled operator: {operator}")


def _numbers(operator: str, left: Amount | Span, right: Amount | Span) -> Truth:
    if isinstance(left, Amount) and isinstance(right, Amount):
        return known(holds(operator, left.compare(right)))
    low, high = (left, left) if isinstance(left, Amount) else (left.low, left.high)
    floor, ceiling = (right, right) if isinstance(right, Amount) else (right.low, right.high)
    if operator in ("==", "!="):
        apart = high.compare(floor) < 0 or low.compare(ceiling) > 0
        return known(operator == "!=") if apart else Truth.UNKNOWN
    least, most = holds(operator, low.compare(ceiling)), holds(operator, high.compare(floor))
    return known(least) if least is most else Truth.UNKNOWN


def _dates(operator: str, left: PartialDate, right: PartialDate) -> Truth:
    match operator:
        case "<":
            return left.is_before(right)
        case ">":
            return right.is_before(left)
        case "<=":
            return not_(right.is_before(left))
        case ">=":
            return not_(left.is_before(right))
    if left.latest < right.earliest or right.latest < left.earliest:
        return known(operator == "!=")
    if left.is_complete and right.is_complete:
        return known(operator == "==")
    return Truth.UNKNOWN
