"""Concepts: a misspelt one is a fault, a trial's own is not, and whatever the engines read is known."""

import re

import pytest

from equipoise.cli.protocols import open_protocol
from equipoise.protocol.concepts import KNOWN, misspelt
from equipoise.protocols import names
from meta.source_tree import ROOT

ENGINES = ("conduct", "analysis", "projections", "ledger", "web", "simulation")
CALL = re.compile(r"""(?:answer|text|number|day|codes|is_yes|label|of|item|first)\("([a-z]+\.[a-z0-9_]+)"\)""")


@pytest.mark.parametrize(
    ("concept", "nearest"),
    [
        ("lesion.ogran", "lesion.organ"),
        ("lesion.long_diameter", "lesion.longest_diameter"),
        ("Lesion.organ", "lesion.organ"),
        ("progresion.date", "progression.date"),
        ("ae.gradee", "ae.grade"),
        ("central.lesion.ogran", "central.lesion.organ"),
    ],
)
def test_a_misspelt_concept_is_near_to_the_one_meant(concept, nearest):
    assert misspelt(concept)[0] == nearest


@pytest.mark.parametrize(
    "concept", ["", "lesion.organ", "central.lesion.organ", "own.lesion.ogran", "history.diabetes", "ctdna.fraction"]
)
def test_a_known_one_and_a_trial_s_own_are_no_fault(concept):
    assert misspelt(concept) == ()


@pytest.mark.parametrize("name", names())
def test_the_shipped_protocols_use_known_concepts(name):
    items = [item for form in open_protocol(name).protocol.forms for item in form.items if item.concept]
    assert items
    assert {item.concept.removeprefix("central.") for item in items} <= KNOWN


def test_every_concept_an_engine_reads_is_known():
    read = {
        found
        for folder in ENGINES
        for path in (ROOT / "src" / "equipoise" / folder).rglob("*.py")
        for found in CALL.findall(path.read_text(encoding="utf-8"))
    }
    groups = {concept.split(".")[0] for concept in KNOWN}
    read = {one for one in read if one.split(".")[0] in groups}
    assert len(read) > 40
    assert read <= KNOWN
