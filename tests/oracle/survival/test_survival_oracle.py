"""The estimators against R, survRM2, cmprsk, nphRCT and simtrial, on the figures kept here."""

from pathlib import Path

import pytest

from survival_figures import WHOLE, Folder, check_dataset

HERE = Folder(Path(__file__).parent)
KEPT = ("lung", "veteran", "synth_ties", "synth_lefttrunc")


@pytest.mark.parametrize("name", KEPT)
def test_every_figure_of_a_data_set(name: str) -> None:
    check_dataset(HERE, name)


@pytest.mark.parametrize("topic", WHOLE)
def test_every_figure_of_a_topic(topic: str) -> None:
    WHOLE[topic](HERE)
