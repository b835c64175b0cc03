"""W1: 10,000 whole trials of 120 participants with stratified log-rank, Cox by Efron and both medians; W1g with three
looks; W1x one million.

Beside them in the same run: numpy's generator alone (PCG64DXSM) drawing what such a trial draws, and, where Rscript and
survival are installed, an R loop around `survdiff.fit` and `coxph.fit` that does all of W1. CPU seconds; medians of
ratios over interleaved rounds, the first of each left out. numpy's floor draws only: no sorting, no logarithm of ours,
no analysis; it is given twice, with block orders as one whole number each and as shuffles.
"""

import dataclasses
import json
import math
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from equipoise.kernel.dates import DAYS_PER_MONTH as MONTH
from equipoise.simulation.run import BLOCK, run, tally
from equipoise.simulation.trials import (
    Allocation,
    FactorLevel,
    Hazards,
    Looks,
    StratumFactor,
    TrialDesign,
    UniformAccrual,
)
from equipoise.statistics.expected_events import Pieces
from equipoise.statistics.group_sequential import boundaries
from equipoise.statistics.normal import normal_quantile
from equipoise.statistics.spending import OBrienFlemingType

TRIALS, ROUNDS, R_TRIALS = 40_000, 7, 1_000


def w1() -> TrialDesign:
    """The design of W1."""
    hazard, dropout = math.log(2) / (7 * MONTH), Pieces.constant(-math.log(0.95) / 365.25)
    return TrialDesign(
        name="w1",
        subjects=120,
        accrual=UniformAccrual(24 * MONTH),
        control=Hazards(Pieces.constant(hazard), dropout=dropout),
        experimental=Hazards(Pieces.constant(0.6 * hazard), dropout=dropout),
        looks=Looks((90,), (normal_quantile(0.9),)),
        allocation=Allocation(factors=("stratum",), block_sizes=(4,)),
        factors=(StratumFactor("stratum", (FactorLevel("a", 0.5), FactorLevel("b", 0.5))),),
        hazard_ratio=0.6,
    )


def w1g() -> TrialDesign:
    """W1 with looks at 45, 68 and 90 events and O'Brien-Fleming-type bounds."""
    events = (45, 68, 90)
    bounds = boundaries([count / events[-1] for count in events], 0.1, OBrienFlemingType())
    return dataclasses.replace(w1(), looks=Looks(events, bounds.upper))


def numpy_draws(trials: int, *, shuffled: bool) -> None:
    """Arrivals, strata, block orders, event and dropout times of so many trials, drawn and thrown away."""
    chance = np.random.Generator(np.random.PCG64DXSM(1))
    orders = np.tile(np.array([0, 0, 1, 1], np.int8), (1000 * 31, 1))
    for _ in range(trials // 1000):
        chance.random((1000, 120))
        chance.random((1000, 120))
        if shuffled:
            chance.permuted(orders, axis=1)
        else:
            chance.integers(0, 6, (1000, 31))
        chance.standard_exponential((1000, 120))
        chance.standard_exponential((1000, 120))


def cost(work: Callable[[], object], trials: int) -> float:
    """CPU microseconds a trial."""
    started = time.process_time()
    work()
    return (time.process_time() - started) / trials * 1e6


def in_r(trials: int) -> float | None:
    """CPU microseconds a trial of the tuned R loop, or None without R."""
    if shutil.which("Rscript") is None:
        return None
    script = Path(__file__).with_name("_w1_peer.R")
    done = subprocess.run(["Rscript", str(script), str(trials)], capture_output=True, text=True, check=False)
    return float(done.stdout.split()[0]) if done.returncode == 0 and done.stdout else None


def cold(trials: int) -> tuple[float, float] | None:
    """CPU and wall seconds of `equipoise simulate` as a process: the protocol is parsed, bytecode compiled before."""
    command = Path(sys.executable).with_name("equipoise")
    if not command.exists():
        return None
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(Path(tempfile.gettempdir()) / "equipoise-bytecode")
    arguments = ["simulate", "nct07014202", "--scenario", "control_70_hr_060", "--trials", str(trials), "--json"]
    spent, taken = [], []
    for _ in range(5):
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run([str(command), *arguments], capture_output=True, text=True, check=True, env=environment)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert json.loads(done.stdout)["scenarios"][0]["trials"] == trials
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        taken.append(time.perf_counter() - started)
    return statistics.median(spent[1:]), statistics.median(taken[1:])


def peak() -> float:
    """The most memory this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure and print."""
    single, sequential = w1(), w1g()
    rounds: list[dict[str, float]] = []
    for _ in range(ROUNDS):
        measured = {
            "whole": cost(lambda: run(single, trials=TRIALS, seed=1), TRIALS),
            "draws": cost(lambda: numpy_draws(TRIALS, shuffled=False), TRIALS),
            "shuffles": cost(lambda: numpy_draws(TRIALS, shuffled=True), TRIALS),
            "looks": cost(lambda: run(sequential, trials=TRIALS, seed=1), TRIALS),
        }
        peer = in_r(R_TRIALS)
        if peer is not None:
            measured["r"] = peer
        rounds.append(measured)
    rounds = rounds[1:]

    def middle(name: str) -> float:
        return statistics.median(one[name] for one in rounds)

    def ratio(name: str, over: str) -> float:
        return statistics.median(one[name] / one[over] for one in rounds)

    print(f"W1   {middle('whole'):.2f} us CPU a trial, tally included")
    print(f"     numpy draws only {middle('draws'):.2f} us: W1 is {ratio('whole', 'draws'):.2f} times that (goal 2)")
    print(
        f"     numpy draws, shuffles too {middle('shuffles'):.2f} us: {ratio('whole', 'shuffles'):.2f} times (goal 2)"
    )
    if "r" in rounds[0]:
        print(f"     R survdiff.fit + coxph.fit {middle('r'):.0f} us: {ratio('r', 'whole'):.0f} times ours (goal 80)")
    else:
        print("     R is not installed here: its loop was left out")
    print(f"W1g  {middle('looks'):.2f} us: {ratio('looks', 'whole'):.2f} times W1 (goal 2)")

    million = 1_000_000
    run(single, trials=BLOCK, seed=1)
    before = peak()
    timings = {}
    for threads in (1, 2):
        started, used = time.perf_counter(), time.process_time()
        found = run(single, trials=million, seed=1, threads=threads)
        timings[threads] = (found, time.perf_counter() - started, time.process_time() - used)
        print(f"W1x  {threads} thread(s): {timings[threads][1]:.2f} s wall, {timings[threads][2]:.2f} s CPU")
    print(
        f"     two threads took {timings[2][1] / (timings[1][2] / 2):.3f} of half the CPU time of one (goal 1.05, two "
        f"idle cores), and {timings[2][2] / timings[1][2]:.3f} of its CPU time"
    )
    print(f"     memory grew by {peak() - before:.1f} MB over a million trials")
    half = tally(single, trials=400_000, seed=1)
    half.merge(tally(single, trials=600_000, seed=1, first=400_000))
    equal = timings[1][0] == timings[2][0] and half.log_hr.total / half.log_hr.count == (
        tally(single, trials=million, seed=1, threads=2).log_hr.total / million
    )
    print(f"     bits equal for 1 and 2 threads, and for chunks: {equal}")
    started_cold = cold(10_000)
    if started_cold is not None:
        print(
            f"cold `equipoise simulate`, the flagship's first scenario (scans, deaths, minimization in eight strata), "
            f"10,000 trials: {started_cold[0]:.2f} s CPU, {started_cold[1]:.2f} s wall (goal 1.5 s CPU)"
        )


if __name__ == "__main__":
    main()
