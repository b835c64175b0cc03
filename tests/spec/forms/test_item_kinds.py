"""Items: how each kind reads an answer as typed, what it refuses with which words, and what it finds odd."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from equipoise.methods.items import (
    Answer,
    ChoiceItem,
    ChoicesItem,
    DateItem,
    FileItem,
    LabItem,
    LesionItem,
    NumberItem,
    Option,
    TermItem,
    TextItem,
    YesNoItem,
    read,
)
from equipoise.methods.typed import AnswerError

TODAY = date(2026, 3, 5)
OPTIONS = (Option(id="0", label="Fully active"), Option(id="1", label="Restricted"))
SHA = "0123456789abcdef" * 4

WEIGHT = NumberItem(
    id="weight", label="Weight", kind="number", unit="kg", decimals=1,
    least=Decimal(20), most=Decimal(300), low=Decimal(40), high=Decimal(150),
)  # fmt: skip
CHANGE = NumberItem(id="change", label="Change", kind="number", unit="mm")
PLATELETS = LabItem(
    id="platelets", label="Platelets", kind="lab", units=("10*9/L", "10*3/uL", "/uL"), most=Decimal(5000)
)
ECOG = ChoiceItem(id="ecog", label="ECOG", kind="choice", options=OPTIONS)
SITES = ChoicesItem(id="sites", label="Sites", kind="choices", options=OPTIONS)
PREGNANT = YesNoItem(id="pregnant", label="Pregnant", kind="yes_no")
BIOPSY = DateItem(id="biopsy", label="Biopsy", kind="date", partial=True)
SCAN = DateItem(id="scan", label="Scan", kind="date")
NEXT = DateItem(id="next", label="Next visit", kind="date", future=True)
NOTE = TextItem(id="note", label="Note", kind="text", length=10)
EVENT = TermItem(id="event", label="Event", kind="term", coding="ctcae-v5")
LESION = LesionItem(id="lesion", label="Lesion", kind="lesion")
LESIONS = LesionItem(id="lesions", label="Lesions", kind="lesion", many=True)
REPORT = FileItem(id="report", label="Report", kind="file")

TAKEN: list[tuple[Any, dict[str, Any], Answer | None]] = [
    (WEIGHT, {"value": " 72.5 "}, Answer(value="72.5", unit="kg")),
    (WEIGHT, {"value": "+72"}, Answer(value="72", unit="kg")),
    (WEIGHT, {"value": "072"}, Answer(value="72", unit="kg")),
    (WEIGHT, {"value": "20"}, Answer(value="20", unit="kg")),
    (WEIGHT, {"value": 300}, Answer(value="300", unit="kg")),
    (CHANGE, {"value": "-1.5"}, Answer(value="-1.5", unit="mm")),
    (CHANGE, {"value": "-0"}, Answer(value="0", unit="mm")),
    (CHANGE, {"value": ".5"}, Answer(value="0.5", unit="mm")),
    (WEIGHT, {"value": ""}, None),
    (WEIGHT, {"value": "  "}, None),
    (WEIGHT, {}, None),
    (SITES, {"value": []}, None),
    (PLATELETS, {"value": "98", "unit": "10*9/L", "lower": "125", "upper": "350"},
     Answer(value="98", unit="10*9/L", lower="125", upper="350")),
    (PLATELETS, {"value": "98000", "unit": "/uL"}, Answer(value="98000", unit="/uL")),
    (ECOG, {"value": "1"}, Answer(value="1")),
    (SITES, {"value": ["0", "1"]}, Answer(value=("0", "1"))),
    (SITES, {"value": ["1", "1"]}, Answer(value=("1",))),
    (SITES, {"value": "1"}, Answer(value=("1",))),
    (PREGNANT, {"value": "no"}, Answer(value=False)),
    (PREGNANT, {"value": True}, Answer(value=True)),
    (PREGNANT, {"value": False}, Answer(value=False)),
    (BIOPSY, {"value": "2026-02"}, Answer(value="2026-02")),
    (SCAN, {"value": "2026-03-05"}, Answer(value="2026-03-05")),
    (NEXT, {"value": "2026-03-06"}, Answer(value="2026-03-06")),
    (NOTE, {"value": "a\r\nb 注"}, Answer(value="a\nb 注")),
    (EVENT, {"value": "fatigue"}, Answer(value="Fatigue")),
    (LESION, {"value": "L1"}, Answer(value=("L1",))),
    (LESIONS, {"value": ["L1", "L2", ""]}, Answer(value=("L1", "L2"))),
    (REPORT, {"value": SHA.upper()}, Answer(value=SHA)),
    (WEIGHT, {"absent": "not_done", "because": " scale broken "}, Answer(absent="not_done", because="scale broken")),
    (SCAN, {"absent": "unknown", "value": "2026-03-05"}, Answer(absent="unknown")),
]  # fmt: skip


@pytest.mark.parametrize(("item", "raw", "answer"), TAKEN)
def test_an_answer_is_read_as_it_was_meant(item: Any, raw: dict[str, Any], answer: Answer | None) -> None:
    assert read(item, raw, today=TODAY) == answer


REFUSED: list[tuple[Any, dict[str, Any], str, str]] = [
    (WEIGHT, {"value": "1,5"}, "item.number", "Write a number with a point, such as 1.5; seen “1,5”."),
    (WEIGHT, {"value": "1e3"}, "item.number", "seen “1e3”"),
    (WEIGHT, {"value": "７２"}, "item.number", "seen “７２”"),
    (WEIGHT, {"value": "NaN"}, "item.number", "seen “NaN”"),
    (WEIGHT, {"value": "+-72"}, "item.number", "seen “+-72”"),
    (WEIGHT, {"value": "--72"}, "item.number", "seen “--72”"),
    (WEIGHT, {"value": "."}, "item.number", "seen “.”"),
    (WEIGHT, {"value": "1" * 5000}, "item.number", "seen “1111"),
    (WEIGHT, {"value": {"a": 1}}, "item.number", "Write a number"),
    (WEIGHT, {"value": "72.55"}, "item.decimals", "At most 1 decimals are taken; seen 72.55."),
    (WEIGHT, {"value": "19.9"}, "item.too_low", "19.9 is impossible here: at least 20."),
    (WEIGHT, {"value": "300.1"}, "item.too_high", "300.1 is impossible here: at most 300."),
    (PLATELETS, {"value": "98"}, "item.unit_missing", "A result needs its unit: 10*9/L, 10*3/uL, /uL."),
    (PLATELETS, {"value": "98", "unit": "g/L"}, "item.unit_wrong", "“g/L” is not one this result comes in"),
    (PLATELETS, {"value": "98000", "unit": "10*9/L"}, "item.too_high", "98000 10*9/L is impossible"),
    (PLATELETS, {"value": "-1", "unit": "10*9/L"}, "item.too_low", "-1 is impossible here: at least 0."),
    (PLATELETS, {"value": "98", "unit": "10*9/L", "lower": "350", "upper": "125"}, "item.limits_crossed", "350"),
    (PLATELETS, {"value": "98", "unit": "10*9/L", "lower": "low"}, "item.number", "seen “low”"),
    (ECOG, {"value": "2"}, "item.option", "“2” is none of the answers: 0, 1."),
    (ECOG, {"value": ["0", "1"]}, "item.option", "is none of the answers"),
    (SITES, {"value": ["0", "9"]}, "item.option", "“9” is none of the answers"),
    (SITES, {"value": 7}, "item.option", "“7” is none of the answers"),
    (PREGNANT, {"value": "maybe"}, "item.yes_no", "Answer yes or no; seen “maybe”."),
    (SCAN, {"value": "05/03/2026"}, "item.date", "Write a date as 2026-03-05; seen “05/03/2026”."),
    (SCAN, {"value": "2026-02-30"}, "item.date", "seen “2026-02-30”"),
    (SCAN, {"value": "2026-03"}, "item.date_partial", "The whole date is needed"),
    (SCAN, {"value": "2026-03-06"}, "item.date_future", "2026-03-06 lies in the future; today is 2026-03-05."),
    (BIOPSY, {"value": "2026-04"}, "item.date_future", "2026-04 lies in the future"),
    (BIOPSY, {"value": "1026"}, "item.date_old", "1026 lies before 1900"),
    (NOTE, {"value": "twelve char"}, "item.too_long", "The text has 11 characters; at most 10 are taken."),
    (NOTE, {"value": "a\x00b"}, "item.control_characters", "control characters"),
    (NOTE, {"value": "a\x85b"}, "item.control_characters", "control characters"),
    (NOTE, {"value": "a\ud800"}, "item.control_characters", "control characters"),
    (NOTE, {"value": "a\u202eb"}, "item.control_characters", "control characters"),
    (WEIGHT, {"absent": "unknown", "because": "\x00"}, "item.control_characters", "control characters"),
    (EVENT, {"value": "tired"}, "item.term", "“tired” is not a term of ctcae-v5"),
    (LESION, {"value": ["L1", "L2"]}, "item.lesion", "Choose one lesion of the register; seen 2."),
    (LESIONS, {"value": [""]}, "item.lesion", "seen 0"),
    (REPORT, {"value": SHA[:-1]}, "item.file", "An attachment is named by its SHA-256"),
    (REPORT, {"value": "../" + SHA[3:]}, "item.file", "An attachment is named by its SHA-256"),
    (WEIGHT, {"absent": "lost"}, "item.absent", "say not done or unknown; seen “lost”."),
]


@pytest.mark.parametrize(("item", "raw", "code", "sentence"), REFUSED)
def test_an_answer_that_cannot_be_taken_is_told_what_would_be_right(
    item: Any, raw: dict[str, Any], code: str, sentence: str
) -> None:
    with pytest.raises(AnswerError) as refused:
        read(item, raw, today=TODAY)
    assert refused.value.says.code == code
    assert sentence in refused.value.says.say("en")
    assert refused.value.says.say("zh-hans") != refused.value.says.say("en")


ODD: list[tuple[Any, Answer, list[str]]] = [
    (WEIGHT, Answer(value="39.9", unit="kg"), ["39.9 kg is unusual (expected 40–150 kg); please check."]),
    (WEIGHT, Answer(value="150.1", unit="kg"), ["150.1 kg is unusual (expected 40–150 kg); please check."]),
    (WEIGHT, Answer(value="40", unit="kg"), []),
    (WEIGHT, Answer(absent="not_done"), []),
    (PLATELETS, Answer(value="98", unit="10*9/L"),
     ["The laboratory's limits of normal are missing; what is judged against them stays unknown."]),
    (PLATELETS, Answer(value="98", unit="10*9/L", upper="350"), []),
    (BIOPSY, Answer(value="2026-02"), ["The date is incomplete: 2026-02."]),
    (BIOPSY, Answer(value="2026-02-01"), []),
    (ECOG, Answer(value="1"), []),
]  # fmt: skip


@pytest.mark.parametrize(("item", "answer", "sentences"), ODD)
def test_what_is_odd_is_kept_and_asked_about(item: Any, answer: Answer, sentences: list[str]) -> None:
    found = item.findings(answer, "visit.1.item")
    assert [finding.says.say() for finding in found] == sentences
    assert all(finding.where == "visit.1.item" for finding in found)


def test_an_answer_knows_what_it_is() -> None:
    number, day = Answer(value="72.50", unit="kg"), Answer(value="2026-02")
    assert number.number == Decimal("72.5")
    assert number.quantity is not None
    assert str(number.quantity) == "72.50 kg"
    assert number.when is None
    assert str(day.when) == "2026-02"
    assert Answer(value="72.5").quantity is None, "no unit, no quantity"
    assert not Answer(absent="unknown").is_known
    assert Answer(value="NaN").number is None
