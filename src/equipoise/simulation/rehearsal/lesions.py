"""Synthetic lesions a radiation oncologist would believe: where residual disease lies, how large, how hot."""

import math
from collections.abc import Collection, Sequence

from equipoise.clinical.recist.measurability import MAX_TARGETS, MAX_TARGETS_PER_ORGAN
from equipoise.kernel.chance import Stream
from equipoise.methods.forms import Form
from equipoise.methods.items import ChoiceItem
from equipoise.simulation.rehearsal.answers import Raw

ORGANS = {
    "lung": 0.44, "lymph_node": 0.26, "bone": 0.08, "spine": 0.05, "liver": 0.05, "adrenal": 0.06, "brain": 0.04,
    "pleura": 0.02,
}  # fmt: skip
"""How often residual disease lies where, after chemo-immunotherapy; the first lesion is mostly the lung primary."""

COUNTS = {1: 0.28, 2: 0.27, 3: 0.21, 4: 0.14, 5: 0.10}
"""How many lesions are residual."""

SITES: dict[str, tuple[tuple[str, str], ...]] = {
    "lung": (
        ("right", "right upper lobe"), ("right", "middle lobe"), ("right", "right lower lobe"),
        ("left", "left upper lobe"), ("left", "lingula"), ("left", "left lower lobe"),
    ),
    "lymph_node": (
        ("right", "station 4R"), ("midline", "station 7"), ("right", "station 10R"), ("left", "station 10L"),
        ("left", "station 5"), ("left", "station 4L"), ("right", "right supraclavicular"),
    ),
    "bone": (("right", "right rib 6"), ("left", "left ilium"), ("right", "right scapula"), ("midline", "sternum"),
             ("left", "left rib 4")),
    "spine": (("midline", "T8"), ("midline", "L2"), ("midline", "T11"), ("midline", "L4")),
    "liver": (("right", "segment VII"), ("right", "segment VIII"), ("left", "segment IV"), ("left", "segment III")),
    "adrenal": (("left", "left gland"), ("right", "right gland")),
    "brain": (("left", "left frontal lobe"), ("right", "right parietal lobe"), ("right", "right cerebellum")),
    "pleura": (("right", "right basal pleura"), ("left", "left basal pleura")),
}  # fmt: skip
"""Where lesions lie, by organ: the side and the site in words. An anatomical site says its side itself."""

SIZES = {
    "lung": (14, 0.4), "lymph_node": (19, 0.25), "bone": (20, 0.35), "spine": (22, 0.3), "liver": (19, 0.35),
    "adrenal": (23, 0.3), "brain": (11, 0.35), "pleura": (13, 0.3),
}  # fmt: skip
"""Median longest diameter after induction, in mm, and the spread of its logarithm."""
PRIMARY = (26, 0.4)
"""The same of the lung primary."""
LARGEST_MM = 75.0


def likely_counts(chance: Stream) -> list[int]:
    """Numbers of residual lesions in a random order, the likely ones mostly first."""
    left = dict(COUNTS)
    order = []
    while left:
        order.append(chance.weighted(list(left), list(left.values())))
        del left[order[-1]]
    return order


def synthetic_lesions(
    form: Form, chance: Stream, found_on: str, *, residual: int | None = None
) -> list[dict[str, Raw]]:
    """Rows of a register form, as typed: the residual lesions and now and then one in complete metabolic response."""
    by_concept = {item.concept: item for item in form.items if item.concept}
    codes = _codes(by_concept.get("lesion.organ"))
    wanted = residual or chance.weighted(list(COUNTS), list(COUNTS.values()))
    organs = _organs(chance, wanted, codes)
    gone = 1 if chance.happens(0.25) else 0
    rows: list[dict[str, Raw]] = []
    targets: list[str] = []
    taken: list[tuple[str, tuple[str, str]]] = []
    for index, organ in enumerate([*organs, *(["lymph_node"] * gone if "lymph_node" in codes else [])]):
        place = _place(chance, organ, taken)
        taken.append((organ, place))
        values = _lesion(chance, organ, place, found_on, is_first=index == 0, is_residual=index < len(organs))
        if values["lesion.role"] == "target":
            if len(targets) < MAX_TARGETS and targets.count(organ) < MAX_TARGETS_PER_ORGAN:
                targets.append(organ)
            else:
                values["lesion.role"] = "non_target"
        rows.append({item.id: {"value": values[concept]} for concept, item in by_concept.items() if concept in values})
    return rows


NEW_ORGANS = {
    "brain": 0.2, "lung": 0.26, "bone": 0.12, "spine": 0.06, "liver": 0.12, "lymph_node": 0.15, "adrenal": 0.05,
    "pleura": 0.04,
}  # fmt: skip
"""Where non-small cell lung cancer shows new lesions on immunotherapy: brain and bone more often than at baseline."""


def new_lesion(
    form: Form, chance: Stream, found_on: str, known: Collection[tuple[str, str, str]]
) -> dict[str, Raw]:  # fmt: skip
    """The row of a lesion that was not there at baseline: smaller, followed by no sum, at a place of its own."""
    by_concept = {item.concept: item for item in form.items if item.concept}
    codes = _codes(by_concept.get("lesion.organ"))
    weights = {organ: weight for organ, weight in NEW_ORGANS.items() if organ in codes} or {codes[0]: 1.0}
    organ = chance.weighted(list(weights), list(weights.values()))
    place = _place(chance, organ, [(other, (side, site)) for other, side, site in known])
    values = _lesion(chance, organ, place, found_on, is_first=False, is_residual=True)
    followed_by_no_sum = "none" if "none" in _codes(by_concept.get("lesion.role")) else "non_target"
    values |= {"lesion.status": "new", "lesion.role": followed_by_no_sum}
    return {item.id: {"value": values[concept]} for concept, item in by_concept.items() if concept in values}


def _place(chance: Stream, organ: str, taken: Sequence[tuple[str, tuple[str, str]]]) -> tuple[str, str]:
    """A side and site of an organ, another than those taken while there is one."""
    every = SITES.get(organ, (("midline", "as described"),))
    free = [place for place in every if (organ, place) not in taken]
    return chance.choose(free or every)


def _codes(item: object) -> list[str]:
    return [option.id for option in item.options] if isinstance(item, ChoiceItem) else []


def _organs(chance: Stream, wanted: int, codes: Sequence[str]) -> list[str]:
    """At most three organs, as organs are counted; spine and bone are one."""
    weights = {organ: weight for organ, weight in ORGANS.items() if organ in codes} or {codes[0]: 1.0}
    chosen = [
        "lung" if "lung" in weights and chance.happens(0.8) else chance.weighted(list(weights), list(weights.values()))
    ]
    while len(chosen) < wanted:
        counted = {"bone" if organ == "spine" else organ for organ in chosen}
        organ = chance.weighted(list(weights), list(weights.values()))
        if len(counted | {"bone" if organ == "spine" else organ}) <= 3:
            chosen.append(organ)
    return chosen


def _lesion(
    chance: Stream, organ: str, place: tuple[str, str], found_on: str, *, is_first: bool, is_residual: bool
) -> dict[str, object]:
    nodal, brain = organ == "lymph_node", organ == "brain"
    median, spread = PRIMARY if is_first and organ == "lung" else SIZES.get(organ, (18, 0.3))
    longest = min(LARGEST_MM, max(11.0 if is_first else 6.0, median * math.exp(chance.normal(0.0, spread))))
    if nodal and not is_residual:
        longest = min(longest, 12.0)
    short = max(5.0, min(longest - 1, longest * chance.normal(0.76, 0.07)))
    hot = chance.normal(4.2, 1.4) if is_residual else 0.9
    peak = max(2.0, hot) if is_residual else 0.9
    measurable = (short >= 15 if nodal else longest >= 10) and organ not in ("bone", "spine", "pleura")
    values: dict[str, object] = {
        "lesion.organ": organ,
        "lesion.side": place[0],
        "lesion.site": place[1],
        "lesion.is_primary": "yes" if is_first and organ == "lung" else "no",
        "lesion.found_on": found_on,
        "lesion.status": "baseline",
        "lesion.modality": "mri" if brain else "ct",
        "lesion.slice_thickness": chance.choose(["1.25", "1.5", "3", "5"]),
        "lesion.longest_diameter": f"{longest:.1f}",
        "lesion.previously_irradiated": "no",
        "lesion.role": "target" if measurable and is_residual else "non_target",
    }
    if nodal:
        values["lesion.short_axis"] = f"{short:.1f}"
    if organ in ("bone", "spine"):
        values["lesion.soft_tissue_component"] = "no"
    if brain:
        values["lesion.mri_resolved"] = "no"
    else:
        score = "4" if peak < 4.5 else "5"
        values |= {
            "lesion.pet_detectable": "yes",
            "lesion.suvmax": f"{peak * 1.45:.2f}",
            "lesion.sulpeak": f"{peak:.2f}",
            "lesion.five_point": score if is_residual else "2",
            "lesion.reader_cmr": "no" if is_residual else "yes",
        }
    return values
