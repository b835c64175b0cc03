"""How a protocol with several experimental arms allocates, as the simulator's tables take it."""

from dataclasses import replace

from equipoise.methods.randomization import Imbalance, Minimization, PermutedBlocks
from equipoise.protocol.model import Protocol
from equipoise.simulation.scenarios import control_arm, experimental_arms
from equipoise.simulation.trials import Allocation


def arms_allocation(protocol: Protocol) -> Allocation:
    """The experimental arms as one: their shares added, the method's details kept and its name (`simple`) not.

    The tables read factors, blocks and weights from it; who draws arms from it allocates by the ratio of all arms.
    """
    method = protocol.randomization
    factors = tuple(name for name in method.strata if name != "site")
    pooled = sum(method.ratio[arm] for arm in experimental_arms(protocol))
    found = Allocation(
        "simple", method.ratio[control_arm(protocol)], pooled, factors=factors, by_site="site" in method.strata
    )
    match method:
        case PermutedBlocks():
            return replace(found, block_sizes=tuple(method.block_sizes))
        case Minimization():
            weights = {name: float((method.weights or {}).get(name, 1)) for name in method.strata}
            return replace(
                found, preferred=float(method.probability), squared=method.imbalance == Imbalance.VARIANCE,
                weights=tuple(weights[name] for name in factors), site_weight=weights.get("site", 1.0),
            )  # fmt: skip
        case _:
            return found
