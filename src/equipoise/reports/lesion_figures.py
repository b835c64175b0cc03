"""Figures of lesions: one lesion's curve, and waterfall, spider and swimmer plots of participants. SVG bytes.

Drawn as all figures of `reports.figures`: axes with units, direct labels, patterns beside colours, the stamp below.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from equipoise.reports.figures import COLOURS, Words, pyplot, svg

GREY, DARK = "#8a9493", "#4b5554"
HATCHES = ("", "///", "...", "xxx")
"""Patterns of bars, one an arm, beside its colour."""
MANY = 60
"""Of participants in a plot: with more, bars are too narrow for names and patterns."""


@dataclass(frozen=True, slots=True)
class Point:
    """A value at a time in months from randomization; `label` is written beside it."""

    month: float
    value: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of time in months, such as a course of radiotherapy."""

    start: float
    end: float
    label: str


@dataclass(frozen=True, slots=True)
class LesionWords(Words):
    """The words of a lesion's curve: `y` names the size, `uptake` the SUV axis, `limit` the limit of growth."""

    uptake: str = ""
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Participant:
    """A participant in a plot: changes of the sum from baseline in percent, and what happened when (months)."""

    subject: str
    changes: tuple[Point, ...] = ()
    best: float | None = None
    response: str = ""
    group: int = 0
    until: float = 0.0
    events: tuple[tuple[str, float], ...] = ()
    """(kind, month); kinds: PR, CR, PD, death, ongoing."""


def lesion_figure(sizes: Sequence[Point], uptakes: Sequence[Point], bands: Sequence[Band], words: LesionWords) -> bytes:
    """Size and uptake of one lesion over time, with radiotherapy as bands and the limit beyond which it has failed."""
    plt = pyplot()
    rows = 2 if uptakes else 1
    figure, axes = plt.subplots(
        rows, 1, figsize=(7.2, 2.2 + 1.5 * rows), sharex=True, squeeze=False, height_ratios=[2, 1][:rows]
    )
    size = axes[0][0]
    size.plot([one.month for one in sizes], [one.value for one in sizes], "-o", color=COLOURS[0], linewidth=1.8)
    for one in sizes:
        size.annotate(one.label or f"{one.value:g}", (one.month, one.value), xytext=(0, 6),
                      textcoords="offset points", ha="center", fontsize=8, color=COLOURS[0])  # fmt: skip
    _limit(size, sizes, words.limit)
    size.set_ylim(0, max([one.value for one in sizes] + [10]) * 1.35)
    size.set_ylabel(words.y)
    if uptakes:
        uptake = axes[1][0]
        uptake.plot([one.month for one in uptakes], [one.value for one in uptakes], "--s", color=COLOURS[1])
        uptake.set_ylim(0, max(one.value for one in uptakes) * 1.35 or 1)
        uptake.set_ylabel(words.uptake)
    for row in axes:
        row[0].axvline(0, color=GREY, linewidth=0.8, linestyle=(0, (2, 2)))
        for band in bands:
            row[0].axvspan(band.start, max(band.end, band.start + 0.05), color=COLOURS[2], alpha=0.25, linewidth=0)
    for band in bands:
        size.annotate(band.label, (band.start, 1), xycoords=("data", "axes fraction"), xytext=(2, -9),
                      textcoords="offset points", fontsize=7.5, color="#00634a")  # fmt: skip
    axes[-1][0].set_xlabel(words.x)
    return svg(plt, figure, words.stamp, bottom=0.17)


def waterfall_figure(participants: Sequence[Participant], words: Words, groups: Sequence[str] = ()) -> bytes:
    """Best change of the sum of targets, a bar a participant, the deepest last, with the limits of PR and PD."""
    plt = pyplot()
    shown = sorted((one for one in participants if one.best is not None), key=lambda one: -(one.best or 0.0))
    figure, axis = plt.subplots(figsize=(max(6.4, min(9.0, 0.2 * len(shown) + 2)), 3.8))
    for index, one in enumerate(shown):
        assert one.best is not None
        axis.bar(index, one.best, width=0.8, color=_colour(one, groups), hatch=_hatch(one, groups, len(shown)),
                 edgecolor="white", linewidth=0.4)  # fmt: skip
        axis.annotate(one.response, (index, one.best), xytext=(0, 3 if one.best >= 0 else -9),
                      textcoords="offset points", ha="center", fontsize=6.5, color=DARK)  # fmt: skip
    for limit in (20, -30):
        axis.axhline(limit, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)))
        axis.annotate(f"{limit:+d} %", (1, limit), xycoords=("axes fraction", "data"), xytext=(-2, 2),
                      textcoords="offset points", ha="right", fontsize=7.5, color=DARK)  # fmt: skip
    axis.axhline(0, color=DARK, linewidth=0.8)
    best = [one.best or 0.0 for one in shown]
    axis.set_ylim(min([*best, -40]) - 12, max([*best, 30]) + 12)
    axis.set_xticks([])
    axis.set_xlabel(f"{words.x} (n = {len(shown)})")
    axis.set_ylabel(words.y)
    _legend(axis, groups)
    return svg(plt, figure, words.stamp, bottom=0.16)


def spider_figure(participants: Sequence[Participant], words: Words, groups: Sequence[str] = ()) -> bytes:
    """Change of the sum of targets over time, a line a participant; a cross ends one that progressed."""
    plt = pyplot()
    figure, axis = plt.subplots(figsize=(7.2, 4.2))
    patterns = ("-", (0, (5, 2)), (0, (2, 2)), (0, (7, 2, 2, 2)))
    shown = [one for one in participants if one.changes]
    for one in shown:
        months, changes = [0.0, *(p.month for p in one.changes)], [0.0, *(p.value for p in one.changes)]
        axis.plot(months, changes, color=_colour(one, groups), alpha=0.75, linewidth=1.1, marker=".", markersize=4,
                  linestyle=patterns[one.group % 4] if groups else "-")  # fmt: skip
        if any(kind == "PD" for kind, _ in one.events):
            axis.plot(months[-1], changes[-1], "x", color="#a32a12", markersize=6, markeredgewidth=1.4)
    for limit in (20, -30):
        axis.axhline(limit, color=GREY, linewidth=0.9, linestyle=(0, (4, 3)))
    axis.axhline(0, color=DARK, linewidth=0.8)
    axis.set_xlim(left=0)
    axis.set_xlabel(words.x)
    axis.set_ylabel(f"{words.y} (n = {len(shown)})")
    _legend(axis, groups)
    return svg(plt, figure, words.stamp, bottom=0.15)


MARKS = {"PR": ("^", COLOURS[2]), "CR": ("o", COLOURS[2]), "PD": ("X", "#a32a12"), "death": ("s", "#15201f")}
"""How a swimmer's events are drawn."""


def swimmer_figure(
    participants: Sequence[Participant], words: Words, labels: Sequence[tuple[str, str]], groups: Sequence[str] = ()
) -> bytes:
    """Each participant's time from randomization as a bar, the longest on top, with response, progression and death.

    `labels` names the kinds of events. An arrow ends whoever is still followed.
    """
    plt = pyplot()
    shown = sorted(participants, key=lambda one: one.until)
    figure, axis = plt.subplots(figsize=(7.2, max(2.6, min(9.5, 0.17 * len(shown) + 1.4))))
    for row, one in enumerate(shown):
        axis.barh(row, one.until, height=0.62, color=_colour(one, groups), alpha=0.55,
                  hatch=_hatch(one, groups, len(shown)), edgecolor="white", linewidth=0.3)  # fmt: skip
        for kind, month in one.events:
            if kind == "ongoing":
                axis.annotate("", (month + 0.6, row), (month, row),
                              arrowprops={"arrowstyle": "->", "color": DARK, "linewidth": 0.9})  # fmt: skip
            else:
                shape, colour = MARKS[kind]
                axis.plot(month, row, shape, color=colour, markersize=5 if len(shown) <= MANY else 2.5)
    if len(shown) <= MANY:
        axis.set_yticks(range(len(shown)), [one.subject for one in shown], fontsize=6.5)
    else:
        axis.set_yticks([])
    for kind, label in labels:
        shape, colour = MARKS[kind]
        axis.plot([], [], shape, color=colour, markersize=5, label=label)
    axis.set_xlim(left=0)
    axis.set_ylim(-0.8, max(len(shown) - 0.2, 0.8))
    axis.set_xlabel(words.x)
    _legend(axis, groups)
    return svg(plt, figure, words.stamp, bottom=min(0.3, 0.65 / figure.get_figheight()))


def _limit(axis: Any, sizes: Sequence[Point], label: str) -> None:
    """The size from which a lesion has failed: 20 % and 5 mm over its smallest so far."""
    if len(sizes) < 2:
        return
    least, limits = sizes[0].value, []
    for before, one in pairwise(sizes):
        least = min(least, before.value)
        limits.append((before.month, one.month, max(1.2 * least, least + 5)))
    for start, end, height in limits:
        axis.plot([start, end], [height, height], color="#a32a12", linewidth=1, linestyle=(0, (1, 2)))
    axis.annotate(label, (limits[-1][1], limits[-1][2]), xytext=(0, 3), textcoords="offset points", fontsize=7.5,
                  ha="right", color="#a32a12")  # fmt: skip


def _colour(one: Participant, groups: Sequence[str]) -> str:
    """One colour for all while pooled; an arm's own where arms are shown."""
    return COLOURS[one.group % len(COLOURS)] if groups else "#5b8f8c"


def _hatch(one: Participant, groups: Sequence[str], shown: int) -> str:
    """An arm's pattern, where bars are broad enough to show it."""
    return HATCHES[one.group % 4] if groups and shown <= MANY else ""


def _legend(axis: Any, groups: Sequence[str]) -> None:
    for index, label in enumerate(groups):
        axis.bar(
            [0], [0], color=COLOURS[index % len(COLOURS)], hatch=HATCHES[index % 4], edgecolor="white", label=label
        )
    if axis.get_legend_handles_labels()[0]:
        axis.legend(loc="best", fontsize=7.5, frameon=False)
