"""The rules of closed-form design, one by one, and what is refused."""

import itertools
import math

import pytest
from scipy import integrate, stats

from equipoise.kernel.errors import EstimationError, InputError
from equipoise.statistics.expected_events import Accrual, Pieces, events, time_of_events
from equipoise.statistics.group_sequential import (
    BetaSpending,
    FixedFutility,
    boundaries,
    drift_for_power,
    operating_characteristics,
)
from equipoise.statistics.interim_power import DriftPrior, conditional_power, predictive_power, trend
from equipoise.statistics.sample_size import Comparison, Conduct, schoenfeld_power, size
from equipoise.statistics.screening_design import screening_design
from equipoise.statistics.spending import HwangShihDeCani, OBrienFlemingType, PocockType, parse_spending

MONTHLY = math.log(2) / 7


def test_events_in_pieces_agree_with_quadrature():
    hazard, dropout = Pieces((0.0, 3.0, 9.0), (0.02, 0.15, 0.0)), Pieces((0.0, 5.0), (0.0, 0.01))
    accrual = Accrual(Pieces((0.0, 4.0), (2.0, 6.0)), 10.0)

    def surviving(time):
        return math.exp(-hazard.integral(time) - dropout.integral(time))

    def within(follow_up):
        knots = [0.0, *[knot for knot in (3.0, 5.0, 9.0) if knot < follow_up], follow_up]
        return sum(
            integrate.quad(lambda t: hazard.at(t) * surviving(t), a, b, epsabs=1e-13)[0]
            for a, b in itertools.pairwise(knots)
        )

    expected = sum(
        integrate.quad(lambda s: accrual.rates.at(s) * within(15.0 - s), a, b, epsabs=1e-11)[0]
        for a, b in ((0, 4), (4, 6), (6, 10))
    )
    assert events(15.0, accrual, hazard, dropout) == pytest.approx(expected, abs=1e-9)


def test_the_ninetieth_event_of_the_flagship_s_shape():
    arm = Accrual.uniform(60, 24)
    groups = [(arm, Pieces.constant(MONTHLY * ratio), Pieces.constant(-math.log(0.95) / 12)) for ratio in (1.0, 0.6)]
    when = time_of_events(90, groups)
    assert sum(events(when, *group) for group in groups) == pytest.approx(90, abs=1e-9)


def test_events_that_never_come_are_refused_with_the_most_there_can_be():
    arm = Accrual.uniform(40, 12)
    with pytest.raises(EstimationError, match=r"90 events are never reached: 40 participants .* fewer than 3\d\.\d"):
        time_of_events(90, [(arm, Pieces.constant(MONTHLY), Pieces.constant(0.005))])


def test_zero_accrual_is_refused():
    with pytest.raises(EstimationError, match=r"Nobody is accrued.*rate above 0"):
        Accrual(Pieces.constant(0.0), 24.0)
    with pytest.raises(InputError, match="accrual takes no time"):
        Accrual.uniform(100, 0.0)


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: Comparison(1.0, 0.1, 0.8), EstimationError, "hazard ratio of 1.*Give the hazard ratio to be detected"),
        (lambda: Comparison(0.6, 0.1, 0.05), EstimationError, "does not exceed the one-sided level.*power above"),
        (lambda: Comparison(0.0, 0.1, 0.8), InputError, "hazard ratio is out of range.*above 0"),
        (lambda: Comparison(math.nan, 0.1, 0.8), InputError, "hazard ratio is out of range"),
        (lambda: Comparison(0.6, 0.5, 0.8), InputError, "one-sided test.*below 0.5"),
        (lambda: Comparison(0.6, 0.1, 1.0), InputError, "power is not a probability"),
        (lambda: Comparison(0.6, 0.1, 0.8, ratio=0.0), InputError, "allocation ratio is out of range"),
        (lambda: Conduct(0.1, 0.0, 24, 12), InputError, "ends before accrual does"),
        (lambda: Conduct(0.1, -0.1, 24, 36), InputError, "dropout hazard is out of range"),
        (lambda: boundaries((0.5, 0.4, 1), 0.1, PocockType()), InputError, "looks are out of order"),
        (lambda: boundaries((0.5, 0.9), 0.1, PocockType()), InputError, "last look is not at full information"),
        (lambda: boundaries((0.0, 1.0), 0.1, PocockType()), InputError, "outside 0 to 1"),
        (lambda: boundaries((), 0.1, PocockType()), InputError, "no look is planned"),
        (lambda: boundaries((0.99999, 1.0), 0.1, PocockType()), InputError, "all but coincide"),
        (
            lambda: boundaries((0.5, 1.0), 0.1, PocockType(), futility=BetaSpending(PocockType())),
            InputError,
            "needs the power it must keep",
        ),
        (
            lambda: boundaries((0.5, 1.0), 0.1, PocockType(), futility=FixedFutility((0.0, 0.0))),
            InputError,
            "futility bounds do not match the looks",
        ),
        (lambda: parse_spending("obf"), InputError, "no such spending function.*of, pocock, hsd:GAMMA or power:RHO"),
        (lambda: parse_spending("hsd:"), InputError, "no such spending function"),
        (lambda: parse_spending("power:-1"), InputError, "exponent of power spending is out of range"),
        (lambda: screening_design(0, 0.1), InputError, "no events to decide on"),
    ],
)
def test_designs_that_cannot_be_are_refused(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_lachin_and_foulkes_need_the_conduct():
    with pytest.raises(InputError, match="needs how the trial runs"):
        size(Comparison(0.6, 0.1, 0.8), "lachin-foulkes")


def test_a_whole_number_is_not_rounded_up_further():
    assert size(Comparison(0.6, 0.1, schoenfeld_power(90, 0.6, 0.1)), "schoenfeld").events_ceil == 90


def test_power_of_ninety_events_is_the_flagship_s():
    assert schoenfeld_power(90, 0.60, 0.10) == pytest.approx(0.87, abs=0.005)
    assert schoenfeld_power(90, 0.93, 0.10) == pytest.approx(0.17, abs=0.005)


def test_the_whole_error_is_spent():
    design = boundaries((0.2, 0.5, 0.51, 1.0), 0.1, HwangShihDeCani(-4))
    assert operating_characteristics(design, 0.0).power == pytest.approx(0.1, abs=1e-12)
    assert design.spent[-1] == pytest.approx(0.1)


def test_joint_probability_agrees_with_the_multivariate_normal():
    design = boundaries((0.3, 0.6, 1.0), 0.1, PocockType())
    correlation = [[math.sqrt(min(a, b) / max(a, b)) for b in design.information] for a in design.information]
    inside = stats.multivariate_normal.cdf(design.upper, [0, 0, 0], correlation, abseps=1e-9, releps=1e-9, maxpts=10**6)
    assert 1.0 - inside == pytest.approx(0.1, abs=1e-6)


def test_a_binding_rule_returns_alpha_to_the_efficacy_bounds():
    free = boundaries((0.5, 1.0), 0.1, PocockType(), futility=FixedFutility((0.5,)))
    bound = boundaries((0.5, 1.0), 0.1, PocockType(), futility=FixedFutility((0.5,), binding=True))
    assert bound.upper[1] < free.upper[1]
    assert operating_characteristics(bound, 0.0).power == pytest.approx(0.1, abs=1e-12)
    assert operating_characteristics(free, 0.0).power < 0.1


def test_a_futility_rule_costs_power():
    with_rule = boundaries((0.5, 1.0), 0.1, PocockType(), futility=FixedFutility((0.5,)))
    without = boundaries((0.5, 1.0), 0.1, PocockType())
    assert drift_for_power(with_rule, 0.8) > drift_for_power(without, 0.8)


def test_conditional_power_with_one_look_ahead_is_the_textbook_s():
    design = boundaries((0.5, 1.0), 0.025, OBrienFlemingType())
    expected = stats.norm.cdf((1.0 * math.sqrt(0.5) + 2.8 * 0.5 - design.upper[1]) / math.sqrt(0.5))
    assert conditional_power(design, 1.0, 0.5, 2.8) == pytest.approx(expected, abs=1e-14)
    assert trend(1.0, 0.25) == 2.0


def test_predictive_power_with_one_look_ahead_is_the_textbook_s():
    design = boundaries((0.5, 1.0), 0.025, OBrienFlemingType())
    expected = stats.norm.cdf((1.0 / math.sqrt(0.5) - design.upper[1]) * math.sqrt(0.5 / 0.5))
    assert predictive_power(design, 1.0, 0.5) == pytest.approx(expected, abs=1e-12)
    sure = DriftPrior(mean=2.8, information=1e9)
    assert predictive_power(design, 1.0, 0.5, sure) == pytest.approx(conditional_power(design, 1.0, 0.5, 2.8), abs=1e-4)


def test_no_look_ahead_is_refused():
    design = boundaries((0.5, 1.0), 0.025, OBrienFlemingType())
    with pytest.raises(InputError, match="no look lies ahead"):
        conditional_power(design, 1.0, 1.0, 2.8)


def test_a_screening_trial_with_a_middle_zone():
    design = screening_design(90, 0.1, stop_above=0.9)
    assert design.decide(1.0).go == pytest.approx(0.1, abs=1e-12)
    decision = design.decide(0.8)
    assert decision.go + decision.undecided + decision.stop == pytest.approx(1.0)
    assert decision.undecided > 0.2
    with pytest.raises(InputError, match="better than the one to go on with"):
        screening_design(90, 0.1, stop_above=0.5)


def test_rounding_up_never_falls_below_the_number() -> None:
    """Forgiving a billionth of a large number would be forgiving whole participants."""
    found = size(Comparison(0.999999, 0.05, 0.9), "schoenfeld")
    assert found.events_ceil >= found.events
