"""`equipoise estimate survival` beside R: delayed entry, every treatment of ties, four arms, weights and scales."""

import json
from pathlib import Path
from typing import Any

import pytest

from equipoise.cli.main import run
from survival_figures import CLOSED, ITERATED, agree, as_list

HERE = Path(__file__).parent
CASES = json.loads((HERE / "command_figures.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join([case["file"], *case["arguments"][6:]]))
def test_the_command_answers_as_r_does(case: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    data = HERE / "data" / f"{case['file']}.csv"
    run(["estimate", "survival", str(data), *case["arguments"], "--json"])
    found = json.loads(capsys.readouterr().out)
    agree("log-rank", found["logrank"]["chisq"], case["chisq"], CLOSED)
    for part in ("median", "lower", "upper"):
        agree(part, [arm[part] for arm in found["arms"]], as_list(case[part]), CLOSED)
    for part in ("coef", "se"):
        agree(part, [one[part] for one in as_list(found["cox"])], as_list(case["cox"][part]), ITERATED)
