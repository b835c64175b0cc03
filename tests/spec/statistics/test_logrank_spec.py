"""The log-rank test on trials small enough to do by hand."""

from itertools import combinations

import numpy as np
import pytest

from equipoise.statistics.errors import TooFewArms, TooFewEvents
from equipoise.statistics.logrank import (
    FlemingHarrington,
    ModestlyWeighted,
    logrank,
    rerandomization_test,
    scores,
)  # fmt: skip
from spec.statistics.leukaemia import ARM, EVENT, TIME


def test_the_chi_square_every_textbook_prints() -> None:
    """Cox 1972 and after: 16.79; expected 19.25 under treatment and 10.75 under placebo, observed 9 and 21."""
    found = logrank(TIME, EVENT, ARM)
    assert found.observed.tolist() == [21, 9]
    assert found.expected.round(2).tolist() == [10.75, 19.25]
    assert found.test.chisq == pytest.approx(16.79, abs=0.005)
    assert found.test.z is not None
    assert found.test.z < 0  # fewer events than expected under treatment


def test_a_table_done_by_hand() -> None:
    """Arm 1 at 2 and 4+, arm 0 at 1 and 3. Risk sets of arm 1: 2/4, 2/3, 1/2 before its own censoring at 4."""
    found = logrank([1, 2, 3, 4], [1, 1, 1, 0], [0, 1, 0, 1])
    assert found.expected[1] == pytest.approx(2 / 4 + 2 / 3 + 1 / 2)
    assert found.information == pytest.approx(1 / 4 + 2 / 9 + 1 / 4)


def test_strata_that_say_nothing_are_named() -> None:
    time = [1, 2, 3, 4, 5, 6, 7, 8]
    event = [1, 1, 1, 1, 0, 0, 1, 0]
    arm = [0, 1, 0, 0, 0, 1, 0, 1]
    stratum = [0, 0, 1, 1, 2, 2, 3, 3]
    found = logrank(time, event, arm, strata=stratum, stratum_names=["a", "b", "c", "d"])
    assert [str(reason) for reason in found.silent] == [
        "Stratum b has participants of one arm only: it contributes nothing.",
        "Stratum c has no event: it contributes nothing.",
    ]
    alone = logrank([1, 2, 7, 8], [1, 1, 1, 0], [0, 1, 0, 1], strata=[0, 0, 1, 1])
    assert found.test.chisq == pytest.approx(alone.test.chisq)


def test_no_event_in_an_arm_leaves_the_test_standing() -> None:
    found = logrank([1, 2, 3, 4], [1, 1, 0, 0], [0, 0, 1, 1])
    assert found.observed.tolist() == [2, 0]
    assert found.test.p == pytest.approx(0.0896, abs=5e-4)


def test_arms_never_at_risk_together_cannot_be_compared() -> None:
    found = logrank([1, 2, 10, 11], [1, 1, 1, 1], [0, 0, 1, 1], entry=[0, 0, 5, 5])
    assert found.test.chisq is None
    assert found.test.reason is not None


def test_one_arm_and_no_events_are_refused() -> None:
    with pytest.raises(TooFewArms, match="Only one arm has participants \\(control\\)"):
        logrank([1, 2], [1, 0], [0, 0], arm_names=["control", "experimental"])
    with pytest.raises(TooFewEvents, match="no events among the 2 participants"):
        logrank([1, 2], [0, 0], [0, 1])


def test_weights_at_each_event() -> None:
    """S just before the events of 1, 2, 3, 4 is 1, 3/4, 1/2, 1/4."""
    time, before = np.array([1.0, 2, 3, 4]), np.array([1, 0.75, 0.5, 0.25])
    assert FlemingHarrington(1, 0)(time, before).tolist() == [1, 0.75, 0.5, 0.25]
    assert FlemingHarrington(0, 1)(time, before).tolist() == [0, 0.25, 0.5, 0.75]
    assert ModestlyWeighted(2)(time, before) == pytest.approx([1, 4 / 3, 2, 2])
    assert ModestlyWeighted(2.5)(time, before) == pytest.approx([1, 4 / 3, 2, 2])
    assert ModestlyWeighted(0)(time, before) == pytest.approx([1, 1, 1, 1])


@pytest.mark.parametrize("weighting", [FlemingHarrington(), FlemingHarrington(0, 1), ModestlyWeighted(8)])
def test_scores_sum_to_observed_minus_expected(weighting: FlemingHarrington | ModestlyWeighted) -> None:
    stratum = np.arange(len(TIME)) % 3
    found = logrank(TIME, EVENT, ARM, strata=stratum, weighting=weighting)
    own = scores(TIME, EVENT, strata=stratum, weighting=weighting)
    assert own[np.array(ARM) == 1].sum() == pytest.approx(found.score)
    assert own.sum() == pytest.approx(0, abs=1e-12)


def test_rerandomization_over_all_allocations_is_the_permutation_test() -> None:
    """Three of six: twenty allocations. The observed one, the three longest times, is the lowest score of all."""
    time, event = [1, 2, 3, 10, 11, 12], [1] * 6
    replicates = np.zeros((20, 6), np.int64)
    for row, chosen in enumerate(combinations(range(6), 3)):
        replicates[row, list(chosen)] = 1
    found = rerandomization_test(time, event, [0, 0, 0, 1, 1, 1], replicates)
    assert found.as_low == 1
    assert found.p_one_sided == pytest.approx(2 / 21)
    assert found.replicates == 20
