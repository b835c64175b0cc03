"""Central review through its actions: baseline first, scans in order, one reader, another adjudicator; all stay."""

from datetime import date, timedelta
from typing import Any, Literal

import pytest

from acting import COORDINATOR, INVESTIGATOR, Trial, enter, opened, person, randomized, refusal
from equipoise.conduct.actions.central import (
    AdjudicateResponse,
    FinishCentralBaseline,
    ReadCentrally,
    StrikeCentralLesion,
)
from equipoise.conduct.actions.records import Enter
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.central import Review, central_review
from equipoise.conduct.entry import Actor
from equipoise.kernel.errors import NotPermitted

READER = person("central_reader", None, user="wu")
OTHER = person("central_reader", None, user="adams", signs=True)
SCANS = {"imaging:1": 56, "imaging:2": 112, "imaging:3": 168}


@pytest.fixture
def trial() -> Trial:
    """Somebody randomized and scanned twice, whom the investigator calls stable and then progressing."""
    made = opened()
    made.subject = randomized(made)  # type: ignore[attr-defined]
    start = book(made).randomized_on
    assert start is not None
    made.today = start + timedelta(days=130)
    investigator_reads(made, "imaging:1", "SD")
    investigator_reads(made, "imaging:2", "PD")
    return made


def investigator_reads(trial: Trial, visit: str, overall: str) -> None:
    day = scan_day(trial, visit).isoformat()
    said = {"assessment_date": day, "new_lesions": "none", "non_target": "NA", "overall_response": overall}
    enter(trial, subject(trial), "tumour_assessment", said, visit=visit)


def subject(trial: Trial) -> str:
    return str(trial.subject)  # type: ignore[attr-defined]


def book(trial: Trial) -> Casebook:
    return trial.book(subject(trial))


def review(trial: Trial) -> Review:
    found = central_review(trial.protocol, book(trial))
    assert found is not None
    return found


def scan_day(trial: Trial, visit: str) -> date:
    start = book(trial).randomized_on
    assert start is not None
    return start + timedelta(days=SCANS[visit])


def lesion(
    trial: Trial, size: str, *, role: str = "target", organ: str = "lung", site: str = "", row: str = "new"
) -> Enter:
    axis = "central_short_axis" if organ == "lymph_node" else "central_longest_diameter"
    values = {"central_organ": organ, "central_role": role, axis: size, "central_found_on": "2026-02-20"}
    values |= {"central_site": site} if site else {}
    return Enter(subject(trial), "central_lesions", {k: {"value": v} for k, v in values.items()}, occurrence=row)


def scan(trial: Trial, visit: str, sizes: dict[str, str], overall: str, **more: Any) -> ReadCentrally:
    day = scan_day(trial, visit).isoformat()
    rows = []
    for name, size in sizes.items():
        values = {
            "central_lesion": [name],
            "central_measured_on": day,
            "central_state": "measured",
            "central_diameter": size,
        }
        raw = {item: {"value": value} for item, value in values.items()}
        rows.append(Enter(subject(trial), "central_measurements", raw, occurrence="new", visit=visit))
    said = {"central_read_scan": day, "central_quality": "optimal", "central_non_target": "NA"}
    said |= {"central_new_lesions": "none", "central_response": overall} | more
    raw = {item: {"value": value} for item, value in said.items() if value}
    return ReadCentrally(
        subject(trial), (*rows, Enter(subject(trial), "central_assessment", raw, occurrence="new", visit=visit))
    )


def read_baseline(trial: Trial, *sizes: str) -> None:
    trial.do(ReadCentrally(subject(trial), tuple(lesion(trial, size) for size in sizes)), READER)
    trial.do(FinishCentralBaseline(subject(trial)), READER)


def both_read(trial: Trial, second: str = "32", overall: str = "SD") -> None:
    """The central reader agrees on the first scan and not on the second."""
    read_baseline(trial, "30")
    trial.do(scan(trial, "imaging:1", {"C1": "30"}, "SD"), READER)
    trial.do(scan(trial, "imaging:2", {"C1": second}, overall), READER)


def choose(
    trial: Trial,
    whose: Literal["investigator", "central"],
    *,
    visit: str = "imaging:2",
    covers: str = "",
    reason: str = "Seen",
) -> Any:
    compared = review(trial).scan(visit)
    assert compared is not None
    return AdjudicateResponse(subject(trial), visit, whose, covers or compared.covers, reason)


def refused(trial: Trial, action: Any, actor: Actor = READER) -> str:
    """The code of the refusal."""
    return refusal(trial, action, actor).code


def test_baseline_comes_before_scans_and_then_stands(trial: Trial) -> None:
    assert refused(trial, FinishCentralBaseline(subject(trial))) == "central.baseline_empty"
    trial.do(ReadCentrally(subject(trial), (lesion(trial, "30"),)), READER)
    assert refused(trial, scan(trial, "imaging:1", {"C1": "30"}, "SD")) == "central.baseline_first"
    trial.do(FinishCentralBaseline(subject(trial)), READER)
    assert refused(trial, ReadCentrally(subject(trial), (lesion(trial, "12"),))) == "central.baseline_stands"
    assert refused(trial, StrikeCentralLesion(subject(trial), "C1", "Vessel")) == "central.baseline_stands"
    assert review(trial).baseline_read


def test_a_lesion_is_struck_while_the_baseline_is_open(trial: Trial) -> None:
    trial.do(ReadCentrally(subject(trial), (lesion(trial, "30"), lesion(trial, "12"))), READER)
    assert refused(trial, StrikeCentralLesion(subject(trial), "C2", " ")) == "refuse.because"
    assert refused(trial, StrikeCentralLesion(subject(trial), "C9", "Vessel")) == "refuse.row"
    trial.do(StrikeCentralLesion(subject(trial), "C2", "Vessel"), READER)
    assert [one.id for one in review(trial).central.lesions] == ["C1"]


def test_scans_are_read_in_their_order_and_once(trial: Trial) -> None:
    read_baseline(trial, "30")
    assert refused(trial, scan(trial, "imaging:2", {"C1": "30"}, "SD")) == "central.in_order"
    assert refused(trial, scan_of(trial, "imaging:7")) == "central.no_scan"
    trial.do(scan(trial, "imaging:1", {"C1": "20"}, "PR"), READER)
    again = scan(trial, "imaging:1", {}, "SD")
    assert refused(trial, again) == "central.read_already"
    assert review(trial).scan("imaging:1").central.response == "PR"  # type: ignore[union-attr]


def scan_of(trial: Trial, visit: str) -> ReadCentrally:
    """A reading of a visit at which nothing was scanned."""
    raw = {"central_read_scan": {"value": "2026-05-05"}}
    entry = Enter(subject(trial), "central_assessment", raw, occurrence="new", visit=visit)
    return ReadCentrally(subject(trial), (entry,))


def test_computed_against_the_readers_own_baseline(trial: Trial) -> None:
    """30 + 20 mm at baseline: 21 + 14 is -30 %, so PR; 25.2 + 16.8 is 20 % and 7 mm over that, so PD."""
    read_baseline(trial, "30", "20")
    trial.do(scan(trial, "imaging:1", {"C1": "21", "C2": "14"}, "PR"), READER)
    trial.do(scan(trial, "imaging:2", {"C1": "25.2", "C2": "16.8"}, "PD"), READER)
    found = review(trial).central
    assert found.baseline_sum == 50
    assert [str(one.verdict.overall) for one in found.scans if one.verdict] == ["PR", "PD"]
    assert review(trial).progression() == scan_day(trial, "imaging:2")
    assert review(trial).local.baseline_sum != found.baseline_sum, "the site's register is another one"


@pytest.mark.parametrize(
    ("sizes", "overall", "more"),
    [
        ({"C1": "30"}, "SD", {}),
        ({"C1": "30", "C2": "20"}, "", {}),
        ({"C1": "30", "C2": "20"}, "SD", {"central_quality": ""}),
    ],
)
def test_every_lesion_and_question_is_answered(trial: Trial, sizes: dict[str, str], overall: str, more: Any) -> None:
    read_baseline(trial, "30", "20")
    assert refused(trial, scan(trial, "imaging:1", sizes, overall, **more)) == "central.unread"


@pytest.mark.parametrize(
    ("lesions", "code"),
    [
        ([("9.9", "lung")], "central.target_size"),
        ([("14.9", "lymph_node")], "central.target_size"),
        ([("20", "lung")] * 3, "central.too_many_in_organ"),
        ([("20", one) for one in ("lung", "lung", "liver", "liver", "adrenal", "kidney")], "central.too_many_targets"),
    ],
)
def test_targets_follow_recist(trial: Trial, lesions: list[tuple[str, str]], code: str) -> None:
    """At least 10 mm, nodes 15 mm in short axis; at most 5 targets, 2 in one organ (RECIST 1.1, 3.1 and 3.2)."""
    entries = tuple(lesion(trial, size, organ=organ) for size, organ in lesions)
    assert refused(trial, ReadCentrally(subject(trial), entries)) == code


@pytest.mark.parametrize(("size", "organ"), [("10", "lung"), ("15", "lymph_node")])
def test_targets_of_the_least_size(trial: Trial, size: str, organ: str) -> None:
    trial.do(ReadCentrally(subject(trial), (lesion(trial, size, organ=organ),)), READER)
    trial.do(FinishCentralBaseline(subject(trial)), READER)


def test_one_lesion_is_chosen_once(trial: Trial) -> None:
    twice = tuple(lesion(trial, "20", site=site) for site in ("Right upper lobe", "right  upper lobe"))
    assert refused(trial, ReadCentrally(subject(trial), twice)) == "central.chosen_twice"


def test_one_reader_follows_a_participant(trial: Trial) -> None:
    read_baseline(trial, "30")
    assert refused(trial, scan(trial, "imaging:1", {"C1": "30"}, "SD"), OTHER) == "central.other_reader"


def test_only_central_readers_read_and_adjudicate(trial: Trial) -> None:
    for actor in (
        COORDINATOR,
        INVESTIGATOR,
        person("nuclear_reader"),
        person("data_manager", None),
        person("monitor", None),
    ):
        with pytest.raises(NotPermitted):
            trial.do(ReadCentrally(subject(trial), (lesion(trial, "30"),)), actor)
    both_read(trial)
    for actor in (INVESTIGATOR, person("data_manager", None, signs=True)):
        with pytest.raises(NotPermitted):
            trial.do(choose(trial, "central"), actor)


def test_a_central_reader_enters_nothing_else(trial: Trial) -> None:
    entry = Enter(subject(trial), "lesions", {"organ": {"value": "lung"}}, occurrence="new")
    assert refused(trial, ReadCentrally(subject(trial), (entry,))) == "central.not_a_form"
    with pytest.raises(NotPermitted):
        trial.do(entry, READER)


def test_readings_that_agree_need_nobody(trial: Trial) -> None:
    both_read(trial, "40", "PD")
    assert not any(one.differs for one in review(trial).scans)
    assert refused(trial, choose(trial, "central"), OTHER) == "central.agree"


def test_an_adjudicator_chooses_and_all_three_stay(trial: Trial) -> None:
    both_read(trial)
    waiting = review(trial).scan("imaging:2")
    assert waiting is not None
    assert (waiting.waits, waiting.moves_progression) == (True, True)
    assert review(trial).progression() is None
    trial.do(choose(trial, "investigator", reason="The sum has grown"), OTHER)
    decided = review(trial).scan("imaging:2")
    assert decided is not None
    assert decided.adjudicated is not None
    assert decided.local is not None
    assert decided.central is not None
    assert (decided.local.response, decided.central.response, decided.response) == ("PD", "SD", "PD")
    assert decided.adjudicated[0].because == "The sum has grown"
    assert review(trial).progression() == scan_day(trial, "imaging:2")


def test_progressions_that_were_overruled_settle_nothing(trial: Trial) -> None:
    """Each reading called progression once, and the adjudicator neither time: the third scan is compared as well."""
    start = book(trial).randomized_on
    assert start is not None
    trial.today = start + timedelta(days=180)
    investigator_reads(trial, "imaging:3", "PD")
    read_baseline(trial, "30")
    trial.do(scan(trial, "imaging:1", {"C1": "45"}, "PD"), READER)
    trial.do(choose(trial, "investigator", visit="imaging:1"), OTHER)
    trial.do(scan(trial, "imaging:2", {"C1": "30"}, "SD"), READER)
    trial.do(choose(trial, "central"), OTHER)
    trial.do(scan(trial, "imaging:3", {"C1": "30"}, "SD"), READER)
    third = review(trial).scan("imaging:3")
    assert third is not None
    assert (third.waits, third.moves_progression) == (True, True)
    assert review(trial).progression() is None
    trial.do(choose(trial, "investigator", visit="imaging:3"), OTHER)
    assert review(trial).progression() == scan_day(trial, "imaging:3")


def test_whoever_read_does_not_adjudicate_and_the_other_way_round(trial: Trial) -> None:
    both_read(trial)
    reader = person("central_reader", None, user="wu", signs=True)
    assert refused(trial, choose(trial, "central"), reader) == "central.read_by_you"
    trial.do(choose(trial, "central"), OTHER)
    assert refused(trial, scan(trial, "imaging:2", {}, "SD"), OTHER) == "central.adjudicated_by_you"


@pytest.mark.parametrize(
    ("change", "code"), [({"covers": "0" * 64}, "central.changed"), ({"reason": " "}, "refuse.because")]
)
def test_an_adjudication_needs_a_reason_and_a_fresh_page(trial: Trial, change: Any, code: str) -> None:
    both_read(trial)
    assert refused(trial, choose(trial, "central", **change), OTHER) == code
    assert refused(trial, choose(trial, "both"), OTHER) == "refuse.code"  # type: ignore[arg-type]
    unsigned = person("central_reader", None, user="adams")
    assert refused(trial, choose(trial, "central"), unsigned) == "refuse.password"


def test_a_corrected_reading_waits_again(trial: Trial) -> None:
    both_read(trial)
    trial.do(choose(trial, "central"), OTHER)
    row = next(row for row in book(trial).rows("central_measurements") if row.visit == "imaging:2")
    raw = {"central_diameter": {"value": "33"}}
    told = {"occurrence": row.occurrence, "visit": "imaging:2", "seen": 9**9, "reason": "Remeasured"}
    entry = Enter(subject(trial), "central_measurements", raw, **told)
    trial.do(ReadCentrally(subject(trial), (entry,)), READER)
    again = review(trial).scan("imaging:2")
    assert again is not None
    assert again.waits
    assert len(book(trial).adjudications) == 1, "the decision stays in the record"


def test_nobody_is_read_before_randomization(trial: Trial) -> None:
    book(trial).randomized = None
    assert refused(trial, FinishCentralBaseline(subject(trial))) == "refuse.randomized_not"
