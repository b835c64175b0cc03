"""What was seen, in words: the values a rule read, what was computed from them, the rows of registers."""

from collections.abc import Callable, Sequence

from equipoise.kernel.dates import PartialDate
from equipoise.kernel.messages import Message, literal, message
from equipoise.kernel.quantities import Quantity
from equipoise.kernel.truth import Truth
from equipoise.methods.criteria.amounts import Amount, Span
from equipoise.methods.criteria.nodes import (
    NONE,
    And,
    Between,
    Call,
    Choice,
    Comparison,
    Constant,
    DateLiteral,
    Local,
    Membership,
    Negative,
    Node,
    Not,
    Number,
    Or,
    Product,
    Quantifier,
    Sum,
)
from equipoise.methods.criteria.phrases import SIGNS, Phrases, pairs
from equipoise.methods.criteria.steps import Evidence, Missing, Step, Value
from equipoise.methods.criteria.vocabulary import Vocabulary

_TIMES = ("a", "mo", "wk", "d")
_ROWS_SHOWN = 12
"""Rows told by name; the rest are told by their number."""

_FIELDS_SHOWN = 4
"""Fields told of a row that decided a quantifier."""


class Observations:
    """Words what the steps of one vocabulary's rules saw."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.phrases = Phrases(vocabulary)

    def unknown(self, missing: Missing) -> Message:
        """Say which name is unknown, and why."""
        what = missing.label
        if missing.row:
            what = self._of_row(missing.collection, missing.row, what)
        return message("criteria.is_unknown", what=what, why=missing.reason)

    def condition(self, step: Step) -> list[Message]:
        """What a condition saw, without saying what is needed; of `and` and `or` only what decided them."""
        match step.node:
            case Quantifier() as node if isinstance(step.value, Truth):
                return [self.rows(step, node)]
            case Comparison() | Membership() | Between():
                return [self.subject(step.children[0])]
            case And() | Or():
                told = [child for child in step.children if child.value is step.value]
                return [part for child in told for part in self.condition(child)]
            case Not() | Local():
                return self.condition(step.children[0])
        return [self.subject(step)]

    # SUBJECTS AND THRESHOLDS

    def subject(self, step: Step) -> Message:
        """A value and where it comes from: `AST 30 U/L on 2026-03-01`."""
        node = step.node
        if step.evidence is not None:
            return self.read(step)
        if isinstance(node, Quantifier):
            return self._count(step, node)
        if isinstance(node, Local) and not isinstance(step.children[0].node, Choice):
            return self.subject(step.children[0])
        if isinstance(node, Call) and node.name in self._vocabulary.functions:
            return self._worked(step)
        params: dict[str, object] = {"text": self._worked(step), "value": self.value(step.value)}
        reasons = tuple(self._reasons(step))
        if isinstance(node, Choice | Local):
            return message("criteria.threshold", value=params["value"], text=reasons)
        return message("criteria.computed_because" if reasons else "criteria.computed", reasons=reasons, **params)

    def threshold(self, step: Step, subject: Step) -> Message:
        """What a subject is held against: `100 U/L (2.5 × ULN of AST 40 U/L)`."""
        if isinstance(step.node, Number) and isinstance(step.value, Amount) and isinstance(subject.value, Amount):
            same = step.value.unit == subject.value.unit
            return literal(step.value.number()) if same else self.value(step.value)
        if step.evidence is not None:
            return self.read(step)
        value = self.value(step.value, self.phrases.codes(subject.node))
        if isinstance(step.node, Number | Constant | DateLiteral):
            return value
        text = self._worked(step)
        parts = ([] if isinstance(step.node, Choice | Local) else [text]) + self._reasons(step)
        return message("criteria.threshold", value=value, text=tuple(parts or [text]))

    def _worked(self, step: Step) -> Message:
        """An expression with the values in their places."""
        node = step.node
        if step.evidence is not None:
            return self.read(step)
        match node:
            case Number() | Constant() | DateLiteral() | Choice():
                return self.value(step.value)
            case Local():
                inner = step.children[0]
                return self.value(step.value) if isinstance(inner.node, Choice) else self._inner(inner)
            case Sum(_, rest) | Product(_, rest):
                first, *others = (self._inner(child) for child in step.children)
                signed = [
                    message("criteria.phrase_sign", sign=SIGNS[sign], what=what)
                    for (sign, _), what in zip(rest, others, strict=True)
                ]
                return pairs("criteria.phrase_chain", [first, *signed])
            case Negative():
                return message("criteria.phrase_sign", sign=SIGNS["-"], what=self._inner(step.children[0]))
            case Quantifier():
                return self._count(step, node)
            case Call(name, _) if name in self._vocabulary.functions:
                details = tuple(self._worked(child) for child in step.children)
                label = self._vocabulary.functions[name].label
                return message("criteria.function", text=label, value=self.value(step.value), details=details)
            case Call("days", _):
                since, until = (self._worked(child) for child in step.children)
                return message("criteria.call_days", since=since, until=until)
            case Call(name, _):
                values = [self._worked(child) for child in step.children]
                return message(f"criteria.call_{name}", values=pairs("criteria.pair", values))
        return self.phrases.of(node)

    def _inner(self, step: Step) -> Message:
        worked = self._worked(step)
        inner = step.children[0] if isinstance(step.node, Local) else step
        return message("criteria.phrase_grouped", what=worked) if isinstance(inner.node, Sum | Product) else worked

    def _reasons(self, step: Step) -> list[Message]:
        """Why each `if` below went as it did."""
        if isinstance(step.node, Choice):
            asked = step.children[0]
            parts = (
                [self.unknown(missing) for missing in asked.missing]
                if asked.value is Truth.UNKNOWN
                else self.condition(asked)
            )
            return [message("criteria.because", value=self.value(step.value), why=tuple(parts))]
        if isinstance(step.node, Quantifier):
            return []
        return [reason for child in step.children for reason in self._reasons(child)]

    # LEAVES

    def read(self, step: Step) -> Message:
        """A leaf: label, value, date; of a register's row, which row."""
        leaf = step.evidence
        assert leaf is not None
        what = leaf.label
        if leaf.row:
            what = self._of_row(leaf.collection, leaf.row, what)
        if leaf.attribute:
            return message(
                "criteria.value",
                what=message(f"criteria.attribute_{leaf.attribute}", what=what),
                value=self.value(step.value),
            )
        kind = "value" if isinstance(leaf.value, Amount) else "answer"
        value = self._recorded(leaf, self.phrases.codes(step.node))
        if leaf.date is None or isinstance(leaf.value, PartialDate):
            return message(f"criteria.{kind}", what=what, value=value)
        return message(f"criteria.{kind}_on", what=what, value=value, date=str(leaf.date))

    def _of_row(self, collection: str, row: str, what: Message) -> Message:
        return message("criteria.of_row", register=self._vocabulary.collections[collection].label, row=row, what=what)

    def _recorded(self, leaf: Evidence, codes: Callable[[str], Message]) -> Message:
        value = self.value(leaf.value, codes)
        if isinstance(leaf.value, Amount) and isinstance(leaf.recorded, Quantity):
            if leaf.recorded.unit != leaf.value.unit:
                return message("criteria.converted", value=value, recorded=str(leaf.recorded))
            if leaf.value.unit not in _TIMES:
                return literal(str(leaf.recorded))  # as it was written, zeros included
        return value

    def value(self, value: Value | None, codes: Callable[[str], Message] = literal) -> Message:
        """A value by itself."""
        match value:
            case Truth():
                return message("criteria.yes" if value is Truth.TRUE else "criteria.no")
            case Amount(_, unit) if unit in _TIMES:
                number = value.number()
                return message(f"criteria.{'one' if number == '1' else 'many'}_{unit}", number=number)
            case Span(low, high):
                return message("criteria.from_to", low=self.value(low), high=self.value(high))
            case str():
                return codes(value)
            case frozenset() if value:
                return pairs("criteria.pair", [codes(code) for code in sorted(value)])
        return message("criteria.none") if value is NONE or value == frozenset() else literal(str(value))

    # REGISTERS

    def rows(self, step: Step, node: Quantifier) -> Message:
        """How many rows fulfil a condition, and the fields of the rows that decided it."""
        params: dict[str, object] = {
            "total": len(step.children),
            "register": self._vocabulary.collections[node.collection].label,
        }
        if not step.children:
            return message("criteria.empty", **params)
        if node.condition is None:
            return message("criteria.present", **params)
        params["condition"] = self.phrases.of(node.condition)
        broken = node.kind == "all" and step.value is Truth.FALSE
        told = [child for child in step.children if child.value is (Truth.FALSE if broken else Truth.TRUE)]
        params["found"] = len(told)
        if broken or (node.kind == "any" and told):
            parts = [self._row(child, node.collection) for child in told[:_ROWS_SHOWN]]
            params["rows"] = tuple(parts + _more(told))
            return message("criteria.lacking" if broken else "criteria.fulfil_rows", **params)
        return message("criteria.fulfil" if told else "criteria.fulfil_none", **params)

    def _row(self, step: Step, collection: str) -> Message:
        fields: dict[str, Message] = {}
        for inner in step.walk():
            leaf = inner.evidence
            if leaf is None or leaf.collection != collection or leaf.attribute or leaf.value is None:
                continue
            value = self._recorded(leaf, self.phrases.codes(inner.node))
            fields.setdefault(leaf.name, message("criteria.value", what=leaf.label, value=value))
        if not fields:
            return literal(step.row)
        listed: Sequence[Message] = list(fields.values())[:_FIELDS_SHOWN]
        return message("criteria.answer", what=step.row, value=pairs("criteria.pair", listed))

    def _count(self, step: Step, node: Quantifier) -> Message:
        what = self.phrases.register(node.kind, node.collection, node.condition, node.distinct)
        value = self.value(step.value)
        told = [child for child in step.children if child.value is not Truth.FALSE]
        told.sort(key=lambda child: child.value is Truth.UNKNOWN)
        names = [
            literal(child.row) if child.value is Truth.TRUE else message("criteria.row_undecided", row=child.row)
            for child in told[:_ROWS_SHOWN]
        ]
        names += _more(told)
        if not names:
            return message("criteria.counted", what=what, value=value)
        return message("criteria.counted_rows", what=what, value=value, rows=pairs("criteria.pair", names))


def _more(told: Sequence[Step]) -> list[Message]:
    return [message("criteria.more", number=len(told) - _ROWS_SHOWN)] if len(told) > _ROWS_SHOWN else []


def is_fixed(node: Node) -> bool:
    """Whether a node is written out in the rule, and so is a threshold rather than a subject."""
    return isinstance(node, Number | Constant | DateLiteral)
