"""Keys and other things that must not lie inside a database: where they lie, and how a key's file is kept.

Every place can be set by an environment variable; the default lies beside an SQLite file, or for PostgreSQL under
`$XDG_STATE_HOME/equipoise/NAME`.
"""

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Any

from equipoise.kernel.errors import LedgerError


def place(what: str, variable: str, database: Mapping[str, Any]) -> Path:
    """Where a thing beside a database lies: the environment's word for it, or its default place."""
    if given := os.environ.get(variable):
        return Path(given).expanduser()
    if database["ENGINE"].endswith("sqlite3"):
        file = Path(database["NAME"])
        return file.with_name(f"{file.name}.{what}")
    home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return home / "equipoise" / database["NAME"] / what


def random_key(path: Path) -> bytes:
    """The 256-bit key of a file, made on first use. Raises LedgerError where it is damaged or others can read it."""
    if not path.exists():
        write_private(path, token_bytes(32).hex().encode())
    try:
        key = bytes.fromhex(read_private(path).decode().strip())
    except ValueError as error:
        raise LedgerError(f"{path}: the key is damaged; restore it from its backup.") from error
    if len(key) != 32:
        raise LedgerError(f"{path}: the key has {len(key)} bytes; 32 would be right. Restore it from its backup.")
    return key


def read_private(path: Path) -> bytes:
    """Read a file that only its owner may. Raises LedgerError where others can read it, or nobody can."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXO | stat.S_IWGRP):
            raise LedgerError(f"{path}: others can read this key. Make it yours alone: chmod 600.")
        return path.read_bytes()
    except OSError as error:
        raise LedgerError(f"{path}: the key cannot be read: {error.strerror}.") from error


def write_private(path: Path, content: bytes, *, replace: bool = False) -> None:
    """Write a file whole, for its owner alone. Without `replace` the first of two writers wins."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = path.with_name(f"{path.name}.{token_hex(6)}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            os.replace(temporary, path)
            return
        try:
            with suppress(FileExistsError):
                os.link(temporary, path)  # unlike a rename, refuses to replace
        finally:
            os.unlink(temporary)
    except OSError as error:
        raise LedgerError(f"{path}: the key cannot be written: {error.strerror}.") from error
