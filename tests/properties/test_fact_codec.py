"""Every fact that can be written can be read back as it was, from one text and no other."""

import json
import unicodedata
from dataclasses import fields
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from equipoise.conduct import codec
from equipoise.conduct import facts as f
from equipoise.kernel.errors import LedgerError
from equipoise.methods.items import Answer

KINDS = sorted(f.kinds())

_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12).map(
    lambda text: unicodedata.normalize("NFC", text)
)


def _values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a declared type."""
    if hint is str:
        return _texts
    if hint is int:
        return st.integers(0, 10**9)
    if hint is bool:
        return st.booleans()
    if hint is type(None):
        return st.none()
    if hint is Answer:
        return _facts(Answer)
    inner = get_args(hint)
    match get_origin(hint):
        case origin if origin is Literal:
            return st.sampled_from(inner)
        case origin if origin in (Union, UnionType):
            return st.one_of([_values(one) for one in inner])
        case origin if origin is tuple:
            return st.lists(_values(inner[0]), max_size=3).map(tuple)
        case origin if origin is dict:
            return st.dictionaries(_texts, _values(inner[1]), max_size=3)
    raise AssertionError(f"A fact holds a type this test does not know: {hint}")


def _facts(cls: type) -> st.SearchStrategy[Any]:
    hints = get_type_hints(cls)
    return st.builds(cls, **{field.name: _values(hints[field.name]) for field in fields(cls)})


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_what_is_written_is_read_back(kind: str, data: st.DataObject) -> None:
    fact = data.draw(_facts(f.kinds()[kind]))
    written, text = codec.encode(fact)
    assert written == kind
    assert codec.decode(kind, text) == fact
    assert codec.encode(codec.decode(kind, text)) == (kind, text)
    assert json.dumps(json.loads(text), sort_keys=True, ensure_ascii=False, separators=(",", ":")) == text


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_fields_at_their_defaults_are_not_written(kind: str, data: st.DataObject) -> None:
    fact = data.draw(_facts(f.kinds()[kind]))
    written = json.loads(codec.encode(fact)[1])
    for field in fields(fact):
        assert (field.name in written) == (getattr(fact, field.name) != field.default)


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_fields_and_kinds_are_refused(kind: str) -> None:
    with pytest.raises(LedgerError, match=kind):
        codec.decode(kind, '{"no_such_field":"x"}')
    with pytest.raises(LedgerError, match="cannot be read"):
        codec.decode(kind, "[]")
    with pytest.raises(LedgerError, match="not known"):
        codec.decode(f"{kind}_of_the_future", "{}")
