"""The one road into a protocol: YAML text, canonical JSON whose SHA-256 is the protocol's identity, the typed model.

load(text, "trial.yaml") -> Loaded             raises ProtocolError with every fault found
load_canonical(canonical, "ledger") -> Loaded   for a document that was loaded and checked before
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from equipoise.kernel.canonical import canonical_json
from equipoise.kernel.errors import Fault, ProtocolError
from equipoise.protocol.check import problems
from equipoise.protocol.decode import adapter, decode
from equipoise.protocol.document import read
from equipoise.protocol.mend import mended, told
from equipoise.protocol.model import Protocol


@dataclass(frozen=True, slots=True)
class Loaded:
    """A protocol, its canonical JSON, and the SHA-256 of that text, in hex: the protocol's identity."""

    protocol: Protocol
    digest: str
    canonical: str
    name: str


def load(text: str, name: str) -> Loaded:
    """Read and check a protocol document. Raises ProtocolError with every fault, each with its line and path."""
    root, faults = read(text, name)
    decoded = decode(root)
    whole = decoded.protocol or mended(root, decoded.broken)
    found = [problem.fault(root) for problem in told(problems(whole), root, decoded.broken)] if whole else []
    faults = [*faults, *decoded.faults, *dict.fromkeys(found)]
    if decoded.protocol is None or faults:
        raise ProtocolError(name, faults)
    return _loaded(decoded.protocol, decoded.canonical, name)


def load_canonical(text: str, name: str = "protocol") -> Loaded:
    """Read a protocol's canonical JSON back, as the ledger keeps it.

    Nothing is checked again but the shape: a check made stricter later must not unmake a trial's history.
    Raises ProtocolError where the text is not the canonical JSON of a protocol.
    """
    try:
        protocol = adapter().validate_json(text)
    except ValidationError as error:
        faults = [
            Fault(1, ".".join(str(part) for part in detail["loc"]), detail["msg"])
            for detail in error.errors(include_url=False)
        ]
        raise ProtocolError(name, faults) from None
    if canonical_json(_exact(text)) != text:
        raise ProtocolError(name, [Fault(1, "", "the text is not canonical JSON", wanted="the text as it was stored")])
    return _loaded(protocol, text, name)


def _exact(text: str) -> Any:
    return json.loads(text, parse_float=str)


def _loaded(protocol: Protocol, canonical: str, name: str) -> Loaded:
    return Loaded(protocol, hashlib.sha256(canonical.encode()).hexdigest(), canonical, name)
