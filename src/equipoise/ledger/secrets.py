"""Keys in files of their own, readable by nobody else: never in the database, the repository or a message.

    allocation secret   EQUIPOISE_SECRET_FILE        one 256-bit key an epoch; whoever has it can predict allocations
    signing key         EQUIPOISE_SIGNING_KEY_FILE   signs heads of the chain (Ed25519)
    identity key        EQUIPOISE_IDENTITY_KEY_FILE  encrypts who participants are; without it identities are gone
    web key             EQUIPOISE_WEB_KEY_FILE       Django's SECRET_KEY

Back the first three up, each apart from the database: whoever has the database and a key has both halves.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from secrets import token_bytes
from typing import TYPE_CHECKING, Any

from django.conf import settings

from equipoise.accounts.key_files import place, random_key, read_private, write_private
from equipoise.kernel.errors import LedgerError
from equipoise.methods.randomization.secret import rehearsal_key

if TYPE_CHECKING:
    from equipoise.ledger.mode import Mode


def allocation_key(epoch: int, mode: "Mode", *, make: bool = True) -> bytes:
    """The 256-bit key of an epoch, made on first use unless told not to.

    A rehearsal derives its keys from its seed, so that the same seed rehearses the same trial; nothing in a rehearsal
    is secret. Raises LedgerError where the file cannot be read or trusted, or belongs to another trial.
    """
    if mode.rehearsal:
        return rehearsal_key(mode.seed, mode.trial, epoch)
    path = place("allocation-secret", "EQUIPOISE_SECRET_FILE", settings.DATABASES["default"])
    keys = _kept_keys(path, mode.trial)
    if epoch not in keys:
        if not make:
            raise LedgerError(f"{path}: there is no key of randomization epoch {epoch}; restore it from its backup.")
        keys[epoch] = token_bytes(32)
        kept = {str(number): key.hex() for number, key in keys.items()}
        write_private(path, json.dumps({"trial": mode.trial, "keys": kept}, indent=1).encode(), replace=True)
    return keys[epoch]


def signing_key() -> bytes:
    """The 32-byte Ed25519 seed that signs checkpoints."""
    return random_key(place("signing-key", "EQUIPOISE_SIGNING_KEY_FILE", settings.DATABASES["default"]))


def web_key(database: Mapping[str, Any]) -> str:
    """Django's SECRET_KEY for the server of this database. Takes its settings: it is called while they load."""
    return random_key(place("web-key", "EQUIPOISE_WEB_KEY_FILE", database)).hex()


def _kept_keys(path: Path, trial: str) -> dict[int, bytes]:
    if not path.exists():
        return {}
    try:
        content = json.loads(read_private(path))
        keys = {int(epoch): bytes.fromhex(key) for epoch, key in content["keys"].items()}
        belongs = content["trial"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LedgerError(f"{path}: the allocation secret is damaged; restore it from its backup.") from error
    if belongs != trial or any(len(key) != 32 for key in keys.values()):
        raise LedgerError(f"{path}: this is not the allocation secret of trial {trial}; restore it from its backup.")
    return keys
