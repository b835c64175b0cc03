"""Steps into sentences: what was seen, what is needed, and the margin between them."""

from collections.abc import Sequence

from equipoise.kernel.dates import PartialDate
from equipoise.kernel.messages import Message, message
from equipoise.kernel.truth import Truth, not_
from equipoise.methods.criteria.comparisons import CONTRARY, MIRRORED
from equipoise.methods.criteria.nodes import (
    And,
    Between,
    Call,
    Choice,
    Comparison,
    Constant,
    Local,
    Membership,
    Not,
    Or,
    Quantifier,
)
from equipoise.methods.criteria.observations import Observations, is_fixed
from equipoise.methods.criteria.phrases import DATE_WORDS, NUMBER_WORDS, pairs
from equipoise.methods.criteria.steps import Margin, Missing, Step
from equipoise.methods.criteria.vocabulary import Vocabulary


def joined(parts: Sequence[Message]) -> Message:
    """Build one sentence of several; each stands once."""
    distinct: list[Message] = []
    for part in parts:
        if part not in distinct:
            distinct.append(part)
    return distinct[0] if len(distinct) == 1 else message("criteria.joined", parts=tuple(distinct))


class Explainer:
    """Words why the conditions of one vocabulary's rules hold, fail or are unknown."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._saw = Observations(vocabulary)

    def sentence(self, step: Step, *, wanted: bool = True) -> Message:
        """Say why a condition holds, fails or is unknown; `wanted` is what the criterion needs it to be."""
        return joined(self._parts(step, wanted))

    def unknown(self, missing: Sequence[Missing]) -> Message:
        """Say which names are unknown, and why."""
        return joined([self._saw.unknown(one) for one in missing])

    def _parts(self, step: Step, wanted: bool) -> list[Message]:
        node = step.node
        truth = step.truth if wanted else not_(step.truth)
        match node:
            case And() | Or():
                return self._several(step, wanted, truth)
            case Not():
                return self._parts(step.children[0], not wanted)
            case Local():
                return self._parts(step.children[0], wanted)
            case Choice() if truth is not Truth.UNKNOWN:
                return [part for child in step.children[1:] for part in self._parts(child, wanted)]
            case Constant():
                return [message("criteria.always")]
        if truth is Truth.UNKNOWN:
            return [self._saw.unknown(missing) for missing in step.missing]
        match node:
            case Comparison():
                return [self._comparison(step, node, wanted)]
            case Membership():
                return [self._membership(step, node, wanted)]
            case Between():
                return [self._between(step, wanted)]
            case Quantifier():
                code = f"criteria.needs_{'' if wanted else 'not_'}{node.kind}"
                return [message(code, seen=self._saw.rows(step, node))]
            case Call(name="includes"):
                ticked = self._saw.phrases.of(node)
                needed = ticked if wanted else message("criteria.phrase_not", what=ticked)
                return [message("criteria.needs", subject=self._saw.subject(step.children[0]), needed=needed)]
        needed = message("criteria.yes" if wanted else "criteria.no")
        return [message("criteria.needs", subject=self._saw.subject(step), needed=needed)]

    def _several(self, step: Step, wanted: bool, truth: Truth) -> list[Message]:
        """Of parts that are all needed, those that decide; of parts of which one is needed, that one, or why none."""
        all_needed = isinstance(step.node, And) is wanted
        if truth is Truth.FALSE and not all_needed:
            if not wanted:
                return [message("criteria.not_together", parts=tuple(self._saw.condition(step)))]
            return [pairs("criteria.either", [joined(self._parts(child, wanted)) for child in step.children])]
        told = list(step.children)
        if truth is not Truth.TRUE or not all_needed:
            told = [child for child in told if (child.truth if wanted else not_(child.truth)) is truth]
        return [part for child in told for part in self._parts(child, wanted)]

    # COMPARISONS

    def _comparison(self, step: Step, node: Comparison, wanted: bool) -> Message:
        subject, threshold = step.children
        operator = node.operator if wanted else CONTRARY[node.operator]
        mirrored = is_fixed(subject.node) and not is_fixed(threshold.node)
        if mirrored:
            subject, threshold, operator = threshold, subject, MIRRORED[operator]
        wording = DATE_WORDS if isinstance(threshold.value, PartialDate) else NUMBER_WORDS
        needed = message(wording[operator], value=self._saw.threshold(threshold, subject))
        return self._needs(subject, needed, _margin(step.margin, wanted, mirrored))

    def _membership(self, step: Step, node: Membership, wanted: bool) -> Message:
        subject, *options = step.children
        listed = [self._saw.threshold(option, subject) for option in options]
        code = "criteria.none_of" if node.negated is wanted else "criteria.one_of"
        return self._needs(subject, message(code, values=pairs("criteria.pair", listed)), None)

    def _between(self, step: Step, wanted: bool) -> Message:
        subject, low, high = step.children
        ends = {"low": self._saw.threshold(low, subject), "high": self._saw.threshold(high, subject)}
        needed = message("criteria.from_to" if wanted else "criteria.outside", **ends)
        return self._needs(subject, needed, _margin(step.margin, wanted, False))

    def _needs(self, subject: Step, needed: Message, margin: Message | None) -> Message:
        seen = self._saw.subject(subject)
        if margin is None:
            return message("criteria.needs", subject=seen, needed=needed)
        return message("criteria.needs_margin", subject=seen, needed=needed, margin=margin)


def _margin(margin: Margin | None, wanted: bool, mirrored: bool) -> Message | None:
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
