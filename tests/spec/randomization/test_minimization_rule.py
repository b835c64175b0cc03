"""Minimization: which arm is preferred, and how strongly."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pytest

from equipoise.methods.randomization import Frozen, Imbalance, Minimization, allocate
from equipoise.methods.randomization.imbalance import least

# Eighty patients of a breast cancer trial so far, at the levels of the next one (ambulatory, under 50, disease-free
# two years or more, visceral lesion). Source: Pocock, Clinical Trials: A Practical Approach (1983), table 5.7.
POCOCK = {
    "performance": {"A": 30, "B": 31},
    "age": {"A": 18, "B": 17},
    "disease_free": {"A": 9, "B": 8},
    "lesion": {"A": 19, "B": 21},
}

# By hand. Range: with A |31-31| + |19-17| + |10-8| + |20-21| = 5; with B |30-32| + |18-18| + |9-9| + |19-22| = 5.
# Variance of two counts is half their squared difference: with A (0 + 4 + 4 + 1) / 2, with B (4 + 0 + 0 + 9) / 2.
# Weights 3 for age, else 1: ranges 9 and 5.
BY_HAND = [
    (Imbalance.RANGE, None, {"A": 5, "B": 5}, ("A", "B")),
    (Imbalance.VARIANCE, None, {"A": Fraction(9, 2), "B": Fraction(13, 2)}, ("A",)),
    (Imbalance.RANGE, {"age": 3, "performance": 1, "disease_free": 1, "lesion": 1}, {"A": 9, "B": 5}, ("B",)),
]


@pytest.mark.parametrize(("measure", "weights", "totals", "preferred"), BY_HAND)
def test_the_arm_of_least_weighted_imbalance_is_preferred(
    measure: Imbalance, weights: Mapping[str, int] | None, totals: Mapping[str, int], preferred: tuple[str, ...]
) -> None:
    method = Minimization(
        ratio={"A": 1, "B": 1},
        strata=tuple(POCOCK),
        probability=Decimal("0.8"),
        imbalance=measure,
        weights={factor: Decimal(weight) for factor, weight in weights.items()} if weights else None,
    )
    found = method.totals(POCOCK)
    assert found == {arm: {1: total} for arm, total in totals.items()}
    assert least(found) == preferred


# ratio, p, preferred -> probabilities by hand: a preferred arm i has 1 - (1 - p)(R - r_i) / (R - r_min) and another
# arm j has (1 - p) r_j / (R - r_min). Source: Han, Enas, McEntegart, Stat Med 2009;28:3329, section 2.
PROBABILITIES: list[tuple[dict[str, int], str, tuple[str, ...], dict[str, str]]] = [
    ({"a": 1, "b": 1}, "0.8", ("a",), {"a": "4/5", "b": "1/5"}),
    ({"a": 1, "b": 1}, "0.8", ("a", "b"), {"a": "1/2", "b": "1/2"}),
    ({"a": 1, "b": 1}, "1", ("b",), {"a": "0", "b": "1"}),
    ({"a": 1, "b": 1, "c": 1}, "0.7", ("c",), {"a": "3/20", "b": "3/20", "c": "7/10"}),
    ({"a": 2, "b": 1}, "0.8", ("b",), {"a": "1/5", "b": "4/5"}),
    ({"a": 2, "b": 1}, "0.8", ("a",), {"a": "9/10", "b": "1/10"}),
    ({"a": 2, "b": 1}, "0.8", ("a", "b"), {"a": "2/3", "b": "1/3"}),
    ({"a": 3, "b": 2, "c": 1}, "0.75", ("b",), {"a": "3/20", "b": "4/5", "c": "1/20"}),
]


@pytest.mark.parametrize(("ratio", "p", "preferred", "expected"), PROBABILITIES)
def test_the_biased_coin_follows_the_ratio(
    ratio: dict[str, int], p: str, preferred: tuple[str, ...], expected: dict[str, str]
) -> None:
    method = Minimization(ratio=ratio, strata=("ecog",), probability=Decimal(p))
    assert method.probabilities(preferred) == {arm: Fraction(chance) for arm, chance in expected.items()}


def test_an_arm_preferred_as_often_as_its_share_is_allocated_as_often_as_its_share() -> None:
    ratio = {"a": 5, "b": 2, "c": 1}
    method = Minimization(ratio=ratio, strata=("ecog",), probability=Decimal("0.85"))
    share = {arm: Fraction(part, 8) for arm, part in ratio.items()}
    allocated = {
        arm: sum(share[preferred] * method.probabilities((preferred,))[arm] for preferred in ratio) for arm in ratio
    }
    assert allocated == share


def test_square_roots_that_tie_exactly_are_tied() -> None:
    # sqrt(2) + sqrt(8) = sqrt(18) and sqrt(8) + sqrt(2) again: floating sums of such roots need not agree.
    margins = {"x": {"a": 0, "b": 2}, "y": {"a": 3, "b": 1}}
    method = Minimization(
        ratio={"a": 1, "b": 1},
        strata=("x", "y"),
        probability=Decimal("0.8"),
        imbalance=Imbalance.STANDARD_DEVIATION,
    )
    totals = method.totals(margins)
    # with a: |1-2| and |4-1| -> (1 + 3) / sqrt(2); with b: |0-3| and |3-2| -> (3 + 1) / sqrt(2) = 2 sqrt(2)
    assert totals == {"a": {2: Fraction(2)}, "b": {2: Fraction(2)}}
    assert least(totals) == ("a", "b")


def test_counts_are_those_at_the_participants_own_levels_and_of_the_same_epoch() -> None:
    def past(slot: int | None, arm: str, ecog: str, epoch: int = 2) -> Frozen:
        return Frozen(epoch=epoch, list_id="trial", slot=slot, arm=arm, levels={"ecog": ecog, "site": "01"})

    history = [past(0, "a", "0", epoch=1), past(0, "a", "0"), past(1, "b", "1"), past(None, "a", "0")]
    method = Minimization(ratio={"a": 1, "b": 1}, strata=("ecog", "site"), probability=Decimal("0.8"))
    found = allocate(method, epoch=2, key=bytes(32), season="s", levels={"ecog": "0", "site": "01"}, history=history)
    assert found.margins == {"ecog": {"a": 2, "b": 0}, "site": {"a": 2, "b": 1}}
    assert found.imbalance == {"a": "5", "b": "1"}
    assert found.preferred == ("b",)
    assert found.probabilities == {"a": "1/5", "b": "4/5"}
    assert found.slot == 2, "the contingency allocation weighs in the margins but takes no slot"
    assert found.counts == {"a": 1, "b": 1}
