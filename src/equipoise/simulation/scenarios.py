"""From a protocol to the trials it imagines: one `TrialDesign` a scenario.

Nothing is made up here: accrual, dropout, strata, randomization, scans, looks and error rates are the protocol's, and
the hazards follow from the scenario's medians and hazard ratios. Months become days; the hazard of an average control
is set so that the *mixture* over the levels of the factors has the stated median. A `scan_observed` median is brought
back to a latent one by half an imaging interval, the mean delay until a scan shows what has grown.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.kernel.errors import EstimationError, InputError
from equipoise.kernel.messages import message
from equipoise.methods.randomization import Imbalance, Minimization, PermutedBlocks
from equipoise.methods.schedule import days_of
from equipoise.protocol.model import Look, Protocol, Scenario, Visit
from equipoise.simulation import words as words
from equipoise.simulation.tables import combine
from equipoise.simulation.trials import (
    LONGEST_TRIAL,
    Allocation,
    Contamination,
    FactorLevel,
    Hazards,
    Looks,
    Scans,
    StratumFactor,
    TrialDesign,
    UniformAccrual,
)
from equipoise.statistics.expected_events import Pieces
from equipoise.statistics.group_sequential import Boundaries, boundaries
from equipoise.statistics.sample_size import drift
from equipoise.statistics.spending import OBrienFlemingType, parse_spending

YEARS_AFTER_ACCRUAL = 10
"""A simulated trial waits so long for its events, and says how often they had not come by then."""


def trial_of(protocol: Protocol, scenario: Scenario) -> TrialDesign:
    """The trial of one scenario. Raises EstimationError or InputError where the numbers cannot make one."""
    return design_of(protocol, scenario, allocation_of(protocol), looks_of(protocol))


def cohort_of(protocol: Protocol, scenario: Scenario, subjects: int) -> TrialDesign:
    """The participants alone: so many, at the protocol's rate, whatever the arms, one look at the end.

    Nobody is allocated here: give arms. Scans are made on their planned days, and none is missed. Raises what
    `trial_of` raises.
    """
    whole = design_of(protocol, scenario, Allocation("simple"), Looks((1,), (math.inf,)))
    days = float(protocol.accrual.months) * DAYS_PER_MONTH * subjects / protocol.accrual.subjects
    return replace(
        clean_conduct(whole),
        subjects=subjects,
        accrual=UniformAccrual(days),
        looks=Looks((subjects,), (math.inf,)),
        longest=min(LONGEST_TRIAL, math.ceil(days + YEARS_AFTER_ACCRUAL * 365.25)),
    )


def clean_conduct(design: TrialDesign) -> TrialDesign:
    """The same trial with every scan made on its planned day."""
    return replace(design, scans=replace(design.scans, window=0, missed=0.0)) if design.scans is not None else design


def design_of(protocol: Protocol, scenario: Scenario, allocation: Allocation, looks: Looks) -> TrialDesign:
    """The trial of one scenario under an allocation and looks; what `trial_of` does, for those who bring their own."""
    accrual_days = float(protocol.accrual.months) * DAYS_PER_MONTH
    longest = math.ceil(accrual_days + YEARS_AFTER_ACCRUAL * 365.25)
    if longest > LONGEST_TRIAL:
        raise InputError(
            "accrual takes too long to be simulated", column="accrual.months", seen=str(protocol.accrual.months),
            wanted=f"at most {(LONGEST_TRIAL - YEARS_AFTER_ACCRUAL * 365.25) / DAYS_PER_MONTH:.0f} months",
        )  # fmt: skip
    factors = factors_of(protocol, scenario)
    scans = scans_of(protocol, scenario, longest)
    control, experimental = hazards_of(protocol, scenario, factors, scans)
    survival = protocol.endpoint(protocol.analysis.primary).events == ("death",)
    return TrialDesign(
        name=scenario.id,
        subjects=protocol.accrual.subjects,
        accrual=UniformAccrual(accrual_days),
        control=control,
        experimental=experimental,
        looks=looks,
        allocation=allocation,
        factors=factors,
        analysed_factors=protocol.analysis.strata,
        scans=scans,
        contamination=Contamination(float(scenario.controls_irradiated), float(scenario.experimental_not_irradiated)),
        endpoint="os" if survival else "pfs",
        hazard_ratio=true_hazard_ratio(scenario, survival=survival),
        confidence=float(max(protocol.analysis.intervals)),
        longest=longest,
    )


def true_hazard_ratio(scenario: Scenario, *, survival: bool) -> float | None:
    """The hazard ratio of the primary endpoint that was put in; None where it is an output.

    It is an output under delayed effects, contamination or effects on lesions alone; where deaths or numbers of
    lesions mix with an effect on progression; and for survival, which follows from progression.
    """
    null = scenario.hazard_ratio == 1 and not scenario.later and scenario.lesion_hazard_ratio in (None, 1)
    if null:
        return 1.0
    mixed = scenario.controls_irradiated or scenario.experimental_not_irradiated or scenario.death_share
    uneven = any(share.lesions for share in scenario.levels)
    if survival or mixed or uneven or scenario.later or scenario.lesion_hazard_ratio is not None:
        return None
    return float(scenario.hazard_ratio)


def factors_of(protocol: Protocol, scenario: Scenario) -> tuple[StratumFactor, ...]:
    """The factors with the scenario's shares and hazard ratios; equal shares where it is silent."""
    found = []
    for factor in protocol.strata:
        given = {share.level: share for share in scenario.levels if share.factor == factor.id}
        levels = []
        for level in factor.levels:
            if level.id in given:
                share = given[level.id]
                lesions = tuple(float(part) for part in share.lesions)
                levels.append(FactorLevel(level.id, float(share.share), float(share.hazard_ratio), lesions))
            elif given:
                levels.append(FactorLevel(level.id, 0.0))
            else:
                levels.append(FactorLevel(level.id, 1.0 / len(factor.levels)))
        found.append(StratumFactor(factor.id, tuple(levels)))
    return tuple(found)


def imaging_visit(protocol: Protocol) -> Visit | None:
    """The scheduled visit that assesses everyone's disease, counted from randomization: its form dates a scan."""
    assessing = {
        form.id
        for form in protocol.forms
        for section in form.sections
        for item in section.items
        if item.concept == "assessment.date"
    }
    for visit in protocol.schedule:
        if visit.anchor == "randomization" and not visit.only_arms and assessing.intersection(visit.forms):
            return visit
    return None


def scans_of(protocol: Protocol, scenario: Scenario, longest: int) -> Scans | None:
    """The planned days of scans, or None where no visit images."""
    visit = imaging_visit(protocol)
    if visit is None:
        return None
    day = days_of(visit.at)
    days = [day]
    for again in visit.repeat:
        step, until = days_of(again.every), days_of(again.until) if again.until else longest
        while day + step <= min(until, longest):
            day += step
            days.append(day)
    window = min(days_of(visit.early), days_of(visit.late))
    return Scans(tuple(days), window, float(scenario.missed_scans))


def latent_median(scenario: Scenario, scans: Scans | None) -> float:
    """The control median, in days, at which tumours have grown, whether or not a scan has shown it."""
    days = float(scenario.control_pfs_median) * DAYS_PER_MONTH
    if not days > 0.0:
        raise EstimationError(message("stop.median", scenario=scenario.id, days=f"{days:g}"))
    if scenario.medians == "latent" or scans is None:
        return days
    gaps = [later - earlier for earlier, later in zip((0, *scans.days), scans.days, strict=False)]
    current = next((gap for gap, day in zip(gaps, scans.days, strict=True) if day >= days), gaps[-1])
    if days <= current / 2.0:
        raise EstimationError(
            message("stop.scan_observed_median", scenario=scenario.id, days=f"{days:g}", interval=current)
        )
    return days - current / 2.0


def hazards_of(
    protocol: Protocol, scenario: Scenario, factors: tuple[StratumFactor, ...], scans: Scans | None
) -> tuple[Hazards, Hazards]:
    """Hazards of either arm, a day, for a participant whose levels all have hazard ratio 1."""
    ratio = float(scenario.hazard_ratio)
    if not ratio > 0.0:
        raise InputError("a hazard ratio is not above 0", column=scenario.id, seen=ratio)
    effect = Pieces(
        (0.0, *(float(later.from_months) * DAYS_PER_MONTH for later in scenario.later)),
        (ratio, *(float(later.hazard_ratio) for later in scenario.later)),
    )
    deaths = float(scenario.death_share)
    local = float(scenario.local_share) * (1.0 - deaths)
    distant = 1.0 - deaths - local
    total = baseline_hazard(latent_median(scenario, scans), factors, local)
    local /= mean_lesions(factors)
    early = Pieces.constant(total * deaths)
    late = Pieces.constant(math.log(2.0) / (float(scenario.os_median_after) * DAYS_PER_MONTH))
    dropout = Pieces.constant(-math.log(1.0 - float(protocol.accrual.dropout_per_year)) / 365.25)
    control = Hazards(Pieces.constant(total * distant), Pieces.constant(total * local), early, late, dropout)
    if scenario.lesion_hazard_ratio is not None:
        own = float(scenario.lesion_hazard_ratio)
        experimental = Hazards(
            Pieces.constant(total * distant), Pieces.constant(total * local * own), early, late, dropout
        )
        return control, experimental
    # The hazard ratio is that of progression. Radiotherapy spares residual sites first: what is left of the
    # progression hazard falls on other sites up to their own hazard, and only the rest on residual ones.
    at_sites = local * mean_lesions(factors)
    whole = at_sites + distant
    elsewhere = tuple(min(distant, value * whole) if value < 1.0 else distant * value for value in effect.values)
    spared = tuple(
        max(value * whole - share, 0.0) / at_sites if at_sites > 0.0 else 0.0
        for value, share in zip(effect.values, elsewhere, strict=True)
    )
    experimental = Hazards(
        Pieces(effect.starts, tuple(total * share for share in elsewhere)),
        Pieces(effect.starts, tuple(total * local * share for share in spared)),
        early,
        late,
        dropout,
    )
    return control, experimental


def mean_lesions(factors: tuple[StratumFactor, ...]) -> float:
    """The mean number of residual lesions over strata; 1 where a scenario does not count them."""
    return math.fsum(
        stratum.share
        * math.fsum(share * count for count, share in enumerate(stratum.lesions, start=1))
        / math.fsum(stratum.lesions)
        for stratum in combine(factors)
    )


def baseline_hazard(median: float, factors: tuple[StratumFactor, ...], local: float) -> float:
    """The hazard at which the mixture over strata, and over numbers of lesions, has survival one half at the median.

    `local` is the share of the hazard that falls on residual lesions, in proportion to their number.
    """
    mean = mean_lesions(factors)
    loads = [
        (
            stratum.share * share / math.fsum(stratum.lesions),
            stratum.hazard_ratio * (1.0 - local + local * count / mean),
        )
        for stratum in combine(factors)
        for count, share in enumerate(stratum.lesions, start=1)
        if share > 0.0
    ]
    low, high = 0.0, 2.0 * math.log(2.0) / median / min(load for _, load in loads)
    for _ in range(200):
        middle = 0.5 * (low + high)
        if math.fsum(share * math.exp(-middle * load * median) for share, load in loads) > 0.5:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def control_arm(protocol: Protocol) -> str:
    """The one control arm. Raises EstimationError where there is none, or another."""
    found = [arm.id for arm in protocol.arms if arm.role == "control"]
    if len(found) != 1:
        raise EstimationError(f"The simulator compares with one control arm; the protocol has {len(found)}.")
    return found[0]


def experimental_arms(protocol: Protocol) -> tuple[str, ...]:
    """The experimental arms, in the order of the protocol."""
    return tuple(arm.id for arm in protocol.arms if arm.role == "experimental")


def allocation_of(protocol: Protocol) -> Allocation:
    """The protocol's own randomization, for two arms. Raises EstimationError for more."""
    method = protocol.randomization
    control = [arm.id for arm in protocol.arms if arm.role == "control"]
    experimental = [arm.id for arm in protocol.arms if arm.role == "experimental"]
    if len(control) != 1 or len(experimental) != 1:
        raise EstimationError(message("stop.two_arms", experimental=len(experimental), control=len(control)))
    ratio = (method.ratio[control[0]], method.ratio[experimental[0]])
    factors = tuple(name for name in method.strata if name != "site")
    by_site = "site" in method.strata
    match method:
        case PermutedBlocks():
            return Allocation("permuted_blocks", *ratio, factors, by_site, tuple(method.block_sizes))
        case Minimization():
            weights = {name: float((method.weights or {}).get(name, 1)) for name in method.strata}
            return Allocation(
                "minimization", *ratio, factors, by_site, (), float(method.probability),
                squared=method.imbalance == Imbalance.VARIANCE,
                weights=tuple(weights[name] for name in factors), site_weight=weights.get("site", 1.0),
            )  # fmt: skip
        case _:
            return Allocation("simple", *ratio, factors)


def bounds_of(protocol: Protocol) -> Boundaries:
    """Efficacy bounds over the looks that spend error; a look without spending cannot claim efficacy."""
    analysis = protocol.analysis
    fractions = [float(look.information) for look in spending_looks(protocol)] or [1.0]
    named = [look.spending for look in protocol.monitoring if look.spending]
    spending = parse_spending(named[0]) if named else OBrienFlemingType()
    return boundaries(fractions, float(analysis.alpha), spending, sides=analysis.sides)


def spending_looks(protocol: Protocol) -> Sequence[Look]:
    """The looks that may claim efficacy: those that spend, and the last."""
    looks = protocol.monitoring
    return [look for place, look in enumerate(looks) if look.spending or place == len(looks) - 1]


def share_of_events(protocol: Protocol, arm: str) -> float:
    """The part of all events that falls on an arm and control together, were hazards alike: by the ratio."""
    ratio = protocol.randomization.ratio
    return (ratio[control_arm(protocol)] + ratio[arm]) / sum(ratio.values())


def looks_of(protocol: Protocol, arm: str | None = None) -> Looks:
    """Every look as a number of events (of all arms) with its bounds for a comparison: of an arm, or the only one."""
    analysis = protocol.analysis
    bounds = bounds_of(protocol)
    if not protocol.monitoring:
        return Looks((analysis.target_events,), bounds.upper, two_sided=analysis.sides == 2)
    claiming = dict(zip([look.id for look in spending_looks(protocol)], bounds.upper, strict=True))
    arm = experimental_arms(protocol)[0] if arm is None else arm
    ratio = protocol.randomization.ratio[arm] / protocol.randomization.ratio[control_arm(protocol)]
    share = share_of_events(protocol, arm)
    events, efficacy, futility = [], [], []
    for look in protocol.monitoring:
        needed = math.ceil(float(look.information) * analysis.target_events * (1.0 - 1e-12))
        events.append(needed)
        efficacy.append(claiming.get(look.id, math.inf))
        threshold = look.futility_hazard_ratio
        futility.append(drift(needed * share, float(threshold), ratio) if threshold is not None else -math.inf)
    return Looks(
        tuple(events),
        tuple(efficacy),
        tuple(futility),
        obeyed=any(look.binding_futility for look in protocol.monitoring),
        two_sided=analysis.sides == 2,
    )
