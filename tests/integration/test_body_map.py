"""The body map: sides as in images, places by organ and site, no mark upon another, every text escaped."""

import re

import pytest

from equipoise.web.bodymap import BACK, FRONT, RADIUS, Spot, body_map, place


@pytest.mark.parametrize(
    ("organ", "side", "site", "view", "is_left_of_middle"),
    [
        ("lung", "right", "right upper lobe", FRONT, True),
        ("lung", "left", "lingula", FRONT, False),
        ("lung", "", "左肺上叶", FRONT, False),
        ("lymph_node", "", "station 4R", FRONT, True),
        ("lymph_node", "", "station 10L", FRONT, False),
        ("adrenal", "right", "gland", BACK, False),  # seen from the back the right is on the right
        ("kidney", "left", "upper pole", BACK, True),
        ("bone", "left", "left ilium", FRONT, False),
        ("bone", "right", "right scapula", BACK, False),
    ],
)
def test_sides_are_those_of_images(organ: str, side: str, site: str, view: float, *, is_left_of_middle: bool) -> None:
    x, _ = place(organ, side, site)
    assert abs(x - view) < 60
    assert (x < view) is is_left_of_middle


@pytest.mark.parametrize(
    ("organ", "upper", "lower"),
    [
        ("lung", "right upper lobe", "right lower lobe"),
        ("spine", "C5", "T1"), ("spine", "T8", "L2"), ("spine", "L5", "S1"), ("spine", "T1", "T12"),
        ("lymph_node", "supraclavicular", "station 7"), ("lymph_node", "station 2R", "station 4R"),
    ],
)  # fmt: skip
def test_what_lies_higher_is_drawn_higher(organ: str, upper: str, lower: str) -> None:
    assert place(organ, "right", upper)[1] < place(organ, "right", lower)[1]


@pytest.mark.parametrize("organ", ["lung", "lymph_node", "spine", "brain", "other", "no organ at all", ""])
@pytest.mark.parametrize("site", ["", "?", "L99", "T0", "x" * 120, "station 99"])
def test_whatever_is_written_stays_on_the_figure(organ: str, site: str) -> None:
    x, y = place(organ, "", site)
    assert 0 < x < 400
    assert 0 < y < 440


def spots(count: int, site: str = "right upper lobe") -> list[Spot]:
    return [
        Spot(f"L{number}", "lung", "right", site, site, "residual", f"#L{number}") for number in range(1, count + 1)
    ]


def test_marks_of_one_place_stand_side_by_side() -> None:
    drawn = body_map(spots(8))
    centres = [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', drawn)]
    assert len(centres) == 8
    for index, (x, y) in enumerate(centres):
        assert all(abs(x - a) >= 2 * RADIUS - 1 or abs(y - b) >= 2 * RADIUS - 1 for a, b in centres[:index])


def test_text_is_escaped() -> None:
    drawn = body_map(spots(1, '"><script>alert(1)</script>'))
    assert "<script" not in drawn


def test_an_empty_register_is_a_figure_without_marks() -> None:
    assert "<circle" not in body_map([])
