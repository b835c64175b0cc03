"""Figures of a design and of a forecast, as they print: SVG bytes, the same on every run.

Drawn on figures of their own, never on a shared one, since a page asks for several at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from equipoise.reports.figures import COLOURS, PATTERNS, Words, pyplot, svg

QUIET = "#4b5554"


@dataclass(frozen=True, slots=True)
class PowerPoint:
    """Power at a hazard ratio; the interval of a simulated one."""

    hazard_ratio: float
    power: float
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class Fan:
    """A fan of predictions: months, the median, and pairs of bounds from the widest to the narrowest."""

    months: Sequence[float]
    middle: Sequence[float]
    bands: Sequence[tuple[Sequence[float], Sequence[float]]]


def power_figure(
    closed: Sequence[PowerPoint], simulated: Sequence[PowerPoint], chosen: PowerPoint, words: Words,
    labels: tuple[str, str],
) -> bytes:  # fmt: skip
    """Power over hazard ratios in closed form, simulated points with their intervals, the chosen point marked."""
    figure, axis = _axis(words)
    axis.plot([one.hazard_ratio for one in closed], [one.power for one in closed], color=COLOURS[0], linewidth=1.8)
    for one in (*simulated, chosen):
        if one.lower is not None and one.upper is not None:
            axis.plot([one.hazard_ratio] * 2, [one.lower, one.upper], color=COLOURS[1], linewidth=1.4)
        axis.plot(one.hazard_ratio, one.power, "o", color=COLOURS[1], markersize=4)
    axis.axvline(chosen.hazard_ratio, color="#858e8e", linewidth=0.8, linestyle=PATTERNS[2])
    axis.set_ylim(0, 1.02)
    axis.set_xlim(closed[0].hazard_ratio, closed[-1].hazard_ratio)
    axis.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    _key(axis, [(labels[0], COLOURS[0], "-", ""), (labels[1], COLOURS[1], "", "o")])
    return svg(pyplot(), figure, words.stamp, bottom=0.2)


def calendar_figure(
    calendar: Sequence[tuple[float, float, float]], target: float, reached: float | None, end: float, words: Words,
    labels: tuple[str, str, str],
) -> bytes:  # fmt: skip
    """Participants and events expected over months, the target, when it is reached, and the planned end."""
    figure, axis = _axis(words)
    months = [row[0] for row in calendar]
    axis.plot(months, [row[1] for row in calendar], color="#6b7675", linestyle=PATTERNS[1], linewidth=1.6)
    axis.plot(months, [row[2] for row in calendar], color=COLOURS[0], linewidth=2)
    axis.axhline(target, color="#858e8e", linewidth=0.8, linestyle=PATTERNS[2])
    if reached is not None:
        axis.plot([reached, reached], [0, target], color=COLOURS[0], linewidth=0.8, linestyle=PATTERNS[2])
        axis.plot(reached, target, "o", color=COLOURS[0], markersize=4)
    axis.axvline(end, color="#858e8e", linewidth=0.8, linestyle=PATTERNS[1])
    axis.set_xlim(0, months[-1])
    axis.set_ylim(0, max(calendar[-1][1], target) * 1.12)
    axis.annotate(labels[2], (end, 0), xytext=(3, 4), textcoords="offset points", color=QUIET, fontsize=8)
    _at_end(axis, months[-1], calendar[-1][1], labels[0], "#6b7675")
    _at_end(axis, months[-1], calendar[-1][2], labels[1], COLOURS[0])
    return svg(pyplot(), figure, words.stamp, bottom=0.2)


def boundaries_figure(
    events: Sequence[float], efficacy: Sequence[float | None], futility: Sequence[float | None], words: Words,
    labels: tuple[str, str],
) -> bytes:  # fmt: skip
    """The statistic at each look that claims efficacy, and the one that advises to stop."""
    figure, axis = _axis(words)
    for bounds, colour, pattern, mark, label in (
        (efficacy, COLOURS[0], PATTERNS[0], "o", labels[0]),
        (futility, COLOURS[1], PATTERNS[1], "s", labels[1]),
    ):
        known = [(count, bound) for count, bound in zip(events, bounds, strict=True) if bound is not None]
        if not known:
            continue
        axis.plot(
            [count for count, _ in known], [bound for _, bound in known], color=colour, linestyle=pattern, marker=mark,
            markersize=5,
        )  # fmt: skip
        for count, bound in known:
            axis.annotate(f"{bound + 0.0:.2f}", (count, bound), xytext=(0, 7), textcoords="offset points", ha="center",
                          color=colour, fontsize=8)  # fmt: skip
        axis.annotate(label, known[-1], xytext=(0, -14), textcoords="offset points", ha="right", color=colour)
    shown = [bound for bound in (*efficacy, *futility) if bound is not None]
    axis.set_xlim(0, max(events) * 1.06)
    axis.set_ylim(min([0.0, *shown]) - 0.6, max(shown, default=1.0) + 0.6)
    return svg(pyplot(), figure, words.stamp, bottom=0.2)


def fan_figure(
    seen: Sequence[tuple[float, int]], fan: Fan, target: float, today: float, words: Words, labels: tuple[str, str],
) -> bytes:  # fmt: skip
    """Events seen so far, then the fan of those to come, with the target."""
    figure, axis = _axis(words)
    if seen:
        axis.step([month for month, _ in seen], [count for _, count in seen], where="post", color=COLOURS[0],
                  linewidth=2)  # fmt: skip
    for (low, high), depth in zip(fan.bands, (0.14, 0.22), strict=False):
        axis.fill_between(fan.months, low, high, color=COLOURS[0], alpha=depth, linewidth=0)
    axis.plot(fan.months, fan.middle, color=COLOURS[0], linestyle=PATTERNS[1], linewidth=1.6)
    axis.axhline(target, color="#858e8e", linewidth=0.8, linestyle=PATTERNS[2])
    axis.axvline(today, color="#858e8e", linewidth=0.8, linestyle=PATTERNS[1])
    axis.annotate(labels[0], (0, target), xytext=(4, 4), textcoords="offset points", color=QUIET, fontsize=8)
    axis.annotate(labels[1], (today, 0), xytext=(3, 4), textcoords="offset points", color=QUIET, fontsize=8)
    axis.set_xlim(0, max(fan.months[-1], today))
    axis.set_ylim(0, max(target, fan.bands[0][1][-1] if fan.bands else target) * 1.12)
    return svg(pyplot(), figure, words.stamp, bottom=0.2)


def _axis(words: Words) -> tuple[Any, Any]:
    pyplot()  # sets the faces and the salt of identifiers
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 3.6))
    FigureCanvasSVG(figure)
    axis = figure.add_subplot()
    axis.set_xlabel(words.x)
    axis.set_ylabel(words.y)
    if words.title:
        axis.set_title(words.title, loc="left", fontsize=10, fontweight="bold")
    return figure, axis


def _at_end(axis: Any, month: float, count: float, label: str, colour: str) -> None:
    axis.annotate(
        f"{label} {count:.0f}", (month, count), xytext=(-4, 5), textcoords="offset points", ha="right", color=colour
    )


def _key(axis: Any, entries: Sequence[tuple[str, str, str, str]]) -> None:
    """Labels with their own mark, in the upper right where a falling curve leaves room."""
    for row, (label, colour, line, mark) in enumerate(entries):
        height = 0.97 - 0.075 * row
        axis.plot([0.955, 0.995] if line else [0.975], [height] * (2 if line else 1), transform=axis.transAxes,
                  color=colour, linestyle=line or "none", marker=mark or None, markersize=4)  # fmt: skip
        axis.text(0.945, height, label, transform=axis.transAxes, ha="right", va="center", color=colour, fontsize=9)
