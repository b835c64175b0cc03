"""One row of the ledger as it is stored and hashed. Standard library only, so that anyone can check a chain.

    payload_digest = SHA-256( "equipoise/payload" 0x00 salt 0x00 payload )    salt: 16 bytes; payload: canonical JSON
    digest         = SHA-256( "equipoise/entry" 0x00 canonical JSON of every other column )

The payload enters the chain only through its salted digest: when a payload is redacted, salt and text go, the chain
stays whole, and nobody can guess the text from the digest.
"""

import hashlib
import json
from typing import NamedTuple

GENESIS = "0" * 64
"""What the first entry names as the digest before it."""


class Row(NamedTuple):
    """An entry as stored. Everything is text, except the two counts and the position a redaction strikes out."""

    position: int
    trial: str
    stream: str
    version: int
    kind: str
    payload_digest: str
    at: str
    actor: str
    actor_name: str
    role: str
    site: str
    delegation: str
    authentication: str
    origin: str
    reason: str
    protocol: str
    software: str
    key: str
    act: str
    redacts: int | None
    previous: str
    digest: str


COLUMNS = Row._fields

_HASHED = COLUMNS[:-1]


def digest_of(row: Row) -> str:
    """The digest an entry must carry: over every column but the digest itself."""
    text = json.dumps(dict(zip(_HASHED, row, strict=False)), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(b"equipoise/entry\0" + text.encode()).hexdigest()


def sealed(row: Row) -> Row:
    """The row with its digest written in."""
    return row._replace(digest=digest_of(row))


def payload_digest(salt: str, payload: str) -> str:
    """The salted digest of a payload; `salt` is 32 hexadecimal characters."""
    return hashlib.sha256(b"equipoise/payload\0" + bytes.fromhex(salt) + b"\0" + payload.encode()).hexdigest()


def act_digest(salt: str, act: str) -> str:
    """The fingerprint of an action under its first entry's salt: tells whether a repeated key means the same act."""
    return hashlib.sha256(b"equipoise/act\0" + bytes.fromhex(salt) + b"\0" + act.encode()).hexdigest()
