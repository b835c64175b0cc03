"""Run a design many times: fixed blocks of trials shared out among threads, tallied in whole numbers.

The same seed, design and number of trials give the same result for any number of threads and any chunks: a trial's
draws depend on its own number alone, and tallies add up to the same in any order.
"""

import threading
from collections.abc import Callable

import numpy as np

from equipoise.kernel.errors import InputError
from equipoise.simulation.kernels import simulate
from equipoise.simulation.layout import OUTPUTS
from equipoise.simulation.philox import key_of
from equipoise.simulation.results import Result, summarize
from equipoise.simulation.tables import Tables, tables
from equipoise.simulation.tally import Tally
from equipoise.simulation.trials import TrialDesign
from equipoise.statistics.normal import normal_quantile

BLOCK = 2048
"""Trials in a block: some milliseconds of work."""

MOST_TRIALS = 1_000_000_000


def run(
    design: TrialDesign,
    *,
    trials: int,
    seed: int | str,
    threads: int = 1,
    first: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Result:
    """Simulate `trials` trials, numbered from `first`, and summarize them.

    `progress` is called with the number of trials done. On KeyboardInterrupt the blocks already done are kept and the
    result says that it was cut short. Raises InputError for a number of trials that cannot be.
    """
    return summarize(design, tally(design, trials=trials, seed=seed, threads=threads, first=first, progress=progress))


def tally(
    design: TrialDesign,
    *,
    trials: int,
    seed: int | str,
    threads: int = 1,
    first: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Tally:
    """The tally of a run, to be merged with those of other chunks of the same design and seed."""
    if not 1 <= trials <= MOST_TRIALS:
        raise InputError("the number of trials is out of range", seen=trials, wanted=f"1 to {MOST_TRIALS}")
    if threads < 1:
        raise InputError("the number of threads is out of range", seen=threads, wanted="1 or more")
    laid = tables(design, key_of(seed, design.name))
    total = Tally(len(design.looks.events), design.longest)
    starts = range(first, first + trials, BLOCK)
    _crew(_Worker(design, laid), starts, first + trials, min(threads, len(starts)), total, progress)
    return total


def _crew(
    worker: "_Worker", starts: range, end: int, threads: int, total: Tally, progress: Callable[[int], None] | None
) -> None:
    """Share the blocks out among threads, each of which adds what it has done to the total.

    The calling thread only waits, so that an interruption, which reaches no other, never falls into an addition.
    """
    ahead, lock, stop = iter(starts), threading.Lock(), threading.Event()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            while not stop.is_set():
                with lock:
                    start = next(ahead, None)
                if start is None:
                    return
                block = worker.block(start, min(BLOCK, end - start))
                with lock:
                    if stop.is_set():
                        return
                    total.merge(block)
                    if progress is not None:
                        progress(total.trials)
        except BaseException as error:  # handed to the calling thread, which raises it
            failures.append(error)
            stop.set()

    crew = [threading.Thread(target=work) for _ in range(threads)]
    for thread in crew:
        thread.start()
    try:
        for thread in crew:
            while thread.is_alive():
                thread.join(0.2)
    except KeyboardInterrupt:
        stop.set()
        total.interrupted = True
        for thread in crew:
            thread.join()
    for failure in failures:
        if not isinstance(failure, KeyboardInterrupt):
            raise failure
        total.interrupted = True


class _Worker:
    """Simulates blocks; each thread has its own scratch."""

    def __init__(self, design: TrialDesign, laid: Tables) -> None:
        self._laid = laid
        self._longest, self._looks = design.longest, len(design.looks.events)
        self._true = float(np.log(design.hazard_ratio)) if design.hazard_ratio is not None else None
        self._quantile = normal_quantile(0.5 + design.confidence / 2.0)
        self._own = threading.local()

    def block(self, first: int, trials: int) -> Tally:
        """Simulate and tally some consecutive trials."""
        if not hasattr(self._own, "scratch"):
            self._own.scratch = self._laid.scratch()
            self._own.out = np.zeros((BLOCK, OUTPUTS))
        out = self._own.out[:trials]
        simulate(self._laid.plan, first, trials, *self._laid.inputs, *self._own.scratch, out)
        found = Tally(self._looks, self._longest)
        found.add(out, self._true, self._quantile)
        return found
