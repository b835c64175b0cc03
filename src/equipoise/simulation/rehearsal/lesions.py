"""Synthetic lesions a radiation oncologist would believe: where residual disease lies, how large, how hot."""

from collections.abc import Sequence

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

SITES = {
    "lung": ("right upper lobe", "right lower lobe", "left upper lobe", "left lower lobe", "middle lobe"),
    "lymph_node": ("station 4R", "station 7", "station 10L", "station 5", "supraclavicular"),
    "bone": ("rib 6", "left ilium", "scapula", "sternum"),
    "spine": ("T8", "L2", "T11"),
    "liver": ("segment VII", "segment IV", "segment VIII"),
    "adrenal": ("gland",),
    "brain": ("frontal lobe", "cerebellum"),
    "pleura": ("basal",),
}


def synthetic_lesions(
    form: Form, chance: Stream, found_on: str, *, residual: int | None = None
) -> list[dict[str, Raw]]:
    """Rows of a register form, as typed: the residual lesions and now and then one in complete metabolic response."""
    by_concept = {item.concept: item for item in form.items if item.concept}
    codes = _codes(by_concept.get("lesion.organ"))
    wanted = residual or chance.weighted(list(COUNTS), list(COUNTS.values()))
    organs = _organs(chance, wanted, codes)
    gone = 1 if chance.happens(0.25) else 0
    rows = []
    for index, organ in enumerate([*organs, *(["lymph_node"] * gone if "lymph_node" in codes else [])]):
        values = _lesion(chance, organ, found_on, is_first=index == 0, is_residual=index < len(organs))
        rows.append({item.id: {"value": values[concept]} for concept, item in by_concept.items() if concept in values})
    return rows


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


def _lesion(chance: Stream, organ: str, found_on: str, *, is_first: bool, is_residual: bool) -> dict[str, object]:
    nodal, brain = organ == "lymph_node", organ == "brain"
    longest = max(11.0 if is_first else 6.0, chance.normal(24 if is_first else 17, 8 if is_first else 6))
    short = max(6.0, min(longest - 1, longest * 0.7))
    hot = chance.normal(4.2, 1.4) if is_residual else 0.9
    peak = max(2.0, hot) if is_residual else 0.9
    measurable = (short >= 15 if nodal else longest >= 10) and organ not in ("bone", "spine", "pleura")
    values: dict[str, object] = {
        "lesion.organ": organ,
        "lesion.side": "midline" if organ in ("spine", "brain") else chance.choose(["left", "right"]),
        "lesion.site": chance.choose(SITES.get(organ, ("as described",))),
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
