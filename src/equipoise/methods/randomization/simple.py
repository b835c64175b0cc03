"""Simple randomization: every participant independently, by the ratio."""

from collections.abc import Mapping, Sequence
from typing import Literal

from equipoise.kernel.parts import part
from equipoise.methods.randomization.allocation import TRIAL, Draw, Frozen, Working
from equipoise.methods.randomization.arms import checked_ratio, checked_strata, holder, shares, tickets
from equipoise.methods.randomization.secret import Source


@part
class Simple:
    """Draws each arm by the ratio alone. Strata, if any, are frozen for the analysis and move no draw."""

    method: Literal["simple"] = "simple"
    ratio: Mapping[str, int]
    strata: tuple[str, ...] = ()
    source: str | tuple[str, ...] = ()
    assumption: str = ""

    def __post_init__(self) -> None:
        checked_ratio(self.ratio)
        checked_strata(self.strata)

    def list_of(self, levels: Mapping[str, str]) -> str:
        """One list for the whole trial."""
        return TRIAL

    def draw(
        self, source: Source, list_id: str, slot: int, levels: Mapping[str, str], history: Sequence[Frozen]
    ) -> Working:
        """The arm of a slot."""
        chances = shares(self.ratio)
        held = tickets(chances)
        below = sum(held.values())
        value = source.stream("arm", list_id, slot).below(below)
        return Working(
            arm=holder(held, value),
            draws=(Draw(purpose="arm", below=below, value=value),),
            probabilities={arm: str(chance) for arm, chance in chances.items()},
        )
