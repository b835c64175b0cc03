"""`verify` finds what somebody with full power over the database did, and names the first bad entry."""

import gc
import json
import random
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection

from equipoise.cli.main import run
from equipoise.conduct.actions.people import GrantRole
from equipoise.conduct.actions.records import Enter
from equipoise.conduct.actions.subjects import Enrol
from equipoise.conduct.entry import Actor
from equipoise.kernel.errors import InputError, LedgerError, Refusal
from equipoise.ledger import checkpoints, connecting, independent, read, redact, table, verify
from equipoise.ledger.row import sealed
from equipoise.projections.models import DueRow
from ledger_world import do, flagship, key_of

pytestmark = pytest.mark.db


def overpower(database: Any, *statements: str) -> None:
    """Do what only the owner of the file, or a superuser, can: switch the guards off and write."""
    if database.vendor == "sqlite":
        with closing(sqlite3.connect(database.url.removeprefix("sqlite:///"))) as file, file:
            for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                file.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                file.execute(statement)
    else:
        with psycopg.connect(database.owner) as owner:
            for name in ("ledger_entry", "ledger_payload"):
                owner.execute(f"ALTER TABLE {name} DISABLE TRIGGER ALL")
            for statement in statements:
                owner.execute(statement)


@pytest.fixture
def trial(opened):
    """The number of entries that opened the trial; two entries each for three people follow them."""
    return read.head()[0] - 6


CHANGES = {
    "kind": "UPDATE ledger_entry SET kind = 'role_granted' WHERE position = {n}",
    "actor": "UPDATE ledger_entry SET actor = 'somebody' WHERE position = {n}",
    "time": "UPDATE ledger_entry SET at = '2001-01-01T00:00:00.000000Z' WHERE position = {n}",
    "a redaction it never was": "UPDATE ledger_entry SET redacts = 2 WHERE position = {n}",
    "reason": "UPDATE ledger_entry SET reason = 'better' WHERE position = {n}",
    "digest": "UPDATE ledger_entry SET digest = 'ab' WHERE position = {n}",
    "previous": "UPDATE ledger_entry SET previous = 'ab' WHERE position = {n}",
    "payload": "UPDATE ledger_payload SET text = replace(text, '2026-01-05', '2026-01-06') WHERE position = {n}",
    "one byte of the payload": "UPDATE ledger_payload SET text = text || ' ' WHERE position = {n}",
    "salt": "UPDATE ledger_payload SET salt = '00' || substr(salt, 3) WHERE position = {n}",
    "salt no longer hexadecimal": "UPDATE ledger_payload SET salt = 'zz' WHERE position = {n}",
    "payload taken away": "UPDATE ledger_payload SET salt = NULL, text = NULL WHERE position = {n}",
    "payload half taken away": "UPDATE ledger_payload SET salt = NULL WHERE position = {n}",
    "payload deleted": "DELETE FROM ledger_payload WHERE position = {n}",
    "entry deleted": "DELETE FROM ledger_entry WHERE position = {n}",
}


@pytest.mark.parametrize("what", CHANGES)
def test_changed_entry_is_found_and_named(opened, trial: int, what: str) -> None:
    bad = trial + 2
    assert verify().position == trial + 6
    overpower(opened, CHANGES[what].format(n=bad))
    with pytest.raises(LedgerError, match=rf"Entry {bad}\b") as error:
        verify()
    assert error.value.position == bad


def _second_opinion(database: Any, *checkpoint_files: Path) -> tuple[int, str]:
    """What the standard-library verifier says, run as a stranger would: by itself, without this environment."""
    file = _closed_file(database)
    script = Path(independent.__file__)
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(script), str(file), *map(str, checkpoint_files)],
        capture_output=True, text=True, check=False, env={},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("opened", ["sqlite"], indirect=True)
def test_second_opinion_agrees(opened, trial: int, what: str, tmp_path: Path) -> None:
    lodged = checkpoints.lodge(tmp_path / "elsewhere")
    code, said = _second_opinion(opened, lodged)
    assert (code, said) == (0, f"The chain is whole: {trial + 7} entries, head {read.head()[1]}.\n")
    bad = trial + 2
    overpower(opened, CHANGES[what].format(n=bad))
    code, said = _second_opinion(opened)
    assert (code, len(said.splitlines())) == (12, 1)
    assert re.match(rf"Entry {bad}\b", said), said


@pytest.mark.parametrize("opened", ["sqlite"], indirect=True)
def test_second_opinion_on_a_redaction(opened, trial: int) -> None:
    actor = Actor(user="ana", role="system", name="Ana Ruiz")
    text = next(iter(table.entries(after=trial + 1, until=trial + 2)))[2] or ""
    redact(trial + 2, text, actor=actor, witness="Bo Lin", reason="a name", key=key_of("redact"))
    assert _second_opinion(opened)[0] == 0
    overpower(opened, f"UPDATE ledger_payload SET salt = 'ab', text = '{text}' WHERE position = {trial + 2}")
    assert _second_opinion(opened) == (12, f"Entry {trial + 2} is redacted, yet its payload is there.\n")


@pytest.mark.parametrize("opened", ["sqlite"], indirect=True)
def test_second_opinion_on_a_removed_tail(opened, trial: int, tmp_path: Path) -> None:
    lodged = checkpoints.lodge(tmp_path)
    overpower(opened, "DELETE FROM ledger_payload WHERE position > 9", "DELETE FROM ledger_entry WHERE position > 9")
    assert _second_opinion(opened)[0] == 0
    said = f"Entry 10 is missing: {lodged.name} was lodged at {trial + 6}.\n"
    assert _second_opinion(opened, lodged) == (12, said)


def _closed_file(database: Any) -> Path:
    """The database's file with everything in it, nobody having it open."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return Path(database.url.removeprefix("sqlite:///"))


@pytest.mark.parametrize("flip", [0x01, 0x20, 0x80, 0xFF])
@pytest.mark.parametrize("opened", ["sqlite"], indirect=True)
def test_byte_flipped_in_the_file_is_found_and_named(opened, trial: int, flip: int) -> None:
    position, _, text = trial + 4, *next(iter(table.entries(after=trial + 3, until=trial + 4)))[1:]
    file = _closed_file(opened)
    content = bytearray(file.read_bytes())
    place = content.index(text.encode()) + 5
    content[place] ^= flip
    file.write_bytes(content)
    with pytest.raises(LedgerError, match=rf"Entry {position} (was changed|cannot be read)") as error:
        verify()
    assert error.value.position == position


@pytest.mark.slow
@pytest.mark.parametrize("opened", ["sqlite"], indirect=True)
def test_damaged_file_is_whole_or_a_sentence(opened, trial: int) -> None:
    file = _closed_file(opened)
    whole, chance = file.read_bytes(), random.Random(1)
    heads = {verify().digest}
    complaints: list[str] = []
    for _ in range(150):
        content = bytearray(whole)
        for _ in range(chance.choice((1, 1, 8))):
            content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
        connection.close()
        file.write_bytes(content)
        try:
            with connecting.errors():
                heads.add(verify().digest)  # where the byte lay outside the record
        except LedgerError as error:
            complaints.append(str(error))
    connection.close()
    gc.collect()
    file.write_bytes(whole)
    assert len(heads) == 1  # never another record that passes for whole
    assert complaints
    assert all(len(complaint.splitlines()) == 1 for complaint in complaints)


def test_removed_stream_is_found_and_named(opened, trial: int) -> None:
    gone = [entry.header.position for entry in read.entries("01-P002")]
    overpower(
        opened,
        "DELETE FROM ledger_payload WHERE position IN (SELECT position FROM ledger_entry WHERE stream = '01-P002')",
        "DELETE FROM ledger_entry WHERE stream = '01-P002'",
    )
    with pytest.raises(LedgerError, match=f"Entry {gone[0]} is missing"):
        verify()


def test_swapped_payloads_are_found(opened, trial: int) -> None:
    first, second = trial + 2, trial + 4
    with_salt = list(table.entries(after=first - 1, until=second))
    (_, salt, text), (_, other_salt, other_text) = with_salt[0], with_salt[-1]
    overpower(
        opened,
        f"UPDATE ledger_payload SET salt = '{other_salt}', text = '{other_text}' WHERE position = {first}",
        f"UPDATE ledger_payload SET salt = '{salt}', text = '{text}' WHERE position = {second}",
    )
    with pytest.raises(LedgerError, match=f"Entry {first} was changed"):
        verify()


def test_removed_tail_is_found_by_the_lodged_checkpoint(opened, trial: int, tmp_path: Path) -> None:
    lodged = checkpoints.lodge(tmp_path / "elsewhere")
    assert verify(checkpoints=checkpoints.found_in([lodged])).checkpoints == 1
    end = trial + 4
    overpower(
        opened,
        f"DELETE FROM ledger_payload WHERE position > {end}",
        f"DELETE FROM ledger_entry WHERE position > {end}",
    )
    assert verify().position == end  # by itself a shorter record looks whole
    with pytest.raises(LedgerError, match=rf"Entry {end + 1} is missing: a checkpoint was lodged at entry {trial + 6}"):
        verify(checkpoints=checkpoints.found_in([tmp_path / "elsewhere"]))


def test_rewritten_chain_is_found_by_the_lodged_checkpoint(opened, trial: int, tmp_path: Path) -> None:
    lodged = checkpoints.lodge(tmp_path / "elsewhere")
    rows = [row for row, _, _ in table.entries()]
    previous, statements = rows[trial].digest, []
    for row in rows[trial + 1 :]:
        forged = sealed(row._replace(actor_name="Somebody Else", previous=previous))
        previous = forged.digest
        statements.append(
            "UPDATE ledger_entry SET actor_name = 'Somebody Else', "
            f"previous = '{forged.previous}', digest = '{forged.digest}' WHERE position = {row.position}"
        )
    overpower(opened, *statements)
    with pytest.raises(LedgerError, match=rf"Entry {trial + 6} is not the one whose head was (lodged|signed)"):
        verify(checkpoints=checkpoints.found_in([lodged]))


def test_changed_checkpoint_is_no_evidence(opened, trial: int, tmp_path: Path) -> None:
    lodged = checkpoints.lodge(tmp_path)
    content = json.loads(lodged.read_text())
    lodged.write_text(json.dumps({**content, "position": content["position"] - 1}))
    with pytest.raises(InputError, match="changed after it was signed"):
        checkpoints.found_in([lodged])
    lodged.write_text("[1, 2]")
    with pytest.raises(InputError, match="no checkpoint"):
        checkpoints.found_in([lodged])


def test_signing_key_is_read_by_nobody_else(opened, trial: int, tmp_path: Path) -> None:
    checkpoints.lodge(tmp_path / "elsewhere")
    keys = list(opened.folder.rglob("*signing-key"))
    assert [path.stat().st_mode & 0o777 for path in keys] == [0o600]
    keys[0].chmod(0o644)
    with pytest.raises(LedgerError, match="chmod 600"):
        checkpoints.checkpoint()


def test_redaction_removes_the_text_and_leaves_the_chain_whole(opened, trial: int) -> None:
    subject = Actor(user="ana", role="system", name="Ana Ruiz")
    do(GrantRole(user="li", role="monitor", delegation="Mrs Jane Doe, born 1950"), "named")
    position, _ = read.head()
    replacement = '{"delegation":"[redacted]","role":"monitor","user":"li"}'
    redact(position, replacement, actor=subject, witness="Bo Lin", reason="names a participant", key=key_of("redact"))
    assert [stored[1:] for stored in table.entries(after=position - 1, until=position)] == [(None, None)]
    found = list(read.entries(after=position - 1))
    assert found[0].fact.delegation == "[redacted]"
    assert (found[1].fact.position, found[1].fact.witness) == (position, "Bo Lin")
    whole = verify()
    assert (whole.redacted, whole.position) == (1, position + 1)
    assert read.study().roles[-1][0].delegation == "[redacted]"
    redact(position, replacement, actor=subject, witness="Bo Lin", reason="names a participant", key=key_of("redact"))
    assert read.head()[0] == position + 1
    with pytest.raises(InputError, match="already redacted"):
        redact(position, replacement, actor=subject, witness="Bo Lin", reason="again", key=key_of("other"))


def test_what_is_redacted_leaves_the_lists_too(opened, trial: int) -> None:
    actor = Actor(user="ana", role="system", name="Ana Ruiz")
    consent = flagship().protocol.consents[0]
    enrolled = do(Enrol(site="s1", version=consent.version, on="2026-01-05", age=61, birth_year=1964), "enrol")
    subject = enrolled[-1].header.stream
    where = {"site": {"value": "left lung of Jane Doe"}, "organ": {"value": "lung"}}
    (entry,) = do(Enter(subject, "lesions", where, occurrence="new"), "lesion")
    assert DueRow.objects.filter(detail__contains="Jane Doe").exists()
    text = next(table.entries(after=entry.header.position - 1, until=entry.header.position))[2] or ""
    clean = text.replace("Jane Doe", "[redacted]")
    redact(entry.header.position, clean, actor=actor, witness="Bo Lin", reason="a name", key=key_of("redact"))
    assert not DueRow.objects.filter(detail__contains="Jane Doe").exists()
    assert DueRow.objects.filter(detail__contains="[redacted]").exists()


@pytest.mark.parametrize(
    ("position", "replacement", "witness", "reason", "error"),
    [
        (1, "{}", "Bo Lin", "x", InputError),
        (999, "{}", "Bo Lin", "x", InputError),
        (7, '{"nothing":"like it"}', "Bo Lin", "x", LedgerError),
        (8, None, "", "x", Refusal),
        (8, None, "Ana Ruiz", "x", Refusal),
        (8, None, "Bo Lin", " ", Refusal),
    ],
)
def test_redaction_needs_a_witness_a_reason_and_a_replacement(
    opened, trial: int, position: int, replacement: str | None, witness: str, reason: str, error: type[Exception]
) -> None:
    head = read.head()
    text = replacement or next(iter(table.entries(after=7, until=8)))[2] or ""
    actor = Actor(user="ana", role="system", name="Ana Ruiz")
    with pytest.raises(error):
        redact(position, text, actor=actor, witness=witness, reason=reason, key=key_of("r"))
    assert read.head() == head
    assert verify().redacted == 0


def _command(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        run(arguments)
    shown = capsys.readouterr()
    return int(stop.value.code or 0), shown.out, shown.err


def test_command_names_the_first_bad_entry(opened, trial: int, capsys: pytest.CaptureFixture[str]) -> None:
    run(["verify", "--database", opened.url])
    assert "is whole" in capsys.readouterr().out
    overpower(opened, CHANGES["payload"].format(n=trial + 2))
    code, out, err = _command(capsys, "verify", "--database", opened.url)
    assert (code, out) == (12, "")
    assert err == f"Entry {trial + 2} was changed: its payload is not the one that was chained.\n"


def test_command_redacts(opened, trial: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = tmp_path / "new.json"
    new.write_text(next(iter(table.entries(after=trial + 1, until=trial + 2)))[2] or "")
    arguments = [str(trial + 2), "--replacement", str(new), "--by", "Ana Ruiz", "--reason", "a name"]
    code, _, err = _command(capsys, "redact", *arguments, "--witness", "Ana Ruiz", "--database", opened.url)
    assert (code, err) == (11, "A redaction needs a witness who is somebody else.\n")
    run(["redact", *arguments, "--witness", "Bo Lin", "--database", opened.url])
    assert f"entry {trial + 7} says so" in capsys.readouterr().out
    assert verify().redacted == 1


def test_command_reads_lodged_checkpoints(opened, trial: int, tmp_path: Path, capsys) -> None:
    run(["checkpoint", "--database", opened.url, "-o", str(tmp_path / "elsewhere")])
    overpower(opened, "DELETE FROM ledger_payload WHERE position > 7", "DELETE FROM ledger_entry WHERE position > 7")
    code, _, err = _command(capsys, "verify", "--database", opened.url, "--checkpoint", str(tmp_path / "elsewhere"))
    assert (code, "Entry 8 is missing" in err) == (12, True)


@pytest.mark.parametrize(
    ("url", "code", "sentence"),
    [
        ("sqlite:////nowhere/at/all.sqlite3", 14, "there is no such database"),
        ("postgresql://nobody@127.0.0.1:1/none", 12, "The database cannot be used"),
        ("mysql://x/y", 14, "the database address cannot be used"),
        ("postgresql://h:notaport/x", 14, "the database address cannot be read"),
        ("sqlite://", 14, "names no file"),
        ("", 14, "there is no such database"),
    ],
)
def test_wrong_address_is_one_sentence(
    untouched, tmp_path: Path, monkeypatch, capsys, url: str, code: int, sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "")
    found, out, err = _command(capsys, "verify", "--database", url)
    assert (found, out, len(err.splitlines())) == (code, "", 1)
    assert sentence in err


def test_file_that_is_no_database_is_one_sentence(untouched, tmp_path: Path, capsys) -> None:
    (tmp_path / "other.sqlite3").write_text("this is a letter, not a database" * 200)
    code, _, err = _command(capsys, "verify", "--database", f"sqlite:///{tmp_path / 'other.sqlite3'}")
    assert (code, len(err.splitlines())) == (14, 1)
    assert "no SQLite database" in err
