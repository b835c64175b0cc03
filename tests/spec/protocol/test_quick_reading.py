"""A text read with libyaml's parser is what ruamel.yaml's makes of it: the same tree, lines, quoting and faults."""

from pathlib import Path

import pytest

from equipoise.kernel.errors import ProtocolError
from equipoise.protocol import quick_events
from equipoise.protocol.document import read
from equipoise.protocol.quick_events import Doubtful
from equipoise.protocols import names, shipped, translation

HERE = Path(__file__).parent
SHIPPED = {
    **{name: shipped(name) for name in names()},
    **{f"{name}.zh-hans": text for name in names() if (text := translation(name, "zh-hans")) is not None},
}
FILES = {path.name: path.read_bytes().decode("utf-8", "replace") for path in sorted(HERE.rglob("*.yaml"))}


def without_libyaml(text: str, monkeypatch: pytest.MonkeyPatch) -> object:
    with monkeypatch.context() as patch:
        patch.setattr(quick_events, "CSafeLoader", None)
        return told(text)


def told(text: str) -> object:
    """What came of a text: its tree and faults, or what is said of it."""
    try:
        return read(text, "one.yaml")
    except ProtocolError as error:
        return str(error)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_protocol_is_read_by_libyaml_to_the_same_tree(name, monkeypatch):
    assert sum(type(event).__name__ == "ScalarEvent" for event in quick_events.quick_events(SHIPPED[name])) > 500
    assert told(SHIPPED[name]) == without_libyaml(SHIPPED[name], monkeypatch)


@pytest.mark.parametrize("name", FILES)
def test_a_broken_protocol_is_told_the_same(name, monkeypatch):
    assert told(FILES[name]) == without_libyaml(FILES[name], monkeypatch)


@pytest.mark.parametrize(
    "text",
    [
        "a:\tb\n",  # ruamel.yaml refuses it
        "a:\nb: c\n",  # the two differ on the line of nothing
        "{a, b: c}\n",
        "a: |#\n  b\n",  # ruamel.yaml refuses it
        "a: |\n \n  b\n",  # and this
        "a: &b:c d\n",  # one takes the anchor for `b:c`, the other for `b`
        "a: !!str b\n",
        "%YAML 1.2\n---\na: b\n",
        "%TAG !e! tag:example.org:\n---\na: b\n",
        "a: [b\n",
        "a: \ud800\n",
    ],
)
def test_where_the_two_may_differ_libyaml_is_not_asked(text, monkeypatch):
    with pytest.raises(Doubtful):
        list(quick_events.quick_events(text))
    assert told(text) == without_libyaml(text, monkeypatch)


@pytest.mark.parametrize(
    "text",
    [
        "a: &b c\nd: *b\ne: [*b, f, *b]\n",
        "a: &b\n  - c\n  - {d: 'e', \"f\": 1.0}\ng: *b\n",
        "a: >-\n  b\n  c\n\n    d\n\n  e\nf: |+\n  g\n\nh: |2\n    i\n",
        "a: 'it''s\n  folded\n\n  twice'\nb: \"\\u4e2d \\\n   c\"\n",
        "a: http://b#c\nd: [e:f, -g, h#]\ni: -j # k\n",
        "? a\n: b\n",
        "𝔘: é 一\nb: c",
        "---\na: b\n...\n",
    ],
)
def test_where_they_agree_the_tree_is_the_same(text, monkeypatch):
    assert list(quick_events.quick_events(text))
    assert told(text) == without_libyaml(text, monkeypatch)


def test_what_stands_wrong_in_a_readable_text_is_told_as_by_ruamel(monkeypatch):
    text = "a: 1\nb: [c]\na: 2\n7: d\n"
    root, faults = read(text, "one.yaml")
    assert [fault.line for fault in faults] == [4, 3]
    assert root.entries["a"].line == 1
    assert (root, faults) == without_libyaml(text, monkeypatch)
