"""Ways of randomizing compared: what a guesser gets right is known where it can be worked out by hand."""

import dataclasses

import pytest

from equipoise.simulation.one_trial import imagine
from equipoise.simulation.randomization_comparison import (
    Average,
    Judged,
    compare,
    is_same,
    judge_method,
    recommend,
    usual_methods,
)
from equipoise.simulation.results import Proportion
from equipoise.simulation.trials import Allocation
from simulated_designs import exponential

DESIGN = exponential(0.7)


def judged(allocation, *, sites=1, trials=2_000):
    return judge_method(DESIGN, "simple", allocation, sites=sites, trials=trials, seed=1)


def test_simple_randomization_cannot_be_guessed():
    found = judged(Allocation("simple"), sites=6)
    assert (found.own_site.value, found.all_sites.value) == (0.5, 0.5)


def test_simple_randomization_at_one_to_two_is_guessed_by_its_odds():
    """With nothing to lean on, a guess names an arm by the ratio: right with (1/3)^2 + (2/3)^2 = 5/9."""
    found = judged(Allocation("simple", 1, 2), sites=6)
    assert found.own_site.lower < 5 / 9 < found.own_site.upper
    assert found.own_site == found.all_sites


@pytest.mark.parametrize(("size", "right"), [(2, 3 / 4), (4, 17 / 24)])
def test_blocks_of_one_list_are_guessed_as_blackwell_and_hodges_say(size, right):
    """In a block of 4: places are guessed right with chance 1/2, 2/3, 2/3 and 1, in all 17/24."""
    found = judged(Allocation("permuted_blocks", block_sizes=(size,)))
    assert found.all_sites.value == pytest.approx(right, abs=0.005)
    assert found.own_site == found.all_sites


def test_minimization_without_chance_is_wholly_predictable_to_who_sees_all_but_for_ties():
    sure = judged(Allocation("minimization", factors=("stratum",), preferred=1.0))
    coin = judged(Allocation("minimization", factors=("stratum",), preferred=0.6))
    assert sure.all_sites.value == pytest.approx(0.75, abs=0.02)
    assert coin.all_sites.value == pytest.approx(0.5 + 0.1 * 0.7, abs=0.04)
    assert sure.margins.value < coin.margins.value


def test_a_site_that_sees_only_itself_guesses_worse():
    found = judged(Allocation("permuted_blocks", factors=("stratum",), block_sizes=(4,)), sites=10)
    assert found.own_site.value < found.all_sites.value - 0.1


def test_balancing_sites_balances_sites_and_is_easier_to_guess_there():
    methods = usual_methods(dataclasses.replace(DESIGN, allocation=Allocation("minimization", factors=("stratum",))))
    found = {one.id: one for one in compare(DESIGN, methods, sites=6, trials=1_000, seed=2).methods}
    assert found["minimization_site"].sites.upper < found["minimization"].sites.lower
    assert found["minimization_site"].own_site.lower > found["minimization"].own_site.upper
    assert found["minimization"].margins.upper < found["simple"].margins.lower
    for one in found.values():
        assert one.null_rate.value == pytest.approx(0.1, abs=0.04)


def test_the_judged_sequences_are_the_methods_own():
    """The overall difference judged is that of the arms in the trials themselves."""
    allocation = Allocation("simple")
    found = judged(allocation, trials=50)
    design = dataclasses.replace(DESIGN, allocation=allocation)
    arms = [imagine(design, seed=1, trial=trial).arm for trial in range(50)]
    assert found.overall.value == pytest.approx(sum(abs(2 * int(one.sum()) - one.size) for one in arms) / 50)


def test_an_interval_is_that_of_the_mean_over_trials():
    """Simple randomization of 120 leaves a mean difference of about sqrt(2 n / pi), spread sqrt(n (1 - 2 / pi))."""
    found = judged(Allocation("simple"), trials=2_000).overall
    assert found.lower < (240 / 3.14159) ** 0.5 < found.upper
    assert found.upper - found.lower == pytest.approx(2 * 1.96 * (120 * (1 - 2 / 3.14159) / 2_000) ** 0.5, rel=0.1)


def test_the_protocol_s_own_way_is_among_those_compared():
    blocks = Allocation("permuted_blocks", factors=("stratum",), block_sizes=(4,))
    odd = Allocation("permuted_blocks", block_sizes=(2,))
    assert is_same(usual_methods(dataclasses.replace(DESIGN, allocation=blocks))["blocks"], blocks)
    assert usual_methods(dataclasses.replace(DESIGN, allocation=odd))["own"] is odd
    assert not is_same(blocks, odd)
    assert is_same(Allocation("simple", factors=("stratum",)), Allocation("simple"))


def some(name, own_site=0.5, margins=1.0, power=0.85, all_sites=0.7, *, own=False):
    def around(value, half):
        return Average(value, value - half, value + half)

    return Judged(
        name, Allocation(), own, around(own_site, 0.001), around(all_sites, 0.001), around(1.0, 0.01),
        around(margins, 0.01), around(1.0, 0.01), around(1.0, 0.01),
        Proportion(power, 0.005, power - 0.01, power + 0.01), Proportion(0.1, 0.005, 0.09, 0.11),
    )  # fmt: skip


def test_the_advice_takes_balance_among_what_a_site_cannot_guess():
    advice = recommend(
        [some("blocks_site", 0.8, 0.5), some("minimization", 0.55, 1.0, own=True), some("simple", 0.5, 4.0)]
    )
    assert advice.method == "minimization"
    why, gives_up, left_out, own = (one.say("en") for one in advice.sentences)
    assert why.startswith("Take minimization: between the arms each level of the randomization factors differs by 1.0")
    assert gives_up == (
        "What it gives up: with simple randomization a site guesses 50 % of its own allocations, not 55 %; with "
        "stratified permuted blocks within sites the levels of the factors differ by 0.5 participants, not 1.0."
    )
    assert left_out.endswith("more than 65 % of its own allocations: stratified permuted blocks within sites.")
    assert own == "It is the protocol's own method."


def test_among_methods_as_balanced_the_least_guessed_is_taken():
    advice = recommend(
        [some("minimization_site", 0.60, 1.0), some("minimization", 0.52, 1.2), some("simple", 0.5, 8.0)]
    )
    assert advice.method == "minimization"


def test_where_all_can_be_guessed_the_least_guessable_is_taken():
    advice = recommend([some("blocks", 0.9, 0.5), some("blocks_site", 0.8, 1.0)])
    assert advice.method == "blocks_site"
    assert advice.why.say("en").startswith("Every method lets a site guess more than 65 %")


def test_a_stricter_limit_changes_the_advice():
    judged = [some("minimization", 0.55, 1.0), some("simple", 0.5, 8.0)]
    assert recommend(judged).method == "minimization"
    assert recommend(judged, 0.52).method == "simple"


def test_what_is_not_better_than_chance_is_not_given_up():
    advice = recommend([some("minimization", 0.5, 1.0, 0.850), some("simple", 0.5, 1.1, 0.855)])
    assert advice.gives_up.say("en") == "It gives up nothing that this comparison can see."
    much = recommend([some("minimization", 0.5, 1.0, 0.85), some("blocks", 0.5, 1.4, 0.90, own=True)])
    assert "with stratified permuted blocks the planned test has 90 % power, not 85 %" in much.gives_up.say("en")
    assert much.others[0].say("en").startswith("The protocol's own method is stratified permuted blocks: ")
    assert "把握度为 90 %" in much.gives_up.say("zh-hans")
