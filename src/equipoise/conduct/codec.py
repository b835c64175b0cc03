"""Facts to canonical text and back: the text is what is hashed and stored, so it is written once and read strictly."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from equipoise.conduct.facts import base
from equipoise.kernel.canonical import canonical_json
from equipoise.kernel.errors import LedgerError


def encode(fact: object) -> tuple[str, str]:
    """A fact as (kind, canonical JSON). Fields at their defaults are left out: a new optional field changes nothing.

    Raises ValueError for a code its field does not have: once written, such a fact could never be read again.
    """
    for name, codes in _codes(type(fact)):
        seen = getattr(fact, name)
        if seen not in codes:
            raise ValueError(f"{name} is one of {', '.join(map(str, codes))}; seen {str(seen)[:40]!r}")
    return base.kind_of(fact), canonical_json(_compact(fact))


def decode(kind: str, text: str) -> Any:
    """The fact written as this text. Raises LedgerError for an unknown kind or a text that is no such fact."""
    try:
        return _reader(kind)(text)
    except KeyError:
        raise LedgerError(f"Entries of kind {kind!r} are not known to this version of the software.") from None
    except ValidationError as error:
        raise LedgerError(f"An entry of kind {kind!r} cannot be read: {error.errors()[0]['msg']}.") from error


@cache
def _reader(kind: str) -> Callable[[str], Any]:
    reader: Callable[[str], Any] = TypeAdapter(base.kinds()[kind]).validator.validate_json  # no wrapper: read often
    return reader


_CODES: dict[type, tuple[tuple[str, tuple[Any, ...]], ...]] = {}


def _codes(cls: type) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """The fields of a fact that hold one of a few codes, each with its codes."""
    if cls not in _CODES:
        hints = get_type_hints(cls)
        _CODES[cls] = tuple((name, get_args(hint)) for name, hint in hints.items() if get_origin(hint) is Literal)
    return _CODES[cls]


_PLANS: dict[type, tuple[tuple[str, Any], ...] | None] = {}


def _plan(cls: type) -> tuple[tuple[str, Any], ...] | None:
    """The fields of a dataclass with their defaults; None for any other class."""
    if cls not in _PLANS:
        _PLANS[cls] = tuple((field.name, field.default) for field in fields(cls)) if is_dataclass(cls) else None
    return _PLANS[cls]


def _compact(value: Any) -> Any:
    cls = type(value)
    if cls is str or cls is bool or value is None:
        return value
    plan = _plan(cls)
    if plan is not None:
        return {name: _compact(item) for name, default in plan if (item := getattr(value, name)) != default}
    if isinstance(value, Mapping):
        return {key: _compact(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_compact(item) for item in value]
    return value
