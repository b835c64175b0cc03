"""A survival curve of interval-censored times: where it is not determined, a band spans what it can be. SVG bytes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from equipoise.reports.figures import COLOURS, PATTERNS, Words, pyplot, svg, tick_times
from equipoise.statistics.interval_censored import TurnbullCurve


@dataclass(frozen=True)
class NamedInterval:
    """A curve and its direct label."""

    label: str
    curve: TurnbullCurve
    colour: int = 0


def spans(curve: TurnbullCurve) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Every end of an interval of mass in order, and the least and the most that survival can be from there on."""
    ends = np.unique(np.concatenate([[0.0], curve.left, curve.right[np.isfinite(curve.right)]]))
    before = np.concatenate([[1.0], curve.surv])
    most = before[np.searchsorted(curve.right, ends, side="right")]
    least = np.minimum(before[np.searchsorted(curve.left, ends, side="right")], most)
    return ends, least, most


def interval_figure(curves: Sequence[NamedInterval], words: Words) -> bytes:
    """Turnbull's curves with the bands in which they are not determined."""
    plt = pyplot()
    last = max((float(spans(one.curve)[0][-1]) for one in curves), default=1.0)
    ticks = tick_times(last)
    figure, axis = plt.subplots(figsize=(8.0, 4.8))
    for row, one in enumerate(curves):
        colour, pattern = COLOURS[one.colour % len(COLOURS)], PATTERNS[one.colour % len(PATTERNS)]
        ends, least, most = spans(one.curve)
        axis.step(ends, most, where="post", color=colour, linestyle=pattern, linewidth=1.8)
        axis.fill_between(ends, least, most, step="post", color=colour, alpha=0.18, linewidth=0)
        height = 1.0 - 0.065 * row
        axis.plot([0.955, 0.995], [height, height], transform=axis.transAxes, color=colour, linestyle=pattern)
        axis.text(0.945, height, one.label, transform=axis.transAxes, ha="right", va="center", color=colour, fontsize=9)
    axis.set_xlim(0, ticks[-1])
    axis.set_ylim(0, 1.02)
    axis.set_xticks(ticks)
    axis.set_xlabel(words.x)
    axis.set_ylabel(words.y)
    return svg(plt, figure, words.stamp, bottom=0.16)
