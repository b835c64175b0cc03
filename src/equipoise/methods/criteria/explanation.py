"""Steps into sentences: what was seen, what is needed, and the margin between them."""

from collections.abc import Callable, Sequence

from equipoise.kernel.dates import PartialDate
from equipoise.kernel.messages import Message, literal, message
from equipoise.kernel.quantities import Quantity
from equipoise.kernel.truth import Truth, not_
from equipoise.methods.criteria.amounts import Amount, Span
from equipoise.methods.criteria.comparisons import CONTRARY, MIRRORED
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
    Node,
    Not,
    Number,
    Or,
    Quantifier,
)
from equipoise.methods.criteria.phrases import DATE_WORDS, NUMBER_WORDS, Phrases, pairs
from equipoise.methods.criteria.steps import Evidence, Margin, Missing, Step, Value
from equipoise.methods.criteria.vocabulary import Vocabulary


def joined(parts: Sequence[Message]) -> Message:
    """Build one sentence of several; each stands once."""
    distinct: list[Message] = []
    for part in parts:
        if part not in distinct:
            distinct.append(part)
    return distinct[0] if len(distinct) == 1 else message("criteria.joined", parts=tuple(distinct))


def unknown(missing: Missing, vocabulary: Vocabulary) -> Message:
    """Say which name is not known, and why."""
    what = missing.label
    if missing.row:
        row = message("criteria.value", what=vocabulary.collections[missing.collection].label, value=missing.row)
        what = message("criteria.of_row", row=row, what=missing.label)
    return message("criteria.is_unknown", what=what, why=missing.reason)


class Explainer:
    """Words the steps of one vocabulary's rules."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._phrases = Phrases(vocabulary)

    def sentence(self, step: Step, *, wanted: bool = True) -> Message:
        """Say why a condition holds, fails or is unknown; `wanted` is what the criterion needs it to be."""
        return joined(self._parts(step, wanted))

    def _parts(self, step: Step, wanted: bool) -> list[Message]:
        node = step.node
        truth = step.truth if wanted else not_(step.truth)
        match node:
            case And() | Or():
                return self._several(step, wanted, truth, all_needed=isinstance(node, And) is wanted)
            case Not():
                return self._parts(step.children[0], not wanted)
            case Local():
                return self._parts(step.children[0], wanted)
            case Choice() if truth is not Truth.UNKNOWN or not step.missing:
                return [part for child in step.children[1:] for part in self._parts(child, wanted)]
            case Constant():
                return [message("criteria.always")]
        if truth is Truth.UNKNOWN:
            return [unknown(missing, self._vocabulary) for missing in step.missing]
        match node:
            case Comparison():
                return [self._comparison(step, node, wanted)]
            case Membership():
                return [self._membership(step, node, wanted)]
            case Between():
                return [self._between(step, wanted)]
            case Quantifier():
                return [self._quantifier(step, node, wanted)]
            case Call(name="includes"):
                seen, needed = self._subject(step.children[0]), self._phrases.of(node)
                return [
                    message(
                        "criteria.needs",
                        subject=seen,
                        needed=needed if wanted else message("criteria.phrase_not", what=needed),
                    )
                ]
            case Call() if step.evidence is None:
                return [self._answer(self._subject(step), wanted)]
        return [self._answer(self._read(step), wanted)]

    def _several(self, step: Step, wanted: bool, truth: Truth, *, all_needed: bool) -> list[Message]:
        told = list(step.children)
        decisive = Truth.FALSE if all_needed else Truth.TRUE
        if truth in (decisive, Truth.UNKNOWN):
            told = [child for child in told if (child.truth if wanted else not_(child.truth)) is truth]
        return [part for child in told for part in self._parts(child, wanted)]

    def _answer(self, subject: Message, wanted: bool) -> Message:
        needed = message("criteria.yes" if wanted else "criteria.no")
        return message("criteria.needs", subject=subject, needed=needed)

    # COMPARISONS

    def _comparison(self, step: Step, node: Comparison, wanted: bool) -> Message:
        subject, threshold = step.children
        operator = node.operator if wanted else CONTRARY[node.operator]
        mirrored = _is_fixed(subject.node) and not _is_fixed(threshold.node)
        if mirrored:
            subject, threshold, operator = threshold, subject, MIRRORED[operator]
        wording = DATE_WORDS if isinstance(threshold.value, PartialDate) else NUMBER_WORDS
        needed = message(wording[operator], value=self._threshold(threshold, subject))
        return self._needs(subject, needed, self._margin(step.margin, wanted, mirrored))

    def _needs(self, subject: Step, needed: Message, margin: Message | None) -> Message:
        seen = self._subject(subject)
        if margin is None:
            return message("criteria.needs", subject=seen, needed=needed)
        return message("criteria.needs_margin", subject=seen, needed=needed, margin=margin)

    def _margin(self, margin: Margin | None, wanted: bool, mirrored: bool) -> Message | None:
        if margin is None or margin.operator in ("==", "!="):
            return None
        is_met = margin.is_met is wanted
        if margin.distance.exact == 0:
            return message("criteria.at_limit" if is_met else "criteria.at_limit_fails")
        distance = margin.distance.number()
        if is_met:
            return message("criteria.to_spare", distance=distance)
        is_short = (margin.subject.compare(margin.threshold) < 0) is not mirrored
        return message("criteria.short" if is_short else "criteria.over", distance=distance)

    def _membership(self, step: Step, node: Membership, wanted: bool) -> Message:
        subject, *options = step.children
        listed = [self._threshold(option, subject) for option in options]
        code = "criteria.none_of" if node.negated is wanted else "criteria.one_of"
        return self._needs(subject, message(code, values=pairs("criteria.pair", listed)), None)

    def _between(self, step: Step, wanted: bool) -> Message:
        subject, low, high = step.children
        ends = {"low": self._threshold(low, subject), "high": self._threshold(high, subject)}
        needed = message("criteria.from_to" if wanted else "criteria.outside", **ends)
        return self._needs(subject, needed, self._margin(step.margin, wanted, False))

    # SUBJECTS AND THRESHOLDS

    def _subject(self, step: Step) -> Message:
        if step.evidence is not None:
            return self._read(step)
        node = step.node
        if isinstance(node, Quantifier):
            return self._count(step, node)
        if isinstance(node, Local) and not isinstance(step.children[0].node, Choice):
            return self._subject(step.children[0])
        details = self._details(step)
        params: dict[str, object] = {"text": self._phrases.of(node), "value": self._value(step.value)}
        kind = "computed"
        if isinstance(node, Call) and node.name in self._vocabulary.functions:
            params["text"], kind = self._vocabulary.functions[node.name].label, "function"
        if details:
            return message(f"criteria.{kind}_from", details=tuple(details), **params)
        return message(f"criteria.{kind}", **params)

    def _threshold(self, step: Step, subject: Step) -> Message:
        if isinstance(step.node, Number) and isinstance(step.value, Amount) and isinstance(subject.value, Amount):
            same = step.value.unit == subject.value.unit
            return literal(step.value.number() if same else str(step.value))
        value = self._value(step.value, self._phrases.codes(subject.node))
        if isinstance(step.node, Number | Constant | DateLiteral):
            return value
        details = self._details(step)
        text = self._phrases.of(step.node)
        if not details:
            return message("criteria.threshold_text", value=value, text=text)
        return message("criteria.threshold_from", value=value, text=text, details=tuple(details))

    def _details(self, step: Step) -> list[Message]:
        """The leaves an expression was computed from, and why each `if` went as it did."""
        if step.evidence is not None:
            return [self._read(step)]
        if isinstance(step.node, Local) and isinstance(step.children[0].node, Choice):
            chosen = step.children[0]
            why = self._condition(chosen)
            return [message("criteria.local_chosen", name=step.node.name, value=self._value(step.value), why=why)]
        if isinstance(step.node, Choice):
            why = self._condition(step)
            return [message("criteria.chosen", value=self._value(step.value), why=why)]
        if isinstance(step.node, Quantifier):
            return [self._count(step, step.node)] if isinstance(step.value, Amount | Span) else []
        return [part for child in step.children for part in self._details(child)]

    def _condition(self, choice: Step) -> Message:
        condition = choice.children[0]
        if condition.truth is Truth.UNKNOWN:
            return joined([unknown(missing, self._vocabulary) for missing in condition.missing])
        return joined(self._seen(condition))

    def _seen(self, step: Step) -> list[Message]:
        """What a condition saw, without saying what is needed."""
        match step.node:
            case Quantifier() as node if isinstance(step.value, Truth):
                return [self._rows(step, node)]
            case Comparison() | Membership() | Between():
                return [self._subject(step.children[0])]
            case And() | Or() | Not() | Local():
                return [part for child in step.children for part in self._seen(child)]
        return [self._subject(step)]

    # LEAVES

    def _read(self, step: Step) -> Message:
        leaf = step.evidence
        assert leaf is not None
        what = leaf.label
        if leaf.row:
            row = message("criteria.value", what=self._vocabulary.collections[leaf.collection].label, value=leaf.row)
            what = message("criteria.of_row", row=row, what=what)
        if leaf.attribute:
            name = "is_known" if leaf.attribute == "answered" else leaf.attribute
            return message(
                "criteria.value",
                what=message(f"criteria.attribute_{name}", what=what),
                value=self._value(leaf.value if name != "is_known" else step.value),
            )
        kind = "value" if isinstance(leaf.value, Amount) else "answer"
        value = self._recorded(leaf, self._phrases.codes(step.node))
        if leaf.date is None or isinstance(leaf.value, PartialDate):
            return message(f"criteria.{kind}", what=what, value=value)
        return message(f"criteria.{kind}_on", what=what, value=value, date=str(leaf.date))

    def _recorded(self, leaf: Evidence, codes: Callable[[str], Message]) -> Message:
        value = self._value(leaf.value, codes)
        if isinstance(leaf.value, Amount) and isinstance(leaf.recorded, Quantity):
            if leaf.recorded.unit == leaf.value.unit:
                return literal(str(leaf.recorded))
            return message("criteria.converted", value=value, recorded=str(leaf.recorded))
        return value

    def _value(self, value: Value | None, codes: Callable[[str], Message] = literal) -> Message:
        match value:
            case Truth():
                return message("criteria.yes" if value is Truth.TRUE else "criteria.no")
            case Span(low, high):
                return message("criteria.span", low=str(low), high=str(high))
            case str():
                return codes(value)
            case frozenset():
                return (
                    pairs("criteria.pair", [codes(code) for code in sorted(value)])
                    if value
                    else message("criteria.none")
                )
        return message("criteria.none") if value is NONE else literal(str(value))

    # REGISTERS

    def _quantifier(self, step: Step, node: Quantifier, wanted: bool) -> Message:
        code = f"criteria.needs_{'' if wanted else 'not_'}{node.kind}"
        return message(code, seen=self._rows(step, node))

    def _rows(self, step: Step, node: Quantifier) -> Message:
        found = [literal(child.row) for child in step.children if child.value is Truth.TRUE]
        params: dict[str, object] = {
            "total": len(step.children), "register": self._vocabulary.collections[node.collection].label,
        }  # fmt: skip
        if found:
            params["rows"] = pairs("criteria.pair", found)
        if not step.children:
            return message("criteria.empty", **params)
        if node.condition is None:
            return message("criteria.present", **params)
        params["condition"] = self._phrases.of(node.condition)
        return (
            message("criteria.fulfil", found=len(found), **params)
            if found
            else message("criteria.fulfil_none", **params)
        )

    def _count(self, step: Step, node: Quantifier) -> Message:
        what = self._phrases.register(node.kind, node.collection, node.condition, node.distinct)
        value = self._value(step.value)
        names = [literal(child.row) for child in step.children if child.value is Truth.TRUE]
        names += [
            message("criteria.row_undecided", row=child.row) for child in step.children if child.value is Truth.UNKNOWN
        ]
        if not names:
            return message("criteria.counted", what=what, value=value)
        return message("criteria.counted_rows", what=what, value=value, rows=pairs("criteria.pair", names))


def _is_fixed(node: Node) -> bool:
    return isinstance(node, Number | Constant | DateLiteral)
