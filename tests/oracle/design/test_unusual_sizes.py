"""Events and subjects at unusual ratios, levels and conduct: against quadrature in R (PROVENANCE.md)."""

import json
from pathlib import Path

import pytest

from equipoise.statistics.sample_size import Comparison, Conduct, size

CASES = json.loads((Path(__file__).parent / "unusual_sizes.json").read_text())["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(f"{one:g}" for one in case["given"][:5]))
@pytest.mark.parametrize(("place", "method"), [(0, "lachin-foulkes"), (2, "schoenfeld"), (4, "freedman")])
def test_events_and_subjects(case, place, method):
    hazard_ratio, alpha, sides, power, ratio, *conduct = case["given"]
    found = size(Comparison(hazard_ratio, alpha, power, int(sides), ratio), method, Conduct(*conduct))
    assert (found.events, found.subjects) == pytest.approx(case["found"][place : place + 2], rel=1e-9)
