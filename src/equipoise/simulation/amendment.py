"""What an amendment does to what the trial can show: both versions simulated, with the same chance behind them.

Trial by trial both versions draw the same numbers for the same participants, so that chance cancels out of the
difference and a small one shows (common random numbers; Law, Simulation Modeling and Analysis, chapter 11). The
interval of a difference comes from the spread over batches of trials (batch means, Student's t).

An amendment changes a trial, not the disease. A median observed at scans says how fast tumours grow together with how
often one looks; where a version moves the scans and keeps that median, tumours go on growing as under the old dates.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.kernel.errors import InputError
from equipoise.protocol.model import Protocol, Scenario
from equipoise.simulation.arms import tally_arms
from equipoise.simulation.arms_plan import AnyDesign, ArmsDesign, any_design, whole
from equipoise.simulation.results import Result, summarize
from equipoise.simulation.run import tally
from equipoise.simulation.scenario_hazards import latent_median
from equipoise.simulation.scenarios import scans_of
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

    `growth_kept` says that the median, observed at scans, was read at the old version's dates for both. With several
    experimental arms `power` is the chance that any comparison rejects, and `comparisons` has the power of each.
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
    comparisons: dict[str, Difference] = field(default_factory=dict)


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
        designs = any_design(old, before[name]), any_design(new, kept)
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
    if unmoved or _stated(before) != _stated(after) or before.medians == "latent" or scans is None:
        return after

    def latent(median: Decimal | None) -> Decimal:
        return Decimal(repr(latent_median(before, scans, median) / DAYS_PER_MONTH))

    by_arm = [replace(one, pfs_median=latent(one.pfs_median)) if one.pfs_median else one for one in after.by_arm]
    return replace(after, medians="latent", control_pfs_median=latent(None), by_arm=tuple(by_arm))


def _stated(scenario: Scenario) -> tuple[object, ...]:
    """What a scenario says of medians."""
    return scenario.medians, scenario.control_pfs_median, {one.arm: one.pfs_median for one in scenario.by_arm}


type _Batch = dict[str, Tally]
"""The tally of a whole trial under '', and of each comparison under its arm where there are several."""


def _tallied(design: AnyDesign, trials: int, seed: int | str, threads: int, first: int) -> _Batch:
    if not isinstance(design, ArmsDesign):
        return {"": tally(design, trials=trials, seed=seed, threads=threads, first=first)}
    found = tally_arms(design, trials=trials, seed=seed, threads=threads, first=first)
    return {"": found.whole, **dict(zip(design.arms, found.own, strict=True))}


def _empty(design: AnyDesign) -> _Batch:
    trial = whole(design)
    names = ("", *(design.arms if isinstance(design, ArmsDesign) else ()))
    return {name: Tally(len(trial.looks.events), trial.longest) for name in names}


def _under(design: AnyDesign, name: str) -> AnyDesign:
    """The same with another name, which is part of the key of its streams."""
    if isinstance(design, ArmsDesign):
        return replace(design, trial=replace(design.trial, name=name))
    return replace(design, name=name)


def _scenario(
    name: str, label: str, old: AnyDesign, new: AnyDesign, trials: int, seed: int | str, threads: int,
    progress: Callable[[int], None],
) -> ScenarioChange:  # fmt: skip
    new = _under(new, whole(old).name)
    pairs: list[tuple[_Batch, _Batch]] = []
    interrupted, first = False, 0
    for batch in range(BATCHES):
        size = trials * (batch + 1) // BATCHES - first
        one = _tallied(old, size, seed, threads, first)
        other = one if old == new else _tallied(new, size, seed, threads, first)
        interrupted = one[""].interrupted or other[""].interrupted
        if interrupted:
            break
        pairs.append((one, other))
        first += size
        progress(2 * first)
    totals = _empty(old), _empty(new)
    for pair in pairs:
        for total, part in zip(totals, pair, strict=True):
            for arm, own in part.items():
                total[arm].merge(own)
    trials_of = whole(old), whole(new)

    def difference(figure: Callable[[Result], float | None], arm: str = "") -> Difference:
        chosen = [(one[arm], other[arm]) for one, other in pairs]
        ends = summarize(trials_of[0], totals[0][arm]), summarize(trials_of[1], totals[1][arm])
        return _difference(ends, chosen, figure, trials_of)

    return ScenarioChange(
        scenario=name,
        label=label,
        trials=first,
        interrupted=interrupted,
        same=old == new,
        growth_kept=False,
        power=difference(lambda one: one.power.value),
        duration=difference(lambda one: one.duration.mean),
        events=difference(lambda one: one.events),
        old=summarize(trials_of[0], totals[0][""]),
        new=summarize(trials_of[1], totals[1][""]),
        comparisons={
            arm: difference(lambda one: one.power.value, arm) for arm in totals[0] if arm and arm in totals[1]
        },
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
