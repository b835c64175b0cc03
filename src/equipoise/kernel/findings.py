"""A finding: something for people to resolve. It never blocks and never changes data."""

from dataclasses import dataclass

from equipoise.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class Finding:
    """What is odd, and where (a path such as `lab.2.neutrophils`)."""

    says: Message
    where: str
