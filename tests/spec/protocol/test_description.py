"""A protocol described: everything in it that people need, each assumption with its reason, in two languages."""

import re
from pathlib import Path

import pytest

from equipoise.protocol.assumptions import assumptions
from equipoise.protocol.describe import describe
from equipoise.protocol.load import load
from equipoise.protocol.translation import load_translation, translate
from equipoise.protocols import shipped, translation

TEXT = (Path(__file__).parent / "whole.yaml").read_text()
SMALL = load(TEXT, "whole.yaml").protocol
FLAGSHIP = load(shipped("nct07014202"), "nct07014202.yaml")


def section(text: str, heading: str) -> str:
    return text.split(f"## {heading}\n")[1].split("\n## ")[0]


def test_every_criterion_stands_with_its_rule():
    eligibility = section(describe(FLAGSHIP.protocol), "Eligibility")
    for criterion in FLAGSHIP.protocol.eligibility:
        assert f"**{criterion.id}**" in eligibility
        assert " ".join(criterion.rule.split()) in eligibility


def test_visits_stand_across_and_forms_down():
    lines = section(describe(SMALL), "Schedule of activities").strip().split("\n")
    rows = {line.split(" | ")[0].strip("| "): [cell.strip() for cell in line.strip("|").split("|")] for line in lines}
    assert rows["Form"][1:] == ["Screening", "Follow-up", "as it happens"]
    assert rows["Person"][1:] == ["●", "", ""]
    assert rows["Blood"][1:] == ["●", "●", ""]
    assert rows["Lesions"][1:] == ["", "", "●"]
    assert rows["*When*"][2] == "8 weeks from randomization, every 8 weeks until 52 weeks, every 12 weeks thereafter"
    assert rows["*Window*"][2] == "-7 days, +7 days"


def test_biologically_effective_doses_are_computed():
    assert "54 Gy in 3 | 1 day | 151.2 |" in section(describe(SMALL), "Radiotherapy")


def test_every_assumption_stands_with_its_place_and_reason():
    found = assumptions(SMALL)
    assert [(one.path, one.reason) for one in found] == [
        ("eligibility.X1", "Not listed in the source."),
        ("strata.fitness", "Bears on survival."),
        ("randomization", "The source names no method."),
        ("accrual", "A guess."),
        ("scenarios.hoped_for", "A guess."),
    ]
    table = section(describe(SMALL), "Assumptions")
    assert "| `eligibility.X1` | Pregnancy | Not listed in the source. |" in table


def test_no_assumption_of_the_flagship_is_left_out():
    written = len(re.findall(r'"assumption":', FLAGSHIP.canonical))
    assert len(assumptions(FLAGSHIP.protocol)) == written > 50


def test_the_identity_is_shown():
    assert FLAGSHIP.digest in describe(FLAGSHIP.protocol, digest=FLAGSHIP.digest)


def test_in_chinese_headings_values_and_texts_are_chinese():
    found = load_translation(translation("nct07014202"), "zh", FLAGSHIP.protocol)
    text = describe(translate(FLAGSHIP.protocol, found), language="zh-hans")
    for english in ("## Arms", "Schedule of activities", "experimental", " weeks", "time to event", "treatment policy"):
        assert english not in text
    assert "## 研究流程表" in text
    assert "中性粒细胞" in text


@pytest.mark.parametrize("hostile", ["a | b", "<script>alert(1)</script>", "`x`", "**b**", "line\nline", "&lt;"])
def test_hostile_labels_break_no_table(hostile):
    label = hostile.replace("\n", "\\n")
    text = describe(load(TEXT.replace("label: New treatment,", f'label: "{label}",'), "hostile").protocol)
    assert "<script>" not in text
    rows = section(text, "Arms").strip().split("\n")
    assert len(rows) == 4
    assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1
