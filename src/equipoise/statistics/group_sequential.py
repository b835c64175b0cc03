"""Group-sequential designs: boundaries by error spending, with or without stopping for futility, and what they do.

Statistics are standardized and positive where the experimental arm does better; information is a fraction of the
planned maximum; the drift `theta` is the expected statistic at full information. Lan and DeMets 1983; Pampallona,
Tsiatis and Kim, Drug Inf J 2001;35:1113 (spending of beta); Jennison and Turnbull 2000.
"""

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from equipoise.kernel.errors import InputError
from equipoise.statistics.errors import NoEstimate
from equipoise.statistics.joint_crossing import Walk, crossing, lower_bound, upper_bound
from equipoise.statistics.normal import normal_cdf, normal_quantile
from equipoise.statistics.spending import Spending

CLOSEST_LOOKS = 1e-4
"""The smallest step of information between looks."""


@dataclass(frozen=True, slots=True)
class BetaSpending:
    """Stop for futility by spending the type II error; `binding` where the efficacy bounds rely on it being obeyed."""

    spending: Spending
    binding: bool = False


@dataclass(frozen=True, slots=True)
class NullSpending:
    """Stop for futility by spending `level` below, computed under no effect; never binding."""

    spending: Spending
    level: float


@dataclass(frozen=True, slots=True)
class FixedFutility:
    """Stop for futility below given statistics, one for each look but the last."""

    bounds: tuple[float, ...]
    binding: bool = False


Futility = BetaSpending | NullSpending | FixedFutility


@dataclass(frozen=True, slots=True)
class Boundaries:
    """A design's bounds.

    `upper` and `lower` are statistics at each look (`lower` is -upper for a two-sided test; None without futility, and
    an element is -inf or inf where that look cannot stop). `spent` is the type I error spent so far, both sides of a
    two-sided test together; `levels` are the one-sided nominal levels of `upper`. `drift` is the expected statistic at
    full information under which a futility rule by beta spending keeps the power; None where no power entered.
    """

    information: tuple[float, ...]
    alpha: float
    sides: int
    upper: tuple[float, ...]
    lower: tuple[float, ...] | None
    spent: tuple[float, ...]
    drift: float | None = None

    @property
    def levels(self) -> tuple[float, ...]:
        """The one-sided nominal significance level at each look."""
        return tuple(normal_cdf(-bound) for bound in self.upper)

    @property
    def _floor(self) -> tuple[float, ...]:
        return self.lower if self.lower is not None else (-math.inf,) * len(self.upper)


@dataclass(frozen=True, slots=True)
class OperatingCharacteristics:
    """What a design does under a drift: chances of stopping at each look, and the expected information used."""

    drift: float
    efficacy: tuple[float, ...]
    futility: tuple[float, ...]
    expected_information: float

    @property
    def power(self) -> float:
        """The probability of crossing the upper bound at any look."""
        return math.fsum(self.efficacy)


def check_information(information: Sequence[float]) -> tuple[float, ...]:
    """Return the looks, or raise InputError where they are not increasing fractions that end at 1."""
    looks = tuple(float(fraction) for fraction in information)
    if not looks:
        raise InputError("no look is planned", seen="", wanted="at least one information fraction, the last of them 1")
    shown = ", ".join(f"{fraction:g}" for fraction in looks)
    if any(not math.isfinite(fraction) or not 0.0 < fraction <= 1.0 for fraction in looks):
        raise InputError(
            "an information fraction lies outside 0 to 1", seen=shown, wanted="fractions above 0, at most 1"
        )
    if any(later <= earlier for earlier, later in itertools.pairwise(looks)):
        raise InputError("the looks are out of order", seen=shown, wanted="information fractions that increase")
    if any(later - earlier < CLOSEST_LOOKS for earlier, later in itertools.pairwise(looks)):
        raise InputError("two looks all but coincide", seen=shown, wanted=f"looks at least {CLOSEST_LOOKS:g} apart")
    if looks[-1] != 1.0:
        raise InputError(
            "the last look is not at full information, so the error could never be spent",
            seen=shown,
            wanted="a last look at 1",
        )
    return looks


def check_errors(alpha: float, power: float | None = None, *, sides: int = 1) -> None:
    """Raise InputError or EstimationError where a level, or a power beside it, cannot be met."""
    if sides not in (1, 2):
        raise InputError("a test has one side or two", seen=sides, wanted="1 or 2")
    ceiling = 0.5 * sides
    if not 0.0 < alpha < ceiling:
        raise InputError(
            f"alpha cannot be the level of a {'one' if sides == 1 else 'two'}-sided test",
            seen=alpha, wanted=f"a number above 0 and below {ceiling:g}",
        )  # fmt: skip
    if power is None:
        return
    if not 0.0 < power < 1.0:
        raise InputError("the power is not a probability", seen=power, wanted="a number above alpha and below 1")
    if power <= alpha / sides:
        raise NoEstimate("statistics.power_below_level", power=f"{power:g}", level=f"{alpha / sides:g}")


def boundaries(
    information: Sequence[float],
    alpha: float,
    spending: Spending,
    *,
    sides: int = 1,
    futility: Futility | None = None,
    power: float | None = None,
) -> Boundaries:
    """The bounds that spend `alpha` (of both sides together) as `spending` says.

    `power` is needed where a futility rule spends beta. Raises InputError for looks out of order or levels out of
    range, and EstimationError where no bounds meet what is asked.
    """
    looks = check_information(information)
    check_errors(alpha, power, sides=sides)
    side = alpha / sides
    planned = tuple(spending.spent(side, fraction) for fraction in looks)
    spent = tuple(sides * amount for amount in planned)
    if sides == 2:
        if futility is not None:
            raise InputError("a futility bound belongs to a one-sided test", seen="two sides", wanted="one side")
        upper = _symmetric_bounds(looks, planned)
        return Boundaries(looks, alpha, 2, upper, tuple(-bound for bound in upper), spent)
    if futility is None:
        return Boundaries(looks, alpha, 1, _upper_bounds(looks, planned), None, spent)
    if isinstance(futility, FixedFutility):
        lower = _fixed(futility, looks)
        upper = _upper_bounds(looks, planned, lower if futility.binding else None)
        for floor, ceiling in zip(lower[:-1], upper, strict=False):
            if floor > ceiling:
                raise InputError(
                    "a futility bound lies above the efficacy bound of its look", seen=f"{floor:g}",
                    wanted=f"at most {ceiling:.4f}",
                )  # fmt: skip
        return Boundaries(looks, alpha, 1, upper, (*lower[:-1], upper[-1]), spent)
    if isinstance(futility, NullSpending):
        check_errors(futility.level)
        upper = _upper_bounds(looks, planned)
        below = tuple(futility.spending.spent(futility.level, fraction) for fraction in looks)
        return Boundaries(looks, alpha, 1, upper, _lower_bounds(looks, below, upper, 0.0), spent)
    if power is None:
        raise InputError("a futility rule that spends beta needs the power it must keep", wanted="a power")
    return _beta_spending(looks, alpha, planned, futility, power)


def bounds_so_far(information: Sequence[float], spent: Sequence[float], *, sides: int = 1) -> tuple[float, ...]:
    """The bounds of the looks taken so far, at the information they had, where the errors spent by each are settled.

    `information` is in any unit (events, say), `spent` cumulative, of both sides together. Lan and DeMets 1983: what
    was spent at earlier looks stays spent, whatever comes later. Raises InputError for looks out of order or errors
    that shrink.
    """
    looks, errors = tuple(map(float, information)), tuple(map(float, spent))
    if not looks or looks[0] <= 0 or any(later <= earlier for earlier, later in itertools.pairwise(looks)):
        shown = ", ".join(f"{one:g}" for one in looks)
        raise InputError("the looks are out of order", seen=shown, wanted="information that increases")
    if len(errors) != len(looks) or any(later < earlier for earlier, later in itertools.pairwise((0.0, *errors))):
        shown = ", ".join(f"{one:g}" for one in errors)
        raise InputError("the errors spent shrink", seen=shown, wanted="one for each look, none less than the last")
    check_errors(errors[-1], sides=sides)
    share = tuple(one / looks[-1] for one in looks)
    side = tuple(error / sides for error in errors)
    return _symmetric_bounds(share, side) if sides == 2 else _upper_bounds(share, side)


def operating_characteristics(design: Boundaries, drift: float) -> OperatingCharacteristics:
    """What the design does when the expected statistic at full information is `drift`."""
    left = crossing(design.information, design.upper, design._floor, drift)
    stops = [above + below for above, below in zip(left.upper, left.lower, strict=True)]
    stops[-1] = 1.0 - math.fsum(stops[:-1])
    expected = math.fsum(chance * fraction for chance, fraction in zip(stops, design.information, strict=True))
    return OperatingCharacteristics(drift, left.upper, left.lower, expected)


def drift_for_power(design: Boundaries, power: float) -> float:
    """The drift at which the design reaches a power. Raises EstimationError where none does."""
    check_errors(design.alpha, power, sides=design.sides)
    fixed = float(normal_quantile(power) - normal_quantile(design.alpha / design.sides))
    return _root(lambda drift: operating_characteristics(design, drift).power - power, 0.2 * fixed, 2.0 * fixed + 1.0)


def inflation(design: Boundaries, power: float) -> float:
    """How much more information the design needs, at most, than a single analysis of the same level and power."""
    fixed = float(normal_quantile(power) - normal_quantile(design.alpha / design.sides))
    return (drift_for_power(design, power) / fixed) ** 2


def wang_tsiatis(information: Sequence[float], alpha: float, delta: float, *, sides: int = 1) -> Boundaries:
    """Bounds c * t^(delta - 1/2): delta 0 is O'Brien and Fleming's, 1/2 Pocock's.

    Wang and Tsiatis, Biometrics 1987;43:193.
    """
    looks = check_information(information)
    check_errors(alpha, sides=sides)
    if not math.isfinite(delta) or not -5.0 <= delta <= 1.0:
        raise InputError("Wang and Tsiatis' delta is out of range", seen=delta, wanted="a number from -5 to 1")

    def bounds(constant: float) -> tuple[float, ...]:
        return tuple(constant * fraction ** (delta - 0.5) for fraction in looks)

    def excess(constant: float) -> float:
        upper = bounds(constant)
        lower = tuple(-bound for bound in upper) if sides == 2 else (-math.inf,) * len(upper)
        return math.fsum(crossing(looks, upper, lower, 0.0).upper) - alpha / sides

    upper = bounds(_root(excess, 0.01, 12.0))
    lower = tuple(-bound for bound in upper) if sides == 2 else None
    reached = crossing(looks, upper, lower or (-math.inf,) * len(upper), 0.0).upper
    spent = tuple(sides * math.fsum(reached[: look + 1]) for look in range(len(looks)))
    return Boundaries(looks, alpha, sides, upper, lower, spent)


def _steps(cumulative: Sequence[float]) -> list[float]:
    return [now - before for before, now in zip((0.0, *cumulative), cumulative, strict=False)]


def _upper_bounds(
    looks: tuple[float, ...], cumulative: tuple[float, ...], lower: Sequence[float] | None = None
) -> tuple[float, ...]:
    """Bounds that spend error under no effect; a `lower` that binds takes the paths it stops away."""
    walk, found = Walk.start(), []
    for look, amount in enumerate(_steps(cumulative)):
        bound = upper_bound(walk, looks[look], 0.0, amount)
        found.append(bound)
        if look + 1 < len(looks):
            floor = min(lower[look], bound) if lower is not None else -math.inf
            walk = walk.advance(floor, bound, looks[look], 0.0, looks[look + 1])
    return tuple(found)


def _symmetric_bounds(looks: tuple[float, ...], cumulative: tuple[float, ...]) -> tuple[float, ...]:
    walk, found = Walk.start(), []
    for look, amount in enumerate(_steps(cumulative)):
        bound = upper_bound(walk, looks[look], 0.0, amount)
        found.append(bound)
        if look + 1 < len(looks):
            walk = walk.advance(-bound, bound, looks[look], 0.0, looks[look + 1])
    return tuple(found)


def _lower_bounds(
    looks: tuple[float, ...], cumulative: tuple[float, ...], upper: tuple[float, ...], drift: float
) -> tuple[float, ...]:
    """Bounds that spend error below, under a drift; a bound never passes the upper one."""
    walk, found = Walk.start(), []
    for look, amount in enumerate(_steps(cumulative)):
        bound = min(lower_bound(walk, looks[look], drift, amount), upper[look])
        found.append(bound)
        if look + 1 < len(looks):
            walk = walk.advance(bound, upper[look], looks[look], drift, looks[look + 1])
    return tuple(found)


def _fixed(futility: FixedFutility, looks: tuple[float, ...]) -> tuple[float, ...]:
    if len(futility.bounds) != len(looks) - 1:
        raise InputError(
            "the futility bounds do not match the looks",
            seen=f"{len(futility.bounds)} bounds, {len(looks)} looks",
            wanted=f"one for each look but the last: {len(looks) - 1}",
        )
    if any(math.isnan(bound) for bound in futility.bounds):
        raise InputError("a futility bound is not a number", wanted="a z, or -inf where that look does not stop")
    return (*(float(bound) for bound in futility.bounds), -math.inf)


def _beta_spending(
    looks: tuple[float, ...], alpha: float, planned: tuple[float, ...], futility: BetaSpending, power: float
) -> Boundaries:
    """Find the drift under which spending all of beta below ends exactly at the last upper bound."""
    beta = 1.0 - power
    below = tuple(futility.spending.spent(beta, fraction) for fraction in looks)

    def at(drift: float) -> tuple[tuple[float, ...], tuple[float, ...], float]:
        if futility.binding:
            upper, lower = _binding_bounds(looks, planned, below, drift)
        else:
            upper = _upper_bounds(looks, planned)
            lower = _lower_bounds(looks, below, upper, drift)
        lower = (*lower[:-1], upper[-1])
        reached = math.fsum(crossing(looks, upper, lower, drift).upper)
        return upper, lower, reached

    fixed = float(normal_quantile(power) - normal_quantile(alpha))
    drift = _root(lambda guess: at(guess)[2] - power, 0.5 * fixed, 3.0 * fixed)
    upper, lower, _ = at(drift)
    spent = tuple(planned)
    return Boundaries(looks, alpha, 1, upper, lower, spent, drift)


def _binding_bounds(
    looks: tuple[float, ...], planned: tuple[float, ...], below: tuple[float, ...], drift: float
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    null, alternative = Walk.start(), Walk.start()
    uppers: list[float] = []
    lowers: list[float] = []
    for look, (up, down) in enumerate(zip(_steps(planned), _steps(below), strict=True)):
        upper = upper_bound(null, looks[look], 0.0, up)
        lower = min(lower_bound(alternative, looks[look], drift, down), upper)
        uppers.append(upper)
        lowers.append(lower)
        if look + 1 < len(looks):
            null = null.advance(lower, upper, looks[look], 0.0, looks[look + 1])
            alternative = alternative.advance(lower, upper, looks[look], drift, looks[look + 1])
    return tuple(uppers), tuple(lowers)


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """The zero of a monotone function between two arguments, by regula falsi (Illinois). Raises EstimationError."""
    at_low, at_high = function(low), function(high)
    if at_low * at_high > 0.0:
        raise NoEstimate("statistics.no_drift")
    for _ in range(200):
        # Where the secant stalls at one end, the Illinois rule halves that end's weight.
        guess = high - at_high * (high - low) / (at_high - at_low)
        if not min(low, high) < guess < max(low, high):
            guess = 0.5 * (low + high)
        value = function(guess)
        if value * at_high < 0.0:
            low, at_low = high, at_high
        else:
            at_low *= 0.5
        high, at_high = guess, value
        if value == 0.0 or abs(high - low) < 1e-13 * max(1.0, abs(high)) or abs(value) < 1e-15:
            break
    return high
