"""A trial with several experimental arms as the simulator takes it: what it is made of, and how it allocates."""

from dataclasses import dataclass, replace
from typing import Literal

from equipoise.methods.randomization import Imbalance, Minimization, PermutedBlocks
from equipoise.protocol.model import Protocol, Scenario
from equipoise.simulation.layout import METHOD_BLOCKS, METHOD_MINIMIZATION, METHOD_SIMPLE
from equipoise.simulation.scenarios import control_arm, design_of, experimental_arms, looks_of, trial_of
from equipoise.simulation.trials import Allocation, Hazards, TrialDesign

METHODS: dict[Literal["simple", "permuted_blocks", "minimization"], int] = {
    "simple": METHOD_SIMPLE,
    "permuted_blocks": METHOD_BLOCKS,
    "minimization": METHOD_MINIMIZATION,
}


@dataclass(frozen=True, slots=True)
class ArmsDesign:
    """A trial with several experimental arms. `trial` holds everything but the allocation; `ratio` has control first.

    Its looks count the events of all arms; its bounds are those of one comparison. `hazards` and `hazard_ratios` are
    those of the experimental arms one by one; left out, all arms share those of `trial`.
    """

    trial: TrialDesign
    method: int
    arms: tuple[str, ...]
    ratio: tuple[int, ...]
    hazards: tuple[Hazards, ...] = ()
    hazard_ratios: tuple[float | None, ...] = ()

    def pair(self, place: int) -> TrialDesign:
        """The trial of one experimental arm and control, its hazards and its true hazard ratio."""
        if not self.hazards:
            return self.trial
        return replace(self.trial, experimental=self.hazards[place], hazard_ratio=self.hazard_ratios[place])

    @property
    def pairs(self) -> tuple[TrialDesign, ...]:
        """One for each experimental arm."""
        return tuple(self.pair(place) for place in range(len(self.arms)))

    @property
    def allocation(self) -> Allocation:
        """How it randomizes, under the method's name; experimental arms as one."""
        name = next(name for name, code in METHODS.items() if code == self.method)
        return replace(self.trial.allocation, method=name)

    def allocated(self, allocation: Allocation) -> "ArmsDesign":
        """The same trial randomized another way, by the same ratio."""
        return replace(
            self, trial=replace(self.trial, allocation=replace(allocation, method="simple")),
            method=METHODS[allocation.method],
        )  # fmt: skip

    def without_effect(self) -> "ArmsDesign":
        """The same trial where no arm differs from control."""
        trial = replace(self.trial, experimental=self.trial.control, hazard_ratio=1.0)
        return replace(self, trial=trial, hazards=(), hazard_ratios=())


type AnyDesign = TrialDesign | ArmsDesign


def any_design(protocol: Protocol, scenario: Scenario) -> AnyDesign:
    """The trial of one scenario, whatever the number of experimental arms. Raises EstimationError or InputError."""
    if len(experimental_arms(protocol)) > 1:
        return arms_design(protocol, scenario)
    return trial_of(protocol, scenario)


def whole(design: AnyDesign) -> TrialDesign:
    """What all arms of a trial share: participants, accrual, strata, scans, looks."""
    return design.trial if isinstance(design, ArmsDesign) else design


def arms_design(protocol: Protocol, scenario: Scenario) -> ArmsDesign:
    """The trial of one scenario, for any number of experimental arms. Raises EstimationError or InputError."""
    method = protocol.randomization
    control, arms = control_arm(protocol), experimental_arms(protocol)
    allocation, looks = arms_allocation(protocol), looks_of(protocol, arms[0])
    pairs = [design_of(protocol, scenario, allocation, looks, arm) for arm in arms]
    return ArmsDesign(
        trial=pairs[0],
        method=METHODS.get(method.method, METHOD_SIMPLE),
        arms=arms,
        ratio=(method.ratio[control], *(method.ratio[arm] for arm in arms)),
        hazards=tuple(pair.experimental for pair in pairs),
        hazard_ratios=tuple(pair.hazard_ratio for pair in pairs),
    )


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
