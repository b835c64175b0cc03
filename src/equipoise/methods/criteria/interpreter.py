"""The reference interpreter: a checked rule, a record and a date give a tree of steps.

Kleene logic throughout. An `if` whose condition is unknown is known only when both branches agree. Quantifiers and
counts over a register not declared complete are unknown. A count with undecided rows, and the days from a partial date,
are spans: a comparison they cannot change is decided, every other is unknown.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from equipoise.kernel.dates import PartialDate, Window
from equipoise.kernel.messages import Message, message
from equipoise.kernel.quantities import Quantity, unit
from equipoise.kernel.truth import Truth, all_of, and_, any_of, known, not_
from equipoise.methods.criteria.amounts import Amount, Span
from equipoise.methods.criteria.comparisons import compare, margin_between
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
    NoneAnswer,
    Not,
    Number,
    Or,
    Product,
    Quantifier,
    Sum,
    Today,
)
from equipoise.methods.criteria.record import Known, Record, RecordedValue, Row, Unknown
from equipoise.methods.criteria.steps import Evidence, Missing, Step, Value
from equipoise.methods.criteria.vocabulary import (
    Argument,
    BooleanType,
    CodesType,
    CodeType,
    DateType,
    Function,
    NumberType,
    Term,
    Type,
    Vocabulary,
)

_NOT_ENTERED = Unknown(message("criteria.not_entered"))


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
        return Step(node, Amount(Fraction(node.value), node.unit or "1"))

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
        term, found = self._found(node)
        return self._leaf(node, node.name, term, found)

    def field(self, node: Field) -> Step:
        """A field of the row in hand."""
        term, found = self._found(node)
        return self._leaf(node, node.name, term, found, node.collection, self._rows[node.collection].name)

    def _found(self, node: Node) -> tuple[Term, Known | Unknown]:
        if isinstance(node, Field):
            term = self._vocabulary.collections[node.collection].fields[node.name]
            return term, self._rows[node.collection].fields.get(node.name, _NOT_ENTERED)
        assert isinstance(node, Item)
        term = self._vocabulary.items[node.name]
        window = self._window if term.windowed else None
        if isinstance(window, Unknown):
            return term, window
        return term, self._record.latest(node.name, window, self._on)

    def _leaf(
        self, node: Node, name: str, term: Term, found: Known | Unknown, collection: str = "", row: str = ""
    ) -> Step:
        if isinstance(found, Known):
            value = self._read(name, term, found.value)
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

    def _read(self, name: str, term: Term, value: RecordedValue) -> Value | Message:
        """A recorded value as the term's type, or the reason why it cannot be."""
        if value is NONE:
            return NONE if term.may_be_none else message("criteria.answered_none")
        match term.type:
            case NumberType(code):
                return self._amount(name, value, code)
            case BooleanType() if isinstance(value, bool):
                return known(value)
            case BooleanType() if isinstance(value, Truth):
                return message("criteria.in_doubt") if value is Truth.UNKNOWN else value
            case CodesType(codes) if isinstance(value, tuple):
                foreign = [code for code in value if code not in codes]
                return message("criteria.unreadable", seen=", ".join(foreign)) if foreign else frozenset(value)
            case DateType() if isinstance(value, PartialDate):
                return value
            case DateType() if isinstance(value, date):
                return PartialDate.of(value)
            case CodeType(codes) if isinstance(value, int | Decimal) and not isinstance(value, bool):
                return str(value) if str(value) in codes else message("criteria.unreadable", seen=str(value))
            case CodeType(codes) if isinstance(value, str):
                return value if value in codes else message("criteria.unreadable", seen=value)
            case _ if isinstance(value, str) and not isinstance(term.type, BooleanType | DateType):
                return value
        return message("criteria.unreadable", seen=str(value))

    def _amount(self, name: str, value: RecordedValue, code: str) -> Amount | Message:
        if isinstance(value, Quantity):
            if unit(value.unit).converts_to(unit(code)):
                return Amount.of(value).to(code)
            try:
                return Amount.of(self._vocabulary.convert(name, value, code))
            except ValueError as error:
                return message("criteria.unconvertible", seen=str(value), unit=code, why=str(error))
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return message("criteria.unreadable", seen=str(value))
        if isinstance(value, Decimal) and not value.is_finite():
            return message("criteria.unreadable", seen=str(value))
        if code != "1":
            return message("criteria.no_unit", seen=str(value), unit=code)
        return Amount(Fraction(value))

    # CONDITIONS

    def conjunction(self, node: And) -> Step:
        """All of."""
        return self._joined(node, node.parts, all_of)

    def disjunction(self, node: Or) -> Step:
        """Any of."""
        return self._joined(node, node.parts, any_of)

    def _joined(self, node: Node, parts: tuple[Node, ...], rule: Callable[[Sequence[Truth]], Truth]) -> Step:
        steps = tuple([self.step(part) for part in parts])
        return _condition(node, rule([step.truth for step in steps]), steps)

    def negation(self, node: Not) -> Step:
        """The contrary."""
        inner = self.step(node.operand)
        return _condition(node, not_(inner.truth), (inner,))

    def comparison(self, node: Comparison) -> Step:
        """Two values compared."""
        left, right = self.step(node.left), self.step(node.right)
        truth = compare(node.operator, left.value, right.value)
        step = _condition(node, truth, (left, right))
        margin = margin_between(node.operator, left.value, right.value, truth)
        return step if margin is None else replace(step, margin=margin)

    def membership(self, node: Membership) -> Step:
        """One of a list."""
        steps = tuple([self.step(part) for part in (node.item, *node.options)])
        truth = any_of([compare("==", steps[0].value, option.value) for option in steps[1:]])
        return _condition(node, not_(truth) if node.negated else truth, steps)

    def between(self, node: Between) -> Step:
        """Between two ends, both included; the margin is to the end that is nearer to being broken."""
        steps = tuple([self.step(part) for part in (node.item, node.low, node.high)])
        low, high = compare(">=", steps[0].value, steps[1].value), compare("<=", steps[0].value, steps[2].value)
        step = _condition(node, and_(low, high), steps)
        one = margin_between(">=", steps[0].value, steps[1].value, low)
        two = margin_between("<=", steps[0].value, steps[2].value, high)
        if one is None or two is None:
            return step if one is two else replace(step, margin=one or two)
        if one.is_met is not two.is_met:
            return replace(step, margin=two if one.is_met else one)
        return replace(step, margin=one if one.distance.compare(two.distance) <= 0 else two)

    def choice(self, node: Choice) -> Step:
        """The branch the condition selects; with the condition unknown, what both branches agree on."""
        condition = self.step(node.condition)
        if condition.value is not Truth.UNKNOWN:
            taken = self.step(node.then if condition.value is Truth.TRUE else node.otherwise)
            return Step(node, taken.value, (condition, taken), taken.missing)
        then, otherwise = self.step(node.then), self.step(node.otherwise)
        steps = (condition, then, otherwise)
        if _agree(then.value, otherwise.value):
            return Step(node, then.value, steps)
        missing = _merge((*condition.missing, *then.missing, *otherwise.missing))
        isboolean = isinstance(then.value, Truth)
        return Step(node, Truth.UNKNOWN if isboolean else None, steps, missing)

    # ARITHMETIC

    def sum(self, node: Sum) -> Step:
        """Additions and subtractions, left to right."""
        first = self.step(node.first)
        rest = [self.step(part) for _, part in node.rest]
        steps = (first, *rest)
        value, reason = first.value, None
        for (sign, _), step in zip(node.rest, rest, strict=True):
            if value is None or step.value is None:
                return _gap(node, steps)
            value, reason = _added(value, step.value, 1 if sign == "+" else -1)
            if reason is not None:
                return _gap(node, steps, reason)
        return Step(node, value, steps, (_merged(steps) or _date_doubt(node, steps)) if isinstance(value, Span) else ())

    def product(self, node: Product) -> Step:
        """Multiplications and divisions, left to right."""
        steps = tuple([self.step(part) for part in (node.first, *(part for _, part in node.rest))])
        value = steps[0].value
        for (sign, _), step in zip(node.rest, steps[1:], strict=True):
            if not isinstance(value, Amount) or not isinstance(step.value, Amount):
                return _gap(node, steps)
            if sign == "/" and step.value.exact == 0:
                return _gap(node, steps, message("criteria.division_by_zero"))
            value = value.times(step.value) if sign == "*" else value.over(step.value)
        return Step(node, value, steps)

    def negative(self, node: Negative) -> Step:
        """The sign changed."""
        inner = self.step(node.operand)
        if isinstance(inner.value, Amount):
            return Step(node, Amount(-inner.value.exact, inner.value.unit), (inner,))
        return _gap(node, (inner,))

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
            return _condition(node, Truth.UNKNOWN if item.missing else known(held), steps)
        if any(step.value is None or step.value is Truth.UNKNOWN or step.missing for step in steps):
            return _gap(node, steps)
        if node.name in ("min", "max", "abs"):
            return self._extreme(node, steps)
        return self._function(node, steps, self._vocabulary.functions[node.name])

    def _function(self, node: Call, steps: tuple[Step, ...], function: Function) -> Step:
        arguments: list[Argument] = []
        for step, parameter in zip(steps, function.parameters, strict=True):
            argument = _argument(step.value, parameter)
            if argument is None:
                return _gap(node, steps, message("criteria.answered_none"))
            arguments.append(argument)
        try:
            result = function.compute(*arguments)
        except (ValueError, ArithmeticError) as error:
            return _gap(node, steps, message("criteria.undefined", why=str(error)))
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
            return Step(node, known(is_known), (inner,), (), replace(evidence, attribute=node.name))
        if inner.missing:
            return Step(node, None, (inner,), inner.missing, replace(evidence, attribute=node.name))
        if node.name == "sample_date":
            found: Value | None = evidence.date
            reason = message("criteria.undated")
        else:
            found, reason = self._limit(node.name, target, evidence)
        place = (evidence.collection, evidence.row)
        missing = () if found is not None else (Missing(evidence.name, evidence.label, reason, *place),)
        return Step(node, found, (inner,), missing, replace(evidence, value=found, attribute=node.name))

    def _limit(self, which: str, target: Node, evidence: Evidence) -> tuple[Amount | None, Message]:
        limit = evidence.upper_limit if which == "uln" else evidence.lower_limit
        if limit is None:
            return None, message("criteria.no_upper_limit" if which == "uln" else "criteria.no_lower_limit")
        term, _ = self._found(target)
        assert isinstance(term.type, NumberType)
        found = self._amount(evidence.name, limit, term.type.unit)
        return (None, found) if isinstance(found, Message) else (found, message("criteria.not_entered"))

    def _days(self, node: Call, steps: tuple[Step, ...]) -> Step:
        since, until = steps[0].value, steps[1].value
        if since is None or until is None:
            return _gap(node, steps)
        value, reason = _added(until, since, -1)
        if reason is not None:
            return _gap(node, steps, reason)
        return Step(node, value, steps, _date_doubt(node, steps) if isinstance(value, Span) else ())

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
            steps.append(replace(self._row_step(node), row=row.name))
            if node.distinct is not None:
                values.append(self.step(node.distinct))
        if outer is not None:
            self._rows[node.collection] = outer
        else:
            self._rows.pop(node.collection, None)
        truths = [step.truth for step in steps]
        if node.kind in ("any", "all"):
            return _condition(node, (any_of if node.kind == "any" else all_of)(truths), tuple(steps))
        low, high = _counted(truths) if node.distinct is None else _distinct(truths, values)
        value: Value = Amount(Fraction(low)) if low == high else Span(Amount(Fraction(low)), Amount(Fraction(high)))
        doubted = [s for s in steps if s.value is Truth.UNKNOWN]
        doubted += [v for v, truth in zip(values, truths, strict=bool(values)) if truth is not Truth.FALSE]
        return Step(node, value, tuple(steps), _merged(doubted) if low != high else ())

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


def _condition(node: Node, truth: Truth, steps: tuple[Step, ...]) -> Step:
    if truth is not Truth.UNKNOWN:
        return Step(node, truth, steps)
    return Step(node, truth, steps, _merged(steps) or _doubt(node, steps))


def _doubt(node: Node, steps: Sequence[Step]) -> tuple[Missing, ...]:
    """Why a comparison of known values is unknown: a partial date, or an order asked of the answer none."""
    none = any(step.value is NONE for step in steps)
    return _gap(node, steps, message("criteria.answered_none") if none else message("criteria.partial_date")).missing


def _gap(node: Node, steps: Sequence[Step], reason: Message | None = None) -> Step:
    """A value that cannot be had: for the reasons below it, or for one of its own."""
    missing = _merged(steps)
    if reason is not None or not missing:
        leaves = [step.evidence for top in steps for step in top.walk() if step.evidence is not None]
        leaves.sort(key=_is_sound)
        why = reason or message("criteria.in_doubt")
        missing = (
            *missing,
            *(Missing(leaf.name, leaf.label, why, leaf.collection, leaf.row) for leaf in leaves[:1]),
        ) or (Missing("", message("criteria.the_rule"), why),)
    return Step(node, None, tuple(steps), missing)


def _is_sound(leaf: Evidence) -> bool:
    """Whether a leaf is no cause of doubt: a partial date or the answer none is blamed before others."""
    return leaf.value is not NONE and not (isinstance(leaf.value, PartialDate) and not leaf.value.is_complete)


def _date_doubt(node: Node, steps: Sequence[Step]) -> tuple[Missing, ...]:
    return _gap(node, steps, message("criteria.partial_date")).missing


def _merged(steps: Sequence[Step]) -> tuple[Missing, ...]:
    if len(steps) == 1:
        return steps[0].missing
    return _merge([missing for step in steps for missing in step.missing])


def _merge(missing: Sequence[Missing]) -> tuple[Missing, ...]:
    distinct: list[Missing] = []
    for one in missing:
        if one not in distinct:
            distinct.append(one)
    return tuple(distinct)


def _agree(one: Value | None, two: Value | None) -> bool:
    if isinstance(one, Amount) and isinstance(two, Amount):
        return one.compare(two) == 0
    if isinstance(one, PartialDate) and not one.is_complete:
        return False
    return one is not None and not isinstance(one, Span) and one is not Truth.UNKNOWN and one == two


def _added(left: Value, right: Value, sign: int) -> tuple[Value | None, Message | None]:
    """The sum or difference of two known values, or the reason why there is none."""
    match left, right:
        case Amount(), Amount():
            return left.plus(right, sign), None
        case ((Amount() | Span()), (Amount() | Span())):
            low, high = _ends(left)
            other_low, other_high = _ends(right) if sign == 1 else reversed(_ends(right))
            return Span(low.plus(other_low, sign), high.plus(other_high, sign)), None
        case PartialDate(), PartialDate():
            low = Amount(Fraction((left.earliest - right.latest).days), "d")
            high = Amount(Fraction((left.latest - right.earliest).days), "d")
            return (low if low == high else Span(low, high)), None
        case PartialDate(), Amount():
            days = right.to("d").exact * sign
            if not left.is_complete or days.denominator != 1:
                return None, message("criteria.partial_date")
            try:
                return PartialDate.of(date.fromordinal(left.earliest.toordinal() + int(days))), None
            except (ValueError, OverflowError):
                return None, message("criteria.date_out_of_range")
        case (NoneAnswer(), _) | (_, NoneAnswer()):
            return None, message("criteria.answered_none")
    return None, message("criteria.in_doubt")


def _ends(value: Amount | Span) -> tuple[Amount, Amount]:
    return (value, value) if isinstance(value, Amount) else (value.low, value.high)


def _counted(truths: Sequence[Truth]) -> tuple[int, int]:
    sure = sum(truth is Truth.TRUE for truth in truths)
    return sure, sure + sum(truth is Truth.UNKNOWN for truth in truths)


def _distinct(truths: Sequence[Truth], values: Sequence[Step]) -> tuple[int, int]:
    """How few and how many different values the rows that count can have."""
    sure: set[object] = set()
    possible: set[object] = set()
    nameless, certain = 0, False
    for truth, step in zip(truths, values, strict=True):
        if truth is Truth.FALSE:
            continue
        certain = certain or truth is Truth.TRUE
        if step.value is None or step.value is Truth.UNKNOWN:
            nameless += 1
            continue
        key = (step.value.exact * unit(step.value.unit).factor) if isinstance(step.value, Amount) else step.value
        possible.add(key)
        if truth is Truth.TRUE:
            sure.add(key)
    return max(len(sure), 1 if certain else 0), len(possible) + nameless


def _argument(value: Value | None, parameter: Type) -> Argument | None:
    match value:
        case Amount():
            assert isinstance(parameter, NumberType)
            return value.to(parameter.unit).quantity()
        case Truth():
            return value is Truth.TRUE
        case str() | PartialDate():
            return value
    return None
