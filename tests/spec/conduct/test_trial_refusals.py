"""What may not be entered about the trial as a whole: translations, criteria and ids that are not what they say."""

import pytest

from acting import INVESTIGATOR, Trial, opened
from equipoise.conduct.actions.trial import ConfirmExclusions, PublishProtocol, PublishTranslation
from equipoise.kernel.errors import Refusal
from equipoise.protocol.load import load
from equipoise.protocols import shipped

THYROID = "          - {id: thyroid_disease, kind: yes_no, label: Thyroid disease, concept: history.thyroid}\n"


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"words"'])
def test_a_translation_is_a_json_object(text: str) -> None:
    trial = opened()
    before = trial.position
    with pytest.raises(Refusal) as refusal:
        trial.do(PublishTranslation(trial.loaded.digest, "fr", "0" * 64, text))
    assert (refusal.value.code, trial.position) == ("refuse.translation_unreadable", before)


@pytest.mark.parametrize("criterion", ["X99", "I1", ""])
def test_only_assumed_criteria_are_confirmed(criterion: str) -> None:
    """I1 stands in the source; there is nothing to confirm."""
    trial = opened()
    with pytest.raises(Refusal) as refusal:
        trial.do(ConfirmExclusions(trial.loaded.digest, ("X1", criterion)), INVESTIGATOR)
    assert refusal.value.code == "refuse.unknown_criterion"


def publish(trial: Trial, version: str, *changes: tuple[str, str]) -> None:
    text = shipped("nct07014202").replace('version: "1.0"', f'version: "{version}"', 1)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    trial.do(PublishProtocol(load(text, version).canonical, "the committee asked for it"))


def test_an_id_once_dropped_does_not_come_back_as_something_else() -> None:
    """Against the latest version alone, version 1.2 would merely add a question."""
    trial = opened()
    publish(trial, "1.1", (THYROID, ""))
    with pytest.raises(Refusal) as refusal:
        publish(trial, "1.2", (THYROID, THYROID.replace("kind: yes_no", "kind: text, length: 80")))
    assert refusal.value.code == "refuse.id_reused"
    assert "forms.medical_history.items.thyroid_disease was kind yes_no" in str(refusal.value)
    assert len(trial.study.protocols) == 2
    publish(trial, "1.2")


def test_the_third_scan_does_not_become_another_day_s() -> None:
    trial = opened()
    with pytest.raises(Refusal, match=r"schedule\.imaging was number 2 on day 112 after randomization, and would be"):
        publish(trial, "1.1", ("{every: 8 weeks, until: 52 weeks}", "{every: 12 weeks, until: 52 weeks}"))
