"""What a check finds wrong in a typed protocol: where in its tree, and, for a rule, where in the rule's text."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from equipoise.kernel.errors import Fault
from equipoise.methods.criteria import RuleFault
from equipoise.protocol import shape
from equipoise.protocol.decode import Location, place
from equipoise.protocol.document import Record, Scalar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, at a location of the protocol's tree; `rule` where it lies within a rule's text.

    `rests_on` is a part of the tree it was looked for in: where that is broken, it may be there all the same.
    """

    at: Location
    problem: str
    seen: str = ""
    wanted: str = ""
    rule: RuleFault | None = None
    rests_on: Location = ()

    def fault(self, root: Record) -> Fault:
        """The same in a document: with its line, and its path in ids."""
        found = place(root, self.at)
        path = ".".join(part for part in (found.path, found.missing) if part)
        if self.rule is not None and isinstance(found.node, Scalar):
            line, column = found.node.position(self.rule.at.line, self.rule.at.column)
            return Fault(line, f"{path} (column {column})", self.problem, self.seen, self.wanted)
        return Fault(found.line, path, self.problem, self.seen, self.wanted)


def of_rule(at: Location, faults: Iterable[RuleFault]) -> Iterator[Problem]:
    """The faults of a rule, as problems at the rule's place."""
    for fault in faults:
        yield Problem(at, fault.problem, fault.seen, fault.wanted, fault)


def unknown(at: Location, what: str, seen: str, known: Iterable[str]) -> Problem:
    """A reference to something that is not declared, with the nearest that is."""
    listed = list(known)
    near = shape.nearest(seen, listed)
    return Problem(
        at, f"there is no such {what}", seen, near or shape.choices(listed) or "nothing of the kind is declared"
    )


def references(at: Location, what: str, seen: Sequence[str], known: Iterable[str]) -> Iterator[Problem]:
    """The references of a list that name nothing declared, or stand twice."""
    listed = list(known)
    for position, name in enumerate(seen):
        if name not in listed:
            yield unknown((*at, position), what, name, listed)
        elif name in seen[:position]:
            yield Problem((*at, position), f"this {what} is named twice", name, "each once")


def repeated(at: Location, what: str, elements: Iterable[Any]) -> Iterator[Problem]:
    """Ids that stand twice in one list."""
    first: dict[str, int] = {}
    for position, element in enumerate(elements):
        if element.id in first:
            wanted = f"an id of its own; the first is number {first[element.id] + 1} of the list"
            yield Problem((*at, position, "id"), f"two {what} have one id", element.id, wanted)
        first.setdefault(element.id, position)
