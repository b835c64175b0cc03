"""Ways of randomizing the same trial, compared: balance, predictability, power; and which one to take, and why."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from equipoise.simulation.allocation_sequences import JUDGED, judge
from equipoise.simulation.philox import key_of
from equipoise.simulation.results import Proportion
from equipoise.simulation.run import run
from equipoise.simulation.tables import tables
from equipoise.simulation.trials import Allocation, Site, SiteAccrual, TrialDesign, UniformAccrual

MOST_PREDICTABLE = 0.65
"""A guesser of the own site who is right more often than this could choose whom to enrol: above it, a method is not
recommended while another does better. A convention of this page, not a law."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One way of randomizing: shares of right guesses, mean differences between the arms, power and null rate."""

    name: str
    allocation: Allocation
    own_site: float
    all_sites: float
    overall: float
    margins: float
    strata: float
    sites: float
    power: Proportion
    null_rate: Proportion


@dataclass(frozen=True, slots=True)
class Comparison:
    """The methods side by side, the one recommended, and the reason in a sentence."""

    methods: tuple[Judged, ...]
    recommended: str
    reason: str


def usual_methods(design: TrialDesign) -> dict[str, Allocation]:
    """The protocol's own method and its usual rivals, on the same factors and ratio."""
    own = design.allocation
    whole = own.control + own.experimental
    factors = own.factors or tuple(factor.id for factor in design.factors)
    blocks = dataclasses.replace(own, method="permuted_blocks", factors=factors, by_site=False)
    minimized = dataclasses.replace(
        own, method="minimization", factors=factors, by_site=False, weights=own.weights or (1.0,) * len(factors)
    )
    found = {
        "minimization": minimized,
        "minimization with site": dataclasses.replace(minimized, by_site=True),
        "random blocks": dataclasses.replace(blocks, block_sizes=(2 * whole, 3 * whole)),
        "random blocks within sites": dataclasses.replace(blocks, block_sizes=(2 * whole, 3 * whole), by_site=True),
        "simple": dataclasses.replace(own, method="simple", factors=(), by_site=False, weights=()),
    }
    return {name: allocation for name, allocation in found.items() if factors or "minimization" not in name}


def compare(
    design: TrialDesign, methods: dict[str, Allocation], *, sites: int, trials: int, seed: int | str, threads: int = 1
) -> Comparison:
    """Judge each method on the same trial over equal sites. Power is that of the design as it stands."""
    judged = tuple(
        _judge(design, name, allocation, sites=sites, trials=trials, seed=seed, threads=threads)
        for name, allocation in methods.items()
    )
    chosen, reason = recommend(judged)
    return Comparison(judged, chosen, reason)


def recommend(judged: Sequence[Judged]) -> tuple[str, str]:
    """The most balanced margins among the methods a site cannot guess well; power decides between equals."""
    allowed = [one for one in judged if one.own_site <= MOST_PREDICTABLE]
    if not allowed:
        least = min(judged, key=lambda one: one.own_site)
        return least.name, (
            f"every method lets a site guess more than {MOST_PREDICTABLE:.0%} of its own allocations; "
            f"{least.name} lets it guess least ({least.own_site:.1%})"
        )
    best = min(allowed, key=lambda one: (round(one.margins, 1), -one.power.value))
    rest = [one.name for one in judged if one.own_site > MOST_PREDICTABLE]
    left_out = f"; left out as too easily guessed by a site: {', '.join(rest)}" if rest else ""
    return best.name, (
        f"the factors differ by {best.margins:.1f} participants between the arms on average, a site guesses "
        f"{best.own_site:.1%} of its own allocations, and power is {best.power.value:.1%}{left_out}"
    )


def _judge(
    design: TrialDesign, name: str, allocation: Allocation, *, sites: int, trials: int, seed: int | str, threads: int
) -> Judged:
    placed = dataclasses.replace(design, allocation=allocation, accrual=_over_sites(design, sites))
    laid = tables(placed, key_of(seed, design.name))
    scratch = laid.scratch()
    inputs, plan = laid.inputs, laid.plan[0]
    lists = int(plan["lists"]) * (sites if allocation.by_site else 1)
    span = int(inputs.stratum_levels.max(initial=0)) + 1 + sites
    width = 2 * max(lists * sites, span * sites, int(plan["strata"]))
    out = np.zeros((trials, len(JUDGED)))
    judge(
        laid.plan, trials, inputs.stratum_edges, inputs.stratum_levels, inputs.stratum_lists, inputs.factor_weights,
        inputs.block_sizes, inputs.rate_starts, inputs.rates, inputs.site_open, inputs.site_rate, scratch[0],
        scratch[1], scratch[2], np.zeros((7, width), np.int64), out,
    )  # fmt: skip
    means = dict(zip(JUDGED, out.mean(axis=0).tolist(), strict=True))
    null = dataclasses.replace(placed, experimental=placed.control, hazard_ratio=1.0)
    return Judged(
        name=name,
        allocation=allocation,
        **means,
        power=run(placed, trials=trials, seed=seed, threads=threads).power,
        null_rate=run(null, trials=trials, seed=seed, threads=threads).power,
    )


def _over_sites(design: TrialDesign, sites: int) -> SiteAccrual:
    """The design's own sites, or so many equal ones that accrue its number in its time."""
    if isinstance(design.accrual, SiteAccrual):
        return design.accrual
    assert isinstance(design.accrual, UniformAccrual)
    return SiteAccrual(tuple(Site(0.0, design.subjects / design.accrual.days / sites) for _ in range(sites)))
