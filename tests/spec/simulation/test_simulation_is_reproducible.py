"""The same seed gives the same numbers for any number of threads and any chunks; another seed gives others."""

import dataclasses

import pytest

from equipoise.kernel.errors import EstimationError, InputError
from equipoise.simulation.one_trial import imagine
from equipoise.simulation.results import summarize
from equipoise.simulation.run import BLOCK, run, tally
from equipoise.simulation.trials import Allocation, Looks, Scans, Site, SiteAccrual, UniformAccrual
from simulated_designs import exponential

DESIGN = exponential(0.6, looks=Looks((45, 90), (1.9, 1.35)), scans=Scans(tuple(range(56, 7000, 56)), 7, 0.1))


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_threads_move_nothing(threads):
    trials = 5 * BLOCK + 17
    assert run(DESIGN, trials=trials, seed=1, threads=threads) == run(DESIGN, trials=trials, seed=1, threads=1)


def test_chunks_in_any_order_add_up_to_the_whole():
    whole = run(DESIGN, trials=5_000, seed=1)
    parts = [
        tally(DESIGN, trials=count, seed=1, first=first) for first, count in ((3_000, 2_000), (0, 999), (999, 2_001))
    ]
    total = parts[0]
    for part in parts[1:]:
        total.merge(part)
    assert summarize(DESIGN, total) == whole


def test_another_seed_or_scenario_gives_other_trials():
    first = run(DESIGN, trials=1_000, seed=1)
    assert run(DESIGN, trials=1_000, seed=2).mean_log_hr != first.mean_log_hr
    other = dataclasses.replace(DESIGN, name="another")
    assert run(other, trials=1_000, seed=1).mean_log_hr != first.mean_log_hr


def test_one_trial_is_the_run_s_own():
    outcomes = [imagine(DESIGN, seed=1, trial=trial).outcome["log_hr"] for trial in range(20)]
    assert run(DESIGN, trials=20, seed=1).mean_log_hr == pytest.approx(sum(outcomes) / 20, abs=1e-9)


def test_a_trial_s_draws_do_not_depend_on_what_else_the_design_asks():
    plain, scanned = (
        imagine(exponential(), seed=3, trial=5),
        imagine(exponential(scans=Scans((56, 112, 168), 0)), seed=3, trial=5),
    )
    assert (plain.arrival == scanned.arrival).all()
    assert (plain.arm == scanned.arm).all()
    assert (plain.progression == scanned.progression).all()


def test_an_interrupted_run_keeps_what_is_done():
    def stop(done):
        if done >= 2 * BLOCK:
            raise KeyboardInterrupt

    for threads in (1, 2):
        result = run(DESIGN, trials=50 * BLOCK, seed=1, threads=threads, progress=stop)
        assert result.interrupted
        assert result.trials == 2 * BLOCK
        assert 0.0 < result.power.value < 1.0


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: exponential(accrual=UniformAccrual(0.0)), EstimationError, "Nobody can be accrued in no time"),
        (lambda: exponential(accrual=SiteAccrual((Site(0.0, 0.0),))), EstimationError, "Nobody is accrued"),
        (lambda: exponential(events=200), EstimationError, "200 events cannot come from 120 participants"),
        (lambda: exponential(looks=Looks((90, 45), (2.0, 1.3))), InputError, "looks are out of order"),
        (lambda: exponential(looks=Looks((), ())), InputError, "each look needs its number of events"),
        (lambda: exponential(subjects=1, events=1), InputError, "number of participants is out of range"),
        (lambda: exponential(endpoint="os"), EstimationError, "no deaths are simulated"),
        (lambda: exponential(allocation=Allocation(block_sizes=(3,))), InputError, "multiple of 2"),
        (
            lambda: exponential(allocation=Allocation(factors=("site",))),
            InputError,
            "factor is named that is not described",
        ),
        (lambda: exponential(scans=Scans((56, 50))), InputError, "days of scans are out of order"),
        (lambda: exponential(scans=Scans((56, 112), 28)), InputError, "window of a scan reaches the next"),
        (lambda: run(DESIGN, trials=0, seed=1), InputError, "number of trials is out of range"),
        (lambda: run(DESIGN, trials=10, seed=1, threads=0), InputError, "number of threads is out of range"),
    ],
)
def test_what_cannot_be_simulated_is_refused(make, error, words):
    with pytest.raises(error, match=words):
        make()
