"""What may not be entered about the trial as a whole: translations that are none, criteria nobody assumed."""

import pytest

from acting import INVESTIGATOR, opened
from equipoise.conduct.actions.trial import ConfirmExclusions, PublishTranslation
from equipoise.kernel.errors import Refusal


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
