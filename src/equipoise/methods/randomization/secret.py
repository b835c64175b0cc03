"""The allocation secret: what is committed to, how it is mixed with a public value, and the draws it gives.

Every draw is HMAC-SHA-256 under a key that only the randomization service holds, of the epoch, the list and the
slot: it can be recomputed alone, depends on no participant and no attempt, and tells nothing of any other.
"""

import hmac
from dataclasses import dataclass

from equipoise.kernel.canonical import canonical_json, digest
from equipoise.kernel.chance import Stream

ALGORITHM_VERSION = "1"
"""Names the whole way from key to arm. Any change that could move one allocation takes a new number."""

KEY_BYTES = 32


def _checked_key(key: bytes) -> None:
    if len(key) != KEY_BYTES:
        raise ValueError(f"The allocation key has {KEY_BYTES * 8} bits; seen {len(key) * 8}.")


def commitment(trial: str, epoch: int, key: bytes, configuration_digest: str, algorithm_version: str) -> str:
    """SHA-256, in hex, to publish before the first allocation: it binds the key and hides it.

    When the key is opened, anyone recomputes this and then every allocation. Raises ValueError for a short key.
    """
    _checked_key(key)
    return digest(
        "randomization-commitment",
        {
            "trial": trial,
            "epoch": epoch,
            "key": key.hex(),
            "configuration": configuration_digest,
            "algorithm": algorithm_version,
        },
    )


def rehearsal_key(seed: str, trial: str, epoch: int) -> bytes:
    """The key of an epoch of a rehearsal: derived from its public seed, so that it can be rehearsed and foretold again.

    Nothing in a rehearsal is secret; a production key is random and kept by the ledger.
    """
    return hmac.digest(f"equipoise/rehearsal/{seed}".encode(), f"{trial}/{epoch}".encode(), "sha256")


@dataclass(frozen=True, slots=True, repr=False)
class Source:
    """The draws of one epoch. Its key mixes the secret with the season and is never shown, not even by `repr`."""

    working_key: bytes
    epoch: int

    @classmethod
    def of(cls, key: bytes, season: str, epoch: int) -> "Source":
        """Mix the secret with a season: a public value nobody could know when the commitment was published.

        So the key's maker cannot try keys until the list pleases. Raises ValueError for a short key or no season.
        """
        _checked_key(key)
        if not season.strip():
            raise ValueError("The season, the public value fixed after the commitment, is empty.")
        label = b"equipoise/randomization-season\0" + canonical_json(season).encode()
        return cls(hmac.digest(key, label, "sha256"), epoch)

    def stream(self, purpose: str, list_id: str, number: int) -> Stream:
        """The draws for one purpose, such as the arm of slot `number` of a list."""
        return Stream(self.working_key, "randomization", ALGORITHM_VERSION, purpose, self.epoch, list_id, number)
