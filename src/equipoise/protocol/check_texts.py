"""Whether what people are to read is written, and ids are short enough to be read at all."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from equipoise.protocol import shape
from equipoise.protocol.decode import Location
from equipoise.protocol.model import Protocol
from equipoise.protocol.problems import Problem

LONGEST_ID = 64
"""Ids stand in addresses, column heads and file names."""

LONGEST_LABEL = 1000
"""How long a label, a title or a version may be; what explains may be longer."""

_LABELS = ("label", "title", "short_title", "version")
_SAID = (*_LABELS, "says")


def text_problems(protocol: Protocol) -> Iterator[Problem]:
    """Texts that a part cannot do without and that say nothing; labels and ids without end."""
    yield from _of(protocol, ())


def _of(value: Any, at: Location) -> Iterator[Problem]:
    for field in fields(value):
        inner = getattr(value, field.name)
        where: Location = (*at, field.name)
        if isinstance(inner, str):
            yield from _text(field.name, inner, where, is_needed=shape.is_required(field))
        elif is_dataclass(inner):
            yield from _of(inner, where)
        elif isinstance(inner, tuple):
            for number, element in enumerate(inner):
                if is_dataclass(element):
                    yield from _of(element, (*where, number))


def _text(name: str, text: str, at: Location, *, is_needed: bool) -> Iterator[Problem]:
    if name in _SAID and is_needed and at != ("version",) and not text.strip():
        yield Problem(at, "the text is empty", "spaces" if text else "nothing", "words that people read")
    if name == "id" and len(text) > LONGEST_ID:
        seen = f"{len(text)} characters"
        yield Problem(at, "the id is too long", seen, f"at most {LONGEST_ID} letters, digits, _ and -")
    if name in _LABELS and len(text) > LONGEST_LABEL:
        yield Problem(at, "the text is too long", f"{len(text)} characters", f"at most {LONGEST_LABEL}")
