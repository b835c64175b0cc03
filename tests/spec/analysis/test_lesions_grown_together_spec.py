"""Lesions grown together, in the figures: one mass is no growth of its parts, and counts once in a sum."""

from dataclasses import replace
from typing import Any

import pytest

from equipoise.analysis.lesion_control import by_lesion
from equipoise.analysis.tumour_change import tumour_changes
from equipoise.conduct import facts as f
from hand_built import casebook, cut, form, lesion, measured, trial

FAILED, CENSORED = 1, 0


def one_mass(after: int, size: str) -> list[f.Recorded]:
    """Two lesions of one scan, each written down as coalesced with the other, with the diameter of the whole."""
    return [
        measured(f"{after}-{name}", name, after, size, "coalesced", coalesced_with=(other,))
        for name, other in (("L1", "L2"), ("L2", "L1"))
    ]


@pytest.mark.parametrize(("size", "status"), [("35", CENSORED), ("47.9", CENSORED), ("48", FAILED)])
def test_a_mass_fails_where_it_outgrows_its_parts(size: str, status: int) -> None:
    book = casebook("S1", "rt", lesion("L1", "20"), lesion("L2", "20"), *one_mass(56, size), residual=("L1", "L2"))
    assert {row.lesion: row.status for row in by_lesion(trial(), [book], cut())} == {"L1": status, "L2": status}


def test_a_mass_counts_once_in_the_change_of_the_sum() -> None:
    book = casebook("S1", "rt", lesion("L1", "20"), lesion("L2", "20"), *one_mass(56, "30"))
    assert [row.percent for row in tumour_changes(trial(), [book], cut())] == [-25.0]


def test_a_sum_needs_the_targets_of_a_scan_and_not_of_a_day() -> None:
    """Images of one assessment may be days apart."""
    facts: list[Any] = [
        lesion("L1", "20"), lesion("L2", "20"), form("tumour_assessment", "imaging:1", "imaging:1",
                                                     assessment_date="2026-04-27", new_lesions="none"),
        measured("1", "L1", 56, "10"), measured("2", "L2", 58, "10"),
    ]  # fmt: skip
    assert [row.percent for row in tumour_changes(trial(), [casebook("S1", "rt", *facts)], cut())] == [-50.0]


def test_any_organ_of_nodes_is_followed_by_the_short_axis() -> None:
    protocol = trial()
    assert protocol.lesions is not None
    organs = tuple(replace(one, nodal=one.id in ("lymph_node", "pleura")) for one in protocol.lesions.organs)
    other = replace(protocol, lesions=replace(protocol.lesions, organs=organs))
    node = form("lesions", "L1", "", organ="pleura", longest_diameter=("30", "mm"), short_axis=("16", "mm"))
    (row,) = by_lesion(other, [casebook("S1", "rt", node, measured("1", "L1", 56, "21"))], cut())
    assert row.status == FAILED
