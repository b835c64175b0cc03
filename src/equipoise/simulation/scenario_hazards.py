"""The hazards a scenario stands for: those of control from its medians, those of each experimental arm from its effect.

The hazard of an average control is set so that the *mixture* over the levels of the factors has the stated median. A
`scan_observed` median is brought back to a latent one by half an imaging interval, the mean delay until a scan shows
what has grown. An arm's effect is the scenario's, or its own where the scenario says so (`by_arm`).
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from equipoise.kernel.dates import DAYS_PER_MONTH
from equipoise.kernel.errors import EstimationError, InputError
from equipoise.kernel.messages import message
from equipoise.protocol.model import LaterEffect, Protocol, Scenario
from equipoise.simulation import words as words
from equipoise.simulation.tables import combine
from equipoise.simulation.trials import Hazards, Scans, StratumFactor
from equipoise.statistics.expected_events import Pieces


def latent_median(scenario: Scenario, scans: Scans | None, months: Decimal | None = None) -> float:
    """The median of control (or another, in `months`) at which tumours have grown, in days, shown by a scan or not."""
    days = float(scenario.control_pfs_median if months is None else months) * DAYS_PER_MONTH
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


def control_hazards(
    protocol: Protocol, scenario: Scenario, factors: tuple[StratumFactor, ...], scans: Scans | None
) -> Hazards:
    """Hazards of control, a day, for a participant whose levels all have hazard ratio 1."""
    deaths, local = _shares(scenario)
    total = baseline_hazard(latent_median(scenario, scans), factors, local)
    dropout = -math.log(1.0 - float(protocol.accrual.dropout_per_year)) / 365.25
    return Hazards(
        Pieces.constant(total * (1.0 - deaths - local)),
        Pieces.constant(total * local / mean_lesions(factors)),
        Pieces.constant(total * deaths),
        Pieces.constant(_late_death(scenario.os_median_after)),
        Pieces.constant(dropout),
    )


def experimental_hazards(
    scenario: Scenario, arm: str, control: Hazards, factors: tuple[StratumFactor, ...], scans: Scans | None
) -> Hazards:
    """Hazards of an experimental arm, a day, for the same participant: those of control under the arm's effect."""
    own = scenario.effect_on(arm)
    if own is None:
        if scenario.lesion_hazard_ratio is not None:
            spared = Pieces.constant(control.local.values[0] * float(scenario.lesion_hazard_ratio))
            return replace(control, local=spared)
        return _with_effect(control, _effect(scenario.id, scenario.hazard_ratio, scenario.later), factors)
    if own.os_median_after is not None:
        control = replace(control, late_death=Pieces.constant(_late_death(own.os_median_after)))
    if own.pfs_median is not None:
        ratio = ratio_of_median(scenario, arm, latent_median(scenario, scans, own.pfs_median), control, factors)
        return _with_effect(control, Pieces.constant(ratio), factors)
    assert own.hazard_ratio is not None
    return _with_effect(control, _effect(scenario.id, own.hazard_ratio, own.later), factors)


def ratio_of_median(
    scenario: Scenario, arm: str, median: float, control: Hazards, factors: tuple[StratumFactor, ...]
) -> float:
    """The hazard ratio of progression under which an arm's mixture has survival one half at a median, in days.

    Raises EstimationError where deaths before progression alone bring an earlier one.
    """
    strata = combine(factors)

    def surviving(ratio: float) -> float:
        hazards = _with_effect(control, Pieces.constant(ratio), factors)
        distant, local, deaths = (piece.values[0] for piece in (hazards.progression, hazards.local, hazards.death))
        return math.fsum(
            stratum.share * share / math.fsum(stratum.lesions)
            * math.exp(-median * stratum.hazard_ratio * (distant + count * local + deaths))
            for stratum in strata
            for count, share in enumerate(stratum.lesions, start=1)
        )  # fmt: skip

    low, high = 0.0, 1.0
    if surviving(low) <= 0.5:
        raise EstimationError(message("stop.median_of_arm", scenario=scenario.id, arm=arm, days=f"{median:.0f}"))
    while surviving(high) > 0.5:
        low, high = high, 2.0 * high
    for _ in range(200):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if surviving(middle) > 0.5 else (low, middle)
    return 0.5 * (low + high)


def _shares(scenario: Scenario) -> tuple[float, float]:
    """Shares of first events in control: deaths, and progressions at residual sites."""
    deaths = float(scenario.death_share)
    return deaths, float(scenario.local_share) * (1.0 - deaths)


def _late_death(months: Decimal) -> float:
    return math.log(2.0) / (float(months) * DAYS_PER_MONTH)


def _effect(name: str, ratio: Decimal, later: Sequence[LaterEffect]) -> Pieces:
    """A hazard ratio over time, in days."""
    if not ratio > 0:
        raise InputError("a hazard ratio is not above 0", column=name, seen=ratio)
    if ratio == 1 and all(one.hazard_ratio == 1 for one in later):
        return Pieces.constant(1.0)
    starts = (0.0, *(float(one.from_months) * DAYS_PER_MONTH for one in later))
    return Pieces(starts, (float(ratio), *(float(one.hazard_ratio) for one in later)))


def _with_effect(control: Hazards, effect: Pieces, factors: tuple[StratumFactor, ...]) -> Hazards:
    """Control under a hazard ratio of progression.

    Radiotherapy spares residual sites first: what is left of the progression hazard falls on other sites up to their
    own hazard, and only the rest on residual ones.
    """
    if effect == Pieces.constant(1.0):
        return control
    distant, lesions = control.progression.values[0], mean_lesions(factors)
    at_sites = control.local.values[0] * lesions
    whole = at_sites + distant
    elsewhere = tuple(min(distant, value * whole) if value < 1.0 else distant * value for value in effect.values)
    spared = tuple(
        max(value * whole - share, 0.0) / lesions if at_sites > 0.0 else 0.0
        for value, share in zip(effect.values, elsewhere, strict=True)
    )
    return replace(control, progression=Pieces(effect.starts, elsewhere), local=Pieces(effect.starts, spared))


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


def true_hazard_ratio(
    scenario: Scenario, arm: str, control: Hazards, experimental: Hazards, *, survival: bool
) -> float | None:
    """The hazard ratio of the primary endpoint between an arm and control that was put in; None where it is an output.

    It is an output under delayed effects, contamination or effects on lesions alone; where deaths or numbers of
    lesions mix with an effect on progression; and for survival, which follows from progression.
    """
    if experimental == control:
        return 1.0
    own = scenario.effect_on(arm)
    later = scenario.later if own is None else own.later
    on_lesions = own is None and scenario.lesion_hazard_ratio is not None
    mixed = scenario.controls_irradiated or scenario.experimental_not_irradiated or scenario.death_share
    uneven = any(share.lesions for share in scenario.levels)
    if survival or mixed or uneven or later or on_lesions:
        return None
    if own is None or own.hazard_ratio is not None:
        return float(scenario.hazard_ratio if own is None or own.hazard_ratio is None else own.hazard_ratio)
    return _progression(experimental) / _progression(control)


def _progression(hazards: Hazards) -> float:
    """The constant hazard of progression of a participant with one residual lesion."""
    return hazards.progression.values[0] + hazards.local.values[0]
