"""Ways of randomizing the same trial, compared: balance, predictability, power; and which one to take, and why."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from equipoise.kernel.messages import Message, message
from equipoise.simulation import comparison_words as _words
from equipoise.simulation.allocation_sequences import JUDGED, judge
from equipoise.simulation.arms import run_arms
from equipoise.simulation.arms_plan import AnyDesign, ArmsDesign, whole
from equipoise.simulation.arms_sequences import judge_arms
from equipoise.simulation.philox import key_of
from equipoise.simulation.results import Proportion
from equipoise.simulation.run import run
from equipoise.simulation.tables import tables
from equipoise.simulation.trials import Allocation, Site, SiteAccrual, TrialDesign, UniformAccrual

MOST_PREDICTABLE = 0.65
"""A guesser of the own site who is right more often than this could choose whom to enrol: above it, a method is not
recommended while another does better. A convention of this comparison, not a law."""

BALANCED_ALIKE = 0.25
"""Methods whose factors differ by less than this, in participants between the arms, balance them alike."""
GUESSED_ALIKE = 0.01

IMBALANCES = ("overall", "margins", "strata", "sites")
GUESSES = ("own_site", "all_sites")


@dataclass(frozen=True, slots=True)
class Average:
    """A mean over trials, and its 95 % Monte-Carlo interval."""

    value: float
    lower: float
    upper: float

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> "Average":
        """The mean of one value a trial."""
        mean = float(values.mean())
        spread = float(values.std(ddof=1)) if values.size > 1 else 0.0
        half = 1.959963984540054 * spread / values.size**0.5
        return cls(mean, mean - half, mean + half)


@dataclass(frozen=True, slots=True)
class Judged:
    """One way of randomizing: shares of right guesses, mean differences between the arms, power and null rate.

    The differences, in participants, are over all, and means over the levels of the randomization factors, over
    strata and over sites; with more arms than two, between the arms furthest apart. `is_own` marks the protocol's own
    method. With several experimental arms `power` and `null_rate` are those of any comparison with control, and
    `comparisons` has the power of each.
    """

    id: str
    allocation: Allocation
    is_own: bool
    own_site: Average
    all_sites: Average
    overall: Average
    margins: Average
    strata: Average
    sites: Average
    power: Proportion
    null_rate: Proportion
    comparisons: dict[str, Proportion] = field(default_factory=dict)

    @property
    def label(self) -> Message:
        """Its name."""
        return message(f"compare.{self.id}")


@dataclass(frozen=True, slots=True)
class Advice:
    """Which method to take, why, what that gives up, and what was left out: each a sentence."""

    method: str
    why: Message
    gives_up: Message
    others: tuple[Message, ...]

    @property
    def sentences(self) -> tuple[Message, ...]:
        """All of it, in order."""
        return self.why, self.gives_up, *self.others


@dataclass(frozen=True, slots=True)
class Comparison:
    """The methods side by side, and the advice."""

    methods: tuple[Judged, ...]
    advice: Advice


def usual_methods(design: AnyDesign) -> dict[str, Allocation]:
    """The usual ways on the protocol's factors and ratio, by id; the protocol's own first where it is none of them."""
    own = design.allocation
    unit = own.control + own.experimental
    factors = own.factors or tuple(factor.id for factor in whole(design).factors)
    blocks = replace(own, method="permuted_blocks", factors=factors, by_site=False)
    minimized = replace(
        own, method="minimization", factors=factors, by_site=False, weights=own.weights or (1.0,) * len(factors)
    )
    sizes = own.block_sizes if own.method == "permuted_blocks" else (2 * unit, 3 * unit)
    found = {
        "minimization": minimized,
        "minimization_site": replace(minimized, by_site=True),
        "blocks": replace(blocks, block_sizes=sizes),
        "blocks_site": replace(blocks, block_sizes=sizes, by_site=True),
        "simple": replace(own, method="simple", factors=(), by_site=False, weights=()),
    }
    found = {name: allocation for name, allocation in found.items() if factors or "minimization" not in name}
    return found if any(is_same(own, one) for one in found.values()) else {"own": own, **found}


def is_same(one: Allocation, other: Allocation) -> bool:
    """Whether both randomize alike: only what their method reads counts."""

    def read(allocation: Allocation) -> tuple[Any, ...]:
        ratio = (allocation.method, allocation.control, allocation.experimental)
        if allocation.method == "simple":
            return ratio
        placed = (*ratio, allocation.factors, allocation.by_site)
        if allocation.method == "permuted_blocks":
            return (*placed, allocation.block_sizes)
        weights = allocation.weights or (1.0,) * len(allocation.factors)
        return (
            *placed,
            allocation.preferred,
            allocation.squared,
            weights,
            allocation.by_site and allocation.site_weight,
        )

    return read(one) == read(other)


def compare(
    design: AnyDesign, methods: Mapping[str, Allocation], *, sites: int, trials: int, seed: int | str,
    threads: int = 1, most_predictable: float = MOST_PREDICTABLE, progress: Callable[[int], None] | None = None,
) -> Comparison:  # fmt: skip
    """Judge each method on the same trial over equal sites. `progress` is told the methods done."""
    judged = []
    for name, allocation in methods.items():
        judged.append(judge_method(design, name, allocation, sites=sites, trials=trials, seed=seed, threads=threads))
        if progress is not None:
            progress(len(judged))
    return Comparison(tuple(judged), recommend(judged, most_predictable))


def judge_method(
    design: AnyDesign,
    name: str,
    allocation: Allocation,
    *,
    sites: int,
    trials: int,
    seed: int | str,
    threads: int = 1,
) -> Judged:
    """Judge one way of randomizing. Power and null rate are those of the design as it stands."""
    if isinstance(design, ArmsDesign):
        return _judge_arms(design, name, allocation, sites=sites, trials=trials, seed=seed, threads=threads)
    placed = replace(design, allocation=allocation, accrual=_over_sites(design, sites))
    laid = tables(placed, key_of(seed, design.name))
    scratch = laid.scratch()
    inputs, plan = laid.inputs, laid.plan[0]
    lists = int(plan["lists"]) * (int(plan["sites"]) if allocation.by_site else 1)
    span = int(inputs.stratum_levels.max(initial=0)) + 1 + int(plan["sites"])
    width = 2 * max(lists * int(plan["sites"]), span * int(plan["sites"]), int(plan["strata"]))
    out = np.zeros((trials, len(JUDGED)))
    judge(
        laid.plan, trials, inputs.stratum_edges, inputs.stratum_levels, inputs.stratum_lists, inputs.factor_weights,
        inputs.block_sizes, inputs.rate_starts, inputs.rates, inputs.site_open, inputs.site_rate, scratch[0],
        scratch[1], scratch[2], np.zeros((7, width), np.int64), out,
    )  # fmt: skip
    means: dict[str, Any] = {column: Average.of(out[:, place]) for place, column in enumerate(JUDGED)}
    null = replace(placed, experimental=placed.control, hazard_ratio=1.0)
    return Judged(
        id=name,
        allocation=allocation,
        is_own=is_same(allocation, design.allocation),
        **means,
        power=run(placed, trials=trials, seed=seed, threads=threads).power,
        null_rate=run(null, trials=trials, seed=seed, threads=threads).power,
    )


def _judge_arms(
    design: ArmsDesign, name: str, allocation: Allocation, *, sites: int, trials: int, seed: int | str, threads: int
) -> Judged:  # fmt: skip
    """The same with several experimental arms."""
    spread = replace(design, trial=replace(design.trial, accrual=_over_sites(design.trial, sites)))
    placed = spread.allocated(allocation)
    laid = tables(placed.trial, key_of(seed, placed.trial.name))
    laid.plan["method"] = placed.method
    scratch, inputs, plan, arms = laid.scratch(), laid.inputs, laid.plan[0], len(design.ratio)
    lists = int(plan["lists"]) * (int(plan["sites"]) if allocation.by_site else 1)
    span = int(inputs.stratum_levels.max(initial=0)) + 1 + int(plan["sites"])
    width = arms * max(lists * int(plan["sites"]), span * int(plan["sites"]), int(plan["strata"]))
    out = np.zeros((trials, len(JUDGED)))
    judge_arms(
        laid.plan, trials, np.array(design.ratio, np.int64), inputs.stratum_edges, inputs.stratum_levels,
        inputs.stratum_lists, inputs.factor_weights, inputs.block_sizes, inputs.rate_starts, inputs.rates,
        inputs.site_open, inputs.site_rate, scratch[0], scratch[1], scratch[2], np.zeros((7, width), np.int64), out,
    )  # fmt: skip
    found = run_arms(placed, trials=trials, seed=seed, threads=threads)
    null = run_arms(placed.without_effect(), trials=trials, seed=seed, threads=threads)
    means: dict[str, Any] = {column: Average.of(out[:, place]) for place, column in enumerate(JUDGED)}
    return Judged(
        id=name,
        allocation=allocation,
        is_own=is_same(allocation, design.allocation),
        power=found.any_rejected,
        null_rate=null.any_rejected,
        comparisons={arm: own.power for arm, own in found.comparisons.items()},
        **means,
    )


def recommend(judged: Sequence[Judged], most_predictable: float = MOST_PREDICTABLE) -> Advice:
    """The most balanced factors among the methods a site cannot guess well; among equals, the least guessed one.

    What is given up is what another method does better by more than chance and by more than is worth naming.
    """
    allowed = [one for one in judged if one.own_site.value <= most_predictable]
    limit = _share(most_predictable)
    if allowed:
        closest = min(one.margins.value for one in allowed)
        alike = [one for one in allowed if one.margins.value <= closest + BALANCED_ALIKE]
        best = min(alike, key=lambda one: (one.own_site.value, one.margins.value))
    else:
        best = min(judged, key=lambda one: one.own_site.value)
    params = {
        "method": best.label, "margins": _count(best.margins.value), "own_site": _share(best.own_site.value),
        "power": _share(best.power.value), "limit": limit,
    }  # fmt: skip
    several = "_arms" if best.comparisons else ""
    why = message(f"compare.why{several}" if allowed else f"compare.why_least{several}", **params)
    gives = tuple(_better(best, judged))
    others = []
    barred = tuple(one.label for one in judged if one.own_site.value > most_predictable)
    if allowed and barred:
        others.append(message("compare.left_out", methods=barred, limit=limit))
    own = next((one for one in judged if one.is_own), None)
    if best.is_own:
        others.append(message("compare.is_own"))
    elif own is not None:
        others.append(
            message(f"compare.own_is{several}", method=own.label, margins=_count(own.margins.value),
                    own_site=_share(own.own_site.value), power=_share(own.power.value))
        )  # fmt: skip
    return Advice(
        best.id, why, message("compare.gives_up", items=gives) if gives else message("compare.nothing"), tuple(others)
    )


def _better(chosen: Judged, judged: Sequence[Judged]) -> list[Message]:
    """What the best other method does better than the one chosen, a sentence a measure."""
    found = []
    several = "_arms" if chosen.comparisons else ""
    for measure, least in (
        *((name, GUESSED_ALIKE) for name in GUESSES),
        *((name, BALANCED_ALIKE) for name in IMBALANCES),
    ):
        ours: Average = getattr(chosen, measure)
        rival = min(judged, key=lambda one: getattr(one, measure).value)
        theirs: Average = getattr(rival, measure)
        if theirs.value < ours.value - least and theirs.upper < ours.lower:
            say = _share if measure in GUESSES else _count
            code = f"compare.better_{measure}" + (several if measure in IMBALANCES else "")
            found.append(message(code, ours=say(ours.value), theirs=say(theirs.value), method=rival.label))
    rival = max(judged, key=lambda one: one.power.value)
    if rival.power.lower > chosen.power.upper:
        found.append(
            message(f"compare.better_power{several}", ours=_share(chosen.power.value), theirs=_share(rival.power.value),
                    method=rival.label)
        )  # fmt: skip
    return found


def _share(value: float) -> str:
    return f"{100 * value:.1f} %".replace(".0 %", " %")


def _count(value: float) -> str:
    return f"{value:.1f}"


def _over_sites(design: TrialDesign, sites: int) -> SiteAccrual:
    """The design's own sites, or so many equal ones that accrue its number in its time."""
    if isinstance(design.accrual, SiteAccrual):
        return design.accrual
    assert isinstance(design.accrual, UniformAccrual)
    return SiteAccrual(tuple(Site(0.0, design.subjects / design.accrual.days / sites) for _ in range(sites)))


assert _words
