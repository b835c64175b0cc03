"""After an amendment: what was filled in stays in its version, is corrected there, and moves on only on purpose."""

from dataclasses import replace
from typing import Any

import pytest

from acting import CONSENT, COORDINATOR, INVESTIGATOR, Trial, consented, enter, opened, person, randomized
from amended_protocol import amended
from equipoise.conduct import facts as f
from equipoise.conduct.actions.records import Enter
from equipoise.conduct.actions.trial import ActivateProtocol, ConfirmExclusions, PublishProtocol
from equipoise.conduct.versions import randomized_under, standing
from equipoise.kernel.errors import Refusal

HISTORY = {"gilbert": "no", "copd_ild": "yes", "thyroid_disease": "yes"}


def amend(trial: Trial, *sites: str) -> str:
    """Publish version 1.1 and put it in force at these sites; its digest."""
    loaded = amended()
    trial.do(PublishProtocol(loaded.canonical, "the ethics committee asked for it"))
    trial.do(
        ConfirmExclusions(loaded.digest, tuple(one.id for one in loaded.protocol.eligibility if one.confirm)),
        INVESTIGATOR,
    )
    for site in sites:
        trial.do(ActivateProtocol(site, loaded.digest, "2026-02-20", "EC-2"))
    return loaded.digest


def correct(trial: Trial, subject: str, **answers: str) -> tuple[Any, ...]:
    """Correct the medical history, in the version it stands in unless `version` is given."""
    version = answers.pop("version", "")
    raw = {item: {"value": value} for item, value in answers.items()}
    seen = trial.book(subject).position
    action = Enter(subject, "medical_history", raw, seen=seen, reason="asked again", version=version)
    return trial.do(action, COORDINATOR)


@pytest.fixture
def trial() -> Trial:
    return opened()


@pytest.fixture
def subject(trial: Trial) -> str:
    """Somebody whose history was recorded under version 1.0."""
    subject = consented(trial)
    enter(trial, subject, "medical_history", HISTORY)
    return subject


def test_it_is_in_force_where_and_when_a_site_activates_it(trial: Trial, subject: str) -> None:
    digest = amend(trial, "north")
    assert trial.study.digest_in_force("north") == digest
    assert trial.study.digest_in_force("river") == trial.loaded.digest
    with pytest.raises(Refusal, match="already in force"):
        trial.do(ActivateProtocol("north", digest, "2026-02-20", "EC-2"))


def test_a_record_stands_in_the_version_it_was_filled_in(trial: Trial, subject: str) -> None:
    digest = amend(trial, "north")
    book = trial.book(subject)
    stands = standing(trial.study, book, book.record("medical_history"))
    assert (stands.digest, stands.in_force, stands.is_older) == (trial.loaded.digest, digest, True)
    assert stands.protocol.form("medical_history").item("copd_ild").label == "COPD or interstitial lung disease"
    new = standing(trial.study, book, None)
    assert (new.digest, new.is_older) == (digest, False)


def test_it_is_corrected_in_that_version_and_the_entry_says_so(trial: Trial, subject: str) -> None:
    amend(trial, "north")
    (entry,) = correct(trial, subject, thyroid_disease="no")
    assert entry.header.protocol == trial.loaded.digest
    with pytest.raises(Refusal, match="diabetes"):  # a question of the other version
        correct(trial, subject, diabetes="yes")
    assert trial.book(subject).record("medical_history").text("thyroid_disease") == "False"  # type: ignore[union-attr]


def test_it_moves_to_the_version_in_force_on_purpose_and_loses_nothing(trial: Trial, subject: str) -> None:
    digest = amend(trial, "north")
    (entry,) = correct(trial, subject, diabetes="yes", version=digest)
    assert entry.header.protocol == digest
    record = trial.book(subject).record("medical_history")
    assert record is not None
    assert {item: record.text(item) for item in (*HISTORY, "diabetes")} == {
        "gilbert": "False", "copd_ild": "True", "thyroid_disease": "True", "diabetes": "True",
    }  # fmt: skip
    assert record.history("thyroid_disease")[-1].header.protocol == trial.loaded.digest
    with pytest.raises(Refusal, match="thyroid_disease"):  # no longer asked
        correct(trial, subject, thyroid_disease="no")


@pytest.mark.parametrize("version", ["0" * 64, "1.0", "<script>"])
def test_it_moves_to_no_other_version(trial: Trial, subject: str, version: str) -> None:
    amend(trial, "north")
    with pytest.raises(Refusal) as caught:
        correct(trial, subject, gilbert="yes", version=version)
    assert caught.value.code == "refuse.version_not_in_force"


def test_another_site_goes_on_in_the_version_it_has(trial: Trial, subject: str) -> None:
    amend(trial, "river")
    (entry,) = correct(trial, subject, gilbert="yes")
    assert entry.header.protocol == trial.loaded.digest
    river = person("coordinator", "river")
    other = trial.do(replace(CONSENT, site="river"), river)[-1].header.stream
    with pytest.raises(Refusal, match="thyroid_disease"):
        enter(trial, other, "medical_history", HISTORY, river)


def test_eligibility_at_randomization_is_judged_for_ever_by_the_version_of_that_day(trial: Trial) -> None:
    subject = randomized(trial)
    amend(trial, "north")
    assert randomized_under(trial.study, trial.book(subject)).version == "1.0"
    record = trial.book(subject).record("laboratory", "screening")
    assert record is not None
    worse = {"neutrophils": {"value": "1.2", "unit": "10*9/L"}}
    seen = trial.book(subject).position
    entries = trial.do(Enter(subject, "laboratory", worse, visit="screening", seen=seen, reason="misread"), COORDINATOR)
    assert [entry.fact.criterion for entry in entries if isinstance(entry.fact, f.DeviationOpened)] == ["I12a"]
