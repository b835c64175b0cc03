"""What the trial as a whole waits for, and who settles it: each state of the study, and what is said of it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from equipoise import protocols
from equipoise.conduct import facts as f
from equipoise.conduct.entry import Actor
from equipoise.conduct.oversight import Duty, duties
from equipoise.conduct.permissions import Permission
from equipoise.conduct.study import Epoch, Site, Study
from equipoise.protocol.load import Loaded, load

TEAM = ("coordinator", "investigator", "radiation_oncologist", "nuclear_reader")
WHEN = datetime(2026, 3, 5, 9, tzinfo=UTC)
COMMITTED = f.RandomizationCommitted(epoch=1, commitment="c", configuration="d", algorithm="1", protocol="p")


@pytest.fixture(scope="module")
def flagship() -> Loaded:
    """The shipped protocol."""
    return load((Path(protocols.__file__).parent / "nct07014202.yaml").read_text(encoding="utf-8"), name="flagship")


@pytest.fixture
def ready(flagship: Loaded) -> Study:
    """A trial whose set-up is done: one site, its team, the version in force, randomization committed and seasoned."""
    study = Study()
    study.protocols[flagship.digest] = f.ProtocolPublished(
        version=flagship.protocol.version, digest=flagship.digest, document=flagship.canonical
    )
    study.sites["north"] = Site("north", "North Hospital", "NO", activated=[(flagship.digest, (), WHEN)])
    actor = Actor(user="sponsor", role="sponsor_admin", site=None, name="Sponsor")
    study.roles = [(f.RoleGranted(user=role, role=role, site="north"), actor) for role in TEAM]  # type: ignore[misc]
    study.confirmed[flagship.digest] = {one.id for one in flagship.protocol.eligibility if one.confirm}
    study.epochs[1] = Epoch(COMMITTED, season="drawn")
    return study


def said(study: Study) -> list[tuple[Permission, str]]:
    """The duties as a reader sees them."""
    return [(one.permission, one.says.say("en")) for one in duties(study)]


def test_nothing_is_waited_for_once_all_is_set_up(ready: Study) -> None:
    assert duties(ready) == []


def test_an_unopened_trial_waits_for_nothing_it_could_name() -> None:
    assert duties(Study()) == []


def test_assumed_criteria_wait_for_an_investigator(ready: Study, flagship: Loaded) -> None:
    ready.confirmed.clear()
    ((permission, says),) = said(ready)
    assert permission is Permission.CONFIRM_EXCLUSIONS
    assert all(one.id in says for one in flagship.protocol.eligibility if one.confirm)


def test_a_site_without_the_latest_version_is_named(ready: Study) -> None:
    ready.sites["north"].activated.clear()
    assert said(ready) == [(Permission.ACTIVATE, "North Hospital: put version 1.0 in force once it is approved there")]


def test_a_vacant_role_is_named_with_its_site(ready: Study) -> None:
    ready.roles = [one for one in ready.roles if one[0].role != "radiation_oncologist"]
    assert said(ready) == [(Permission.GRANT, "North Hospital lacks a role: radiation oncologist")]


def test_randomization_waits_for_its_commitment_and_then_for_the_independent_value(ready: Study) -> None:
    ready.epochs = {}
    assert said(ready) == [(Permission.COMMIT_RANDOMIZATION, "Commit randomization before the first participant")]
    ready.epochs = {1: Epoch(COMMITTED)}
    assert said(ready) == [(Permission.COMMIT_RANDOMIZATION, "Mix the independent value into randomization")]


def test_a_suspected_duplicate_waits_until_it_is_resolved(ready: Study) -> None:
    ready.duplicates["NO-001", "RI-004"] = None
    assert said(ready) == [(Permission.RESOLVE_DUPLICATE, "NO-001 and RI-004 may be one person")]


def test_a_look_waits_until_it_is_taken(ready: Study) -> None:
    look = f.LookAuthorized(look="1", purpose="interim", cutoff="2026-06-30", plan="p", for_users=("i",))
    ready.looks["1"] = look
    assert said(ready) == [(Permission.TAKE_LOOK, "An authorised look is open: interim, events up to 2026-06-30")]


def test_every_duty_reads_in_chinese(ready: Study) -> None:
    ready.sites.clear()
    ready.epochs.clear()
    ready.confirmed.clear()
    waiting: list[Duty] = duties(ready)
    assert len(waiting) == 3
    assert all(any("一" <= sign <= "鿿" for sign in one.says.say("zh-hans")) for one in waiting)
