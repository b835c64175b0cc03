"""Every figure of the survival reference, computed by R, survRM2, cmprsk, nphRCT and simtrial."""

from pathlib import Path

import pytest

from survival_figures import DATASETS, WHOLE, Folder, check_dataset


@pytest.mark.parametrize("name", DATASETS)
def test_every_figure_of_a_data_set(reference: Path, name: str) -> None:
    check_dataset(Folder(reference / "survival"), name)


@pytest.mark.parametrize("topic", WHOLE)
def test_every_figure_of_a_topic(reference: Path, topic: str) -> None:
    WHOLE[topic](Folder(reference / "survival"))
