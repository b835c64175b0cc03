"""An auditor's recomputation, written from docs/adr/0002-randomization.md with nothing but hashlib and hmac.

If this stops agreeing, published commitments and past allocations stop replaying: the algorithm version must change.
"""

import hashlib
import hmac
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from equipoise.methods.randomization import (
    ALGORITHM_VERSION,
    Allocation,
    AnyMethod,
    Frozen,
    Minimization,
    PermutedBlocks,
    Simple,
    allocate,
    commitment,
    configuration_digest,
    replay,
)

KEY = hashlib.sha256(b"a key for this test").digest()
SEASON = "closing value of an index on 2 March 2026: 3817.44"


def auditor_draw(purpose: str, epoch: int, list_id: str, number: int, below: int) -> int:
    """A whole number under `below`, as the decision record describes it."""
    label = b"equipoise/randomization-season\0" + json.dumps(SEASON, ensure_ascii=False).encode()
    working = hmac.new(KEY, label, hashlib.sha256).digest()
    text = "\x1f".join(["randomization", "1", purpose, str(epoch), list_id, str(number)]).encode()
    counter = 0
    while True:
        block = hmac.new(working, text + b"\x1e" + counter.to_bytes(8, "big"), hashlib.sha256).digest()
        value = int.from_bytes(block[:8], "big")
        if value < 2**64 - 2**64 % below:
            return value % below
        counter += 1


def run(method: AnyMethod, count: int, epoch: int = 1) -> list[Allocation]:
    """Allocate to a row of participants of mixed levels."""
    done: list[Allocation] = []
    for number in range(count):
        levels = {"ecog": str(number % 2), "site": f"{number * 7 % 3:02d}"}
        done.append(allocate(method, epoch=epoch, key=KEY, season=SEASON, levels=levels, history=done))
    return done


def test_an_auditor_recomputes_the_commitment() -> None:
    method = Simple(ratio={"rt": 2, "control": 1})
    configuration = json.dumps(
        {"method": "simple", "ratio": {"control": 1, "rt": 2}, "strata": []}, separators=(",", ":"), sort_keys=True
    )
    bound = hashlib.sha256(b"equipoise/randomization-configuration\0" + configuration.encode()).hexdigest()
    assert configuration_digest(method) == bound
    text = json.dumps(
        {"trial": "nct07014202", "epoch": 1, "key": KEY.hex(), "configuration": bound, "algorithm": "1"},
        separators=(",", ":"), sort_keys=True,
    )  # fmt: skip
    assert (
        commitment("nct07014202", 1, KEY, bound, ALGORITHM_VERSION)
        == hashlib.sha256(b"equipoise/randomization-commitment\0" + text.encode()).hexdigest()
    )


@pytest.mark.parametrize("changed", ["trial", "epoch", "key", "configuration", "algorithm"])
def test_the_commitment_binds_every_part(changed: str) -> None:
    given: dict[str, Any] = {"trial": "t", "epoch": 1, "key": KEY, "configuration": "c", "algorithm": "1"}
    other = {**given, changed: {"epoch": 2, "key": bytes(32)}.get(changed, "other")}
    assert commitment(*given.values()) != commitment(*other.values())


def test_an_auditor_recomputes_simple_randomization() -> None:
    for slot, allocation in enumerate(run(Simple(ratio={"rt": 2, "control": 1}), 60)):
        ticket = auditor_draw("arm", 1, "trial", slot, 3)
        assert allocation.arm == ["control", "rt", "rt"][ticket]


def test_an_auditor_recomputes_permuted_blocks() -> None:
    method = PermutedBlocks(ratio={"a": 1, "b": 2}, strata=("ecog",), block_sizes=(6, 3))
    done = run(method, 90)
    for list_id in ('{"ecog":"0"}', '{"ecog":"1"}'):
        expected: list[str] = []
        block = 0
        while len(expected) < 45:
            size = [3, 6][auditor_draw("block", 1, list_id, block, 2)]
            held = ["a"] * (size // 3) + ["b"] * (2 * size // 3)
            while held:
                expected.append(held.pop(auditor_draw("arm", 1, list_id, len(expected), len(held))))
                held.sort()
            block += 1
        assert [each.arm for each in done if each.list_id == list_id] == expected[:45]


METHODS: list[AnyMethod] = [
    Simple(ratio={"a": 2, "b": 1}, strata=("ecog",)),
    PermutedBlocks(ratio={"a": 2, "b": 1, "c": 1}, strata=("ecog", "site"), block_sizes=(4, 8)),
    Minimization(ratio={"a": 2, "b": 1}, strata=("ecog", "site"), probability=Decimal("0.8")),
]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.method)
def test_an_honest_record_replays(method: AnyMethod) -> None:
    done = run(method, 40)
    assert replay(method, key=KEY, season=SEASON, epoch=1, allocations=done) is None


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.method)
@pytest.mark.parametrize(
    ("field", "forge"),
    [
        ("arm", lambda each: replace(each, arm="b" if each.arm == "a" else "a")),
        ("levels", lambda each: replace(each, levels={**each.levels, "extra": "1"})),
        ("levels", lambda each: replace(each, levels={})),
        ("slot", lambda each: replace(each, slot=each.slot + 1)),
        ("draws", lambda each: replace(each, draws=())),
        ("counts", lambda each: replace(each, counts={})),
        ("probabilities", lambda each: replace(each, probabilities={"a": "1", "b": "0"})),
        ("version", lambda each: replace(each, version="0")),
    ],
)
def test_replay_names_the_first_forged_entry(method: AnyMethod, field: str, forge: Any) -> None:
    done = run(method, 40)
    done[17] = forge(done[17])
    found = replay(method, key=KEY, season=SEASON, epoch=1, allocations=done)
    assert found is not None
    assert (found.position, found.field) == (18, field)
    assert found.says.say("en").startswith("Allocation 18 (list ")
    assert found.says.say("zh-hans").startswith("第 18 次分配")


def test_replay_with_another_key_or_season_fails() -> None:
    done = run(METHODS[0], 40)
    assert replay(METHODS[0], key=bytes(32), season=SEASON, epoch=1, allocations=done) is not None
    assert replay(METHODS[0], key=KEY, season="another", epoch=1, allocations=done) is not None


def test_replay_takes_other_epochs_and_contingency_allocations_as_given() -> None:
    method = METHODS[2]
    record: list[Frozen] = list(run(METHODS[0], 5))
    record.append(
        Frozen(epoch=2, list_id="trial", slot=None, arm="a", levels={"ecog": "0", "site": "00"})  # from an envelope
    )
    for number in range(20):
        levels = {"ecog": str(number % 2), "site": "00"}
        record.append(allocate(method, epoch=2, key=KEY, season=SEASON, levels=levels, history=record))
    assert replay(method, key=KEY, season=SEASON, epoch=2, allocations=record) is None
    del record[5]
    found = replay(method, key=KEY, season=SEASON, epoch=2, allocations=record)
    assert found is not None


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.method)
def test_an_allocation_survives_being_written_as_json(method: AnyMethod) -> None:
    for allocation in run(method, 12):
        text = json.dumps(allocation.record(), allow_nan=False)
        assert Allocation.of_record(json.loads(text)) == allocation
        assert not any(isinstance(value, float) for value in _leaves(allocation.record()))


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in _leaves(part)]
    if isinstance(value, list):
        return [leaf for part in value for leaf in _leaves(part)]
    return [value]
