"""The EQ-5D-5L index: start, coefficients, and the further terms of some sets."""

from decimal import Decimal

import pytest

from equipoise.clinical.eq5d import DIMENSIONS, VALUE_SETS, ValueSet, index


def _profile(digits: str) -> dict[str, int | None]:
    return {name: int(level) for name, level in zip(DIMENSIONS, digits, strict=True)}


@pytest.mark.parametrize(
    ("name", "profile", "expected"),
    [
        ("China", "11111", "1"),
        ("China", "55555", "-0.391"),  # Luo 2017
        ("China", "21111", "0.934"),
        ("England", "55555", "-0.285"),  # Devlin 2018
        ("Germany", "55555", "-0.661"),  # Ludwig 2018
        ("HongKong", "55555", "-0.865"),  # Wong 2018
        ("Japan_cTTO", "55555", "-0.0255"),  # Shiroiwa 2016: -0.025
        ("Netherlands", "55555", "-0.446"),  # Versteegh 2016
        ("SouthKorea", "55555", "-0.066"),  # Kim 2016, with its term for any level 4 or 5
        ("USA", "55555", "-0.573"),  # Pickard 2019
        ("Netherlands", "11111", "1"),  # an intercept belongs to any level above 1
        ("Netherlands", "11112", "0.883"),
    ],
)
def test_published_indices(name: str, profile: str, expected: str) -> None:
    assert index(VALUE_SETS[name], _profile(profile)) == Decimal(expected)


def test_a_missing_dimension_leaves_no_index() -> None:
    assert index(VALUE_SETS["China"], _profile("11111") | {"PD": None}) is None


def test_a_level_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="AD has levels 1 to 5; seen 6"):
        index(VALUE_SETS["China"], _profile("11116"))


FLAT = {f"{dimension}{level}": Decimal(0) for dimension in DIMENSIONS for level in (2, 3, 4, 5)}


@pytest.mark.parametrize(
    ("term", "profile", "times"),
    [
        ("N4", "14111", 1), ("N4", "13111", 0), ("N4", "45451", 1),
        ("N5", "15111", 1), ("N5", "14111", 0), ("N5", "55111", 1),
        ("SC45", "15111", 1), ("SC45", "14111", 1), ("SC45", "13111", 0), ("SC45", "41111", 0),
        ("Num45sq", "41111", 0), ("Num45sq", "44111", 1), ("Num45sq", "44511", 4), ("Num45sq", "55555", 16),
        ("MOAD", "31113", 4), ("MOAD", "31111", 0), ("PDAD", "11125", 4),
        ("SC1", "11111", 1), ("SC1", "12111", 0),
        ("Intercept", "11111", 0), ("Intercept", "12111", 1),
    ],
)  # fmt: skip
def test_further_terms(term: str, profile: str, times: int) -> None:
    value_set = ValueSet("made up", FLAT | {"StartValue": Decimal(1), term: Decimal("0.01")}, "this test")
    assert index(value_set, _profile(profile)) == 1 + times * Decimal("0.01")


def test_a_value_set_must_be_whole() -> None:
    with pytest.raises(ValueError, match="has no coefficient for StartValue"):
        ValueSet("made up", FLAT, "this test")
    with pytest.raises(ValueError, match="has a term that is not known: MO6"):
        ValueSet("made up", FLAT | {"StartValue": Decimal(1), "MO6": Decimal(0)}, "this test")
