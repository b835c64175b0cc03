"""Why a value is unknown: reasons gathered from below, or found where a step itself falls short."""

from collections.abc import Sequence

from equipoise.kernel.dates import PartialDate
from equipoise.kernel.messages import Message, message
from equipoise.kernel.truth import Truth
from equipoise.methods.criteria.nodes import NONE, Node
from equipoise.methods.criteria.steps import Evidence, Margin, Missing, Step


def condition(node: Node, truth: Truth, steps: tuple[Step, ...], margin: Margin | None = None) -> Step:
    """A condition judged from the steps below it; unknown, it says what is missing."""
    if truth is not Truth.UNKNOWN:
        return Step(node, truth, steps, (), None, margin)
    return Step(node, truth, steps, merged(steps) or partial_date(steps))


def gap(node: Node, steps: Sequence[Step], reason: Message | None = None, *, boolean: bool = False) -> Step:
    """A value that cannot be had: for the reasons below it, or for one of its own."""
    missing = merged(steps)
    if reason is not None or not missing:
        missing = (*missing, blamed(steps, reason or message("criteria.in_doubt")))
    return Step(node, Truth.UNKNOWN if boolean else None, tuple(steps), missing)


def partial_date(steps: Sequence[Step]) -> tuple[Missing, ...]:
    """Why a comparison of known values is unknown: a partial date, or an order asked of the answer none."""
    none = any(step.value is NONE for step in steps)
    return (blamed(steps, message("criteria.answered_none" if none else "criteria.partial_date")),)


def blamed(steps: Sequence[Step], reason: Message) -> Missing:
    """The leaf that a reason concerns: a partial date or the answer none before any other."""
    leaves = [step.evidence for top in steps for step in top.walk() if step.evidence is not None]
    if not leaves:
        return Missing("", message("criteria.the_rule"), reason)
    leaf = min(leaves, key=_is_sound)
    return Missing(leaf.name, leaf.label, reason, leaf.collection, leaf.row)


def merged(steps: Sequence[Step]) -> tuple[Missing, ...]:
    """What is missing below, each once."""
    if len(steps) == 1:
        return steps[0].missing
    distinct: list[Missing] = []
    for step in steps:
        distinct.extend(missing for missing in step.missing if missing not in distinct)
    return tuple(distinct)


def _is_sound(leaf: Evidence) -> bool:
    return leaf.value is not NONE and not (isinstance(leaf.value, PartialDate) and not leaf.value.is_complete)
