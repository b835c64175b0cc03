"""What may not be recorded of a person: consents, screening, stopping, death. One rule, one refusal."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from acting import (
    CONSENT,
    COORDINATOR,
    INVESTIGATOR,
    Trial,
    consented,
    enter,
    opened,
    person,
    randomized,
    refusal,
    screened,
)
from acting import without_password as merely
from equipoise.conduct import facts as f
from equipoise.conduct import journey
from equipoise.conduct.actions.subjects import (
    Consent,
    CorrectDeath,
    Enrol,
    FailScreening,
    Prescreen,
    RecordDeath,
    Stop,
)
from equipoise.kernel.errors import NotPermitted, Refusal
from flagship_participants import ON

TOMORROW = (ON + timedelta(days=1)).isoformat()
TODAY = ON.isoformat()


@pytest.fixture
def trial() -> Trial:
    return opened()


def refused(trial: Trial, action: Any, actor: Any = COORDINATOR) -> str:
    """The code of the refusal."""
    return refusal(trial, action, actor).code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"version": "0.9"}, "refuse.consent_version"),
        ({"version": ""}, "refuse.consent_version"),
        ({"on": TOMORROW}, "refuse.future"),
        ({"on": "2026-02"}, "refuse.date"),
        ({"on": "2026-02-30"}, "refuse.date"),
        ({"on": "yesterday"}, "refuse.date"),
        ({"age": -1, "birth_year": 2026}, "refuse.age"),
        ({"age": 131, "birth_year": 1894}, "refuse.age"),
        ({"birth_year": 1963}, "refuse.birth_year"),
        ({"birth_year": 1966}, "refuse.birth_year"),
        ({"previous": "NU-999"}, "refuse.no_subject"),
        ({"site": "hill"}, "refuse.site_not_active"),
    ],
)
def test_consent_that_cannot_be(trial: Trial, change: dict[str, Any], code: str) -> None:
    assert refused(trial, replace(CONSENT, **change), person("coordinator", change.get("site", "north"))) == code


@pytest.mark.parametrize("birth_year", [1964, 1965])
def test_birth_year_allows_a_birthday_before_or_after_consent(trial: Trial, birth_year: int) -> None:
    assert consented(trial, replace(CONSENT, birth_year=birth_year)) == "NU-001"


def test_numbers_count_per_site(trial: Trial) -> None:
    assert [consented(trial), consented(trial)] == ["NU-001", "NU-002"]
    assert trial.do(replace(CONSENT, site="river"), person("coordinator", "river"))[-1].header.stream == "RC-001"
    prescreened = Prescreen("north", TODAY, "approached")
    assert trial.do(prescreened, COORDINATOR)[-1].header.stream == "NU-P001"
    assert consented(trial) == "NU-003"


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (Prescreen("north", TODAY, "declined"), "refuse.because"),
        (Prescreen("north", TODAY, "not_eligible", "  "), "refuse.because"),
        (Prescreen("north", TODAY, "<script>"), "refuse.code"),  # type: ignore[arg-type]
        (Prescreen("north", TOMORROW, "approached"), "refuse.future"),
    ],
)
def test_prescreening_refused(trial: Trial, action: Prescreen, code: str) -> None:
    assert refused(trial, action) == code


def test_screening_again_links_to_the_earlier_attempt(trial: Trial) -> None:
    first = consented(trial)
    trial.do(FailScreening(first, TODAY, ("I12a",)), COORDINATOR)
    second = consented(trial, replace(CONSENT, on=TODAY, previous=first))
    enrolment = trial.book(second).enrolment
    assert second != first
    assert enrolment is not None
    assert (enrolment.previous, enrolment.attempt) == (first, 2)
    assert trial.book(first).screen_failed is not None


AGAIN = replace(CONSENT, on=TODAY, previous="NU-001")


def test_screening_again_only_after_an_attempt_of_ones_own_site_is_over(trial: Trial) -> None:
    first = consented(trial)
    assert refused(trial, AGAIN) == "refuse.attempt_open"
    elsewhere = person("coordinator", "river")
    assert refused(trial, replace(AGAIN, site="river"), elsewhere) == "refuse.no_subject"
    assert refused(trial, replace(AGAIN, previous="trial")) == "refuse.no_subject"
    trial.do(FailScreening(first, TODAY, ("I12a",)), COORDINATOR)
    assert refused(trial, replace(AGAIN, on="2026-02-24")) == "refuse.before_consent"
    consented(trial, AGAIN)
    assert refused(trial, AGAIN) == "refuse.attempt_continued"


def test_nobody_randomized_or_only_considered_is_screened_again(trial: Trial) -> None:
    randomized(trial)
    assert refused(trial, AGAIN) == "refuse.randomized_already"
    considered = trial.do(Prescreen("north", TODAY, "approached"), COORDINATOR)[-1].header.stream
    assert refused(trial, replace(AGAIN, previous=considered)) == "refuse.not_consented"


def test_nobody_dead_is_screened_again(trial: Trial) -> None:
    consented(trial)
    trial.do(DEATH, COORDINATOR)
    assert refused(trial, AGAIN) == "refuse.closed"


DEATH = RecordDeath("NU-001", "2026-03-01", "other")
SAMPLES = Consent("NU-001", "samples", "1.0", "2026-02-25")


@pytest.mark.parametrize(
    ("before", "action", "code"),
    [
        ((), Consent("NU-001", "main", "1.0", "2026-02-26"), "refuse.consented_already"),
        ((SAMPLES,), SAMPLES, "refuse.consented_already"),
        ((SAMPLES,), replace(SAMPLES, given=False), "refuse.consent_given"),
        ((), replace(SAMPLES, version="2.0"), "refuse.consent_version"),
        ((), replace(SAMPLES, consent="genes"), "refuse.unknown_consent"),
        ((), replace(SAMPLES, on=TOMORROW), "refuse.future"),
        ((), replace(SAMPLES, on="2026-02-24"), "refuse.before_consent"),
        ((DEATH,), replace(SAMPLES, on="2026-03-02"), "refuse.closed_after_death"),
        ((), replace(SAMPLES, stream="NU-002"), "refuse.no_subject"),
    ],
)
def test_further_consent_refused(trial: Trial, before: tuple[Any, ...], action: Consent, code: str) -> None:
    consented(trial)
    for act in before:
        trial.do(act, COORDINATOR)
    assert refused(trial, action) == code


def test_declined_samples_leave_participation_as_it_is(trial: Trial) -> None:
    subject = consented(trial)
    trial.do(replace(SAMPLES, given=False), COORDINATOR)
    assert journey.stage(trial.protocol, trial.book(subject)) == "screening"
    assert set(trial.book(subject).declined) == {"samples"}


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (FailScreening("NU-001", TODAY), "refuse.because"),
        (FailScreening("NU-001", TODAY, ("I99",)), "refuse.unknown_criterion"),
        (FailScreening("NU-001", TOMORROW, ("I2",)), "refuse.future"),
        (FailScreening("NU-001", "2026-02-24", ("I2",)), "refuse.before_consent"),
    ],
)
def test_screen_failure_refused(trial: Trial, action: FailScreening, code: str) -> None:
    consented(trial)
    assert refused(trial, action) == code


def test_screening_ends_once(trial: Trial) -> None:
    subject = consented(trial)
    fail = FailScreening(subject, TODAY, ("I2",))
    trial.do(fail, COORDINATOR)
    assert refused(trial, fail) == "refuse.closed"
    assert journey.stage(trial.protocol, trial.book(subject)) == "screen_failed"


def test_randomized_participant_cannot_fail_screening(trial: Trial) -> None:
    subject = randomized(trial)
    assert refused(trial, FailScreening(subject, TODAY, ("I2",)), INVESTIGATOR) == "refuse.closed"


STOP = Stop("NU-001", "treatment_stopped", TODAY, "Toxicity")


@pytest.mark.parametrize(
    ("action", "code"),
    [
        (replace(STOP, stop="everything"), "refuse.stop_unknown"),
        (replace(STOP, reason=" "), "refuse.because"),
        (replace(STOP, on=TOMORROW), "refuse.future"),
        (replace(STOP, on="2026-02-24"), "refuse.before_consent"),
        (replace(STOP, on="2026-03"), "refuse.date"),
        (replace(STOP, stop="drug_stopped"), "refuse.drug"),
        (replace(STOP, stop="drug_stopped", drug="aspirin"), "refuse.drug"),
    ],
)
def test_stop_refused(trial: Trial, action: Stop, code: str) -> None:
    randomized(trial)
    assert refused(trial, action) == code


def test_same_stop_twice_is_refused_and_another_drug_is_not_the_same(trial: Trial) -> None:
    subject = randomized(trial)
    drug = replace(STOP, stop="drug_stopped", drug="chemotherapy")
    trial.do(drug, COORDINATOR)
    assert refused(trial, drug) == "refuse.stopped_already"
    trial.do(replace(drug, drug="immunotherapy"), COORDINATOR)
    assert [stop.drug for stop, _ in trial.book(subject).stops] == ["chemotherapy", "immunotherapy"]


@pytest.mark.parametrize(
    ("stop", "ended"),
    [
        ("treatment_stopped", {"treatment"}),
        ("radiotherapy_stopped", {"radiotherapy"}),
        ("visits_stopped", {"visits_stopped"}),
        ("survival_only", {"treatment", "visits_stopped"}),
        ("consent_withdrawn", {"treatment", "radiotherapy", "visits_stopped", "withdrawal"}),
        ("samples_withdrawn", {"samples"}),
        ("lost_to_follow_up", {"lost"}),
    ],
)
def test_each_way_of_stopping_ends_only_what_it_names(trial: Trial, stop: str, ended: set[str]) -> None:
    subject = randomized(trial)
    trial.do(replace(STOP, stop=stop), COORDINATOR)
    assert set(journey.ended(trial.protocol, trial.book(subject))) == ended


def test_nothing_new_after_consent_for_data_is_withdrawn(trial: Trial) -> None:
    subject = randomized(trial)
    trial.do(replace(STOP, stop="consent_withdrawn"), COORDINATOR)
    with pytest.raises(Refusal, match="withdrew consent"):
        enter(trial, subject, "medical_history", {"copd_ild": "no"})
    assert refused(trial, RecordDeath(subject, TODAY, "unknown")) == "refuse.closed"


def test_stop_after_death_is_impossible(trial: Trial) -> None:
    subject = randomized(trial)
    trial.today += timedelta(days=30)
    trial.do(RecordDeath(subject, (ON + timedelta(days=10)).isoformat(), "disease"), COORDINATOR)
    late = replace(STOP, on=(ON + timedelta(days=11)).isoformat())
    assert refused(trial, late) == "refuse.closed_after_death"
    trial.do(replace(STOP, on=(ON + timedelta(days=9)).isoformat()), COORDINATOR)


DEATHS: list[tuple[Callable[[Trial], Any], str]] = [
    (lambda trial: RecordDeath("NU-001", (ON - timedelta(days=1)).isoformat(), "disease"), "refuse.before_last_alive"),
    (lambda trial: RecordDeath("NU-001", "2026-02", "disease"), "refuse.before_last_alive"),
    (lambda trial: RecordDeath("NU-001", TOMORROW, "disease"), "refuse.future"),
    (lambda trial: RecordDeath("NU-001", "soon", "disease"), "refuse.date"),
    (lambda trial: RecordDeath("NU-001", TODAY, "witchcraft"), "refuse.code"),  # type: ignore[arg-type]
    (lambda trial: CorrectDeath("NU-001", TODAY, "disease", "Wrong day"), "refuse.not_dead"),
]


@pytest.mark.parametrize(("action", "code"), DEATHS)
def test_death_refused(trial: Trial, action: Callable[[Trial], Any], code: str) -> None:
    randomized(trial)
    assert refused(trial, action(trial), INVESTIGATOR) == code


@pytest.mark.parametrize("on", [TODAY, "2026-03", "2026"])
def test_death_may_be_known_to_the_day_the_month_or_the_year(trial: Trial, on: str) -> None:
    subject = randomized(trial)
    trial.do(RecordDeath(subject, on, "unknown"), COORDINATOR)
    assert str(trial.book(subject).death) == on
    assert refused(trial, RecordDeath(subject, on, "unknown")) == "refuse.died_already"


def test_correcting_a_death(trial: Trial) -> None:
    subject = randomized(trial)
    trial.do(RecordDeath(subject, TODAY, "unknown"), COORDINATOR)
    correct = CorrectDeath(subject, TODAY, "disease", "The certificate came")
    assert refused(trial, correct, merely(INVESTIGATOR)) == "refuse.password"
    assert refused(trial, replace(correct, reason=""), INVESTIGATOR) == "refuse.because"
    assert refused(trial, replace(correct, on=TOMORROW), INVESTIGATOR) == "refuse.future"
    assert refused(trial, replace(correct, cause="none"), INVESTIGATOR) == "refuse.code"  # type: ignore[arg-type]
    trial.do(correct, INVESTIGATOR)
    assert trial.book(subject).died == f.Died(on=TODAY, cause="disease")
    trial.do(replace(correct, on="", cause="", reason="Another person's report"), INVESTIGATOR)
    assert trial.book(subject).died is None


ACTS = [
    (CONSENT, "radiation_oncologist"),
    (CONSENT, "nuclear_reader"),
    (Prescreen("north", TODAY, "approached"), "monitor"),
    (FailScreening("NU-001", TODAY, ("I2",)), "radiation_oncologist"),
    (STOP, "data_manager"),
    (RecordDeath("NU-001", TODAY, "other"), "statistician"),
]


@pytest.mark.parametrize(("action", "role"), ACTS)
def test_roles_that_may_not(trial: Trial, action: Any, role: str) -> None:
    consented(trial)
    with pytest.raises(NotPermitted):
        trial.do(action, person(role))


@pytest.mark.parametrize("action", [CONSENT, FailScreening("NU-001", TODAY, ("I2",)), STOP])
def test_another_sites_coordinator_may_not(trial: Trial, action: Any) -> None:
    consented(trial)
    with pytest.raises(NotPermitted, match="another site"):
        trial.do(action, person("coordinator", "river"))


def test_pre_screened_person_is_no_participant(trial: Trial) -> None:
    (_, entry) = trial.do(Prescreen("north", TODAY, "approached"), COORDINATOR)
    assert refused(trial, replace(STOP, stream=entry.header.stream)) == "refuse.not_consented"
    assert screened(trial) == "NU-001"


def test_site_without_a_version_in_force_enrols_nobody(trial: Trial) -> None:
    from equipoise.conduct.actions.trial import OpenSite

    trial.do(OpenSite("lake", "Lake", "LG"))
    action = Enrol("lake", "1.0", "2026-02-25", 61, 1964)
    assert refused(trial, action, person("coordinator", "lake")) == "refuse.site_not_active"
