"""Figures of proportions: response rates with exact limits, adverse events by term and group. SVG bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from equipoise.reports.figures import COLOURS, Words, pyplot, svg
from equipoise.statistics.estimate import Estimate

MARKS = ("o", "s", "^", "D")
"""A mark for each group, beside its colour."""
QUIET = "#4b5554"


@dataclass(frozen=True, slots=True)
class NamedRate:
    """A proportion with its limits: of which line, of which group (its place), and how many of how many."""

    line: str
    group: int
    estimate: Estimate
    counts: str


def rates_figure(rates: Sequence[NamedRate], groups: Sequence[str], words: Words) -> bytes:
    """Proportions in percent with their limits, a line each with the groups under one another."""
    plt = pyplot()
    lines = list(dict.fromkeys(one.line for one in rates))
    step = 0.8 / max(1, len(groups))
    height_in = 1.5 + len(lines) * (0.35 + 0.32 * len(groups)) + 0.2 * len(groups)
    figure, axis = plt.subplots(figsize=(8.0, height_in))
    for one in rates:
        height = lines.index(one.line) + (one.group - (len(groups) - 1) / 2) * step
        colour, mark = COLOURS[one.group % len(COLOURS)], MARKS[one.group % len(MARKS)]
        value, lower, upper = (one.estimate.value, one.estimate.lower, one.estimate.upper)
        if value is None:
            continue
        if lower is not None and upper is not None:
            axis.hlines(height, 100 * lower, 100 * upper, color=colour, linewidth=1.4)
        axis.plot([100 * value], [height], mark, color=colour, markersize=6)
        axis.text(101.5, height, one.counts, va="center", fontsize=8, color=colour)
    _names(axis, groups, MARKS)
    axis.set_yticks(range(len(lines)), lines)
    axis.set_ylim(len(lines) - 0.45, -0.55)
    axis.set_xlim(0, 100)
    axis.set_xlabel(words.x)
    axis.grid(axis="x", color="#e3e8e7", linewidth=0.6)
    axis.set_axisbelow(True)
    top = 1 - (0.15 + 0.2 * len(groups)) / height_in
    return svg(plt, figure, words.stamp, bottom=0.6 / height_in, left=0.2, right=0.92, top=top)


@dataclass(frozen=True, slots=True)
class TermBar:
    """A term: the percentage of each group with any grade, and with a severe one."""

    term: str
    any_grade: tuple[float, ...]
    severe: tuple[float, ...]


def terms_figure(bars: Sequence[TermBar], groups: Sequence[str], words: Words, severe: str) -> bytes:
    """Adverse events as bars: any grade light, severe dark, the groups under one another."""
    plt = pyplot()
    step = 0.8 / max(1, len(groups))
    height_in = 1.6 + max(1, len(bars)) * (0.16 + 0.17 * len(groups)) + 0.2 * len(groups)
    figure, axis = plt.subplots(figsize=(8.0, height_in))
    for place, bar in enumerate(bars):
        for group in range(len(groups)):
            height = place + (group - (len(groups) - 1) / 2) * step
            colour = COLOURS[group % len(COLOURS)]
            axis.barh(height, bar.any_grade[group], step * 0.9, color=colour, alpha=0.35)
            axis.barh(height, bar.severe[group], step * 0.9, color=colour)
    _names(axis, groups, ("s",))
    axis.annotate(severe, (1, 1), xycoords="axes fraction", xytext=(0, 6), textcoords="offset points", ha="right",
                  fontsize=7.5, color=QUIET)  # fmt: skip
    axis.set_yticks(range(len(bars)), [bar.term for bar in bars])
    axis.set_ylim(max(1, len(bars)) - 0.4, -0.6)
    axis.set_xlim(left=0)
    axis.set_xlabel(words.x)
    return svg(
        plt,
        figure,
        words.stamp,
        bottom=min(0.3, 0.6 / height_in),
        left=0.32,
        top=1 - (0.15 + 0.2 * len(groups)) / height_in,
    )


def _names(axis: Any, groups: Sequence[str], marks: Sequence[str]) -> None:
    """The groups above the axes, each with its mark and colour."""
    for place, label in enumerate(groups):
        colour = COLOURS[place % len(COLOURS)]
        above = 8 + 14 * (len(groups) - 1 - place)
        at = {"xycoords": "axes fraction", "textcoords": "offset points", "fontsize": 8.5, "color": colour}
        axis.annotate(label, (0, 1), xytext=(12, above), **at)
        axis.annotate("●■▲◆"["os^D".index(marks[place % len(marks)])], (0, 1), xytext=(0, above), **at)
