"""Randomization: simple, permuted blocks, minimization; committed before it opens, replayable after it closes.

    allocate(method, epoch=1, key=key, season=season, levels={"ecog": "0"}, history=[]) -> Allocation
    replay(method, key=key, season=season, epoch=1, allocations=allocations) -> Difference | None

A method is a part of the protocol (`Simple`, `PermutedBlocks`, `Minimization`), told apart by its `method`.
"""

from equipoise.methods.randomization.allocate import METHODS, AnyMethod, allocate, configuration, configuration_digest
from equipoise.methods.randomization.allocation import TRIAL, Allocation, Block, Draw, Frozen
from equipoise.methods.randomization.imbalance import Imbalance
from equipoise.methods.randomization.minimization import Minimization
from equipoise.methods.randomization.permuted_blocks import PermutedBlocks
from equipoise.methods.randomization.replay import Difference, replay
from equipoise.methods.randomization.secret import ALGORITHM_VERSION, KEY_BYTES, commitment
from equipoise.methods.randomization.simple import Simple

__all__ = [
    "ALGORITHM_VERSION",
    "KEY_BYTES",
    "METHODS",
    "TRIAL",
    "Allocation",
    "AnyMethod",
    "Block",
    "Difference",
    "Draw",
    "Frozen",
    "Imbalance",
    "Minimization",
    "PermutedBlocks",
    "Simple",
    "allocate",
    "commitment",
    "configuration",
    "configuration_digest",
    "replay",
]
