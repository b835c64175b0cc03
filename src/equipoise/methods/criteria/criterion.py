"""Rules and criteria ready to be judged, and the judgement.

A `Rule` is a checked text. A `Criterion` is a rule with its window and its exceptions, as a protocol states it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

from equipoise.kernel.dates import PartialDate, Window
from equipoise.kernel.messages import Message, message
from equipoise.kernel.quantities import Quantity
from equipoise.kernel.truth import Truth, any_of, not_
from equipoise.methods.criteria.amounts import Amount, Span
from equipoise.methods.criteria.checker import check
from equipoise.methods.criteria.explanation import Explainer, joined
from equipoise.methods.criteria.faults import RuleError
from equipoise.methods.criteria.formatter import format_rule
from equipoise.methods.criteria.interpreter import Interpreter
from equipoise.methods.criteria.nodes import Field, Item, Let, NoneAnswer, Quantifier, walk
from equipoise.methods.criteria.parser import parse
from equipoise.methods.criteria.record import Record, Row, Unknown
from equipoise.methods.criteria.steps import Evidence, Missing, Step
from equipoise.methods.criteria.vocabulary import Type, Vocabulary
from equipoise.methods.criteria.windows import WindowSpec

CURRENT_ANCHORS = frozenset({"randomization", "evaluation", "today"})
"""Anchors that stand for the date a criterion is judged on, unless their own date is given."""


@dataclass(frozen=True, slots=True)
class Reads:
    """The names a rule reads: items, fields of registers as (register, field), and registers."""

    items: frozenset[str]
    fields: frozenset[tuple[str, str]]
    registers: frozenset[str]


@dataclass(frozen=True)
class Rule:
    """A rule whose words are looked up, in the vocabulary it was checked against."""

    syntax: Let
    tree: Let
    type: Type | None
    vocabulary: Vocabulary = field(repr=False, compare=False)

    @cached_property
    def text(self) -> str:
        """The canonical text."""
        return format_rule(self.syntax)

    @cached_property
    def reads(self) -> Reads:
        """Which names the rule reads."""
        nodes = list(walk(self.tree))
        return Reads(
            frozenset(node.name for node in nodes if isinstance(node, Item)),
            frozenset((node.collection, node.name) for node in nodes if isinstance(node, Field)),
            frozenset(node.collection for node in nodes if isinstance(node, Quantifier | Field)),
        )


@dataclass(frozen=True)
class Exempting:
    """An exception: where its rule holds, the criterion is met by exception."""

    id: str
    label: Message
    rule: Rule


@dataclass(frozen=True)
class Criterion:
    """A rule, the window its results are looked for in, its exceptions.

    With `excludes`, the rule describes whom to exclude: the criterion is met where the rule is false.
    """

    rule: Rule
    within: WindowSpec | None = None
    unless: tuple[Exempting, ...] = ()
    excludes: bool = False

    @property
    def reads(self) -> Reads:
        """Which names the criterion reads, its exceptions' included."""
        found = [self.rule.reads, *(exception.rule.reads for exception in self.unless)]
        return Reads(
            frozenset().union(*(reads.items for reads in found)),
            frozenset().union(*(reads.fields for reads in found)),
            frozenset().union(*(reads.registers for reads in found)),
        )


@dataclass(frozen=True)
class Judgement:
    """What came of judging a criterion: TRUE is met, FALSE is not met.

    `step` is the rule's tree, `exceptions` each exception with its tree, `by_exception` the exception the criterion is
    met by where the rule alone does not do.
    """

    criterion: Criterion = field(repr=False)
    on: date
    truth: Truth
    step: Step
    exceptions: tuple[tuple[Exempting, Step], ...] = ()
    by_exception: Exempting | None = None

    @cached_property
    def missing(self) -> tuple[Missing, ...]:
        """The names that leave it unknown, and why; empty where it is decided."""
        if self.truth is not Truth.UNKNOWN:
            return ()
        found: list[Missing] = []
        for step in (self.step, *(step for _, step in self.exceptions)):
            if step.value is Truth.UNKNOWN:
                found.extend(missing for missing in step.missing if missing not in found)
        return tuple(found)

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """Every leaf read, with value, unit, date, source and limits; each once."""
        found: dict[tuple[str, str, str, str], Evidence] = {}
        for top in (self.step, *(step for _, step in self.exceptions)):
            for step in top.walk():
                leaf = step.evidence
                if leaf is not None:
                    found.setdefault((leaf.collection, leaf.row, leaf.name, leaf.attribute), leaf)
        return tuple(found.values())

    @cached_property
    def explanation(self) -> Message:
        """One sentence: what was seen, what is needed, the margin; or what is missing, and why."""
        explainer = Explainer(self.criterion.rule.vocabulary)
        wanted = not self.criterion.excludes
        own = explainer.sentence(self.step, wanted=wanted)
        if self.by_exception is not None:
            why = next(explainer.sentence(step) for one, step in self.exceptions if one is self.by_exception)
            return message("criteria.met_by_exception", exception=self.by_exception.label, why=why)
        rule_truth = self.step.truth if wanted else not_(self.step.truth)
        if rule_truth is Truth.TRUE or not self.exceptions:
            return own
        if rule_truth is Truth.UNKNOWN:
            return explainer.unknown(self.missing)
        undecided = [(one, step) for one, step in self.exceptions if step.value is Truth.UNKNOWN]
        if undecided:
            labels = tuple(one.label for one, _ in undecided)
            found = joined([explainer.sentence(step) for _, step in undecided])
            return message("criteria.exception_open", why=own, exception=labels, open=found)
        found = joined([explainer.sentence(step) for _, step in self.exceptions])
        return message("criteria.no_exception", why=own, exceptions=found)


def read_rule(text: str, vocabulary: Vocabulary, *, boolean: bool = True, row_of: str | None = None) -> Rule:
    """Parse and check a rule. Raises RuleError with every fault.

    `boolean=False` allows rules that give a number, code or date (derived items, strata). `row_of` names the register
    whose row the rule is judged in (conditional items and edit checks of a repeated form).
    """
    syntax = _parsed(text)
    checked = check(syntax, vocabulary, boolean=boolean, row_of=row_of)
    if checked.faults:
        raise RuleError(checked.faults)
    return Rule(syntax, checked.tree, checked.type, vocabulary)


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Let:
    return parse(text)


def judge(criterion: Criterion, record: Record, on: date, *, anchors: Mapping[str, date] | None = None) -> Judgement:
    """Judge a criterion on a record, as of a date.

    `anchors` dates the anchors of windows (`consent`); `randomization`, `evaluation` and `today` are `on` unless given.
    """
    interpreter = Interpreter(
        criterion.rule.vocabulary, record, on, window=_window(criterion.within, on, anchors or {})
    )
    step = interpreter.run(criterion.rule.tree)
    own = not_(step.truth) if criterion.excludes else step.truth
    if not criterion.unless:
        return Judgement(criterion, on, own, step)
    exceptions = tuple((one, interpreter.run(one.rule.tree)) for one in criterion.unless)
    truth = any_of([own, *(found.truth for _, found in exceptions)])
    by = None
    if own is not Truth.TRUE:
        by = next((one for one, found in exceptions if found.value is Truth.TRUE), None)
    return Judgement(criterion, on, truth, step, exceptions, by)


type Plain = Truth | Quantity | str | frozenset[str] | PartialDate | NoneAnswer
"""What a rule gives when no explanation is asked for."""


def evaluate(
    rule: Rule,
    record: Record,
    on: date,
    *,
    within: WindowSpec | None = None,
    anchors: Mapping[str, date] | None = None,
    row: Row | None = None,
    row_of: str | None = None,
) -> Plain | Unknown:
    """The value of a rule: a Truth for a condition, else the value, or Unknown with the reason."""
    rows = {row_of: row} if row is not None and row_of is not None else None
    window = _window(within, on, anchors or {})
    return plain(Interpreter(rule.vocabulary, record, on, window=window, rows=rows).run(rule.tree))


def plain(step: Step) -> Plain | Unknown:
    """The value of a step, for those who need no tree."""
    match step.value:
        case Amount():
            return step.value.quantity()
        case None | Span():
            return Unknown(joined([missing.reason for missing in step.missing]))
    return step.value


def _window(spec: WindowSpec | None, on: date, anchors: Mapping[str, date]) -> Window | Unknown | None:
    if spec is None:
        return None
    anchor = anchors.get(spec.anchor)
    if anchor is None:
        if spec.anchor not in CURRENT_ANCHORS:
            return Unknown(message("criteria.no_anchor", anchor=spec.anchor))
        anchor = on
    return spec.on(anchor)
