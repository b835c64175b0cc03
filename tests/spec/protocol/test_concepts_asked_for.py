"""A protocol whose forms lack what its endpoints and visits live on is told so, at the line that needs it."""

import pytest

from equipoise.kernel.errors import ProtocolError
from equipoise.protocol.fault_words import told
from equipoise.protocol.load import load
from equipoise.protocols import shipped

TEXT = shipped("nct07014202")


def faults(text: str) -> list[tuple[str, str, str]]:
    """The path, problem and remedy of each fault of a document, and whether its line is that of the path."""
    with pytest.raises(ProtocolError) as caught:
        load(text, "changed.yaml")
    lines = text.splitlines()
    for fault in caught.value.faults:
        assert fault.seen in lines[fault.line - 1]
    return [(fault.path, fault.problem, fault.wanted) for fault in caught.value.faults]


def test_progression_without_a_day_is_told_where_it_is_needed() -> None:
    found = faults(TEXT.replace("concept: progression.date", "concept: own.date"))
    problem, wanted = "no item of a form holds this day", "an item with `concept: progression.date`"
    assert ("endpoints.pfs.events.1", problem, wanted) in found
    assert ("schedule.survival_follow_up.anchor", problem, wanted) in found
    assert not [path for path, *_ in found if path.startswith("endpoints.pfs_central.")]  # read centrally


def test_end_of_radiotherapy_is_needed_by_the_visits_after_it() -> None:
    found = faults(TEXT.replace("concept: rt.end,", "concept: own.end,"))
    wanted = "an item with `concept: rt.end`"
    assert found == [("schedule.late_effects.anchor", "no item of a form holds this day", wanted)]


def test_a_misspelt_concept_is_told_once() -> None:
    assert len(faults(TEXT.replace("concept: progression.date", "concept: progresion.date"))) == 1


def test_in_chinese() -> None:
    with pytest.raises(ProtocolError) as caught:
        load(TEXT.replace("concept: progression.date", "concept: own.date"), "changed.yaml")
    fault = told(caught.value.faults[0], "zh-hans")
    assert (fault.problem, fault.wanted) == ("没有表单条目记录该日期", "含 `concept: progression.date` 的条目")


def test_a_broken_item_is_no_missing_one() -> None:
    found = faults(TEXT.replace("{id: progression_date, kind: date,", "{id: progression_date, kind: dat,"))
    assert [problem for _, problem, _ in found if problem == "no item of a form holds this day"] == []
