"""FDG-PET response from entered figures: PERCIST 1.0, EORTC 1999, five-point and liver-ratio rules. Exact.

Missing PET is not evaluable, never "not complete".
Sources: Wahl et al., J Nucl Med 2009;50(Suppl 1):122S-150S and O, Wahl, Radiology 2016;280:576-584 (PERCIST); Young et
al., Eur J Cancer 1999;35:1773-1782 (EORTC); Barrington et al., J Clin Oncol 2014;32:3048-3058 (five-point score).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from equipoise.kernel.canonical import decimal_text
from equipoise.kernel.messages import Message, message
from equipoise.kernel.quantities import Quantity
from equipoise.kernel.truth import Truth, all_of, known

LeanBody = Literal["janmahasatian", "james", "morgan"]


class Metabolic(StrEnum):
    """A metabolic response."""

    CMR = "CMR"
    PMR = "PMR"
    SMD = "SMD"
    PMD = "PMD"
    NE = "NE"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A metabolic response and the sentence that explains it."""

    response: Metabolic
    reason: Message


def lean_body_mass(weight: Quantity, height: Quantity, sex: Literal["male", "female"], formula: LeanBody) -> Quantity:
    """Lean body mass in kg, by a formula that must be named.

    `janmahasatian` (Clin Pharmacokinet 2005;44:1051): 9270 W / (6680 + 216 BMI) for men, 9270 W / (8780 + 244 BMI) for
    women. `james` (1976): 1.10 W - 128 (W/H)^2, 1.07 W - 148 (W/H)^2, H in cm. `morgan` (DICOM's "LBM", and what the
    PERCIST paper prints): as `james`, with 120 for 128 in men. Raises ValueError for what is no mass or no length.
    """
    kilograms, centimetres = Fraction(weight.to("kg").value), Fraction(height.to("cm").value)
    if kilograms <= 0 or centimetres <= 0:
        raise ValueError(f"Weight and height are positive; seen {weight} and {height}.")
    if formula == "janmahasatian":
        bmi = kilograms / (centimetres / 100) ** 2
        constant, slope = (8780, 244) if sex == "female" else (6680, 216)
        return Quantity.exactly(9270 * kilograms / (constant + slope * bmi), "kg")
    share, square = (
        (Fraction("1.07"), 148) if sex == "female" else (Fraction("1.10"), 128 if formula == "james" else 120)
    )
    return Quantity.exactly(share * kilograms - square * (kilograms / centimetres) ** 2, "kg")


# PERCIST 1.0


@dataclass(frozen=True, slots=True)
class PercistScan:
    """One scan for PERCIST, in SUL: the peak of its hottest lesion, and how it was made. None where not recorded."""

    sul_peak: Decimal | None
    liver_mean: Decimal | None = None
    liver_sd: Decimal | None = None
    blood_pool_mean: Decimal | None = None
    blood_pool_sd: Decimal | None = None
    uptake_minutes: int | None = None
    glucose: Quantity | None = None
    is_liver_usable: bool = True


def is_assessable(scan: PercistScan) -> Truth:
    """Whether a baseline lesion is hot enough to follow.

    At least 1.5 x liver mean + 2 SD; with the liver unusable, at least 2.0 x blood-pool mean + 2 SD.
    """
    mean, sd, times = (
        (scan.liver_mean, scan.liver_sd, Decimal("1.5"))
        if scan.is_liver_usable
        else (scan.blood_pool_mean, scan.blood_pool_sd, Decimal(2))
    )
    if scan.sul_peak is None or mean is None or sd is None:
        return Truth.UNKNOWN
    return known(scan.sul_peak >= times * mean + 2 * sd)


def comparability(baseline: PercistScan, followup: PercistScan) -> tuple[Message, ...]:
    """Why two scans should not be compared: uptake time, liver, glucose. Empty when nothing speaks against it.

    50-70 minutes and within 15 of each other; liver mean within 20 % and within 0.3 SUL; glucose under 200 mg/dL. What
    is not recorded speaks neither way. Raises ValueError for a glucose that is no concentration.
    """
    from equipoise.clinical.labs import convert

    against: list[Message] = []
    times = [scan.uptake_minutes for scan in (baseline, followup) if scan.uptake_minutes is not None]
    against += [message("pet.uptake_time", minutes=time) for time in times if not 50 <= time <= 70]
    if len(times) == 2 and abs(times[0] - times[1]) > 15:
        against.append(message("pet.uptake_differs", minutes=abs(times[0] - times[1])))
    before, after = baseline.liver_mean, followup.liver_mean
    if before is not None and after is not None:
        change = abs(after - before)
        if change >= Decimal("0.3") or 5 * change > before:
            against.append(message("pet.liver_differs", before=decimal_text(before), after=decimal_text(after)))
    for scan in (baseline, followup):
        if scan.glucose is not None and convert("glucose", scan.glucose, "mg/dL").value >= 200:
            against.append(message("pet.glucose", glucose=str(scan.glucose)))
    return tuple(against)


def percist(
    baseline: PercistScan,
    followup: PercistScan,
    *,
    is_at_background: bool,
    others_at_background: bool = True,
    has_new_lesion: bool = False,
    has_growth_elsewhere: bool = False,
    glycolysis_change: Decimal | None = None,
) -> Verdict:
    """PERCIST 1.0 response from the hottest lesion of each scan.

    `is_at_background`: the lesion cannot be told from background or blood pool; `others_at_background`: nor any other.
    `has_growth_elsewhere`: another lesion rose by over 30 % in SUL or size. `glycolysis_change` of the total lesion
    glycolysis in percent.
    """
    if has_new_lesion:
        return Verdict(Metabolic.PMD, message("pet.new_lesion"))
    before, after = baseline.sul_peak, followup.sul_peak
    if before is None or after is None:
        return Verdict(Metabolic.NE, message("pet.missing"))
    if before <= 0:
        return Verdict(Metabolic.NE, message("pet.no_uptake_before"))
    change = after - before
    told = {"before": decimal_text(before), "after": decimal_text(after), "change": _percent(change, before)}
    if 10 * change > 3 * before and change > Decimal("0.8"):
        return Verdict(Metabolic.PMD, message("pet.percist.pmd", **told))
    if glycolysis_change is not None and glycolysis_change >= 75 and change >= 0:
        return Verdict(Metabolic.PMD, message("pet.percist.extent", glycolysis=decimal_text(glycolysis_change)))
    if followup.liver_mean is None:  # without it nobody can tell a complete response from a partial or none
        return Verdict(Metabolic.NE, message("pet.missing"))
    if after < followup.liver_mean and is_at_background and others_at_background:
        return Verdict(Metabolic.CMR, message("pet.percist.cmr", **told, liver=decimal_text(followup.liver_mean)))
    if 10 * -change >= 3 * before and -change >= Decimal("0.8"):
        if has_growth_elsewhere:
            return Verdict(Metabolic.SMD, message("pet.percist.growth_elsewhere", **told))
        return Verdict(Metabolic.PMR, message("pet.percist.pmr", **told))
    return Verdict(Metabolic.SMD, message("pet.percist.smd", **told))


# EORTC 1999


def eortc(
    baseline_suv: Decimal | None,
    followup_suv: Decimal | None,
    *,
    is_at_background: bool,
    is_after_first_cycle: bool,
    has_new_uptake: bool = False,
    extent_change: Decimal | None = None,
) -> Verdict:
    """EORTC 1999 response. `extent_change` of the longest dimension of uptake in percent.

    Partial response: a fall of at least 15 % after one cycle, of more than 25 % after more. Progression: a rise of more
    than 25 %, or an extent of more than 20 % above, or new uptake.
    """
    if has_new_uptake:
        return Verdict(Metabolic.PMD, message("pet.new_lesion"))
    if baseline_suv is None or followup_suv is None:
        return Verdict(Metabolic.NE, message("pet.missing"))
    if baseline_suv <= 0:
        return Verdict(Metabolic.NE, message("pet.no_uptake_before"))
    change = followup_suv - baseline_suv
    told = {
        "before": decimal_text(baseline_suv),
        "after": decimal_text(followup_suv),
        "change": _percent(change, baseline_suv),
    }
    if 4 * change > baseline_suv or (extent_change is not None and extent_change > 20):
        return Verdict(Metabolic.PMD, message("pet.eortc.pmd", **told))
    if is_at_background:
        return Verdict(Metabolic.CMR, message("pet.eortc.cmr", **told))
    is_partial = 100 * -change >= 15 * baseline_suv if is_after_first_cycle else 4 * -change > baseline_suv
    if is_partial:
        return Verdict(Metabolic.PMR, message("pet.eortc.pmr", **told))
    return Verdict(Metabolic.SMD, message("pet.eortc.smd", **told))


# FIVE-POINT SCORE


def five_point(
    lesion: Decimal | None,
    *,
    blood_pool: Decimal | None,
    liver: Decimal | None,
    is_visible: bool = True,
    is_new: bool = False,
    markedly: Decimal = Decimal(2),
) -> int | None:
    """The five-point score from SUVmax figures; None where one that decides is missing.

    1 no uptake above background; 2 at most blood pool; 3 above it, at most liver; 4 above liver; 5 more than `markedly`
    times liver, or new.
    """
    if is_new:
        return 5
    if not is_visible:
        return 1
    if lesion is None or liver is None:
        return None
    if lesion > liver:
        return 5 if lesion > markedly * liver else 4
    if blood_pool is None:
        return None
    return 3 if lesion > blood_pool else 2


# COMPLETE METABOLIC RESPONSE OF A LESION


@dataclass(frozen=True, slots=True)
class CompleteResponseRule:
    """A protocol's rule for complete metabolic response, with the version under which verdicts are recorded.

    `percist`: SULpeak under liver SULmean and at background. `liver_suvmax`: SUVmax at most `threshold` times liver
    SUVmean. `five_point`: score at most `threshold`. `reader`: the reader's word.
    """

    kind: Literal["percist", "liver_suvmax", "five_point", "reader"]
    threshold: Decimal = Decimal(1)
    version: str = "1"


@dataclass(frozen=True, slots=True)
class LesionFigures:
    """What was entered of one lesion on one PET; None where it was not."""

    suv_max: Decimal | None = None
    sul_peak: Decimal | None = None
    liver_suv_mean: Decimal | None = None
    liver_sul_mean: Decimal | None = None
    is_at_background: bool | None = None
    five_point: int | None = None
    reader_complete: bool | None = None
    was_detectable: bool | None = None
    """At baseline it was hot enough and at least 10 mm; None where there was no such scan to say so."""


def complete_metabolic_response(rule: CompleteResponseRule, lesion: LesionFigures) -> tuple[Truth, Message]:
    """Whether a lesion is in complete metabolic response, and why; unknown where a figure is missing."""
    if lesion.was_detectable is False:
        return Truth.UNKNOWN, message("pet.cmr.not_detectable")
    match rule.kind:
        case "percist":
            if lesion.sul_peak is None or lesion.liver_sul_mean is None:
                return Truth.UNKNOWN, message("pet.missing")
            told = {"value": decimal_text(lesion.sul_peak), "liver": decimal_text(lesion.liver_sul_mean)}
            if lesion.sul_peak >= lesion.liver_sul_mean:
                return Truth.FALSE, message("pet.cmr.above_liver", **told)
            if lesion.is_at_background is None:
                return Truth.UNKNOWN, message("pet.cmr.background_unknown", **told)
            code = "pet.cmr.below_liver" if lesion.is_at_background else "pet.cmr.visible"
            return known(lesion.is_at_background), message(code, **told)
        case "liver_suvmax":
            if lesion.suv_max is None or lesion.liver_suv_mean is None:
                return Truth.UNKNOWN, message("pet.missing")
            limit = rule.threshold * lesion.liver_suv_mean
            told = {"value": decimal_text(lesion.suv_max), "limit": decimal_text(limit)}
            complete = lesion.suv_max <= limit
            return known(complete), message("pet.cmr.within" if complete else "pet.cmr.beyond", **told)
        case "five_point":
            if lesion.five_point is None:
                return Truth.UNKNOWN, message("pet.missing")
            complete = lesion.five_point <= rule.threshold
            told = {"score": str(lesion.five_point), "limit": decimal_text(rule.threshold)}
            return known(complete), message("pet.cmr.score" if complete else "pet.cmr.score_above", **told)
        case "reader":
            if lesion.reader_complete is None:
                return Truth.UNKNOWN, message("pet.missing")
            code = "pet.cmr.reader_yes" if lesion.reader_complete else "pet.cmr.reader_no"
            return known(lesion.reader_complete), message(code)


def patient_complete_response(lesions: Iterable[Truth], *, has_new_lesion: bool) -> Truth:
    """Whether a participant is in complete metabolic response: every lesion is, and none is new."""
    return Truth.FALSE if has_new_lesion else all_of(lesions)


def is_too_early(pet_on: date, radiotherapy_ended: date, *, weeks: int = 12) -> bool:
    """Whether a PET stands so soon after radiotherapy that inflammation may pass for tumour."""
    return radiotherapy_ended <= pet_on < radiotherapy_ended + timedelta(weeks=weeks)


def _percent(change: Decimal, reference: Decimal) -> str:
    return f"{100 * change / reference:+.1f} %"
