"""The arms of a trial drawn again, many times at once, by its own method: what a re-randomization test compares with.

The rules are those of `methods.randomization`, for two arms and in exact arithmetic; a participant at a time, all
replicates together. Participants keep their order, strata and site; each epoch stands alone; an allocation that was
not drawn (one by a contingency procedure) stays as it was made, and weighs where it weighed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.kernel.chance import Stream
from equipoise.methods.randomization import AnyMethod, Imbalance, Minimization, PermutedBlocks, Simple

Arms = NDArray[np.int8]
"""Of each replicate 1 for the experimental arm, 0 for control."""
BITS = 53
"""Bits of a draw."""
LARGEST = 1 << 62
"""Whole numbers up to here are exact in the machine's own; beyond, in Python's."""


@dataclass(frozen=True, slots=True)
class Allocated:
    """A participant as randomized: epoch, levels (the site among them), whether in the experimental arm, and whether
    the arm was drawn."""

    subject: str
    epoch: int
    levels: Mapping[str, str]
    is_experimental: bool
    is_drawn: bool = True


def redrawn(
    method: AnyMethod, experimental: str, allocations: Sequence[Allocated], replicates: int, chance: Stream
) -> Arms:
    """The arms drawn again, a replicate a row, a participant a column, in the order given, which is that of the trial.

    The method allocates two arms, and `levels` name every factor it uses: KeyError for one that is missing.
    """
    control = next(arm for arm in method.ratio if arm != experimental)
    ratio = (method.ratio[control], method.ratio[experimental])
    draws = _Draws(chance, replicates)
    found = np.zeros((replicates, len(allocations)), np.int8)
    for epoch in sorted({one.epoch for one in allocations}):
        places = [place for place, one in enumerate(allocations) if one.epoch == epoch]
        own = [allocations[place] for place in places]
        match method:
            case Simple():
                arms = _simple(own, ratio, draws)
            case PermutedBlocks():
                arms = _blocks(method, own, ratio, draws)
            case Minimization():
                arms = _minimized(method, (control, experimental), own, ratio, draws)
        for place, column in zip(places, arms, strict=True):
            found[:, place] = column
    return found


class _Draws:
    """Draws for all replicates at once, from a counter-based generator (Philox) under a key drawn from a stream."""

    def __init__(self, chance: Stream, replicates: int) -> None:
        self.replicates = replicates
        self._source = np.random.Philox(key=chance.bits64() | chance.bits64() << 64)

    def below(self, count: Any) -> NDArray[np.int64]:
        """Whole numbers in 0 ... `count` - 1, of each replicate; `count` is small beside 2**53."""
        drawn = np.asarray(self._source.random_raw(self.replicates)) >> np.uint64(64 - BITS)
        found: NDArray[np.int64] = np.floor(drawn * 2.0**-BITS * count).astype(np.int64)
        return found

    def happens(self, chances: NDArray[np.float64] | float) -> NDArray[np.bool_]:
        """Whether what has these chances comes to pass: never at 0, always at 1."""
        drawn = np.asarray(self._source.random_raw(self.replicates)) >> np.uint64(64 - BITS)
        return np.asarray(drawn * 2.0**-BITS < chances)


def _fixed(one: Allocated, draws: _Draws) -> NDArray[np.bool_]:
    return np.full(draws.replicates, one.is_experimental)


def _simple(own: Sequence[Allocated], ratio: tuple[int, int], draws: _Draws) -> Iterable[NDArray[np.bool_]]:
    for one in own:
        yield draws.happens(ratio[1] / sum(ratio)) if one.is_drawn else _fixed(one, draws)


def _blocks(
    method: PermutedBlocks, own: Sequence[Allocated], ratio: tuple[int, int], draws: _Draws
) -> Iterable[NDArray[np.bool_]]:
    """Each list's blocks, filled without replacement; a replicate whose block is full begins another."""
    sizes = np.array(sorted(method.block_sizes), np.int64)
    lists: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
    for one in own:
        if not one.is_drawn:
            yield _fixed(one, draws)
            continue
        nothing = np.zeros(draws.replicates, np.int64)
        left, experimental = lists.get(method.list_of(one.levels), (nothing, nothing))
        size = sizes[draws.below(len(sizes))]
        experimental = np.where(left == 0, size * ratio[1] // sum(ratio), experimental)
        left = np.where(left == 0, size, left)
        drawn = draws.below(left) < experimental
        lists[method.list_of(one.levels)] = left - 1, experimental - drawn
        yield drawn


def _minimized(
    method: Minimization, arms: tuple[str, str], own: Sequence[Allocated], ratio: tuple[int, int], draws: _Draws
) -> Iterable[NDArray[np.bool_]]:
    """The arm of least imbalance preferred. Of two arms the range and the standard deviation order alike, both being
    in proportion to how far apart the arms are; the variance is to its square."""
    control, experimental = arms
    steps = lcm(*ratio) // ratio[0], lcm(*ratio) // ratio[1]
    weights = _whole({factor: Fraction((method.weights or {}).get(factor, 1)) for factor in method.strata})
    is_squared = method.imbalance is Imbalance.VARIANCE
    furthest = max(steps) * (len(own) + 1)
    largest = sum(weights.values()) * (furthest * furthest if is_squared else furthest)
    kind: Any = np.int64 if largest < LARGEST else object
    chances = {
        sign: float(method.probabilities(preferred)[experimental])
        for sign, preferred in ((-1, (experimental,)), (1, (control,)), (0, (control, experimental)))
    }
    ahead: dict[tuple[str, str], NDArray[Any]] = {}  # how far experimental is ahead at a level, by the ratio
    for number, one in enumerate(own):
        at = [(factor, one.levels[factor]) for factor in method.strata]
        for level in at:
            ahead.setdefault(level, np.zeros(draws.replicates, kind))
        if not one.is_drawn:
            drawn = _fixed(one, draws)
        elif not number:
            drawn = draws.happens(chances[0])  # the first of an epoch is drawn by the ratio alone
        else:
            lean = sum(
                weights[level[0]] * (_size(ahead[level] + steps[1], is_squared) - _size(ahead[level] - steps[0],
                                                                                       is_squared))
                for level in at
            )  # fmt: skip
            drawn = draws.happens(np.where(lean < 0, chances[-1], np.where(lean > 0, chances[1], chances[0])))
        for level in at:
            ahead[level] = ahead[level] + np.where(drawn, steps[1], -steps[0])
        yield drawn


def _size(apart: NDArray[Any], is_squared: bool) -> NDArray[Any]:
    return apart * apart if is_squared else abs(apart)


def _whole(weights: Mapping[str, Fraction]) -> dict[str, int]:
    """Weights in the same proportion as whole numbers, so that ties are exact."""
    scale = lcm(*(weight.denominator for weight in weights.values()))
    return {factor: int(weight * scale) for factor, weight in weights.items()}
