"""Lists, slots and refusals: what an allocation depends on, and what a person at a site may see of it."""

from decimal import Decimal

import pytest

from equipoise.kernel.errors import LedgerError, Refusal
from equipoise.methods.randomization import (
    Allocation,
    AnyMethod,
    Frozen,
    Minimization,
    PermutedBlocks,
    Simple,
    allocate,
)

KEY = bytes(range(32))
RATIO = {"rt": 1, "control": 1}
BLOCKS = PermutedBlocks(ratio=RATIO, strata=("site", "ecog"), block_sizes=(2, 4))


def place(method: AnyMethod, levels: dict[str, str], history: list[Frozen], epoch: int = 1) -> Allocation:
    """Allocate with this module's key and season."""
    return allocate(method, epoch=epoch, key=KEY, season="public", levels=levels, history=history)


LISTS = [
    (Simple(ratio=RATIO, strata=("ecog",)), "trial"),
    (BLOCKS, '{"ecog":"0","site":"01"}'),
    (PermutedBlocks(ratio=RATIO, block_sizes=(2,)), "trial"),
    (Minimization(ratio=RATIO, strata=("ecog",), probability=Decimal("0.8")), "trial"),
]


@pytest.mark.parametrize(("method", "list_id"), LISTS)
def test_blocks_keep_a_list_a_stratum_and_the_others_one_for_the_trial(method: AnyMethod, list_id: str) -> None:
    assert place(method, {"site": "01", "ecog": "0", "age": "41"}, []).list_id == list_id


def test_only_the_methods_own_factors_are_frozen() -> None:
    assert place(BLOCKS, {"site": "01", "ecog": "0", "age": "41"}, []).levels == {"site": "01", "ecog": "0"}


def test_strata_whose_levels_hold_separators_stay_apart() -> None:
    one = place(BLOCKS, {"site": '01","ecog":"1', "ecog": "0"}, [])
    other = place(BLOCKS, {"site": "01", "ecog": '1","ecog":"0'}, [])
    assert one.list_id != other.list_id


@pytest.mark.parametrize("levels", [{"site": "01"}, {"site": "01", "ecog": ""}, {"site": "01", "ecog": " "}])
def test_a_missing_level_is_refused_with_its_factor(levels: dict[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        place(BLOCKS, levels, [])
    assert refused.value.code == "randomization.level-missing"
    assert "ecog has no level" in refused.value.say("en")
    assert "ecog 尚无水平" in refused.value.say("zh-hans")


def test_asking_again_or_after_a_refusal_gives_the_same_slot_and_arm() -> None:
    levels = {"site": "01", "ecog": "0"}
    first = place(BLOCKS, levels, [])
    with pytest.raises(Refusal):
        place(BLOCKS, {"site": "01"}, [])
    assert place(BLOCKS, levels, []) == first


def test_a_new_epoch_starts_its_lists_again_with_other_draws() -> None:
    method, levels = Simple(ratio={f"arm{number}": 1 for number in range(10)}), {"ecog": "0"}
    first: list[Frozen] = []
    for _ in range(40):
        first.append(place(method, levels, first))
    second: list[Frozen] = list(first)
    for _ in range(40):
        second.append(place(method, levels, second, epoch=2))
    assert [each.slot for each in second[40:]] == list(range(40))
    assert [each.arm for each in second[40:]] != [each.arm for each in first]


@pytest.mark.parametrize(
    ("slots", "arm", "sentence"),
    [
        ([0, 0], "rt", "do not count from 0 without gap or repeat; seen [0, 0]"),
        ([0, 2], "rt", "do not count from 0 without gap or repeat; seen [0, 2]"),
        ([0, 1], "placebo", "names arm 'placebo' in randomization epoch 1, which has control, rt"),
    ],
)
def test_a_record_that_cannot_be_true_stops_randomization(slots: list[int], arm: str, sentence: str) -> None:
    history = [Frozen(epoch=1, list_id="trial", slot=slot, arm=arm, levels={}) for slot in slots]
    with pytest.raises(LedgerError) as stopped:
        place(Simple(ratio=RATIO), {}, history)
    assert sentence in str(stopped.value)


@pytest.mark.parametrize(
    ("key", "season", "sentence"),
    [(bytes(31), "s", "has 256 bits; seen 248"), (bytes(32), " ", "fixed after the commitment, is empty")],
)
def test_a_short_key_or_a_missing_season_is_refused(key: bytes, season: str, sentence: str) -> None:
    with pytest.raises(ValueError) as refused:
        allocate(Simple(ratio=RATIO), epoch=1, key=key, season=season, levels={}, history=[])
    assert sentence in str(refused.value)
