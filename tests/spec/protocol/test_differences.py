"""What an amendment changes: cosmetic, additive or consequential; and ids that may not change their meaning."""

from pathlib import Path

import pytest

from equipoise.kernel.messages import message
from equipoise.protocol import words as _words  # noqa: F401  (declares the wordings)
from equipoise.protocol.diff import CONCERNS, Weight, diff
from equipoise.protocol.load import load

WHOLE = (Path(__file__).parent / "whole.yaml").read_text()
OLD = load(WHOLE, "old.yaml").protocol
WEIGHT = "{id: weight, kind: number, label: Weight, unit: kg, least: 20, most: 300}"
HEAVY = '{id: heavy, rule: "weight < 250 [kg]", says: The weight is unusual.}'
MALE = "{id: male, label: Male}"


def changed(*edits: tuple[str, str]):
    text = WHOLE
    for before, after in edits:
        assert before in text
        text = text.replace(before, after, 1)
    return diff(OLD, load(text, "new.yaml").protocol)


def test_a_protocol_does_not_differ_from_itself():
    assert (changed().changes, changed().reused) == ((), ())


def test_the_version_alone_is_no_change():
    assert changed(('version: "1.0"\ntitle', 'version: "2.0"\ntitle')).changes == ()


@pytest.mark.parametrize(
    ("edit", "path", "weight"),
    [
        (("title: A small trial", "title: A tiny trial"), "title", Weight.COSMETIC),
        (("says: Adults", "says: Grown-ups"), "eligibility.I1.says", Weight.COSMETIC),
        (("label: Weight,", "label: Body weight,"), "forms.blood.items.weight.label", Weight.COSMETIC),
        (("assumption: Bears on survival.", "source: S9"), "strata.fitness.source", Weight.COSMETIC),
        ((WEIGHT, WEIGHT + "\n          - {id: height, kind: number, label: Height, unit: cm}"),
         "forms.blood.items.height", Weight.ADDITIVE),
        ((MALE, MALE + ", {id: other, label: Other}"), "forms.person.items.sex.options.other", Weight.ADDITIVE),
        (("    forms: [blood, performance]", "    forms: [blood, performance, person]"),
         "schedule.follow_up.forms", Weight.ADDITIVE),
        (("units: [U/L]", "units: [U/L, ukat/L]"), "forms.blood.items.ast.units", Weight.ADDITIVE),
        (("control_pfs_median: 7", "control_pfs_median: 5"), "scenarios.hoped_for.control_pfs_median",
         Weight.ASSUMPTION),
        (("    hazard_ratio: 0.6\n    os", "    hazard_ratio: 0.7\n    os"), "scenarios.hoped_for.hazard_ratio",
         Weight.ASSUMPTION),
        (("    hazard_ratio: 0.6\n", "    hazard_ratio: 0.6\n    by_arm: [{arm: new, hazard_ratio: 0.5}]\n"),
         "scenarios.hoped_for.by_arm.new", Weight.ASSUMPTION),
        (("label: Hoped for", "label: Hoped"), "scenarios.hoped_for.label", Weight.COSMETIC),
        (("age >= 18", "age >= 21"), "eligibility.I1.rule", Weight.CONSEQUENTIAL),
        (("within: 14 days", "within: 28 days"), "eligibility.I2.within", Weight.CONSEQUENTIAL),
        (("    at: 8 weeks", "    at: 9 weeks"), "schedule.follow_up.at", Weight.CONSEQUENTIAL),
        (("    forms: [blood, performance]", "    forms: [blood]"), "schedule.follow_up.forms", Weight.CONSEQUENTIAL),
        (("{id: main, version: \"1.0\"", "{id: main, version: \"1.1\""), "consents.main.version", Weight.CONSEQUENTIAL),
        (("probability: 0.8", "probability: 0.9"), "randomization.probability", Weight.CONSEQUENTIAL),
        (("target_events: 90", "target_events: 80"), "analysis.target_events", Weight.CONSEQUENTIAL),
        (("alpha: 0.05", "alpha: 0.04"), "analysis.alpha", Weight.CONSEQUENTIAL),
        (("  - {id: drug, label: Drug, drug_class: chemotherapy, cycle: 3 weeks, source: S2}\n",
          "  - {id: drug, label: Drug, drug_class: chemotherapy, cycle: 4 weeks, source: S2}\n"),
         "drugs.drug.cycle", Weight.CONSEQUENTIAL),
        ((f"          - {WEIGHT}\n    edits:\n      - {HEAVY}\n", ""), "forms.blood.items.weight",
         Weight.CONSEQUENTIAL),
    ],
)  # fmt: skip
def test_how_much_a_change_matters(edit, path, weight):
    found = changed(edit)
    assert not found.reused
    assert (path, weight) in {(change.path, change.weight) for change in found.changes}
    assert all(bool(change.concerns) is (change.weight is Weight.CONSEQUENTIAL) for change in found.changes)


def test_an_assumption_says_what_is_supposed_now():
    found = changed(
        ("    hazard_ratio: 0.6\n    os", "    hazard_ratio: 0.6\n    by_arm: [{arm: new, pfs_median: 9}]\n    os")
    )
    assert [str(one) for one in found.changes] == ["scenarios.hoped_for.by_arm.new: added: arm new, pfs_median 9"]
    assert not found.consequential


def test_collecting_for_a_time_or_without_end_is_said():
    before = "    label: Blood\n    use: visit\n"
    timed = changed((before, before + "    collected_for: 90 days\n"))
    (change,) = timed.changes
    assert (change.before, change.after) == ("without end", "90 days")
    assert change.weight is Weight.CONSEQUENTIAL


def test_moving_an_item_to_another_section_is_cosmetic():
    found = changed((f"          - {WEIGHT}", f"      - label: Body\n        items:\n          - {WEIGHT}"))
    assert [change.weight for change in found.changes] == [Weight.COSMETIC]


def test_another_order_is_cosmetic():
    new, old = (line for line in WHOLE.split("\n") if line.startswith(("  - {id: new,", "  - {id: old,")))
    found = changed((f"{new}\n{old}", f"{old}\n{new}"))
    assert [(change.path, change.weight) for change in found.changes] == [("arms", Weight.COSMETIC)]


@pytest.mark.parametrize(
    ("edit", "path"),
    [
        ((WEIGHT, "{id: weight, kind: number, label: Weight, unit: g, least: 20, most: 300000}"),
         "forms.blood.items.weight"),
        (("{id: pregnant, kind: yes_no, label: Pregnant,", "{id: pregnant, kind: text, label: Pregnant,"),
         "forms.person.items.pregnant"),
        (("units: [10*9/L, 10*3/uL]", "units: [10*3/uL, 10*9/L]"), "forms.blood.items.neutrophils"),
        (("{id: os, label: Overall survival, rank: secondary, kind: time_to_event, events: [death],",
          "{id: os, label: Overall survival, rank: secondary, kind: scores,"), "endpoints.os"),
    ],
)  # fmt: skip
def test_an_id_never_changes_its_meaning(edit, path):
    edits = [edit]
    if "weight" in path:
        edits.append(("weight < 250 [kg]", "weight < 250000 [g]"))
    if "pregnant" in path:
        edits.append(("      and pregnant\n", '      and pregnant == "yes"\n'))
    assert [reuse.path for reuse in changed(*edits).reused] == [path]


def test_another_protocol_is_no_amendment():
    assert [reuse.path for reuse in changed(("id: small", "id: large")).reused] == ["id"]


REPEAT = "    repeat:\n      - {every: 8 weeks, until: 52 weeks}\n      - {every: 12 weeks}\n"


@pytest.mark.parametrize(
    ("edit", "before", "after"),
    [
        (("{every: 8 weeks, until: 52", "{every: 12 weeks, until: 52"), "number 2 on day 112", "number 2 on day 140"),
        (("{every: 12 weeks}", "{every: 16 weeks}"), "number 8 on day 504", "number 8 on day 560"),
        (("until: 52 weeks", "until: 104 weeks"), "number 8 on day 504", "number 8 on day 448"),
        ((REPEAT, ""), "visits numbered from 1", "one visit without a number"),
        (("    anchor: randomization\n    at: 8 weeks", "    anchor: last_treatment\n    at: 8 weeks"),
         "numbered from randomization", "numbered from last_treatment"),
    ],
)  # fmt: skip
def test_the_number_of_a_repeated_visit_never_comes_to_be_another_day(edit, before, after):
    (reuse,) = changed(edit).reused
    assert (reuse.path, reuse.after) == ("schedule.follow_up", after)
    assert reuse.before.removesuffix(" after randomization") == before


@pytest.mark.parametrize(
    "edit",
    [
        ("    at: 8 weeks", "    at: 9 weeks"), ("until: 52 weeks}\n      - {every: 12 weeks}", "until: 56 weeks}"),
        ("{every: 12 weeks}", "{every: 12 weeks, until: 104 weeks}"), ("late: 7 days", "late: 10 days"),
    ],
)  # fmt: skip
def test_a_repeated_visit_may_move_within_reach_of_its_number_and_end_sooner_or_later(edit):
    found = changed(edit)
    assert not found.reused
    assert found.consequential


def test_a_repeated_visit_that_comes_once_may_move():
    short = WHOLE.replace(REPEAT, "    repeat:\n      - {every: 8 weeks, until: 12 weeks}\n")
    before, after = (load(text, "file.yaml").protocol for text in (short, short.replace("at: 8 weeks", "at: 9 weeks")))
    assert not diff(before, after).reused


def test_a_visit_that_came_once_is_not_the_first_of_many():
    once = load(WHOLE.replace(REPEAT, ""), "old.yaml").protocol
    (reuse,) = diff(once, OLD).reused
    assert (reuse.before, reuse.after) == ("one visit without a number", "visits numbered from 1")


@pytest.mark.parametrize("whom", sorted({*CONCERNS.values(), "everyone in the trial"}))
def test_whom_a_change_concerns_is_said_in_both_languages(whom: str) -> None:
    said = message(f"concerns.{whom.replace(' ', '_')}")
    assert said.say("en") == whom
    assert not set(said.say("zh-hans")) & set("abcdefghijklmnopqrstuvwxyz")
