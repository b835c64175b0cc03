"""Residual lesions; patterns of failure; local failure."""

import pytest

from equipoise.clinical.lesions import (
    Pattern,
    local_failure,
    pattern_of_failure,
    residual,
)
from equipoise.kernel.quantities import Quantity
from equipoise.kernel.truth import Truth

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


@pytest.mark.parametrize(
    ("organ", "metabolic", "mri", "expected"),
    [
        ("lung", T, U, F),
        ("lung", F, U, T),
        ("lung", U, U, U),
        ("brain", T, U, U),  # the brain is judged on MRI, never on PET
        ("brain", F, T, F),
        ("brain", U, F, T),
    ],
)
def test_what_is_residual(organ: str, metabolic: Truth, mri: Truth, expected: Truth) -> None:
    assert residual(organ, metabolic, gone_on_mri=mri)[0] is expected


def test_what_is_not_shown_says_that_it_counts() -> None:
    _, why = residual("lung", U)
    assert why.say() == "not shown to be in complete metabolic response: counts as residual"


@pytest.mark.parametrize(
    ("is_new", "is_residual", "is_irradiated", "place", "expected"),
    [
        (False, True, True, "inside", Pattern.IN_FIELD),
        (False, True, True, "edge", Pattern.MARGINAL),
        (False, True, True, None, Pattern.IN_FIELD),
        (False, True, True, "outside", Pattern.OUT_OF_FIELD),
        (True, False, False, "inside", Pattern.IN_FIELD),
        (True, False, False, "outside", Pattern.NEW),
        (True, False, False, None, Pattern.NEW),
        (False, True, False, None, Pattern.RESIDUAL_SITE),
        (False, False, False, None, Pattern.OTHER_KNOWN),
        (False, False, False, "outside", Pattern.OUT_OF_FIELD),
    ],
)
def test_pattern_of_failure(
    is_new: bool, is_residual: bool, is_irradiated: bool, place: str | None, expected: Pattern
) -> None:
    found = pattern_of_failure(
        is_new=is_new,
        is_residual=is_residual,
        is_irradiated=is_irradiated,
        place=place,  # type: ignore[arg-type]
    )
    assert found is expected


@pytest.mark.parametrize(
    ("now", "nadir", "confirmed", "expected"),
    [
        (24, 20, True, F),  # 20 % but 4 mm
        (25, 20, None, U),
        (25, 20, True, T),
        (25, 20, False, F),
        (59, 50, True, F),
        (60, 50, True, T),
    ],
)
def test_local_failure(now: int, nadir: int, confirmed: bool | None, expected: Truth) -> None:
    verdict, why = local_failure(Quantity.of(now, "mm"), Quantity.of(nadir, "mm"), is_confirmed=confirmed)
    assert verdict is expected
    assert f"{now} mm" in why.say()
