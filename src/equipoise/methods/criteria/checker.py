"""Looks up every word of a rule, and finds every fault of type, unit and code at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from equipoise.kernel.quantities import unit
from equipoise.methods.criteria.amounts import product_unit, quotient_unit
from equipoise.methods.criteria.faults import RuleFault
from equipoise.methods.criteria.formatter import format_rule, is_plain_word
from equipoise.methods.criteria.nodes import (
    NONE,
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
    Position,
    Product,
    Quantifier,
    Quoted,
    Sum,
    Today,
    Word,
)
from equipoise.methods.criteria.vocabulary import (
    BooleanType,
    CodesType,
    CodeType,
    DateType,
    NumberType,
    Term,
    TextType,
    Type,
    Vocabulary,
)

QUANTIFIERS = ("any", "all", "count", "count_distinct")
ATTRIBUTES = ("uln", "lln", "sample_date", "is_known", "answered")
BUILT_IN = (*QUANTIFIERS, *ATTRIBUTES, "includes", "days", "min", "max", "abs")
CONSTANTS = {"yes": True, "no": False, "true": True, "false": False}

_NUMBER, _BOOLEAN, _DATE, _TEXT = NumberType("1"), BooleanType(), DateType(), TextType()


@dataclass(frozen=True, slots=True)
class _NoneType:
    """The type of the word `none`."""


type _Seen = Type | _NoneType | None
"""The type of a checked node; None where a fault was already reported."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A rule whose words are looked up: the tree to interpret, its type, its faults."""

    tree: Let
    type: Type | None
    faults: tuple[RuleFault, ...]


def check(rule: Let, vocabulary: Vocabulary, *, boolean: bool = True, row_of: str | None = None) -> Checked:
    """Check a rule against a vocabulary. `boolean` demands that the rule as a whole is a condition.

    `row_of` names the register whose row the rule is judged in; its fields then need no quantifier.
    """
    checker = _Checker(vocabulary, row_of)
    bindings = checker.bindings(rule.bindings)
    body, seen = checker.node(rule.body)
    if boolean and seen is not None and seen != _BOOLEAN:
        checker.fault(rule.body, "a criterion is a condition", _describe(seen), "a comparison, as in `age >= 18 [a]`")
    checker.unused()
    kind = None if isinstance(seen, _NoneType) else seen
    return Checked(Let(body, bindings, at=rule.at), kind, tuple(checker.faults))


class _Checker:
    def __init__(self, vocabulary: Vocabulary, row_of: str | None) -> None:
        self.vocabulary = vocabulary
        self.faults: list[RuleFault] = []
        self.locals: dict[str, _Seen] = {}
        self.used: set[str] = set()
        self.later: dict[str, Position] = {}
        self.scopes: list[str] = [row_of] if row_of is not None else []

    def fault(self, node: Node | Position, problem: str, seen: str = "", wanted: str = "") -> None:
        """Report a fault."""
        at = node if isinstance(node, Position) else node.at
        found = RuleFault(at, problem, seen, wanted)
        if found not in self.faults:
            self.faults.append(found)

    # LOCALS

    def bindings(self, bindings: tuple[tuple[str, Node], ...]) -> tuple[tuple[str, Node], ...]:
        """Check the locals in order; each may read those before it."""
        checked: list[tuple[str, Node]] = []
        self.later = {name: node.at for name, node in bindings}
        for name, node in bindings:
            if name in self.locals:
                self.fault(node, f"`where` defines {name} twice", name, "one definition")
            elif name in self.vocabulary.items or name in self.vocabulary.collections or name in CONSTANTS:
                self.fault(node, f"`where` may not give {name} another meaning", name, "a name of its own")
            resolved, seen = self.node(node)
            self.locals[name] = seen
            checked.append((name, resolved))
        return tuple(checked)

    def unused(self) -> None:
        """Report the locals that nothing reads."""
        for name, at in self.later.items():
            if name not in self.used:
                self.fault(at, f"`where` defines {name}, which the rule never reads", name, "remove it, or use it")

    # NODES

    def node(self, node: Node, expected: CodeType | None = None) -> tuple[Node, _Seen]:
        """Resolve a node and find its type; `expected` is the code list a bare word is looked up in first."""
        match node:
            case Word():
                return self._word(node, expected)
            case Quoted(text):
                if expected is not None:
                    return self._code(node, text, expected)
                return Constant(text, f'"{text}"', at=node.at), _TEXT
            case Number(value, code):
                if expected is not None and code is None:
                    return self._code(node, f"{value:f}", expected)
                whole = value == value.to_integral_value()
                return node, NumberType(code or "1", whole and code is None)
            case DateLiteral():
                return node, _DATE
            case And(parts):
                return And(tuple(self._condition(part) for part in parts), at=node.at), _BOOLEAN
            case Or(parts):
                return Or(tuple(self._condition(part) for part in parts), at=node.at), _BOOLEAN
            case Not(operand):
                return Not(self._condition(operand), at=node.at), _BOOLEAN
            case Comparison():
                return self._comparison(node), _BOOLEAN
            case Membership():
                return self._membership(node), _BOOLEAN
            case Between(item, low, high):
                first = self._comparison(Comparison(">=", item, low, at=node.at))
                second = self._comparison(Comparison("<=", item, high, at=node.at))
                return Between(first.left, first.right, second.right, at=node.at), _BOOLEAN
            case Negative(operand):
                resolved, seen = self.node(operand)
                if seen is not None and not isinstance(seen, NumberType):
                    self.fault(node, "only a number has a sign", _describe(seen), "a number")
                    seen = None
                return Negative(resolved, at=node.at), seen
            case Sum():
                return self._sum(node)
            case Product():
                return self._product(node)
            case Choice():
                return self._choice(node, expected)
            case Call():
                return self._call(node)
        raise AssertionError(f"Unhandled kind: {type(node).__name__}")

    def _condition(self, node: Node) -> Node:
        resolved, seen = self.node(node)
        if seen is not None and seen != _BOOLEAN:
            self.fault(node, f"{_quote(node)} is not a condition", _describe(seen), "a comparison, or a yes/no item")
        return resolved

    # WORDS

    def _term(self, name: str) -> tuple[Node, Term] | None:
        for collection in reversed(self.scopes):
            term = self.vocabulary.collections[collection].fields.get(name)
            if term is not None:
                return Field(collection, name), term
        term = self.vocabulary.items.get(name)
        return (Item(name), term) if term is not None else None

    def _word(self, node: Word, expected: CodeType | None) -> tuple[Node, _Seen]:
        name = node.name
        found = self._term(name)
        if expected is not None and name in expected.codes:
            kind = found[1].type if found is not None else None
            if isinstance(kind, CodeType) and set(kind.codes) & set(expected.codes):
                self.fault(node, f"{name} is a code and a name here", name, f'"{name}" in quotation marks for the code')
            return Constant(name, name, at=node.at), expected
        if name in self.locals:
            self.used.add(name)
            return Local(name, at=node.at), self.locals[name]
        if found is not None:
            return replace(found[0], at=node.at), found[1].type
        if expected is not None and name not in self.later:
            return self._code(node, name, expected)
        if name in CONSTANTS:
            return Constant(CONSTANTS[name], name, at=node.at), _BOOLEAN
        if name == "none":
            return Constant(NONE, name, at=node.at), _NoneType()
        if name == "today":
            return Today(at=node.at), _DATE
        if name in self.later:
            self.used.add(name)
            self.fault(node, "`where` is not recursive", name, f"define {name} before what reads it")
        elif name in self.vocabulary.collections:
            self.fault(node, f"{name} is a register, not a value", name, f"count({name}), any({name}, ...), all(...)")
        elif name in BUILT_IN or name in self.vocabulary.functions:
            self.fault(node, f"{name} is a function", name, f"its arguments, as in {name}(...)")
        else:
            self.fault(node, f"no item is called {name}", name, self._nearest(name))
        return node, None

    def _names(self) -> Iterable[str]:
        yield from self.vocabulary.items
        yield from self.vocabulary.collections
        yield from self.locals
        for scope in self.scopes:
            yield from self.vocabulary.collections[scope].fields

    def _nearest(self, name: str) -> str:
        whole, _, code = name.partition(".")
        found = self._term(whole)
        if code and found is not None and isinstance(found[1].type, CodesType):
            return f"includes({whole}, {code})"
        names = sorted(set(self._names()))
        close = get_close_matches(name, names, n=3, cutoff=0.6)
        if close:
            return " or ".join(close)
        codes = [
            f"{item} == {_code_text(name)}"
            for item, term in self.vocabulary.items.items()
            if isinstance(term.type, CodeType) and name in term.type.codes
        ]
        return codes[0] if codes else _some(names, "an item of the protocol's forms")

    def _code(self, node: Node, text: str, expected: CodeType) -> tuple[Node, _Seen]:
        if text in expected.codes:
            return Constant(text, _code_text(text), at=node.at), expected
        close = get_close_matches(text, expected.codes, n=1)
        wanted = f"{close[0]}; the codes are " if close else "one of the codes "
        self.fault(node, "this is not one of the item's codes", text, wanted + ", ".join(expected.codes))
        return node, None

    def _expectation(self, *nodes: Node) -> CodeType | None:
        for node in nodes:
            seen: _Seen = None
            if isinstance(node, Word):
                found = self._term(node.name)
                seen = found[1].type if found is not None else self.locals.get(node.name)
            elif isinstance(node, Call) and node.name in self.vocabulary.functions:
                seen = self.vocabulary.functions[node.name].result
            if isinstance(seen, CodeType):
                return seen
        return None

    # COMPARISONS

    def _comparison(self, node: Comparison) -> Comparison:
        expected = self._expectation(node.left, node.right)
        left, one = self.node(node.left, expected)
        right, two = self.node(node.right, expected)
        self._comparable(node, left, one, right, two)
        return Comparison(node.operator, left, right, at=node.at)

    def _membership(self, node: Membership) -> Membership:
        expected = self._expectation(node.item)
        item, one = self.node(node.item, expected)
        options: list[Node] = []
        for option in node.options:
            resolved, two = self.node(option, expected)
            self._comparable(Comparison("==", node.item, option, at=option.at), item, one, resolved, two)
            options.append(resolved)
        return Membership(item, tuple(options), node.negated, at=node.at)

    def _comparable(self, node: Comparison, left: Node, one: _Seen, right: Node, two: _Seen) -> None:
        if one is None or two is None:
            return
        equality = node.operator in ("==", "!=")
        if isinstance(one, _NoneType) or isinstance(two, _NoneType):
            self._against_none(node, left, right, equality)
        elif isinstance(one, NumberType) and isinstance(two, NumberType):
            self._units(node, node.left, one, node.right, two)
        elif type(one) is not type(two):
            self.fault(
                node,
                f"{_describe(one)} is compared with {_describe(two)}",
                _quote(node),
                f"two values of one kind; {_advice(node.left, one)}",
            )
        elif isinstance(one, CodeType) and isinstance(two, CodeType) and not set(one.codes) & set(two.codes):
            self.fault(node, "the two have no code in common", _quote(node), "items of one code list")
        elif isinstance(one, CodesType):
            self.fault(node, "ticked codes are not compared", _quote(node), "includes(item, code)")
        elif not equality and not isinstance(one, DateType):
            self.fault(node, f"{_describe(one)} has no order", f"`{node.operator}`", "==, != or in {...}")

    def _against_none(self, node: Comparison, left: Node, right: Node, equality: bool) -> None:
        other = right if isinstance(left, Constant) and left.value is NONE else left
        term: Term | None = None
        if isinstance(other, Item):
            term = self.vocabulary.items[other.name]
        elif isinstance(other, Field):
            term = self.vocabulary.collections[other.collection].fields[other.name]
        if term is None or not term.may_be_none:
            self.fault(node, f"{_quote(other)} has no answer `none`", _quote(node), "an item that may be answered none")
        elif not equality:
            self.fault(node, "none has no order", f"`{node.operator}`", "== or !=")

    def _units(self, node: Node, left: Node, one: NumberType, right: Node, two: NumberType) -> bool:
        if unit(one.unit).converts_to(unit(two.unit)):
            return True
        for bare, other in ((right, one), (left, two)):
            if isinstance(bare, Number) and bare.unit is None:
                text = f"{bare.value:f}"
                self.fault(bare, "a number without a unit", text, f"{text} [{other.unit}]")
                return False
        plain = right if isinstance(right, Number) else left if isinstance(left, Number) else node
        kept = one.unit if plain is right else two.unit
        self.fault(
            plain,
            f"{one.unit} cannot be compared or reckoned with {two.unit}: they measure different things",
            _quote(node),
            f"the number in {kept}, the unit it is kept in" if isinstance(plain, Number) else "one kind of unit",
        )
        return False

    # ARITHMETIC

    def _sum(self, node: Sum) -> tuple[Node, _Seen]:
        first, seen = self.node(node.first)
        rest: list[tuple[str, Node]] = []
        before = node.first
        for sign, part in node.rest:
            resolved, two = self.node(part)
            rest.append((sign, resolved))
            seen = self._added(sign, before, seen, part, two)
            before = part
        return Sum(first, tuple(rest), at=node.at), seen

    def _added(self, sign: str, left: Node, one: _Seen, right: Node, two: _Seen) -> _Seen:
        if one is None or two is None:
            return None
        match one, two:
            case NumberType(), NumberType():
                fits = self._units(Sum(left, ((sign, right),), at=right.at), left, one, right, two)
                return NumberType(one.unit, one.whole and two.whole) if fits else None
            case DateType(), DateType() if sign == "-":
                return NumberType("d", True)
            case DateType(), NumberType(code):
                if unit(code).converts_to(unit("d")):
                    return one
                self.fault(right, "only a duration is added to a date", _describe(two), "days, as in 14 [d]")
                return None
        word = "added" if sign == "+" else "subtracted"
        self.fault(right, f"these cannot be {word}", f"{_describe(one)} and {_describe(two)}", "numbers, or dates")
        return None

    def _product(self, node: Product) -> tuple[Node, _Seen]:
        first, seen = self.node(node.first)
        self._numeric(node.first, seen)
        rest: list[tuple[str, Node]] = []
        for sign, part in node.rest:
            resolved, two = self.node(part)
            rest.append((sign, resolved))
            self._numeric(part, two)
            seen = _multiplied(sign, seen, two)
        return Product(first, tuple(rest), at=node.at), seen

    def _numeric(self, node: Node, seen: _Seen) -> None:
        if seen is not None and not isinstance(seen, NumberType):
            self.fault(node, "only numbers are multiplied and divided", _describe(seen), "a number")

    def _choice(self, node: Choice, expected: CodeType | None) -> tuple[Node, _Seen]:
        condition = self._condition(node.condition)
        expected = expected or self._expectation(node.then, node.otherwise)
        then, one = self.node(node.then, expected)
        otherwise, two = self.node(node.otherwise, expected)
        self._alike(node, (node.then, one), (node.otherwise, two))
        return Choice(then, condition, otherwise, at=node.at), one if two is not None else None

    def _alike(self, node: Node, left: tuple[Node, _Seen], right: tuple[Node, _Seen]) -> None:
        one, two = left[1], right[1]
        if one is None or two is None:
            return
        if isinstance(one, NumberType) and isinstance(two, NumberType):
            self._units(node, left[0], one, right[0], two)
        elif type(one) is not type(two):
            self.fault(node, "both branches of an `if` are of one kind", f"{_describe(one)} and {_describe(two)}")

    # FUNCTIONS

    def _call(self, node: Call) -> tuple[Node, _Seen]:
        if node.name in QUANTIFIERS:
            return self._quantifier(node)
        if node.name in ATTRIBUTES:
            return self._attribute(node)
        if node.name in ("min", "max", "abs"):
            return self._extreme(node)
        if node.name == "days":
            return self._days(node)
        if node.name == "includes":
            return self._includes(node)
        asked = f"{node.name}({', '.join(_quote(argument) for argument in node.arguments)})"
        if asked in self.vocabulary.items:  # an item asked about something: `signed(dosimetry)`
            return Item(asked, at=node.at), self.vocabulary.items[asked].type
        function = self.vocabulary.functions.get(node.name)
        if function is None:
            names = [*BUILT_IN, *self.vocabulary.functions]
            askable = [name for name in self.vocabulary.items if name.startswith(f"{node.name}(")]
            if askable:
                self.fault(node, f"nothing is called {asked}", asked, _some(askable, ""))
                return node, None
            close = get_close_matches(node.name, names, n=2)
            self.fault(node, f"no function is called {node.name}", node.name, " or ".join(close) or ", ".join(names))
            for argument in node.arguments:
                self._quietly(argument)
            return node, None
        if not self._counted(node, len(function.parameters), len(function.parameters)):
            return node, None
        arguments: list[Node] = []
        for parameter, argument in zip(function.parameters, node.arguments, strict=True):
            resolved, seen = self.node(argument, parameter if isinstance(parameter, CodeType) else None)
            self._fits(argument, seen, parameter, node.name)
            arguments.append(resolved)
        return Call(node.name, tuple(arguments), at=node.at), function.result

    def _fits(self, node: Node, seen: _Seen, parameter: Type, name: str) -> None:
        if seen is None:
            return
        if isinstance(seen, NumberType) and isinstance(parameter, NumberType):
            if not unit(seen.unit).converts_to(unit(parameter.unit)):
                wanted = f"a number in {parameter.unit}"
                self.fault(node, f"{name} does not take this unit", f"{_quote(node)} in {seen.unit}", wanted)
        elif isinstance(seen, CodeType) and isinstance(parameter, CodeType):
            foreign = [code for code in seen.codes if code not in parameter.codes]
            if foreign:
                self.fault(node, f"{name} does not know these codes", ", ".join(foreign), ", ".join(parameter.codes))
        elif type(seen) is not type(parameter):
            self.fault(node, f"{name} takes another kind of value", _describe(seen), _describe(parameter))

    def _counted(self, node: Call, least: int, most: int) -> bool:
        given = len(node.arguments)
        if least <= given <= most:
            return True
        wanted = str(least) if least == most else f"{least} to {most}"
        self.fault(node, f"{node.name} has another number of arguments", str(given), wanted)
        return False

    def _quietly(self, node: Node) -> None:
        self.node(node)

    def _attribute(self, node: Call) -> tuple[Node, _Seen]:
        result: _Seen = None
        if node.name not in ("uln", "lln"):
            result = _DATE if node.name == "sample_date" else _BOOLEAN
        if not self._counted(node, 1, 1):
            return node, result
        argument = node.arguments[0]
        resolved, seen = self.node(argument)
        if seen is None:
            return node, result
        if node.name in ("uln", "lln") and not isinstance(seen, NumberType):
            self.fault(argument, "only a laboratory value has limits", _describe(seen), "the name of a laboratory item")
            return node, None
        if not isinstance(resolved, Item | Field):
            self.fault(argument, f"{node.name} asks about an item", _quote(argument), "the name of an item")
            return node, None
        return Call(node.name, (resolved,), at=node.at), result or seen

    def _extreme(self, node: Call) -> tuple[Node, _Seen]:
        alone = node.name == "abs"
        if not self._counted(node, 1 if alone else 2, 1 if alone else 20):
            return node, None
        found = [(argument, *self.node(argument)) for argument in node.arguments]
        for argument, _, seen in found:
            self._numeric(argument, seen)
        first = found[0]
        fits = True
        for argument, _, seen in found[1:]:
            if isinstance(seen, NumberType) and isinstance(first[2], NumberType):
                fits = self._units(node, first[0], first[2], argument, seen) and fits
        whole = fits and all(isinstance(seen, NumberType) for _, _, seen in found)
        return Call(node.name, tuple(part for _, part, _ in found), at=node.at), first[2] if whole else None

    def _days(self, node: Call) -> tuple[Node, _Seen]:
        if not self._counted(node, 2, 2):
            return node, None
        parts: list[Node] = []
        for argument in node.arguments:
            resolved, seen = self.node(argument)
            parts.append(resolved)
            if seen is not None and not isinstance(seen, DateType):
                self.fault(argument, "days(since, until) counts between two dates", _describe(seen), "a date")
        return Call("days", tuple(parts), at=node.at), NumberType("d", True)

    def _includes(self, node: Call) -> tuple[Node, _Seen]:
        if not self._counted(node, 2, 2):
            return node, _BOOLEAN
        item, seen = self.node(node.arguments[0])
        if not isinstance(seen, CodesType):
            if seen is not None:
                self.fault(node, "includes(item, code) asks what was ticked", _describe(seen), "an item of tick boxes")
            return node, _BOOLEAN
        code, _ = self.node(node.arguments[1], CodeType(seen.codes))
        return Call("includes", (item, code), at=node.at), _BOOLEAN

    def _quantifier(self, node: Call) -> tuple[Node, _Seen]:
        distinct = node.name == "count_distinct"
        result: Type = NumberType("1", True) if node.name.startswith("count") else _BOOLEAN
        least = 1 if node.name in ("count", "any") else 2
        if not self._counted(node, least, 3 if distinct else 2):
            return node, result
        first = node.arguments[0]
        if not isinstance(first, Word) or first.name not in self.vocabulary.collections:
            names = sorted(self.vocabulary.collections)
            close = get_close_matches(first.name, names, n=1) if isinstance(first, Word) else []
            wanted = close[0] if close else _some(names, "a register of the protocol")
            self.fault(first, f"{node.name} goes over a register", _quote(first), wanted)
            return node, result
        self.scopes.append(first.name)
        rest = list(node.arguments[1:])
        field: Node | None = None
        if distinct:
            field, _ = self.node(rest[0])
            if not isinstance(field, Field) and not isinstance(field, Word):
                self.fault(rest[0], "count_distinct counts the values of a field", _quote(rest[0]), "a field's name")
            rest = rest[1:]
        condition = self._condition(rest[0]) if rest else None
        self.scopes.pop()
        return Quantifier(node.name, first.name, condition, field, at=node.at), result


def _multiplied(sign: str, one: _Seen, two: _Seen) -> _Seen:
    if not isinstance(one, NumberType) or not isinstance(two, NumberType):
        return None
    left, right = (code if unit(code).dimensions else "1" for code in (one.unit, two.unit))
    code = product_unit(left, right) if sign == "*" else quotient_unit(left, right)
    return NumberType(code if unit(code).dimensions else "1")


def _describe(seen: Type | _NoneType) -> str:
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
        case _NoneType():
            return "the answer none"
    raise AssertionError(f"Unhandled kind: {type(seen).__name__}")


def _advice(left: Node, one: Type | _NoneType) -> str:
    if isinstance(one, BooleanType):
        return f"write `{format_rule(left)}` or `not {format_rule(left)}`"
    return "compare it with " + _describe(one)


def _code_text(code: str) -> str:
    return code if is_plain_word(code) else f'"{code}"'


def _quote(node: Node) -> str:
    text = format_rule(node)
    return text if len(text) <= 80 else text[:77] + "..."


def _some(names: Sequence[str], otherwise: str) -> str:
    if not names:
        return otherwise
    return ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
