"""A wrong document made whole enough to be checked further, so that one slip does not hide the next.

What is wrong is left out, or replaced by the least value that fits; what is found later at such places, or about the
ids they declared, is not told: it may be nothing but their echo.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import is_dataclass
from typing import Any

from pydantic import ValidationError

from equipoise.kernel.canonical import canonical_json
from equipoise.protocol import shape
from equipoise.protocol.decode import Location, adapter, canonical_tree, place
from equipoise.protocol.document import Listing, Node, Record, Scalar
from equipoise.protocol.model import Protocol
from equipoise.protocol.problems import Problem


def mended(root: Record, broken: Sequence[Location]) -> Protocol | None:
    """The protocol without what is broken; None where too much is."""
    tree = canonical_tree(root)
    for location in sorted(broken, key=len, reverse=True):
        _mend(tree, root, location)
    try:
        return adapter().validate_json(canonical_json(tree))
    except ValidationError:
        return None


def _mend(tree: Any, root: Record, location: Location) -> None:
    if not location:
        return
    *above, last = location
    owner: Any = tree
    for part in above:
        owner = owner[int(part)] if isinstance(owner, list) else owner.get(part)
        if not isinstance(owner, dict | list):
            return  # something around it was wrong too, and is replaced already
    at = place(root, above)
    own = shape.narrowed(at.annotation, at.node)
    if isinstance(owner, list):
        annotation = shape.inner(at.annotation, at.node, last)
        owner[int(last)] = _blank_like(annotation, place(root, location).node)
    elif is_dataclass(own) and last in shape.keys(own) and shape.needs(own, str(last)):
        owner[str(last)] = _blank_like(shape.hints(own)[str(last)], place(root, location).node)
    else:
        owner.pop(last, None)


def _blank_like(annotation: Any, node: Node) -> Any:
    """The least value, under the id of what stood there."""
    least = shape.blank(annotation)
    own = node.get("id") if isinstance(node, Record) else None
    if isinstance(least, dict) and "id" in least and isinstance(own, Scalar):
        least["id"] = own.written
    return least


def told(problems: Iterable[Problem], root: Record, broken: Sequence[Location]) -> Iterator[Problem]:
    """The problems that are no echo of what is broken."""
    suspects = set[str]()
    for location in broken:
        suspects |= set(_ids(place(root, location).node))
        for length in range(2, len(location) + 1):
            around = place(root, location[:length]).node
            own = around.get("id") if isinstance(around, Record) else None
            if isinstance(own, Scalar):
                suspects.add(own.written)
        if len(location) <= 2:
            suspects |= {str(part) for part in location}
    for problem in problems:
        within = any(problem.at[: len(one)] == one or one[: len(problem.at)] == problem.at for one in broken)
        if problem.rests_on and any(one[: len(problem.rests_on)] == problem.rests_on for one in broken):
            continue
        mentioned = set(re.findall(r"[\w-]+", f"{problem.problem} {problem.seen}"))
        if not within and not mentioned & suspects:
            yield problem


def _ids(node: Node) -> Iterator[str]:
    """Every id declared in a part of the document."""
    if isinstance(node, Record):
        for key, entry in node.entries.items():
            if key == "id" and isinstance(entry.value, Scalar):
                yield entry.value.written
            yield from _ids(entry.value)
    elif isinstance(node, Listing):
        for item in node.items:
            yield from _ids(item)
