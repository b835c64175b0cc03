"""Replay: recompute every allocation of an epoch from the opened key, and name the first that differs."""

from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.kernel.messages import Message, message
from equipoise.methods.randomization.allocate import AnyMethod, allocate
from equipoise.methods.randomization.allocation import Allocation, Frozen


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The first thing in which record and recomputation differ. `position` counts from 1 over the whole record."""

    position: int
    list_id: str
    slot: int | None
    field: str
    recorded: object
    recomputed: object

    @property
    def says(self) -> Message:
        """The difference as a sentence."""
        return message(
            "randomization.difference",
            position=self.position,
            list_id=self.list_id,
            slot=self.slot,
            field=self.field,
            recorded=self.recorded,
            recomputed=self.recomputed,
        )


def replay(
    method: AnyMethod, *, key: bytes, season: str, epoch: int, allocations: Sequence[Frozen]
) -> Difference | None:
    """Recompute each allocation from the frozen levels and arms before it; the first difference, or None.

    `allocations` is the whole record in order. Entries of other epochs, and those not drawn here (a `Frozen` that is
    no `Allocation` and has no slot), are taken as given. It proves the computation, not honest enrolment.
    """
    for index, recorded in enumerate(allocations):
        if recorded.epoch != epoch or (recorded.slot is None and not isinstance(recorded, Allocation)):
            continue
        found = _difference(method, key, season, recorded, allocations[:index])
        if found is not None:
            name, value, recomputed = found
            return Difference(
                position=index + 1,
                list_id=recorded.list_id,
                slot=recorded.slot,
                field=name,
                recorded=value,
                recomputed=recomputed,
            )
    return None


def _difference(
    method: AnyMethod, key: bytes, season: str, recorded: Frozen, history: Sequence[Frozen]
) -> tuple[str, object, object] | None:
    """The first field that differs, as recorded and as recomputed."""
    missing = [factor for factor in method.strata if not recorded.levels.get(factor, "").strip()]
    if missing:
        return "levels", dict(recorded.levels), f"a level of {', '.join(missing)}"
    again = allocate(
        method, epoch=recorded.epoch, key=key, season=season, levels=recorded.levels, history=history
    ).record()
    compared = recorded.record() if isinstance(recorded, Allocation) else _bare(recorded)
    for name, value in compared.items():
        if value != again[name]:
            return name, value, again[name]
    return None


def _bare(recorded: Frozen) -> dict[str, object]:
    return {
        "list_id": recorded.list_id,
        "slot": recorded.slot,
        "levels": dict(recorded.levels),
        "arm": recorded.arm,
    }
