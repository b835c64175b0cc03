"""An allocation made outside the system and recorded afterwards: what it needs, what follows, what later draws see."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from acting import (
    COORDINATOR,
    INVESTIGATOR,
    KEY,
    Trial,
    consented,
    enter,
    opened,
    person,
    randomized,
    refusal,
    screened,
    signed,
)
from acting import without_password as merely
from equipoise.conduct import facts as f
from equipoise.conduct.actions.contingency import RecordContingency
from equipoise.conduct.actions.randomize import Randomize, frozen
from equipoise.conduct.actions.records import CompleteLog
from equipoise.conduct.actions.subjects import FailScreening, RecordDeath
from equipoise.kernel.errors import NotPermitted
from equipoise.methods.randomization import Allocation, replay
from flagship_participants import ON, lesion

SPONSOR = person("sponsor_admin", None, signs=True)
TODAY, YESTERDAY = ON.isoformat(), (ON - timedelta(days=1)).isoformat()
RECORD = RecordContingency("NU-001", "control", f"{TODAY} 09:30", "Dr Wu", "List C, envelope 7", "network outage")


def refused(trial: Trial, action: Any, actor: Any = SPONSOR) -> str:
    """The code of the refusal."""
    return refusal(trial, action, actor).code


def test_it_stands_with_who_when_why_and_the_password() -> None:
    trial = opened()
    subject = signed(trial)
    entries = trial.do(RECORD, SPONSOR)
    allocated, given = entries[0].fact, trial.book(subject).randomized
    assert isinstance(allocated, f.ContingencyAllocated)
    assert given is not None
    assert (allocated.by, allocated.at, allocated.because) == ("Dr Wu", f"{TODAY} 09:30", "network outage")
    assert entries[0].header.reason == entries[1].header.reason == "network outage"
    assert (given.arm, given.on, given.sequence, given.contingency) == ("control", TODAY, 1, "List C, envelope 7")
    assert given.levels == allocated.levels
    assert set(given.levels) == {factor.id for factor in trial.protocol.strata}
    assert trial.book(subject).frozen is not None
    assert trial.book(subject).deviations == []  # everything stood: nothing to excuse


def test_a_lesion_found_since_the_allocation_is_not_frozen() -> None:
    """It was not there to be irradiated or counted on the day of the envelope."""
    trial = opened()
    subject = signed(trial)
    enter(trial, subject, "lesions", lesion("liver", found_on=TODAY, status="new"), occurrence="new")
    trial.do(CompleteLog(subject, "lesions"), COORDINATOR)
    trial.do(replace(RECORD, at=f"{YESTERDAY}T12:00"), SPONSOR)
    book = trial.book(subject)
    assert book.frozen is not None
    assert book.randomized is not None
    assert (book.frozen.residual, book.frozen.organs) == (("L1",), ("lung",))
    assert book.randomized.residual_lesions == ("L1",)


def test_the_day_of_the_allocation_is_the_time_origin() -> None:
    trial = opened()
    subject = signed(trial)
    trial.do(replace(RECORD, at=f"{YESTERDAY}T23:59"), SPONSOR)
    assert trial.book(subject).randomized_on == ON - timedelta(days=1)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"arm": "placebo"}, "refuse.code"),
        ({"arm": ""}, "refuse.code"),
        ({"at": TODAY}, "refuse.moment"),
        ({"at": "yesterday at nine"}, "refuse.moment"),
        ({"at": "2026-02-30 09:00"}, "refuse.moment"),
        ({"at": f"{(ON + timedelta(days=1)).isoformat()} 00:00"}, "refuse.future"),
        ({"at": f"{TODAY} 23:59"}, "refuse.future"),
        ({"at": "2026-02-24 09:00"}, "refuse.before_consent"),
        ({"by": " "}, "refuse.because"),
        ({"procedure": ""}, "refuse.because"),
        ({"reason": ""}, "refuse.because"),
        ({"stream": "NU-999"}, "refuse.no_subject"),
    ],
)
def test_what_cannot_be_recorded(change: dict[str, Any], code: str) -> None:
    trial = opened()
    signed(trial)
    assert refused(trial, replace(RECORD, **change)) == code


def test_who_may_not_record_it() -> None:
    trial = opened()
    signed(trial)
    assert refused(trial, RECORD, merely(SPONSOR)) == "refuse.password"
    for role in ("coordinator", "investigator", "data_manager", "statistician"):
        with pytest.raises(NotPermitted):
            trial.do(RECORD, person(role, "north", signs=True))


def test_nobody_is_allocated_a_second_time_either_way() -> None:
    trial = opened()
    subject = signed(trial)
    trial.do(RECORD, SPONSOR)
    assert refused(trial, RECORD) == "refuse.randomized_already"
    assert refused(trial, Randomize(subject, trial.evaluation(subject)), INVESTIGATOR) == "refuse.randomized_already"
    other = opened()
    randomized(other)
    assert refused(other, RECORD) == "refuse.randomized_already"


def test_screening_that_is_over_and_randomization_not_committed() -> None:
    trial = opened()
    consented(trial)
    trial.do(FailScreening("NU-001", TODAY, ("I12a",)), COORDINATOR)
    assert refused(trial, RECORD) == "refuse.closed"
    early = opened(committed=False)
    screened(early)
    assert refused(early, RECORD) == "refuse.not_committed"


def test_strata_that_cannot_be_derived_are_entered_first() -> None:
    trial = opened()
    consented(trial)
    assert refused(trial, RECORD) == "refuse.stratum_unknown"


def test_what_did_not_stand_opens_a_deviation_and_waives_nothing() -> None:
    trial = opened()
    subject = screened(trial, change={"neutrophils": {"value": "1.2", "unit": "10*9/L", "date": "2026-03-01"}})
    trial.do(RECORD, SPONSOR)
    opened_ones = [one for one, _ in trial.book(subject).deviations]
    assert [(one.grade, one.criterion) for one in opened_ones if one.criterion] == [("major", "I12a")]
    assert any("signed" in one.says and one.grade == "minor" for one in opened_ones)
    assert [one.deviation for one in opened_ones] == [f"D{number}" for number in range(1, len(opened_ones) + 1)]


def test_a_death_before_it_was_recorded_is_no_obstacle() -> None:
    trial = opened()
    subject = signed(trial)
    trial.do(RecordDeath(subject, TODAY, "other"), COORDINATOR)
    trial.do(RECORD, SPONSOR)
    assert trial.book(subject).arm == "control"
    late = opened()
    dead = signed(late)
    late.do(RecordDeath(dead, YESTERDAY, "other"), COORDINATOR)
    assert refused(late, RECORD) == "refuse.closed_after_death"


def test_it_uses_no_slot_weighs_later_and_is_taken_as_given_by_replay() -> None:
    trial = opened()
    signed(trial)
    trial.do(RECORD, SPONSOR)
    later = randomized(trial)
    first, second = (frozen(one) for one in trial.study.allocations)
    assert (first.slot, second.slot) == (None, 0)
    assert isinstance(second, Allocation)
    assert not isinstance(first, Allocation)
    assert {margin["control"] for margin in second.margins.values()} == {1}  # the same levels: it counts in each
    assert second.preferred == ("rt",)
    assert trial.book(later).randomized.sequence == 2  # type: ignore[union-attr]
    method = trial.protocol.randomization
    season = trial.study.epochs[1].season
    allocations = [first, second]
    assert replay(method, key=KEY, season=season, epoch=1, allocations=allocations) is None
    assert replay(method, key=KEY, season=season, epoch=1, allocations=[second]) is not None  # without it: another draw
    kept = json.loads(trial.study.allocations[0].allocation)
    assert kept["slot"] is None
