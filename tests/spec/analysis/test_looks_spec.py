"""What a look spends, its boundary, and what is decided against it; figures of R's gsDesign and of normal tables."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from equipoise.analysis.firewall import Authority
from equipoise.analysis.interim_look import LookTaken, look_taken
from equipoise.analysis.survival import estimate_by_arm
from equipoise.analysis.times import time_rows
from equipoise.kernel.errors import EstimationError, InputError
from equipoise.protocol.model import Look, Protocol
from equipoise.statistics.group_sequential import bounds_so_far
from hand_built import assessed, casebook, cut, progressed, trial

FINAL = Look(id="final", label="Final", information=Decimal(1), assumption="The last look.")


def planned(spending: str, target: int, *, alpha: str = "0.025", sides: Any = 1) -> Protocol:
    """The flagship with two interim looks that spend, and so many events planned."""
    looks = tuple(
        Look(id=f"look{n}", label=f"Look {n}", information=Decimal(n) / 3, spending=spending, assumption="As said.")
        for n in (1, 2)
    )
    plan = replace(trial().analysis, target_events=target, alpha=Decimal(alpha), sides=sides, strata=())
    return replace(trial(), monitoring=(*looks, FINAL), analysis=plan)


def taken(protocol: Protocol, look: str, events: int, earlier: list[tuple[str, int]]) -> LookTaken:
    """A look with so many progressions, control's before the other arm's, one of which is the last."""
    books = [
        casebook(f"S{n}", arm, assessed(1, 300, "SD") if events - 1 <= n < 39 else progressed("1", 20 + n))
        for n in range(40)
        for arm in ["control" if n < 20 else "rt"]
    ]
    endpoint = protocol.endpoint("pfs")
    found = estimate_by_arm(
        protocol, endpoint, time_rows(protocol, endpoint, books, cut()), cut(), Authority("released")
    )
    return look_taken(protocol, look, found, earlier)


def test_looks_spend_by_the_information_really_seen() -> None:
    """gsDesign(k = 3, test.type = 1, alpha = 0.025, sfu = sfLDOF): z 3.7103, 2.5114, 1.9930."""
    protocol = planned("of", 30)
    first = taken(protocol, "look1", 10, [])
    assert first.bound == pytest.approx(3.7103, abs=5e-5)
    assert (first.spent_before, first.spent) == (0, pytest.approx(0.0001035, abs=5e-8))
    second = taken(protocol, "look2", 20, [("look1", 10)])
    assert second.bound == pytest.approx(2.5114, abs=5e-5)
    assert second.spent == pytest.approx(0.0060484, abs=5e-8)
    last = taken(protocol, "final", 30, [("look1", 10), ("look2", 20)])
    assert last.bound == pytest.approx(1.9930, abs=5e-5)
    assert last.spent == pytest.approx(0.025)


def test_a_first_bound_is_the_quantile_of_what_is_spent() -> None:
    """Pocock's type spends 0.025 ln(1 + (e - 1) / 2) = 0.0155 by half of the information: z = 2.157."""
    found = taken(planned("pocock", 40), "look1", 20, [])
    assert found.spent == pytest.approx(0.015503, abs=5e-7)
    assert found.bound == pytest.approx(2.1570, abs=5e-4)
    assert found.level == pytest.approx(found.spent)


def test_the_result_is_held_against_the_boundary() -> None:
    found = taken(planned("pocock", 40), "look1", 20, [])
    (arm,) = found.standings
    assert (arm.arm, arm.control) == ("rt", "control")
    assert arm.z is not None
    assert arm.z > 3
    assert arm.crossed is True
    beaten = taken(planned("of", 4000), "look1", 20, [])
    assert beaten.standings[0].crossed in (None, False)  # half a per cent of the information can spend nothing


def test_a_look_without_spending_claims_nothing() -> None:
    protocol = replace(trial(), analysis=replace(trial().analysis, strata=()))
    found = taken(protocol, "interim", 20, [])
    assert (found.spends, found.spent, found.bound) == (False, 0, None)
    assert found.standings[0].crossed is None
    assert found.standings[0].futile is False
    last = taken(protocol, "final", 30, [("interim", 20)])
    assert last.bound == pytest.approx(1.2816, abs=5e-5)  # the interim look spent nothing of the one-sided 0.10


def test_two_sided_boundaries_share_alpha() -> None:
    found = taken(planned("of", 30, alpha="0.05", sides=2), "look1", 10, [])
    assert found.bound == pytest.approx(3.7103, abs=5e-5)
    assert found.spent == pytest.approx(0.000207, abs=5e-7)


def test_a_look_that_is_not_planned_is_refused() -> None:
    with pytest.raises(EstimationError, match="plans no look “dsmb”; it plans: look1, look2, final"):
        taken(planned("of", 30), "dsmb", 10, [])


def test_looks_that_go_back_have_no_boundary_and_say_why() -> None:
    found = taken(planned("of", 30), "look2", 10, [("look1", 12)])
    assert found.bound is None
    assert "out of order" in str(found.reason)
    with pytest.raises(InputError, match="shrink"):
        bounds_so_far([10, 20], [0.02, 0.01])
