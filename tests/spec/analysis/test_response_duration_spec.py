"""Duration of response: who responded, from when, until when, and what of it is shown where."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from equipoise.analysis.datasets import adtte
from equipoise.analysis.datasets.response_times import duration_rows
from equipoise.analysis.document import analysed_document
from equipoise.analysis.findings import find
from equipoise.analysis.firewall import Authority
from equipoise.analysis.groups import grouping
from equipoise.analysis.response_duration import durations
from equipoise.analysis.traced import Selection, select
from equipoise.analysis.traced_lists import LISTS
from equipoise.analysis.traced_participant import participant_rows
from equipoise.analysis.workspace import Choice, analyse
from equipoise.conduct import facts as f
from equipoise.reports.document import Table, as_json
from equipoise.reports.report import report
from hand_built import DAY_0, assessed, casebook, cut, day, progressed, trial

OPEN = Authority("rehearsal")


def course(text, *more):
    """`PR@56 SD@112` as tumour assessments."""
    scans = [part.split("@") for part in text.split()]
    return [*(assessed(n, int(at), code) for n, (code, at) in enumerate(scans, 1)), *more]


def rows_of(*facts, confirmed=False, data_cut=None):
    return duration_rows(trial(), [casebook("1-01", "rt", *facts)], data_cut or cut(), confirmed=confirmed)


@pytest.mark.parametrize(
    ("facts", "confirmed", "expected"),
    [
        (course("PR@56 PR@112", progressed("1", 168)), False, (56, 168, "Progression", 0)),
        (course("PR@56 PR@112", progressed("1", 168)), True, (56, 168, "Progression", 0)),
        (course("SD@56 CR@112 CR@168"), True, (112, 168, "Last assessment", 1)),
        (course("PR@56 SD@112"), False, (56, 112, "Last assessment", 1)),
        (course("PR@56 SD@112"), True, None),  # not seen again
        (course("SD@56 SD@112"), False, None),  # no response
        (course("PD@56 PR@112", progressed("1", 56)), False, None),  # what comes after progression is none
        (course("PR@56 NE@112"), False, (56, 56, "Last assessment", 1)),  # not evaluable: nothing is known of it
        (course("PR@56", f.Died(on=day(99), cause="disease")), False, (56, 99, "Death", 0)),
        (course("PR@56", progressed("1", 90), progressed("2", 70)), False, (56, 70, "Progression", 0)),
    ],
)
def test_from_the_first_response_to_its_end(facts, confirmed, expected) -> None:
    found = rows_of(*facts, confirmed=confirmed)
    if expected is None:
        assert found == []
        return
    start, end, says, censored = expected
    (row,) = found
    assert row.time.start == DAY_0 + timedelta(days=start)
    assert (row.time.on, row.time.description) == (DAY_0 + timedelta(days=end), says)
    assert (row.time.censored, row.time.days) == (censored, end - start + 1)


def test_what_lies_beyond_the_cutoff_is_not_known() -> None:
    early = cut(date.fromisoformat(day(120)))
    (row,) = rows_of(*course("PR@56 PR@112", progressed("1", 168)), data_cut=early)
    assert (row.time.censored, row.time.days) == (1, 57)
    assert rows_of(*course("SD@56 PR@112"), data_cut=cut(date.fromisoformat(day(100)))) == []


def books():
    return [
        casebook("1-01", "rt", *course("PR@56 PR@112", progressed("1", 155))),  # 100 days
        casebook("1-02", "rt", *course("PR@56 PR@112", progressed("1", 255))),  # 200 days
        casebook("1-03", "rt", *course("PR@56 PR@112 PR@168 PR@355")),  # 300 days, ongoing
        casebook("1-04", "rt", *course("SD@56")),
        casebook("1-05", "control", *course("SD@56", progressed("1", 90))),
        casebook("1-06", "control", *course("PD@56", progressed("1", 56))),
    ]


def test_the_median_is_kaplan_and_meiers_among_responders() -> None:
    rt, control = durations(duration_rows(trial(), books(), cut(), confirmed=False), grouping(trial(), OPEN))
    assert (rt.group, rt.n, rt.events) == ("rt", 3, 2)
    assert rt.median.value == pytest.approx(200 / 30.4375, abs=1e-12)
    assert (control.group, control.n, control.median.value) == ("control", 0, None)
    assert control.median.reason.say() == "Nobody responded."


def test_without_leave_everyone_stands_together() -> None:
    (every,) = durations(duration_rows(trial(), books(), cut(), confirmed=False), grouping(trial(), None))
    assert (every.group, every.n, every.events) == ("all", 3, 2)


def test_adtte_has_a_row_a_responder_with_the_positions_of_response_and_end() -> None:
    rows = [row for row in adtte(trial(), books(), cut()).rows if row.paramcd == "DOR"]
    assert [(row.usubjid, row.aval, row.cnsr) for row in rows] == [
        ("t1-1-01", 100, 0), ("t1-1-02", 200, 0), ("t1-1-03", 300, 1),
    ]  # fmt: skip
    assert rows[0].srcseq == (4, 6)  # the first scan and the progression, after consent and randomization
    assert rows[0].param == "Duration of response"
    confirmed = [row for row in adtte(trial(), books(), cut()).rows if row.paramcd == "CDOR"]
    assert [row.aval for row in confirmed] == [100, 200, 300]


def test_a_plan_without_a_response_has_no_duration() -> None:
    plan = trial()
    bare = replace(plan, endpoints=tuple(one for one in plan.endpoints if one.kind != "response"))
    assert duration_rows(bare, books(), cut(), confirmed=False) == []
    assert not [row for row in adtte(bare, books(), cut()).rows if row.paramcd in ("DOR", "CDOR")]


def test_the_counts_lead_to_their_rows_and_entries() -> None:
    for of, code in (("durations", "DOR"), ("confirmed_durations", "CDOR")):
        rows = LISTS[of](trial(), books(), cut())
        assert len(select(rows, Selection("rt"))) == 3
        ended = select(rows, Selection("rt", ("event",)))
        assert [(row.parameter, row.subject, row.value) for row in ended] == [
            (code, "1-01", "100"), (code, "1-02", "200"),
        ]  # fmt: skip
        assert {4, 6} <= set(ended[0].source)
    own = [row.parameter for row in participant_rows(trial(), books()[0], cut()) if row.value == "100"]
    assert own == ["DOR", "CDOR"]


def test_the_workspace_gives_them_beside_the_rates() -> None:
    plan = trial()
    endpoint = next(one for one in plan.endpoints if one.kind == "response" and not one.confirmed)
    found = analyse(plan, Choice(endpoint, "", "itt", (), "efron", "log", None), books(), cut(), OPEN)
    assert [(one.group, one.n, one.events) for one in found.result.lasted] == [("rt", 3, 2), ("control", 0, 0)]
    written = analysed_document(plan, found)["duration_of_response"]
    assert [one["n"] for one in written] == [3, 0]
    pooled = analyse(plan, Choice(endpoint, "", "itt", (), "efron", "log", None), books(), cut(), None)
    assert [(one.group, one.n) for one in pooled.result.lasted] == [("all", 3)]


def written(language, leave=OPEN):
    found = find(trial(), books(), cut(), leave, everyone="All", sites={})
    return report(found, language)


def tables(one):
    return {block.id: block for section in one.sections for block in section.blocks if isinstance(block, Table)}


@pytest.mark.parametrize(
    ("language", "responders", "note"), [("en", "Responders", "compares nothing"), ("zh-hans", "缓解者", "不作比较")]
)
def test_the_report_describes_and_compares_nothing(language, responders, note) -> None:
    table = tables(written(language))["durations"]
    assert table.rows[0].cells[0] == responders
    assert [str(cell) for cell in table.rows[0].cells[1:]] == ["3", "0"]
    assert str(table.rows[1].cells[1]) == "2 (67%)"
    assert str(table.rows[2].cells[1]).startswith("6.6 (3.3")
    assert note in table.notes[0]
    assert table.rows[0].cells[1].behind == {"of": "durations", "group": "rt"}


def test_the_report_holds_the_numbers_unrounded_and_the_test_of_arms_drawn_again() -> None:
    found = as_json(written("en"), figures=False)
    (rt, control) = found["estimates"]["duration_of_response"]
    assert rt["median"] == pytest.approx(200 / 30.4375, abs=1e-12)
    assert control["reason"] == "Nobody responded."
    drawn = tables(written("en"))["rerandomization"]
    assert drawn.rows[-1].cells[0] == "Monte-Carlo standard error, 10000 replicates"
    assert "再随机化检验" in [row.cells[0] for row in tables(written("zh-hans"))["rerandomization"].rows]


def test_a_pooled_report_has_no_test_of_arms() -> None:
    pooled = written("en", leave=None)
    assert "rerandomization" not in tables(pooled)
    assert [str(cell) for cell in tables(pooled)["durations"].rows[0].cells[1:]] == ["3"]
    assert "rerandomization" not in str(as_json(pooled, figures=False)["estimates"])
