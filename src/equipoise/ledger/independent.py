"""A second opinion on a chain: one file, the standard library, an SQLite record. It shares no line with the software.

    python independent.py TRIAL.sqlite3 [checkpoint-*.json ...]

Anybody with Python can run it on a copy of the record, without installing anything. It prints one sentence, and exits
with 0 where the chain is whole and with 12 where it is not. What it checks is written in docs/adr/0004-ledger.md: each
entry's digest over its own columns and the digest before, each payload's salted digest, sequence, versions, times,
redactions, and that lodged checkpoints name entries of this chain. A checkpoint's signature needs `equipoise verify`.
"""

import contextlib
import hashlib
import json
import sqlite3
import sys
from pathlib import Path


def check(record: str, checkpoints: list[str]) -> str:
    """Read the chain from its beginning; what was found, in one sentence. Raises ValueError for the first bad entry."""
    with contextlib.closing(sqlite3.connect(f"file:{Path(record).resolve()}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        entries = database.execute("SELECT * FROM ledger_entry ORDER BY position").fetchall()
        payloads = {row["position"]: row for row in database.execute("SELECT * FROM ledger_payload")}
    struck = {entry["redacts"] for entry in entries if entry["kind"] == "redacted"}
    before, versions, digests = None, {}, {}
    for number, entry in enumerate(entries, start=1):
        position = entry["position"]
        _must(position == number, number, "is missing")
        content = {name: entry[name] for name in entry.keys() if name != "digest"}  # noqa: SIM118 - a Row is no dict
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        _must(_sha256("equipoise/entry", text.encode()) == entry["digest"], number, "was changed")
        _must(entry["previous"] == (before["digest"] if before else "0" * 64), number, "does not follow the one before")
        _must(entry["version"] == versions.get(entry["stream"], 0) + 1, number, "is out of its stream's order")
        _must(before is None or entry["at"] >= before["at"], number, "is dated before the one before")
        _must(before is None or entry["trial"] == before["trial"], number, "is of another trial")
        _check_payload(entry, payloads.get(position), redacted=position in struck)
        versions[entry["stream"]] = entry["version"]
        digests[position], before = entry["digest"], entry
    for path in checkpoints:
        lodged = json.loads(Path(path).read_text(encoding="utf-8"))
        found = digests.get(lodged["position"])
        _must(found is not None, len(entries) + 1, f"is missing: {Path(path).name} was lodged at {lodged['position']}")
        _must(found == lodged["digest"], lodged["position"], f"is not the one {Path(path).name} names")
    return f"The chain is whole: {len(entries)} entries, head {before['digest'] if before else 'none'}."


def _check_payload(entry: sqlite3.Row, payload: sqlite3.Row | None, *, redacted: bool) -> None:
    position = entry["position"]
    _must(payload is not None, position, "has lost its payload")
    salt, text = payload["salt"], payload["text"]
    if redacted:
        _must(salt is None and text is None, position, "is redacted, yet its payload is there")
        return
    try:
        salted = bytes.fromhex(salt) + b"\0" + text.encode()
    except (ValueError, TypeError, AttributeError):
        salted = b""  # what no payload ever was
    _must(_sha256("equipoise/payload", salted) == entry["payload_digest"], position, "was changed in its payload")


def _sha256(domain: str, content: bytes) -> str:
    return hashlib.sha256(domain.encode() + b"\0" + content).hexdigest()


def _must(holds: bool, position: int, problem: str) -> None:
    if not holds:
        raise ValueError(f"Entry {position} {problem}.")


if __name__ == "__main__":
    try:
        print(check(sys.argv[1], sys.argv[2:]))
    except IndexError:
        sys.exit("usage: python independent.py TRIAL.sqlite3 [checkpoint-*.json ...]")
    except (ValueError, KeyError, TypeError, OSError, sqlite3.Error) as error:
        print(error, file=sys.stderr)
        sys.exit(12)
