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
from equipoise.simulation.arms_kernel import simulate_arms
from equipoise.simulation.arms_plan import ArmsDesign
from equipoise.simulation.layout import NEVER, OUTPUTS
from equipoise.simulation.one_trial import Days
from equipoise.simulation.philox import key_of
from equipoise.simulation.results import Proportion, Result, Spread, summarize
from equipoise.simulation.run import MOST_TRIALS
from equipoise.simulation.tables import hazard_table, tables
from equipoise.simulation.tally import Tally
from equipoise.statistics.normal import normal_quantile

BLOCK = 512
"""Trials in a block: it sets how soon an interruption is heeded, and moves no number."""


@dataclass(frozen=True, slots=True)
class ImaginedArms:
    """One trial, participant by participant in the order of randomization: days, `layout.NEVER` for what never comes.

    `arm` is 0 for control, then the experimental arms in their order; the rest is as in `one_trial.ImaginedTrial`.
    """

    arrival: Days
    arm: Days
    progression: Days
    death: Days
    dropout: Days
    seen: Days


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


def run_arms(
    design: ArmsDesign, *, trials: int, seed: int | str, threads: int = 1, progress: Callable[[int], None] | None = None
) -> ArmsResult:
    """Simulate `trials` trials. On KeyboardInterrupt the blocks already done are kept, and the result says so."""
    total = tally_arms(design, trials=trials, seed=seed, threads=threads, progress=progress)
    done = max(total.whole.trials, 1)
    whole = summarize(design.trial, total.whole)
    return ArmsResult(
        name=design.trial.name,
        trials=total.whole.trials,
        interrupted=total.whole.interrupted,
        comparisons={
            arm: replace(summarize(pair, tally), second=None)
            for arm, pair, tally in zip(design.arms, design.pairs, total.own, strict=True)
        },
        any_rejected=Proportion.of(int(total.whole.rejected.sum()), done),
        all_rejected=Proportion.of(total.all_rejected, done),
        duration=whole.duration,
        events=whole.events,
        enrolled=whole.enrolled,
    )


def tally_arms(
    design: ArmsDesign, *, trials: int, seed: int | str, threads: int = 1, first: int = 0,
    progress: Callable[[int], None] | None = None,
) -> "ArmsTally":  # fmt: skip
    """The tallies of trials numbered from `first`, to be merged with those of other chunks of the design and seed."""
    if not 1 <= trials <= MOST_TRIALS:
        raise InputError("the number of trials is out of range", seen=trials, wanted=f"1 to {MOST_TRIALS}")
    total = ArmsTally(design)
    lock, stop = threading.Lock(), threading.Event()

    def work(start: int) -> None:
        if stop.is_set():
            return
        block = ArmsTally(design)
        block.add(_block(design, seed, start, min(BLOCK, first + trials - start)))
        with lock:
            total.merge(block)
            if progress is not None:
                progress(total.whole.trials)

    with ThreadPoolExecutor(max(1, threads)) as crew:
        try:
            for _ in crew.map(work, range(first, first + trials, BLOCK)):
                pass
        except KeyboardInterrupt:
            stop.set()
            total.interrupt()
    return total


class ArmsTally:
    """The tallies of the comparisons (`own`) and of the whole, whose rejections are those of any comparison."""

    def __init__(self, design: ArmsDesign) -> None:
        trial = design.trial
        looks = len(trial.looks.events)
        self.own = [Tally(looks, trial.longest) for _ in design.arms]
        self.whole = Tally(looks, trial.longest)
        self.all_rejected = 0
        known = [pair.hazard_ratio for pair in design.pairs]
        self._true = [float(np.log(one)) if one is not None else None for one in known]
        self._quantile = normal_quantile(0.5 + trial.confidence / 2.0)

    def add(self, out: np.ndarray) -> None:
        """Take in rows of outcomes."""
        for place, (tally, true) in enumerate(zip(self.own, self._true, strict=True)):
            tally.add(out[:, place], true, self._quantile)
        self.whole.add(out[:, -1], None, self._quantile)
        self.all_rejected += int((out[:, :-1, 9] > 0.0).all(axis=1).sum())

    def merge(self, other: "ArmsTally") -> None:
        """Take in another's."""
        for mine, theirs in zip((*self.own, self.whole), (*other.own, other.whole), strict=True):
            mine.merge(theirs)
        self.all_rejected += other.all_rejected

    def interrupt(self) -> None:
        """Say that the run was cut short."""
        for tally in (*self.own, self.whole):
            tally.interrupted = True


def imagine_arms(design: ArmsDesign, *, seed: int | str, trial: int) -> ImaginedArms:
    """Make trial number `trial` of a run, the same as the run made it."""
    small, pairs = _scratch_after(design, seed, trial, 1)[1:]
    rows = small[:, : design.trial.subjects].astype(np.int64)
    arrival, _, _, dropout, progression, death, _, seen = rows[:8]
    arms = pairs[0, : design.trial.subjects].astype(np.int64)
    return ImaginedArms(arrival, arms, progression, death, np.minimum(dropout, NEVER), seen)


def _block(design: ArmsDesign, seed: int | str, first: int, trials: int) -> np.ndarray:
    """The rows of outcomes of some consecutive trials: by trial, comparison (the whole last) and `layout.OUT`."""
    return _scratch_after(design, seed, first, trials)[0]


def _scratch_after(
    design: ArmsDesign, seed: int | str, first: int, trials: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """The rows of outcomes, and what the last trial left behind: participants, and their arms first of the pairs."""
    laid = tables(design.trial, key_of(seed, design.trial.name))
    laid.plan["method"] = design.method
    scratch = list(laid.scratch())
    arms = len(design.ratio)
    places = max(int(laid.plan["lists"][0]), int(laid.inputs.stratum_levels.max(initial=0)) + 1)
    scratch[-1] = np.zeros(arms * places * (1 + int(laid.plan["sites"][0])), np.int64)
    pairs = np.zeros((4, scratch[2].shape[1]), np.int32)
    out = np.zeros((trials, arms, OUTPUTS))
    starts, hazards = _hazard_tables(design)
    inputs = laid.inputs._replace(hazard_starts=starts, hazards=hazards)
    simulate_arms(laid.plan, first, trials, np.array(design.ratio, np.int64), *inputs, *scratch, pairs, out)
    return out, scratch[2], pairs


def _hazard_tables(design: ArmsDesign) -> tuple[np.ndarray, np.ndarray]:
    """A table of control and an arm for each experimental arm; one alone where they are all alike."""
    own = design.hazards if len(set(design.hazards)) > 1 else (design.trial.experimental,)
    starts, table = hazard_table(design.trial.control, *own)
    return starts, np.ascontiguousarray(np.stack([table[:, [0, place]] for place in range(1, len(own) + 1)]))
