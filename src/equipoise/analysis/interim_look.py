"""What a look at the primary endpoint spends of the type I error, and how the result stands against its boundary.

Information is the events seen over the events planned. A look that names a spending function, and the last one, may
claim efficacy; others spend nothing. Errors are spent by the information really seen (Lan and DeMets, Biometrika
1983;70:659), and what earlier looks spent stays spent; the last look has whatever is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from equipoise.analysis import words as _words  # noqa: F401  (declares the wordings)
from equipoise.analysis.survival import EndpointEstimate
from equipoise.kernel.errors import EquipoiseError
from equipoise.kernel.messages import Message, literal, message
from equipoise.protocol.model import Endpoint, Protocol
from equipoise.statistics.errors import NoEstimate
from equipoise.statistics.group_sequential import bounds_so_far
from equipoise.statistics.normal import normal_cdf
from equipoise.statistics.spending import OBrienFlemingType, Spending, parse_spending


@dataclass(frozen=True, slots=True)
class Standing:
    """An arm at a look: its statistic (positive favours it), hazard ratio, and what the boundaries say.

    `crossed` is None where the look cannot claim efficacy or there is no statistic; `futile` where it has no rule.
    """

    arm: str
    control: str
    z: float | None
    ratio: float | None
    crossed: bool | None
    favours_control: bool
    futile: bool | None


@dataclass(frozen=True, slots=True)
class LookTaken:
    """A look: its information, what it and the earlier ones spent (cumulative, all sides), its boundary and results.

    `bound` is the critical statistic and `level` its one-sided level; None where the look cannot claim efficacy, or
    `reason` says why there is none.
    """

    id: str
    label: str
    is_last: bool
    planned: float
    events: int
    target: int
    alpha: float
    sides: int
    spending: str
    spends: bool
    spent_before: float
    spent: float
    earlier: tuple[tuple[str, int], ...]
    bound: float | None
    level: float | None
    futility_hazard_ratio: float | None
    binding: bool
    standings: tuple[Standing, ...]
    reason: Message | None = None

    @property
    def fraction(self) -> float:
        """Events seen over events planned."""
        return self.events / self.target


def look_taken(protocol: Protocol, look: str, found: EndpointEstimate, earlier: Sequence[tuple[str, int]]) -> LookTaken:
    """Judge a planned look. `found` is the primary endpoint by arm at its cut; `earlier` the looks taken before it
    with the events each saw. Raises NoEstimate for a look that the protocol does not plan."""
    planned = next((one for one in protocol.monitoring if one.id == look), None)
    if planned is None:
        raise NoEstimate("analysis.look_unplanned", look=look, planned=_ids(protocol))
    plan, is_last = protocol.analysis, planned is protocol.monitoring[-1]
    function, spends = spending_of(protocol), bool(planned.spending) or is_last
    alpha, target = float(plan.alpha), plan.target_events
    claiming = [(name, events) for name, events in earlier if _spends(protocol, name)]
    amounts = [_spent(function, alpha, plan.sides, events / target) for _, events in claiming]
    before = amounts[-1] if amounts else 0.0
    bound, reason, spent = None, None, before
    if spends:
        spent = alpha if is_last else max(before, _spent(function, alpha, plan.sides, found.events / target))
        try:
            information = [float(events) for _, events in claiming] + [float(found.events)]
            bound = bounds_so_far(information, [*amounts, spent], sides=plan.sides)[-1]
            bound = None if bound == float("inf") else bound
        except EquipoiseError as error:
            reason = literal(str(error))
    threshold = float(planned.futility_hazard_ratio) if planned.futility_hazard_ratio is not None else None
    return LookTaken(
        look, planned.label, is_last, float(planned.information), found.events, target, alpha, plan.sides,
        function.name, spends, before, spent, tuple(earlier), bound,
        None if bound is None else normal_cdf(-bound), threshold, planned.binding_futility,
        _standings(found, bound, plan.sides, threshold), reason,
    )  # fmt: skip


def spending_of(protocol: Protocol) -> Spending:
    """The spending function of a plan: the first that its looks name, else O'Brien and Fleming's type."""
    named = next((one.spending for one in protocol.monitoring if one.spending), "")
    return parse_spending(named) if named else OBrienFlemingType()


def primary_of(protocol: Protocol) -> Endpoint:
    """The endpoint whose events are the information."""
    return protocol.endpoint(protocol.analysis.primary)


def _spends(protocol: Protocol, look: str) -> bool:
    last = protocol.monitoring[-1]
    return any(one.id == look and (one.spending or one is last) for one in protocol.monitoring)


def _spent(function: Spending, alpha: float, sides: int, fraction: float) -> float:
    return sides * function.spent(alpha / sides, min(1.0, fraction)) if fraction > 0 else 0.0


def _standings(
    found: EndpointEstimate, bound: float | None, sides: int, threshold: float | None
) -> tuple[Standing, ...]:
    standings = []
    for one in found.contrasts:
        z = None if one.logrank.z is None else -one.logrank.z
        ratio = one.ratios[0].value if one.ratios else None
        crossed = None if z is None or bound is None else (abs(z) if sides == 2 else z) >= bound
        futile = None if ratio is None or threshold is None else ratio > threshold
        standings.append(Standing(one.arm, one.control, z, ratio, crossed, z is not None and z < 0, futile))
    return tuple(standings)


def _ids(protocol: Protocol) -> Message:
    names = ", ".join(one.id for one in protocol.monitoring)
    return literal(names) if names else message("analysis.no_look")
