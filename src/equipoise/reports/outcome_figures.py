"""Figures of outcomes beside survival curves: cumulative incidence, forest, mean change of a score. SVG bytes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

import numpy as np

from equipoise.reports.document import Counted, Pieced, behind_attribute
from equipoise.reports.figures import COLOURS, PATTERNS, Words, pyplot, svg, tick_times
from equipoise.statistics.competing import CumulativeIncidence

QUIET = "#4b5554"


@dataclass(frozen=True)
class NamedIncidence:
    """A cumulative incidence and its direct label."""

    label: str
    curve: CumulativeIncidence
    colour: int = 0


def incidence_figure(curves: Sequence[NamedIncidence], words: Words) -> bytes:
    """Cumulative incidence with confidence bands, and the numbers at risk under the axis."""
    plt = pyplot()
    last = max((float(one.curve.time[-1]) for one in curves), default=1.0)
    top = max((float(np.nanmax(np.append(one.curve.upper, one.curve.incidence))) for one in curves), default=1.0)
    ticks = tick_times(last)
    figure, axis = plt.subplots(figsize=(8.0, 4.2 + 0.28 * len(curves)))
    for row, one in enumerate(curves):
        colour, pattern = COLOURS[one.colour % len(COLOURS)], PATTERNS[one.colour % len(PATTERNS)]
        time = np.concatenate([[0.0], one.curve.time])
        axis.step(time, np.concatenate([[0.0], one.curve.incidence]), where="post", color=colour, linestyle=pattern,
                  linewidth=1.8)  # fmt: skip
        lower, upper = (np.nan_to_num(np.concatenate([[0.0], side])) for side in (one.curve.lower, one.curve.upper))
        axis.fill_between(time, lower, upper, step="post", color=colour, alpha=0.12, linewidth=0)
        height = 0.97 - 0.07 * row
        axis.plot([0.01, 0.05], [height, height], transform=axis.transAxes, color=colour, linestyle=pattern)
        axis.text(0.06, height, one.label, transform=axis.transAxes, va="center", color=colour, fontsize=9)
        for tick in ticks:
            place = int(np.searchsorted(one.curve.time, tick, side="left"))
            count = int(np.append(one.curve.n_risk, 0.0)[place])
            axis.annotate(f"{count}", (tick, 0), xycoords=("data", "axes fraction"), xytext=(0, -60 - 14 * row),
                          textcoords="offset points", ha="center", fontsize=8, color=colour)  # fmt: skip
    axis.annotate(words.at_risk, (0, 0), xycoords="axes fraction", xytext=(-34, -46), textcoords="offset points",
                  fontsize=8, color=QUIET)  # fmt: skip
    axis.set_xlim(0, ticks[-1])
    axis.set_ylim(0, min(1.02, max(0.25, top * 1.25)))
    axis.set_xticks(ticks)
    axis.set_xlabel(words.x)
    axis.set_ylabel(words.y)
    return svg(plt, figure, words.stamp, bottom=0.27 + 0.04 * len(curves))


@dataclass(frozen=True, slots=True)
class ForestRow:
    """A row of a forest plot: a heading without numbers, or a label with counts and a ratio with its limits."""

    label: str
    counts: tuple[str, ...] = ()
    ratio: float | None = None
    lower: float | None = None
    upper: float | None = None
    says: str = ""
    heading: bool = False
    size: float = 1.0


def forest_figure(rows: Sequence[ForestRow], words: Words, heads: Sequence[str], sides: tuple[str, str]) -> bytes:
    """Hazard ratios on a logarithmic axis with counts on the left and numbers on the right. `size` scales the mark.

    `sides` are written left and right of 1.
    """
    plt = pyplot()
    height = 1.5 + 0.27 * len(rows)
    figure, axis = plt.subplots(figsize=(8.0, height))
    known = [one for one in rows if one.ratio is not None and one.lower is not None and one.upper is not None]
    low = max(0.05, min([one.lower for one in known if one.lower] + [0.5]) / 1.15)
    high = min(20.0, max([one.upper for one in known if one.upper] + [2.0]) * 1.15)
    axis.set_xscale("log")
    axis.set_xlim(low, high)
    axis.set_ylim(len(rows) - 0.4, -1.2)
    axis.axvline(1, color="#858e8e", linewidth=0.9)
    counts: list[str] = []
    for place, one in enumerate(rows):
        weight = "bold" if one.heading else "normal"
        axis.text(-0.88, place, ("" if one.heading else "   ") + one.label, transform=axis.get_yaxis_transform(),
                  va="center", fontsize=8, fontweight=weight)  # fmt: skip
        for column, count in enumerate(one.counts):
            axis.text(-0.235 + 0.15 * column, place, count, transform=axis.get_yaxis_transform(), va="center",
                      ha="center", fontsize=8, gid=f"count-{len(counts)}")  # fmt: skip
            counts.append(count)
        axis.text(1.02, place, one.says, transform=axis.get_yaxis_transform(), va="center", fontsize=8)
        if one.ratio is not None and one.lower is not None and one.upper is not None:
            axis.plot([max(low, one.lower), min(high, one.upper)], [place, place], color=COLOURS[0], linewidth=1.2)
            axis.plot(one.ratio, place, "s", color=COLOURS[0], markersize=3 + 4 * one.size)
    for column, head in enumerate(heads):
        axis.text(-0.235 + 0.15 * column, -0.95, head, transform=axis.get_yaxis_transform(), va="center",
                  ha="center", fontsize=7.5, color=QUIET)  # fmt: skip
    ticks = [tick for tick in (0.1, 0.2, 0.5, 1, 2, 5, 10) if low <= tick <= high]
    axis.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axis.minorticks_off()
    axis.set_yticks([])
    axis.spines["left"].set_visible(False)
    axis.set_xlabel(words.x)
    axis.annotate(f"\u2190 {sides[0]}", (1, 0), xycoords=("data", "axes fraction"), xytext=(-8, -40),
                  textcoords="offset points", ha="right", fontsize=7.5, color=QUIET)  # fmt: skip
    axis.annotate(f"{sides[1]} \u2192", (1, 0), xycoords=("data", "axes fraction"), xytext=(8, -40),
                  textcoords="offset points", ha="left", fontsize=7.5, color=QUIET)  # fmt: skip
    drawn = svg(plt, figure, words.stamp, bottom=min(0.4, 0.85 / height), left=0.38, right=0.8)
    return _counting(drawn.decode(), counts).encode()


_TEXT = re.compile(r'(<g id="count-(\d+)">.*?<text[^>]*>)[^<]*(</text>)', re.DOTALL)


def _counting(drawn: str, counts: Sequence[str]) -> str:
    """The texts drawn under the names count-0, count-1 ... with each piece that counts rows naming them."""

    def pieced(found: re.Match[str]) -> str:
        count = counts[int(found[2])]
        pieces = count.pieces if isinstance(count, Pieced) else (count,)
        return found[1] + "".join(_piece(one) for one in pieces) + found[3]

    return _TEXT.sub(pieced, drawn)


def _piece(text: str) -> str:
    if not isinstance(text, Counted):
        return escape(text)
    return f"<tspan{behind_attribute(text.behind)}>{escape(text)}</tspan>"


@dataclass(frozen=True, slots=True)
class NamedMeans:
    """Means with limits at visits (weeks), and their direct label."""

    label: str
    weeks: tuple[float, ...]
    mean: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    colour: int = 0


def change_figure(lines: Sequence[NamedMeans], words: Words) -> bytes:
    """Mean change from baseline with 95 % limits, the arms a little apart so that their limits can be told."""
    plt = pyplot()
    figure, axis = plt.subplots(figsize=(7.2, 3.4))
    axis.axhline(0, color="#858e8e", linewidth=0.8)
    for row, one in enumerate(lines):
        colour, pattern = COLOURS[one.colour % len(COLOURS)], PATTERNS[one.colour % len(PATTERNS)]
        weeks = np.array(one.weeks) + 0.6 * (row - (len(lines) - 1) / 2)
        axis.plot(weeks, one.mean, color=colour, linestyle=pattern, marker="o", markersize=3.5, linewidth=1.5)
        axis.vlines(weeks, one.lower, one.upper, color=colour, linewidth=1)
        height = 0.98 - 0.075 * row
        axis.plot([0.955, 0.995], [height, height], transform=axis.transAxes, color=colour, linestyle=pattern)
        axis.text(0.945, height, one.label, transform=axis.transAxes, ha="right", va="center", color=colour, fontsize=8)
    limits = [0.0, *(value for one in lines for value in (*one.lower, *one.upper))]
    axis.set_ylim(min(limits) - 3, max(limits) + 6 + 3 * len(lines))
    axis.set_xlabel(words.x)
    axis.set_ylabel(words.y)
    return svg(plt, figure, words.stamp, bottom=0.2)
