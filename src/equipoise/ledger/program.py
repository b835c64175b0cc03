"""What this program is: its version, and the digest of its own text, so that an output names what computed it."""

import hashlib
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

ENDINGS = (".py", ".yaml")
"""What a number depends on: the code, the instruments and the shipped protocols."""


@lru_cache(maxsize=1)
def program() -> str:
    """The version, and twelve digits of the SHA-256 over every file's name and bytes in the order of the names."""
    root = Path(str(files("equipoise")))
    digest = hashlib.sha256()
    for path in sorted(one for one in root.rglob("*") if one.suffix in ENDINGS):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{version('equipoise')} ({digest.hexdigest()[:12]})"
