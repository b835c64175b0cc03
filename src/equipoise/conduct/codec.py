"""Facts to canonical text and back: the text is what is hashed and stored, so it is written once and read strictly."""

from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from equipoise.conduct.facts import base
from equipoise.kernel.canonical import canonical_json
from equipoise.kernel.errors import LedgerError


def encode(fact: object) -> tuple[str, str]:
    """A fact as (kind, canonical JSON). Fields at their defaults are left out, so that new optional fields change nothing."""
    return base.kind_of(fact), canonical_json(_compact(fact))


def decode(kind: str, text: str) -> Any:
    """The fact written as this text. Raises LedgerError for an unknown kind or a text that is no such fact."""
    try:
        return _adapter(kind).validate_json(text)
    except KeyError:
        raise LedgerError(f"Entries of kind {kind!r} are not known to this version of the software.") from None
    except ValidationError as error:
        raise LedgerError(f"An entry of kind {kind!r} cannot be read: {error.errors()[0]['msg']}.") from error


@lru_cache(maxsize=256)
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(base.kinds()[kind])


def _compact(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _compact(item)
            for field in fields(value)
            if (item := getattr(value, field.name)) != field.default or (field.default is None and item is not None)
        }
    if isinstance(value, dict):
        return {key: _compact(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_compact(item) for item in value]
    return value
