"""The tree of a document into the typed model: every fault at once, in our words, with line and path.

pydantic decides, strictly; what is said of a fault is worked out from the model's own annotation and the node that
stands there, so that a sentence names the line, what was seen and what would be right.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from equipoise.kernel.canonical import canonical_json, decimal_text
from equipoise.kernel.errors import Fault
from equipoise.protocol import shape
from equipoise.protocol.document import Listing, Node, Record, Scalar, identified
from equipoise.protocol.model import Protocol

_QUOTED_NUMBER = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?")

type Location = tuple[str | int, ...]
"""Keys and list positions (from 0), from the root of the document."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the document something stands: its node, its annotation, its path in ids.

    `missing` is the key asked for last where the document does not have it.
    """

    location: Location
    node: Node
    annotation: Any
    path: str
    line: int
    missing: str = ""


@cache
def adapter() -> TypeAdapter[Protocol]:
    """The decoder of protocols, built once."""
    return TypeAdapter(Protocol)


def place(root: Record, location: Iterable[str | int]) -> Place:
    """Walk to a location as far as the document goes, passing over parts that name no key or position of it."""
    node: Node = root
    annotation: Any = Protocol
    real: list[str | int] = []
    path: list[str] = []
    line, missing = root.line, ""
    for part in location:
        if isinstance(node, Record) and isinstance(part, str) and part in node.entries:
            annotation = shape.inner(annotation, node, part)
            line, node = node.entries[part].line, node.entries[part].value
            path.append(part)
        elif isinstance(node, Listing) and isinstance(part, int) and 0 <= part < len(node.items):
            annotation = shape.inner(annotation, node, part)
            node = node.items[part]
            line = node.line
            path.append(identified(node, part))
        else:
            missing = str(part)
            continue
        real.append(part)
        missing = ""
    return Place(tuple(real), node, annotation, ".".join(path), line, missing)


@dataclass(frozen=True, slots=True)
class Decoded:
    """What came of a document: the typed protocol with its canonical text, or the faults and where they lie."""

    protocol: Protocol | None
    canonical: str = ""
    faults: tuple[Fault, ...] = ()
    broken: tuple[Location, ...] = ()


def decode(root: Record) -> Decoded:
    """Type a document: the protocol, or every fault of its shape."""
    meaningless = list(_meaningless(root, ()))
    wrong = _complaints(_raw_json(root, Protocol), root)
    if not wrong and not meaningless:
        canonical = canonical_json(canonical_tree(root))
        try:
            return Decoded(adapter().validate_json(canonical), canonical)
        except ValidationError as error:  # a rule of the model that only the exact numbers break
            wrong = [(place(root, detail["loc"]), detail) for detail in error.errors(include_url=False)]
    told = [place(root, location) for location in meaningless]
    found = [_without_meaning(at) for at in told]
    found += [_fault(root, at, detail) for at, detail in wrong if at.location not in meaningless]
    faults = {(fault.line, fault.path, fault.problem): fault for fault in found}
    broken = dict.fromkeys((*at.location, at.missing) if at.missing else at.location for at, _ in wrong)
    return Decoded(None, "", tuple(faults.values()), (*broken, *meaningless))


def _meaningless(node: Node, at: Location) -> Iterator[Location]:
    """Where a plain scalar means nothing: endless numbers, control characters."""
    if isinstance(node, Scalar) and node.problem:
        yield at
    elif isinstance(node, Record):
        for key, entry in node.entries.items():
            yield from _meaningless(entry.value, (*at, key))
    elif isinstance(node, Listing):
        for position, item in enumerate(node.items):
            yield from _meaningless(item, (*at, position))


def _without_meaning(at: Place) -> Fault:
    assert isinstance(at.node, Scalar)
    assert at.node.problem is not None
    problem, wanted = at.node.problem
    return Fault(at.node.line, at.path, problem, at.node.written[:40], wanted)


def _complaints(text: str, root: Record) -> list[tuple[Place, Any]]:
    try:
        adapter().validate_json(text)
    except ValidationError as error:
        wrong = [(place(root, detail["loc"]), detail) for detail in error.errors(include_url=False)]
        inner = [at.location for at, _ in wrong]
        # One member of a union complains of the whole where the fault lies within: the inner one says it better.
        return [
            (at, detail)
            for at, detail in wrong
            if not (
                not detail["type"].startswith(("missing", "value_error"))
                and len(shape.members(at.annotation)) > 1
                and any(len(other) > len(at.location) and other[: len(at.location)] == at.location for other in inner)
            )
        ]
    return []


def _raw_json(node: Node, annotation: Any) -> str:
    """The document as JSON with numbers as written, so that a number where text is wanted is seen as one."""
    if isinstance(node, Record):
        entries = (
            f"{json.dumps(key)}:{_raw_json(entry.value, shape.inner(annotation, node, key))}"
            for key, entry in node.entries.items()
        )
        return "{" + ",".join(entries) + "}"
    if isinstance(node, Listing):
        own = shape.inner(annotation, node, 0)
        return "[" + ",".join(_raw_json(item, own) for item in node.items) + "]"
    if isinstance(node.value, Decimal):
        text = decimal_text(node.value)
        return text if "." in text else f"{text}.0"
    if (
        isinstance(node.value, str)
        and Decimal in shape.members(annotation)
        and not _QUOTED_NUMBER.fullmatch(node.value)
    ):
        return '"no number"'  # pydantic reads more spellings than these, some of them of unbounded size
    return json.dumps(node.value)


def canonical_tree(root: Record) -> Any:
    """The document's meaning as plain values, ready to be written as canonical JSON."""
    return _canonical(root, Protocol)


def _canonical(node: Node, annotation: Any) -> Any:
    """The document's meaning: numbers of the model as Decimal text however written, what is empty left out."""
    if isinstance(node, Record):
        inner = {key: (entry.value, shape.inner(annotation, node, key)) for key, entry in node.entries.items()}
        return {
            key: _canonical(value, own)
            for key, (value, own) in inner.items()
            if not (isinstance(value, Scalar) and value.value is None)
        }
    if isinstance(node, Listing):
        own = shape.inner(annotation, node, 0)
        return [_canonical(item, own) for item in node.items]
    if Decimal in shape.members(annotation) and _is_number(node):
        return decimal_text(Decimal(node.value or 0))
    return node.value


def _is_number(node: Scalar) -> bool:
    if isinstance(node.value, str):
        return _QUOTED_NUMBER.fullmatch(node.value) is not None
    return isinstance(node.value, int | Decimal) and not isinstance(node.value, bool)


def _fault(root: Record, at: Place, detail: Any) -> Fault:
    """One complaint in our words."""
    kind, node, annotation = detail["type"], at.node, at.annotation
    path = ".".join(part for part in (at.path, at.missing) if part)
    own = shape.narrowed(annotation, node)
    if at.missing and kind.startswith("missing") and is_dataclass(own):
        annotation = shape.hints(own).get(at.missing)
        return Fault(at.line, path, f"`{at.missing}` is missing", wanted=shape.wanted(annotation))
    if kind == "unexpected_keyword_argument":
        return unknown_key(at, place(root, at.location[:-1]))
    if kind.startswith("union_tag"):
        return _untold(at)
    if kind == "value_error":
        problem, _, seen = str(detail["ctx"]["error"]).removesuffix(".").partition("; seen ")
        return Fault(at.line, at.path, problem, seen, "another value")
    return misfit(at, path)


def unknown_key(at: Place, owner: Place) -> Fault:
    """A key the model does not know, with the nearest it does."""
    key = str(at.location[-1])
    own = shape.narrowed(owner.annotation, owner.node)
    known = shape.keys(own) if is_dataclass(own) else ()
    near = shape.nearest(key, known)
    if not near and isinstance(at.node, Scalar) and at.node.value is None:  # `{says: a, b}` reads as a key `b`
        near = 'the text before it in quotes, if the comma belongs to it: "a, b"'
    return Fault(at.line, at.path, f"there is no key `{key}` here", key, near or shape.choices(known))


def _untold(at: Place) -> Fault:
    told_apart = shape.tags(at.annotation)
    if told_apart is None or not isinstance(at.node, Record):
        return misfit(at, at.path)
    key, kinds = told_apart
    value = at.node.get(key)
    listed = shape.choices(kinds)
    if value is None:
        return Fault(at.node.line, f"{at.path}.{key}", f"`{key}` is missing", wanted=listed)
    seen = value.written if isinstance(value, Scalar) else "no single value"
    near = shape.nearest(seen, kinds)
    line = at.node.entries[key].line
    return Fault(line, f"{at.path}.{key}", f"there is no such {key}", seen, f"{near}, {listed}" if near else listed)


def misfit(at: Place, path: str) -> Fault:
    """A value of another type than is wanted there."""
    node, wanted = at.node, shape.wanted(at.annotation)
    line = node.line if isinstance(node, Scalar) and node.value is not None else at.line
    if isinstance(node, Listing | Record):
        seen = "a list" if isinstance(node, Listing) else "a mapping"
        return Fault(line, path, f"{seen} stands here", seen, wanted)
    if node.value is None:
        return Fault(line, path, "nothing is written here", wanted=wanted)
    known = shape.options(at.annotation)
    if known:
        near = shape.nearest(node.written, known)
        return Fault(
            line, path, "this is none of the values known", node.written, f"{near}, {wanted}" if near else wanted
        )
    if str in shape.members(at.annotation) and not isinstance(node.value, str):
        quoted = f'"{node.written}": write it in quotes'
        kind = "true or false" if isinstance(node.value, bool) else "a number"
        return Fault(line, path, f"{kind} stands where text is wanted", node.written, quoted)
    return Fault(line, path, f"this is not {wanted}", node.written[:80], wanted)
