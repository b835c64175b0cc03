"""What judging leaves behind: one step for each node, with the evidence at its leaves and the margins it found.

Steps, evidence and margins are named tuples, not frozen dataclasses: judging makes hundreds of them, and a named
tuple is made in a third of the time.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from equipoise.kernel.dates import PartialDate
from equipoise.kernel.messages import Message
from equipoise.kernel.quantities import Quantity
from equipoise.kernel.truth import Truth
from equipoise.methods.criteria.amounts import Amount, Span
from equipoise.methods.criteria.nodes import Node, NoneAnswer
from equipoise.methods.criteria.record import RecordedValue

type Value = Truth | Amount | Span | str | frozenset[str] | PartialDate | NoneAnswer
"""A value while judging. Conditions and yes/no items are Truths."""


class Evidence(NamedTuple):
    """A leaf: the value a rule read, as it was recorded and in the item's unit, with its date, source and limits.

    `attribute` is empty for the value itself, or names what was asked of it (uln, lln, sample_date, is_known).
    """

    name: str
    label: Message
    value: Value | None
    recorded: RecordedValue | None = None
    date: PartialDate | None = None
    source: Hashable = ()
    lower_limit: Quantity | None = None
    upper_limit: Quantity | None = None
    attribute: str = ""
    collection: str = ""
    row: str = ""

    @property
    def unit(self) -> str:
        """The unit of the value; empty where it is not a number."""
        return self.value.unit if isinstance(self.value, Amount) else ""


@dataclass(frozen=True, slots=True)
class Missing:
    """A name that left a rule unknown, and why; `row` names the row where it is a register's field."""

    name: str
    label: Message
    reason: Message
    collection: str = ""
    row: str = ""


class Margin(NamedTuple):
    """How far a number lies from its threshold: `distance` >= 0 in the number's own unit, and on which side.

    `is_met` tells whether the comparison holds as written, `operator` reads subject-first.
    """

    operator: str
    subject: Amount
    threshold: Amount
    distance: Amount
    is_met: bool


class Step(NamedTuple):
    """One node judged. `value` is None where a value that is no condition is unknown; `missing` then says why."""

    node: Node
    value: Value | None
    children: tuple["Step", ...] = ()
    missing: tuple[Missing, ...] = ()
    evidence: Evidence | None = None
    margin: Margin | None = None
    row: str = ""

    @property
    def truth(self) -> Truth:
        """The value of a condition."""
        assert isinstance(self.value, Truth)
        return self.value

    def walk(self) -> Iterator["Step"]:
        """The step and everything under it, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()
