"""`perform`: all or nothing, once for each key, by the server's clock."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import psycopg
import pytest
from django.db import connection, transaction

from equipoise.accounts.models import Membership, User
from equipoise.conduct import facts as f
from equipoise.conduct.actions.people import GrantRole, RecordAccess, RevokeRole
from equipoise.conduct.entry import ACCESS_STREAM, SYSTEM, TRIAL_STREAM, Actor, NewFact
from equipoise.conduct.permissions import Permission
from equipoise.kernel.errors import InputError, LedgerError, NotPermitted, Refusal
from equipoise.ledger import batch, people, perform, read, verify
from equipoise.projections.models import ArmRow, DueRow, SubjectRow
from ledger_world import COORDINATOR, START, do, flagship, key_of, later, open_trial, prescreen

pytestmark = pytest.mark.db


@dataclass(frozen=True)
class Say:
    """An action that says what it is told to, to the streams it is told to."""

    permission: ClassVar[Permission] = Permission.RECORD_ACCESS
    facts: tuple[tuple[str, Any], ...]
    reason: str = ""
    stream: str = TRIAL_STREAM

    def decide(self, study: Any, casebook: Any, context: Any) -> list[NewFact]:
        return [NewFact(stream, fact, reason=self.reason) for stream, fact in self.facts]


def test_entry_carries_its_circumstances(database) -> None:
    open_trial()
    before = datetime.now(UTC)
    entries = do(GrantRole(user="li", role="coordinator", at_site="s1", delegation="log 4"), "grant")
    (entry,) = entries
    assert entry.fact == f.RoleGranted(user="li", role="coordinator", site="s1", delegation="log 4")
    assert entry.header.actor == SYSTEM
    assert entry.header.stream == TRIAL_STREAM
    assert entry.header.protocol == flagship().digest
    assert before <= entry.header.at <= datetime.now(UTC)
    assert list(read.entries())[-1] == entry


def test_one_act_may_write_to_two_streams(database) -> None:
    open_trial()
    trial, subject = perform_prescreen(database)
    assert (trial.header.stream, subject.header.stream) == (TRIAL_STREAM, "01-P001")
    assert subject.header.position == trial.header.position + 1
    assert subject.header.version == 1


def perform_prescreen(database: Any) -> Any:
    prescreen("a")
    return list(read.entries())[-2:]


def test_same_key_is_one_act(database) -> None:
    open_trial()
    prescreen("a")
    head = read.head()
    prescreen("a")
    assert read.head() == head


def test_same_key_with_another_act_is_refused(database) -> None:
    open_trial()
    prescreen("a")
    with pytest.raises(Refusal, match="already sent"):
        prescreen("a", site="s2")
    with pytest.raises(Refusal, match="already sent"):
        prescreen("a", actor=COORDINATOR)


def test_double_click_is_one_act(database) -> None:
    open_trial()
    answers: list[str] = []

    def click() -> None:
        answers.append(prescreen("the same form"))
        connection.close()

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["01-P001"] * 4
    assert read.study().sites["s1"].prescreened == 1


def test_refused_act_leaves_nothing(database) -> None:
    open_trial()
    head = read.head()
    with pytest.raises(Refusal, match="site"):
        do(GrantRole(user="li", role="coordinator", at_site="nowhere"), "grant")
    assert read.head() == head
    assert prescreen("a") == "01-P001"


def test_permission_is_asked_at_the_site_of_the_act(database) -> None:
    open_trial()
    assert prescreen("own", actor=COORDINATOR) == "01-P001"
    with pytest.raises(NotPermitted, match="another site"):
        prescreen("other", site="s2", actor=COORDINATOR)
    with pytest.raises(NotPermitted, match="does not allow you"):
        do(GrantRole(user="li", role="monitor"), "grant", actor=COORDINATOR)
    assert read.subjects() == ("01-P001",)


def test_failing_projection_fails_the_act(database, monkeypatch: pytest.MonkeyPatch) -> None:
    open_trial()
    head = read.head()

    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("equipoise.projections.rows.apply", fail)
        with pytest.raises(ZeroDivisionError):
            prescreen("a")
    assert read.head() == head
    assert not SubjectRow.objects.exists()
    assert prescreen("a") == "01-P001"
    assert verify().position == head[0] + 2


def test_act_inside_another_transaction_is_refused(database) -> None:
    open_trial()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        prescreen("a")


def test_production_accepts_no_callers_clock(database) -> None:
    open_trial()
    with pytest.raises(LedgerError, match="server's time"):
        prescreen("a", now=START)


def test_rehearsed_time_never_decreases(database) -> None:
    open_trial(rehearsal=True, now=START)
    prescreen("a", now=later(60))
    with pytest.raises(LedgerError, match="never decreases"):
        prescreen("b", now=later(59))
    prescreen("c", now=later(60))
    assert [entry.header.at for entry in read.entries("01-P002")] == [later(60)]


def test_clock_that_fell_behind_stops_production(database, monkeypatch: pytest.MonkeyPatch) -> None:
    open_trial()

    class Behind(datetime):
        lag = timedelta(days=1)

        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) - cls.lag

    monkeypatch.setattr("equipoise.ledger.pen.datetime", Behind)
    with pytest.raises(LedgerError, match="clock"):
        prescreen("a")
    Behind.lag = timedelta(minutes=2)
    newest = list(read.entries())[-1].header.at
    prescreen("a")
    assert [entry.header.at for entry in read.entries("01-P001")] == [newest]


def test_ledger_knows_what_it_is_from_its_first_entry(database) -> None:
    assert read.mode() is None
    with pytest.raises(LedgerError, match="must open the trial"):
        perform(Say(((TRIAL_STREAM, f.RowRemoved(form="x", occurrence="1")),)), actor=SYSTEM, key=key_of(1))
    open_trial(rehearsal=True, seed="7", now=START)
    mode = read.mode()
    assert mode is not None
    assert (mode.trial, mode.rehearsal, mode.seed) == ("nct07014202", True, "7")


HOSTILE = [
    "<script>alert(1)</script>",
    "'; DROP TABLE ledger_entry; --",
    "\u202e\u0301 e\u0301",
    "\\u0000 \n\t\x01",
    "𝒳" * 5000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_kept_as_text(database, text: str) -> None:
    open_trial()
    said = f.ResultsReleased(because=text)
    do(Say(((TRIAL_STREAM, said),), reason=text), "say")
    entry = list(read.entries())[-1]
    import unicodedata

    assert entry.fact.because == unicodedata.normalize("NFC", text)
    assert entry.header.reason == unicodedata.normalize("NFC", text)
    assert verify().position == entry.header.position


@pytest.mark.parametrize("text", ["\0", "\ud800"])
def test_text_that_cannot_be_stored_is_refused(database, text: str) -> None:
    open_trial()
    head = read.head()
    with pytest.raises(InputError, match="cannot be stored"):
        do(Say(((TRIAL_STREAM, f.ResultsReleased(because="x")),), reason=text), "say")
    assert read.head() == head


def test_lone_surrogate_in_a_fact_is_refused(database) -> None:
    open_trial()
    with pytest.raises(InputError, match="cannot be stored"):
        do(Say(((TRIAL_STREAM, f.ResultsReleased(because="\ud800")),)), "say")


def test_accesses_have_a_stream_of_their_own(database) -> None:
    open_trial()
    version = read.study().version
    do(RecordAccess(user="li", event="signed_in"), "in")
    assert read.study().version == version
    (entry,) = read.entries(ACCESS_STREAM)
    assert entry.fact == f.AccessRecorded(user="li", event="signed_in")
    assert read.subjects() == ()
    assert not SubjectRow.objects.exists()


def test_memberships_follow_from_the_record(database) -> None:
    open_trial()
    people.make_account("li", "Li Na", None)
    do(GrantRole(user="li", role="coordinator", at_site="s1", delegation="log 4"), "grant")
    today = datetime.now(UTC).date()
    assert [(m.role, m.site, m.delegation) for m in Membership.objects.on(today)] == [("coordinator", "s1", "log 4")]
    do(RevokeRole(user="li", role="coordinator", at_site="s1", reason="left"), "revoke")
    assert list(Membership.objects.on(today)) == []
    do(GrantRole(user="li", role="coordinator", at_site="s1"), "again")
    assert [(m.role, m.site) for m in Membership.objects.on(today)] == [("coordinator", "s1")]


@pytest.mark.parametrize(
    "nobody",
    [
        RevokeRole(user="li", role="coordinator", at_site="s2", reason="left"),
        RevokeRole(user="li", role="investigator", at_site="s1", reason="left"),
        RevokeRole(user="wu", role="coordinator", at_site="s1", reason="left"),
        RevokeRole(user="li", role="no such role", reason="left"),
    ],
)
def test_a_role_nobody_holds_is_not_revoked(database, nobody: RevokeRole) -> None:
    open_trial()
    do(GrantRole(user="li", role="coordinator", at_site="s1"), "grant")
    head = read.head()
    with pytest.raises(Refusal, match="does not hold"):
        do(nobody, "revoke")
    assert read.head() == head


def test_a_role_is_revoked_once(database) -> None:
    open_trial()
    do(GrantRole(user="li", role="coordinator", at_site="s1"), "grant")
    do(RevokeRole(user="li", role="coordinator", at_site="s1", reason="left"), "revoke")
    with pytest.raises(Refusal, match="does not hold"):
        do(RevokeRole(user="li", role="coordinator", at_site="s1", reason="left"), "revoke again")


def test_account_and_its_fact_are_one_act(database, monkeypatch: pytest.MonkeyPatch) -> None:
    open_trial()
    head = read.head()
    with pytest.raises(Exception, match="username"):
        people.make_account("not a name!", "X", None)
    assert read.head() == head
    people.make_account("li", "Li Na", "correct horse battery")
    with pytest.raises(InputError, match="taken"):
        people.make_account("LI", "Other", None)
    assert User.objects.get().check_password("correct horse battery")
    assert [entry.fact for entry in read.entries(kinds=["account_changed"])] == [
        f.AccountChanged(user="li", change="made")
    ]


def _rehearse(*, in_batch: bool) -> list[tuple[Any, ...]]:
    def acts() -> None:
        open_trial(rehearsal=True, seed="7", now=START)
        for number in range(6):
            prescreen(number, site="s1" if number % 2 else "s2", now=later(number))
            with pytest.raises(Refusal):
                do(GrantRole(user="li", role="coordinator", at_site="nowhere"), f"refused {number}", now=later(number))
            assert len(read.subjects()) == number + 1

    if in_batch:
        with batch():
            acts()
    else:
        acts()
    assert verify().rehearsal
    rows = [*SubjectRow.objects.order_by("pk").values_list(), *ArmRow.objects.order_by("pk").values_list()]
    due = list(DueRow.objects.order_by("subject", "kind", "what").values_list("subject", "kind", "what", "opens"))
    return [read.head(), *rows, *due]


def test_batch_equals_single_acts_and_the_same_seed_gives_the_same_chain(database, request) -> None:
    first = _rehearse(in_batch=True)
    with _another(database, request):
        assert _rehearse(in_batch=False) == first


def _another(database: Any, request: pytest.FixtureRequest) -> Any:
    from contextlib import ExitStack

    from ledger_databases import connected

    copies = request.getfixturevalue("sqlite_copies" if database.vendor == "sqlite" else "postgres_copies")
    folder = database.folder / "another"
    folder.mkdir()
    stack = ExitStack()
    stack.enter_context(connected(*stack.enter_context(copies.copy(folder))))
    return stack


def test_failed_batch_leaves_nothing(database) -> None:
    open_trial(rehearsal=True, now=START)
    head = read.head()

    def fail_midway() -> None:
        with batch():
            prescreen("a", now=later(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_midway()
    assert read.head() == head
    assert read.subjects() == ()
    assert prescreen("b", now=later(1)) == "01-P001"


def test_production_does_not_batch(database) -> None:
    open_trial()
    with pytest.raises(LedgerError, match="rehearsal"), batch():
        prescreen("a")
    assert read.subjects() == ()


def test_somebody_without_a_role_may_do_nothing(database) -> None:
    open_trial()
    with pytest.raises(NotPermitted, match="without a role"):
        prescreen("a", actor=Actor(user="x", role="nobody"))


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_head_is_read_after_the_lock_whatever_the_server_prefers(database) -> None:
    """Under REPEATABLE READ the snapshot would be taken before the wait for the lock, and show an old head."""
    name = database.owner.rpartition("/")[2]
    with psycopg.connect(database.owner, autocommit=True) as owner:
        owner.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'")
    connection.close()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        assert cursor.fetchone() == ("read committed",)


def test_act_whose_account_is_refused_leaves_no_trace_in_memory_either(opened) -> None:
    granted = GrantRole(user="li", role="coordinator", at_site="s1")

    def refuse() -> None:
        raise Refusal("not this one")

    position = read.head()[0]
    with pytest.raises(Refusal, match="not this one"):
        perform(granted, actor=SYSTEM, key=key_of("refused"), also=refuse)
    assert read.head()[0] == position
    (entry,) = do(granted, "granted")
    assert entry.header.position == position + 1
    assert [fact.user for fact, _ in read.study().roles] == ["li"]
    verify()


@pytest.mark.parametrize("opened", ["sqlite"], indirect=True)  # PostgreSQL queues by itself
def test_queue_that_cannot_be_joined_is_said_in_a_sentence(opened) -> None:
    lock = Path(f"{opened.url.removeprefix('sqlite:///')}.lock")
    lock.unlink(missing_ok=True)
    lock.mkdir()
    with pytest.raises(LedgerError, match=r"cannot be written now: .*Is a directory"):
        do(GrantRole(user="li", role="coordinator", at_site="s1"), "granted")
