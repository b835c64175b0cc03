"""A design laid out in the tables the kernel reads, and the scratch a worker needs for it."""

import itertools
import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from equipoise.simulation.layout import (
    DEATH,
    DISTANT,
    DROPOUT,
    LATE_DEATH,
    LOCAL,
    METHOD_BLOCKS,
    METHOD_MINIMIZATION,
    METHOD_SIMPLE,
    PLAN,
)  # fmt: skip
from equipoise.simulation.trials import Hazards, SiteAccrual, StratumFactor, TrialDesign, UniformAccrual

type Real = NDArray[np.float64]
type Whole = NDArray[np.int64]
type Words = NDArray[np.uint64]

_METHODS = {
    "simple": METHOD_SIMPLE,
    "permuted_blocks": METHOD_BLOCKS,
    "minimization": METHOD_MINIMIZATION,
}


@dataclass(frozen=True, slots=True)
class Stratum:
    """A combination of levels: its share, its hazard ratio, its level in each factor, its lesions."""

    share: float
    hazard_ratio: float
    levels: tuple[int, ...]
    lesions: tuple[float, ...]


class Inputs(NamedTuple):
    """The tables, in the order in which the kernel takes them."""

    stratum_edges: Words
    stratum_levels: Whole
    stratum_lists: Whole
    analysed: NDArray[np.int32]
    multipliers: Real
    factor_weights: Real
    hazard_starts: Real
    hazards: Real
    lesion_edges: Words
    block_sizes: Whole
    rate_starts: Real
    rates: Real
    site_open: Real
    site_rate: Real
    visit_days: Whole
    look_events: Whole
    efficacy: Real
    futility: Real


@dataclass(frozen=True, slots=True)
class Tables:
    """A design as the kernel reads it."""

    plan: NDArray[np.void]
    inputs: Inputs
    strata: tuple[Stratum, ...]

    def scratch(self) -> tuple[NDArray[Any], ...]:
        """Working memory for one worker; it holds nothing from one trial to the next."""
        plan = self.plan[0]
        subjects, strata, longest = int(plan["subjects"]), int(plan["strata"]), int(plan["longest"])
        room = max(16 * math.ceil((subjects + 1) / 16), 1 << max(3, subjects.bit_length()))
        positions = (longest + 2) << int(plan["bits"])
        lists = 2 * int(plan["lists"]) * int(plan["sites"])
        levels = 2 * (int(self.inputs.stratum_levels.max(initial=0)) + 1 + int(plan["sites"]))
        visits = max(1, len(self.inputs.visit_days))
        return (
            np.zeros((3, 4, room), np.uint32),
            np.zeros((5, room)),
            np.zeros((13, room), np.int32),
            np.zeros((visits, room), np.int32),
            np.zeros(positions, np.uint64),
            np.zeros(positions // 64 + 2, np.uint64),
            np.zeros((2, max(2 * room, strata)), np.uint64),
            np.zeros(max(lists, levels), np.int64),
        )


def tables(design: TrialDesign, key: int) -> Tables:
    """Lay a design out under a key."""
    strata = combine(design.factors)
    names = [factor.id for factor in design.factors]
    used = [names.index(name) for name in design.allocation.factors]
    levels = np.zeros((len(strata), max(1, len(used))), np.int64)
    offset = 0
    for column, place in enumerate(used):
        levels[:, column] = [offset + stratum.levels[place] for stratum in strata]
        offset += len(design.factors[place].levels)
    combinations = sorted({tuple(row) for row in levels.tolist()})
    lists = np.array([combinations.index(tuple(row)) for row in levels.tolist()], np.int64)
    weights = np.array(design.allocation.weights or (1.0,) * levels.shape[1], np.float64)
    if not used:
        weights = np.zeros(1)
    starts, hazards = hazard_table(design.control, design.experimental)
    rate_starts, rates, opens, site_rates = _accrual(design)
    plan = np.zeros(1, PLAN)
    plan["key"] = key
    plan["subjects"] = design.subjects
    plan["uniform_accrual"] = isinstance(design.accrual, UniformAccrual)
    plan["accrual_days"] = design.accrual.days if isinstance(design.accrual, UniformAccrual) else 0.0
    plan["strata"] = len(strata)
    judged = [names.index(name) for name in (names if design.analysed_factors is None else design.analysed_factors)]
    cells = sorted({tuple(stratum.levels[place] for place in judged) for stratum in strata})
    analysed = [cells.index(tuple(stratum.levels[place] for place in judged)) for stratum in strata]
    plan["analysed"] = len(cells)
    plan["bits"] = (len(cells) - 1).bit_length()
    plan["two_sided"], plan["obeyed"] = design.looks.two_sided, design.looks.obeyed
    plan["lists"] = len(combinations)
    plan["sites"] = len(opens)
    plan["site_lists"] = plan["site_factor"] = design.allocation.by_site
    plan["control"], plan["experimental"] = design.allocation.control, design.allocation.experimental
    plan["method"] = _METHODS[design.allocation.method]
    plan["preferred"], plan["squared"] = design.allocation.preferred, design.allocation.squared
    plan["site_weight"] = design.allocation.site_weight
    plan["illness_death"], plan["by_lesion"] = design.deaths, design.lesions
    plan["control_treated"] = word(design.contamination.control_treated)
    plan["experimental_untreated"] = word(design.contamination.experimental_untreated)
    plan["endpoint_os"] = design.endpoint == "os"
    plan["longest"] = design.longest
    visits: tuple[int, ...] = ()
    if design.scans is not None:
        plan["scans"], plan["window"], plan["missed"] = 1, design.scans.window, word(design.scans.missed)
        visits = tuple(day for day in design.scans.days if day <= design.longest)
    looks = design.looks
    inputs = Inputs(
        stratum_edges=_edges([stratum.share for stratum in strata])[:-1],
        stratum_levels=levels,
        stratum_lists=lists,
        analysed=np.array(analysed, np.int32),
        multipliers=np.array([stratum.hazard_ratio for stratum in strata], np.float64),
        factor_weights=weights,
        hazard_starts=starts,
        hazards=hazards,
        lesion_edges=_lesions(strata),
        block_sizes=np.array(design.allocation.block_sizes or (2,), np.int64),
        rate_starts=rate_starts,
        rates=rates,
        site_open=opens,
        site_rate=site_rates,
        visit_days=np.array(visits, np.int64),
        look_events=np.array(looks.events, np.int64),
        efficacy=np.array(looks.efficacy, np.float64),
        futility=np.array(looks.futility or (-math.inf,) * len(looks.events), np.float64),
    )
    return Tables(plan, inputs, strata)


def combine(factors: tuple[StratumFactor, ...]) -> tuple[Stratum, ...]:
    """Every combination of the factors' levels."""
    found = []
    for combination in itertools.product(*(tuple(enumerate(factor.levels)) for factor in factors)):
        lesions = [level.lesions for _, level in combination if level.lesions]
        found.append(
            Stratum(
                share=math.prod(level.share for _, level in combination),
                hazard_ratio=math.prod(level.hazard_ratio for _, level in combination),
                levels=tuple(place for place, _ in combination),
                lesions=lesions[0] if lesions else (1.0,),
            )
        )
    return tuple(found)


def word(probability: float) -> int:
    """The number of 32-bit words below which something of this probability happens."""
    return min(round(probability * 2.0**32), 1 << 32)


def _edges(shares: list[float]) -> Words:
    cumulative = list(itertools.accumulate(shares))
    edges = [word(share / cumulative[-1]) for share in cumulative[:-1]]
    return np.array([*edges, 1 << 32], np.uint64)


def _lesions(strata: tuple[Stratum, ...]) -> Words:
    most = max(len(stratum.lesions) for stratum in strata)
    return np.array(
        [[*_edges(list(stratum.lesions)), *[1 << 32] * (most - len(stratum.lesions))] for stratum in strata], np.uint64
    )


def hazard_table(*arms: Hazards) -> tuple[Real, Real]:
    """The hazards of some arms on one grid of starts: by kind of event, arm and piece."""
    pieces = [(arm.local, arm.progression, arm.death, arm.late_death, arm.dropout) for arm in arms]
    starts = sorted({start for arm in pieces for piece in arm for start in piece.starts})
    table = np.zeros((5, len(arms), len(starts)))
    for place, arm in enumerate(pieces):
        for row, piece in zip((LOCAL, DISTANT, DEATH, LATE_DEATH, DROPOUT), arm, strict=True):
            table[row, place] = [piece.at(start) for start in starts]
    return np.array(starts, np.float64), table


def _accrual(design: TrialDesign) -> tuple[Real, Real, Real, Real]:
    if not isinstance(design.accrual, SiteAccrual):
        return np.zeros(1), np.ones(1), np.zeros(1), np.ones(1)
    sites = design.accrual.sites
    starts = sorted({0.0, *(site.opens for site in sites)})
    rates = [math.fsum(site.per_day for site in sites if site.opens <= start) for start in starts]
    return (
        np.array(starts),
        np.array(rates),
        np.array([site.opens for site in sites], np.float64),
        np.array([site.per_day for site in sites], np.float64),
    )
