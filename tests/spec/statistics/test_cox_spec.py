"""The Cox model where its answer is known beforehand, and where it has none."""

from itertools import combinations
from math import exp, log

import numpy as np
import pytest

from equipoise.kernel.errors import InputError
from equipoise.statistics.concordance import concordance
from equipoise.statistics.cox import cox
from equipoise.statistics.errors import NotConverged, NotIdentified, TooFewEvents
from equipoise.statistics.profile_likelihood import profile_interval
from spec.statistics.leukaemia import ARM, EVENT, TIME


@pytest.mark.parametrize(
    ("ties", "coefficient", "std_err"),
    [("efron", -1.572, 0.412), ("breslow", -1.509, 0.410), ("exact", -1.628, 0.433)],
)
def test_the_coefficients_every_textbook_prints(ties: str, coefficient: float, std_err: float) -> None:
    fit = cox(TIME, EVENT, ARM, ties=ties)
    assert fit.coef[0] == pytest.approx(coefficient, abs=5e-4)
    assert fit.std_err[0] == pytest.approx(std_err, abs=5e-4)


def test_a_likelihood_solved_by_hand() -> None:
    """Two strata, one event each: 1 of (1, 0, 0) fails, then 0 of (0, 1). L = r / (r + 2) * 1 / (1 + r)."""
    fit = cox([1, 2, 2, 1, 2], [1, 0, 0, 1, 0], [1, 0, 0, 0, 1], strata=[0, 0, 0, 1, 1])
    # The score, 2 / (r + 2) - r / (r + 1), is 0 where r^2 = 2.
    assert exp(fit.coef[0]) == pytest.approx(2**0.5)


def test_exact_ties_are_all_subsets() -> None:
    """Two tied events among four: the likelihood is the product of the two risks over the sum over all six pairs."""
    x = np.array([0.3, -1.0, 0.7, 0.1])
    fit = cox([1, 1, 2, 3], [1, 1, 0, 0], x, ties="exact")

    def likelihood(b: float) -> float:
        return b * (x[0] + x[1]) - log(sum(exp(b * (x[i] + x[j])) for i, j in combinations(range(4), 2)))

    found = float(fit.coef[0])
    assert fit.loglik == pytest.approx((likelihood(0), likelihood(found)))
    assert likelihood(found) >= max(likelihood(found - 1e-3), likelihood(found + 1e-3))


def test_heavy_ties_do_not_overflow() -> None:
    """Half of 2,000 fail on one day: e_1000 of 2,000 risks has 600 digits."""
    arm = np.arange(2000) % 2
    event = (np.arange(2000) // 2) % 2
    fit = cox(np.where(event == 1, 5, 9), event, arm + 0.5 * event * arm, ties="exact")
    assert np.isfinite(fit.loglik).all()


def test_separation_is_refused_with_the_covariate_named() -> None:
    for ties in ("efron", "breslow", "exact"):
        with pytest.raises(NotConverged, match="The coefficient of treatment runs to infinity"):
            cox([1, 2, 3, 4, 5], [1, 1, 1, 1, 0], np.array([[1, 3], [1, 1], [0, 2], [0, 5], [0, 1]]),
                ties=ties, names=["treatment", "age"])  # fmt: skip


def test_an_arm_without_events_has_an_infinite_coefficient() -> None:
    with pytest.raises(NotConverged, match="runs to infinity"):
        cox([1, 2, 3, 4], [1, 1, 0, 0], [0, 0, 1, 1])


def test_covariates_without_information_are_refused() -> None:
    with pytest.raises(NotIdentified, match="The covariate x1 is constant"):
        cox([1, 2, 3], [1, 1, 0], [7, 7, 7])
    with pytest.raises(NotIdentified, match="The covariate b"):
        cox([1, 2, 3, 4], [1, 1, 1, 0], [[1, 2], [2, 4], [0, 0], [5, 10]], names=["a", "b"])
    with pytest.raises(NotIdentified):  # differs between strata only
        cox([1, 2, 3, 4], [1, 1, 1, 0], [0, 0, 1, 1], strata=[0, 0, 1, 1])


def test_no_events_and_unknown_options_are_refused() -> None:
    with pytest.raises(TooFewEvents):
        cox([1, 2], [0, 0], [0, 1])
    with pytest.raises(InputError, match="no such treatment of ties"):
        cox([1, 2], [1, 0], [0, 1], ties="discrete")
    with pytest.raises(InputError, match="exact treatment of ties"):
        cox([1, 2], [1, 0], [0, 1], ties="exact", robust=True)


def test_a_missing_covariate_is_named() -> None:
    with pytest.raises(InputError) as refused:
        cox([1, 2, 3], [1, 1, 0], [[1, 2], [2, float("nan")], [0, 0]], names=["a", "b"])
    assert (refused.value.row, refused.value.column) == (2, "b")


def test_strata_without_events_are_named() -> None:
    time, event, x = [1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0], [0, 1, 0, 1, 0, 1]
    fit = cox(time, event, x, strata=[0, 0, 0, 0, 1, 1], stratum_names=["x", "y"])
    assert [str(reason) for reason in fit.silent] == ["Stratum y has no event: it contributes nothing."]


def test_a_profile_interval_may_lack_a_side() -> None:
    """Stratum 0 bounds the ratio below only weakly: two comparisons are not enough for 95 per cent."""
    fit = cox([1, 2, 2, 1, 2], [1, 0, 0, 1, 0], [1, 0, 0, 0, 1], strata=[0, 0, 0, 1, 1])
    found = profile_interval(fit)
    assert found.lower is not None
    assert found.upper is not None
    wide = profile_interval(fit, level=0.9999)
    assert wide.lower is not None
    assert wide.lower < found.lower


@pytest.mark.parametrize(
    ("risk", "concordant", "discordant", "tied", "value"),
    [
        # Events at 1 and 2, censored at 3 and 2: pairs (1,2) (1,3) (1,2+) (2,3) (2,2+).
        ([4, 3, 1, 2], 5, 0, 0, 1.0),
        ([1, 2, 4, 3], 0, 5, 0, 0.0),
        ([2, 2, 1, 2], 2, 0, 3, 0.7),
    ],
)
def test_concordance_by_hand(risk: list[int], concordant: int, discordant: int, tied: int, value: float) -> None:
    found = concordance([1, 2, 3, 2], [1, 1, 0, 0], risk)
    assert (found.concordant, found.discordant, found.tied_risk) == (concordant, discordant, tied)
    assert found.estimate.value == pytest.approx(value)


def test_concordance_without_a_known_order() -> None:
    found = concordance([1, 2], [0, 0], [1, 2]).estimate
    assert found.value is None
    assert str(found.reason) == "There is no pair of participants whose order is known."


def test_a_covariate_whose_square_leaves_the_range_of_numbers_is_refused() -> None:
    with pytest.raises(InputError, match=r"column dose: the covariate is too large to compute with; seen: 1e\+300"):
        cox([1, 2, 3, 4], [1, 1, 0, 1], [1e300, 1e299, 0, 1e300], names=["dose"])
