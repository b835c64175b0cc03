"""Every assumption of a protocol, with where it stands and what it is about."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from equipoise.protocol.model import Protocol
from equipoise.protocol.translation import key_of_element


@dataclass(frozen=True, slots=True)
class Assumption:
    """Where the source is silent: the element's path in ids, its label, the reason, the source if any."""

    path: str
    element: str
    reason: str
    sources: tuple[str, ...] = ()


def assumptions(protocol: Protocol) -> tuple[Assumption, ...]:
    """Every assumption, in the order of the document's parts."""
    return tuple(_found(protocol, "", protocol.short_title))


def _found(part: Any, path: str, around: str) -> Iterator[Assumption]:
    label = _label(part) or around
    reason = getattr(part, "assumption", "") or ""
    if reason.strip():
        source = getattr(part, "source", ()) or ()
        sources = (source,) if isinstance(source, str) else tuple(source)
        yield Assumption(path or "protocol", label, reason.strip(), sources)
    for field in fields(part):
        inner = getattr(part, field.name)
        if is_dataclass(inner):
            yield from _found(inner, f"{path}.{field.name}".removeprefix("."), _label(part) or field.name)
        elif isinstance(inner, tuple):
            for number, element in enumerate(inner, start=1):
                if is_dataclass(element):
                    yield from _found(element, key_of_element(part, path, field.name, element, number), label)


def _label(part: Any) -> str:
    for name in ("label", "says", "short_title", "method"):
        text = getattr(part, name, "")
        if text:
            return str(text)
    return ""
