"""The document as written: YAML 1.2 core text into a tree of nodes, each with its line.

Nothing here knows what a protocol is. Words such as `yes` and `2026-03-05` stay text, as YAML 1.2 has it; numbers
are exact Decimals; tags, further documents, repeated keys and keys that are no text are refused. An alias is the
very node of its anchor, so it keeps that node's lines, and the size of the document is counted as if every alias were
written out, so that a small text cannot unfold into a huge one.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from equipoise.kernel.errors import Fault, ProtocolError
from equipoise.protocol.quick_events import Doubtful, quick_events

MOST_CHARACTERS = 2_000_000
"""Characters of a document, with every alias written out."""

MOST_DEPTH = 40
"""Levels of lists and mappings within one another."""

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEAN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_MOST_DIGITS = 40

_HOSTILE_SIGNS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff"
"""Control characters and others that YAML or a reader would trip over. Those that turn the direction of writing are
among them: a rule would read otherwise than it is judged.
"""
_HOSTILE = re.compile(f"[{_HOSTILE_SIGNS}]")
_HOSTILE_WRITTEN = re.compile(f"[{_HOSTILE_SIGNS}\\ud800-\\udfff]")
"""An escape can write half a character, too."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value. `written` is its text; `value` what it means; `text_line` the line its text begins on.

    `source` are the document's own lines from there on, so that a place in folded text can be found in the document.
    `problem` says what is wrong and wanted where the text means nothing; `value` then only stands in.
    """

    line: int
    value: bool | int | Decimal | str | None
    written: str
    is_quoted: bool = False
    text_line: int = 0
    source: tuple[str, ...] = ()
    problem: tuple[str, str] | None = None

    def position(self, line: int, column: int) -> tuple[int, int]:
        """The document's line and column of a place in the text; both count from 1.

        Folding changes white space and nothing else, so the place is found by counting the other characters.
        """
        before = self.written.split("\n")[: line - 1]
        here = self.written.split("\n")[line - 1][: column - 1] if line <= self.written.count("\n") + 1 else ""
        ahead = sum(not sign.isspace() for sign in "".join(before) + here)
        for number, text in enumerate(self.source):
            for at, sign in enumerate(text):
                if not sign.isspace():
                    if not ahead:
                        return self.text_line + number, at + 1
                    ahead -= 1
        return self.text_line + line - 1, column


@dataclass(slots=True)
class Listing:
    """A list."""

    line: int
    items: list["Node"] = field(default_factory=list)
    size: int = 1


@dataclass(slots=True)
class Entry:
    """A key's own line, and its value."""

    line: int
    value: "Node"


@dataclass(slots=True)
class Record:
    """A mapping from text to nodes, in the order written."""

    line: int
    entries: dict[str, Entry] = field(default_factory=dict)
    size: int = 1

    def get(self, key: str) -> "Node | None":
        """The value of a key, where there is one."""
        entry = self.entries.get(key)
        return entry.value if entry else None


type Node = Scalar | Listing | Record


def decode(data: bytes, name: str) -> str:
    """The text of a file: UTF-8, with or without a byte order mark. Raises ProtocolError naming the line."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ProtocolError(name, [Fault(1, "", "the text is UTF-16", wanted="a file saved as UTF-8")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        seen = f"the byte {data[error.start]:#04x}"
        raise ProtocolError(name, [Fault(line, "", "the text is not UTF-8", seen, "a file saved as UTF-8")]) from None


def read(text: str, name: str) -> tuple[Record, list[Fault]]:
    """Read a document whose root is a mapping, with the faults that do not stop the reading (repeated keys).

    Raises ProtocolError where the text is no YAML, or no mapping, or larger or deeper than any protocol is.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    reader = _Reader(name, text)
    try:
        root = reader.read_quickly()
    except (Doubtful, ProtocolError):
        reader = _Reader(name, text)
        root = reader.read()
    if not isinstance(root, Record):
        seen = "nothing" if isinstance(root, Scalar) and root.value is None else _kind(root)
        raise ProtocolError(
            name, [Fault(root.line, "", "the document is no mapping", seen, "keys and values, as `equipoise: 1`")]
        )
    return root, reader.faults


def plain(node: Node) -> Any:
    """The node as Python's own types: dict, list, str, int, bool, None, and Decimal."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Listing):
        return [plain(item) for item in node.items]
    return {key: plain(entry.value) for key, entry in node.entries.items()}


def identified(node: Node, position: int) -> str:
    """The name of a list's element in a path: its id where it has one, else its number, from 1."""
    own = node.get("id") if isinstance(node, Record) else None
    return own.written if isinstance(own, Scalar) and own.written else str(position + 1)


def line_of(root: Record, path: str) -> int:
    """The line of an element by its path of ids; where the path leads nowhere, of the last it passed.

    A form's items are found under the form, whatever their section.
    """
    node: Node = root
    line = root.line
    for part in path.split("."):
        if isinstance(node, Record) and part == "items" and "sections" in node.entries:
            sections = node.entries["sections"].value
            within = sections.items if isinstance(sections, Listing) else []
            lists = [one.get("items") for one in within if isinstance(one, Record)]
            node = Listing(node.line, [item for one in lists if isinstance(one, Listing) for item in one.items])
        elif isinstance(node, Record) and part in node.entries:
            line, node = node.entries[part].line, node.entries[part].value
        elif isinstance(node, Listing):
            found = [item for at, item in enumerate(node.items) if identified(item, at) == part]
            if not found:
                return line
            line, node = found[0].line, found[0]
        else:
            return line
    return line


def parts(node: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    """Every part of the document with its path in ids; an alias comes with its anchor's node."""
    yield path, node
    below: list[tuple[str, Node]] = []
    if isinstance(node, Record):
        below = [(key, entry.value) for key, entry in node.entries.items()]
    elif isinstance(node, Listing):
        below = [(identified(item, at), item) for at, item in enumerate(node.items)]
    for part, inner in below:
        yield from parts(inner, f"{path}.{part}".removeprefix("."))


def _kind(node: Node) -> str:
    return {Listing: "a list", Record: "a mapping"}.get(type(node), "a single value")


class _Reader:
    """Builds the tree from the parser's events."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.faults: list[Fault] = []
        self._anchors: dict[str, Node | None] = {}
        self._size = 0
        self._text = text
        self._lines = text.split("\n")
        self._repeated: list[tuple[Record, str, Fault]] = []

    def read_quickly(self) -> Node:
        """Read a text with nothing wrong or unusual in it. Raises Doubtful or ProtocolError for any other."""
        self._examine()
        root = self._document(quick_events(self._text))
        if self.faults:
            raise Doubtful
        return root

    def read(self) -> Node:
        """Read any text. Raises ProtocolError where it is no YAML 1.2, or not of our kind."""
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError, YAMLError

        self._examine()
        try:
            return self._document(YAML(typ="safe", pure=True).parse(self._text))
        except MarkedYAMLError as error:
            problem = " ".join(str(part) for part in (error.context, error.problem) if part)
            mark = error.problem_mark or error.context_mark
            if "unexpected end of stream" in problem and error.context_mark:
                mark = error.context_mark  # the quotation mark that is never closed
            at = mark.line + 1 if mark else 1
            raise self._stop(at, *_worded(problem, self._text, at)) from None
        except (YAMLError, ValueError, OverflowError) as error:
            raise self._stop(1, "the text is not YAML", str(error)[:200]) from None

    def _examine(self) -> None:
        """Refuse what no parser should see."""
        text = self._text
        if len(text) > MOST_CHARACTERS:
            raise self._stop(1, "the document is too long", f"{len(text)} characters", f"at most {MOST_CHARACTERS}")
        hostile = _HOSTILE.search(text)
        if hostile is not None:
            line, seen = text.count("\n", 0, hostile.start()) + 1, f"U+{ord(hostile[0]):04X}"
            raise self._stop(line, "the text holds a control character", seen, "plain text")

    def _document(self, events: Iterator[Any]) -> Node:
        root: Node | None = None
        for event in events:
            kind = type(event).__name__
            line = event.start_mark.line + 1 if event.start_mark else 1
            if kind == "DocumentStartEvent":
                if root is not None:
                    raise self._stop(line, "a second document begins", "---", "one document in the file")
                if event.version not in (None, (1, 2)):
                    seen = ".".join(str(part) for part in event.version)
                    raise self._stop(line, "the document is of another YAML version", seen, "YAML 1.2")
                root = self._node(next(events), events, 1)
        if root is None:
            return Scalar(1, None, "")
        if self._repeated:
            paths = {id(node): path for path, node in parts(root)}
            for record, key, fault in self._repeated:
                path = f"{paths.get(id(record), '')}.{key}".removeprefix(".")
                self.faults.append(replace(fault, path=path))
        return root

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        kind, line = type(event).__name__, event.start_mark.line + 1
        if kind == "AliasEvent":
            return self._alias(event.anchor, line)
        if depth > MOST_DEPTH:
            raise self._stop(line, "the document is nested too deeply", wanted=f"at most {MOST_DEPTH} levels")
        if event.tag is not None:
            raise self._stop(line, "a tag says of what type a value is", str(event.tag), "the value alone")
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        before = self._size
        node: Node
        if kind == "ScalarEvent":
            self._grow(len(event.value) + 1, line)
            node = self._scalar(event, line)
        elif kind == "SequenceStartEvent":
            self._grow(1, line)
            node = Listing(line)
            while type(inner := next(events)).__name__ != "SequenceEndEvent":
                node.items.append(self._node(inner, events, depth + 1))
            node.size = self._size - before
        else:
            self._grow(1, line)
            node = Record(line)
            while type(inner := next(events)).__name__ != "MappingEndEvent":
                key = self._node(inner, events, depth + 1)
                self._enter(node, key, self._node(next(events), events, depth + 1))
            node.size = self._size - before
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, anchor: str, line: int) -> Node:
        if anchor not in self._anchors:
            raise self._stop(line, "an alias names no anchor before it", f"*{anchor}", f"&{anchor} on an earlier value")
        node = self._anchors[anchor]
        if node is None:
            raise self._stop(line, "an alias lies within its own anchor", f"*{anchor}", "an alias after the value")
        self._grow(len(node.written) + 1 if isinstance(node, Scalar) else node.size, line)
        return node

    def _grow(self, size: int, line: int) -> None:
        self._size += size
        if self._size > MOST_CHARACTERS:
            raise self._stop(
                line, "the document unfolds to too much text", wanted=f"at most {MOST_CHARACTERS} characters, "
                "with every alias written out",
            )  # fmt: skip

    def _enter(self, record: Record, key: Node, value: Node) -> None:
        if not isinstance(key, Scalar):
            self.faults.append(Fault(key.line, "", "a key is no text", _kind(key), "a word as the key"))
            return
        if not isinstance(key.value, str):
            wanted = f'"{key.written}": write the key in quotes'
            self.faults.append(Fault(key.line, "", "a key is no text", key.written or "nothing", wanted))
            return
        if key.value == "<<":
            self.faults.append(Fault(key.line, "", "YAML 1.2 has no merge key", "<<", "the keys written out"))
            return
        first = record.entries.get(key.value)
        if first is not None:
            problem = f"the key `{key.value}` stands twice, first on line {first.line}"
            self._repeated.append((record, key.value, Fault(key.line, "", problem, key.value, "each key once")))
            return
        record.entries[key.value] = Entry(key.line, value)

    def _scalar(self, event: Any, line: int) -> Scalar:
        written = unicodedata.normalize("NFC", event.value)
        hostile = _HOSTILE_WRITTEN.search(written)
        if hostile is not None:
            control = (f"the text holds the control character U+{ord(hostile[0]):04X}", "plain text")
            return Scalar(line, "", "", True, line, (), control)
        if event.style in ("|", ">"):
            return Scalar(line, written, written, True, line + 1, tuple(self._lines[line : event.end_mark.line]))
        source = self._lines[line - 1 : event.end_mark.line + 1]
        begins = event.start_mark.column + bool(event.style)
        source[0] = " " * begins + source[0][begins:]
        if event.style or not event.implicit[0]:
            is_plain = not any(escape in text for text in source for escape in ("\\", "''"))
            return Scalar(line, written, written, True, line, tuple(source) if is_plain else ())
        value, problem = _meaning(written)
        return Scalar(line, value, written, False, line, tuple(source), problem)

    def _stop(self, line: int, problem: str, seen: str = "", wanted: str = "") -> ProtocolError:
        return ProtocolError(self.name, [*self.faults, Fault(line, "", problem, seen, wanted)])


def _meaning(written: str) -> tuple[bool | int | Decimal | str | None, tuple[str, str] | None]:
    """What a plain scalar means in YAML 1.2's core schema; with what is wrong and wanted, where it means nothing."""
    if written in _NULL:
        return None, None
    if written in _BOOLEAN:
        return _BOOLEAN[written], None
    if len(written) > _MOST_DIGITS and (_INTEGER.fullmatch(written) or _DECIMAL.fullmatch(written)):
        return 0, ("a number is too long", f"at most {_MOST_DIGITS} digits")
    if _INTEGER.fullmatch(written):
        return int(written), None
    if _OCTAL.fullmatch(written) or _HEXADECIMAL.fullmatch(written):
        return int(written, 0), None
    if _DECIMAL.fullmatch(written):
        number = Decimal(written)
        if number and not -_MOST_DIGITS <= number.adjusted() <= _MOST_DIGITS:
            return 0, ("a number is beyond all measure", "a plain number")
        return number, None
    if _NO_NUMBER.fullmatch(written):
        return 0, ("a number is not finite", "a plain number")
    return written, None


_HINTS: Mapping[str, tuple[str, str]] = {
    "mapping values are not allowed": (
        "a colon stands where no key can",
        'a text with a colon in it in quotes ("a: b"), or the key on a line of its own',
    ),
    "could not find expected ':'": ("a key has no colon after it", "`key: value`, indented as its neighbours"),
    "cannot start any token": ("a character cannot begin a value", "the text in quotes, and spaces instead of tabs"),
    "found character '\\t'": ("a tab stands where spaces indent", "spaces"),
    "unexpected end of stream": ("a quotation mark is not closed", "the closing quotation mark"),
    "expected ',' or ']'": ("a list in brackets is not closed", "`]`, or a comma between its items"),
    "expected ',' or '}'": ("a mapping in braces is not closed", "`}`, or a comma between its entries"),
    "expected <block end>": ("the indentation does not fit the lines above", "the same indentation as the neighbours"),
    "found undefined alias": ("an alias names no anchor before it", "an anchor (&name) on an earlier value"),
}


def _worded(problem: str, text: str, line: int) -> tuple[str, str, str]:
    """The parser's complaint in a sentence that says what to do; what was seen is the line itself."""
    lines = text.split("\n")
    seen = lines[line - 1].strip()[:80] if 0 < line <= len(lines) else ""
    for sign, (own, wanted) in _HINTS.items():
        if sign in problem:
            return own, seen or "the end of the file", wanted
    return f"the text is not YAML ({' '.join(problem.split())[:120]})", seen or "the end of the file", "YAML 1.2"
