"""Randomization refuses unless everything stands, as of now; each barrier by itself, and what follows an arm."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from acting import (
    COORDINATOR,
    INVESTIGATOR,
    RADIATION_ONCOLOGIST,
    Trial,
    consented,
    enter,
    opened,
    person,
    randomized,
    screened,
    sign,
    signed,
    without_password,
)
from equipoise.conduct import facts as f
from equipoise.conduct.actions.randomize import CommitRandomization, Randomize, SeasonRandomization
from equipoise.conduct.actions.signatures import SignEligibility
from equipoise.conduct.actions.subjects import FailScreening, RecordDeath, Stop
from equipoise.conduct.documents import protocol_at
from equipoise.conduct.gate import gate
from equipoise.conduct.journey import stage
from equipoise.kernel.errors import NotPermitted, Refusal
from flagship_participants import ON, lesion


@pytest.fixture
def trial() -> Trial:
    return opened()


def barriers(trial: Trial, subject: str) -> set[str]:
    """The codes of everything that stands before an arm."""
    return {barrier.code for barrier in gate(trial.study, trial.book(subject), trial.today)}


def refused(trial: Trial, action: Any, actor: Any = INVESTIGATOR) -> str:
    """The code of the refusal; nothing is written."""
    before = trial.position, len(trial.study.allocations)
    with pytest.raises(Refusal) as caught:
        trial.do(action, actor)
    assert (trial.position, len(trial.study.allocations)) == before
    return caught.value.code


def test_nothing_stands_before_somebody_ready(trial: Trial) -> None:
    subject = signed(trial)
    assert barriers(trial, subject) == set()
    entries = trial.do(Randomize(subject, trial.evaluation(subject)), INVESTIGATOR)
    assert [type(entry.fact) for entry in entries] == [f.SlotAllocated, f.Randomized, f.RegisterFrozen]


@pytest.mark.parametrize(
    ("left_out", "code"),
    [
        ("irradiability", "refuse.irradiability_missing"),
        ("ro_statement", "refuse.statement_missing"),
        ("signed(ro_statement)", "refuse.statement_missing"),
        ("investigator_statement", "refuse.statement_missing"),
        ("signed(investigator_statement)", "refuse.statement_missing"),
        ("qlq_c30", "refuse.baseline_missing"),
        ("qlq_lc13", "refuse.baseline_missing"),
        ("laboratory", "refuse.not_evaluated"),
        ("lesions", "refuse.register_open"),
        ("planned_maintenance", "refuse.stratum_unknown"),
        ("ecog", "refuse.stratum_unknown"),
    ],
)
def test_what_is_missing_bars_the_way(trial: Trial, left_out: str, code: str) -> None:
    leave_out = ("lesions", "irradiability") if left_out == "lesions" else (left_out,)
    subject = screened(trial, leave_out=leave_out)
    found = barriers(trial, subject)
    assert code in found
    assert "refuse.not_signed" in found
    assert refused(trial, Randomize(subject, trial.evaluation(subject))) in found


def test_baseline_said_not_to_be_done_is_enough(trial: Trial) -> None:
    from equipoise.conduct.actions.records import FormNotDone

    subject = screened(trial, leave_out=("qlq_c30",))
    trial.do(FormNotDone(subject, "qlq_c30", "Could not read it", "baseline"), COORDINATOR)
    assert barriers(trial, subject) == {"refuse.not_signed"}


def test_eligibility_that_is_not_met_cannot_be_signed(trial: Trial) -> None:
    subject = screened(trial, change={"ecog": {"value": "3", "date": "2026-03-02"}})
    assert refused(trial, SignEligibility(subject, trial.evaluation(subject))) == "refuse.not_evaluated"


def test_eligibility_signed_over_another_evaluation(trial: Trial) -> None:
    subject = screened(trial)
    saw = trial.evaluation(subject)
    change = {"platelets": {"value": "140", "unit": "10*9/L", "lower": "125", "upper": "350"}}
    enter(trial, subject, "laboratory", change, seen=trial.position, reason="Transcription error")
    assert refused(trial, SignEligibility(subject, saw)) == "refuse.sign_changed"
    trial.do(SignEligibility(subject, trial.evaluation(subject)), INVESTIGATOR)


@pytest.mark.parametrize("act", [SignEligibility, Randomize])
def test_password_again(trial: Trial, act: Any) -> None:
    subject = screened(trial) if act is SignEligibility else signed(trial)
    action = act(subject, trial.evaluation(subject))
    assert refused(trial, action, without_password(INVESTIGATOR)) == "refuse.password"


@pytest.mark.parametrize("role", ["coordinator", "radiation_oncologist", "nuclear_reader"])
@pytest.mark.parametrize("act", [SignEligibility, Randomize])
def test_only_an_investigator(trial: Trial, act: Any, role: str) -> None:
    subject = signed(trial)
    with pytest.raises(NotPermitted):
        trial.do(act(subject, trial.evaluation(subject)), person(role, signs=True))


def test_another_sites_investigator(trial: Trial) -> None:
    subject = signed(trial)
    with pytest.raises(NotPermitted, match="another site"):
        trial.do(Randomize(subject, trial.evaluation(subject)), person("investigator", "river", signs=True))


def test_value_changed_after_the_signature(trial: Trial) -> None:
    subject = signed(trial)
    stale = trial.evaluation(subject)
    change = {"platelets": {"value": "140", "unit": "10*9/L", "lower": "125", "upper": "350"}}
    enter(trial, subject, "laboratory", change, seen=trial.position, reason="Transcription error")
    assert barriers(trial, subject) == {"refuse.evaluation_changed"}
    assert refused(trial, Randomize(subject, stale)) == "refuse.evaluation_changed"


def test_value_grown_too_old_since_the_signature(trial: Trial) -> None:
    subject = signed(trial)
    trial.today += timedelta(days=200)
    assert {"refuse.not_evaluated", "refuse.evaluation_changed"} <= barriers(trial, subject)
    assert refused(trial, Randomize(subject, trial.evaluation(subject))) == "refuse.not_evaluated"


def test_lesion_added_after_the_signature_reopens_the_register(trial: Trial) -> None:
    subject = signed(trial)
    enter(trial, subject, "lesions", lesion("liver"), occurrence="new")
    assert {"refuse.register_open", "refuse.irradiability_missing"} <= barriers(trial, subject)


def test_statement_changed_after_its_signature(trial: Trial) -> None:
    subject = signed(trial)
    change = {"ro_comment": "See plan"}
    enter(trial, subject, "ro_statement", change, RADIATION_ONCOLOGIST, seen=trial.position)
    assert "refuse.statement_missing" in barriers(trial, subject)
    sign(trial, subject, "ro_statement", RADIATION_ONCOLOGIST)
    assert "refuse.statement_missing" not in barriers(trial, subject)


def test_page_that_showed_another_evaluation(trial: Trial) -> None:
    subject = signed(trial)
    assert refused(trial, Randomize(subject, "0" * 64)) == "refuse.sign_changed"


@pytest.mark.parametrize("opened_how", ["uncommitted", "unseasoned"])
def test_method_that_was_not_committed(opened_how: str) -> None:
    trial = opened(committed=False)
    if opened_how == "unseasoned":
        trial.do(CommitRandomization(trial.loaded.digest))
    subject = signed(trial)
    assert barriers(trial, subject) == {"refuse.not_committed"}
    assert refused(trial, Randomize(subject, trial.evaluation(subject))) == "refuse.not_committed"


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (CommitRandomization("0" * 64), "refuse.protocol_unknown"),
        (SeasonRandomization(1, "again", "a lottery"), "refuse.not_committed"),
        (SeasonRandomization(2, "early", "a lottery"), "refuse.not_committed"),
    ],
)
def test_commitment_refused(trial: Trial, action: Any, code: str) -> None:
    assert refused(trial, action, person("sponsor_admin", None)) == code


def test_method_is_committed_once(trial: Trial) -> None:
    action = CommitRandomization(trial.loaded.digest)
    assert refused(trial, action, person("sponsor_admin", None)) == "refuse.committed_already"


def test_nobody_is_randomized_twice(trial: Trial) -> None:
    subject = randomized(trial)
    assert refused(trial, Randomize(subject, trial.evaluation(subject))) == "refuse.randomized_already"


@pytest.mark.parametrize(
    "ending",
    [
        FailScreening("NU-001", ON.isoformat(), ("I2",)),
        RecordDeath("NU-001", ON.isoformat(), "disease"),
        Stop("NU-001", "consent_withdrawn", ON.isoformat(), "Moved away"),
    ],
)
def test_screening_that_is_over(trial: Trial, ending: Any) -> None:
    subject = signed(trial)
    trial.do(ending, INVESTIGATOR)
    assert barriers(trial, subject) == {"refuse.closed"}
    assert refused(trial, Randomize(subject, trial.evaluation(subject))) == "refuse.closed"


def test_before_consent(trial: Trial) -> None:
    assert refused(trial, replace(Randomize("NU-001", ""), stream="NU-001")) == "refuse.not_consented"


def test_refusal_uses_up_no_slot(trial: Trial) -> None:
    first = signed(trial)
    with pytest.raises(Refusal):
        trial.do(Randomize(first, "0" * 64), INVESTIGATOR)
    waiting = consented(trial)
    with pytest.raises(Refusal):
        trial.do(Randomize(waiting, ""), INVESTIGATOR)
    undisturbed = opened()
    again = signed(undisturbed)
    for one, subject in ((trial, first), (undisturbed, again)):
        one.do(Randomize(subject, one.evaluation(subject)), INVESTIGATOR)
    assert trial.study.allocations[0].sequence == 1
    assert trial.study.allocations[0].arm == undisturbed.study.allocations[0].arm
    assert trial.study.allocations[0].allocation == undisturbed.study.allocations[0].allocation


def test_strata_and_register_are_frozen_as_they_were(trial: Trial) -> None:
    subject = randomized(trial)
    levels = dict(trial.book(subject).randomized.levels)
    ecog = {"ecog": "0"}
    enter(trial, subject, "ecog", ecog, seen=trial.position, reason="Misread", visit="screening")
    enter(trial, subject, "lesions", lesion("liver", status="new"), occurrence="new")
    book = trial.book(subject)
    assert book.randomized.levels == levels
    assert (book.frozen.residual, book.frozen.organs) == (("L1",), ("lung",))
    assert dict(trial.study.allocations[0].levels) == levels


def test_corrected_data_that_show_ineligibility_open_a_deviation_and_change_no_arm(trial: Trial) -> None:
    subject = randomized(trial)
    arm = trial.book(subject).arm
    change = {"neutrophils": {"value": "1.2", "unit": "10*9/L", "lower": "1.8", "upper": "6.3"}}
    enter(trial, subject, "laboratory", change, seen=trial.position, reason="Transcription error")
    book = trial.book(subject)
    assert [(one.grade, one.criterion) for one, _ in book.deviations] == [("major", "I12a")]
    assert (book.arm, stage(trial.protocol, book)) == (arm, "randomized")
    back = {"neutrophils": {"value": "1.1", "unit": "10*9/L", "lower": "1.8", "upper": "6.3"}}
    enter(trial, subject, "laboratory", back, seen=trial.position, reason="Once more")
    assert len(trial.book(subject).deviations) == 1


def test_correction_that_changes_no_verdict_opens_none(trial: Trial) -> None:
    subject = randomized(trial)
    change = {"neutrophils": {"value": "2.9", "unit": "10*9/L", "lower": "1.8", "upper": "6.3"}}
    enter(trial, subject, "laboratory", change, seen=trial.position, reason="Transcription error")
    assert trial.book(subject).deviations == []


def test_the_reasons_bear_the_labels_of_the_reader_s_protocol(trial: Trial) -> None:
    """What stands in the way is the same; only forms and factors are called as the translated protocol calls them."""
    subject = consented(trial)
    protocol = protocol_at(trial.study, trial.book(subject).site)
    said = replace(protocol, forms=tuple(replace(form, label=f"«{form.id}»") for form in protocol.forms))
    own, others = (
        gate(trial.study, trial.book(subject), trial.today, said=one) for one in (None, said)
    )  # fmt: skip
    assert [one.code for one in own] == [one.code for one in others]
    told = " ".join(one.say("en") for one in others)
    assert "«investigator_statement»" in told
    assert "«qlq_c30»" in told
