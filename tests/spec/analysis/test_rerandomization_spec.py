"""The re-randomization test: arms drawn again by the trial's own method, and what is said where they cannot be."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import combinations, product
from math import sqrt

import numpy as np
import pytest

from equipoise.analysis.document import document
from equipoise.analysis.findings import find
from equipoise.analysis.firewall import Authority
from equipoise.analysis.redrawn_arms import Allocated, redrawn
from equipoise.analysis.rerandomization import REPLICATES, monte_carlo_error, rerandomization_json, rerandomized
from equipoise.analysis.times import time_rows
from equipoise.analysis.workspace import Choice, Survival, analyse
from equipoise.kernel.chance import stream
from equipoise.methods.randomization import (
    AnyMethod,
    Imbalance,
    Minimization,
    PermutedBlocks,
    Simple,
    configuration_digest,
)
from equipoise.methods.randomization.imbalance import least, margins_of
from equipoise.statistics.logrank import rerandomization_test
from hand_built import assessed, casebook, cut, cycle, progressed, trial

OPEN = Authority("rehearsal")
EVEN = {"control": 1, "rt": 1}


def chance(name="test"):
    return stream(name, "rerandomization")


def people(levels, *, drawn=None, arms=None, epochs=None):
    return [
        Allocated(str(number), (epochs or {}).get(number, 1), level, (arms or {}).get(number, False),
                  number not in (drawn or ()))
        for number, level in enumerate(levels)
    ]  # fmt: skip


def by_hand(time, event, treated):
    """O - E of the treated by the life table, ties and all: written out, for comparison."""
    found = 0.0
    for at in sorted({t for t, e in zip(time, event, strict=True) if e}):
        risk = [place for place, t in enumerate(time) if t >= at]
        died = [place for place in risk if time[place] == at and event[place]]
        share = sum(treated[place] for place in risk) / len(risk)
        found += sum(treated[place] for place in died) - len(died) * share
    return found


def test_blocks_of_four_agree_with_every_allocation_of_eight() -> None:
    time, event = [2, 9, 3, 3, 12, 5, 7, 20], [1, 1, 1, 0, 1, 1, 0, 1]
    treated = [0, 1, 0, 1, 1, 0, 0, 1]
    method = PermutedBlocks(ratio=EVEN, block_sizes=(4,))
    halves = [tuple(1 if place in chosen else 0 for place in range(4)) for chosen in combinations(range(4), 2)]
    every = [first + second for first, second in product(halves, halves)]
    assert len(every) == 36
    observed = by_hand(time, event, treated)
    scores = [by_hand(time, event, each) for each in every]
    two_sided = sum(abs(score) >= abs(observed) - 1e-12 for score in scores) / 36
    one_sided = sum(score <= observed + 1e-12 for score in scores) / 36
    replicates = redrawn(method, "rt", people([{}] * 8), 20_000, chance())
    assert {tuple(row) for row in replicates.tolist()} == set(every)
    found = rerandomization_test(time, event, treated, replicates)
    assert found.score == pytest.approx(observed, abs=1e-12)
    assert found.p == pytest.approx(two_sided, abs=4 * sqrt(two_sided * (1 - two_sided) / 20_000) + 1e-4)
    assert found.p_one_sided == pytest.approx(one_sided, abs=4 * sqrt(one_sided * (1 - one_sided) / 20_000) + 1e-4)


def probability(method: Minimization, levels, sequence) -> float:
    """The chance of a sequence of arms by the exact rule of one allocation after another."""
    found, past = 1.0, []
    for own, arm in zip(levels, sequence, strict=True):
        arms = tuple(sorted(method.ratio))
        totals = method.totals(margins_of(arms, method.strata, own, past))
        preferred = least(totals) if past else arms
        found *= float(method.probabilities(preferred)[arm])
        past.append((arm, own))
    return found


@pytest.mark.parametrize(
    ("ratio", "measure", "weights"),
    [
        (EVEN, Imbalance.RANGE, None),
        ({"control": 1, "rt": 2}, Imbalance.VARIANCE, None),
        ({"control": 3, "rt": 2}, Imbalance.STANDARD_DEVIATION, {"ecog": Decimal("0.3"), "site": Decimal(1)}),
        ({"control": 3, "rt": 2}, Imbalance.VARIANCE, {"ecog": Decimal("0.12345678901234567"), "site": Decimal(1)}),
    ],
)
def test_minimization_draws_each_sequence_as_often_as_its_rule_says(ratio, measure, weights) -> None:
    method = Minimization(
        ratio=ratio, strata=("ecog", "site"), probability=Decimal("0.8"), imbalance=measure, weights=weights
    )
    levels = [{"ecog": e, "site": s} for e, s in ("0a", "1a", "0b", "0a", "1b")]
    drawn = Counter(map(tuple, redrawn(method, "rt", people(levels), 40_000, chance()).tolist()))
    for sequence in product((0, 1), repeat=5):
        expected = probability(method, levels, ["rt" if one else "control" for one in sequence])
        error = sqrt(expected * (1 - expected) / 40_000)
        assert drawn[sequence] / 40_000 == pytest.approx(expected, abs=5 * error), sequence


def test_a_contingency_allocation_stays_and_weighs() -> None:
    method = Minimization(ratio=EVEN, strata=("ecog",), probability=Decimal(1))
    levels = [{"ecog": "0"}] * 2
    found = redrawn(method, "rt", people(levels, drawn={0}, arms={0: True}), 100, chance())
    assert found[:, 0].tolist() == [1] * 100
    assert found[:, 1].tolist() == [0] * 100  # a sure preference for the arm that is behind


def test_a_contingency_allocation_uses_up_no_place_of_a_block() -> None:
    method = PermutedBlocks(ratio=EVEN, block_sizes=(2,))
    found = redrawn(method, "rt", people([{}] * 3, drawn={1}, arms={1: True}), 200, chance())
    assert (found[:, 1] == 1).all()
    assert (found[:, 0] + found[:, 2] == 1).all()
    assert set(found[:, 0].tolist()) == {0, 1}


def test_each_epoch_stands_alone() -> None:
    method = PermutedBlocks(ratio=EVEN, block_sizes=(4,))
    found = redrawn(method, "rt", people([{}] * 4, epochs={2: 2, 3: 2}), 400, chance())
    assert set(found.sum(axis=1).tolist()) == {0, 1, 2, 3, 4}  # one list of four would always give two


def test_each_stratum_has_a_list_of_its_own() -> None:
    method = PermutedBlocks(ratio={"control": 1, "rt": 2}, strata=("site",), block_sizes=(3,))
    found = redrawn(method, "rt", people([{"site": s} for s in "ababababababb"]), 300, chance())
    assert (found[:, 0:6:2].sum(axis=1) == 2).all()
    assert (found[:, 1:7:2].sum(axis=1) == 2).all()
    assert set(found[:, :3].sum(axis=1).tolist()) == {1, 2, 3}


def test_sizes_of_blocks_are_drawn_again() -> None:
    method = PermutedBlocks(ratio={"control": 1, "rt": 2}, block_sizes=(3, 6))
    found = redrawn(method, "rt", people([{}] * 3), 20_000, chance())
    expected = 0.5 + 0.5 * 0.6  # a block of three always has two; of six, three hold two with 12/20
    assert (found.sum(axis=1) == 2).mean() == pytest.approx(expected, abs=4 * sqrt(0.16 / 20_000))


def books(method: AnyMethod | None = None, *, events=True):
    """Sixteen, randomized in turn; those with radiotherapy progress later."""
    found = []
    for number in range(16):
        arm = "rt" if number % 2 else "control"
        facts = [assessed(1, 56, "SD"), cycle("1", 3)]
        if events and number < 12:
            facts.append(progressed("1", 60 + 15 * number + (90 if arm == "rt" else 0)))
        found.append(casebook(f"1-{number:02d}", arm, *facts, levels={
            "ecog": str(number % 3 // 2), "residual_burden": "low", "maintenance": "io_alone",
        }))  # fmt: skip
    return found


def drawn_again(protocol=None, held=None, data_cut=None, **more):
    protocol, held = protocol or trial(), held if held is not None else books()
    endpoint = next(one for one in protocol.endpoints if one.id == protocol.analysis.primary)
    data_cut = data_cut or cut()
    return rerandomized(protocol, endpoint, time_rows(protocol, endpoint, held, data_cut), held, data_cut, OPEN, **more)


def test_the_flagship_is_drawn_again_by_minimization_and_says_how_well_p_is_known() -> None:
    found = drawn_again()
    assert (found.arm, found.control, found.method) == ("rt", "control", "minimization")
    assert found.test.replicates == REPLICATES
    assert found.test.p_one_sided < 0.1 < 1 - found.test.p_one_sided
    assert found.error == pytest.approx(monte_carlo_error(found.test.p, REPLICATES), abs=0)
    assert monte_carlo_error(0.1, 10_000) == pytest.approx(0.003, abs=1e-12)
    assert rerandomization_json(found)["p_monte_carlo_error"] == found.error


def test_the_same_record_and_plan_give_the_same_p_and_another_plan_draws_anew() -> None:
    assert drawn_again(replicates=500) == drawn_again(replicates=500)
    other = drawn_again(replicates=500, data_cut=replace(cut(), plan="another"))
    assert other.test.as_extreme != drawn_again(replicates=500).test.as_extreme


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"held": books()[:1]}, "needs 2 participants in each arm; rt has 0"),
        ({"held": books(events=False)}, "No event by this data cut"),
        (
            {"held": [casebook(str(n), "rt" if n % 2 else "control", progressed("1", 90 + n), levels={"ecog": "0"})
                      for n in range(4)]},
            "without a level of the factor residual_burden",
        ),
        ({"data_cut": replace(cut(), methods=((1, "another"),))}, "Epoch 1 of randomization allocated by another"),
    ],
)  # fmt: skip
def test_it_says_why_there_is_none(change, says) -> None:
    found = drawn_again(**change)
    assert found.test is None
    assert says in found.reason.say()
    assert rerandomization_json(found)["p"] is None


def test_the_method_committed_to_is_the_plans() -> None:
    digest = configuration_digest(trial().randomization)
    assert drawn_again(data_cut=replace(cut(), methods=((1, digest),)), replicates=50).test is not None


def test_several_experimental_arms_are_declined() -> None:
    plan = trial()
    third = replace(plan.arms[0], id="third", role="experimental")
    found = drawn_again(replace(plan, arms=(*plan.arms, third)))
    assert "compares one experimental arm with control; the protocol has 2" in found.reason.say()


def test_an_endpoint_that_depends_on_the_arm_is_declined() -> None:
    plan = trial()
    endpoint = next(one for one in plan.endpoints if one.kind == "time_to_event" and one.depends_on_arm)
    held = books()
    found = rerandomized(plan, endpoint, time_rows(plan, endpoint, held, cut()), held, cut(), OPEN)
    assert "would not stay as it is under arms drawn again" in found.reason.say()


def test_who_came_before_the_cutoff_is_tested_and_the_others_stay_out() -> None:
    early = cut(date(2026, 5, 20))
    held = books()
    found = drawn_again(held=held, data_cut=early, replicates=200)
    plan = trial()
    endpoint = next(one for one in plan.endpoints if one.id == plan.analysis.primary)
    rows = time_rows(plan, endpoint, held, early)
    treated = [row.arm == "rt" for row in rows]
    strata = [dict(row.levels)["ecog"] for row in rows]
    expected = sum(
        by_hand(*zip(*[(row.time.days, row.time.is_event, arm) for row, arm, own in zip(rows, treated, strata,
                                                                                     strict=True) if own == level],
                     strict=True))
        for level in set(strata)
    )  # fmt: skip
    assert found.test.score == pytest.approx(expected, abs=1e-9)


def choice(population="itt"):
    plan = trial()
    endpoint = next(one for one in plan.endpoints if one.id == plan.analysis.primary)
    return Choice(endpoint, "", population, plan.analysis.strata, "efron", "log", None)


def test_nothing_of_it_is_computed_without_leave() -> None:
    found = analyse(trial(), choice(), books(), cut(), None).result
    assert isinstance(found, Survival)
    assert found.rerandomized is None
    pooled = find(trial(), books(), cut(), None, everyone="All", sites={})
    assert all(one.rerandomized is None for one in pooled.times)
    estimates = [(one.endpoint, one.estimate) for one in pooled.times]
    assert "rerandomization" not in str(document(trial(), cut(), estimates, None))


def test_the_report_and_the_workspace_find_the_same() -> None:
    mine = analyse(trial(), choice(), books(), cut(), OPEN).result
    report = find(trial(), books(), cut(), OPEN, everyone="All", sites={})
    tests = [one.rerandomized for one in report.times if one.rerandomized is not None]
    assert isinstance(mine, Survival)
    assert tests == [mine.rerandomized]
    assert tests[0].test is not None


def test_another_population_says_that_it_is_not_tested() -> None:
    found = analyse(trial(), choice("safety"), books(), cut(), OPEN).result
    assert isinstance(found, Survival)
    assert found.rerandomized.test is None
    assert "another population is chosen" in found.rerandomized.reason.say()


@pytest.mark.parametrize(
    "method",
    [
        Simple(ratio=EVEN),
        PermutedBlocks(ratio=EVEN, block_sizes=(2, 4)),
        Minimization(ratio=EVEN, strata=("ecog",), probability=Decimal("0.8")),
    ],
)
def test_without_an_effect_p_is_uniform(method) -> None:
    draws = np.random.default_rng(7)
    levels = [{"ecog": str(number % 2)} for number in range(20)]
    found = []
    for number in range(150):
        time, event = draws.exponential(10, 20), draws.random(20) < 0.8
        own = redrawn(method, "rt", people(levels), 1, chance(f"arms {number}"))[0]
        if not 0 < own.sum() < 20:
            continue
        again = redrawn(method, "rt", people(levels), 199, chance(f"replicates {number}"))
        found.append(rerandomization_test(time, event, own, again).p)
    assert np.mean(found) == pytest.approx(0.5, abs=4 * sqrt(1 / 12 / len(found)))
    for level in (0.1, 0.5):
        error = sqrt(level * (1 - level) / len(found))
        assert np.mean(np.array(found) <= level) == pytest.approx(level, abs=4 * error)


def test_an_entry_about_something_else_does_not_draw_anew() -> None:
    assert drawn_again(data_cut=replace(cut(), head="f" * 64, position=1000)) == drawn_again()
