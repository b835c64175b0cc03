"""What happened: one append-only table, one door for writing (`perform`), one for reading (`read`).

    from equipoise.ledger import attachments, perform, read, verify

The names are fetched when first used, because Django imports this package before its models may be loaded.
"""

from importlib import import_module
from typing import Any

__all__ = ["batch", "checkpoint", "perform", "redact", "verify"]

_WINDOW = {
    "perform": "equipoise.ledger.performing",
    "batch": "equipoise.ledger.performing",
    "redact": "equipoise.ledger.redaction",
    "verify": "equipoise.ledger.verification",
    "checkpoint": "equipoise.ledger.checkpoints",
}


def __getattr__(name: str) -> Any:
    if name not in _WINDOW:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_WINDOW[name]), name)
