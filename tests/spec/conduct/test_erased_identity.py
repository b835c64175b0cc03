"""Who a participant is may be erased: by whom, when, and what stays in the record."""

from dataclasses import replace
from typing import Any

import pytest

from acting import COORDINATOR, INVESTIGATOR, Trial, consented, opened, person, refusal
from acting import without_password as merely
from equipoise.conduct import facts as f
from equipoise.conduct.actions.identities import EraseIdentity
from equipoise.conduct.actions.people import ReleaseResults
from equipoise.conduct.actions.subjects import RecordDeath
from equipoise.conduct.permissions import ROLES, Permission
from equipoise.kernel.errors import NotPermitted
from flagship_participants import ON

SPONSOR = person("sponsor_admin", None, signs=True)
SIGNING = person("investigator", "north", signs=True)
TODAY = ON.isoformat()


def refused(trial: Trial, action: Any, actor: Any = SIGNING) -> str:
    """The code of the refusal."""
    return refusal(trial, action, actor).code


def test_after_death_it_is_erased_once_with_a_reason_and_the_password() -> None:
    trial = opened()
    subject = consented(trial)
    trial.do(RecordDeath(subject, TODAY, "disease"), COORDINATOR)
    erase = EraseIdentity(subject, "asked by the family on 2026-03-01")
    assert refused(trial, replace(erase, reason=" ")) == "refuse.because"
    assert refused(trial, erase, merely(SIGNING)) == "refuse.password"
    (entry,) = trial.do(erase, SIGNING)
    assert entry.fact == f.IdentityErased(because="asked by the family on 2026-03-01")
    assert entry.header.stream == subject
    assert trial.book(subject).erased == (entry.fact, entry.header)
    assert refused(trial, erase) == "refuse.erased"


def test_whoever_is_followed_can_be_called_until_the_results_are_released() -> None:
    trial = opened()
    subject = consented(trial)
    assert refused(trial, EraseIdentity(subject, "asked")) == "refuse.still_followed"
    trial.do(ReleaseResults("the trial is over"), SPONSOR)
    trial.do(EraseIdentity(subject, "the duty to keep it ended"), SIGNING)
    assert trial.book(subject).erased is not None


def test_investigators_of_the_site_alone_may() -> None:
    may = {role.id for role in ROLES.values() if Permission.ERASE_IDENTITY in role.permissions}
    assert may == {"investigator", "system"}
    trial = opened()
    subject = consented(trial)
    trial.do(RecordDeath(subject, TODAY, "disease"), COORDINATOR)
    for other in (COORDINATOR, SPONSOR, person("investigator", "river", signs=True)):
        with pytest.raises(NotPermitted):
            trial.do(EraseIdentity(subject, "asked"), other)
    assert INVESTIGATOR.site == "north"
    assert trial.book(subject).erased is None
