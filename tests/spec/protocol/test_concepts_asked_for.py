"""A protocol whose forms lack what its endpoints and visits live on is told so, at the line that needs it."""

import re
from pathlib import Path

import pytest

from equipoise.kernel.errors import ProtocolError
from equipoise.protocol.fault_words import told
from equipoise.protocol.load import load
from equipoise.protocols import shipped

TEXT = shipped("nct07014202")
WHOLE = (Path(__file__).parent / "whole.yaml").read_text()


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


@pytest.mark.parametrize(
    ("concept", "path", "problem"),
    [
        ("assessment.overall", "endpoints.pfs.events.1", "no item of a form holds what this counts"),
        ("assessment.date", "endpoints.pfs.events.1", "no item of a form holds this day"),
        ("ae.start", "endpoints.safety.kind", "no item of a form holds this day"),
        ("measurement.lesion", "endpoints.residual_control.events.1", "no item of a form holds what this counts"),
    ],
)
def test_what_an_endpoint_rests_on_is_asked_for(concept: str, path: str, problem: str) -> None:
    """Without assessments everyone free of progression would be censored at randomization."""
    found = faults(re.sub(rf"concept: {re.escape(concept)}\b(?!_)", "concept: own.thing", TEXT))
    assert (path, problem, f"an item with `concept: {concept}`") in found


def test_a_protocol_of_no_concepts_at_all_is_told_so_too() -> None:
    bare = re.sub(r",\s+concept: [a-z0-9_.]+", "", WHOLE)
    assert "concept:" not in bare
    assert {path for path, *_ in faults(bare)} == {"endpoints.pfs.events.1"}


PFS = "kind: time_to_event, events: [progression, death]"


@pytest.mark.parametrize(
    ("now", "path", "problem"),
    [
        ("kind: time_to_event, events: [progression]", "events", "no estimate for these events together"),
        ("kind: time_to_event, events: [local_progression, death]", "events", "no estimate for these events together"),
        ("kind: time_to_event, events: [death, progression, confirmed_progression]", "events", "no estimate for these"),
        ("kind: time_to_event, events: [next_treatment, death]", "events.1", "there is no such event"),
        ("kind: time_to_event, events: [contamination]", "events", "no estimate for these events together"),
        ("kind: time_to_event, events: [progression], competing: [death]", "competing", "compete only where risks do"),
        ("kind: interval_censored, events: [progression]", "events", "no estimate for these events together"),
        ("kind: competing_risks, events: [progression], competing: [death]", "events", "no estimate for these events"),
        ("kind: competing_risks, events: [local_progression], competing: [progression]", "competing", "only death"),
        ("kind: adverse_events, events: [death]", "events", "events end a time, and this endpoint is none"),
    ],
)
def test_events_that_the_analysis_would_take_for_others_are_refused(now: str, path: str, problem: str) -> None:
    """Time to progression would have come out as progression-free survival, next treatment as overall survival."""
    assert PFS in WHOLE
    text = WHOLE.replace(PFS, now)
    with pytest.raises(ProtocolError) as caught:
        load(text, "changed.yaml")
    told_of = [one for one in caught.value.faults if one.path == f"endpoints.pfs.{path}"]
    assert any(problem in one.problem for one in told_of)
    assert all("id: pfs" in text.splitlines()[one.line - 1] for one in told_of)


def test_risks_compete_over_a_register() -> None:
    text = shipped("three-arm-drug")
    assert "lesions:" not in text
    one = "kind: competing_risks\n    events: [local_progression]\n    competing: [death]"
    found = faults(text.replace("kind: interval_censored\n    events: [progression, death]", one))
    assert "there is no lesion that could fail" in [problem for _, problem, _ in found]


@pytest.mark.parametrize(
    ("old", "new", "path", "missing"),
    [
        ("{id: PD, label: Progressive", "{id: pd, label: Progressive", "overall_response", "PD"),
        ("{id: unequivocal,", "{id: certain,", "new_lesions", "unequivocal"),
    ],
)
def test_options_hold_the_codes_that_are_read(old: str, new: str, path: str, missing: str) -> None:
    """Another code for progressive disease would be counted as no response at all."""
    text = shipped("three-arm-drug")
    assert old in text
    with pytest.raises(ProtocolError) as caught:
        load(text.replace(old, new), "changed.yaml")
    told_of = [
        one for one in caught.value.faults if f".{path}." in one.path and "the options lack codes" in one.problem
    ]
    assert [one.wanted for one in told_of] == [f"options with the ids {missing}"]
    assert "编码" in told(told_of[0], "zh-hans").problem


def test_a_broken_item_is_no_missing_one() -> None:
    found = faults(TEXT.replace("{id: progression_date, kind: date,", "{id: progression_date, kind: dat,"))
    assert [problem for _, problem, _ in found if problem == "no item of a form holds this day"] == []
