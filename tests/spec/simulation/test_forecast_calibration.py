"""Forecasts on imagined trials, whose scans show events late, hold the truth as often as they say."""

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from equipoise.analysis.cut import DataCut
from equipoise.kernel.errors import InputError
from equipoise.protocol.load import load
from equipoise.protocol.model import Protocol
from equipoise.protocols import shipped
from equipoise.simulation.event_course import course_of, expectation_of, pooled_hazard
from equipoise.simulation.forecast import AT_RISK, EVENT, LEFT, Course, Expectation, forecast
from equipoise.simulation.forecast_calibration import Imagined, calibrate, from_plan, from_scenario
from equipoise.simulation.scenarios import trial_of
from equipoise.simulation.trials import TrialDesign
from equipoise.statistics.expected_events import Pieces

TRIALS, TARGET = 200, 90


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    """The flagship's."""
    return load(shipped("nct07014202"), "nct07014202.yaml").protocol


def scans_of(design: TrialDesign) -> tuple[float, ...]:
    """The planned days of its scans."""
    assert design.scans is not None
    return tuple(map(float, design.scans.days))


def test_over_worlds_the_plan_says_may_be_intervals_hold_as_often_as_they_say(protocol: Protocol) -> None:
    """Hazards, pace and dropout are drawn from the priors: then a posterior's intervals must be exact."""
    plan, scans = expectation_of(protocol), scans_of(trial_of(protocol, protocol.scenarios[0]))
    worlds = from_plan(plan, scans, trials=TRIALS, seed="worlds")
    for one in calibrate(worlds, plan, TARGET, (6.0, 12.0, 18.0), seed="worlds", scans=scans):
        for share, held in zip((0.80, 0.95), one.held, strict=True):
            assert held.value == pytest.approx(share, abs=3.0 * math.sqrt(share * (1.0 - share) / one.trials))
        assert one.trials > 0.9 * TRIALS


@pytest.mark.parametrize(
    ("scenario", "least", "most"), [("control_70_hr_060", 0.80, 0.95), ("control_50_hr_080", 0.65, 0.90)]
)
def test_intervals_are_wide_where_the_plan_is_right_and_catch_up_where_it_is_wrong(
    protocol: Protocol, scenario: str, least: float, most: float
) -> None:
    """The plan is that of the target; in the second world events come half as fast again, and data have their say."""
    design = trial_of(protocol, next(one for one in protocol.scenarios if one.id == scenario))
    assert design.scans is not None
    trials = from_scenario(design, trials=TRIALS, seed="calibration")
    found = calibrate(
        trials, expectation_of(protocol), TARGET, (12.0, 18.0), seed=1, scans=scans_of(design),
        window=float(design.scans.window),
    )  # fmt: skip
    for one in found:
        assert least - 0.05 <= one.held[0].value <= most
        assert one.held[1].value >= 0.86
        assert abs(one.median_error) < 2.0
    assert abs(found[1].median_error) < abs(found[0].median_error)


def test_a_course_is_what_sites_have_reported() -> None:
    """Three participants on day 100: one seen to progress at a scan, one lost, one last seen at a scan."""
    trial = Imagined(np.array([0.0, 10.0, 20.0, 150.0]), np.array([56.0, 500.0, 90.0, 56.0]), np.full(4, 1e9))
    trial.leaving[1] = 60.0
    course = trial.known_on(100.0, (56.0, 84.0))
    assert course.follow_up.tolist() == [56.0, 56.0, 56.0]
    assert course.state.tolist() == [EVENT, LEFT, AT_RISK]
    assert trial.day_of(3) == 206.0
    assert trial.day_of(4) == math.inf


def test_forecasts_need_a_time() -> None:
    with pytest.raises(InputError, match="a forecast needs a time after accrual began"):
        calibrate(iter(()), Expectation(10, 1.0, Pieces.constant(0.01), 1e-9), 5, (0.0,), seed=1)


def test_the_plans_hazard_gives_back_the_plans_median(protocol: Protocol) -> None:
    scenario = next(one for one in protocol.scenarios if one.id == "control_70_hr_100")
    hazard = pooled_hazard(trial_of(protocol, scenario))
    median = 7 * 30.4375 - 28  # seen by scans eight weeks apart
    assert math.exp(-hazard.integral(median)) == pytest.approx(0.5, abs=0.01)


def test_scans_delay_what_is_to_come(protocol: Protocol) -> None:
    plan = expectation_of(protocol)
    arrival, at_risk = np.arange(100.0), np.zeros(100, np.int64)
    seen = Course(arrival, np.zeros(100), at_risk, 100.0)
    scanned = replace(seen, scans=(200.0, 400.0, 600.0, 800.0))
    early, late = (forecast(one, plan, 50, seed=1).middle for one in (seen, scanned))
    assert early is not None
    assert late is not None
    assert 0 < late - early < 200


def test_an_empty_record_has_an_empty_course(protocol: Protocol) -> None:
    cut = DataCut("t", None, 0, "", "", "", "", "", rehearsal=True)
    course = course_of(protocol, [], cut, begun=date(2026, 1, 1), today=date(2026, 3, 1))
    assert (course.events, course.today, len(course.arrival)) == (0, 59.0, 0)
    assert course.scans[0] == 56.0
