"""A figure of things side by side: a row for each, a mark for each measure, intervals as bars. SVG bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from equipoise.reports.figures import COLOURS, PATTERNS, Words, pyplot, svg

MARKS = ("o", "D", "s", "^")
QUIET = "#4b5554"
TALLER, ROW = 1.15, 0.42
"""Inches: the head and foot of the figure, and each row."""
WIDE, NARROW = 6.4, 4.2
"""Inches across."""
KEY_ROOM = 40
"""Letters that the key of a narrow figure holds on one line."""
LONG_NAME = 14
"""Letters; Chinese characters are twice as wide."""


@dataclass(frozen=True, slots=True)
class Dots:
    """One measure: its label, and for each row the value with the limits of its interval."""

    label: str
    values: Sequence[tuple[float, float, float]]


def dot_figure(
    rows: Sequence[str], measures: Sequence[Dots], words: Words, *, chosen: int | None = None,
    guides: Sequence[tuple[float, str]] = (), start: float | None = None, narrow: bool = False,
) -> bytes:  # fmt: skip
    """Rows from the top, the chosen one on a band and in bold; `guides` are upright lines with labels.

    `start` is where the axis begins; without it, a little before the smallest interval. `narrow` is for a phone: the
    same at two thirds of the width, names in two lines, so that it is read without enlarging.
    """
    pyplot()  # sets the faces and the salt of identifiers
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    height = TALLER + ROW * len(rows)
    figure = Figure(figsize=(NARROW if narrow else WIDE, height))
    FigureCanvasSVG(figure)
    axis = figure.add_subplot()
    if chosen is not None:
        axis.axhspan(chosen - 0.5, chosen + 0.5, color="#e2f0ef", linewidth=0)
    for place, measure in enumerate(measures):
        _marks(axis, measure, place, len(measures))
    low, high = _limits(measures, guides, start)
    for at, label in guides:
        axis.axvline(at, color="#858e8e", linewidth=0.9, linestyle=PATTERNS[2])
        side = -1 if at > 0.5 * (low + high) else 1  # its words lie where there is room
        axis.annotate(label, (at, len(rows) - 0.5), xytext=(3 * side, 3), textcoords="offset points", color=QUIET,
                      fontsize=8, ha="right" if side < 0 else "left")  # fmt: skip
    axis.set_xlim(low, high)
    axis.set_ylim(len(rows) - 0.5, -0.5)
    axis.set_yticks(range(len(rows)), [in_two_lines(row) for row in rows] if narrow else list(rows))
    for place, tick in enumerate(axis.get_yticklabels()):
        tick.set_fontweight("bold" if place == chosen else "normal")
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)
    axis.grid(axis="x", color="#d3d9d8", linewidth=0.6)
    axis.set_axisbelow(True)
    axis.set_xlabel(words.x)
    tall = len(measures) > 1 and _key(axis, measures, narrow=narrow)
    top = 1.0 - 0.38 / height if tall else 0.93
    return svg(pyplot(), figure, words.stamp, bottom=0.62 / height, left=0.36, right=0.97, top=top)


def in_two_lines(text: str) -> str:
    """A long name broken near its middle: at a blank, or between Chinese characters."""
    if len(text) <= (LONG_NAME if text.isascii() else LONG_NAME // 2):
        return text
    blanks = [place for place, sign in enumerate(text) if sign == " "] or list(range(1, len(text)))
    middle = min(blanks, key=lambda place: abs(place - len(text) / 2))
    return f"{text[:middle]}\n{text[middle:].strip()}"


def _marks(axis: Any, measure: Dots, place: int, measures: int) -> None:
    """One measure's marks, beside those of the others so that equal values do not hide each other."""
    colour = COLOURS[place % len(COLOURS)]
    for row, (value, lower, upper) in enumerate(measure.values):
        height = row + 0.22 * (place - (measures - 1) / 2.0)
        axis.plot([lower, upper], [height, height], color=colour, linewidth=1.4, solid_capstyle="butt")
        axis.plot(value, height, MARKS[place % len(MARKS)], color=colour, markersize=5.5)


def _limits(measures: Sequence[Dots], guides: Sequence[tuple[float, str]], start: float | None) -> tuple[float, float]:
    shown = [limit for measure in measures for value in measure.values for limit in value]
    shown += [at for at, _label in guides]
    low, high = min(shown), max(shown)
    room = max(0.06 * (high - low), 0.5)
    return (low - room if start is None else start), high + room


def _key(axis: Any, measures: Sequence[Dots], *, narrow: bool) -> bool:
    """The measures' names with their marks above the rows, on one line; whether on a phone they take two."""
    from matplotlib.lines import Line2D

    width = sum(1 if sign.isascii() else 2 for measure in measures for sign in measure.label)
    broken = narrow and width > KEY_ROOM
    lines = [
        Line2D([], [], color=COLOURS[place % len(COLOURS)], marker=MARKS[place % len(MARKS)], markersize=5.5,
               linestyle="none", label=in_two_lines(measure.label) if broken else measure.label)
        for place, measure in enumerate(measures)
    ]  # fmt: skip
    axis.legend(
        handles=lines, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=len(lines), frameon=False, fontsize=8,
        handletextpad=0.1, columnspacing=1.2, borderaxespad=0.1,
    )  # fmt: skip
    return broken
