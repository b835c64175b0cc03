"""The supplementary estimands of the flagship, each from one casebook built by hand."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from equipoise.analysis.datasets import adqs, adrs, adtte
from equipoise.analysis.datasets.deterioration_times import ANY, deterioration_or_death
from equipoise.analysis.datasets.response_times import duration_rows
from equipoise.analysis.datasets.table import table
from equipoise.analysis.firewall import Authority
from equipoise.analysis.groups import grouping
from equipoise.analysis.interval_times import estimate_intervals, interval_rows
from equipoise.analysis.response_rates import response_rates
from equipoise.analysis.survival import estimate_pooled
from equipoise.analysis.times import time_rows
from equipoise.conduct import facts as f
from equipoise.kernel.errors import EstimationError
from hand_built import (
    DAY_0,
    assessed,
    c30,
    casebook,
    cut,
    cycle,
    day,
    form,
    irradiated,
    lesion,
    progressed,
    trial,
)

DIED = f.Died(on=day(150), cause="disease")
SCANNED = [assessed(1, 56, "SD"), assessed(2, 112, "SD")]


def time_of(endpoint: str, *facts: Any, arm: str = "rt") -> tuple[int, bool, str]:
    """Days since randomization, event or not, and what happened or censored."""
    (row,) = time_rows(trial(), trial().endpoint(endpoint), [casebook("S1", arm, *facts)], cut())
    return (row.time.on - DAY_0).days, row.time.is_event, row.time.description


def test_every_endpoint_of_the_flagship_declares_its_estimand() -> None:
    for endpoint in trial().endpoints:
        found = endpoint.estimand
        assert found is not None, endpoint.id
        assert all((found.population, found.variable, found.summary, found.assumption)), endpoint.id
        assert len({event.id for event in found.events}) == len(found.events) > 0, endpoint.id


def therapy(after: int) -> f.Recorded:
    return form("subsequent_therapy", "1", "", subsequent_start=day(after))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([lesion("L1", "20"), *SCANNED, progressed("1", 168)], (168, True, "Progression")),
        ([lesion("L1", "20"), *SCANNED, therapy(120), progressed("1", 168)], (112, False, "New anticancer therapy")),
        ([lesion("L1", "20"), assessed(1, 56, "SD"), progressed("1", 280)], (56, False, "Missed Assessments")),
        ([*SCANNED, progressed("1", 168)], (0, False, "No Baseline Assessment")),  # nothing in the register
    ],
)
def test_the_censored_analysis_censors_as_regulators_do(facts: list[Any], expected: Any) -> None:
    assert time_of("pfs_censored", *facts) == expected
    assert time_of("pfs", *facts)[1:] == (True, "Progression")


@pytest.mark.parametrize(
    ("said", "expected"),
    [("confirmed", 112), ("refuted", 224), ("pending", 224), (None, 224)],
)
def test_growth_at_a_residual_site_counts_only_when_confirmed(said: str | None, expected: int) -> None:
    first = progressed("1", 112, pattern="residual_site")
    if said is not None:
        first = replace(first, items={**first.items, **form("progression", "1", confirmation=said).items})
    assert time_of("pfs_confirmed", first, progressed("2", 224))[0] == expected
    assert time_of("pfs", first, progressed("2", 224))[0] == 112


def test_scan_shift_is_declared_both_ways() -> None:
    assert time_of("pfs_next_scan", progressed("1", 100))[0] == 112
    assert time_of("pfs_previous_scan", progressed("1", 100))[0] == 56
    assert time_of("pfs_next_scan", DIED)[0] == 150


def test_contamination_is_an_event_of_its_own_endpoint() -> None:
    course = irradiated("1", ("L1",), 30)
    assert time_of("pfs_contamination", course, progressed("1", 100), arm="control")[0] == 30
    assert time_of("pfs_contamination", course, progressed("1", 100), arm="rt")[0] == 100


def test_contamination_can_stand_beside_death_alone() -> None:
    course, endpoint = irradiated("1", ("L1",), 30), replace(trial().endpoint("os"), events=("death", "contamination"))
    books = [
        casebook("S1", "control", progressed("1", 20), course, DIED),  # after progression it is a next therapy
        casebook("S2", "control", course, DIED),
    ]
    rows = time_rows(trial(), endpoint, books, cut())
    assert [(row.time.on - DAY_0).days for row in rows] == [150, 30]  # a progression is no event of this endpoint


def test_what_depends_on_the_arm_is_not_pooled_nor_shown_blinded() -> None:
    books = [casebook("S1", "control", irradiated("1", ("L1",), 30)), casebook("S2", "rt", cycle("1", 1))]
    for name in ("pfs_contamination", "pfs_per_protocol"):
        endpoint = trial().endpoint(name)
        with pytest.raises(EstimationError, match="depends on the arm"):
            estimate_pooled(endpoint, time_rows(trial(), endpoint, books, cut()), cut())
    dataset = adtte(trial(), books, cut())
    _, everything = table(dataset, blinded=False)
    header, blinded = table(dataset, blinded=True)
    code = header.index("PARAMCD")
    assert "PFSCONTA" in {row[code] for row in everything}
    assert not {"PFSCONTA", "PFSPERPR"} & {row[code] for row in blinded}
    assert "ROW_TELLS_ARM" not in header


@pytest.mark.parametrize(
    ("facts", "days"),
    [
        ([*SCANNED, progressed("1", 168)], (113, 169)),  # after the scan of day 112, by that of day 168
        ([progressed("1", 50)], (0, 51)),  # nobody looked before
        ([*SCANNED, DIED], (151, 151)),  # a death is known to the day
        (SCANNED, (113, None)),
        ([assessed(1, 56, "NE"), assessed(2, 112, "PD"), progressed("1", 112)], (0, 113)),  # an NE is no look
        ([], (0, None)),
    ],
)
def test_a_progression_lies_between_two_scans(facts: list[Any], days: tuple[int, int | None]) -> None:
    (row,) = interval_rows(trial(), trial().endpoint("pfs_interval"), [casebook("S1", "rt", *facts)], cut())
    left, right = row.months
    assert left * 30.4375 == pytest.approx(days[0])
    assert right == float("inf") if days[1] is None else right * 30.4375 == pytest.approx(days[1])
    assert all(position > 3 for position in row.source)


def test_interval_censored_survival_by_arm() -> None:
    """Three in each arm: progressions seen on days 56, 112 and never of control, 56 and never, never of the other."""
    books = [
        casebook("S1", "control", progressed("1", 56)),
        casebook("S2", "control", assessed(1, 56, "SD"), progressed("1", 112)),
        casebook("S3", "control", *SCANNED),
        casebook("S4", "rt", progressed("1", 56)),
        casebook("S5", "rt", *SCANNED),
        casebook("S6", "rt", *SCANNED),
    ]
    rows = interval_rows(trial(), trial().endpoint("pfs_interval"), books, cut())
    found = estimate_intervals(trial(), rows, grouping(trial(), Authority("rehearsal")))
    assert {group.id: (group.n, group.events) for group in found.groups} == {"rt": (3, 1), "control": (3, 2)}
    assert [tuple(group.curve.mass) for group in found.groups] == [
        pytest.approx((1 / 3, 2 / 3)), pytest.approx((1 / 3, 1 / 3, 1 / 3)),
    ]  # fmt: skip
    (contrast,) = found.contrasts
    # Both were looked at on the same days: the binomial model with complementary log-log link, by R 4.2.2's glm.
    assert contrast.ratios[0].value == pytest.approx(0.446122365402, rel=1e-5)
    assert contrast.test.chisq == pytest.approx(0.455688924035, rel=1e-5)
    pooled = estimate_intervals(trial(), rows, grouping(trial(), None))
    assert (pooled.groups[0].n, pooled.contrasts) == (6, ())


GOOD, BAD = {29: 6, 30: 6}, {29: 4, 30: 4}
"""Global health 83 and 50."""


def worse_or_dead(*facts: Any) -> dict[str, tuple[int, bool, str]]:
    book = casebook("S1", "rt", *facts)
    endpoint = replace(trial().endpoint("deterioration_free"), scales=("QL", "PF"))
    found = deterioration_or_death(trial(), endpoint, adqs(trial(), [book], cut()).rows, [book], cut())
    return {
        scale: ((row.time.on - DAY_0).days, row.time.is_event, row.time.description)
        for scale, rows in found.items()
        for row in rows
    }


def test_deterioration_or_death_is_one_event() -> None:
    physical = dict.fromkeys(range(1, 6), 1)
    base = c30("baseline", -1, {**GOOD, **physical})
    worse = [c30("questionnaires:1", 56, {**BAD, **physical}), c30("questionnaires:2", 112, {**BAD, **physical})]
    found = worse_or_dead(base, *worse, DIED)
    assert found["QL"] == found[ANY] == (56, True, "Deterioration")
    assert found["PF"] == (150, True, "Death")  # where death competes, this is no event
    assert worse_or_dead(base, *worse)["PF"] == (112, False, "Last questionnaire")
    assert worse_or_dead(*worse, DIED) == {}  # without a baseline there is nothing to be worse than
    assert worse_or_dead(base, DIED)[ANY] == (150, True, "Death")


@pytest.mark.parametrize(
    ("facts", "best", "confirmed"),
    [
        ([assessed(1, 56, "PR"), assessed(2, 84, "PR")], "PR", "PR"),  # exactly 28 days later
        ([assessed(1, 56, "PR"), assessed(2, 83, "PR")], "PR", "SD"),  # a day too early
        ([assessed(1, 56, "PR"), assessed(2, 112, "PD")], "PR", "SD"),
        ([assessed(1, 56, "CR"), assessed(2, 112, "NE"), assessed(3, 168, "CR")], "CR", "CR"),
        ([assessed(1, 56, "PR")], "PR", "SD"),
        ([], "MISSING", "MISSING"),
    ],
)
def test_a_confirmed_response_is_seen_again(facts: list[Any], best: str, confirmed: str) -> None:
    rows = adrs(trial(), [casebook("S1", "rt", *facts)], cut()).rows
    assert {row.paramcd: row.avalc for row in rows if row.paramcd != "OVR"} == {"BOR": best, "CBOR": confirmed}
    for asked, expected in ((False, best), (True, confirmed)):
        (rate,) = response_rates(rows, grouping(trial(), None), confirmed=asked)[0]
        assert rate.counts == {expected: 1}


@pytest.mark.parametrize(
    ("facts", "best", "confirmed"),
    [
        ([assessed(1, 56, "SD"), assessed(2, 112, "PR"), therapy(80), assessed(3, 168, "PR")], "SD", "SD"),
        ([assessed(1, 56, "PR"), assessed(2, 112, "PR"), therapy(56)], "PR", "SD"),  # the day it began still counts
        ([assessed(1, 56, "PR"), assessed(2, 112, "PR"), therapy(113)], "PR", "PR"),
        ([assessed(1, 56, "PR"), therapy(20)], "MISSING", "MISSING"),
    ],
)
def test_responses_to_another_therapy_belong_to_that_therapy(facts: list[Any], best: str, confirmed: str) -> None:
    rows = adrs(trial(), [casebook("S1", "rt", *facts)], cut()).rows
    assert {row.paramcd: row.avalc for row in rows if row.paramcd != "OVR"} == {"BOR": best, "CBOR": confirmed}
    lasting = {
        one: duration_rows(trial(), [casebook("S1", "rt", *facts)], cut(), confirmed=one) for one in (False, True)
    }
    assert [bool(lasting[False]), bool(lasting[True])] == [best == "PR", confirmed == "PR"]


def test_where_the_estimand_follows_every_treatment_later_responses_count() -> None:
    policy = tuple(
        replace(one, estimand=replace(one.estimand, events=())) if one.kind == "response" and one.estimand else one
        for one in trial().endpoints
    )
    book = casebook("S1", "rt", assessed(1, 56, "SD"), therapy(80), assessed(2, 112, "PR"))
    rows = adrs(replace(trial(), endpoints=policy), [book], cut()).rows
    assert next(row.avalc for row in rows if row.paramcd == "BOR") == "PR"


def test_without_an_endpoint_that_asks_nothing_is_confirmed() -> None:
    plain = replace(trial(), endpoints=tuple(one for one in trial().endpoints if not one.confirmed))
    rows = adrs(plain, [casebook("S1", "rt", assessed(1, 56, "PR"))], cut()).rows
    assert [row.paramcd for row in rows] == ["OVR", "BOR"]
    assert response_rates(rows, grouping(plain, None), confirmed=True) == ([], [])


def test_the_cutoff_bounds_intervals() -> None:
    book = casebook("S1", "rt", *SCANNED, progressed("1", 168))
    (row,) = interval_rows(trial(), trial().endpoint("pfs_interval"), [book], cut(DAY_0 + timedelta(days=100)))
    assert (row.after, row.until) == (date.fromisoformat(day(56)), None)
