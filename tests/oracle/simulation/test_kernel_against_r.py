"""The simulator's analysis of a trial against R's survival (see PROVENANCE.md)."""

import csv
import json
from collections import defaultdict
from pathlib import Path

import numba
import numpy as np
import pytest

from equipoise.simulation import two_arm_analysis as kernel

HERE = Path(__file__).parent
R = json.loads((HERE / "r_analysis.json").read_text())


def trials():
    rows = defaultdict(list)
    with (HERE / "trials.csv").open() as file:
        for row in csv.DictReader(file):
            rows[row["trial"]].append([int(row[name]) for name in ("time", "event", "arm", "stratum")])
    return {name: np.array(table) for name, table in rows.items()}


TRIALS = trials()


@numba.njit
def analyse(count, day, event, group, strata, bits, bucket, bitmap, counts, inverse, work, found):
    kernel.analyse(
        count, day, event, group, strata, bits, bucket, bitmap, counts[0], counts[1], inverse, work,
        True, found,
    )  # fmt: skip


def statistics(table):
    day, event, arm, stratum = (np.ascontiguousarray(column, np.int32) for column in table.T)
    strata = int(stratum.max()) + 1
    bits = (strata - 1).bit_length()
    places = (int(day.max()) + 2) << bits
    found = np.zeros(kernel.STATISTICS)
    bucket, bitmap = np.zeros(places, np.uint64), np.zeros(places // 64 + 2, np.uint64)
    analyse(
        len(day), day, event, 2 * stratum + arm, strata, bits, bucket, bitmap,
        np.zeros((2, 4096), np.uint64), 1.0 / np.maximum(np.arange(4096), 1), np.zeros(4096), found,
    )  # fmt: skip
    assert not bucket.any()
    assert not bitmap.any()
    return found


@pytest.mark.parametrize("name", sorted(TRIALS))
def test_analysis_is_r_s(name):
    found, expected = statistics(TRIALS[name]), R[name]
    assert found[kernel.SCORE] / np.sqrt(found[kernel.VARIANCE]) == pytest.approx(expected["z"], abs=1e-12)
    assert found[kernel.LOG_HR] == pytest.approx(expected["log_hr"], abs=1e-11)
    assert found[kernel.SE] == pytest.approx(expected["se"], abs=1e-9)
    for place, arm in ((kernel.MEDIAN_CONTROL, "median_control"), (kernel.MEDIAN_EXPERIMENTAL, "median_experimental")):
        if expected[arm] is None:
            assert np.isnan(found[place])
        else:
            assert found[place] == expected[arm]


def test_a_median_on_a_flat_stretch_is_its_middle():
    """R: quantile(survfit(Surv(c(1,2,5,9), c(1,1,1,0)) ~ 1), 0.5) is 3.5; S is 0.5 from day 2 to day 5."""
    table = np.array([[1, 1, 0, 0], [2, 1, 0, 0], [5, 1, 0, 0], [9, 0, 0, 0], [1, 1, 1, 0], [2, 1, 1, 0], [4, 0, 1, 0]])
    found = statistics(table)
    assert found[kernel.MEDIAN_CONTROL] == 3.5
    assert found[kernel.MEDIAN_EXPERIMENTAL] == 2.0


def test_a_curve_flat_at_one_half_to_its_end_takes_the_last_day():
    """R: quantile(survfit(Surv(c(1,2,7,9), c(1,1,0,0)) ~ 1), 0.5) is 5.5, between day 2 and the last day, 9."""
    table = np.array([[1, 1, 0, 0], [2, 1, 0, 0], [7, 0, 0, 0], [9, 0, 0, 0], [3, 1, 1, 0]])
    assert statistics(table)[kernel.MEDIAN_CONTROL] == 5.5


def test_no_event_in_an_arm_leaves_the_log_rank_and_no_hazard_ratio():
    table = np.array([[1, 1, 0, 0], [2, 1, 0, 0], [5, 1, 0, 0], [4, 0, 1, 0], [6, 0, 1, 0]])
    found = statistics(table)
    assert found[kernel.VARIANCE] > 0.0
    assert np.isnan(found[kernel.LOG_HR])


def test_an_arm_whose_last_participant_is_censored_early_keeps_no_median():
    """quantile(survfit(Surv(c(1,2,3,4), c(1,0,0,0)) ~ 1), 0.5) is NA, whatever the other arm does later."""
    table = np.array([[1, 1, 0, 0], [2, 0, 0, 0], [3, 0, 0, 0], [4, 0, 0, 0], [6, 1, 1, 0], [8, 1, 1, 0], [9, 1, 1, 0]])
    found = statistics(table)
    assert np.isnan(found[kernel.MEDIAN_CONTROL])
    assert found[kernel.MEDIAN_EXPERIMENTAL] == 8.0
