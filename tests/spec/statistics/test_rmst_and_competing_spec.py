"""Restricted means and competing risks by hand, and where they are refused."""

import numpy as np
import pytest

from equipoise.kernel.errors import InputError
from equipoise.statistics.competing import cause_specific_hazard, cumulative_incidence
from equipoise.statistics.errors import NotConverged, TooFewArms, TooFewEvents, UnsupportedTime
from equipoise.statistics.fine_gray import fine_gray, fine_gray_weighted
from equipoise.statistics.gray import gray
from equipoise.statistics.rmst import restricted_mean, restricted_means
from equipoise.statistics.survival import kaplan_meier


def test_the_area_under_the_curve() -> None:
    """S is 1 to 2, 3/4 to 4, 1/2 to 6: 2 + 1.5 + 1 = 4.5; of each 6 that are possible 1.5 are lost."""
    curve = kaplan_meier([2, 4, 6, 8], [1, 1, 0, 0])
    found = restricted_mean(curve, 6)
    assert found.value == pytest.approx(4.5)
    # (2.5^2) 1/(4 * 3) + (1^2) 1/(3 * 2)
    assert found.std_err == pytest.approx((2.5**2 / 12 + 1 / 6) ** 0.5)


def test_an_unsupported_horizon_is_refused() -> None:
    censored_last, event_last = kaplan_meier([1, 5], [1, 0]), kaplan_meier([2, 4], [1, 1])
    with pytest.raises(UnsupportedTime, match="follow-up of control ends at 5"):
        restricted_means(censored_last, event_last, 5.1)
    with pytest.raises(UnsupportedTime, match="nobody was followed beyond 4"):
        restricted_mean(event_last, 4.5)
    with pytest.raises(UnsupportedTime, match=r"mean to 12: follow-up of the curve ends at 11\.1, short"):
        restricted_mean(kaplan_meier([1, 11.104723], [1, 0]), 12)
    with pytest.raises(UnsupportedTime, match=r"mean to 11\.1048: follow-up of the curve ends at 11\.1047, short"):
        restricted_mean(kaplan_meier([1, 11.104723], [1, 0]), 11.1048)
    # The curve that fell to 0 at 4 is known at 5, which the other reaches.
    assert restricted_means(censored_last, event_last, 5).survival[1].value == pytest.approx(3)
    for tau in (0, -1, float("nan")):
        with pytest.raises(InputError, match="tau is not a time"):
            restricted_mean(event_last, tau)


def test_one_minus_kaplan_meier_is_too_high_with_competing_events() -> None:
    """Four participants: the cause at 1 and 3, death at 2, censored at 4. F = 1/4, then 1/4 + 1/2 * 1/2 = 1/2."""
    found = cumulative_incidence([1, 2, 3, 4], [1, 2, 1, 0])
    assert found.incidence.tolist() == [0.25, 0.25, 0.5, 0.5]
    naive = kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0])
    assert 1 - naive.surv[-1] > found.incidence[-1]
    assert found.incidence[-1] + cumulative_incidence([1, 2, 3, 4], [1, 2, 1, 0], cause=2).incidence[-1] == 0.75


def test_without_competing_events_it_is_one_minus_kaplan_meier() -> None:
    time, event = [1, 2, 2, 4, 5, 7], [1, 0, 1, 1, 0, 1]
    found, curve = cumulative_incidence(time, event), kaplan_meier(time, event)
    assert found.incidence == pytest.approx(1 - curve.surv)
    assert found.std_err[:-1] == pytest.approx(curve.std_err[:-1])  # the jackknife is Greenwood's here


def test_clusters_pool_the_jackknife() -> None:
    """Each participant twice, named as one: the error of the half as many who really are."""
    time, status = np.array([1, 2, 3, 4, 5]), np.array([1, 2, 1, 0, 1])
    once = cumulative_incidence(time, status)
    twice = cumulative_incidence(np.repeat(time, 2), np.repeat(status, 2), cluster=np.repeat(np.arange(5), 2))
    assert twice.incidence == pytest.approx(once.incidence)
    assert twice.std_err == pytest.approx(once.std_err)


def test_the_weighted_model_without_censoring_ties_is_the_papers() -> None:
    rng = np.random.default_rng(7)
    time = rng.exponential(1, 80)
    status, x = rng.integers(0, 3, 80), rng.standard_normal((80, 2))
    paper, weighted = fine_gray(time, status, x), fine_gray_weighted(time, status, x, ties="breslow")
    assert paper.coef == pytest.approx(weighted.coef, rel=1e-8)


def test_refusals() -> None:
    with pytest.raises(TooFewEvents, match="no event of type 2"):
        gray([1, 2], [1, 0], [0, 1], cause=2)
    with pytest.raises(TooFewArms):
        gray([1, 2], [1, 0], [0, 0])
    with pytest.raises(InputError, match="no such cause"):
        cause_specific_hazard([1, 2], [1, 0], [0, 1], cause=0)
    with pytest.raises(InputError):
        cumulative_incidence([1, 2], [1, -1])
    for estimator in (fine_gray, fine_gray_weighted, cause_specific_hazard):
        with pytest.raises(NotConverged, match="runs to infinity"):
            estimator([1, 2, 3, 4], [1, 1, 0, 2], [0, 0, 1, 1])
