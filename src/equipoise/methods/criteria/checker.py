"""Looks up every word of a rule, and finds every fault of type, unit and code at once."""

from dataclasses import dataclass, replace
from difflib import get_close_matches

from equipoise.kernel.quantities import unit
from equipoise.methods.criteria.descriptions import (
    NoneType,
    Seen,
    advice,
    code_text,
    describe,
    nearest,
    quote,
)
from equipoise.methods.criteria.faults import RuleFault
from equipoise.methods.criteria.functions import BUILT_IN, check_call
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
    Quoted,
    Sum,
    Today,
    Word,
    expanded_size,
)
from equipoise.methods.criteria.reckoning import check_product, check_sum
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

__all__ = ["BUILT_IN", "CONSTANTS", "Checked", "Checker", "check"]

MAX_PARTS = 20_000
"""Parts of a rule once every local stands in its place."""

CONSTANTS = {"yes": True, "no": False, "true": True, "false": False}

_NUMBER, _BOOLEAN, _DATE, _TEXT = NumberType("1"), BooleanType(), DateType(), TextType()


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
    checker = Checker(vocabulary, row_of)
    bindings = checker.bindings(rule.bindings)
    body, seen = checker.node(rule.body)
    if boolean and seen is not None and seen != _BOOLEAN:
        checker.fault(rule.body, "a criterion is a condition", describe(seen), "a comparison, as in `age >= 18 [a]`")
    checker.unused()
    kind = None if isinstance(seen, NoneType) else seen
    tree = Let(body, bindings, at=rule.at)
    if (size := expanded_size(tree)) > MAX_PARTS:
        checker.fault(rule, "`where` makes the rule too large", f"{size} parts", f"at most {MAX_PARTS} parts")
    return Checked(tree, kind, tuple(checker.faults))


class Checker:
    """Resolves the nodes of one rule, and collects its faults."""

    def __init__(self, vocabulary: Vocabulary, row_of: str | None) -> None:
        self.vocabulary = vocabulary
        self.faults: list[RuleFault] = []
        self.locals: dict[str, Seen] = {}
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

    def node(self, node: Node, expected: CodeType | None = None) -> tuple[Node, Seen]:
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
                return And(tuple(self.condition(part) for part in parts), at=node.at), _BOOLEAN
            case Or(parts):
                return Or(tuple(self.condition(part) for part in parts), at=node.at), _BOOLEAN
            case Not(operand):
                return Not(self.condition(operand), at=node.at), _BOOLEAN
            case Comparison():
                return self._comparison(node), _BOOLEAN
            case Membership():
                return self._membership(node), _BOOLEAN
            case Between(item, low, high):
                if (
                    isinstance(low, Number)
                    and isinstance(high, Number)
                    and low.unit == high.unit
                    and low.value > high.value
                ):
                    self.fault(
                        low, "nothing lies between these ends", f"{low.value} and {high.value}", "the lower end first"
                    )
                first = self._comparison(Comparison(">=", item, low, at=node.at))
                second = self._comparison(Comparison("<=", item, high, at=node.at))
                return Between(first.left, first.right, second.right, at=node.at), _BOOLEAN
            case Negative(operand):
                resolved, seen = self.node(operand)
                if seen is not None and not isinstance(seen, NumberType):
                    self.fault(node, "only a number has a sign", describe(seen), "a number")
                    seen = None
                return Negative(resolved, at=node.at), seen
            case Sum():
                return check_sum(self, node)
            case Product():
                return check_product(self, node)
            case Choice():
                return self._choice(node, expected)
            case Call():
                return check_call(self, node)
        raise AssertionError(f"Unhandled kind: {type(node).__name__}")

    def condition(self, node: Node) -> Node:
        """Resolve a part that must be a condition."""
        resolved, seen = self.node(node)
        if seen is not None and seen != _BOOLEAN:
            self.fault(node, f"{quote(node)} is not a condition", describe(seen), "a comparison, or a yes/no item")
        return resolved

    # WORDS

    def _term(self, name: str) -> tuple[Node, Term] | None:
        for collection in reversed(self.scopes):
            term = self.vocabulary.collections[collection].fields.get(name)
            if term is not None:
                return Field(collection, name), term
        term = self.vocabulary.items.get(name)
        return (Item(name), term) if term is not None else None

    def _word(self, node: Word, expected: CodeType | None) -> tuple[Node, Seen]:
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
            return Constant(NONE, name, at=node.at), NoneType()
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
            self._unknown_name(node)
        return node, None

    def _unknown_name(self, node: Word) -> None:
        """Report a name nobody knows: a register's field outside its register, or the nearest names there are."""
        homes = [name for name, register in self.vocabulary.collections.items() if node.name in register.fields]
        if homes:
            wanted = f"any({homes[0]}, {node.name} ...), all(...) or count(...)"
            self.fault(node, f"{node.name} is a field of the register {' and '.join(homes)}", node.name, wanted)
            return
        names = {*self.vocabulary.items, *self.vocabulary.collections, *self.locals}
        for scope in self.scopes:
            names.update(self.vocabulary.collections[scope].fields)
        self.fault(
            node, f"no item is called {node.name}", node.name, nearest(node.name, sorted(names), self.vocabulary)
        )

    def _code(self, node: Node, text: str, expected: CodeType) -> tuple[Node, Seen]:
        if text in expected.codes:
            return Constant(text, code_text(text), at=node.at), expected
        close = get_close_matches(text, expected.codes, n=1)
        wanted = f"{close[0]}; the codes are " if close else "one of the codes "
        self.fault(node, "this is not one of the item's codes", text, wanted + ", ".join(expected.codes))
        return node, None

    def _expectation(self, *nodes: Node) -> CodeType | None:
        for node in nodes:
            seen: Seen = None
            if isinstance(node, Word):
                found = self._term(node.name)
                seen = found[1].type if found is not None else self.locals.get(node.name)
            elif isinstance(node, Call) and node.name in self.vocabulary.functions:
                seen = self.vocabulary.functions[node.name].result
            if isinstance(seen, CodeType | CodesType):
                return CodeType(seen.codes)
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

    def _comparable(self, node: Comparison, left: Node, one: Seen, right: Node, two: Seen) -> None:
        if one is None or two is None:
            return
        equality = node.operator in ("==", "!=")
        if isinstance(one, NoneType) or isinstance(two, NoneType):
            self._against_none(node, left, right, equality)
        elif isinstance(one, NumberType) and isinstance(two, NumberType):
            self.units(node, node.left, one, node.right, two)
        elif isinstance(one, CodesType) or isinstance(two, CodesType):
            self.fault(node, "ticked codes are not compared", quote(node), "includes(item, code)")
        elif type(one) is not type(two):
            self.fault(
                node,
                f"{describe(one)} is compared with {describe(two)}",
                quote(node),
                f"two values of one kind; {advice(node.left, one)}",
            )
        elif isinstance(one, CodeType) and isinstance(two, CodeType) and not set(one.codes) & set(two.codes):
            self.fault(node, "the two have no code in common", quote(node), "items of one code list")
        elif not equality and not isinstance(one, DateType):
            self.fault(node, f"{describe(one)} has no order", f"`{node.operator}`", "==, != or in {...}")

    def _against_none(self, node: Comparison, left: Node, right: Node, equality: bool) -> None:
        other = right if isinstance(left, Constant) and left.value is NONE else left
        term: Term | None = None
        if isinstance(other, Item):
            term = self.vocabulary.items[other.name]
        elif isinstance(other, Field):
            term = self.vocabulary.collections[other.collection].fields[other.name]
        if term is None or not term.may_be_none:
            self.fault(node, f"{quote(other)} has no answer `none`", quote(node), "an item that may be answered none")
        elif not equality:
            self.fault(node, "none has no order", f"`{node.operator}`", "== or !=")

    def units(self, node: Node, left: Node, one: NumberType, right: Node, two: NumberType) -> bool:
        """Whether two numbers measure the same kind of thing; reports a fault where they do not."""
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
            quote(node),
            f"the number in {kept}, the unit it is kept in" if isinstance(plain, Number) else "one kind of unit",
        )
        return False

    def numeric(self, node: Node, seen: Seen) -> None:
        """Report a value that is no number."""
        if seen is not None and not isinstance(seen, NumberType):
            self.fault(node, "only numbers are multiplied and divided", describe(seen), "a number")

    def _choice(self, node: Choice, expected: CodeType | None) -> tuple[Node, Seen]:
        condition = self.condition(node.condition)
        expected = expected or self._expectation(node.then, node.otherwise)
        then, one = self.node(node.then, expected)
        otherwise, two = self.node(node.otherwise, expected)
        self._alike(node, (node.then, one), (node.otherwise, two))
        return Choice(then, condition, otherwise, at=node.at), one if two is not None else None

    def _alike(self, node: Node, left: tuple[Node, Seen], right: tuple[Node, Seen]) -> None:
        one, two = left[1], right[1]
        if one is None or two is None:
            return
        if isinstance(one, NumberType) and isinstance(two, NumberType):
            self.units(node, left[0], one, right[0], two)
        elif type(one) is not type(two):
            self.fault(node, "both branches of an `if` are of one kind", f"{describe(one)} and {describe(two)}")
