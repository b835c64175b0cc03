"""The body map: where each lesion lies, on a figure seen from the front and from the back. SVG text, marks as links.

As in images the participant's right is on the left of the front view; seen from the back it is on the right.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

FRONT, BACK = 100.0, 300.0
"""The middle of each figure."""
RADIUS = 12.0

_OUTLINE = (
    "M0 14c-17 0-24 14-23 30 1 13 8 22 12 25v12c-8 6-27 8-36 14-11 8-13 24-16 44l-10 62c-2 12-6 24-8 34-1 8 3 13 8 13 "
    "6 0 9-6 11-14l17-66 9-34c2 24 4 40 2 58-3 26-8 40-7 66l3 86c1 24 2 44 1 62-1 9-9 12-9 17 0 4 6 5 16 5 8 0 10-2 "
    "10-9l4-76 12-78 4-26 4 26 12 78 4 76c0 7 2 9 10 9 10 0 16-1 16-5 0-5-8-8-9-17-1-18 0-38 1-62l3-86c1-26-4-40-7-66"
    "-2-18 0-34 2-58l9 34 17 66c2 8 5 14 11 14 5 0 9-5 8-13-2-10-6-22-8-34l-10-62c-3-20-5-36-16-44-9-6-28-8-36-14V69"
    "c4-3 11-12 12-25 1-16-6-30-23-30z"
)

_FRONT_ORGANS = {
    "brain": "M0 18c-13 0-18 8-18 17 0 8 6 11 18 11s18-3 18-11c0-9-5-17-18-17z",
    "lung": (
        "M-6 100c-14-2-24 16-26 38-1 14 2 22 10 22 9 0 15-8 16-20z"
        "M6 100c14-2 24 16 26 38 1 14-2 22-10 22-9 0-15-8-16-20z"
    ),
    "liver": "M-33 168c10-8 34-8 42 0-4 10-14 12-22 16-9 5-18 2-20-16z",
    "spleen": "M22 170c8-3 12 2 11 9s-8 10-12 6-4-13 1-15z",
    "pancreas": "M-8 194c8-5 20-6 28-10-2 8-16 14-26 15z",
}
_BACK_ORGANS = {
    "spine": "M-4 72h8v148h-8zM-9 218h18l-4 20h-10z",
    "kidney": "M-24 178c6-3 10 2 10 10s-4 13-9 11-7-18-1-21zM24 178c-6-3-10 2-10 10s4 13 9 11 7-18 1-21z",
    "adrenal": "M-22 172l6-7 5 8zM22 172l-6-7-5 8z",
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A lesion to be drawn: its id, where it lies, what it is in words, how it stands, and where its mark leads."""

    id: str
    organ: str
    side: str
    site: str
    says: str
    kind: Literal["residual", "gone", "failed"]
    url: str
    is_irradiated: bool = False
    is_picked: bool = False


def body_map(spots: Sequence[Spot]) -> SafeString:
    """The picture with every lesion on it. Every text is escaped."""
    hit = {spot.organ for spot in spots}
    title = escape(_("Body map; every lesion stands in the table beside it too"))
    parts = [
        '<svg class="body" viewBox="0 0 400 440" width="400" height="440" role="group" aria-labelledby="body-title">',
        f'<title id="body-title">{title}</title>',
        f'<g transform="translate({FRONT:.0f} 0)">{_figure(_FRONT_ORGANS, hit)}</g>',
        f'<g transform="translate({BACK:.0f} 0)">{_figure(_BACK_ORGANS, hit)}</g>',
    ]
    names = (
        (30, 20, _("R")), (170, 20, _("L")), (230, 20, _("L")), (370, 20, _("R")),
        (FRONT, 436, _("front")), (BACK, 436, _("back")),
    )  # fmt: skip
    parts += [f'<text class="side-name" x="{x:.0f}" y="{y}">{escape(name)}</text>' for x, y, name in names]
    taken: list[tuple[float, float]] = []
    for spot in spots:
        x, y = _free(place(spot.organ, spot.side, spot.site), taken)
        taken.append((x, y))
        parts.append(_mark(spot, x, y))
    return mark_safe("".join([*parts, "</svg>"]))  # every text above went through escape()


def place(organ: str, side: str, site: str) -> tuple[float, float]:
    """Where on the picture a lesion lies, from its organ, side and site as written (English or Chinese)."""
    text = site.lower()
    hand = {"left": 1.0, "right": -1.0}.get(side) or _hand_of(text)
    view, x, y = FRONT, 0.0, 0.0
    match organ:
        case "lung":
            x, y = (hand or -1.0) * 19, _by_word(text, _LOBES, 128)
        case "lymph_node":
            x, y = _node(text, hand)
        case "pleura" | "chest_wall":
            x, y = (hand or -1.0) * 33, _by_word(text, {"basal": 156, "apex": 104, "apical": 104}, 132)
        case "brain":
            view = BACK if "cerebell" in text or "小脑" in text or "occip" in text else FRONT
            x, y = hand * 9, 44.0 if view == BACK else 30.0
        case "liver":
            x, y = (4.0 if re.search(r"\b(i|ii|iii|iv)\b", text) else -18.0), 176.0
        case "spleen":
            x, y = 27.0, 177.0
        case "pancreas":
            x, y = 6.0, 191.0
        case "adrenal" | "kidney":
            view, x, y = BACK, -(hand or -1.0) * 19, 168.0 if organ == "adrenal" else 190.0
        case "spine":
            view, x, y = BACK, 0.0, _vertebra(text)
        case "bone":
            view, x, y = _bone(text, hand)
        case "skin" | "soft_tissue":
            view, x, y = BACK, -(hand or 1.0) * 30, 120.0 if organ == "skin" else 232.0
        case _:
            x, y = hand * 14, 212.0
    return view + x, y


_LOBES = {"upper": 112.0, "上叶": 112.0, "apex": 106.0, "middle": 130.0, "中叶": 130.0, "lingula": 136.0,
          "lower": 148.0, "下叶": 148.0}  # fmt: skip


def _by_word(text: str, heights: dict[str, float], default: float) -> float:
    return next((height for word, height in heights.items() if word in text), default)


def _hand_of(text: str) -> float:
    if "left" in text or "左" in text:
        return 1.0
    return -1.0 if "right" in text or "右" in text else 0.0


def _node(text: str, hand: float) -> tuple[float, float]:
    """Nodal stations of the chest by their number (IASLC), others by name."""
    if "supraclav" in text or "锁骨上" in text:
        return (hand or 1.0) * 20, 90.0
    if "axill" in text or "腋" in text:
        return (hand or 1.0) * 40, 116.0
    if "cervic" in text or "颈" in text:
        return (hand or 1.0) * 9, 78.0
    if "abdom" in text or "retroperit" in text or "腹" in text:
        return hand * 6, 206.0
    found = re.search(r"\b(\d{1,2})\s*([rl])?\b", text)
    if not found:
        return hand * 5, 120.0
    station, letter = int(found[1]), {"r": -1.0, "l": 1.0}.get(found[2] or "", hand)
    if station >= 10:
        return letter * 11, 132.0
    return letter * 6, {1: 90.0, 2: 98.0, 3: 100.0, 4: 110.0, 5: 114.0, 6: 108.0, 7: 124.0, 8: 144.0}.get(
        station, 154.0
    )


def _vertebra(text: str) -> float:
    found = re.search(r"\b([ctlsd])\s?(\d{1,2})\b", text)
    if not found:
        return 140.0
    level = int(found[2]) + {"c": 0, "t": 7, "d": 7, "l": 19, "s": 24}[found[1]]
    return 72 + 166 * min(level, 29) / 29


_BONES: dict[str, tuple[float, float, float]] = {
    "stern": (FRONT, 0, 122), "胸骨": (FRONT, 0, 122), "skull": (BACK, 0, 28), "颅": (BACK, 0, 28),
    "rib": (FRONT, 29, 140), "肋": (FRONT, 29, 140), "scapul": (BACK, 24, 108), "肩胛": (BACK, 24, 108),
    "clavic": (FRONT, 22, 92), "锁骨": (FRONT, 22, 92), "humer": (FRONT, 46, 130), "肱": (FRONT, 46, 130),
    "ilium": (FRONT, 22, 226), "髂": (FRONT, 22, 226), "pelvis": (FRONT, 20, 236), "骨盆": (FRONT, 20, 236),
    "sacr": (BACK, 0, 228), "骶": (BACK, 0, 228), "femur": (FRONT, 22, 276), "股骨": (FRONT, 22, 276),
}  # fmt: skip


def _bone(text: str, hand: float) -> tuple[float, float, float]:
    view, x, y = next((spot for word, spot in _BONES.items() if word in text), (FRONT, 22.0, 226.0))
    side = hand or -1.0
    return view, x * (side if view == FRONT else -side), y


def _free(spot: tuple[float, float], taken: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The nearest place around a spot where its mark covers no other."""
    x, y = spot
    steps = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)]
    for far in range(1, 9):
        for across, down in steps:
            trial = (x + across * far * 2 * RADIUS, y + down * far * 2 * RADIUS)
            if all(abs(trial[0] - a) >= 2 * RADIUS - 1 or abs(trial[1] - b) >= 2 * RADIUS - 1 for a, b in taken):
                return trial
    return x, y


def _figure(organs: dict[str, str], hit: set[str]) -> str:
    shapes = "".join(
        f'<path class="organ{" hit" if organ in hit else ""}" d="{shape}"/>' for organ, shape in organs.items()
    )
    return f'<path class="outline" d="{_OUTLINE}"/>{shapes}'


def _mark(spot: Spot, x: float, y: float) -> str:
    says, number = escape(f"{spot.id}: {spot.says}"), escape(spot.id.removeprefix("L"))
    at = f'cx="{x:.1f}" cy="{y:.1f}"'
    ring = f'<circle class="given" {at} r="{RADIUS + 3:.0f}"/>' if spot.is_irradiated else ""
    picked = " picked" if spot.is_picked else ""
    return (
        f'<a href="{escape(spot.url)}" aria-label="{says}"{" aria-current=true" if spot.is_picked else ""}>'
        f'<g class="lesion {spot.kind}{picked}"><title>{says}</title>{ring}<circle {at} r="{RADIUS:.0f}"/>'
        f'<text x="{x:.1f}" y="{y + 4.5:.1f}">{number}</text></g></a>'
    )
