"""What a simulated trial is made of: numbers only, in days.

    design = TrialDesign(subjects=120, accrual=UniformAccrual(730), hazards=Hazards(control, experimental), ...)
    result = run(design, trials=10_000, seed=1)

Arm 0 is control, arm 1 experimental. Hazards are per day, in pieces of time since randomization (those of death after
progression: since progression). When `hazards` are transitions or per-lesion rates, the hazard ratio of
progression-free survival is an output: `hazard_ratio` is None and no coverage is given.
"""

import itertools
import math
from dataclasses import dataclass, field
from typing import Literal

from equipoise.kernel.errors import EstimationError, InputError
from equipoise.kernel.messages import message
from equipoise.simulation import words as words
from equipoise.statistics.expected_events import Pieces

NOTHING = Pieces.constant(0.0)


@dataclass(frozen=True, slots=True)
class UniformAccrual:
    """The planned number arrives at times uniform over so many days."""

    days: float


@dataclass(frozen=True, slots=True)
class Site:
    """A site: the day it opens and how many it randomizes a day (screened times the share found eligible)."""

    opens: float
    per_day: float


@dataclass(frozen=True, slots=True)
class SiteAccrual:
    """A Poisson process: each site accrues at its rate from its opening until the planned number is reached."""

    sites: tuple[Site, ...]


@dataclass(frozen=True, slots=True)
class FactorLevel:
    """A level of a factor: its share of participants, its hazard ratio, and the shares of 1, 2, ... lesions in it."""

    id: str
    share: float
    hazard_ratio: float = 1.0
    lesions: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class StratumFactor:
    """A stratification factor; factors are independent of each other. At most one says how lesions are spread."""

    id: str
    levels: tuple[FactorLevel, ...]


@dataclass(frozen=True, slots=True)
class Allocation:
    """How participants are randomized. `factors` are ids; `by_site` adds the site to them.

    `preferred` and `squared` (imbalance by variance instead of range) belong to minimization, `block_sizes` to blocks.
    """

    method: Literal["simple", "permuted_blocks", "minimization"] = "permuted_blocks"
    control: int = 1
    experimental: int = 1
    factors: tuple[str, ...] = ()
    by_site: bool = False
    block_sizes: tuple[int, ...] = (4,)
    preferred: float = 0.8
    squared: bool = False
    weights: tuple[float, ...] = ()
    site_weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Hazards:
    """Hazards of one arm a day. `local` is per residual lesion and competes with `progression` elsewhere.

    Without deaths (`death`, `late_death` both nothing) the event is one time, and survival is not simulated.
    """

    progression: Pieces
    local: Pieces = NOTHING
    death: Pieces = NOTHING
    late_death: Pieces = NOTHING
    dropout: Pieces = NOTHING


@dataclass(frozen=True, slots=True)
class Scans:
    """Progression is seen at scans only, on planned days after randomization, each within a window, some missed."""

    days: tuple[int, ...]
    window: int = 0
    missed: float = 0.0


@dataclass(frozen=True, slots=True)
class Looks:
    """Looks at numbers of events, with bounds for the statistic (positive where the experimental arm does better).

    The last look is the final analysis. A look without stopping for efficacy has an infinite bound. Where futility is
    not `obeyed` its bound is advice: the trial goes on, and the result says how often the advice was given.
    """

    events: tuple[int, ...]
    efficacy: tuple[float, ...]
    futility: tuple[float, ...] = ()
    obeyed: bool = True
    two_sided: bool = False


@dataclass(frozen=True, slots=True)
class Contamination:
    """Shares of the arms that live by the other arm's hazards: controls treated, experimental left untreated."""

    control_treated: float = 0.0
    experimental_untreated: float = 0.0


@dataclass(frozen=True, slots=True)
class TrialDesign:
    """A whole trial. `longest` is the calendar day by which it is analysed even if the events have not come.

    `hazard_ratio` is the true one where the model has one; it is needed for coverage alone. `analysed_factors` are
    the strata of the analysis: all factors unless said otherwise. `confidence` is the level of the interval judged.
    """

    name: str
    subjects: int
    accrual: UniformAccrual | SiteAccrual
    control: Hazards
    experimental: Hazards
    looks: Looks
    allocation: Allocation = field(default_factory=Allocation)
    factors: tuple[StratumFactor, ...] = ()
    analysed_factors: tuple[str, ...] | None = None
    scans: Scans | None = None
    contamination: Contamination = field(default_factory=Contamination)
    endpoint: Literal["pfs", "os"] = "pfs"
    hazard_ratio: float | None = None
    confidence: float = 0.95
    longest: int = 7305

    def __post_init__(self) -> None:
        _check(self)

    @property
    def deaths(self) -> bool:
        """Whether deaths are simulated."""
        arms = (self.control, self.experimental)
        return any(any(arm.death.values) or any(arm.late_death.values) for arm in arms)

    @property
    def lesions(self) -> bool:
        """Whether local failure per lesion is simulated."""
        return any(any(arm.local.values) for arm in (self.control, self.experimental))


LARGEST_TRIAL = 60_000
LONGEST_TRIAL = 36_525
MOST_STRATA = 4096


def _check(design: TrialDesign) -> None:
    """Refuse what cannot be simulated, saying what would be right."""
    if not 2 <= design.subjects <= LARGEST_TRIAL:
        raise InputError(
            message("stop.participants_out_of_range"), seen=design.subjects,
            wanted=message("stop.from_to", low=2, high=LARGEST_TRIAL),
        )  # fmt: skip
    if not 1 <= design.longest <= LONGEST_TRIAL:
        raise InputError(
            message("stop.too_long"), seen=design.longest,
            wanted=message("stop.days_in_all", longest=LONGEST_TRIAL),
        )  # fmt: skip
    if isinstance(design.accrual, UniformAccrual):
        if not math.isfinite(design.accrual.days) or design.accrual.days <= 0.0:
            raise EstimationError(message("stop.no_time", days=f"{design.accrual.days:g}"))
    elif not any(site.per_day > 0.0 for site in design.accrual.sites):
        raise EstimationError(message("stop.no_site_accrues"))
    looks = design.looks
    if not looks.events or len(looks.events) != len(looks.efficacy):
        raise InputError("each look needs its number of events and its bound", seen=str(looks.events))
    if looks.futility and len(looks.futility) != len(looks.events):
        raise InputError(
            "each look needs its futility bound", seen=str(looks.futility), wanted="-inf where there is none"
        )
    if any(later <= earlier for earlier, later in zip((0, *looks.events), looks.events, strict=False)):
        raise InputError("the looks are out of order", seen=str(looks.events), wanted="numbers of events that increase")
    if looks.events[-1] > design.subjects:
        raise EstimationError(message("stop.too_many_events", events=looks.events[-1], subjects=design.subjects))
    for factor in design.factors:
        total = math.fsum(level.share for level in factor.levels)
        if not factor.levels or abs(total - 1.0) > 1e-9 or any(level.share < 0.0 for level in factor.levels):
            raise InputError("the shares of a factor's levels do not sum to 1", column=factor.id, seen=f"{total:g}")
        if any(level.hazard_ratio <= 0.0 for level in factor.levels):
            raise InputError("a level's hazard ratio is not above 0", column=factor.id)
    if math.prod(len(factor.levels) for factor in design.factors) > MOST_STRATA:
        raise InputError("there are too many strata", wanted=f"at most {MOST_STRATA} combinations of levels")
    known = {factor.id for factor in design.factors}
    for name in (*design.allocation.factors, *(design.analysed_factors or ())):
        if name not in known:
            raise InputError("a factor is named that is not described", seen=name, wanted=", ".join(sorted(known)))
    _check_allocation(design.allocation)
    shares = [design.contamination.control_treated, design.contamination.experimental_untreated]
    if design.scans is not None:
        shares.append(design.scans.missed)
        days = design.scans.days
        if not days or days[0] < 1 or any(later <= earlier for earlier, later in itertools.pairwise(days)):
            raise InputError(
                "the days of scans are out of order", seen=str(days[:6]), wanted="days from 1 that increase"
            )
        gap = min((later - earlier for earlier, later in zip((0, *days), days, strict=False)), default=1)
        if not 0 <= 2 * design.scans.window < gap:
            raise InputError(
                "the window of a scan reaches the next one", seen=design.scans.window, wanted=f"below {gap / 2:g}"
            )
    if any(not 0.0 <= share < 1.0 for share in shares):
        raise InputError(
            "a share of contamination or of missed scans is out of range", seen=str(shares), wanted="0 to below 1"
        )
    if design.endpoint == "os" and not design.deaths:
        raise EstimationError(message("stop.no_deaths"))


def _check_allocation(allocation: Allocation) -> None:
    whole = allocation.control + allocation.experimental
    if allocation.control < 1 or allocation.experimental < 1:
        raise InputError(
            "the allocation ratio gives an arm nobody", seen=f"{allocation.control}:{allocation.experimental}"
        )
    if allocation.method == "permuted_blocks":
        for size in allocation.block_sizes or (0,):
            if size < whole or size % whole:
                raise InputError("a block does not hold the ratio exactly", seen=size, wanted=f"a multiple of {whole}")
    if allocation.method == "minimization" and not (
        max(allocation.control, allocation.experimental) / whole <= allocation.preferred <= 1.0
    ):
        raise InputError(
            "the preferred arm's probability is out of range",
            seen=allocation.preferred,
            wanted="above its share, up to 1",
        )
