"""Reading: now, or as the ledger knew it at any moment; and lists that can be written afresh."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from equipoise.conduct import facts as f
from equipoise.conduct.actions.people import GrantRole
from equipoise.conduct.actions.subjects import Enrol
from equipoise.conduct.actions.trial import ActivateProtocol, ConfirmExclusions, PublishProtocol
from equipoise.conduct.documents import latest_protocol
from equipoise.conduct.entry import TRIAL_STREAM
from equipoise.conduct.journey import stage
from equipoise.kernel.canonical import canonical_json
from equipoise.kernel.errors import InputError
from equipoise.ledger import batch, read
from equipoise.ledger.rebuilding import rebuild
from equipoise.projections.models import ArmRow, DueRow, SubjectRow
from equipoise.protocol.load import load_canonical
from ledger_world import START, do, flagship, later, open_trial, prescreen

pytestmark = pytest.mark.db


def enrol(name: object, *, now: datetime | None = None) -> str:
    """Record a consent; the subject's id."""
    consent = flagship().protocol.consents[0]
    action = Enrol(site="s1", version=consent.version, on="2026-01-05", age=61, birth_year=1964)
    return do(action, name, now=now)[-1].header.stream


@pytest.fixture
def history(database) -> list[str]:
    """A rehearsal: somebody every hour from 09:00 on; their ids."""
    with batch():
        open_trial(rehearsal=True, now=START)
        return [enrol(number, now=later(60 * (number + 1))) for number in range(5)]


def test_as_of_shows_what_was_shown_then(database) -> None:
    open_trial(rehearsal=True, now=START)
    shown: list[tuple[int, datetime, int, tuple[str, ...], dict[str, str]]] = []
    for number in range(4):
        subject = enrol(number, now=later(60 * number))
        study = read.study()
        stages = {subject: stage(latest_protocol(study), read.casebook(subject)) for subject in read.subjects()}
        shown.append((read.head()[0], later(60 * number), study.sites["s1"].subjects, read.subjects(), stages))
        assert stages[subject] == "screening"
    for position, moment, count, subjects, stages in shown:
        for as_of in (
            position,
            moment,
            moment + timedelta(minutes=59),
            moment.astimezone(timezone(timedelta(hours=8))),
        ):
            assert read.study(as_of=as_of).sites["s1"].subjects == count
            assert read.subjects(as_of=as_of) == subjects
            books = read.casebooks(as_of=as_of)
            assert {subject: stage(latest_protocol(study), book) for subject, book in books.items()} == stages
            assert [entry.header.position for entry in read.entries(as_of=as_of)] == list(range(1, position + 1))


def test_before_the_first_entry_there_is_nothing(history: list[str]) -> None:
    early = START - timedelta(seconds=1)
    assert read.study(as_of=early).opened is None
    assert read.subjects(as_of=early) == ()
    assert not read.casebook(history[0], as_of=START).exists
    assert not read.casebook("nobody").exists


def test_moment_without_a_zone_is_refused(history: list[str]) -> None:
    with pytest.raises(InputError, match="time zone"):
        read.study(as_of=datetime(2026, 1, 5))


def test_entries_can_be_picked(history: list[str]) -> None:
    (entry,) = read.entries(history[2])
    assert (entry.header.stream, entry.header.version) == (history[2], 1)
    assert [entry.fact.subject for entry in read.entries(kinds=["subject_registered"])] == history
    after = entry.header.position
    assert [e.header.position for e in read.entries(TRIAL_STREAM, after=after)] == [after + 1, after + 3]
    assert list(read.entries(kinds=[])) == []
    assert isinstance(next(iter(read.entries(history[0]))).fact, f.Consented)


def test_lent_state_does_not_change_under_its_reader(history: list[str]) -> None:
    held, book = read.study(), read.casebook(history[0])
    assert read.study() is held
    version, count = held.version, held.sites["s1"].subjects
    enrol("one more", now=later(600))
    assert (held.version, held.sites["s1"].subjects) == (version, count)
    newer = read.study()
    assert newer is not held
    assert newer.sites["s1"].subjects == count + 1
    assert read.casebook(history[0]) is book


def test_another_process_is_read_too(database) -> None:
    """What another connection wrote is seen at once: the store is checked against the stream's version."""
    from equipoise.ledger import states

    open_trial(rehearsal=True, now=START)
    first = read.study()
    kept = states.READERS.get((read.database_name(), TRIAL_STREAM))
    assert kept is not None
    do(GrantRole(user="li", role="monitor"), "grant", now=later(1))
    states.READERS.put((read.database_name(), TRIAL_STREAM), kept)  # as a process that did not write it
    assert [granted.user for granted, _ in read.study().roles] == ["li"]
    assert first.roles == []


def _rows() -> list[object]:
    due = ("subject", "site", "kind", "what", "detail", "roles", "opens", "closes")
    return [
        list(SubjectRow.objects.order_by("subject").values()),
        list(ArmRow.objects.order_by("subject").values()),
        list(DueRow.objects.order_by(*due[:4], "opens").values(*due)),
    ]


def test_rebuild_equals_live_projections(history: list[str]) -> None:
    prescreen("log", now=later(700))
    live = _rows()
    assert [row["stage"] for row in live[0]] == ["screening"] * 5 + ["prescreened"]
    assert live[2]
    SubjectRow.objects.filter(subject=history[1]).update(stage="nonsense")
    DueRow.objects.all().delete()
    assert rebuild() == 6
    assert _rows() == live


def test_lists_follow_when_a_version_comes_into_force(history: list[str]) -> None:
    kept = flagship().canonical
    schedule = json.loads(kept)["schedule"]
    first = next(visit for visit in schedule if visit["anchor"] == "consent")
    renamed = canonical_json({**json.loads(kept, parse_float=str), "version": "1.1", "schedule": [
        {**visit, "label": "The first visit"} if visit["id"] == first["id"] else visit for visit in schedule
    ]})  # fmt: skip
    amended = load_canonical(renamed)
    others = list(DueRow.objects.filter(kind="visit", what=first["id"]).values_list("detail", flat=True))
    assert others == [first["label"]] * 5
    do(PublishProtocol(amended.canonical, "clearer words"), "publish", now=later(800))
    confirm = tuple(criterion.id for criterion in amended.protocol.eligibility if criterion.confirm)
    do(ConfirmExclusions(digest=amended.digest, criteria=confirm), "confirm again", now=later(801))
    assert DueRow.objects.filter(detail="The first visit").count() == 0
    do(ActivateProtocol("s1", amended.digest, "2026-01-04", "EC-2"), "activate again", now=later(802))
    assert DueRow.objects.filter(detail="The first visit").count() == 5
    live = _rows()
    rebuild()
    assert _rows() == live


def test_number_of_queries_does_not_grow_with_subjects(database, django_assert_num_queries) -> None:
    open_trial(rehearsal=True, now=START)
    with batch():
        for number in range(40):
            enrol(number, now=later(number))
    read.study(), read.casebook("01-001")
    with django_assert_num_queries(1):
        read.study()
    with django_assert_num_queries(1):
        read.casebook("01-001")
    with django_assert_num_queries(1):
        len(read.casebooks())


def test_times_are_kept_to_the_microsecond_in_utc(database) -> None:
    moment = datetime(2026, 1, 5, 16, 0, 0, 123456, timezone(timedelta(hours=8)))
    open_trial(rehearsal=True, now=moment)
    at = next(iter(read.entries())).header.at
    assert at == moment
    assert at.tzinfo is UTC or at.utcoffset() == timedelta(0)
