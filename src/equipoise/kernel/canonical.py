"""Canonical JSON and its digest: one text for one value, so that a hash names a meaning and not a spelling.

Keys are sorted by code point, text is normalised to NFC, there is no white space, and numbers other than plain
integers are Decimal text without exponent or trailing zeros. Floats are refused: they have no one spelling.
"""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

LONGEST = 1000
"""Digits before or after the point that a canonical number may have; a longer one is no measurement but an attack."""


def decimal_text(number: Decimal) -> str:
    """Write a Decimal in its one canonical spelling: `1.50` and `1.5` are both '1.5'. Raises ValueError."""
    if not number.is_finite():
        raise ValueError(f"Only finite numbers have a canonical text; seen {number}.")
    if number and not -LONGEST <= int(number.as_tuple().exponent) <= number.adjusted() <= LONGEST:
        raise ValueError(f"A number written out has at most {LONGEST} digits on either side of its point.")
    if not number:
        return "0"
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


def plain(value: Any) -> Any:
    """Turn a value into JSON's own types, canonically. Raises TypeError for floats and unknown types, ValueError for
    text that is no text (a lone surrogate) and for two keys that are one once normalised.
    """
    if type(value) is str:  # first, since most of a fact is text
        return _text(value)
    match value:
        case None | bool():
            return value
        case Enum():
            return plain(value.value)
        case int():
            return value
        case str():
            return _text(value)
        case Decimal():
            return decimal_text(value)
        case datetime():
            if value.tzinfo is None:
                raise TypeError(f"A moment needs its zone to be written canonically; seen {value.isoformat()}.")
            return value.isoformat()
        case date():
            return value.isoformat()
        case Mapping():
            keyed = {_key(key): plain(item) for key, item in value.items()}
            if len(keyed) != len(value):
                raise ValueError(f"Two keys have one canonical spelling; seen {sorted(map(str, value))}.")
            return keyed
        case list() | tuple():
            return [plain(item) for item in value]
        case float():
            raise TypeError(f"A float has no one spelling; use Decimal. Seen {value!r}.")
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form.")


def _text(text: str) -> str:
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"The text holds half a character at position {error.start}; seen {text[:40]!r}.") from error
    return unicodedata.normalize("NFC", text)


def _key(key: Any) -> str:
    if type(key) is str:
        return _text(key)
    match plain(key):
        case str(spelling):
            return spelling
        case int(number) if not isinstance(number, bool):
            return str(number)
    raise TypeError(f"A key is text, a whole number, a code or a date; seen {key!r}.")


def canonical_json(value: Any) -> str:
    """The one JSON text of a value."""
    return json.dumps(plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest(domain: str, value: Any) -> str:
    """SHA-256, in hex, of a value's canonical JSON under a domain tag; the tag keeps kinds of digest apart."""
    return hashlib.sha256(f"equipoise/{domain}\0".encode() + canonical_json(value).encode()).hexdigest()
