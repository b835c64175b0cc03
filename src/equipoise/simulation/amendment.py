"""What an amendment does to what the trial can show: both versions simulated, with the same chance behind them.

Trial by trial both versions draw the same numbers for the same participants, so that chance cancels out of the
difference and a small one shows (common random numbers; Law, Simulation Modeling and Analysis, chapter 11). The
interval of a difference comes from the spread over batches of trials (batch means, Student's t).

An amendment changes a trial, not the disease. A median observed at scans says how fast tumours grow together with how
often one looks; where a version moves the scans and keeps that median, tumours go on growing as under the old dates.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.kernel.errors import InputError
from equipoise.protocol.model import Protocol, Scenario
from equipoise.simulation.results import Result, summarize
from equipoise.simulation.run import tally
from equipoise.simulation.scenario_hazards import latent_median
from equipoise.simulation.scenarios import scans_of, trial_of
from equipoise.simulation.tally import Tally
from equipoise.simulation.trials import LONGEST_TRIAL, TrialDesign

BATCHES = 20
STUDENT = 2.0930240544083
"""The 97.5 % point of Student's t with `BATCHES - 1` degrees of freedom."""
FEWEST_TRIALS = 10 * BATCHES


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure under the old and the new version, and what changes, with its 95 % Monte-Carlo interval.

    None where a version has no such figure; the interval is None too where the run was cut short.
    """

    old: float | None
    new: float | None
    change: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class ScenarioChange:
    """What changes in one scenario. Duration is in months, events in number; `same` says both designs are one.

    `growth_kept` says that the median, observed at scans, was read at the old version's dates for both.
    """

    scenario: str
    label: str
    trials: int
    interrupted: bool
    same: bool
    growth_kept: bool
    power: Difference
    duration: Difference
    events: Difference
    old: Result
    new: Result


@dataclass(frozen=True, slots=True)
class AmendmentForecast:
    """Every scenario both versions have, and the ids that only one of them has."""

    changes: tuple[ScenarioChange, ...]
    only_old: tuple[str, ...]
    only_new: tuple[str, ...]


def amendment_forecast(
    old: Protocol, new: Protocol, *, trials: int, seed: int | str, threads: int = 1,
    progress: Callable[[int], None] | None = None,
) -> AmendmentForecast:  # fmt: skip
    """Simulate both versions in every scenario they share. `progress` is told the trials done, of both versions.

    Raises InputError for too few trials to give an interval, EstimationError where a version makes no trial.
    """
    if trials < FEWEST_TRIALS:
        raise InputError("there are too few trials for an interval", seen=trials, wanted=f"{FEWEST_TRIALS} or more")
    before, after = ({one.id: one for one in version.scenarios} for version in (old, new))
    shared = [name for name in before if name in after]
    found: list[ScenarioChange] = []
    for place, name in enumerate(shared):
        kept = growth_kept(old, before[name], new, after[name])
        designs = trial_of(old, before[name]), trial_of(new, kept)
        done = 2 * trials * place

        def told(count: int, done: int = done) -> None:
            if progress is not None:
                progress(done + count)

        change = _scenario(name, after[name].label, *designs, trials, seed, threads, told)
        found.append(replace(change, growth_kept=kept is not after[name]))
        if found[-1].interrupted:
            break
    return AmendmentForecast(
        tuple(found),
        tuple(name for name in before if name not in after),
        tuple(name for name in after if name not in before),
    )


def growth_kept(old: Protocol, before: Scenario, new: Protocol, after: Scenario) -> Scenario:
    """The new version's scenario, its tumours growing as under the old one where only the dates of scans moved."""
    scans = scans_of(old, before, LONGEST_TRIAL)
    unmoved = scans == scans_of(new, replace(after, missed_scans=before.missed_scans), LONGEST_TRIAL)
    stated = (before.medians, before.control_pfs_median) == (after.medians, after.control_pfs_median)
    if unmoved or not stated or before.medians == "latent" or scans is None:
        return after
    months = Decimal(repr(latent_median(before, scans) / DAYS_PER_MONTH))
    return replace(after, medians="latent", control_pfs_median=months)


def _scenario(
    name: str, label: str, old: TrialDesign, new: TrialDesign, trials: int, seed: int | str, threads: int,
    progress: Callable[[int], None],
) -> ScenarioChange:  # fmt: skip
    new = replace(new, name=old.name)  # the name is part of the streams' key
    pairs: list[tuple[Tally, Tally]] = []
    interrupted, first = False, 0
    for batch in range(BATCHES):
        size = trials * (batch + 1) // BATCHES - first
        one = tally(old, trials=size, seed=seed, threads=threads, first=first)
        other = one if old == new else tally(new, trials=size, seed=seed, threads=threads, first=first)
        interrupted = one.interrupted or other.interrupted
        if interrupted:
            break
        pairs.append((one, other))
        first += size
        progress(2 * first)
    totals = Tally(len(old.looks.events), old.longest), Tally(len(new.looks.events), new.longest)
    for pair in pairs:
        for total, part in zip(totals, pair, strict=True):
            total.merge(part)
    results = summarize(old, totals[0]), summarize(new, totals[1])
    return ScenarioChange(
        scenario=name,
        label=label,
        trials=first,
        interrupted=interrupted,
        same=old == new,
        growth_kept=False,
        power=_difference(results, pairs, lambda one: one.power.value, (old, new)),
        duration=_difference(results, pairs, lambda one: one.duration.mean, (old, new)),
        events=_difference(results, pairs, lambda one: one.events, (old, new)),
        old=results[0],
        new=results[1],
    )


def _difference(
    results: tuple[Result, Result], pairs: list[tuple[Tally, Tally]], figure: Callable[[Result], float | None],
    designs: tuple[TrialDesign, TrialDesign],
) -> Difference:  # fmt: skip
    old, new = figure(results[0]), figure(results[1])
    if old is None or new is None:
        return Difference(old, new, None, None, None)
    change, steps = new - old, []
    for pair in pairs:
        before, after = (figure(summarize(design, part)) for design, part in zip(designs, pair, strict=True))
        if before is not None and after is not None:
            steps.append(after - before)
    if len(steps) < BATCHES:
        return Difference(old, new, change, None, None)
    mean = math.fsum(steps) / BATCHES
    spread = math.sqrt(math.fsum((step - mean) ** 2 for step in steps) / (BATCHES - 1) / BATCHES)
    return Difference(old, new, change, change - STUDENT * spread, change + STUDENT * spread)
