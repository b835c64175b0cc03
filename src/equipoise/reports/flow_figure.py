"""The flow of participants as a diagram (CONSORT 2025). SVG bytes, drawn from the counts of `analysis.flow`."""

import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from equipoise.reports.document import Behind, Counted, behind_attribute

FONT = "Noto Sans, Noto Sans CJK SC, DejaVu Sans, sans-serif"
SIZE, LEADING, PAD = 11, 15, 8
WIDTH = 720


@dataclass(frozen=True)
class FlowBoxes:
    """The texts of the diagram, each a list of lines, the first in bold: from assessment to each group's end."""

    assessed: Sequence[str]
    excluded: Sequence[str]
    randomized: Sequence[str]
    groups: Sequence[Sequence[Sequence[str]]]
    """For each group its boxes from allocation to analysis."""


@dataclass(slots=True)
class _Box:
    x: float
    y: float
    width: float
    lines: list[tuple[str, bool, Behind]]

    @property
    def height(self) -> float:
        return len(self.lines) * LEADING + 2 * PAD

    def drawn(self) -> str:
        rect = (
            f'<rect x="{self.x:g}" y="{self.y:g}" width="{self.width:g}" height="{self.height:g}" rx="4" '
            'fill="#f7f9f9" stroke="#5b6b69"/>'
        )
        texts = [
            f'<text{behind_attribute(behind)} x="{self.x + PAD + _indent(line):g}" '
            f'y="{self.y + PAD + LEADING * (row + 0.78):g}"'
            f"{' font-weight="bold"' if is_bold else ''}>{escape(line.strip())}</text>"
            for row, (line, is_bold, behind) in enumerate(self.lines)
        ]
        return rect + "".join(texts)


def flow_figure(boxes: FlowBoxes, stamp: str = "") -> bytes:
    """Draw the diagram; groups stand side by side."""
    half = WIDTH / 2
    assessed = _box(half / 2 + 20, 8, half - 40, boxes.assessed)
    excluded = _box(half + 28, assessed.y + assessed.height + 14, half - 36, boxes.excluded)
    top = excluded.y + excluded.height + 16
    randomized = _box(half / 2 + 60, top, half - 120, boxes.randomized)
    drawn = [assessed, excluded, randomized]
    middle = randomized.x + randomized.width / 2
    aside = excluded.y + excluded.height / 2
    lines = [(middle, assessed.y + assessed.height, middle, top, True), (middle, aside, excluded.x, aside, True)]
    bottom = top + randomized.height
    width = (WIDTH - 16 * (len(boxes.groups) - 1)) / max(1, len(boxes.groups))
    width = min(width, 460)
    left = (WIDTH - width * len(boxes.groups) - 16 * (len(boxes.groups) - 1)) / 2
    branch = bottom + 12
    deepest = bottom
    rows = max((len(group) for group in boxes.groups), default=0)
    y = branch + 14
    columns = [left + index * (width + 16) for index in range(len(boxes.groups))]
    if columns:
        lines.append((middle, bottom, middle, branch, False))
        centres = [x + width / 2 for x in columns]
        lines.append((min([*centres, middle]), branch, max([*centres, middle]), branch, False))
    previous = [branch] * len(columns)
    for row in range(rows):
        level = [_box(x, y, width, group[row]) for x, group in zip(columns, boxes.groups, strict=True)]
        for index, box in enumerate(level):
            centre = box.x + width / 2
            lines.append((centre, previous[index], centre, box.y, True))
            previous[index] = box.y + box.height
        drawn += level
        deepest = max(box.y + box.height for box in level)
        y = deepest + 18
    height = deepest + 26
    body = "".join(_line(*each) for each in lines) + "".join(box.drawn() for box in drawn)
    foot = f'<text x="0" y="{height - 6:g}" font-size="8" fill="#55605f">{escape(stamp)}</text>' if stamp else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 0 {WIDTH + 4} {height:g}" width="{WIDTH}" '
        f'height="{height:g}" font-family="{FONT}" font-size="{SIZE}" fill="#15201f">{body}{foot}</svg>'
    ).encode()


def _box(x: float, y: float, width: float, lines: Sequence[str]) -> _Box:
    room = int((width - 2 * PAD) / (SIZE * 0.53))
    wrapped: list[tuple[str, bool, Behind]] = []
    for place, line in enumerate(lines):
        indent = "   " if line.startswith("   ") else ""
        for row, part in enumerate(_wrapped(line.strip(), room - len(indent))):
            behind = line.behind if isinstance(line, Counted) else {}
            wrapped.append((indent + ("  " if row and indent else "") + part, place == 0, behind))
    return _Box(x, y, width, wrapped)


def _indent(line: str) -> float:
    """How far a line's leading blanks set it in; SVG itself drops them."""
    return (len(line) - len(line.lstrip())) * SIZE * 0.27


def _wrapped(text: str, room: int) -> list[str]:
    """Lines of a text in a width counted in narrow letters; a wide (Chinese) one counts as two, and breaks anywhere."""
    wide = sum(unicodedata.east_asian_width(one) in "WF" for one in text)
    if wide * 4 < len(text):
        return textwrap.wrap(text, max(10, room)) or [""]
    found, line, used = [], "", 0
    for one in text:
        size = 2 if unicodedata.east_asian_width(one) in "WF" else 1
        if used + size > room:
            found.append(line)
            line, used = "", 0
        line, used = line + one, used + size
    return [*found, line]


def _line(x1: float, y1: float, x2: float, y2: float, has_head: bool) -> str:
    line = f'<path d="M{x1:g} {y1:g}L{x2:g} {y2:g}" stroke="#5b6b69" fill="none"/>'
    if not has_head:
        return line
    head = (
        f"M{x2 - 4:g} {y2 - 6:g}L{x2:g} {y2:g}L{x2 + 4:g} {y2 - 6:g}"
        if x1 == x2
        else f"M{x2 - 6:g} {y2 - 4:g}L{x2:g} {y2:g}L{x2 - 6:g} {y2 + 4:g}"
    )
    return line + f'<path d="{head}" stroke="#5b6b69" fill="none"/>'
