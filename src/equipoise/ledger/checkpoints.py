"""Signed heads, lodged outside: a chain shows tampering up to the last checkpoint kept elsewhere, and no further.

A checkpoint names trial, position, digest of that entry and time, signed with Ed25519. Print it, send it to the
sites, put it under every report: whoever holds one can tell that the record up to there is the one that was signed.
"""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from equipoise.accounts.key_files import place
from equipoise.conduct.actions.trial import LodgeCheckpoint
from equipoise.conduct.entry import SYSTEM
from equipoise.kernel.canonical import canonical_json
from equipoise.kernel.errors import InputError, LedgerError
from equipoise.ledger import secrets, table
from equipoise.ledger.performing import perform


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed head. `public_key` and `signature` are hexadecimal."""

    trial: str
    position: int
    digest: str
    at: str
    public_key: str
    signature: str

    def signed_text(self) -> bytes:
        """Exactly what the signature covers."""
        names = ("trial", "position", "digest", "at", "public_key")
        return b"equipoise/checkpoint\0" + canonical_json({name: getattr(self, name) for name in names}).encode()

    def to_json(self) -> str:
        """The checkpoint as it is lodged."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__}, indent=1) + "\n"

    @property
    def file_name(self) -> str:
        """What its file is called."""
        return f"checkpoint-{self.trial}-{self.position:08d}.json"


def checkpoint() -> Checkpoint:
    """Sign the head as it stands. Raises LedgerError for an empty ledger."""
    newest = table.last()
    if newest is None:
        raise LedgerError("An empty ledger has no head to sign.")
    key = Ed25519PrivateKey.from_private_bytes(secrets.signing_key())
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    unsigned = Checkpoint(newest.trial, newest.position, newest.digest, newest.at, public, "")
    return replace(unsigned, signature=key.sign(unsigned.signed_text()).hex())


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a lodged checkpoint and check its signature. Raises InputError for a file that is none, or was changed."""
    try:
        found = Checkpoint(**json.loads(path.read_bytes()))
        if not (isinstance(found.position, int) and isinstance(found.digest, str)):
            raise TypeError
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(found.public_key))
        public.verify(bytes.fromhex(found.signature), found.signed_text())
    except OSError as error:
        raise InputError(f"the checkpoint cannot be read: {error.strerror}", file=str(path)) from error
    except InvalidSignature as error:
        raise InputError("the checkpoint was changed after it was signed", file=str(path)) from error
    except (ValueError, TypeError) as error:
        raise InputError(
            "this is no checkpoint", file=str(path), wanted="a checkpoint-*.json that was lodged"
        ) from error
    return found


def found_in(places: Iterable[Path]) -> list[Checkpoint]:
    """Every checkpoint in these files and folders."""
    files: list[Path] = []
    for path in places:
        files += sorted(path.glob("checkpoint-*.json")) if path.is_dir() else [path]
    return [read_checkpoint(file) for file in files]


def home() -> Path:
    """The folder beside the database in which this server keeps its own: EQUIPOISE_CHECKPOINTS."""
    return place("checkpoints", "EQUIPOISE_CHECKPOINTS", settings.DATABASES["default"])


def lodge(folder: Path) -> Path:
    """Sign the head, write it to a file in a folder, and note in the record that it was lodged there."""
    made = checkpoint()
    path = folder / made.file_name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(made.to_json(), encoding="utf-8")
    except OSError as error:
        raise InputError(f"the checkpoint cannot be written: {error.strerror}", file=str(path)) from error
    action = LodgeCheckpoint(position=made.position, head=made.digest, where=made.file_name, signature=made.signature)
    perform(action, actor=SYSTEM, key=uuid.uuid4())
    return path
