"""Survival curves on trials small enough to do by hand."""

import numpy as np
import pytest

from equipoise.kernel.errors import InputError
from equipoise.statistics.survival import kaplan_meier, kaplan_meier_by_arm, reverse_kaplan_meier

# Remission of leukaemia under 6-mercaptopurine, weeks (Freireich et al., Blood 1963;21:699), + for censored.
TREATED = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
TREATED_EVENTS = [1] * 9 + [0] * 12


def test_the_curve_every_textbook_prints() -> None:
    curve = kaplan_meier(TREATED, TREATED_EVENTS)
    found = dict(zip(curve.time[curve.n_event > 0], curve.surv[curve.n_event > 0].round(4), strict=True))
    assert found == {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
    assert curve.median.value == 23
    assert curve.std_err[0] == pytest.approx(0.0764, abs=5e-5)


@pytest.mark.parametrize(
    ("times", "events", "median"),
    [
        ([1, 2, 3, 4], [1, 1, 1, 1], 2.5),  # flat at one half from 2 to 3: the midpoint
        ([1, 2, 3], [1, 1, 1], 2.0),
        ([1, 2, 3, 4], [1, 1, 0, 0], 3.0),  # flat at one half to the end of follow-up, 4: the midpoint
        ([1, 2, 3, 4], [1, 0, 0, 0], None),
        ([0, 0, 5], [1, 1, 0], 0.0),  # events on the day of randomization
    ],
)
def test_medians(times: list[int], events: list[int], median: float | None) -> None:
    assert kaplan_meier(times, events).median.value == median


def test_a_median_not_reached_says_so() -> None:
    found = kaplan_meier([1, 2, 3, 4], [1, 0, 0, 0]).median
    assert found.reason is not None
    assert found.reason.say() == "The curve does not fall to 0.5."
    assert found.reason.say("zh-hans") == "曲线未降至 0.5。"


def test_limits_not_reached_are_absent_and_say_so() -> None:
    found = kaplan_meier([1, 2, 3, 4], [1, 1, 1, 0]).median
    assert (found.value, found.upper) == (2.5, None)
    assert str(found.reason) == "The upper confidence limit of the curve does not fall to 0.5."


def test_times_that_differ_by_rounding_are_tied() -> None:
    curve = kaplan_meier([0.1 + 0.2, 0.3, 1.0], [1, 1, 0])
    assert curve.time.tolist() == [0.3, 1.0]
    assert curve.n_event.tolist() == [2, 0]


def test_delayed_entry_counts_only_those_who_have_entered() -> None:
    curve = kaplan_meier([2, 3, 4, 5], [1, 1, 0, 1], entry=[0, 2.5, 0, 3])
    # At 2: rows 1 and 3. At 3: rows 2 and 3 (the last enters at 3, so is at risk only after it). At 5: row 4.
    assert curve.n_risk.tolist() == [2, 2, 2, 1]
    assert curve.surv.tolist() == [0.5, 0.25, 0.25, 0.0]


def test_weights_count_as_so_many_participants() -> None:
    weighted = kaplan_meier([1, 2, 3], [1, 1, 0], weights=[2, 1, 3])
    repeated = kaplan_meier([1, 1, 2, 3, 3, 3], [1, 1, 1, 0, 0, 0])
    assert weighted.surv == pytest.approx(repeated.surv)
    assert weighted.std_err == pytest.approx(repeated.std_err)


def test_follow_up_is_the_curve_of_censoring() -> None:
    """Of 1+, 2, 3+, 4+: censoring at 1 leaves 3/4, at 3 leaves 3/8, at 4 none; the median follow-up is 3."""
    curve = reverse_kaplan_meier([1, 2, 3, 4], [0, 1, 0, 0])
    assert curve.surv.tolist() == [0.75, 0.75, 0.375, 0.0]
    assert curve.median.value == 3


def test_landmarks() -> None:
    curve = kaplan_meier([2, 4, 6, 8], [1, 1, 0, 0])
    before, at, beyond = curve.at([1, 4, 9])
    assert (before.value, before.lower, before.upper) == (1.0, 1.0, 1.0)
    assert at.value == 0.5
    assert beyond.value is None
    assert str(beyond.reason) == "Nobody was followed to 9: the last follow-up is 8."
    assert kaplan_meier([2, 4], [1, 1]).at([9])[0].value == 0.0
    assert curve.at_risk([0, 2, 3, 9]).tolist() == [4, 4, 3, 0]


def test_limits_are_certain_before_the_first_event_and_absent_at_zero() -> None:
    for scale in ("log", "log-log", "plain", "logit", "arcsin"):
        curve = kaplan_meier([1, 2, 3], [0, 1, 1], scale=scale)
        assert (curve.lower[0], curve.upper[0]) == (1, 1)
        assert np.isnan(curve.lower[-1])


def test_an_arm_without_participants_has_no_curve() -> None:
    assert kaplan_meier_by_arm([1, 2], [1, 0], [0, 0], 2)[1] is None


@pytest.mark.parametrize(
    ("arguments", "column", "row"),
    [
        ({"time": [1, -2], "event": [1, 0]}, "time", 2),
        ({"time": [1, float("nan")], "event": [1, 0]}, "time", 2),
        ({"time": [1, float("inf")], "event": [1, 0]}, "time", 2),
        ({"time": [1, 2], "event": [1, 2]}, "event", 2),
        ({"time": [1, 2], "event": [0.5, 1]}, "event", 1),
        ({"time": [1, 2], "event": [1, 0], "entry": [0, 2]}, "entry", 2),
        ({"time": [1, 2], "event": [1, 0], "weights": [0, 2]}, "weights", 1),
        ({"time": ["a", "b"], "event": [1, 0]}, "time", None),
        ({"time": [], "event": []}, "time", None),
        ({"time": [1, 2], "event": [1]}, "event", None),
    ],
)
def test_wrong_values_are_named(arguments: dict[str, list[float]], column: str, row: int | None) -> None:
    with pytest.raises(InputError) as refused:
        kaplan_meier(**arguments)
    assert (refused.value.column, refused.value.row) == (column, row)


def test_a_scale_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match="no such confidence scale"):
        kaplan_meier([1], [1], scale="probit")
