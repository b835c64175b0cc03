"""Trials with several experimental arms against one control: simulated, a result a comparison and one of the whole.

Each comparison is tested at the plan's alpha, in the events of its own two arms, when all arms together have theirs.
The protocol states no multiplicity rule in a form that could be computed, so nothing is adjusted on top: that the
plan's alpha is the level of one comparison (Bonferroni's rule already applied, say) is an assumption, and the chance
that any comparison rejects is given beside it.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from equipoise.kernel.errors import InputError
from equipoise.protocol.model import Protocol, Scenario
from equipoise.simulation.arms_kernel import simulate_arms
from equipoise.simulation.arms_plan import arms_allocation
from equipoise.simulation.layout import METHOD_BLOCKS, METHOD_MINIMIZATION, METHOD_SIMPLE, OUTPUTS
from equipoise.simulation.philox import key_of
from equipoise.simulation.results import Proportion, Result, Spread, summarize
from equipoise.simulation.scenarios import control_arm, design_of, experimental_arms, looks_of
from equipoise.simulation.tables import tables
from equipoise.simulation.tally import Tally
from equipoise.simulation.trials import TrialDesign
from equipoise.statistics.normal import normal_quantile

_METHODS = {"permuted_blocks": METHOD_BLOCKS, "minimization": METHOD_MINIMIZATION}

BLOCK = 512
"""Trials in a block: it sets how soon an interruption is heeded, and moves no number."""


@dataclass(frozen=True, slots=True)
class ArmsDesign:
    """A trial with several experimental arms. `trial` holds everything but the allocation; `ratio` has control first.

    Its looks count the events of all arms; its bounds are those of one comparison.
    """

    trial: TrialDesign
    method: int
    arms: tuple[str, ...]
    ratio: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ArmsResult:
    """A result by experimental arm, and what they come to together: shares of trials in which any or all reject."""

    name: str
    trials: int
    interrupted: bool
    comparisons: dict[str, Result]
    any_rejected: Proportion
    all_rejected: Proportion
    duration: Spread
    events: float
    enrolled: float


def arms_design(protocol: Protocol, scenario: Scenario) -> ArmsDesign:
    """The trial of one scenario, for any number of experimental arms. Raises EstimationError or InputError."""
    method = protocol.randomization
    control, arms = control_arm(protocol), experimental_arms(protocol)
    trial = design_of(protocol, scenario, arms_allocation(protocol), looks_of(protocol, arms[0]))
    code = _METHODS.get(method.method, METHOD_SIMPLE)
    return ArmsDesign(trial, code, arms, (method.ratio[control], *(method.ratio[arm] for arm in arms)))


def run_arms(
    design: ArmsDesign, *, trials: int, seed: int | str, threads: int = 1, progress: Callable[[int], None] | None = None
) -> ArmsResult:
    """Simulate `trials` trials. On KeyboardInterrupt the blocks already done are kept, and the result says so."""
    if not 1 <= trials <= 1_000_000_000:
        raise InputError("the number of trials is out of range", seen=trials, wanted="1 to 1000000000")
    trial = design.trial
    total = _Sums(design)
    lock, stop = threading.Lock(), threading.Event()

    def work(start: int) -> None:
        if stop.is_set():
            return
        block = _Sums(design)
        block.add(_block(design, seed, start, min(BLOCK, trials - start)))
        with lock:
            total.merge(block)
            if progress is not None:
                progress(total.whole.trials)

    with ThreadPoolExecutor(max(1, threads)) as crew:
        try:
            for _ in crew.map(work, range(0, trials, BLOCK)):
                pass
        except KeyboardInterrupt:
            stop.set()
            total.interrupt()
    results = {
        arm: replace(summarize(trial, tally), second=None) for arm, tally in zip(design.arms, total.own, strict=True)
    }
    done = max(total.whole.trials, 1)
    whole = summarize(trial, total.whole)
    return ArmsResult(
        name=trial.name,
        trials=total.whole.trials,
        interrupted=total.whole.interrupted,
        comparisons=results,
        any_rejected=Proportion.of(int(total.whole.rejected.sum()), done),
        all_rejected=Proportion.of(total.all_rejected, done),
        duration=whole.duration,
        events=whole.events,
        enrolled=whole.enrolled,
    )


class _Sums:
    """The tallies of the comparisons and of the whole."""

    def __init__(self, design: ArmsDesign) -> None:
        trial = design.trial
        looks = len(trial.looks.events)
        self.own = [Tally(looks, trial.longest) for _ in design.arms]
        self.whole = Tally(looks, trial.longest)
        self.all_rejected = 0
        self._true = float(np.log(trial.hazard_ratio)) if trial.hazard_ratio is not None else None
        self._quantile = normal_quantile(0.5 + trial.confidence / 2.0)

    def add(self, out: np.ndarray) -> None:
        for place, tally in enumerate(self.own):
            tally.add(out[:, place], self._true, self._quantile)
        self.whole.add(out[:, -1], None, self._quantile)
        self.all_rejected += int((out[:, :-1, 9] > 0.0).all(axis=1).sum())

    def merge(self, other: "_Sums") -> None:
        for mine, theirs in zip((*self.own, self.whole), (*other.own, other.whole), strict=True):
            mine.merge(theirs)
        self.all_rejected += other.all_rejected

    def interrupt(self) -> None:
        for tally in (*self.own, self.whole):
            tally.interrupted = True


def _block(design: ArmsDesign, seed: int | str, first: int, trials: int) -> np.ndarray:
    """The rows of outcomes of some consecutive trials: by trial, comparison (the whole last) and `layout.OUT`."""
    laid = tables(design.trial, key_of(seed, design.trial.name))
    laid.plan["method"] = design.method
    scratch = list(laid.scratch())
    arms = len(design.ratio)
    places = max(int(laid.plan["lists"][0]), int(laid.inputs.stratum_levels.max(initial=0)) + 1)
    scratch[-1] = np.zeros(arms * places * (1 + int(laid.plan["sites"][0])), np.int64)
    pairs = np.zeros((4, scratch[2].shape[1]), np.int32)
    out = np.zeros((trials, arms, OUTPUTS))
    simulate_arms(laid.plan, first, trials, np.array(design.ratio, np.int64), *laid.inputs, *scratch, pairs, out)
    return out
