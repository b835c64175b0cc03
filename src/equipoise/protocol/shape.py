"""The shape of the typed model, read from its annotations: which keys stand where, and how to say what is wanted."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, TypeAliasType, Union, get_args, get_origin, get_type_hints

from equipoise.protocol.document import Listing, Node, Record, Scalar

DISCRIMINATORS = ("kind", "method")
"""The keys that tell one kind of element from another."""


def hints(part: Any) -> Mapping[str, Any]:
    """The annotation of each field of a part."""
    return _hints(part)


@cache
def _hints(part: Any) -> Mapping[str, Any]:
    return get_type_hints(part, include_extras=True)


def keys(part: Any) -> tuple[str, ...]:
    """The keys a part takes, in the order declared, inherited `source` and `assumption` last."""
    own = [field.name for field in fields(part)]
    return tuple(sorted(own, key=lambda name: name in ("source", "assumption")))


def is_required(field: "Field[Any]") -> bool:
    """Whether a part cannot do without a field."""
    return field.default is MISSING and field.default_factory is MISSING


def needs(part: Any, key: str) -> bool:
    """Whether a part cannot do without a key."""
    return any(field.name == key and is_required(field) for field in fields(part))


@cache
def members(annotation: Any) -> tuple[Any, ...]:
    """The members of a union; anything else is its own one member."""
    if isinstance(annotation, TypeAliasType):
        return members(annotation.__value__)
    if get_origin(annotation) is Annotated:
        return members(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return tuple(inner for member in get_args(annotation) for inner in members(member))
    return (annotation,)


@cache
def tags(annotation: Any) -> tuple[str, dict[str, Any]] | None:
    """For a union of kinds: the key that tells them apart, and each kind by its value."""
    kinds = [member for member in members(annotation) if is_dataclass(member)]
    for key in DISCRIMINATORS:
        if len(kinds) > 1 and all(key in hints(kind) for kind in kinds):
            return key, {str(value): kind for kind in kinds for value in get_args(hints(kind)[key])}
    return None


def narrowed(annotation: Any, node: Node) -> Any:
    """The member of a union that a node means to be: by its kind, or by being a list, a mapping or a single value."""
    told_apart = tags(annotation)
    if told_apart and isinstance(node, Record):
        key, kinds = told_apart
        value = node.get(key)
        return kinds.get(value.written) if isinstance(value, Scalar) else None
    for member in members(annotation):
        origin = get_origin(member)
        if isinstance(node, Record) and (is_dataclass(member) or (origin is not None and origin is not tuple)):
            return member
        if isinstance(node, Listing) and origin is tuple:
            return member
        if isinstance(node, Scalar) and not is_dataclass(member) and origin is not tuple and member is not type(None):
            return member
    return None


def inner(annotation: Any, node: Node, key: str | int) -> Any:
    """The annotation of what stands under a key, or of a list's elements; None where there is none."""
    own = narrowed(annotation, node)
    if is_dataclass(own):
        return hints(own).get(str(key))
    arguments = get_args(own)
    if not arguments:
        return None
    return arguments[0] if isinstance(key, int) else arguments[-1]


def wanted(annotation: Any) -> str:
    """What is wanted, in words."""
    said = [_said(member) for member in members(annotation) if member is not type(None)]
    told_apart = tags(annotation)
    if told_apart:
        return f"an element whose `{told_apart[0]}` is one of {', '.join(told_apart[1])}"
    return ", or ".join(dict.fromkeys(said))


def _said(member: Any) -> str:
    simple = {str: "text", int: "a whole number", Decimal: "a number", bool: "true or false"}
    if member in simple:
        return simple[member]
    if get_origin(member) is Literal:
        return choices(str(value) for value in get_args(member))
    if get_origin(member) is tuple:
        return f"a list, each of it {wanted(get_args(member)[0])}"
    if isinstance(member, type) and issubclass(member, Enum):
        return choices(str(value.value) for value in member)
    if is_dataclass(member):
        needed = [field.name for field in fields(member) if is_required(field)]
        return f"a mapping with {', '.join(needed)}" if needed else f"a mapping of {', '.join(keys(member))}"
    return f"a mapping from ids to {wanted(get_args(member)[-1])}" if get_args(member) else "a mapping"


def choices(values: Any) -> str:
    """'a', or 'one of a, b, c', or '' of nothing."""
    listed = list(values)
    return f"one of {', '.join(listed)}" if len(listed) > 1 else "".join(listed)


def options(annotation: Any) -> tuple[str, ...]:
    """The values of a closed set, where the annotation is one."""
    found: list[str] = []
    for member in members(annotation):
        if get_origin(member) is Literal:
            found.extend(str(value) for value in get_args(member))
        elif isinstance(member, type) and issubclass(member, Enum):
            found.extend(str(value.value) for value in member)
    return tuple(found)


def nearest(seen: str, known: Any) -> str:
    """The known word nearest to one seen, in backticks; '' where none is near."""
    close = get_close_matches(seen.lower(), {name.lower(): name for name in known}, n=1, cutoff=0.7)
    by_lower = {name.lower(): name for name in known}
    return f"`{by_lower[close[0]]}`" if close else ""


def blank(annotation: Any) -> Any:
    """The least value of an annotation, to stand in for one that is wrong while the rest is checked."""
    told_apart = tags(annotation)
    if told_apart:
        key, kinds = told_apart
        tag, kind = next(iter(kinds.items()))
        return {**blank(kind), key: tag}
    member = next((one for one in members(annotation) if one is not type(None)), str)
    simple = {str: "", int: 1, Decimal: "1", bool: False}
    if member in simple:
        return simple[member]
    if get_origin(member) is tuple:
        return []
    if get_origin(member) is Literal:
        return get_args(member)[0]
    if isinstance(member, type) and issubclass(member, Enum):
        return next(iter(member)).value
    if is_dataclass(member):
        return {field.name: blank(hints(member)[field.name]) for field in fields(member) if is_required(field)}
    return {"a": 1, "b": 1}  # of mappings there are only ratios, which take two entries or more
