"""What is said of a protocol in which something is wrong: every fault, on its line, under its path.

Each file of `broken/` says itself what is wrong with it, on the line where it is: `# fault: PATH: PROBLEM`, or
`# fault +2: ...` where the faulty line, two lines on, cannot hold a comment.
"""

import re
from pathlib import Path

import pytest

from equipoise.kernel.errors import ProtocolError
from equipoise.protocol.load import load

HERE = Path(__file__).parent
BROKEN = sorted((HERE / "broken").glob("*.yaml"))
MARK = re.compile(r"# fault(?: ([+-]\d+))?: (.*?)(?=\s*# fault|$)")


def expected(text: str) -> set[tuple[int, str, str]]:
    """(line, path, problem) of every mark."""
    return {
        (number + int(found[1] or 0), *found[2].split(": ", 1))
        for number, line in enumerate(text.split("\n"), start=1)
        for found in MARK.finditer(line)
    }


def faults_of(text: str, name: str = "protocol.yaml") -> tuple:
    with pytest.raises(ProtocolError) as caught:
        load(text, name)
    return caught.value.faults


def test_there_are_twenty_broken_files_and_more():
    assert len(BROKEN) >= 20


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_fault_is_told_on_its_line(path):
    text = path.read_text()
    told = {(fault.line, fault.path, fault.problem) for fault in faults_of(text, path.name)}
    assert told == expected(text)


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_fault_says_what_was_seen_or_what_would_be_right(path):
    for fault in faults_of(path.read_text(), path.name):
        assert fault.seen or fault.wanted, str(fault)
        assert "Input should" not in fault.problem
        assert "Traceback" not in str(fault)
