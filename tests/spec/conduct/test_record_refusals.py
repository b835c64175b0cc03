"""What may not be entered: unknown things, impossible answers, stale pages, silent corrections."""

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
    refusal,
    screened,
    sign,
    without_password,
)
from equipoise.conduct.actions.records import CompleteLog, Enter, FormNotDone, RemoveRow
from equipoise.conduct.actions.signatures import SignForm
from equipoise.conduct.actions.subjects import FailScreening, RecordDeath
from equipoise.conduct.actions.visits import AddVisit, MissVisit
from equipoise.conduct.journey import stage
from equipoise.kernel.errors import NotPermitted, Refusal
from flagship_participants import ON, lesion

S = "NU-001"
TOMORROW = (ON + timedelta(days=1)).isoformat()


@pytest.fixture
def trial() -> Trial:
    """Somebody consented, nothing entered."""
    trial = opened()
    assert consented(trial) == S
    return trial


def refused(trial: Trial, action: Any, actor: Any = COORDINATOR) -> Refusal:
    """The refusal."""
    return refusal(trial, action, actor)


def raw(**answers: Any) -> dict[str, dict[str, Any]]:
    return {item: value if isinstance(value, dict) else {"value": value} for item, value in answers.items()}


VITALS = raw(vitals_date="2026-03-02", weight="70")


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (Enter(S, "horoscope", raw(sign="leo")), "refuse.unknown_form"),
        (Enter(S, "demographics", {}), "refuse.nothing_changed"),
        (Enter(S, "vitals", VITALS), "refuse.visit_unknown"),
        (Enter(S, "vitals", VITALS, visit="Tuesday"), "refuse.visit_unknown"),
        (Enter(S, "vitals", VITALS, visit="imaging:1"), "refuse.visit_unknown"),
        (Enter(S, "vitals", VITALS, visit="baseline"), "refuse.visit_form"),
        (Enter(S, "lesions", raw(organ="lung"), occurrence="L7"), "refuse.row"),
        (Enter(S, "survival", raw(alive="yes"), visit="screening"), "refuse.form_stage"),
        (Enter("NU-404", "demographics", raw(sex="male")), "refuse.no_subject"),
    ],
)
def test_entry_refused(trial: Trial, action: Enter, code: str) -> None:
    assert refused(trial, action).code == code


@pytest.mark.parametrize(
    ("form", "answers", "says"),
    [
        ("demographics", raw(eyes="blue"), "has no item"),
        ("demographics", raw(sex="<script>alert(1)</script>"), "Sex"),
        ("demographics", raw(height="1.72 m"), "Height"),
        ("demographics", raw(height="9999"), "Height"),
        ("demographics", raw(height="-5"), "Height"),
        ("demographics", raw(height="NaN"), "Height"),
        ("laboratory", raw(neutrophils={"value": "3.2"}), "Neutrophils"),
        ("laboratory", raw(neutrophils={"value": "3.2", "unit": "furlong"}), "furlong"),
        ("laboratory", raw(neutrophils={"value": "3.2", "unit": "10*9/L", "lower": "6", "upper": "2"}), "Neutrophils"),
        ("laboratory", raw(haemoglobin={"value": "4000", "unit": "g/L"}), "Haemoglobin"),
        ("laboratory", raw(lab_date=TOMORROW), "future"),
        ("laboratory", raw(lab_date="2026-02-30"), "2026-02-30"),
        ("laboratory", raw(lab_date="02/03/2026"), "02/03/2026"),
        ("laboratory", raw(lab_date="2026-03"), "2026-03"),
        ("medical_history", raw(gilbert="perhaps"), "Gilbert"),
        ("medical_history", raw(gilbert={"absent": "lost"}), "Gilbert"),
        ("medical_history", raw(other_history="x" * 100_001), "history"),
    ],
)
def test_answer_that_cannot_be(trial: Trial, form: str, answers: dict[str, Any], says: str) -> None:
    visit = "screening" if trial.protocol.form(form).use == "visit" else ""
    refusal = refused(trial, Enter(S, form, answers, visit=visit))
    assert refusal.code == "refuse.items"
    assert says.lower() in str(refusal).lower()


def test_one_wrong_answer_keeps_the_right_ones_out_too(trial: Trial) -> None:
    refusal = refused(trial, Enter(S, "demographics", raw(sex="male", height="tall", smoking="pipe")))
    assert "Height" in str(refusal)
    assert "Smoking" in str(refusal)
    assert trial.book(S).record("demographics") is None


def test_correction_needs_a_reason_and_a_first_answer_none(trial: Trial) -> None:
    enter(trial, S, "demographics", {"sex": "male"})
    seen = trial.position
    correction = Enter(S, "demographics", raw(sex="female"), seen=seen)
    assert refused(trial, correction).code == "refuse.reason_needed"
    assert refused(trial, Enter(S, "demographics", raw(sex="female"), seen=seen, reason=" ")).code == (
        "refuse.reason_needed"
    )
    enter(trial, S, "demographics", {"height": "172"}, seen=seen)
    enter(trial, S, "demographics", {"sex": "female"}, seen=trial.position, reason="Misread")
    record = trial.book(S).record("demographics")
    assert record is not None
    assert [(str(change.answer.value), change.header.reason) for change in record.history("sex")] == [
        ("male", ""), ("female", "Misread"),
    ]  # fmt: skip


def test_what_another_changed_meanwhile_is_not_overwritten_unseen(trial: Trial) -> None:
    enter(trial, S, "demographics", {"sex": "male", "height": "172"})
    both_saw = trial.position
    enter(trial, S, "demographics", {"height": "171"}, seen=both_saw, reason="Measured again")
    other = person("coordinator", user="sun")
    late = Enter(S, "demographics", raw(height="170"), seen=both_saw, reason="Typing error")
    refusal = refused(trial, late, other)
    assert refusal.code == "refuse.stale"
    assert "Height" in str(refusal)
    assert "Dr coordinator" in str(refusal)
    elsewhere = Enter(S, "demographics", raw(sex="female"), seen=both_saw, reason="Typing error")
    trial.do(elsewhere, other)  # the other item of the same form was not touched by anybody
    trial.do(Enter(S, "demographics", raw(height="170"), seen=trial.position, reason="Typing error"), other)


def test_two_first_entries_of_one_form(trial: Trial) -> None:
    """Both opened the empty form; the second one's differing answer does not replace the first one's."""
    enter(trial, S, "demographics", {"sex": "male"})
    assert refused(trial, Enter(S, "demographics", raw(sex="female"), seen=0)).code == "refuse.stale"


@pytest.mark.parametrize(
    ("form", "role"),
    [
        ("demographics", "radiation_oncologist"),
        ("demographics", "nuclear_reader"),
        ("planned_maintenance", "coordinator"),
        ("irradiability", "investigator"),
        ("ro_statement", "coordinator"),
        ("lesions", "radiation_oncologist"),
    ],
)
def test_form_belongs_to_its_roles(trial: Trial, form: str, role: str) -> None:
    item = next(item for item in trial.protocol.form(form).items if item.kind in ("choice", "yes_no", "date", "text"))
    action = Enter(S, form, raw(**{item.id: "x"}), occurrence="new")
    assert refused(trial, action, person(role)).code == "refuse.form_role"


def test_monitor_enters_nothing(trial: Trial) -> None:
    with pytest.raises(NotPermitted):
        trial.do(Enter(S, "demographics", raw(sex="male")), person("monitor", None))


@pytest.mark.parametrize(
    ("named", "says"), [(["L9"], "L9"), (["L1", "L2"], "one lesion"), (["<b>"], "<b>"), ([""], "Lesion")]
)
def test_statement_on_a_lesion_that_is_not_there(trial: Trial, named: list[str], says: str) -> None:
    enter(trial, S, "lesions", lesion(), occurrence="new")
    action = Enter(S, "irradiability", raw(lesion=named, irradiable="yes"), occurrence="new")
    refusal = refused(trial, action, RADIATION_ONCOLOGIST)
    assert refusal.code == "refuse.items"
    assert says in str(refusal)


def test_row_ids_are_never_used_again(trial: Trial) -> None:
    for _ in range(2):
        enter(trial, S, "lesions", lesion(), occurrence="new")
    trial.do(RemoveRow(S, "lesions", "L2", "Entered twice"), COORDINATOR)
    enter(trial, S, "lesions", lesion("liver"), occurrence="new")
    assert [row.occurrence for row in trial.book(S).rows("lesions")] == ["L1", "L3"]


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (RemoveRow(S, "lesions", "L1", ""), "refuse.because"),
        (RemoveRow(S, "lesions", "L2", "Wrong"), "refuse.row"),
        (RemoveRow(S, "demographics", "", "Wrong"), "refuse.not_a_log"),
        (CompleteLog(S, "demographics"), "refuse.not_a_log"),
        (FormNotDone(S, "lesions", "None"), "refuse.log_not_done"),
        (FormNotDone(S, "medical_history", ""), "refuse.because"),
        (FormNotDone(S, "demographics", "Refused"), "refuse.form_filled"),
        (FormNotDone(S, "qlq_c30", "Refused", "no such visit"), "refuse.visit_unknown"),
        (FormNotDone(S, "qlq_c30", "Refused", "screening"), "refuse.visit_form"),
        (FormNotDone(S, "medical_history", "Refused", "screening"), "refuse.visit_form"),
    ],
)
def test_rows_and_forms_refused(trial: Trial, action: Any, code: str) -> None:
    enter(trial, S, "demographics", {"sex": "male"})
    enter(trial, S, "lesions", lesion(), occurrence="new")
    assert refused(trial, action).code == code


def test_new_row_reopens_a_complete_log(trial: Trial) -> None:
    trial.do(CompleteLog(S, "lesions"), COORDINATOR)
    assert "lesions" in trial.book(S).completed
    enter(trial, S, "lesions", lesion(), occurrence="new")
    assert "lesions" not in trial.book(S).completed


def test_lesion_counted_at_randomization_stays() -> None:
    trial = opened()
    subject = randomized(trial)
    assert refused(trial, RemoveRow(subject, "lesions", "L1", "Wrong")).code == "refuse.row_frozen"
    enter(trial, subject, "lesions", lesion("liver", status="new"), occurrence="new")
    trial.do(RemoveRow(subject, "lesions", "L2", "A cyst"), COORDINATOR)
    enter(trial, subject, "lesions", {"longest_diameter": "21"}, occurrence="L1", seen=trial.position, reason="Re-read")
    assert trial.book(subject).frozen is not None
    assert trial.book(subject).frozen.residual == ("L1",)


def test_screening_results_that_come_after_a_screen_failure_may_still_be_entered(trial: Trial) -> None:
    trial.do(FailScreening(S, ON.isoformat(), ("I12a",)), COORDINATOR)
    trial.do(Enter(S, "vitals", VITALS, visit="screening"), COORDINATOR)
    assert stage(trial.protocol, trial.book(S)) == "screen_failed"


def test_form_of_the_other_arm() -> None:
    trial = opened()
    subject = randomized(trial)
    only = trial.protocol.form("late_effects")
    if trial.book(subject).arm in only.only_arms:
        subject = next(one for one in (randomized(trial) for _ in range(40)) if trial.book(one).arm == "control")
    action = Enter(subject, "late_effects", raw(late_date=ON.isoformat()), visit="late_effects:1")
    assert refused(trial, action).code == "refuse.form_arm"


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (MissVisit(S, "imaging:1", "Snow"), "refuse.visit_unknown"),
        (MissVisit(S, "screening", "Snow"), "refuse.visit_recorded"),
        (MissVisit(S, "check_up:1", " "), "refuse.because"),
        (MissVisit(S, "imaging:99", "Snow"), "refuse.visit_unknown"),
    ],
)
def test_missed_visit_refused(action: MissVisit, code: str) -> None:
    trial = opened()
    randomized(trial)
    trial.today += timedelta(days=21 if action.visit == "check_up:1" else 1)
    assert refused(trial, action).code == code


def test_visit_is_missed_once_and_an_entry_takes_it_back() -> None:
    trial = opened()
    subject = randomized(trial)
    trial.today += timedelta(days=60)
    miss = MissVisit(subject, "imaging:1", "Snow")
    trial.do(miss, COORDINATOR)
    assert refused(trial, miss).code == "refuse.visit_missed"
    enter(trial, subject, "ecog", {"ecog": "1", "ecog_date": trial.today.isoformat()}, visit="check_up:1")
    assert set(trial.book(subject).missed) == {"imaging:1"}
    enter(trial, subject, "tumour_assessment", {"assessment_date": trial.today.isoformat()}, visit="imaging:1")
    assert trial.book(subject).missed == {}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"on": TOMORROW}, "refuse.future"),
        ({"on": "2026-02-24"}, "refuse.before_consent"),
        ({"reason": ""}, "refuse.because"),
        ({"forms": ("demographics",)}, "refuse.unknown_form"),
        ({"forms": ("palmistry",)}, "refuse.unknown_form"),
    ],
)
def test_unscheduled_visit_refused(trial: Trial, change: dict[str, Any], code: str) -> None:
    asked: dict[str, Any] = {"on": ON.isoformat(), "reason": "Fever", "forms": ("vitals",)}
    assert refused(trial, AddVisit(S, **(asked | change))).code == code


def test_unscheduled_visit_holds_its_own_forms(trial: Trial) -> None:
    trial.do(AddVisit(S, ON.isoformat(), "Fever", ("vitals",)), COORDINATOR)
    enter(trial, S, "vitals", {"vitals_date": ON.isoformat(), "weight": "70"}, visit="unscheduled:1")
    ecog = Enter(S, "ecog", raw(ecog="1"), visit="unscheduled:1")
    assert refused(trial, ecog).code == "refuse.visit_form"


def test_record_dated_after_death(trial: Trial) -> None:
    trial.do(RecordDeath(S, "2026-03-01", "disease"), COORDINATOR)
    refusal = refused(trial, Enter(S, "vitals", VITALS, visit="screening"))
    assert refusal.code == "refuse.items"
    assert "after death" in str(refusal)
    enter(trial, S, "vitals", {"vitals_date": "2026-02-28", "weight": "70"})


class TestSignatures:
    """A signature covers exactly what its signer saw, whole, with the password again."""

    @pytest.fixture
    def stated(self) -> Trial:
        trial = opened()
        screened(trial, leave_out=("signed(ro_statement)", "signed(investigator_statement)"))
        return trial

    def covers(self, trial: Trial) -> str:
        record = trial.book(S).record("ro_statement")
        assert record is not None
        return record.covers()

    def test_without_the_password(self, stated: Trial) -> None:
        action = SignForm(S, "ro_statement", self.covers(stated), "I judged this")
        assert refused(stated, action, without_password(RADIATION_ONCOLOGIST)).code == "refuse.password"

    def test_by_another_role(self, stated: Trial) -> None:
        action = SignForm(S, "ro_statement", self.covers(stated), "I judged this")
        assert refused(stated, action, INVESTIGATOR).code == "refuse.sign_role"

    def test_over_what_changed_since(self, stated: Trial) -> None:
        saw = self.covers(stated)
        change = {"tolerates_position": "no"}
        enter(stated, S, "ro_statement", change, RADIATION_ONCOLOGIST, seen=stated.position, reason="Cannot lie flat")
        action = SignForm(S, "ro_statement", saw, "I judged this")
        assert refused(stated, action, RADIATION_ONCOLOGIST).code == "refuse.sign_changed"

    def test_over_nothing(self, trial: Trial) -> None:
        action = SignForm(S, "ro_statement", "", "I judged this")
        assert refused(trial, action, RADIATION_ONCOLOGIST).code == "refuse.sign_nothing"

    def test_over_what_is_incomplete(self, trial: Trial) -> None:
        enter(trial, S, "ro_statement", {"ro_date": "2026-03-04"}, RADIATION_ONCOLOGIST)
        refusal = refused(trial, SignForm(S, "ro_statement", self.covers(trial), "x"), RADIATION_ONCOLOGIST)
        assert refusal.code == "refuse.sign_incomplete"

    def test_lapses_when_what_it_covers_changes(self, stated: Trial) -> None:
        sign(stated, S, "ro_statement", RADIATION_ONCOLOGIST)
        assert stated.book(S).signature_on("ro_statement") is not None
        change = {"tolerates_position": "no"}
        enter(stated, S, "ro_statement", change, RADIATION_ONCOLOGIST, seen=stated.position, reason="Cannot lie flat")
        assert stated.book(S).signature_on("ro_statement") is None
