"""A finding: something for people to resolve. It never blocks and never changes data."""

from dataclasses import dataclass
from enum import StrEnum

from equipoise.kernel.messages import Message


class Severity(StrEnum):
    """How much a finding matters."""

    NOTE = "note"
    WARNING = "warning"
    MAJOR = "major"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is odd, where (a path such as `lab.2.neutrophils`), and how much it matters."""

    says: Message
    where: str
    severity: Severity = Severity.WARNING
