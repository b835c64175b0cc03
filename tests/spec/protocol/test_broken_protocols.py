"""What is said of a protocol in which something is wrong: every fault, on its line, under its path.

Each file of `broken/` says itself what is wrong with it, on the line where it is: `# fault: PATH: PROBLEM`, or
`# fault +2: ...` where the faulty line, two lines on, cannot hold a comment.
"""

import re
from pathlib import Path

import pytest

from equipoise.kernel.errors import ProtocolError
from equipoise.protocol.load import load
from equipoise.protocols import shipped

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


WHOLE = (HERE / "whole.yaml").read_text()


@pytest.mark.parametrize(
    ("old", "new", "path", "problem"),
    [
        ("label: Hoped for", 'label: ""', "scenarios.hoped_for.label", "the text is empty"),
        ("label: Weight,", 'label: " \u00a0 ",', "forms.blood.sections.1.items.weight.label", "is empty"),
        ("says: Adults", 'says: "  "', "eligibility.I1.says", "the text is empty"),
        ("title: A small trial", f"title: {'x' * 1001}", "title", "the text is too long"),
        ("  - id: hoped_for", f"  - id: {'h' * 65}", f"scenarios.{'h' * 65}.id", "the id is too long"),
        ("subjects: 120,", "subjects: 1000000000000000000000000000000,", "accrual.subjects", "the number is too high"),
        ("months: 24,", "months: 1201,", "accrual.months", "the number is too high"),
        ("control_pfs_median: 7", "control_pfs_median: 1e9", "scenarios.hoped_for.control_pfs_median", "too high"),
        ("    hazard_ratio: 0.6\n", "    hazard_ratio: 1e30\n", "scenarios.hoped_for.hazard_ratio", "too high"),
        ("    dated_by: blood", "    filled_by: []\n    dated_by: blood", "forms.blood.filled_by", "nobody fills"),
    ],
)  # fmt: skip
def test_what_says_nothing_and_what_has_no_end(old, new, path, problem):
    assert old in WHOLE
    text = WHOLE.replace(old, new, 1)
    found = [fault for fault in faults_of(text) if fault.path == path]
    assert [problem in fault.problem for fault in found] == [True]
    assert new.split("\n")[0].strip()[:40] in text.split("\n")[found[0].line - 1]


BLOCKS = "  ratio: {low: 1, high: 1, control: 1}\n  strata: [histology, ecog]\n  block_sizes: [3, 6, 9]"
UNEVEN = "  ratio: {low: 148, high: 1, control: 1}\n  strata: [histology, ecog]\n  block_sizes: [150]"


@pytest.mark.parametrize(
    ("old", "new", "path", "problem"),
    [
        ("block_sizes: [3, 6, 9]", "block_sizes: [3, 3000]", "randomization.block_sizes.2", "ever full"),
        (BLOCKS, UNEVEN, "randomization.ratio.low", "too high"),
        ("when: ecog == 1", "when: ecog  ==  0", "strata.ecog.levels.1.when", "same participants"),
    ],
)
def test_strata_and_blocks_that_cannot_be(old, new, path, problem):
    text = shipped("three-arm-drug")
    assert old in text
    found = [fault for fault in faults_of(text.replace(old, new, 1)) if fault.path == path]
    assert [problem in fault.problem for fault in found] == [True]
