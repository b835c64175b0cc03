"""Keys in files of their own, readable by nobody else: never in the database, the repository or a message.

allocation secret   one 256-bit key an epoch; whoever has it can predict allocations. Back it up separately.
identity key        encrypts who participants are (`accounts`); without it identities are gone
signing key         signs heads of the chain (Ed25519)
web key             Django's SECRET_KEY
"""

import hashlib
import hmac
import json
import os
import stat
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Any

from django.conf import settings

from equipoise.kernel.errors import LedgerError
from equipoise.ledger.address import place

if TYPE_CHECKING:
    from equipoise.ledger.mode import Mode


def allocation_key(epoch: int, mode: "Mode") -> bytes:
    """The 256-bit key of an epoch, made on first use.

    A rehearsal derives its keys from its seed, so that the same seed rehearses the same trial; nothing in a rehearsal
    is secret. Raises LedgerError where the file cannot be read or trusted.
    """
    if mode.rehearsal:
        return hmac.digest(
            f"equipoise/rehearsal/{mode.seed}".encode(), f"{mode.trial}/{epoch}".encode(), hashlib.sha256
        )
    path = _path("allocation-secret", "EQUIPOISE_SECRET_FILE")
    kept = _kept_keys(path)
    if str(epoch) not in kept:
        kept[str(epoch)] = token_bytes(32).hex()
        _write(path, json.dumps({"trial": mode.trial, "keys": kept}, indent=1).encode(), replace=path.exists())
    return bytes.fromhex(kept[str(epoch)])


def identity_key() -> bytes:
    """The 256-bit master key of participants' identities."""
    return _random_file(_path("identity-key", "EQUIPOISE_IDENTITY_KEY_FILE"))


def signing_key() -> bytes:
    """The 32-byte Ed25519 seed that signs checkpoints."""
    return _random_file(_path("signing-key", "EQUIPOISE_SIGNING_KEY_FILE"))


def web_key(database: dict[str, Any]) -> str:
    """Django's SECRET_KEY for the server of this database. Takes the settings given: it is called while they load."""
    return _random_file(place("web-key", "EQUIPOISE_WEB_KEY_FILE", database)).hex()


def _path(what: str, variable: str) -> Path:
    return place(what, variable, settings.DATABASES["default"])


def _kept_keys(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        keys = json.loads(_read(path))["keys"]
        return {
            str(int(epoch)): bytes.fromhex(key).hex() for epoch, key in keys.items() if len(bytes.fromhex(key)) == 32
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LedgerError(f"{path}: the allocation secret is damaged; restore it from its separate backup.") from error


def _random_file(path: Path) -> bytes:
    if not path.exists():
        _write(path, token_bytes(32).hex().encode(), replace=False)
    try:
        key = bytes.fromhex(_read(path).decode().strip())
    except ValueError as error:
        raise LedgerError(f"{path}: the key is damaged; restore it from its backup.") from error
    if len(key) != 32:
        raise LedgerError(f"{path}: the key has {len(key)} bytes; 32 would be right. Restore it from its backup.")
    return key


def _read(path: Path) -> bytes:
    try:
        if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXO | stat.S_IWGRP):
            raise LedgerError(f"{path}: others can read this key. Make it yours alone: chmod 600.")
        return path.read_bytes()
    except OSError as error:
        raise LedgerError(f"{path}: the key cannot be read: {error.strerror}.") from error


def _write(path: Path, content: bytes, *, replace: bool) -> None:
    """Write a key whole, for its owner alone. Of two processes making the same key, one wins and both read the winner's."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = path.with_name(f"{path.name}.{os.getpid()}.{token_bytes(4).hex()}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(descriptor, content)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if replace:
            os.replace(temporary, path)
        else:
            try:
                os.link(temporary, path)  # unlike a rename, refuses to replace
            except FileExistsError:
                pass
            finally:
                os.unlink(temporary)
    except OSError as error:
        raise LedgerError(f"{path}: the key cannot be written: {error.strerror}.") from error
