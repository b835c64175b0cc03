"""Crossing probabilities of a group-sequential statistic, by recursive numerical integration.

The statistics Z_1 ... Z_K at information I_1 < ... < I_K have independent increments in Z sqrt(I), with drift theta
per unit of information (Armitage, McPherson and Rowe, JRSS A 1969;132:235; Jennison and Turnbull 2000, chapter 19).
The density of the statistic on the continuation region is carried from look to look on Gauss-Legendre panels no wider
than two and a half standard deviations of the next increment, so that every probability is good to better than 1e-12.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.statistics.normal import normal_cdfs

Array = NDArray[np.float64]

REACH = 12.0
"""Standard deviations from the mean beyond which density is neglected (2e-33)."""

_NODES, _WEIGHTS = (np.asarray(part, dtype=np.float64) for part in np.polynomial.legendre.leggauss(16))
_ROOT_TWO_PI = math.sqrt(2.0 * math.pi)
_ROWS = 256


@dataclass(frozen=True, slots=True)
class Walk:
    """The statistic after some looks: nodes `z` on the continuation region, each with its probability `mass`.

    `information` is that of the last look; at the start it is 0 and all mass lies on one point.
    """

    z: Array
    mass: Array
    information: float

    @classmethod
    def start(cls) -> "Walk":
        """Before any look."""
        return cls(np.zeros(1), np.ones(1), 0.0)

    @classmethod
    def at(cls, z: float, information: float) -> "Walk":
        """The statistic known to be `z` at an information: where conditional power starts."""
        return cls(np.array([z]), np.ones(1), information)

    def above(self, bound: float, information: float, theta: float) -> float:
        """The probability that the next look, at `information`, finds the statistic above `bound`."""
        if bound == math.inf:
            return 0.0
        return float(self.mass @ normal_cdfs(-self._distance(bound, information, theta)))

    def below(self, bound: float, information: float, theta: float) -> float:
        """The probability that the next look finds the statistic below `bound`."""
        if bound == -math.inf:
            return 0.0
        return float(self.mass @ normal_cdfs(self._distance(bound, information, theta)))

    def density(self, bound: float, information: float, theta: float) -> float:
        """The density of the next look's statistic at `bound`."""
        distance = self._distance(bound, information, theta)
        slope = math.sqrt(information / (information - self.information))
        return float(self.mass @ np.exp(-0.5 * distance * distance)) * slope / _ROOT_TWO_PI

    def advance(self, lower: float, upper: float, information: float, theta: float, next_information: float) -> "Walk":
        """The walk after a look that goes on only between `lower` and `upper`; `next_information` sets the panels."""
        step = information - self.information
        points = self.z * math.sqrt(self.information)
        mean_low = (float(points.min()) + theta * step) / math.sqrt(information)
        mean_high = (float(points.max()) + theta * step) / math.sqrt(information)
        spread = REACH * math.sqrt(step / information)
        low, high = max(lower, mean_low - spread), min(upper, mean_high + spread)
        if self.information > 0.0 and self.z.size > 1:
            centre = theta * math.sqrt(information)
            low, high = max(low, centre - REACH), min(high, centre + REACH)
        if not low < high:
            return Walk(np.array([0.0]), np.zeros(1), information)
        widths = [1.5, 2.5 * math.sqrt(max(next_information - information, 0.0) / information) or 1.5]
        widths.append(2.5 * math.sqrt(step / information))
        panels = max(1, math.ceil((high - low) / min(widths)))
        half = (high - low) / (2 * panels)
        centres = low + half * (2.0 * np.arange(panels) + 1.0)
        nodes = (centres[:, None] + half * _NODES).ravel()
        weights = np.tile(half * _WEIGHTS, panels)
        slope = math.sqrt(information / step)
        offset = (points + theta * step) / math.sqrt(step)
        density = np.empty_like(nodes)
        for first in range(0, nodes.size, _ROWS):
            block = slice(first, first + _ROWS)
            distance = nodes[block, None] * slope - offset
            density[block] = np.exp(-0.5 * distance * distance) @ self.mass
        return Walk(nodes, weights * density * (slope / _ROOT_TWO_PI), information)

    def _distance(self, bound: float, information: float, theta: float) -> Array:
        step = information - self.information
        drifted = self.z * math.sqrt(self.information) + theta * step
        return np.asarray((bound * math.sqrt(information) - drifted) / math.sqrt(step))


@dataclass(frozen=True, slots=True)
class Crossing:
    """The probability, look by look, of leaving first through the upper and through the lower bound."""

    upper: tuple[float, ...]
    lower: tuple[float, ...]


def crossing(
    information: Sequence[float],
    upper: Sequence[float],
    lower: Sequence[float],
    theta: float,
    start: Walk | None = None,
) -> Crossing:
    """First-exit probabilities at each look, for a drift `theta` per unit of information.

    At every look the trial leaves upward where Z >= upper, downward where Z < lower. Bounds may be infinite.
    """
    walk = start if start is not None else Walk.start()
    out_above, out_below = [], []
    for look, now in enumerate(information):
        out_above.append(walk.above(upper[look], now, theta))
        out_below.append(walk.below(lower[look], now, theta))
        if look + 1 < len(information):
            walk = walk.advance(lower[look], upper[look], now, theta, information[look + 1])
    return Crossing(tuple(out_above), tuple(out_below))


def upper_bound(walk: Walk, information: float, theta: float, target: float) -> float:
    """The bound b with P(next Z > b) = target; infinite where nothing may be spent."""
    return _solve(walk, information, theta, target, upward=True)


def lower_bound(walk: Walk, information: float, theta: float, target: float) -> float:
    """The bound b with P(next Z < b) = target; minus infinity where nothing may be spent."""
    return _solve(walk, information, theta, target, upward=False)


def _solve(walk: Walk, information: float, theta: float, target: float, *, upward: bool) -> float:
    sign = 1.0 if upward else -1.0
    tail = walk.above if upward else walk.below
    if target <= 1e-300:
        return sign * math.inf
    centre = theta * math.sqrt(information)
    low, high = centre - 45.0, centre + 45.0
    if tail(low if upward else high, information, theta) <= target:
        return low if upward else high
    bound = centre
    for _ in range(200):
        probability = tail(bound, information, theta)
        too_much = probability > target
        if too_much == upward:
            low = bound
        else:
            high = bound
        density = walk.density(bound, information, theta)
        # Newton on the logarithm of the tail, which is nearly quadratic; bisection where it would leave the bracket.
        following = 0.5 * (low + high)
        if probability > 0.0 and density > 0.0:
            newton = bound + sign * (math.log(probability) - math.log(target)) * probability / density
            if low < newton < high:
                following = newton
        if abs(following - bound) < 1e-13 * max(1.0, abs(bound)):
            return following
        bound = following
    return bound
