"""The one act: allocate the next participant. Pure, so that asking twice, or being refused, uses up nothing."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Discriminator

from equipoise.kernel.canonical import digest
from equipoise.kernel.errors import LedgerError, Refusal
from equipoise.kernel.messages import message
from equipoise.methods.randomization import words as words
from equipoise.methods.randomization.allocation import Allocation, Frozen
from equipoise.methods.randomization.arms import arms_of
from equipoise.methods.randomization.minimization import Minimization
from equipoise.methods.randomization.permuted_blocks import PermutedBlocks
from equipoise.methods.randomization.secret import ALGORITHM_VERSION, Source
from equipoise.methods.randomization.simple import Simple

AnyMethod = Annotated[Simple | PermutedBlocks | Minimization, Discriminator("method")]
"""Every kind of randomization, told apart by its `method`."""

METHODS: tuple[type[Simple] | type[PermutedBlocks] | type[Minimization], ...] = (Simple, PermutedBlocks, Minimization)


def allocate(
    method: AnyMethod,
    *,
    epoch: int,
    key: bytes,
    season: str,
    levels: Mapping[str, str],
    history: Sequence[Frozen],
) -> Allocation:
    """Allocate the next slot of the list these levels belong to.

    `history` holds every earlier allocation of the trial in order; those of other epochs are left aside, so each
    epoch stands alone. `levels` may name more factors than the method uses; only its own are frozen.
    Raises Refusal where a factor has no level, LedgerError where the history's slots or arms cannot be true.
    """
    own = _own_levels(method, levels)
    past = [earlier for earlier in history if earlier.epoch == epoch]
    arms = arms_of(method.ratio)
    for earlier in past:
        if earlier.arm not in arms:
            raise LedgerError(
                f"The record names arm {earlier.arm!r} in randomization epoch {epoch}, which has {', '.join(arms)}."
            )
    list_id = method.list_of(own)
    listed = [earlier for earlier in past if earlier.list_id == list_id and earlier.slot is not None]
    if sorted(earlier.slot for earlier in listed if earlier.slot is not None) != list(range(len(listed))):
        raise LedgerError(
            f"The slots of randomization list {list_id} in epoch {epoch} do not count from 0 without gap or repeat; "
            f"seen {[earlier.slot for earlier in listed]}."
        )
    slot = len(listed)
    working = method.draw(Source.of(key, season, epoch), list_id, slot, own, past)
    return Allocation(
        epoch=epoch,
        list_id=list_id,
        slot=slot,
        arm=working.arm,
        levels=own,
        method=method.method,
        version=ALGORITHM_VERSION,
        draws=working.draws,
        counts={arm: sum(earlier.arm == arm for earlier in listed) for arm in arms},
        probabilities=working.probabilities,
        margins=working.margins,
        imbalance=working.imbalance,
        preferred=working.preferred,
        block=working.block,
    )


def configuration(method: AnyMethod) -> dict[str, Any]:
    """What of a method moves draws, in canonical form: prose left out, order without meaning taken away."""
    plain: dict[str, Any] = {
        "method": method.method,
        "ratio": dict(method.ratio),
        "strata": sorted(method.strata),
    }
    match method:
        case PermutedBlocks():
            plain["block_sizes"] = sorted(method.block_sizes)
        case Minimization():
            plain["probability"] = method.probability
            plain["imbalance"] = method.imbalance
            plain["weights"] = {factor: (method.weights or {}).get(factor, Decimal(1)) for factor in method.strata}
        case Simple():
            pass
    return plain


def configuration_digest(method: AnyMethod) -> str:
    """SHA-256, in hex, of the configuration: what the commitment binds besides the key."""
    return digest("randomization-configuration", configuration(method))


def _own_levels(method: AnyMethod, levels: Mapping[str, str]) -> dict[str, str]:
    for factor in method.strata:
        if not levels.get(factor, "").strip():
            raise Refusal(
                message("randomization.level-missing", factor=factor),
                message("randomization.level-missing.remedy", factor=factor),
            )
    return {factor: levels[factor] for factor in sorted(method.strata)}
