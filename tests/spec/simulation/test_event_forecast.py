"""The forecast of events: calibrated on imagined trials, blind to arms, honest about what cannot come."""

import itertools
import math

import numpy as np
import pytest

from equipoise.kernel.errors import EstimationError, InputError
from equipoise.simulation.forecast import AT_RISK, EVENT, FAN, LEFT, Course, Expectation, forecast, posterior
from equipoise.simulation.one_trial import imagine
from equipoise.statistics.expected_events import Pieces
from simulated_designs import MONTH, exponential

PLAN = Expectation(
    subjects=120, per_day=120 / (24 * MONTH), hazard=Pieces((0.0, 180.0), (0.0026, 0.0026)), leaving=0.00014
)


def snapshot(trial, today):
    """What is known of an imagined trial on a day, arms left out."""
    here = trial.arrival < today
    limit = (today - trial.arrival)[here]
    seen, out = trial.seen[here], trial.dropout[here]
    event, left = seen <= np.minimum(limit, out), out < np.minimum(limit, seen)
    state = np.where(event, EVENT, np.where(left, LEFT, AT_RISK))
    follow_up = np.minimum(np.minimum(seen, out), limit)
    return Course(trial.arrival[here].astype(float), follow_up.astype(float), state, float(today))


def day_of(trial, number):
    counted = np.where(trial.seen <= trial.dropout, trial.arrival + trial.seen, 10**9)
    return int(np.sort(counted)[number - 1])


def test_the_ninetieth_event_falls_within_the_eighty_percent_interval_four_times_in_five():
    design, inside, errors = exponential(0.6), [], []
    for number in range(150):
        trial = imagine(design, seed=17, trial=number)
        found = forecast(snapshot(trial, day_of(trial, 45) + 1), PLAN, 90, seed=number, futures=400)
        low, high = found.quantiles[FAN.index(0.10)], found.quantiles[FAN.index(0.90)]
        inside.append(low <= day_of(trial, 90) <= (high or math.inf))
        errors.append(found.middle - day_of(trial, 90))
    assert np.mean(inside) == pytest.approx(0.8, abs=0.1)
    assert abs(np.mean(errors)) < 20.0


def test_the_forecast_narrows_as_events_come():
    trial = imagine(exponential(0.6), seed=3, trial=1)
    widths = []
    for events in (10, 40, 80):
        found = forecast(snapshot(trial, day_of(trial, events) + 1), PLAN, 90, seed=1)
        widths.append(found.quantiles[5] - found.quantiles[1])
    assert widths[0] > widths[1] > widths[2]


def test_with_no_data_the_forecast_is_the_plan():
    start = Course(np.zeros(0), np.zeros(0), np.zeros(0, np.int64), 1.0)
    found = forecast(start, Expectation(1200, 1.6, Pieces.constant(0.003), 0.0, weight=1e6), 900, seed=1)
    shape, rate = posterior(start, Expectation(1200, 1.6, Pieces.constant(0.003), 0.0, weight=1e6))
    assert shape[0] / rate[0] == pytest.approx(0.003)
    lo, hi = 0.0, 5000.0
    for _ in range(60):  # 1.6 arrivals a day for 750 days; events by t: the integral of 1 - e^(-h u)
        t = 0.5 * (lo + hi)
        a = max(t - 750.0, 0.0)
        events = 1.6 * ((t - a) - (math.exp(-0.003 * a) - math.exp(-0.003 * t)) / 0.003)
        lo, hi = (t, hi) if events < 900 else (lo, t)
    assert found.middle == pytest.approx(lo, rel=0.02)


def test_the_fan_passes_through_what_is_known_and_never_falls():
    trial = imagine(exponential(0.6), seed=3, trial=2)
    course = snapshot(trial, day_of(trial, 45) + 1)
    found = forecast(course, PLAN, 90, seed=1)
    now = max(place for place, day in enumerate(found.days) if day <= course.today)
    passed = int(np.count_nonzero((course.state == EVENT) & (course.arrival + course.follow_up <= found.days[now])))
    for row in found.events:
        assert row[now] == passed
        assert all(later >= earlier for earlier, later in itertools.pairwise(row))
    assert found.enrolled[3][-1] == 120


def test_the_same_seed_gives_the_same_forecast():
    course = snapshot(imagine(exponential(), seed=3, trial=2), 500)
    assert forecast(course, PLAN, 90, seed=4) == forecast(course, PLAN, 90, seed=4)
    assert forecast(course, PLAN, 90, seed=4) != forecast(course, PLAN, 90, seed=5)


def test_what_cannot_be_forecast_is_refused():
    gone = Course(np.arange(50.0), np.ones(50), np.full(50, LEFT), 100.0)
    with pytest.raises(EstimationError, match=r"Event 90 cannot come.*at most 70"):
        forecast(gone, PLAN, 90, seed=1)
    with pytest.raises(InputError, match="beyond the day of the forecast"):
        Course(np.array([10.0]), np.array([95.0]), np.array([AT_RISK]), 100.0)
    with pytest.raises(EstimationError, match="Nobody is expected"):
        Expectation(120, 0.0, Pieces.constant(0.001), 0.0)
