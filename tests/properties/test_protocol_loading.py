"""Laws of loading a protocol: one meaning, one digest; and whatever the text, a sentence and never a traceback."""

import copy
import json
import random
import textwrap
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from equipoise.kernel.errors import ProtocolError
from equipoise.protocol import quick_events
from equipoise.protocol.document import decode, plain, read
from equipoise.protocol.load import load, load_canonical
from equipoise.protocols import shipped

WHOLE = (Path(__file__).parents[1] / "spec" / "protocol" / "whole.yaml").read_text()
FLAGSHIP = shipped("nct07014202")

HOSTILE = (
    "\t", ": ", "- ", "? ", "{", "}", "[", "]", "*x", "&x ", "!!str ", "!x ", "<<: ", '"', "'", "|", ">", "%", "@", "`",
    "#", "---", "...", "\\", "\x00", "\x85", "\u2028", "\ufeff", "\ud800", "é", "一", "𝔘", "null", "true", "1.0", "-",
    "1e400", ".inf", "0x", "0o9", "99999999999999999999999999999999999999999999", "id: x", "rule: a(", "source:",
    "- id:", "\r", "\r\n", "\n", "\n\n ", "  ",
)  # fmt: skip


def outcome(text: str) -> str:
    """'' where the text is a protocol; else the sentence, every line of which lies in the document."""
    try:
        load(text, "mutated.yaml")
    except ProtocolError as error:
        wrong = error
    else:
        return ""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 2
    assert wrong.faults
    for fault in wrong.faults:
        assert 1 <= fault.line <= lines
        assert fault.problem
    return str(wrong)


def mutated(text: str, chance: random.Random) -> str:
    """A text with a few cuts, repeats, swaps and hostile splices."""
    for _ in range(chance.randint(1, 4)):
        lines = text.split("\n")
        at = chance.randrange(len(lines))
        match chance.randrange(7):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[chance.randrange(len(lines))])
            case 2:
                lines[at] = " " * chance.randrange(6) + lines[at].lstrip()
            case 3:
                other = chance.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
            case 4:
                words = lines[at].split(" ")
                words[chance.randrange(len(words))] = chance.choice(HOSTILE)
                lines[at] = " ".join(words)
            case 5:
                place = chance.randint(0, len(lines[at]))
                lines[at] = lines[at][:place] + chance.choice(HOSTILE) + lines[at][place:]
            case 6:
                place = chance.randint(0, len(lines[at]))
                lines[at] = lines[at][:place]
        text = "\n".join(lines)
    return text


@given(st.integers(0, 2**32), st.sampled_from((WHOLE, FLAGSHIP)))
@settings(max_examples=300, deadline=None)
def test_libyaml_and_ruamel_make_the_same_of_a_mutated_stretch(seed, source):
    chance = random.Random(seed)
    lines = source.split("\n")
    first = chance.randrange(len(lines))
    text = textwrap.dedent("\n".join(lines[first : first + chance.randint(1, 30)]))
    text = mutated(text, chance) if chance.random() < 0.8 else text

    def told() -> object:
        try:
            return read(text, "mutated.yaml")
        except ProtocolError as error:
            return str(error)

    quickly = told()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quick_events, "CSafeLoader", None)
        assert told() == quickly


@given(st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_a_mutated_protocol_is_right_or_told_what_is_wrong(seed):
    outcome(mutated(WHOLE, random.Random(seed)))


@given(st.integers(0, 2**32))
@settings(max_examples=12, deadline=None)
def test_the_flagship_mutated_is_right_or_told_what_is_wrong(seed):
    outcome(mutated(FLAGSHIP, random.Random(seed)))


WRONG = (
    None, True, 0, -1, 7, "", "x", "1.0", " ", "a.b", "Infinity", [], ["x"], [None], [[]], {}, {"id": "x"}, {"x": {}},
    "none", [{"id": "x"}, {"id": "x"}], {"id": None}, "1e99999999", 10**30, "age >= 18", "-8 weeks", "consent",
)  # fmt: skip


def disturbed(document: dict, chance: random.Random) -> str:
    """A document in which a few values, anywhere, are replaced, left out or joined by another."""
    for _ in range(chance.randint(1, 4)):
        owner, value = None, document
        while isinstance(value, dict | list) and value and (owner is None or chance.random() < 0.8):
            owner, key = value, chance.choice(list(value) if isinstance(value, dict) else range(len(value)))
            value = owner[key]
        if owner is None:  # nothing is left to disturb
            break
        wrong = copy.deepcopy(chance.choice(WRONG))
        match chance.randrange(4):
            case 0:
                del owner[key]
            case 1 if isinstance(owner, dict):
                owner[chance.choice(["id", "kind", "source", "when", "x"])] = wrong
            case _:
                owner[key] = wrong
    return json.dumps(document, default=str)


@given(st.integers(0, 2**32))
@settings(max_examples=200, deadline=None)
def test_a_protocol_with_wrong_values_is_right_or_told_what_is_wrong(seed):
    root, _ = read(WHOLE, "whole.yaml")
    outcome(disturbed(plain(root), random.Random(seed)))


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_is_told_what_is_wrong(text):
    assert outcome(text)


@given(st.binary(max_size=100))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_text_or_told_to_be_none(data):
    try:
        told = decode(data, "bytes.yaml").encode().decode()
    except ProtocolError as error:
        told = str(error)
    assert told == data.decode("utf-8-sig", errors="ignore") or "UTF-8" in told or "UTF-16" in told


def rewritten(value: object, chance: random.Random) -> str:
    """The same document in JSON, which is YAML too: other order of keys, other quotation marks, other white space."""
    space = chance.choice(["", " ", "\n", "  # a comment\n "])
    if isinstance(value, dict):
        entries = [f"{json.dumps(key)}:{space} {rewritten(inner, chance)}" for key, inner in value.items()]
        chance.shuffle(entries)
        return "{" + f",{space} ".join(entries) + space + "}"
    if isinstance(value, list):
        return "[" + f",{space} ".join(rewritten(inner, chance) for inner in value) + space + "]"
    if isinstance(value, Decimal):
        return chance.choice([f"{value:f}", f"{value:f}0" if "." in f"{value:f}" else f"{value:f}.0", f'"{value:f}"'])
    return json.dumps(value, ensure_ascii=chance.random() < 0.5)


@given(st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_comments_order_and_quotation_marks_do_not_change_the_digest(seed):
    root, faults = read(WHOLE, "whole.yaml")
    assert not faults
    again = rewritten(plain(root), random.Random(seed))
    assert load(again, "again.yaml").digest == load(WHOLE, "whole.yaml").digest


@pytest.mark.parametrize("text", [WHOLE, FLAGSHIP], ids=["whole", "flagship"])
def test_the_canonical_text_reads_back_as_the_same_protocol(text):
    loaded = load(text, "protocol.yaml")
    again = load_canonical(loaded.canonical)
    assert again.protocol == loaded.protocol
    assert again.digest == loaded.digest
    assert json.loads(loaded.canonical)["id"] == loaded.protocol.id


# A cut between two scenarios, the last part, leaves a protocol with fewer of them: nothing is wrong there.
@pytest.mark.parametrize("line", range(0, FLAGSHIP[: FLAGSHIP.index("\nscenarios:")].count("\n"), 97))
def test_cutting_the_flagship_off_anywhere_is_told(line):
    cut = "\n".join(FLAGSHIP.split("\n")[:line])
    assert outcome(cut)


@pytest.mark.parametrize("sign", ["\u202e", "\u2066"])
def test_a_sign_that_turns_the_direction_of_writing_is_refused(sign):
    assert f"U+{ord(sign):04X}" in outcome(WHOLE.replace("rule: age >=", f"rule: age {sign}>="))
    assert f"U+{ord(sign):04X}" in outcome(WHOLE.replace("says: Adults", f'says: "Adults \\u{ord(sign):04x}"'))


def test_a_document_that_unfolds_is_refused_quickly():
    text = "a: &a [" + ", ".join(["x"] * 10) + "]\n"
    for level in range(1, 40):
        before = f"a{'b' * (level - 1)}"
        text += f"a{'b' * level}: &a{'b' * level} [" + ", ".join([f"*{before}"] * 10) + "]\n"
    started = time.process_time()
    assert "unfolds to too much" in outcome(text)
    assert time.process_time() - started < 10
