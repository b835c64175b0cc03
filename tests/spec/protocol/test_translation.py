"""A protocol in another language: keyed by ids, checked against the protocol, with a digest of its own."""

from pathlib import Path

import pytest

from equipoise.kernel.errors import ProtocolError
from equipoise.protocol.load import load
from equipoise.protocol.translation import load_translation, texts_of, translate
from equipoise.protocols import names, shipped, translation

SMALL = load((Path(__file__).parent / "whole.yaml").read_text(), "whole.yaml").protocol
HEAD = 'language: zh-hans\nprotocol: small\nversion: "1.0"\n'


def translated(texts: str):
    return load_translation(HEAD + texts, "small.zh-hans.yaml", SMALL)


@pytest.mark.parametrize("name", names())
def test_every_shipped_protocol_has_a_whole_translation(name):
    protocol = load(shipped(name), name).protocol
    found = load_translation(translation(name), f"{name}.zh-hans.yaml", protocol)
    assert found.untranslated == ()


@pytest.mark.parametrize(
    "texts",
    [
        "texts:\n  arms.new.label: 新疗法\n  forms.blood.items.weight.label: 体重\n",
        "texts:\n  arms: {new: {label: 新疗法}}\n  forms:\n    blood.items.weight: {label: 体重}\n",
        'texts:\n  arms: {new.label: 新疗法}\n  forms.blood: {sections: {"1": {items: {weight: {label: 体重}}}}}\n',
    ],
)
def test_keys_are_nested_or_written_out(texts):
    found = translated(texts)
    small = translate(SMALL, found)
    assert small.arm("new").label == "新疗法"
    assert small.form("blood").item("weight").label == "体重"
    assert small.arm("old").label == SMALL.arm("old").label
    assert "arms.old.label" in found.untranslated
    assert "arms.new.label" not in found.untranslated


def test_options_levels_and_sections_have_keys():
    keys = set(texts_of(SMALL))
    assert {
        "title", "forms.person.sections.1.label", "forms.person.items.sex.options.female.label",
        "strata.fitness.levels.0.label", "eligibility.X1.assumption", "forms.blood.edits.heavy.says",
    } <= keys  # fmt: skip


def test_rules_ids_and_numbers_cannot_be_translated():
    assert not any(key.endswith((".rule", ".id", ".unit", ".when", ".dose")) for key in texts_of(SMALL))


def test_the_digest_sees_the_texts_and_not_their_order():
    one = translated("texts:\n  title: 试验\n  arms.new.label: 新\n").digest
    assert one == translated("texts:\n  arms: {new: {label: 新}}\n  title: 试验  # mended\n").digest
    assert one != translated("texts:\n  title: 试验\n  arms.new.label: 旧\n").digest


@pytest.mark.parametrize(
    ("text", "line", "path", "problem"),
    [
        (HEAD + "texts: {}\nauthor: x\n", 5, "author", "there is no key"),
        (HEAD.replace("small", "other") + "texts: {}\n", 2, "protocol", "of another protocol"),
        ("protocol: small\ntexts: {}\n", 1, "language", "missing"),
        (HEAD, 1, "texts", "missing"),
        (HEAD + "texts:\n  tittle: x\n", 5, "tittle", "no such text"),
        (HEAD + "texts:\n  arms.newer.label: x\n", 5, "arms.newer.label", "no such text"),
        (HEAD + "texts:\n  eligibility.I1.rule: age > 3\n", 5, "eligibility.I1.rule", "no such text"),
        (HEAD + "texts:\n  title: 3\n", 5, "title", "a translation is text"),
        (HEAD + "texts:\n  title: [x]\n", 5, "title", "a translation is text"),
        (HEAD + "texts:\n  title:\n", 5, "title", "a translation is text"),
        (HEAD + "texts:\n  arms.new.label: x\n  arms: {new: {label: y}}\n", 6, "arms.new.label", "translated twice"),
    ],
)
def test_what_is_wrong_is_told_on_its_line(text, line, path, problem):
    with pytest.raises(ProtocolError) as caught:
        load_translation(text, "small.zh-hans.yaml", SMALL)
    assert any(
        fault.line == line and fault.path == path and problem in fault.problem for fault in caught.value.faults
    ), str(caught.value)
