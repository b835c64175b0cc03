"""Permuted blocks: within each stratum, blocks that each meet the ratio exactly, of sizes nobody is told.

Source: Zelen, J Chronic Dis 1974;27:365 (stratified permuted blocks); ICH E9 section 2.3.2 (block lengths that
vary, unknown to investigators).
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import count
from typing import Literal

from equipoise.kernel.canonical import canonical_json
from equipoise.kernel.parts import part
from equipoise.methods.randomization.allocation import TRIAL, Block, Draw, Frozen, Working
from equipoise.methods.randomization.arms import arms_of, checked_ratio, checked_strata, holder, smallest_block
from equipoise.methods.randomization.secret import Source


@part
class PermutedBlocks:
    """Fills each stratum's own list with blocks; each block's size is drawn, equally likely, from `block_sizes`.

    A slot's arm is drawn without replacement from what its block still holds, which makes every order of the
    block equally likely. `block_sizes` are numbers of participants, each a multiple of the least that meets the ratio.
    """

    method: Literal["permuted_blocks"] = "permuted_blocks"
    ratio: Mapping[str, int]
    strata: tuple[str, ...] = ()
    block_sizes: tuple[int, ...]
    source: str | tuple[str, ...] = ()
    assumption: str = ""

    def __post_init__(self) -> None:
        checked_ratio(self.ratio)
        checked_strata(self.strata)
        if not self.block_sizes:
            raise ValueError("Permuted blocks need at least one block size; seen none.")
        least = smallest_block(self.ratio)
        for size in self.block_sizes:
            if isinstance(size, bool) or not isinstance(size, int) or size < least or size % least:
                raise ValueError(
                    f"A block meets the ratio only with a multiple of {least} participants; seen a size of {size!r}."
                )
            if list(self.block_sizes).count(size) > 1:
                raise ValueError(f"A block size is named once; seen {size} twice.")

    def list_of(self, levels: Mapping[str, str]) -> str:
        """The stratum: its levels as canonical JSON, so that no two strata share a name; the trial without strata."""
        return canonical_json({factor: levels[factor] for factor in self.strata}) if self.strata else TRIAL

    def draw(
        self, source: Source, list_id: str, slot: int, levels: Mapping[str, str], history: Sequence[Frozen]
    ) -> Working:
        """The arm of a slot: find its block from the start of the list, then draw through the block up to the slot."""
        start, index, drawn = self._block(source, list_id, slot)
        size = self._sizes()[drawn]
        left = {arm: size * self.ratio[arm] // sum(self.ratio.values()) for arm in arms_of(self.ratio)}
        for earlier in range(start, slot):
            value = source.stream("arm", list_id, earlier).below(sum(left.values()))
            left[holder(left, value)] -= 1
        below = sum(left.values())
        value = source.stream("arm", list_id, slot).below(below)
        return Working(
            arm=holder(left, value),
            draws=(
                Draw(purpose="block", below=len(self.block_sizes), value=drawn),
                Draw(purpose="arm", below=below, value=value),
            ),
            probabilities={arm: str(Fraction(held, below)) for arm, held in left.items()},
            block=Block(index=index, size=size, place=slot - start),
        )

    def _sizes(self) -> tuple[int, ...]:
        return tuple(sorted(self.block_sizes))

    def _block(self, source: Source, list_id: str, slot: int) -> tuple[int, int, int]:
        """The first slot of the block that holds a slot, the block's number, and the draw that gave its size."""
        sizes, start = self._sizes(), 0
        for index in count():
            drawn = source.stream("block", list_id, index).below(len(sizes))
            if slot < start + sizes[drawn]:
                return start, index, drawn
            start += sizes[drawn]
        raise AssertionError("Blocks go on without end.")
