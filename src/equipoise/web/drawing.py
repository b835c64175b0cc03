"""The timeline as SVG text, built by hand: a busy participant has hundreds of marks, and a template is slow."""

from html import escape
from unicodedata import east_asian_width

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from equipoise.web.timeline import ROW, Drawn, Timeline

ROOM = 23
"""Narrow letters beside a lane."""


def timeline_svg(drawn: Timeline) -> SafeString:
    """The picture. Every text is escaped; marks with an address are links."""
    title = escape(_("Timeline of the participant; every mark stands in the lists below too"))
    size = f'viewBox="0 0 {drawn.width} {drawn.height}" width="{drawn.width}" height="{drawn.height}"'
    parts = [
        f'<svg {size} role="group" aria-labelledby="timeline-title" preserveAspectRatio="xMinYMin">',
        f'<title id="timeline-title">{title}</title>',
    ]
    for x, label in drawn.ticks:
        parts.append(
            f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="18" y2="{drawn.height}"/>'
            f'<text class="tick" x="{x:.1f}" y="12" text-anchor="middle">{escape(label)}</text>'
        )
    if drawn.today is not None:
        parts.append(f'<line class="today" x1="{drawn.today:.1f}" x2="{drawn.today:.1f}" y1="16" y2="{drawn.height}"/>')
    parts += [_mark(one) for one in drawn.marks]
    for label, y in drawn.lanes:  # last: on a narrow screen the marks scroll beneath the names
        parts.append(f'<text class="lane" x="0" y="{y:.1f}">{escape(_short(label))}</text>')
    parts.append("</svg>")
    return mark_safe("".join(parts))  # every text above went through escape()


def _short(label: str) -> str:
    """A label cut to the room beside the lanes: 23 narrow letters, a Chinese one being as wide as two."""
    used, end = 0, 0
    for end, letter in enumerate(label, start=1):
        used += 2 if east_asian_width(letter) in "WF" else 1
        if used > ROOM:
            return label[: end - 2].rstrip() + "…"
    return label[:end]


def _mark(drawn: Drawn) -> str:
    mark, x, y = drawn.mark, f"{drawn.x:.1f}", f"{drawn.middle:.1f}"
    when = mark.day.isoformat() if mark.last == mark.day else f"{mark.day.isoformat()} – {mark.last.isoformat()}"
    says = escape(f"{mark.says} · {when}")
    match mark.shape:
        case "dot" | "ring":
            shape = f'<circle cx="{x}" cy="{y}" r="5"/>'
        case "tick":
            shape = f'<rect x="{x}" y="{drawn.y + 7:.1f}" width="3" height="12"/>'
        case "diamond":
            shape = f'<path transform="translate({x} {y})" d="M0-7 7 0 0 7-7 0z"/>'
        case "cross":
            shape = f'<path transform="translate({x} {y})" d="M-5-5 5 5M-5 5 5-5"/>'
        case _:
            shape = f'<rect x="{x}" y="{drawn.y + 6:.1f}" width="{drawn.width:.1f}" height="{ROW - 12}" rx="2"/>'
    group = f'<g class="m m-{mark.shape}"><title>{says}</title>{shape}</g>'
    return f'<a href="{escape(mark.url)}" aria-label="{says}">{group}</a>' if mark.url else group
