"""Target lesions: what each contributes to the sum, and what the sum says. RECIST 1.1, sections 4.3.1, 4.4.1-4.4.3."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

from equipoise.clinical.recist.codes import Response, Sight
from equipoise.kernel.canonical import decimal_text
from equipoise.kernel.messages import Message, message
from equipoise.kernel.quantities import Quantity

TOO_SMALL_MM = Decimal(5)
"""The diameter a lesion too small to measure counts as (section 4.4.2)."""
PROGRESSION_MM = Decimal(5)
NODE_NORMAL_MM = Decimal(10)
MOST_MM = Decimal(2000)
"""No diameter in a body is longer; a longer one is a slip of unit or key."""
_NANOMETRE = Decimal("0.000001")


def millimetres(length: Quantity) -> Decimal:
    """A length in mm, held to a nanometre, so that a spreadsheet's 32.300000000000004 is 32.3.

    Comparisons beyond that are exact. Raises ValueError for what is no length, is negative, or is over two metres.
    """
    found = length.value if length.unit == "mm" else length.to("mm").value
    if found < 0:
        raise ValueError(f"A diameter is not negative; seen {length}.")
    if found > MOST_MM:
        raise ValueError(f"A diameter is at most {MOST_MM} mm; seen {length}.")
    return found.quantize(_NANOMETRE, rounding=ROUND_HALF_UP).normalize()


@dataclass(frozen=True, slots=True)
class Reading:
    """A target lesion at one visit: how it was seen and, in mm, what it contributes to the sum."""

    sight: Sight
    value: Decimal | None = None

    @classmethod
    def measured(cls, *diameters: Quantity) -> "Reading":
        """The diameter measured, of whatever size; of a lesion fallen into fragments, all their diameters.

        Longest diameter, or for a node its short axis. Raises ValueError for what is no length.
        """
        if not diameters:
            raise ValueError("A measured lesion has a diameter; seen none.")
        return cls(Sight.MEASURED, sum((millimetres(one) for one in diameters), Decimal(0)))

    @classmethod
    def too_small(cls) -> "Reading":
        """Seen, but too small to measure: 5 mm by default."""
        return cls(Sight.TOO_SMALL, TOO_SMALL_MM)

    @classmethod
    def absent(cls) -> "Reading":
        """Gone: 0 mm."""
        return cls(Sight.ABSENT, Decimal(0))

    @classmethod
    def coalesced(cls) -> "Reading":
        """Grown into another target, which carries the diameter of both."""
        return cls(Sight.COALESCED, Decimal(0))

    @classmethod
    def not_evaluable(cls) -> "Reading":
        """Not imaged, or not readable: missing, which is not zero and is never carried forward."""
        return cls(Sight.NOT_EVALUABLE)


@dataclass(frozen=True, slots=True)
class TargetLesion:
    """A target lesion chosen at baseline; of a node the short axis counts."""

    id: str
    is_node: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """What the visits so far leave for the next one: sums in mm, and responses already given."""

    baseline: Decimal
    nadir: Decimal
    had_response: bool = False
    """A partial or complete target response was given since baseline, and no progression after it."""
    had_complete: bool = False
    """A complete target response was given."""


@dataclass(frozen=True, slots=True)
class TargetVerdict:
    """The target response of a visit, the sum it rests on (None where a target is missing), and why."""

    response: Response
    sum: Decimal | None
    reason: Message
    missing: tuple[str, ...] = ()


def baseline_sum(lesions: Sequence[TargetLesion], readings: Mapping[str, Reading]) -> Decimal:
    """The baseline sum of diameters. Raises ValueError where a target has no measured diameter at baseline."""
    total = Decimal(0)
    for lesion in lesions:
        value = readings.get(lesion.id, Reading.not_evaluable()).value
        if not value:
            raise ValueError(f"Target lesion {lesion.id} has no measured diameter at baseline.")
        total += value
    return total


def target_response(
    lesions: Sequence[TargetLesion], readings: Mapping[str, Reading], history: History, *, pr_persists: bool
) -> TargetVerdict:
    """The target response at a visit. RECIST 1.1, section 4.3.1; the order of the tests matters.

    With `pr_persists` a response once given stands as PR until progression, though the shrinkage falls under 30 %
    (the RECIST working group's answer); without it, stable disease is called afresh. Raises ValueError for a reading
    of a lesion that is no target.
    """
    known = {lesion.id for lesion in lesions}
    for name in readings:
        if name not in known:
            raise ValueError(f"Lesion {name} is no target lesion of the baseline.")
    if not lesions:
        return TargetVerdict(Response.NA, None, message("recist.target.none"))
    seen = {lesion.id: readings.get(lesion.id, Reading.not_evaluable()) for lesion in lesions}
    missing = tuple(name for name, reading in seen.items() if reading.value is None)
    assessed = sum((reading.value for reading in seen.values() if reading.value is not None), Decimal(0))
    if not missing and all(_is_gone(lesion, seen[lesion.id]) for lesion in lesions):
        return TargetVerdict(Response.CR, assessed, _complete(lesions, assessed))
    back = [
        lesion.id
        for lesion in lesions
        if history.had_complete and not lesion.is_node and (seen[lesion.id].value or Decimal(0)) > 0
    ]
    total = None if missing else assessed
    if back:
        why = message("recist.target.reappeared", lesions=", ".join(back))
        return TargetVerdict(Response.PD, total, why, missing)
    if is_progression(assessed, history.nadir):
        code = "recist.target.pd_though_missing" if missing else "recist.target.pd"
        return TargetVerdict(Response.PD, total, _why(code, assessed, history, missing), missing)
    if missing:
        return TargetVerdict(Response.NE, None, _not_evaluable(len(lesions), assessed, missing), missing)
    if is_partial(assessed, history.baseline):
        return TargetVerdict(Response.PR, assessed, _why("recist.target.pr", assessed, history))
    if pr_persists and history.had_response:
        return TargetVerdict(Response.PR, assessed, _why("recist.target.pr_persists", assessed, history))
    return TargetVerdict(Response.SD, assessed, _why("recist.target.sd", assessed, history))


def is_progression(current: Decimal, nadir: Decimal) -> bool:
    """At least 20 % and at least 5 mm above the nadir, baseline included; exact."""
    return current - nadir >= PROGRESSION_MM and 5 * current >= 6 * nadir


def is_partial(current: Decimal, baseline: Decimal) -> bool:
    """At least 30 % below the baseline; exact."""
    return 10 * current <= 7 * baseline


def after(history: History, verdict: TargetVerdict) -> History:
    """The history once a visit's verdict is given. Only complete sums can be the nadir."""
    responded = verdict.response in (Response.CR, Response.PR)
    return History(
        baseline=history.baseline,
        nadir=history.nadir if verdict.sum is None else min(history.nadir, verdict.sum),
        had_response=(history.had_response or responded) and verdict.response is not Response.PD,
        had_complete=history.had_complete or verdict.response is Response.CR,
    )


def _is_gone(lesion: TargetLesion, reading: Reading) -> bool:
    if reading.value is None:
        return False
    return reading.value < NODE_NORMAL_MM if lesion.is_node else reading.value == 0


def _complete(lesions: Sequence[TargetLesion], total: Decimal) -> Message:
    if any(lesion.is_node for lesion in lesions):
        return message("recist.target.cr_nodes", sum=decimal_text(total))
    return message("recist.target.cr")


def _why(code: str, total: Decimal, history: History, missing: tuple[str, ...] = ()) -> Message:
    return message(
        code,
        sum=decimal_text(total),
        baseline=decimal_text(history.baseline),
        nadir=decimal_text(history.nadir),
        from_baseline=percent(total, history.baseline),
        from_nadir=percent(total, history.nadir),
        growth=_signed(total - history.nadir),
        missing=", ".join(missing),
    )


def _not_evaluable(count: int, assessed: Decimal, missing: tuple[str, ...]) -> Message:
    if len(missing) == count:
        return message("recist.target.ne_all")
    return message(
        "recist.target.ne", missing=", ".join(missing), count=len(missing), of=count, sum=decimal_text(assessed)
    )


def percent(current: Decimal, reference: Decimal) -> str:
    """A change as people read it, `+29 %`; with two decimals, cut, where rounding would cross a limit of the rules."""
    if reference == 0:
        return "±0 %" if current == 0 else "+∞ %"
    change = 100 * (current - reference) / reference
    whole = change.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    if whole == 0 != change:
        return f"{_signed(change.quantize(Decimal('0.01')))} %"
    if whole in (20, -30) and change != whole:
        return f"{_signed(change.quantize(Decimal('0.01'), rounding=ROUND_DOWN), cut=True)} %"
    return f"{_signed(whole)} %"


def _signed(number: Decimal, *, cut: bool = False) -> str:
    if number == 0:
        return "±0"
    text = format(number, "f") if cut else decimal_text(number)
    return text if number < 0 else f"+{text}"
