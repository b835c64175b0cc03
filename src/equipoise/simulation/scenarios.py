"""From a protocol to the trials it imagines: one `TrialDesign` a scenario.

Nothing is made up here: accrual, dropout, strata, randomization, scans, looks and error rates are the protocol's, and
the hazards follow from the scenario's medians and hazard ratios (`scenario_hazards`). Months become days.
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
from equipoise.simulation.scenario_hazards import control_hazards, experimental_hazards, true_hazard_ratio
from equipoise.simulation.trials import (
    LONGEST_TRIAL,
    Allocation,
    Contamination,
    FactorLevel,
    Looks,
    Scans,
    StratumFactor,
    TrialDesign,
    UniformAccrual,
)
from equipoise.statistics.group_sequential import Boundaries, boundaries
from equipoise.statistics.sample_size import drift
from equipoise.statistics.spending import OBrienFlemingType, parse_spending

YEARS_AFTER_ACCRUAL = 10
"""A simulated trial waits so long for its events, and says how often they had not come by then."""


def trial_of(protocol: Protocol, scenario: Scenario) -> TrialDesign:
    """The trial of one scenario. Raises EstimationError or InputError where the numbers cannot make one."""
    return design_of(protocol, scenario, allocation_of(protocol), looks_of(protocol))


def cohort_of(protocol: Protocol, scenario: Scenario, subjects: int, arm: str | None = None) -> TrialDesign:
    """The participants alone: so many, at the protocol's rate, whatever the arms, one look at the end.

    Nobody is allocated here: give arms. Its experimental hazards are those of an arm, the first unless said otherwise.
    Scans are made on their planned days, and none is missed. Raises what `trial_of` raises.
    """
    whole = design_of(protocol, scenario, Allocation("simple"), Looks((1,), (math.inf,)), arm)
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


def design_of(
    protocol: Protocol, scenario: Scenario, allocation: Allocation, looks: Looks, arm: str | None = None
) -> TrialDesign:
    """The trial of one scenario under an allocation and looks; what `trial_of` does, for those who bring their own.

    Its experimental hazards are those of an arm: the first, unless said otherwise.
    """
    accrual_days = float(protocol.accrual.months) * DAYS_PER_MONTH
    longest = math.ceil(accrual_days + YEARS_AFTER_ACCRUAL * 365.25)
    if longest > LONGEST_TRIAL:
        raise InputError(
            message("stop.accrual_too_long"), column="accrual.months", seen=str(protocol.accrual.months),
            wanted=message(
                "stop.months_at_most", months=f"{(LONGEST_TRIAL - YEARS_AFTER_ACCRUAL * 365.25) / DAYS_PER_MONTH:.0f}"
            ),
        )  # fmt: skip
    factors = factors_of(protocol, scenario)
    scans = scans_of(protocol, scenario, longest)
    control = control_hazards(protocol, scenario, factors, scans)
    own = arm or next(iter(experimental_arms(protocol)), "")
    experimental = experimental_hazards(scenario, own, control, factors, scans)
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
        hazard_ratio=true_hazard_ratio(scenario, own, control, experimental, survival=survival),
        confidence=float(max(protocol.analysis.intervals)),
        longest=longest,
    )


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


def control_arm(protocol: Protocol) -> str:
    """The one control arm. Raises EstimationError where there is none, or another."""
    found = [arm.id for arm in protocol.arms if arm.role == "control"]
    if len(found) != 1:
        raise EstimationError(message("stop.one_control", control=len(found)))
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
