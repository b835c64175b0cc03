"""Believable answers to any item: by its kind, and for laboratory results by what is usual for the analyte."""

from datetime import date, timedelta
from typing import Any

from equipoise.kernel.chance import Stream
from equipoise.methods.items import (
    ChoiceItem,
    ChoicesItem,
    DateItem,
    LabItem,
    LesionItem,
    NumberItem,
    TermItem,
    TextItem,
    YesNoItem,
)

type Raw = dict[str, Any]
"""An answer as typed."""

# analyte of `lab.` -> (unit, lower limit, upper limit, mean, standard deviation, decimals), after first-line
# chemo-immunotherapy
LABORATORY: dict[str, tuple[str, str, str, float, float, int]] = {
    "neutrophils": ("10*9/L", "1.8", "6.3", 3.9, 0.8, 2),
    "platelets": ("10*9/L", "125", "350", 215, 42, 0),
    "haemoglobin": ("g/L", "115", "150", 119, 9, 0),
    "leukocytes": ("10*9/L", "3.5", "9.5", 6.0, 1.2, 2),
    "lymphocytes": ("10*9/L", "1.1", "3.2", 1.6, 0.4, 2),
    "creatinine": ("umol/L", "41", "97", 69, 9, 0),
    "ast": ("U/L", "13", "40", 24, 6, 0),
    "alt": ("U/L", "7", "50", 23, 7, 0),
    "bilirubin": ("umol/L", "3.4", "20.5", 10.5, 3, 1),
    "alp": ("U/L", "45", "125", 82, 17, 0),
    "ldh": ("U/L", "120", "250", 195, 30, 0),
    "albumin": ("g/L", "40", "55", 42, 3, 1),
    "glucose": ("mmol/L", "3.9", "6.1", 5.4, 0.6, 1),
    "sodium": ("mmol/L", "137", "147", 141, 2, 0),
    "potassium": ("mmol/L", "3.5", "5.3", 4.2, 0.3, 1),
    "calcium": ("mmol/L", "2.11", "2.52", 2.3, 0.08, 2),
    "tsh": ("m[IU]/L", "0.27", "4.20", 1.9, 0.7, 2),
    "ft3": ("pmol/L", "3.1", "6.8", 4.8, 0.5, 2),
    "ft4": ("pmol/L", "12.0", "22.0", 16.4, 1.6, 1),
}

# concept -> (mean, standard deviation)
USUAL: dict[str, tuple[float, float]] = {
    "vital.weight": (64, 9), "vital.height": (166, 7), "vital.temperature": (36.6, 0.3), "vital.systolic": (124, 12),
    "vital.diastolic": (77, 8), "vital.pulse": (76, 9), "vital.spo2": (97, 1), "prior.cycles": (4.6, 0.8),
    "pet.reference_sul_mean": (1.55, 0.15), "pet.reference_suv_mean": (2.1, 0.2), "pet.reference_sul_sd": (0.22, 0.05),
    "pet.uptake_time": (61, 4), "pet.glucose": (5.6, 0.7), "diagnosis.pdl1": (45, 30),
}  # fmt: skip


def typical(item: Any, chance: Stream, day: date) -> Raw | None:
    """A believable answer to an item on a day; None for what only a story can answer (lesions, files)."""
    match item:
        case YesNoItem():
            return {"value": "no"}
        case ChoiceItem():
            # Authors list the usual answer first; scores spread over the lower half.
            codes = [option.id for option in item.options]
            if all(code.isdecimal() for code in codes):
                weights = [2.0**-rank for rank in range(len(codes))]
                return {"value": chance.weighted(codes, weights)}
            weights = [1.0 / (1 + rank) ** 1.5 for rank in range(len(codes))]
            return {"value": chance.weighted(codes, weights)}
        case ChoicesItem():
            return {"value": [item.options[0].id]}
        case NumberItem():
            return {"value": _number(item, chance)}
        case LabItem():
            return laboratory(item, chance)
        case DateItem():
            return {"value": day.isoformat()}
        case TextItem():
            return {"value": "Synthetic"} if item.required else None
        case TermItem() | LesionItem():
            return None
        case _:
            return None


def laboratory(item: LabItem, chance: Stream, *, shift: float = 0.0) -> Raw:
    """A result with the laboratory's limits; `shift` in standard deviations makes it better or worse."""
    known = LABORATORY.get(item.concept.removeprefix("lab.") or item.id)
    if known is None or known[0] not in item.units:
        return {"value": "5", "unit": item.units[0], "lower": "1", "upper": "10"}
    unit, lower, upper, mean, deviation, decimals = known
    value = max(mean * 0.05, chance.normal(mean + shift * deviation, deviation * 0.7))
    return {"value": f"{value:.{min(decimals, item.decimals)}f}", "unit": unit, "lower": lower, "upper": upper}


def _number(item: NumberItem, chance: Stream) -> str:
    low = float(item.low if item.low is not None else item.least if item.least is not None else 0)
    high = float(item.high if item.high is not None else item.most if item.most is not None else low + 10)
    mean, deviation = USUAL.get(item.concept, ((low + high) / 2, (high - low) / 8))
    least = float(item.least) if item.least is not None else low
    most = float(item.most) if item.most is not None else high
    value = min(max(chance.normal(mean, deviation), least), most)
    return f"{value:.{item.decimals}f}"


def candidates(item: Any, current: Raw | None) -> list[Raw]:
    """Other answers worth trying for an item, to make a rule true or false."""
    match item:
        case YesNoItem():
            return [{"value": "yes"}, {"value": "no"}]
        case ChoiceItem():
            return [{"value": option.id} for option in item.options]
        case ChoicesItem():
            return [{"value": [option.id]} for option in item.options]
        case NumberItem():
            least, most = item.least or item.low or 0, item.most or item.high or 100
            span = [least, most, *(bound for bound in (item.low, item.high) if bound is not None)]
            steps = [float(least) + (float(most) - float(least)) * part / 8 for part in range(9)]
            whole = range(int(least), min(int(most), int(least) + 12) + 1) if item.decimals == 0 else ()
            return [{"value": f"{float(value):.{item.decimals}f}"} for value in (*span, *steps, *whole)]
        case LabItem():
            base = current or {"value": "5", "unit": item.units[0], "lower": "1", "upper": "10"}
            upper = float(base.get("upper") or 10)
            lower = float(base.get("lower") or 1)
            values = [
                lower,
                (lower + upper) / 2,
                upper,
                *(upper * factor for factor in (1.2, 1.7, 3, 6)),
                lower * 0.7,
                lower * 0.4,
            ]
            floor = float(item.least) if item.least is not None else 0.0
            ceiling = float(item.most) if item.most is not None else float("inf")
            possible = [min(max(value, floor), ceiling) for value in values]
            known = LABORATORY.get(item.concept.removeprefix("lab.") or item.id)
            decimals = min(known[5], item.decimals) if known else item.decimals
            return [{**base, "value": f"{value:.{decimals}f}"} for value in possible]
        case DateItem():
            try:
                base_day = date.fromisoformat(str((current or {}).get("value", "")))
            except ValueError:
                return []
            return [{"value": (base_day - timedelta(days=days)).isoformat()} for days in (14, 30, 60, 100, 200, 400)]
        case _:
            return []
