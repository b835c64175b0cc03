"""The statistician's workspace: whom a population counts and under which arm, what is said where nothing can be
estimated, and the rows behind each number."""

import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from equipoise.analysis.document import analysed_document
from equipoise.analysis.firewall import Authority
from equipoise.analysis.flow import flow, flow_rows
from equipoise.analysis.traced import Selection, Traced, may_tell_arm, select
from equipoise.analysis.workspace import (
    Adverse,
    Analysed,
    Between,
    Choice,
    Responses,
    Survival,
    analyse,
    default_population,
)
from equipoise.conduct import facts as f
from equipoise.conduct.casebook import Casebook, fold_casebook
from equipoise.conduct.entry import Actor, Entry, Header
from equipoise.kernel.errors import EstimationError
from equipoise.statistics.estimate import Estimate
from hand_built import (
    DAY_0,
    assessed,
    casebook,
    cut,
    cycle,
    day,
    event,
    irradiated,
    lesion,
    measured,
    progressed,
    trial,
)

REHEARSAL = Authority("rehearsal")


def choice(endpoint: str, **more: Any) -> Choice:
    found = trial().endpoint(endpoint)
    planned = Choice(found, "", default_population(found), trial().analysis.strata, "efron", "log", 24.0)
    return replace(planned, **more)


def answer(
    endpoint: str, *books: Casebook, leave: Authority | None = REHEARSAL, cutoff: Any = None, **more: Any
) -> Analysed:
    return analyse(trial(), choice(endpoint, **more), list(books), cut(cutoff), leave)


def said(one: Analysed) -> str:
    assert isinstance(one.result, EstimationError)
    return str(one.result)


PAIR = (
    casebook("S1", "rt", cycle("1", 1), assessed(1, 56, "SD"), progressed("1", 112)),
    casebook("S2", "control", cycle("1", 1), assessed(1, 56, "PD"), progressed("1", 56)),
)


# WHERE NOTHING CAN BE ESTIMATED


def test_a_cut_before_the_first_participant_names_the_first() -> None:
    found = answer("pfs", *PAIR, cutoff=DAY_0 - timedelta(days=1))
    assert "2026-03-01" in said(found)
    assert "2026-03-02" in said(found)
    assert found.rows == ()


def test_nobody_at_all() -> None:
    assert "Nobody is randomized" in said(answer("pfs"))


def test_one_arm_alone_is_described_and_compared_with_nothing() -> None:
    found = answer("pfs", PAIR[0])
    assert isinstance(found.result, Survival)
    assert [group.id for group in found.result.estimate.groups] == ["rt"]
    assert found.result.estimate.contrasts == ()
    assert "Maintenance alone" in str(found.notes[0])


def test_no_event_leaves_a_flat_curve_and_a_reason() -> None:
    quiet = (casebook("S1", "rt", assessed(1, 56, "SD")), casebook("S2", "control", assessed(1, 56, "SD")))
    found = answer("pfs", *quiet)
    assert isinstance(found.result, Survival)
    assert "No event by this data cut" in str(found.notes[-1])
    (contrast,) = found.result.estimate.contrasts
    assert contrast.ratios == ()
    assert contrast.reason is not None


def test_a_horizon_beyond_follow_up_gives_its_reason_and_no_number() -> None:
    found = answer("pfs", *PAIR, tau=60.0)
    assert isinstance(found.result, Survival)
    (means,) = found.result.restricted
    assert means.means is None
    assert "60" in str(means.reason)


@pytest.mark.parametrize("endpoint", [one.id for one in trial().endpoints])
@pytest.mark.parametrize("leave", [None, REHEARSAL])
def test_every_endpoint_of_the_plan_has_an_answer_or_a_reason_and_no_nan(
    endpoint: str, leave: Authority | None
) -> None:
    measure = {"residual_control": "lesion", "quality_of_life": "change:QL"}.get(endpoint, "")
    found = answer(endpoint, *PAIR, leave=leave, measure=measure)
    text = json.dumps(analysed_document(trial(), found), allow_nan=False)
    assert "ledger_position" in text
    assert isinstance(found.result, EstimationError | Adverse) or found.rows


# POPULATIONS


def test_the_safety_population_counts_people_under_what_they_received() -> None:
    crossed = casebook("S3", "control", cycle("1", 1), irradiated("1", ("L1",), 14))
    as_asked = casebook("S5", "rt", cycle("1", 1), irradiated("1", ("L1",), 14))
    untreated = casebook("S4", "rt")
    found = answer("pfs", *PAIR, crossed, untreated, as_asked, population="safety")
    never_irradiated = {"S1": "control", "S2": "control"}
    assert {row.subject: row.arm for row in found.rows} == never_irradiated | {"S3": "rt", "S5": "rt"}


def test_who_is_per_protocol_tells_the_arm_and_is_closed_without_leave() -> None:
    found = answer("pfs", *PAIR, leave=None, population="per_protocol")
    assert "depends on the arm" in said(found)
    assert found.rows == ()


def test_an_endpoint_that_depends_on_the_arm_has_no_rows_without_leave() -> None:
    for endpoint in trial().endpoints:
        if endpoint.depends_on_arm:
            found = answer(endpoint.id, *PAIR, leave=None)
            assert isinstance(found.result, EstimationError)
            assert not found.rows


# ROWS


def test_rows_tell_no_arm_without_leave() -> None:
    assert {row.arm for row in answer("pfs", *PAIR, leave=None).rows} == {""}
    assert {row.arm for row in answer("pfs", *PAIR).rows} == {"rt", "control"}


def test_a_row_names_the_randomization_and_the_entry_of_its_date() -> None:
    row = next(row for row in answer("pfs", *PAIR).rows if row.subject == "S1")
    assert (row.censored, row.description, row.on) == (0, "Progression", DAY_0 + timedelta(days=112))
    assert row.value == "113"
    assert row.source == (2, 6)


def test_a_change_of_arm_by_interval_keeps_its_two_scans() -> None:
    found = answer("pfs_interval", *PAIR)
    assert isinstance(found.result, Between)
    row = next(row for row in found.rows if row.subject == "S1")
    assert row.value == f"({day(56)}, {day(112)}]"
    assert row.source == (2, 5, 6)


@pytest.mark.parametrize(
    ("wanted", "subjects"),
    [
        (Selection(), "abc"),
        (Selection(tags=("event",)), "ac"),
        (Selection(group="rt"), "ab"),
        (Selection(group="rt", tags=("event",)), "a"),
        (Selection(site="s2"), "c"),
        (Selection(since=3.0), "bc"),  # at risk just before 3 months
        (Selection(since=3.1), "c"),
        (Selection(until=3.0), "ab"),
        (Selection(after=3.0, until=9.0), "c"),  # a step: after the one before it, up to and with its own time
        (Selection(tags=("event", "competing")), ""),
    ],
)
def test_a_number_selects_its_rows(wanted: Selection, subjects: str) -> None:
    def row(subject: str, arm: str, site: str, months: float, tag: str) -> Traced:
        return Traced("ADTTE", "PFS", subject, site, arm, DAY_0, "", months=months, tags=frozenset({tag}))

    rows = [
        row("a", "rt", "s1", 1.0, "event"),
        row("b", "rt", "s1", 3.0, "censored"),
        row("c", "control", "s2", 9.0, "event"),
    ]
    assert "".join(one.subject for one in select(rows, wanted)) == subjects


@pytest.mark.parametrize(("tag", "tells"), [("stopped:withdrawal", True), ("kind:related_radiotherapy:severe", True),
                                            ("event", False), ("kind:serious", False)])  # fmt: skip
def test_which_lists_may_tell_an_arm(tag: str, tells: bool) -> None:
    assert may_tell_arm(Selection(tags=(tag,))) is tells


# EACH KIND


def test_lesions_count_one_by_one_and_people_once() -> None:
    two = casebook(
        "S1", "rt", lesion("L1", "20"), lesion("L2", "20"), measured("1", "L1", 56, "30"),
        measured("2", "L2", 56, "20"), residual=("L1", "L2"),
    )  # fmt: skip
    by_lesion = answer("residual_control", two, measure="lesion")
    assert sorted((row.detail, row.censored) for row in by_lesion.rows) == [("L1", 0), ("L2", 1)]
    (person,) = answer("residual_control", two, measure="participant").rows
    assert (person.censored, person.detail) == (0, "")


def test_best_response_is_counted_by_code_with_a_stratified_difference_beside_it() -> None:
    responder = casebook("S1", "rt", assessed(1, 56, "PR"), assessed(2, 112, "PR"))
    found = answer("response", responder, PAIR[1])
    assert isinstance(found.result, Responses)
    assert {rate.group: rate.counts for rate in found.result.rates} == {"rt": {"PR": 1}, "control": {"PD": 1}}
    assert isinstance(found.result.stratified["rt"], Estimate)
    assert found.result.stratified["rt"].value == pytest.approx(1.0)
    assert [row.subject for row in select(found.rows, Selection(tags=("response",)))] == ["S1"]


def test_adverse_events_are_found_by_the_worst_grade_of_participant_and_term() -> None:
    twice = casebook(
        "S1",
        "rt",
        cycle("1", 1),
        event("1", "Cough", "1", 10),
        event("2", "Cough", "3", 20),
        event("3", "Fatigue", "2", 5),
    )
    found = answer("safety", twice, PAIR[1])
    worst = select(found.rows, Selection(tags=("term:Cough:worst:3",)))
    assert [row.value for row in worst] == ["1", "3"], "both events of whoever had grade 3 at worst"
    assert select(found.rows, Selection(tags=("term:Cough:worst:1",))) == []
    assert {row.subject for row in select(found.rows, Selection(tags=("kind:any:severe",)))} == {"S1"}


# THE FLOW


def test_a_failure_on_two_criteria_is_one_failure_under_two_reasons() -> None:
    book, actor = Casebook("S9"), Actor("u", "investigator", "s1")
    facts = (
        f.Consented(consent="main", version="1.0", on=day(-7), number="S9", site="s1", age=60),
        f.ScreenFailed(on=day(-1), criteria=("I4", "X6")),
    )
    for position, fact in enumerate(facts, start=41):
        header = Header(position, "S9", position - 40, datetime.combine(DAY_0, time(12), UTC), actor)
        book = fold_casebook(book, Entry(header, fact))
    rows = flow_rows(trial(), [book, *PAIR])
    assert [row.subject for row in select(rows, Selection(tags=("failed",)))] == ["S9"]
    assert [row.source for row in select(rows, Selection(tags=("failed:X6",)))] == [(42,)]
    counted = flow(trial(), [book, *PAIR])
    assert (counted.screened, counted.failed, counted.randomized, counted.in_screening) == (3, 1, 2, 0)
    assert dict(counted.failures) == {"I4": 1, "X6": 1}
    (box,) = counted.boxes
    assert (box.progressed, box.started, box.analysed, box.died) == (2, 2, 2, 0)
