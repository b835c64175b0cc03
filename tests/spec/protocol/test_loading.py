"""What loading makes of a right document."""

from decimal import Decimal
from pathlib import Path

import pytest

from equipoise.kernel.errors import ProtocolError
from equipoise.protocol.document import decode
from equipoise.protocol.load import load, load_canonical
from equipoise.protocols import names, shipped

WHOLE = (Path(__file__).parent / "whole.yaml").read_text()


@pytest.mark.parametrize("name", names())
def test_every_shipped_protocol_is_right(name):
    loaded = load(shipped(name), f"{name}.yaml")
    assert loaded.protocol.id == name
    assert len(loaded.digest) == 64


def test_there_are_three_shipped_protocols_and_more():
    assert len(names()) >= 3


def test_numbers_are_exact():
    protocol = load(WHOLE.replace("alpha: 0.05", "alpha: 0.0123456789012345678901"), "whole.yaml").protocol
    assert protocol.analysis.alpha == Decimal("0.0123456789012345678901")


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("alpha: 0.05", "alpha: 0.050", True),
        ("alpha: 0.05", 'alpha: "0.05"', True),
        ("alpha: 0.05", "alpha: 5e-2", True),
        ("information: 1,", "information: 1.0,", True),
        ("phase: II", "phase: 'II'   # the second", True),
        ("    says: Adults\n", "    says: Adults\n    unless:\n", True),
        ("A small trial", "A small trial.", False),
        ("version: \"1.0\"\ntitle", "version: \"1.00\"\ntitle", False),
    ],
)  # fmt: skip
def test_what_changes_the_digest(before, after, same):
    assert before in WHOLE
    assert (load(WHOLE.replace(before, after), "b").digest == load(WHOLE, "a").digest) is same


def test_yes_and_dates_are_text_as_yaml_1_2_has_it():
    protocol = load(WHOLE.replace("phase: II", "phase: yes").replace("design: Two", "design: 2026-03-05"), "w").protocol
    assert (protocol.phase, protocol.design) == ("yes", "2026-03-05 parallel groups")


def test_a_byte_order_mark_is_passed_over_and_other_encodings_are_told():
    assert load(decode(b"\xef\xbb\xbf" + WHOLE.encode(), "w"), "w").protocol.id == "small"
    for data, line in ((WHOLE.encode("utf-16"), 1), (b"equipoise: 1\nid: caf\xe9\n", 2)):
        with pytest.raises(ProtocolError) as caught:
            decode(data, "w")
        assert caught.value.faults[0].line == line


@pytest.mark.parametrize("text", ["", "{", "[]", '{"equipoise":1}', "null", '{"a":NaN}'])
def test_what_is_no_canonical_protocol_is_refused(text):
    with pytest.raises(ProtocolError):
        load_canonical(text)


def test_canonical_text_that_was_touched_is_refused():
    canonical = load(WHOLE, "w").canonical
    with pytest.raises(ProtocolError) as caught:
        load_canonical(canonical.replace('{"accrual"', '{ "accrual"'))
    assert "not canonical" in str(caught.value)
