"""Every statement of the registry text stands in the protocol of NCT07014202, and every assumption gives a reason.

docs/flagship.md lists, for each statement, the elements that cite it. The list is held equal to the file.
"""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from equipoise.protocol.load import load
from equipoise.protocol.model import Protocol, Sourced
from equipoise.protocol.translation import key_of_element
from equipoise.protocols import names, shipped

STATEMENTS = (
    *(f"S{number}" for number in range(1, 9)),
    *(f"I{number}" for number in range(1, 12)),
    *(f"I12{letter}" for letter in "abcdefg"),
)
"""What the registry text says of NCT07014202: the synopsis S1-S8, the inclusion criteria I1-I12g."""

ASSUMED = tuple(f"X{number}" for number in range(1, 9))
"""The exclusion criteria the text mentions and does not list."""

DOCUMENT = Path(__file__).parents[3] / "docs" / "flagship.md"


@cache
def protocol(name: str) -> Protocol:
    return load(shipped(name), name).protocol


def parts(part: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every part of a protocol that can say where it comes from, with its path in ids."""
    if hasattr(part, "assumption"):
        yield path or "protocol", part
    for field in fields(part):
        inner = getattr(part, field.name)
        if is_dataclass(inner):
            yield from parts(inner, f"{path}.{field.name}".removeprefix("."))
        elif isinstance(inner, tuple):
            for number, element in enumerate(inner, start=1):
                if is_dataclass(element):
                    yield from parts(element, key_of_element(part, path, field.name, element, number))


def cited(part: Any) -> tuple[str, ...]:
    source = part.source or ()
    return (source,) if isinstance(source, str) else tuple(source)


def citing(statement: str) -> set[str]:
    return {path for path, part in parts(protocol("nct07014202")) if statement in cited(part)}


def documented() -> dict[str, set[str]]:
    """The rows of docs/flagship.md: statement -> the paths in its last column."""
    rows = re.findall(r"^\| ([SIX]\d+[a-g]?) \|.*\| ([^|]*) \|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    return {statement: set(re.findall(r"`([^`]+)`", paths)) for statement, paths in rows}


@pytest.mark.parametrize("statement", STATEMENTS)
def test_every_statement_of_the_source_is_cited(statement: str) -> None:
    assert citing(statement)


@pytest.mark.parametrize("statement", [one for one in STATEMENTS if one.startswith("I")])
def test_every_inclusion_criterion_is_a_criterion_of_its_own(statement: str) -> None:
    criterion = protocol("nct07014202").criterion(statement)
    assert criterion.kind == "inclusion"
    assert statement in cited(criterion)
    assert not criterion.confirm


@pytest.mark.parametrize("statement", ASSUMED)
def test_every_assumed_exclusion_waits_for_an_investigator(statement: str) -> None:
    criterion = protocol("nct07014202").criterion(statement)
    assert criterion.kind == "exclusion"
    assert criterion.confirm
    assert not cited(criterion)


def test_nothing_is_cited_that_the_source_does_not_say() -> None:
    known = set(STATEMENTS)
    assert {one for _, part in parts(protocol("nct07014202")) for one in cited(part)} <= known


def test_the_page_lists_exactly_the_elements_that_cite_each_statement() -> None:
    expected = {statement: citing(statement) for statement in STATEMENTS}
    expected |= {statement: {f"eligibility.{statement}"} for statement in ASSUMED}
    assert documented() == expected


@pytest.mark.parametrize("name", names())
def test_every_element_names_its_source_or_its_assumption(name: str) -> None:
    silent = [
        path
        for path, part in parts(protocol(name))
        if (isinstance(part, Sourced) or path.split(".")[0] in ("forms", "schedule", "randomization"))
        and ".items." not in path
        and not cited(part)
        and not part.assumption
    ]
    assert silent == []


@pytest.mark.parametrize("name", names())
def test_every_assumption_gives_a_reason(name: str) -> None:
    """A reason is a sentence, and more than the element's own words."""
    thin = [
        (path, part.assumption)
        for path, part in parts(protocol(name))
        if part.assumption
        and (
            len(part.assumption.split()) < 8
            or not part.assumption.rstrip().endswith(".")
            or part.assumption in (getattr(part, "says", ""), getattr(part, "label", ""))
        )
    ]
    assert thin == []


@pytest.mark.parametrize("name", names())
def test_every_scenario_says_how_its_median_is_meant(name: str) -> None:
    for scenario in protocol(name).scenarios:
        assert scenario.medians in ("latent", "scan_observed")
        word = "latent" if scenario.medians == "latent" else "scan"
        assert word in f"{scenario.assumption} {scenario.label}".lower(), scenario.id


def test_the_flagship_imagines_the_effects_the_evidence_allows() -> None:
    imagined = {
        (str(one.control_pfs_median.normalize()), str(one.hazard_ratio.normalize()))
        for one in protocol("nct07014202").scenarios
        if not one.later and one.lesion_hazard_ratio is None
    }
    assert imagined == {(median, ratio) for median in ("7", "5") for ratio in ("0.6", "0.8", "0.93", "1")}
