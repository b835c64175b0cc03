"""The reference interpreter: a checked rule, a record and a date give a tree of steps.

Kleene logic throughout. An `if` whose condition is unknown is known only when both branches agree. Quantifiers and
counts over a register not declared complete are unknown. A count with undecided rows, and the days from a partial date,
are spans: a comparison they cannot change is decided, every other is unknown.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from equipoise.kernel.dates import PartialDate, Window
from equipoise.kernel.messages import Message, message
from equipoise.kernel.quantities import Quantity
from equipoise.kernel.truth import Truth, all_of, and_, any_of, known, not_
from equipoise.methods.criteria.amounts import Amount, Span
from equipoise.methods.criteria.arithmetic import added, agree, argument, counted, distinct
from equipoise.methods.criteria.comparisons import compare, margin_between
from equipoise.methods.criteria.doubts import condition, gap, merged, partial_date
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
    Sum,
    Today,
)
from equipoise.methods.criteria.readings import read_amount, read_value
from equipoise.methods.criteria.record import Known, Record, Row, Unknown
from equipoise.methods.criteria.steps import Evidence, Margin, Missing, Step, Value
from equipoise.methods.criteria.vocabulary import (
    Argument,
    BooleanType,
    Function,
    NumberType,
    Term,
    Vocabulary,
)

_NOT_ENTERED = Unknown(message("criteria.not_entered"))
_NO_ROW = Row("", {})


class Interpreter:
    """Judges checked rules on one record, on one date, in one window; values already read are kept."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        record: Record,
        on: date,
        *,
        window: Window | Unknown | None = None,
        rows: Mapping[str, Row] | None = None,
    ) -> None:
        self._vocabulary = vocabulary
        self._record = record
        self._on = on
        self._window = window
        self._rows: dict[str, Row] = dict(rows or {})
        self._bindings: dict[str, Node] = {}
        self._locals: dict[str, Step] = {}
        self._items: dict[str, Step] = {}

    def run(self, rule: Let) -> Step:
        """Judge a whole rule."""
        self._bindings, self._locals = dict(rule.bindings), {}
        return self.step(rule.body)

    def step(self, node: Node) -> Step:
        """Judge one node of a checked rule."""
        return _STEPS[type(node)](self, node)

    # LEAVES

    def number(self, node: Number) -> Step:
        """A number as written."""
        return Step(node, _written(node.value, node.unit or "1"))

    def constant(self, node: Constant) -> Step:
        """A code, a text, yes, no or none."""
        return Step(node, known(node.value) if isinstance(node.value, bool) else node.value)

    def date_literal(self, node: DateLiteral) -> Step:
        """A date as written."""
        return Step(node, node.date)

    def today(self, node: Today) -> Step:
        """The date judged on."""
        return Step(node, PartialDate.of(self._on))

    def local(self, node: Local) -> Step:
        """A local, judged once."""
        found = self._locals.get(node.name)
        if found is None:
            found = self._locals[node.name] = self.step(self._bindings[node.name])
        return Step(node, found.value, (found,), found.missing)

    def item(self, node: Item) -> Step:
        """An item of the vocabulary."""
        kept = self._items.get(node.name)
        if kept is None:
            term = self._vocabulary.items[node.name]
            window = self._window if term.windowed else None
            found = window if isinstance(window, Unknown) else self._record.latest(node.name, window, self._on)
            kept = self._items[node.name] = self._leaf(node, node.name, term, found)
        return kept

    def field(self, node: Field) -> Step:
        """A field of the row in hand; outside any row it is not yet entered."""
        term = self._vocabulary.collections[node.collection].fields[node.name]
        row = self._rows.get(node.collection, _NO_ROW)
        found = row.fields.get(node.name, _NOT_ENTERED)
        return self._leaf(node, node.name, term, found, node.collection, row.name)

    def _leaf(
        self, node: Node, name: str, term: Term, found: Known | Unknown, collection: str = "", row: str = ""
    ) -> Step:
        if isinstance(found, Known):
            value = read_value(self._vocabulary, name, term, found.value)
            if not isinstance(value, Message):
                evidence = Evidence(
                    name, term.label, value, found.value, found.date, found.source,
                    found.lower_limit, found.upper_limit, "", collection, row,
                )  # fmt: skip
                return Step(node, value, evidence=evidence)
            found = Unknown(value, found.source)
        missing = (Missing(name, term.label, found.reason, collection, row),)
        evidence = Evidence(name, term.label, None, source=found.source, collection=collection, row=row)
        return Step(node, Truth.UNKNOWN if isinstance(term.type, BooleanType) else None, (), missing, evidence)

    # CONDITIONS

    def conjunction(self, node: And) -> Step:
        """All of."""
        return self._joined(node, node.parts, all_of)

    def disjunction(self, node: Or) -> Step:
        """Any of."""
        return self._joined(node, node.parts, any_of)

    def _joined(self, node: Node, parts: tuple[Node, ...], rule: Callable[[Sequence[Truth]], Truth]) -> Step:
        steps = tuple([self.step(part) for part in parts])
        return condition(node, rule([step.truth for step in steps]), steps)

    def negation(self, node: Not) -> Step:
        """The contrary."""
        inner = self.step(node.operand)
        return condition(node, not_(inner.truth), (inner,))

    def comparison(self, node: Comparison) -> Step:
        """Two values compared."""
        left, right = self.step(node.left), self.step(node.right)
        truth = compare(node.operator, left.value, right.value)
        margin = margin_between(node.operator, left.value, right.value, truth)
        return condition(node, truth, (left, right), margin)

    def membership(self, node: Membership) -> Step:
        """One of a list."""
        steps = tuple([self.step(part) for part in (node.item, *node.options)])
        truth = any_of([compare("==", steps[0].value, option.value) for option in steps[1:]])
        return condition(node, not_(truth) if node.negated else truth, steps)

    def between(self, node: Between) -> Step:
        """Between two ends, both included; the margin is to the end that is nearer to being broken."""
        steps = tuple([self.step(part) for part in (node.item, node.low, node.high)])
        low, high = compare(">=", steps[0].value, steps[1].value), compare("<=", steps[0].value, steps[2].value)
        one = margin_between(">=", steps[0].value, steps[1].value, low)
        two = margin_between("<=", steps[0].value, steps[2].value, high)
        return condition(node, and_(low, high), steps, _tighter(one, two))

    def choice(self, node: Choice) -> Step:
        """The branch the condition selects; with the condition unknown, what both branches agree on."""
        asked = self.step(node.condition)
        if asked.value is not Truth.UNKNOWN:
            taken = self.step(node.then if asked.value is Truth.TRUE else node.otherwise)
            return Step(node, taken.value, (asked, taken), taken.missing)
        then, otherwise = self.step(node.then), self.step(node.otherwise)
        steps = (asked, then, otherwise)
        if agree(then.value, otherwise.value):
            return Step(node, then.value, steps)
        return Step(node, Truth.UNKNOWN if isinstance(then.value, Truth) else None, steps, merged(steps))

    # ARITHMETIC

    def sum(self, node: Sum) -> Step:
        """Additions and subtractions, left to right."""
        first = self.step(node.first)
        rest = [self.step(part) for _, part in node.rest]
        steps = (first, *rest)
        value, reason = first.value, None
        for (sign, _), step in zip(node.rest, rest, strict=True):
            if value is None or step.value is None:
                return gap(node, steps)
            value, reason = added(value, step.value, 1 if sign == "+" else -1)
            if reason is not None:
                return gap(node, steps, reason)
        return Step(node, value, steps, (merged(steps) or partial_date(steps)) if isinstance(value, Span) else ())

    def product(self, node: Product) -> Step:
        """Multiplications and divisions, left to right."""
        steps = tuple([self.step(part) for part in (node.first, *(part for _, part in node.rest))])
        value = steps[0].value
        for (sign, _), step in zip(node.rest, steps[1:], strict=True):
            if not isinstance(value, Amount) or not isinstance(step.value, Amount):
                return gap(node, steps)
            if sign == "/" and step.value.exact == 0:
                return gap(node, steps, message("criteria.division_by_zero"))
            value = value.times(step.value) if sign == "*" else value.over(step.value)
        return Step(node, value, steps)

    def negative(self, node: Negative) -> Step:
        """The sign changed."""
        inner = self.step(node.operand)
        if isinstance(inner.value, Amount):
            return Step(node, Amount(-inner.value.exact, inner.value.unit), (inner,))
        return gap(node, (inner,))

    # FUNCTIONS

    def call(self, node: Call) -> Step:
        """A function."""
        if node.name in ("uln", "lln", "sample_date", "is_known", "answered"):
            return self._attribute(node)
        steps = tuple([self.step(argument) for argument in node.arguments])
        if node.name == "days":
            return self._days(node, steps)
        if node.name == "includes":
            item, code = steps
            held = isinstance(item.value, frozenset) and code.value in item.value
            return condition(node, Truth.UNKNOWN if item.missing else known(held), steps)
        unsure = any(step.value is None or step.value is Truth.UNKNOWN or step.missing for step in steps)
        if node.name in ("min", "max", "abs"):
            return gap(node, steps) if unsure else self._extreme(node, steps)
        function = self._vocabulary.functions[node.name]
        if unsure:
            return gap(node, steps, boolean=isinstance(function.result, BooleanType))
        return self._function(node, steps, function)

    def _function(self, node: Call, steps: tuple[Step, ...], function: Function) -> Step:
        boolean = isinstance(function.result, BooleanType)
        arguments: list[Argument] = []
        for step, parameter in zip(steps, function.parameters, strict=True):
            given = argument(step.value, parameter)
            if given is None:
                return gap(node, steps, message("criteria.answered_none"), boolean=boolean)
            arguments.append(given)
        try:
            result = function.compute(*arguments)
        except (ValueError, ArithmeticError) as error:
            return gap(node, steps, message("criteria.undefined", why=str(error)), boolean=boolean)
        if isinstance(result, bool):
            return Step(node, known(result), steps)
        if isinstance(result, Quantity):
            assert isinstance(function.result, NumberType)
            return Step(node, Amount.of(result).to(function.result.unit), steps)
        return Step(node, result, steps)

    def _attribute(self, node: Call) -> Step:
        target = node.arguments[0]
        inner = self.step(target)
        evidence = inner.evidence
        assert evidence is not None
        if node.name in ("is_known", "answered"):
            is_known = not inner.missing
            return Step(node, known(is_known), (inner,), (), evidence._replace(attribute=node.name))
        if inner.missing:
            return Step(node, None, (inner,), inner.missing, evidence._replace(attribute=node.name))
        if node.name == "sample_date":
            found: Value | None = evidence.date
            reason = message("criteria.undated")
        else:
            found, reason = self._limit(node.name, target, evidence)
        place = (evidence.collection, evidence.row)
        missing = () if found is not None else (Missing(evidence.name, evidence.label, reason, *place),)
        return Step(node, found, (inner,), missing, evidence._replace(value=found, attribute=node.name))

    def _limit(self, which: str, target: Node, evidence: Evidence) -> tuple[Amount | None, Message]:
        limit = evidence.upper_limit if which == "uln" else evidence.lower_limit
        if limit is None:
            return None, message("criteria.no_upper_limit" if which == "uln" else "criteria.no_lower_limit")
        fields = self._vocabulary.collections[target.collection].fields if isinstance(target, Field) else None
        kind = (self._vocabulary.items if fields is None else fields)[evidence.name].type
        assert isinstance(kind, NumberType)
        found = read_amount(self._vocabulary, evidence.name, limit, kind.unit)
        return (None, found) if isinstance(found, Message) else (found, message("criteria.not_entered"))

    def _days(self, node: Call, steps: tuple[Step, ...]) -> Step:
        since, until = steps[0].value, steps[1].value
        if since is None or until is None:
            return gap(node, steps)
        value, reason = added(until, since, -1)
        if reason is not None:
            return gap(node, steps, reason)
        return Step(node, value, steps, partial_date(steps) if isinstance(value, Span) else ())

    def _extreme(self, node: Call, steps: tuple[Step, ...]) -> Step:
        amounts = [step.value for step in steps if isinstance(step.value, Amount)]
        best = amounts[0]
        if node.name == "abs":
            return Step(node, Amount(abs(best.exact), best.unit), steps)
        for other in amounts[1:]:
            if other.compare(best) == (-1 if node.name == "min" else 1):
                best = other
        return Step(node, best.to(amounts[0].unit), steps)

    # QUANTIFIERS

    def quantifier(self, node: Quantifier) -> Step:
        """Any, all, count or count_distinct over the rows of a register."""
        register = self._vocabulary.collections[node.collection]
        rows = self._record.rows(node.collection)
        if register.needs_declaration and not rows.complete:
            reason = message("criteria.not_complete")
            missing = (Missing(node.collection, register.label, reason, node.collection),)
            return Step(node, None if node.kind.startswith("count") else Truth.UNKNOWN, (), missing)
        outer = self._rows.get(node.collection)
        steps: list[Step] = []
        values: list[Step] = []
        for row in rows.rows:
            self._rows[node.collection] = row
            judged = self._row_step(node)
            steps.append(Step(judged.node, judged.value, (judged,), judged.missing, None, None, row.name))
            if node.distinct is not None:
                values.append(self.step(node.distinct))
        if outer is not None:
            self._rows[node.collection] = outer
        else:
            self._rows.pop(node.collection, None)
        truths = [step.truth for step in steps]
        if node.kind in ("any", "all"):
            return condition(node, (any_of if node.kind == "any" else all_of)(truths), tuple(steps))
        low, high = counted(truths) if node.distinct is None else distinct(truths, values)
        value: Value = Amount(Fraction(low)) if low == high else Span(Amount(Fraction(low)), Amount(Fraction(high)))
        doubted = [s for s in steps if s.value is Truth.UNKNOWN]
        doubted += [v for v, truth in zip(values, truths, strict=bool(values)) if truth is not Truth.FALSE]
        return Step(node, value, tuple(steps), merged(doubted) if low != high else ())

    def _row_step(self, node: Quantifier) -> Step:
        return Step(node, Truth.TRUE) if node.condition is None else self.step(node.condition)


_STEPS: dict[type[Node], Callable[..., Step]] = {
    Number: Interpreter.number, Constant: Interpreter.constant, DateLiteral: Interpreter.date_literal,
    Today: Interpreter.today, Local: Interpreter.local, Item: Interpreter.item, Field: Interpreter.field,
    And: Interpreter.conjunction, Or: Interpreter.disjunction, Not: Interpreter.negation,
    Comparison: Interpreter.comparison, Membership: Interpreter.membership, Between: Interpreter.between,
    Choice: Interpreter.choice, Sum: Interpreter.sum, Product: Interpreter.product, Negative: Interpreter.negative,
    Call: Interpreter.call, Quantifier: Interpreter.quantifier,
}  # fmt: skip


def _tighter(one: Margin | None, two: Margin | None) -> Margin | None:
    """Of the margins to two ends: the one that is broken, else the nearer."""
    if one is None or two is None:
        return one or two
    if one.is_met is not two.is_met:
        return two if one.is_met else one
    return one if one.distance.compare(two.distance) <= 0 else two


@lru_cache(maxsize=4096)
def _written(number: Decimal, code: str) -> Amount:
    return Amount(Fraction(number), code)
