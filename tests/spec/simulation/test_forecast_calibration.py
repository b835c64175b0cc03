"""Forecasts made at half of the events, on imagined trials whose scans show them late, cover the truth as they say."""

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from equipoise.analysis.cut import DataCut
from equipoise.protocol.load import load
from equipoise.protocol.model import Protocol
from equipoise.protocols import shipped
from equipoise.simulation.event_course import course_of, expectation_of, pooled_hazard
from equipoise.simulation.forecast import AT_RISK, EVENT, FAN, LEFT, Course, forecast
from equipoise.simulation.one_trial import ImaginedTrial, imagine
from equipoise.simulation.scenarios import trial_of
from equipoise.simulation.trials import Site, SiteAccrual, TrialDesign

TRIALS, TARGET = 120, 90


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    """The flagship's."""
    return load(shipped("nct07014202"), "nct07014202.yaml").protocol


def known_on(trial: ImaginedTrial, design: TrialDesign, today: int) -> Course:
    """What sites would have reported by a day, arms left out: whoever has no event was last seen at a scan."""
    assert design.scans is not None
    here = trial.arrival < today
    limit, seen, out = (today - trial.arrival)[here], trial.seen[here], trial.dropout[here]
    event = seen <= np.minimum(limit, out)
    state = np.where(event, EVENT, np.where(out < limit, LEFT, AT_RISK))
    days = np.array((0, *design.scans.days))
    latest = np.searchsorted(days, np.minimum(limit, out) - design.scans.window, side="right") - 1
    follow_up = np.where(event, seen, days[np.maximum(latest, 0)])
    return Course(
        trial.arrival[here].astype(float), follow_up.astype(float), state, float(today), tuple(map(float, days[1:]))
    )


def day_of(trial: ImaginedTrial, number: int) -> int:
    """The calendar day of an event."""
    return int(np.sort(np.where(trial.seen <= trial.dropout, trial.arrival + trial.seen, 10**9))[number - 1])


@pytest.mark.parametrize("scenario", ["control_70_hr_060", "control_50_hr_080"])
def test_half_way_forecasts_cover_the_truth_about_as_often_as_they_say(protocol: Protocol, scenario: str) -> None:
    """The plan is that of the target; in the second world it is wrong, and data must have their say."""
    design = trial_of(protocol, next(one for one in protocol.scenarios if one.id == scenario))
    rate = 120 / (24 * 30.4375) / 6
    design = replace(design, accrual=SiteAccrual((Site(0.0, rate),) * 6))
    plan = expectation_of(protocol)
    covered, errors = {0.80: 0, 0.95: 0}, []
    for number in range(TRIALS):
        trial = imagine(design, seed="calibration", trial=number)
        course = known_on(trial, design, day_of(trial, TARGET // 2) + 1)
        found = forecast(course, plan, TARGET, seed=number, futures=400)
        truth = day_of(trial, TARGET)
        for share in covered:
            low, high = (found.quantiles[FAN.index(round(0.5 + sign * share / 2, 3))] for sign in (-1, 1))
            assert low is not None
            covered[share] += low <= truth <= (high if high is not None else math.inf)
        assert found.middle is not None
        errors.append(found.middle - truth)
    # Three standard errors of 120 trials; too wide is forgiven a little more than too narrow.
    assert 0.80 - 0.11 <= covered[0.80] / TRIALS <= 0.80 + 0.13
    assert covered[0.95] / TRIALS >= 0.95 - 0.06
    assert abs(float(np.median(errors))) < 45.0


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
