"""Reasons that name arms and strata name them as the protocol does, in the reader's language."""

from dataclasses import replace
from datetime import timedelta

import pytest

from equipoise.analysis.document import document
from equipoise.analysis.firewall import Authority
from equipoise.analysis.named_arms import labelled, labels_of
from equipoise.analysis.survival import estimate_by_arm
from equipoise.analysis.times import time_rows
from equipoise.kernel.messages import Message, message
from equipoise.protocol.model import Protocol
from hand_built import DAY_0, assessed, casebook, cut, progressed, trial


def chinese() -> Protocol:
    """The trial with its arms and levels in another language."""
    arms = tuple(replace(arm, label={"rt": "放疗组", "control": "对照组"}[arm.id]) for arm in trial().arms)
    strata = tuple(
        replace(factor, levels=tuple(replace(level, label=f"层{level.id}") for level in factor.levels))
        for factor in trial().strata
    )
    return replace(trial(), arms=arms, strata=strata)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (message("statistics.no_events_in_arm", arm="rt"), "放疗组 组没有事件：风险比没有有限的估计值。"),
        (message("statistics.one_arm", arms="control"), "只有一个组有受试者（对照组）：比较需要两个组。"),
        (message("analysis.arm_empty", arms="rt; control"), "该人群中以下组别无受试者：放疗组; 对照组。无法与其比较。"),
        (message("statistics.no_events_in_arm", arm="x1"), "x1 组没有事件：风险比没有有限的估计值。"),
    ],
)  # fmt: skip
def test_ids_become_labels_and_other_names_stay(told: Message, says: str) -> None:
    assert labels_of(chinese()).named(told).say("zh-hans") == says


def test_a_label_of_the_plan_becomes_the_readers() -> None:
    label = trial().arms[0].label
    one = message("statistics.no_events_in_arm", arm=label)
    assert label not in labels_of(chinese(), trial()).named(one).say("zh-hans")


def test_a_stratum_is_named_by_the_label_of_each_level_in_the_plans_order() -> None:
    own = chinese()
    factors = [factor for name in own.analysis.strata for factor in own.strata if factor.id == name]
    ids = " / ".join(factor.levels[0].id for factor in factors)
    says = labels_of(own).named(message("statistics.stratum_no_events", stratum=ids)).say("zh-hans")
    assert " / ".join(factor.levels[0].label for factor in factors) in says
    one_more = message("statistics.stratum_no_events", stratum=f"{ids} / another")
    assert labels_of(own).named(one_more) == one_more


def test_an_arm_without_events_is_named_by_the_estimate_and_said_by_its_label() -> None:
    data = cut(DAY_0 + timedelta(days=300))
    books = [
        casebook("S1", "rt", assessed(1, 59, "SD")), casebook("S2", "rt", assessed(1, 60, "SD")),
        casebook("S3", "control", progressed("1", 60)), casebook("S4", "control", progressed("1", 80)),
    ]  # fmt: skip
    rows = time_rows(trial(), trial().endpoint("pfs"), books, data)
    found = estimate_by_arm(trial(), trial().endpoint("pfs"), rows, data, Authority("rehearsal"), ())
    reason = found.contrasts[0].reason
    assert reason is not None
    says = labels_of(chinese()).named(reason).say("zh-hans")
    assert "放疗组" in says
    assert "rt" not in says


@pytest.mark.parametrize("strata", [("ecog",), ("maintenance", "ecog"), tuple(trial().analysis.strata)])
def test_a_stratum_that_says_nothing_is_named_in_the_readers_language_by_whatever_factors_were_chosen(
    strata: tuple[str, ...],
) -> None:
    data = cut(DAY_0 + timedelta(days=300))
    alone, both = (
        {"ecog": level, "residual_burden": "low", "maintenance": "io_alone"} for level in ("0", "1")
    )  # fmt: skip
    books = [
        casebook("S1", "rt", progressed("1", 59), levels=alone), casebook("S2", "rt", progressed("1", 70), levels=both),
        casebook("S3", "control", progressed("1", 60), levels=both),
        casebook("S4", "control", progressed("1", 80), levels=both),
    ]  # fmt: skip
    plan, own = trial(), chinese()
    rows = time_rows(plan, plan.endpoint("pfs"), books, data)
    found = estimate_by_arm(plan, plan.endpoint("pfs"), rows, data, Authority("rehearsal"), strata)
    (note,) = found.contrasts[0].notes
    said = labels_of(own, plan, strata).named(note).say("zh-hans")
    shown = {(factor.id, level.id): level.label for factor in own.strata for level in factor.levels}
    assert " / ".join(shown[factor, alone[factor]] for factor in strata) in said
    english = document(plan, data, [(plan.endpoint("pfs"), found)], Authority("rehearsal"))
    contrast = english["endpoints"][0]["contrasts"][0]
    levels = {(factor.id, level.id): level.label for factor in plan.strata for level in factor.levels}
    assert " / ".join(levels[factor, alone[factor]] for factor in strata) in contrast["notes"][0]
    assert contrast["label"] == next(arm.label for arm in plan.arms if arm.id == "rt")
    assert contrast["control_label"] == next(arm.label for arm in plan.arms if arm.id == "control")


def test_a_document_has_labels_beside_ids_and_nothing_else_is_changed() -> None:
    labels = {"rt": "Radiotherapy", "control": "None"}
    held = {"groups": [{"group": "rt", "n": 3}, {"group": "other", "n": 1}], "arm": {"rt": 1},
            "contrasts": [{"arm": "rt", "label": "own", "control": "control", "z": None}]}  # fmt: skip
    assert labelled(held, labels) == {
        "groups": [{"group": "rt", "label": "Radiotherapy", "n": 3}, {"group": "other", "n": 1}], "arm": {"rt": 1},
        "contrasts": [{"arm": "rt", "label": "own", "control": "control", "control_label": "None", "z": None}],
    }  # fmt: skip
