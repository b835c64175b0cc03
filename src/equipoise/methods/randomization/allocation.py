"""An allocation: the arm, and everything by which it was reached, so that anyone with the key can reach it again."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

TRIAL = "trial"
"""The list of a method that keeps one list for the whole trial."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """A past allocation as later ones see it: the levels are those of the moment of randomization, never corrected.

    `slot` counts from 0 within the list and the epoch. An allocation that was not drawn here, such as one from a
    contingency envelope, has no slot (None): it weighs in minimization and uses up nothing.
    """

    epoch: int
    list_id: str
    slot: int | None
    arm: str
    levels: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One whole number drawn from 0 ... `below` - 1, and what it was for ('block' or 'arm')."""

    purpose: str
    below: int
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Where a slot lies: the number of its block in the list, the block's size, the place within (both from 0)."""

    index: int
    size: int
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation(Frozen):
    """An arm drawn for one slot of one list, with its working.

    `counts`: allocated in this list and epoch before, by arm. `margins`: for minimization, by factor, the number
    at this participant's level, by arm. `probabilities` and `imbalance` (the imbalance there would be with each
    arm) are exact fractions as text, such as '4/5'. `preferred`: the arms of least imbalance. The arm holds the
    ticket `draws[-1].value` when arms, in the order of their ids, hold tickets in proportion to `probabilities`.
    """

    method: str
    version: str
    draws: tuple[Draw, ...]
    counts: Mapping[str, int]
    probabilities: Mapping[str, str]
    margins: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    imbalance: Mapping[str, str] = field(default_factory=dict)
    preferred: tuple[str, ...] = ()
    block: Block | None = None

    def record(self) -> dict[str, Any]:
        """The allocation in JSON's own types, ready for canonical form."""
        return {item.name: _plain(getattr(self, item.name)) for item in fields(self)}

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "Allocation":
        """Read back what `record` wrote. Raises TypeError or KeyError for anything else."""
        block = record["block"]
        return cls(
            **{
                **record,
                "draws": tuple(Draw(**draw) for draw in record["draws"]),
                "preferred": tuple(record["preferred"]),
                "block": Block(**block) if block is not None else None,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Working:
    """What a method answers for one slot: the draws, the arm, and why; `allocate` adds the place."""

    arm: str
    draws: tuple[Draw, ...]
    probabilities: Mapping[str, str]
    margins: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    imbalance: Mapping[str, str] = field(default_factory=dict)
    preferred: tuple[str, ...] = ()
    block: Block | None = None


def _plain(value: Any) -> Any:
    match value:
        case Draw() | Block():
            return {item.name: getattr(value, item.name) for item in fields(value)}
        case tuple():
            return [_plain(part) for part in value]
        case Mapping():
            return {key: _plain(part) for key, part in value.items()}
        case _:
            return value
