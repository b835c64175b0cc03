"""What a randomization method may say, and the sentence that answers when it says something else."""

from decimal import Decimal
from typing import Any

import pytest

from equipoise.methods.randomization import AnyMethod, Minimization, PermutedBlocks, Simple, configuration_digest

TWO_TO_ONE = {"rt": 2, "control": 1}

REFUSED: list[tuple[type[Any], dict[str, Any], str]] = [
    (Simple, {"ratio": {"rt": 1}}, "at least two arms in its ratio; seen 1"),
    (Simple, {"ratio": {"rt": 1, "control": 0}}, "arm 'control' is a whole number of at least 1; seen 0"),
    (Simple, {"ratio": {"rt": 1, "": 1}}, "needs its id; seen an empty one"),
    (Simple, {"ratio": {"rt": 1, "control": True}}, "whole number of at least 1; seen True"),
    (Simple, {"ratio": TWO_TO_ONE, "strata": ("ecog", "ecog")}, "named once; seen 'ecog' twice"),
    (PermutedBlocks, {"ratio": TWO_TO_ONE, "block_sizes": ()}, "at least one block size; seen none"),
    (PermutedBlocks, {"ratio": TWO_TO_ONE, "block_sizes": (3, 4)}, "a multiple of 3 participants; seen a size of 4"),
    (PermutedBlocks, {"ratio": TWO_TO_ONE, "block_sizes": (0,)}, "a multiple of 3 participants; seen a size of 0"),
    (PermutedBlocks, {"ratio": TWO_TO_ONE, "block_sizes": (6, 6)}, "named once; seen 6 twice"),
    (Minimization, {"ratio": TWO_TO_ONE, "strata": (), "probability": Decimal("0.8")}, "at least one factor"),
    (
        Minimization,
        {"ratio": TWO_TO_ONE, "strata": ("ecog",), "probability": Decimal(1) / 3},
        "lies above its share of the ratio, 1/3",
    ),
    (Minimization, {"ratio": TWO_TO_ONE, "strata": ("ecog",), "probability": Decimal("1.01")}, "at most 1; seen 1.01"),
    (Minimization, {"ratio": TWO_TO_ONE, "strata": ("ecog",), "probability": Decimal("NaN")}, "seen NaN"),
    (
        Minimization,
        {"ratio": TWO_TO_ONE, "strata": ("ecog",), "probability": Decimal("0.8"), "weights": {"sex": Decimal(1)}},
        "name every factor of strata and no other (ecog); seen sex",
    ),
    (
        Minimization,
        {"ratio": TWO_TO_ONE, "strata": ("ecog",), "probability": Decimal("0.8"), "weights": {"ecog": Decimal(0)}},
        "weight of factor 'ecog' is above 0; seen 0",
    ),
]


@pytest.mark.parametrize(("kind", "given", "sentence"), REFUSED, ids=[sentence for _, _, sentence in REFUSED])
def test_a_method_that_cannot_be_meant_is_refused(kind: type[Any], given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError) as refused:
        kind(**given)
    assert sentence in str(refused.value)


SAME: list[tuple[AnyMethod, AnyMethod]] = [
    (
        Simple(ratio={"rt": 2, "control": 1}, source="S1"),
        Simple(ratio={"control": 1, "rt": 2}, assumption="the source names no method"),
    ),
    (
        PermutedBlocks(ratio=TWO_TO_ONE, strata=("a", "b"), block_sizes=(3, 6)),
        PermutedBlocks(ratio=TWO_TO_ONE, strata=("b", "a"), block_sizes=(6, 3)),
    ),
    (
        Minimization(ratio=TWO_TO_ONE, strata=("a", "b"), probability=Decimal("0.80")),
        Minimization(
            ratio=TWO_TO_ONE,
            strata=("b", "a"),
            probability=Decimal("0.8"),
            weights={"b": Decimal("1.0"), "a": Decimal(1)},
        ),
    ),
]


@pytest.mark.parametrize(("one", "other"), SAME, ids=["simple", "permuted blocks", "minimization"])
def test_order_and_prose_do_not_change_the_committed_configuration(one: AnyMethod, other: AnyMethod) -> None:
    assert configuration_digest(one) == configuration_digest(other)


def test_whatever_moves_a_draw_changes_the_committed_configuration() -> None:
    ratio, half = {"rt": 1, "control": 1}, Decimal("0.8")
    methods: list[AnyMethod] = [
        Simple(ratio=ratio),
        Simple(ratio=TWO_TO_ONE),
        Simple(ratio=ratio, strata=("ecog",)),
        PermutedBlocks(ratio=ratio, block_sizes=(2, 4)),
        PermutedBlocks(ratio=ratio, block_sizes=(4,)),
        Minimization(ratio=ratio, strata=("ecog",), probability=half),
        Minimization(ratio=ratio, strata=("ecog",), probability=Decimal("0.9")),
        Minimization(ratio=ratio, strata=("ecog",), probability=half, weights={"ecog": Decimal(2)}),
    ]
    assert len({configuration_digest(method) for method in methods}) == len(methods)
