"""A protocol in another language: texts keyed by paths of ids, in a file of its own with a digest of its own.

    language: zh-hans
    protocol: nct07014202
    version: "1.0"                      # the version it was made for
    texts:
      title: ...
      arms: {rt: {label: ...}}
      eligibility.I12a.says: ...
      forms.laboratory:
        label: ...
        sections: {"1": {label: ...}}
        items: {neutrophils: {label: ...}, ecog: {options: {"0": {label: ...}}}}

A key is written out with points or nested, as is handier. Sections have no id and go by their number; an item goes by
its form and its id, whatever its section. Mending a translation does not amend the trial: the protocol's own digest
does not see it.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from equipoise.kernel.canonical import canonical_json
from equipoise.kernel.errors import Fault, ProtocolError
from equipoise.methods.forms import Section
from equipoise.protocol import shape
from equipoise.protocol.document import Node, Record, Scalar, read
from equipoise.protocol.model import Protocol

PROSE = frozenset({
    "title", "short_title", "phase", "design", "synopsis", "condition", "label", "says", "help", "reading",
    "assumption", "population", "variable", "summary", "holds",
})  # fmt: skip
"""The keys whose text people read, and which a translation may give."""

_KEYS = ("language", "protocol", "version", "texts")
_THROUGH_SECTION = re.compile(r"^(forms\.[^.]+)\.sections\.[^.]+\.items\.")


@dataclass(frozen=True)
class Translation:
    """Texts by key, their digest (SHA-256, hex), and the keys of the protocol's texts it leaves untranslated."""

    language: str
    protocol: str
    version: str
    texts: Mapping[str, str]
    digest: str
    untranslated: tuple[str, ...]


def texts_of(protocol: Protocol) -> dict[str, str]:
    """Every text of a protocol that people read, by its key."""
    return dict(_texts(protocol, ""))


def load_translation(text: str, name: str, protocol: Protocol) -> Translation:
    """Read a translation of a protocol. Raises ProtocolError with every fault: unknown keys, texts of nothing."""
    root, faults = read(text, name)
    head: dict[str, str] = {}
    for key, entry in root.entries.items():
        if key not in _KEYS:
            near = shape.nearest(key, _KEYS) or shape.choices(_KEYS)
            faults.append(Fault(entry.line, key, f"there is no key `{key}` here", key, near))
        elif key != "texts" and isinstance(entry.value, Scalar) and isinstance(entry.value.value, str):
            head[key] = entry.value.written
    for key, wanted in (("protocol", protocol.id), ("language", "zh-hans"), ("version", f'"{protocol.version}"')):
        line = root.entries[key].line if key in root.entries else root.line
        if key not in head:
            faults.append(Fault(line, key, f"`{key}` is missing or no text", wanted=wanted))
        elif key == "protocol" and head[key] != protocol.id:
            faults.append(Fault(line, key, "the translation is of another protocol", head[key], protocol.id))
    known = texts_of(protocol)
    found: dict[str, str] = {}
    body = root.get("texts")
    if not isinstance(body, Record):
        faults.append(Fault(root.line, "texts", "`texts` is missing or no mapping", wanted="keys and their texts"))
    else:
        for key, line, node in _leaves(body, ""):
            fault = _fault(key, line, node, known, found)
            if fault:
                faults.append(fault)
            elif isinstance(node, Scalar):
                found[key] = node.written
    if faults:
        raise ProtocolError(name, faults)
    told = canonical_json({**head, "texts": found})
    missing = tuple(key for key, own in known.items() if key not in found and own.strip())
    digest = hashlib.sha256(told.encode()).hexdigest()
    return Translation(head["language"], head["protocol"], head["version"], found, digest, missing)


def translate(protocol: Protocol, translation: Translation) -> Protocol:
    """The protocol with every text the translation gives; ids, rules and numbers stay as they are."""
    translated: Protocol = _translated(protocol, "", translation.texts)
    return translated


def _fault(key: str, line: int, node: Node, known: Mapping[str, str], found: Mapping[str, str]) -> Fault | None:
    if key not in known:
        near = shape.nearest(key, known)
        return Fault(line, key, "the protocol has no such text", key, near or "a key of one of its texts")
    if not isinstance(node, Scalar) or not isinstance(node.value, str) or not node.written.strip():
        return Fault(line, key, "a translation is text", getattr(node, "written", "") or "none", "text, in quotes")
    return Fault(line, key, "the text is translated twice", key, "once") if key in found else None


def _leaves(record: Record, path: str) -> Iterator[tuple[str, int, Node]]:
    for key, entry in record.entries.items():
        own = _THROUGH_SECTION.sub(r"\1.items.", f"{path}.{key}".removeprefix("."))
        if isinstance(entry.value, Record):
            yield from _leaves(entry.value, own)
        else:
            yield own, entry.line, entry.value


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    for name, inner in _below(value, path):
        if isinstance(inner, str):
            yield name, inner
        else:
            yield from _texts(inner, name)


def _below(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The texts and parts directly within a part, each with its key."""
    for field in fields(value):
        inner = getattr(value, field.name)
        if (field.name in PROSE and isinstance(inner, str)) or is_dataclass(inner):
            yield _joined(path, field.name), inner
        elif isinstance(inner, tuple):
            for number, element in enumerate(inner, start=1):
                if is_dataclass(element):
                    yield key_of_element(value, path, field.name, element, number), element


def key_of_element(owner: Any, path: str, name: str, element: Any, number: int) -> str:
    """The key of a list's element: by id, else by number; items stand under their form and not under their section."""
    if isinstance(owner, Section) and name == "items":
        path = path.rsplit(".sections.", 1)[0]
    own = getattr(element, "id", "")
    if not own and hasattr(element, "factor"):
        own = f"{element.factor}.{element.level}"
    elif not own and hasattr(element, "arm"):
        own = element.arm
    return _joined(path, f"{name}.{own or number}")


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _translated(value: Any, path: str, texts: Mapping[str, str]) -> Any:
    changed: dict[str, Any] = {}
    for field in fields(value):
        inner = getattr(value, field.name)
        if field.name in PROSE and isinstance(inner, str):
            own: Any = texts.get(_joined(path, field.name), inner)
        elif is_dataclass(inner):
            own = _translated(inner, _joined(path, field.name), texts)
        elif isinstance(inner, tuple):
            own = tuple(
                _translated(element, key_of_element(value, path, field.name, element, number), texts)
                if is_dataclass(element)
                else element
                for number, element in enumerate(inner, start=1)
            )
        else:
            continue
        if own != inner:
            changed[field.name] = own
    return replace(value, **changed) if changed else value
