"""The functions a rule may call, and how a call is checked."""

from difflib import get_close_matches
from typing import TYPE_CHECKING

from equipoise.kernel.quantities import unit
from equipoise.methods.criteria.amounts import product_unit, quotient_unit
from equipoise.methods.criteria.descriptions import Seen, describe, quote, some
from equipoise.methods.criteria.nodes import Call, Field, Item, Node, Quantifier, Word
from equipoise.methods.criteria.vocabulary import (
    BooleanType,
    CodesType,
    CodeType,
    DateType,
    NumberType,
    Type,
)

if TYPE_CHECKING:
    from equipoise.methods.criteria.checker import Checker

QUANTIFIERS = ("any", "all", "count", "count_distinct")
ATTRIBUTES = ("uln", "lln", "sample_date", "is_known", "answered")
BUILT_IN = (*QUANTIFIERS, *ATTRIBUTES, "includes", "days", "min", "max", "abs")
"""Names no item, register or function of a vocabulary should take."""

MAX_ROWS_DEEP = 2
"""Rows a rule may have in hand at once; every level multiplies the work by the length of a register."""

_BOOLEAN, _DATE = BooleanType(), DateType()


def check_call(checker: "Checker", node: Call) -> tuple[Node, Seen]:
    """Check a call, and resolve it: a built-in, an item asked about something, or a function of the vocabulary."""
    if node.name in QUANTIFIERS:
        return _quantifier(checker, node)
    if node.name in ATTRIBUTES:
        return _attribute(checker, node)
    if node.name in ("min", "max", "abs"):
        return _extreme(checker, node)
    if node.name == "days":
        return _days(checker, node)
    if node.name == "includes":
        return _includes(checker, node)
    asked = f"{node.name}({', '.join(quote(argument) for argument in node.arguments)})"
    if asked in checker.vocabulary.items:  # an item asked about something: `signed(dosimetry)`
        return Item(asked, at=node.at), checker.vocabulary.items[asked].type
    function = checker.vocabulary.functions.get(node.name)
    if function is None:
        names = [*BUILT_IN, *checker.vocabulary.functions]
        askable = [name for name in checker.vocabulary.items if name.startswith(f"{node.name}(")]
        if askable:
            checker.fault(node, f"nothing is called {asked}", asked, some(askable, ""))
            return node, None
        close = get_close_matches(node.name, names, n=2)
        checker.fault(node, f"no function is called {node.name}", node.name, " or ".join(close) or ", ".join(names))
        for argument in node.arguments:
            checker.node(argument)
        return node, None
    if not _counted(checker, node, len(function.parameters), len(function.parameters)):
        return node, None
    arguments: list[Node] = []
    for parameter, argument in zip(function.parameters, node.arguments, strict=True):
        resolved, seen = checker.node(argument, parameter if isinstance(parameter, CodeType) else None)
        _fits(checker, argument, seen, parameter, node.name)
        arguments.append(resolved)
    return Call(node.name, tuple(arguments), at=node.at), function.result


def _fits(checker: "Checker", node: Node, seen: Seen, parameter: Type, name: str) -> None:
    if seen is None:
        return
    if isinstance(seen, NumberType) and isinstance(parameter, NumberType):
        if not unit(seen.unit).converts_to(unit(parameter.unit)):
            wanted = f"a number in {parameter.unit}"
            checker.fault(node, f"{name} does not take this unit", f"{quote(node)} in {seen.unit}", wanted)
    elif isinstance(seen, CodeType) and isinstance(parameter, CodeType):
        foreign = [code for code in seen.codes if code not in parameter.codes]
        if foreign:
            checker.fault(node, f"{name} does not know these codes", ", ".join(foreign), ", ".join(parameter.codes))
    elif type(seen) is not type(parameter):
        checker.fault(node, f"{name} takes another kind of value", describe(seen), describe(parameter))


def _counted(checker: "Checker", node: Call, least: int, most: int) -> bool:
    given = len(node.arguments)
    if least <= given <= most:
        return True
    wanted = str(least) if least == most else f"{least} to {most}"
    checker.fault(node, f"{node.name} has another number of arguments", str(given), wanted)
    return False


def _attribute(checker: "Checker", node: Call) -> tuple[Node, Seen]:
    result: Seen = None
    if node.name not in ("uln", "lln"):
        result = _DATE if node.name == "sample_date" else _BOOLEAN
    if not _counted(checker, node, 1, 1):
        return node, result
    argument = node.arguments[0]
    resolved, seen = checker.node(argument)
    if seen is None:
        return node, result
    if node.name in ("uln", "lln") and not isinstance(seen, NumberType):
        checker.fault(argument, "only a laboratory value has limits", describe(seen), "the name of a laboratory item")
        return node, None
    if not isinstance(resolved, Item | Field):
        checker.fault(argument, f"{node.name} asks about an item", quote(argument), "the name of an item")
        return node, None
    return Call(node.name, (resolved,), at=node.at), result or seen


def _extreme(checker: "Checker", node: Call) -> tuple[Node, Seen]:
    alone = node.name == "abs"
    if not _counted(checker, node, 1 if alone else 2, 1 if alone else 20):
        return node, None
    found = [(argument, *checker.node(argument)) for argument in node.arguments]
    for argument, _, seen in found:
        checker.numeric(argument, seen)
    first = found[0]
    fits = True
    for argument, _, seen in found[1:]:
        if isinstance(seen, NumberType) and isinstance(first[2], NumberType):
            fits = checker.units(node, first[0], first[2], argument, seen) and fits
    whole = fits and all(isinstance(seen, NumberType) for _, _, seen in found)
    return Call(node.name, tuple(part for _, part, _ in found), at=node.at), first[2] if whole else None


def _days(checker: "Checker", node: Call) -> tuple[Node, Seen]:
    if not _counted(checker, node, 2, 2):
        return node, None
    parts: list[Node] = []
    for argument in node.arguments:
        resolved, seen = checker.node(argument)
        parts.append(resolved)
        if seen is not None and not isinstance(seen, DateType):
            checker.fault(argument, "days(since, until) counts between two dates", describe(seen), "a date")
    return Call("days", tuple(parts), at=node.at), NumberType("d", True)


def _includes(checker: "Checker", node: Call) -> tuple[Node, Seen]:
    if not _counted(checker, node, 2, 2):
        return node, _BOOLEAN
    item, seen = checker.node(node.arguments[0])
    if not isinstance(seen, CodesType):
        if seen is not None:
            checker.fault(node, "includes(item, code) asks what was ticked", describe(seen), "an item of tick boxes")
        return node, _BOOLEAN
    code, _ = checker.node(node.arguments[1], CodeType(seen.codes))
    return Call("includes", (item, code), at=node.at), _BOOLEAN


def _quantifier(checker: "Checker", node: Call) -> tuple[Node, Seen]:
    distinct = node.name == "count_distinct"
    result: Type = NumberType("1", True) if node.name.startswith("count") else _BOOLEAN
    least = 1 if node.name in ("count", "any") else 2
    if not _counted(checker, node, least, 3 if distinct else 2):
        return node, result
    first = node.arguments[0]
    if not isinstance(first, Word) or first.name not in checker.vocabulary.collections:
        names = sorted(checker.vocabulary.collections)
        close = get_close_matches(first.name, names, n=1) if isinstance(first, Word) else []
        wanted = close[0] if close else some(names, "a register of the protocol")
        checker.fault(first, f"{node.name} goes over a register", quote(first), wanted)
        return node, result
    if len(checker.scopes) >= MAX_ROWS_DEEP:
        checker.fault(
            node, "quantifiers stand too deep within one another", node.name, f"at most {MAX_ROWS_DEEP} levels"
        )
        return node, result
    checker.scopes.append(first.name)
    rest = list(node.arguments[1:])
    field: Node | None = None
    if distinct:
        field, _ = checker.node(rest[0])
        if not isinstance(field, Field) and not isinstance(field, Word):
            checker.fault(rest[0], "count_distinct counts the values of a field", quote(rest[0]), "a field's name")
        rest = rest[1:]
    condition = checker.condition(rest[0]) if rest else None
    checker.scopes.pop()
    return Quantifier(node.name, first.name, condition, field, at=node.at), result


def multiplied(sign: str, one: Seen, two: Seen) -> Seen:
    """The type of a product or quotient."""
    if not isinstance(one, NumberType) or not isinstance(two, NumberType):
        return None
    left, right = (code if unit(code).dimensions else "1" for code in (one.unit, two.unit))
    code = product_unit(left, right) if sign == "*" else quotient_unit(left, right)
    return NumberType(code if unit(code).dimensions else "1")
