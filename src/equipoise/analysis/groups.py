"""How a table is split: everyone together, or by arm; and by arm only under an authority."""

from dataclasses import dataclass

from equipoise.analysis.firewall import Authority
from equipoise.protocol.model import Protocol

EVERYONE = "all"
"""The id of the one group of a pooled table."""


@dataclass(frozen=True, slots=True)
class Group:
    """A column of a table."""

    id: str
    label: str


@dataclass(frozen=True)
class Grouping:
    """The columns of every table of a report. `control` is the id of the control arm where split by arm."""

    groups: tuple[Group, ...]
    by_arm: Authority | None
    control: str = ""

    def of(self, arm: str) -> str:
        """The group that somebody of an arm belongs to."""
        return arm if self.by_arm is not None else EVERYONE

    @property
    def experimental(self) -> tuple[Group, ...]:
        """The arms compared with control; none where pooled."""
        return tuple(group for group in self.groups if self.by_arm is not None and group.id != self.control)


def grouping(protocol: Protocol, authority: Authority | None, everyone: str = "All participants") -> Grouping:
    """Split by arm under an authority, else pool."""
    if authority is None:
        return Grouping((Group(EVERYONE, everyone),), None)
    control = next(arm.id for arm in protocol.arms if arm.role == "control")
    return Grouping(tuple(Group(arm.id, arm.label) for arm in protocol.arms), authority, control)
