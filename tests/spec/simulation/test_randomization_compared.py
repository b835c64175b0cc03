"""Ways of randomizing compared: what a guesser gets right is known where it can be worked out by hand."""

import dataclasses

import pytest

from equipoise.simulation.one_trial import imagine
from equipoise.simulation.randomization_comparison import Judged, compare, recommend, usual_methods
from equipoise.simulation.results import Proportion
from equipoise.simulation.trials import Allocation
from simulated_designs import exponential

DESIGN = exponential(0.7)


def judged(allocation, *, sites=1, trials=2_000):
    return compare(DESIGN, {"it": allocation}, sites=sites, trials=trials, seed=1).methods[0]


def test_simple_randomization_cannot_be_guessed():
    found = judged(Allocation("simple"), sites=6)
    assert (found.own_site, found.all_sites) == (0.5, 0.5)


@pytest.mark.parametrize(("size", "right"), [(2, 3 / 4), (4, 17 / 24)])
def test_blocks_of_one_list_are_guessed_as_blackwell_and_hodges_say(size, right):
    """In a block of 4: places are guessed right with chance 1/2, 2/3, 2/3 and 1, in all 17/24."""
    found = judged(Allocation("permuted_blocks", block_sizes=(size,)))
    assert found.all_sites == pytest.approx(right, abs=0.005)
    assert found.own_site == found.all_sites


def test_minimization_without_chance_is_wholly_predictable_to_who_sees_all_but_for_ties():
    sure = judged(Allocation("minimization", factors=("stratum",), preferred=1.0))
    coin = judged(Allocation("minimization", factors=("stratum",), preferred=0.6))
    assert sure.all_sites == pytest.approx(0.75, abs=0.02)
    assert coin.all_sites == pytest.approx(0.5 + 0.1 * 0.7, abs=0.04)
    assert sure.margins < coin.margins


def test_a_site_that_sees_only_itself_guesses_worse():
    found = judged(Allocation("permuted_blocks", factors=("stratum",), block_sizes=(4,)), sites=10)
    assert found.own_site < found.all_sites - 0.1


def test_balancing_sites_balances_sites_and_is_easier_to_guess_there():
    methods = usual_methods(dataclasses.replace(DESIGN, allocation=Allocation("minimization", factors=("stratum",))))
    found = {one.name: one for one in compare(DESIGN, methods, sites=6, trials=1_000, seed=2).methods}
    assert found["minimization with site"].sites < found["minimization"].sites
    assert found["minimization with site"].own_site > found["minimization"].own_site
    assert found["minimization"].margins < found["simple"].margins
    for one in found.values():
        assert one.null_rate.value == pytest.approx(0.1, abs=0.04)


def test_the_judged_sequences_are_the_methods_own():
    """The overall difference judged is that of the arms in the trials themselves."""
    allocation = Allocation("simple")
    found = judged(allocation, trials=50)
    design = dataclasses.replace(DESIGN, allocation=allocation)
    arms = [imagine(design, seed=1, trial=trial).arm for trial in range(50)]
    assert found.overall == pytest.approx(sum(abs(2 * int(one.sum()) - one.size) for one in arms) / 50)


def some(name, own_site, margins, power):
    share = Proportion(power, 0.0, power, power)
    return Judged(name, Allocation(), own_site, 0.7, 1.0, margins, 1.0, 1.0, share, share)


def test_the_recommendation_takes_balance_among_what_a_site_cannot_guess():
    chosen, reason = recommend(
        [some("tight", 0.8, 0.5, 0.9), some("fair", 0.55, 1.0, 0.85), some("loose", 0.5, 4.0, 0.85)]
    )
    assert chosen == "fair"
    assert "left out as too easily guessed by a site: tight" in reason


def test_where_all_can_be_guessed_the_least_guessable_is_taken():
    assert recommend([some("a", 0.9, 0.5, 0.9), some("b", 0.8, 1.0, 0.85)])[0] == "b"
