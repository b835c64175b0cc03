"""Who participants are, and the files about them: sealed, found by equality only, erased for good by one key."""

import io
import os
import stat
from pathlib import Path

import pytest
from django.db import connection

from equipoise.accounts import identities
from equipoise.accounts.identities import Identity
from equipoise.accounts.models import SubjectIdentity, SubjectKey
from equipoise.kernel.errors import InputError, LedgerError
from equipoise.ledger import attachments, secrets, verify
from equipoise.ledger.mode import Mode
from ledger_world import open_trial, prescreen

pytestmark = pytest.mark.db

JOSE = Identity(name="José García-Núñez", birth_date="1961-03-09", phone="+34 600 000 000")


def test_identity_opens_at_its_own_site_only(database) -> None:
    assert identities.keep("01-001", "s1", JOSE) == ()
    assert identities.open_identity("01-001", "s1") == JOSE
    assert identities.open_identity("01-001", "s2") is None
    assert identities.open_identity("01-002", "s1") is None


def test_nothing_of_an_identity_is_readable_in_the_database(database) -> None:
    identities.keep("01-001", "s1", JOSE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_subjectidentity")
        row = b"".join(
            bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
            for value in cursor.fetchone()
        )
    for part in ("Garc", "garcia", "1961", "600"):
        assert part.encode() not in row


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (Identity(name="GARCIA NUNEZ, Jose", birth_date="1961-03-09"), True),
        (Identity(name="  jose  garcia nunez ", birth_date="1961-03-09"), True),
        (Identity(name="José García-Núñez", birth_date="1961-03-10"), False),
        (Identity(name="José García", birth_date="1961-03-09"), False),
        (Identity(name="王 伟", birth_date="1961-03-09"), False),
    ],
)
def test_same_person_is_found_across_sites_by_equality(database, other: Identity, same: bool) -> None:
    identities.keep("01-001", "s1", JOSE)
    assert identities.same_person(other) == (("01-001",) if same else ())
    assert identities.keep("02-001", "s2", other) == (("01-001",) if same else ())


def test_correction_replaces_and_the_old_name_finds_nothing(database) -> None:
    identities.keep("01-001", "s1", JOSE)
    right = Identity(name="José García Núñez", birth_date="1961-09-03")
    identities.keep("01-001", "s1", right)
    assert identities.open_identity("01-001", "s1") == right
    assert identities.same_person(JOSE) == ()


def test_sealed_identity_moved_to_another_subject_does_not_open(database) -> None:
    identities.keep("01-001", "s1", JOSE)
    identities.keep("01-002", "s1", Identity(name="Other", birth_date="1950-01-01"))
    stolen = SubjectIdentity.objects.get(pk="01-001").sealed
    SubjectIdentity.objects.filter(pk="01-002").update(sealed=stolen)
    with pytest.raises(LedgerError, match="does not open"):
        identities.open_identity("01-002", "s1")


def test_erased_identity_is_gone_and_the_record_stays_whole(database) -> None:
    open_trial()
    subject = prescreen("a")
    identities.keep(subject, "s1", JOSE)
    letter = attachments.store(io.BytesIO(b"a letter that names somebody"), subject=subject)
    assert identities.erase(subject)
    assert not identities.erase(subject)
    assert identities.open_identity(subject, "s1") is None
    assert not SubjectKey.objects.exists()
    with pytest.raises(LedgerError, match="erased"):
        b"".join(attachments.read(letter.sha256, subject=subject))
    assert verify().streams == 2


@pytest.mark.parametrize("size", [1, 1 << 20, (1 << 20) + 1, (2 << 20), (2 << 20) + 77])
@pytest.mark.parametrize("subject", [None, "01-001"])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_attachment_comes_back_as_it_went_in(database, size: int, subject: str | None) -> None:
    content = os.urandom(size)
    stored = attachments.store(io.BytesIO(content), subject=subject)
    assert stored.size == size
    assert attachments.exists(stored.sha256)
    assert b"".join(attachments.read(stored.sha256, subject=subject)) == content
    (file,) = [path for path in attachments.folder().rglob("*") if path.is_file()]
    if size > 64:
        assert (content[:64] in file.read_bytes()) == (subject is None)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_attachment_is_stored_whole_or_not_at_all(database) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise OSError(5, "Input/output error")
            return super().read(10)

    for stream, error, words in (
        (io.BytesIO(b"x" * 2001), InputError, "too large"),
        (io.BytesIO(b""), InputError, "empty"),
        (Broken(b"x" * 100), LedgerError, "cannot be stored"),
    ):
        with pytest.raises(error, match=words):
            attachments.store(stream, limit=2000)
    assert [path for path in attachments.folder().rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_encrypted_attachment_changed_or_cut_does_not_open(database) -> None:
    stored = attachments.store(io.BytesIO(os.urandom((1 << 20) + 500)), subject="01-001")
    (file,) = [path for path in attachments.folder().rglob("*") if path.is_file()]
    whole = file.read_bytes()
    file.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    with pytest.raises(LedgerError, match="changed"):
        list(attachments.read(stored.sha256, subject="01-001"))
    file.write_bytes(whole[: (1 << 20) + 29])
    with pytest.raises(LedgerError, match=r"cut short|changed"):
        list(attachments.read(stored.sha256, subject="01-001"))
    file.write_bytes(whole)
    with pytest.raises(LedgerError, match=r"another subject|erased"):
        list(attachments.read(stored.sha256, subject="01-002"))
    file.unlink()
    with pytest.raises(LedgerError, match="lost"):
        list(attachments.read(stored.sha256, subject="01-001"))


@pytest.mark.parametrize("name", ["", "..", "../../trial.sqlite3", "A" * 64, "g" * 64, "0" * 63])
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_name_that_is_no_digest_names_no_file(database, name: str) -> None:
    attachments.store(io.BytesIO(b"so that the folder exists"))
    assert (attachments.folder() / ".." / "trial.sqlite3").is_file()
    assert not attachments.exists(name)
    with pytest.raises(LedgerError, match="lost"):
        list(attachments.read(name))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_allocation_secret_is_its_owners_alone_and_of_one_trial(database, tmp_path: Path, monkeypatch) -> None:
    file = tmp_path / "mounted" / "secret"
    monkeypatch.setenv("EQUIPOISE_SECRET_FILE", str(file))
    mode = Mode("trial-a", False)
    with pytest.raises(LedgerError, match="no key of randomization epoch 1"):
        secrets.allocation_key(1, mode, make=False)
    first, second = secrets.allocation_key(1, mode), secrets.allocation_key(2, mode)
    assert (len(first), len(second), first != second) == (32, 32, True)
    assert secrets.allocation_key(1, mode, make=False) == first
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(LedgerError, match="not the allocation secret of trial trial-b"):
        secrets.allocation_key(1, Mode("trial-b", False))
    file.chmod(0o644)
    with pytest.raises(LedgerError, match="chmod 600"):
        secrets.allocation_key(1, mode)
    file.chmod(0o600)
    file.write_text("{")
    with pytest.raises(LedgerError, match="damaged"):
        secrets.allocation_key(1, mode)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_rehearsal_keys_follow_from_the_seed(database) -> None:
    key = secrets.allocation_key(1, Mode("trial-a", True, "7"))
    assert key == secrets.allocation_key(1, Mode("trial-a", True, "7"))
    others = [Mode("trial-a", True, "8"), Mode("trial-b", True, "7")]
    assert (
        len(
            {
                key,
                secrets.allocation_key(2, Mode("trial-a", True, "7")),
                *(secrets.allocation_key(1, m) for m in others),
            }
        )
        == 4
    )
    assert not list(database.folder.rglob("*allocation-secret"))
