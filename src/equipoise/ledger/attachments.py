"""Attachments: files beside the record, named by the SHA-256 of what is stored, streamed, and never changed.

The fact holds the digest; the digest is the name; so the chain vouches for the file. A file that identifies a
participant is encrypted under that participant's own key before it is hashed: destroying the key erases the file and
leaves the chain, and the check of the file's digest, whole.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from equipoise.accounts import identities
from equipoise.accounts.key_files import place
from equipoise.conduct import facts as f
from equipoise.conduct.documents import protocol_of
from equipoise.conduct.entry import Entry
from equipoise.conduct.study import Study
from equipoise.kernel.errors import InputError, LedgerError
from equipoise.methods.items import FileItem

LIMIT = 200 * 1024 * 1024
"""The largest attachment, in bytes."""

_CHUNK = 1 << 20
_SEALED = b"EQP1"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A stored file: the digest that names it, and its size as given."""

    sha256: str
    size: int


def folder() -> Path:
    """Where attachments lie: EQUIPOISE_ATTACHMENTS, or beside the database."""
    return place("attachments", "EQUIPOISE_ATTACHMENTS", settings.DATABASES["default"])


def store(stream: BinaryIO, *, subject: str | None = None, limit: int = LIMIT) -> Attachment:
    """Store a file as it is read; with a `subject`, encrypted under that subject's key. Stored whole or not at all.

    Raises InputError for an empty file or one beyond the limit, LedgerError where it cannot be written.
    """
    home = folder()
    digest, size = hashlib.sha256(), 0
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, temporary = tempfile.mkstemp(dir=home, prefix="incoming-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                for count, piece in _pieces(stream, subject):
                    size += count
                    if size > limit:
                        raise InputError(
                            "the file is too large", seen=f"more than {limit} bytes", wanted=f"at most {limit}"
                        )
                    digest.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            if size == 0:
                raise InputError("the file is empty")
            final = _path(digest.hexdigest())
            final.parent.mkdir(exist_ok=True, mode=0o700)
            os.replace(temporary, final)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise LedgerError(f"The attachment cannot be stored: {error.strerror}.") from error
    return Attachment(digest.hexdigest(), size)


def read(sha256: str, *, subject: str | None = None) -> Iterator[bytes]:
    """The content of an attachment, piece by piece, decrypted for its subject.

    Raises LedgerError where the file is lost, was changed, or was erased with its subject's key.
    """
    if not exists(sha256):
        raise LedgerError(f"The attachment {sha256[:12]!r} is lost; restore it from the backup.")
    with _path(sha256).open("rb") as file:
        if subject is None:
            while piece := file.read(_CHUNK):
                yield piece
            return
        key = identities.subject_key(subject, make=False)
        if key is None:
            raise LedgerError(f"The attachment {sha256[:12]} was erased together with who subject {subject} is.")
        prefix = file.read(len(_SEALED) + 8)
        if prefix[: len(_SEALED)] != _SEALED:
            raise LedgerError(f"The attachment {sha256[:12]} is not one that was encrypted.")
        cipher, number = AESGCM(key), 0
        while piece := file.read(_CHUNK + 17):
            try:
                content = cipher.decrypt(_nonce(prefix[len(_SEALED) :], number), piece, subject.encode())
            except InvalidTag as error:
                raise LedgerError(
                    f"The attachment {sha256[:12]} was changed, or belongs to another subject."
                ) from error
            yield content[1:]
            if content[:1] == b"\1":
                return
            number += 1
        raise LedgerError(f"The attachment {sha256[:12]} was cut short.")


def exists(sha256: str) -> bool:
    """Whether a file of this digest is stored."""
    return len(sha256) == 64 and not set(sha256) - set("0123456789abcdef") and _path(sha256).is_file()


@dataclass(slots=True)
class References:
    """Every attachment the record names, gathered while it is read, to be held against the files."""

    answers: list[tuple[str, str, str, int]] = field(default_factory=list)

    def note(self, entry: Entry) -> None:
        """Take note of answers that look like a digest; `check` knows which of them name files."""
        if isinstance(entry.fact, f.Recorded):
            for item, answer in entry.fact.items.items():
                if isinstance(answer.value, str) and len(answer.value) == 64:
                    self.answers.append((entry.fact.form, item, answer.value, entry.header.position))

    def check(self, study: Study) -> int:
        """Hash every file named; how many there are. Raises LedgerError for the first that is lost or changed."""
        items = (
            {
                (form.id, item.id)
                for digest in study.protocols
                for form in protocol_of(study, digest).forms
                for item in form.items
                if isinstance(item, FileItem)
            }
            if self.answers
            else set()
        )
        checked: set[str] = set()
        for form, item, sha256, position in self.answers:
            if (form, item) not in items or sha256 in checked:
                continue
            if not exists(sha256):
                raise LedgerError(f"Entry {position} names an attachment that is lost: {sha256}.", position)
            with _path(sha256).open("rb") as file:
                if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                    raise LedgerError(f"Entry {position} names an attachment that was changed: {sha256}.", position)
            checked.add(sha256)
        return len(checked)


def _path(sha256: str) -> Path:
    return folder() / sha256[:2] / sha256


def _pieces(stream: BinaryIO, subject: str | None) -> Iterator[tuple[int, bytes]]:
    """What is stored, piece by piece, each with the number of bytes given that it holds."""
    if subject is None:
        while piece := stream.read(_CHUNK):
            yield len(piece), piece
        return
    key = identities.subject_key(subject)
    assert key is not None
    cipher, salt, number = AESGCM(key), os.urandom(8), 0
    yield 0, _SEALED + salt
    piece = stream.read(_CHUNK)
    while True:
        following = stream.read(_CHUNK) if piece else b""
        last = b"\0" if following else b"\1"
        yield len(piece), cipher.encrypt(_nonce(salt, number), last + piece, subject.encode())
        if not following:
            return
        piece, number = following, number + 1


def _nonce(salt: bytes, number: int) -> bytes:
    return salt + number.to_bytes(4, "big")
