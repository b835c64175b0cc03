"""Laws of randomization, for any ratio, any number of arms, any strata."""

import hashlib
from collections import Counter
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from equipoise.methods.randomization import (
    Allocation,
    AnyMethod,
    Imbalance,
    Minimization,
    PermutedBlocks,
    Simple,
    allocate,
    replay,
)
from equipoise.methods.randomization.secret import Source

FACTORS = ("ecog", "residual_burden", "site")
ratios = st.dictionaries(st.sampled_from("abcde"), st.integers(1, 5), min_size=2, max_size=4)
keys = st.binary(min_size=32, max_size=32)
people = st.lists(
    st.fixed_dictionaries({factor: st.sampled_from(["0", "1", "2"]) for factor in FACTORS}), min_size=1, max_size=30
)


@st.composite
def blocks(draw: st.DrawFn) -> PermutedBlocks:
    """Permuted blocks of any ratio."""
    ratio = draw(ratios)
    whole = sum(ratio.values())
    multiples = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3, unique=True))
    strata = draw(st.lists(st.sampled_from(FACTORS), unique=True))
    return PermutedBlocks(ratio=ratio, strata=tuple(strata), block_sizes=tuple(whole * each for each in multiples))


@st.composite
def minimizations(draw: st.DrawFn) -> Minimization:
    """Minimization of any ratio, measure and weights."""
    ratio = draw(ratios)
    strata = tuple(draw(st.lists(st.sampled_from(FACTORS), unique=True, min_size=1)))
    floor = Fraction(min(ratio.values()), sum(ratio.values()))
    cents = draw(st.integers(int(floor * 100) + 1, 100))
    weights = draw(st.none() | st.fixed_dictionaries({factor: st.integers(1, 9).map(Decimal) for factor in strata}))
    return Minimization(
        ratio=ratio,
        strata=strata,
        probability=Decimal(cents) / 100,
        imbalance=draw(st.sampled_from(Imbalance)),
        weights=weights,
    )


methods = st.one_of(ratios.map(lambda ratio: Simple(ratio=ratio)), blocks(), minimizations())


def run(method: AnyMethod, key: bytes, levels: list[dict[str, str]]) -> list[Allocation]:
    """Allocate to participants in order."""
    done: list[Allocation] = []
    for each in levels:
        done.append(allocate(method, epoch=1, key=key, season="public", levels=each, history=done))
    return done


@given(method=blocks(), key=keys)
def test_every_block_that_ends_meets_the_ratio_exactly(method: PermutedBlocks, key: bytes) -> None:
    level = dict.fromkeys(FACTORS, "1")
    done = run(method, key, [level] * (3 * max(method.block_sizes)))
    by_block: dict[int, list[str]] = {}
    for each in done:
        assert each.block is not None
        by_block.setdefault(each.block.index, []).append(each.arm)
    whole = sum(method.ratio.values())
    complete = list(by_block.values())[:-1]
    assert complete, "three of the largest blocks hold at least two complete ones"
    for arms in complete:
        assert len(arms) in method.block_sizes
        assert Counter(arms) == {arm: share * len(arms) // whole for arm, share in method.ratio.items()}


@given(method=methods, key=keys, levels=people)
def test_every_run_replays_and_every_slot_is_used_once(
    method: AnyMethod, key: bytes, levels: list[dict[str, str]]
) -> None:
    done = run(method, key, levels)
    assert replay(method, key=key, season="public", epoch=1, allocations=done) is None
    used = Counter((each.list_id, each.slot) for each in done)
    assert set(used.values()) == {1}
    for list_id in {each.list_id for each in done}:
        assert [each.slot for each in done if each.list_id == list_id] == list(
            range(sum(each.list_id == list_id for each in done))
        )


@given(method=methods, key=keys, levels=people)
def test_the_arm_is_the_one_the_draw_points_at_and_its_probability_is_above_zero(
    method: AnyMethod, key: bytes, levels: list[dict[str, str]]
) -> None:
    for each in run(method, key, levels):
        chances = {arm: Fraction(text) for arm, text in each.probabilities.items()}
        assert sum(chances.values()) == 1
        draw = each.draws[-1]
        mark = Fraction(draw.value, draw.below)
        below = sum(chance for arm, chance in chances.items() if arm < each.arm)
        assert below <= mark < below + chances[each.arm]


@given(method=blocks(), key=keys, levels=people)
def test_a_stratums_list_does_not_depend_on_the_others(
    method: PermutedBlocks, key: bytes, levels: list[dict[str, str]]
) -> None:
    together = run(method, key, levels)
    mine = together[-1].list_id
    alone = run(method, key, [each for each, done in zip(levels, together, strict=True) if done.list_id == mine])
    assert [each.arm for each in alone] == [each.arm for each in together if each.list_id == mine]


@given(method=minimizations(), key=keys, levels=people)
def test_a_preferred_arm_would_leave_the_least_imbalance(
    method: Minimization, key: bytes, levels: list[dict[str, str]]
) -> None:
    """Judged by an own sum in floating point, with a tolerance."""
    done = run(method, key, levels)
    last = done[-1]
    if len(done) == 1:
        assert set(last.preferred) == set(method.ratio)
        return

    def spread(candidate: str) -> float:
        total = 0.0
        for factor in method.strata:
            scaled = [
                sum(each.arm == arm and each.levels[factor] == levels[-1][factor] for each in done[:-1]) / share
                + (1 / share if arm == candidate else 0)
                for arm, share in method.ratio.items()
            ]
            mean = sum(scaled) / len(scaled)
            variance = sum((each - mean) ** 2 for each in scaled) / (len(scaled) - 1)
            weight = float(method.weights[factor]) if method.weights else 1.0
            match method.imbalance:
                case Imbalance.RANGE:
                    total += weight * (max(scaled) - min(scaled))
                case Imbalance.VARIANCE:
                    total += weight * variance
                case Imbalance.STANDARD_DEVIATION:
                    total += weight * variance**0.5
        return total

    spreads = {arm: spread(arm) for arm in method.ratio}
    lowest = min(spreads.values())
    assert set(last.preferred) == {arm for arm, total in spreads.items() if total < lowest + 1e-9}


def key_of(number: int) -> bytes:
    """A fixed key, one a number."""
    return hashlib.sha256(f"key {number}".encode()).digest()


def test_the_ratio_is_met_in_the_long_run() -> None:
    """Bounds of four standard errors of simple randomization (fixed keys, so the test cannot flicker)."""
    ratio, count = {"a": 3, "b": 2, "c": 1}, 600
    levels = [{"ecog": str(number % 2), "residual_burden": str(number % 3), "site": "0"} for number in range(count)]
    some: list[AnyMethod] = [
        Simple(ratio=ratio),
        PermutedBlocks(ratio=ratio, strata=("ecog",), block_sizes=(6, 12)),
        Minimization(ratio=ratio, strata=("ecog", "residual_burden"), probability=Decimal("0.8")),
    ]
    for method in some:
        seen = Counter(each.arm for each in run(method, key_of(1), levels))
        for arm, share in ratio.items():
            expected = count * share / 6
            assert abs(seen[arm] - expected) < 4 * (expected * (1 - share / 6)) ** 0.5


def test_minimization_balances_each_margin_far_better_than_chance() -> None:
    """Two arms, p = 0.8, 300 participants: each of five margins within 8 of equal; chance alone gives sd 10-12."""
    levels = [{"ecog": str(number % 2), "residual_burden": str(number * 7 % 3), "site": "0"} for number in range(300)]
    method = Minimization(ratio={"a": 1, "b": 1}, strata=("ecog", "residual_burden"), probability=Decimal("0.8"))
    for number in range(5):
        done = run(method, key_of(number), levels)
        for factor in method.strata:
            for level in {each[factor] for each in levels}:
                seen = Counter(each.arm for each in done if each.levels[factor] == level)
                assert abs(seen["a"] - seen["b"]) <= 8


def test_the_next_arm_cannot_be_guessed_from_the_last_ones() -> None:
    """Simple randomization, 4000 slots: after each of the eight runs of three arms, the next is even (4 sd)."""
    arms = [
        Simple(ratio={"a": 1, "b": 1}).draw(source, "trial", slot, {}, []).arm
        for source in [_source(7)]
        for slot in range(4000)
    ]
    after: dict[tuple[str, ...], Counter[str]] = {}
    for index in range(3, len(arms)):
        after.setdefault(tuple(arms[index - 3 : index]), Counter())[arms[index]] += 1
    assert len(after) == 8
    for seen in after.values():
        assert abs(seen["a"] - seen["b"]) < 4 * seen.total() ** 0.5


def test_block_sizes_vary_and_every_order_of_a_block_is_as_likely() -> None:
    """Ratio 2:1 in blocks of 3 and 6, 900 lists: both sizes come up alike, and the three orders of 3 alike (4 sd)."""
    method = PermutedBlocks(ratio={"a": 2, "b": 1}, strata=("site",), block_sizes=(3, 6))
    sizes: Counter[int] = Counter()
    orders: Counter[str] = Counter()
    for number in range(900):
        drawn = [method.draw(_source(3), f"list {number}", slot, {}, []) for slot in range(3)]
        assert drawn[0].block is not None
        sizes[drawn[0].block.size] += 1
        if drawn[0].block.size == 3:
            orders["".join(each.arm for each in drawn)] += 1
    assert abs(sizes[3] - sizes[6]) < 4 * 900**0.5
    assert set(orders) == {"aab", "aba", "baa"}
    for seen in orders.values():
        expected = orders.total() / 3
        assert abs(seen - expected) < 4 * (expected * 2 / 3) ** 0.5


def _source(number: int) -> Source:
    return Source.of(key_of(number), "public", 1)
