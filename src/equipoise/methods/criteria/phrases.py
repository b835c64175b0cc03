"""Parts of a rule as people read them: labels for names, words for operators. Values are `explanation`'s."""

from collections.abc import Callable, Sequence

from equipoise.kernel.messages import Message, literal, message
from equipoise.methods.criteria.formatter import format_rule
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
    Membership,
    Negative,
    Node,
    Not,
    Number,
    Or,
    Product,
    Quantifier,
    Sum,
    Today,
)
from equipoise.methods.criteria.vocabulary import CodesType, CodeType, DateType, Term, Type, Vocabulary

NUMBER_WORDS = {
    ">=": "criteria.at_least", ">": "criteria.more_than", "<=": "criteria.at_most", "<": "criteria.less_than",
    "==": "criteria.equal", "!=": "criteria.other_than",
}  # fmt: skip
DATE_WORDS = {
    ">=": "criteria.on_or_after", ">": "criteria.after", "<=": "criteria.on_or_before", "<": "criteria.before",
    "==": "criteria.equal", "!=": "criteria.other_than",
}  # fmt: skip
SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}


class Phrases:
    """Words the nodes of one vocabulary's rules."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def term(self, node: Node) -> Term | None:
        """The vocabulary's entry for a name; None for every other node."""
        if isinstance(node, Item):
            return self._vocabulary.items[node.name]
        if isinstance(node, Field):
            return self._vocabulary.collections[node.collection].fields[node.name]
        return None

    def codes(self, node: Node) -> Callable[[str], Message]:
        """How the codes of an item are named; a code without a name names itself."""
        term = self.term(node)
        labels = term.type.labels if term is not None and isinstance(term.type, CodeType | CodesType) else {}
        return lambda code: labels.get(code) or literal(code)

    def of(self, node: Node) -> Message:
        """Word a node."""
        match node:
            case Item() | Field():
                term = self.term(node)
                assert term is not None
                return term.label
            case Comparison(operator, left, right):
                term = self.term(left)
                is_date = term is not None and isinstance(term.type, DateType)
                needed = message((DATE_WORDS if is_date else NUMBER_WORDS)[operator], value=self._value(right, left))
                return message("criteria.phrase", what=self.of(left), needed=needed)
            case Membership(item, options, negated):
                listed = pairs("criteria.pair", [self._value(option, item) for option in options])
                needed = message("criteria.none_of" if negated else "criteria.one_of", values=listed)
                return message("criteria.phrase", what=self.of(item), needed=needed)
            case Between(item, low, high):
                needed = message("criteria.from_to", low=self._value(low, item), high=self._value(high, item))
                return message("criteria.phrase", what=self.of(item), needed=needed)
            case And(parts):
                return pairs("criteria.phrase_and", [self._inner(part) for part in parts])
            case Or(parts):
                return pairs("criteria.phrase_or", [self._inner(part) for part in parts])
            case Not(operand):
                return message("criteria.phrase_not", what=self._inner(operand))
            case Negative(operand):
                return message("criteria.phrase_sign", sign="−", what=self._inner(operand))
            case Sum(first, rest) | Product(first, rest):
                parts_ = [self._inner(first)]
                parts_ += [message("criteria.phrase_sign", sign=SIGNS[s], what=self._inner(part)) for s, part in rest]
                return pairs("criteria.phrase_chain", parts_)
            case Call() | Quantifier() | Constant() | Number() | DateLiteral() | Today():
                return self._named(node)
        return literal(format_rule(node))

    def _named(self, node: Node) -> Message:
        match node:
            case Call(name, (argument,)) if name in ("uln", "lln", "sample_date", "is_known", "answered"):
                return message(f"criteria.attribute_{name}", what=self.of(argument))
            case Call("includes", (item, code)):
                return message("criteria.phrase_includes", what=self.of(item), code=self._value(code, item))
            case Call("days", (since, until)):
                return message("criteria.call_days", since=self.of(since), until=self.of(until))
            case Call(("min" | "max" | "abs") as name, arguments):
                values = pairs("criteria.pair", [self.of(argument) for argument in arguments])
                return message(f"criteria.call_{name}", values=values)
            case Call(name, arguments) if name in self._vocabulary.functions:
                listed = pairs("criteria.pair", [self.of(argument) for argument in arguments])
                return message("criteria.call", what=self._vocabulary.functions[name].label, arguments=listed)
            case Quantifier(kind, collection, condition, distinct):
                return self.register(kind, collection, condition, distinct)
            case Constant(bool() as value):
                return message("criteria.yes" if value else "criteria.no")
            case Constant(value) if value is NONE:
                return message("criteria.none")
            case Today():
                return message("criteria.today")
            case Number(value, code) if code is not None:
                return literal(f"{value:f} {code}")
        return literal(format_rule(node))

    def register(self, kind: str, collection: str, condition: Node | None, distinct: Node | None) -> Message:
        """Word a quantifier: what is counted, or what must hold of some or all rows."""
        params: dict[str, object] = {"register": self._vocabulary.collections[collection].label}
        if condition is not None:
            params["condition"] = self.of(condition)
        if distinct is not None:
            params["field"] = self.of(distinct)
        code = {"count": "number", "count_distinct": "distinct"}.get(kind, kind)
        return message(f"criteria.{code}_{'of' if condition is None else 'fulfilling'}", **params)

    def _inner(self, node: Node) -> Message:
        if isinstance(node, And | Or | Sum | Product | Choice):
            return message("criteria.phrase_grouped", what=self.of(node))
        return self.of(node)

    def _value(self, node: Node, subject: Node) -> Message:
        if isinstance(node, Constant) and isinstance(node.value, str):
            return self.codes(subject)(node.value)
        if isinstance(node, Number) and node.unit is not None and _unit(self.term(subject)) == node.unit:
            return literal(f"{node.value:f}")
        return self.of(node)


def _unit(term: Term | None) -> str:
    kind: Type | None = term.type if term is not None else None
    return getattr(kind, "unit", "")


def pairs(code: str, values: Sequence[Message]) -> Message:
    """Join values with a wording of `first` and `rest`, folded in halves so that a long list nests shallowly."""
    if len(values) == 1:
        return values[0]
    half = len(values) // 2
    return message(code, first=pairs(code, values[:half]), rest=pairs(code, values[half:]))
