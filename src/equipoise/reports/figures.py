"""Figures that print: Kaplan-Meier curves with numbers at risk, accrual against plan. SVG bytes, the same on every run.

Axes are named with units, lines are labelled directly and told apart by pattern as well as colour (Okabe and Ito's,
safe for colour-blind eyes), confidence is a band, and the data-cut stamp stands small at the foot.
"""

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from equipoise.statistics.survival import SurvivalCurve

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
PATTERNS = ("-", (0, (6, 2)), (0, (2, 2)), (0, (8, 2, 2, 2)))
FONTS = ["Noto Sans CJK SC", "Noto Sans", "DejaVu Sans"]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a figure, in the reader's language."""

    x: str
    y: str
    at_risk: str = ""
    stamp: str = ""
    title: str = ""


@dataclass(frozen=True)
class NamedCurve:
    """A curve and its direct label."""

    label: str
    curve: SurvivalCurve
    colour: int = 0


def kaplan_meier_figure(curves: Sequence[NamedCurve], words: Words, *, width: float = 8.0) -> bytes:
    """Kaplan-Meier curves with confidence bands, censoring ticks and the numbers at risk under the axis."""
    plt = pyplot()
    last = max((float(one.curve.time[-1]) for one in curves if len(one.curve.time)), default=1.0)
    ticks = tick_times(last)
    rows = len(curves)
    figure, axis = plt.subplots(figsize=(width, 4.6 + 0.28 * rows))
    for one in curves:
        _curve(axis, one)
    axis.set_xlim(0, ticks[-1])
    axis.set_ylim(0, 1.02)
    axis.set_xticks(ticks)
    axis.set_yticks([0, 0.25, 0.5, 0.75, 1.0])
    axis.set_xlabel(words.x)
    axis.set_ylabel(words.y)
    if words.title:
        axis.set_title(words.title, loc="left", fontsize=10, fontweight="bold")
    _labels(axis, curves)
    _risk_table(axis, curves, ticks, words.at_risk)
    return svg(plt, figure, words.stamp, bottom=0.24 + 0.05 * rows)


def accrual_figure(
    months: Sequence[float],
    planned: Sequence[float],
    actual: Sequence[int | None],
    words: Words,
    labels: tuple[str, str],
) -> bytes:
    """Cumulative accrual against plan."""
    plt = pyplot()
    figure, axis = plt.subplots(figsize=(6.4, 3.6))
    axis.plot(months, planned, color="#6b7675", linestyle=(0, (5, 3)), linewidth=1.4)
    reached = [(month, count) for month, count in zip(months, actual, strict=True) if count is not None]
    axis.step([m for m, _ in reached], [c for _, c in reached], where="post", color=COLOURS[0], linewidth=2)
    axis.set_xlim(0, max(months))
    axis.set_ylim(0, max([*planned, *(c for _, c in reached), 1]) * 1.08)
    axis.set_xlabel(words.x)
    axis.set_ylabel(words.y)
    axis.annotate(
        labels[0], (months[-1], planned[-1]), xytext=(-4, 4), textcoords="offset points", ha="right", color="#4b5554"
    )
    if reached:
        axis.annotate(
            f"{labels[1]} {reached[-1][1]}", reached[-1], xytext=(-4, 6), textcoords="offset points", ha="right",
            color=COLOURS[0],
        )  # fmt: skip
    return svg(plt, figure, words.stamp, bottom=0.2)


def _curve(axis: Any, one: NamedCurve) -> None:
    curve, colour = one.curve, COLOURS[one.colour % len(COLOURS)]
    time = np.concatenate([[0.0], curve.time])
    surv = np.concatenate([[1.0], curve.surv])
    axis.step(time, surv, where="post", color=colour, linestyle=PATTERNS[one.colour % len(PATTERNS)], linewidth=1.8)
    lower = np.concatenate([[1.0], np.nan_to_num(curve.lower, nan=0.0)])
    upper = np.concatenate([[1.0], np.nan_to_num(curve.upper, nan=1.0)])
    axis.fill_between(time, lower, upper, step="post", color=colour, alpha=0.12, linewidth=0)
    censored = curve.n_censor > 0
    axis.plot(curve.time[censored], curve.surv[censored], "|", color=colour, markersize=6, markeredgewidth=1)


def _labels(axis: Any, curves: Sequence[NamedCurve]) -> None:
    """Direct labels, each with its own line, in the upper right where survival curves leave room."""
    for row, one in enumerate(curves):
        colour, pattern = COLOURS[one.colour % len(COLOURS)], PATTERNS[one.colour % len(PATTERNS)]
        height = 1.0 - 0.065 * row
        axis.plot([0.955, 0.995], [height, height], transform=axis.transAxes, color=colour, linestyle=pattern)
        axis.text(0.945, height, one.label, transform=axis.transAxes, ha="right", va="center", color=colour, fontsize=9)


def _risk_table(axis: Any, curves: Sequence[NamedCurve], ticks: Sequence[float], heading: str) -> None:
    axis.annotate(heading, (0, 0), xycoords=("axes fraction", "axes fraction"), xytext=(-34, -46),
                  textcoords="offset points", fontsize=8, color="#4b5554")  # fmt: skip
    for row, one in enumerate(curves):
        for tick, count in zip(ticks, one.curve.at_risk(ticks), strict=True):
            axis.annotate(
                f"{int(count)}", (tick, 0), xycoords=("data", "axes fraction"), xytext=(0, -60 - 14 * row),
                textcoords="offset points", ha="center", fontsize=8, color=COLOURS[one.colour % len(COLOURS)],
            )  # fmt: skip


def tick_times(last: float) -> list[float]:
    """The times under a time axis that ends after `last`: where numbers at risk are given."""
    step = next(step for step in (1, 2, 3, 6, 12, 24, 60, 600) if last / step <= 12)
    return [float(step * index) for index in range(int(np.ceil(last / step)) + 1)]


def pyplot() -> Any:
    """Matplotlib, set to draw SVG with this project's faces and the same identifiers on every run."""
    import matplotlib as mpl

    mpl.use("svg")
    import matplotlib.pyplot as plt

    mpl.rcParams.update(
        {
            "svg.hashsalt": "equipoise", "svg.fonttype": "none", "font.family": "sans-serif", "font.sans-serif": FONTS,
            "font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": "#858e8e",
        }
    )  # fmt: skip
    return plt


def svg(
    plt: Any, figure: Any, stamp: str, *, bottom: float, left: float = 0.1, right: float = 0.97, top: float = 0.93
) -> bytes:
    """A figure as SVG, its stamp small at the foot."""
    figure.subplots_adjust(left=left, right=right, top=top, bottom=bottom)
    if stamp:
        figure.text(0.01, 0.01, stamp, fontsize=6, color="#55605f")
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a face without Chinese glyphs only measures; the reader's own face draws
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(figure)
    return buffer.getvalue()
