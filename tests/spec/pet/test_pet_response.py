"""PET responses at every threshold, each side of it."""

from datetime import date
from decimal import Decimal

import pytest

from equipoise.clinical.pet import (
    CompleteResponseRule,
    LesionFigures,
    Metabolic,
    PercistScan,
    comparability,
    complete_metabolic_response,
    eortc,
    five_point,
    is_assessable,
    is_too_early,
    lean_body_mass,
    patient_complete_response,
    percist,
)
from equipoise.kernel.quantities import Quantity
from equipoise.kernel.truth import Truth

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
CMR, PMR, SMD, PMD, NE = Metabolic


def d(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("10", "7", PMR),  # exactly 30 % and 3 SUL
        ("10", "7.01", SMD),  # 29.9 %
        ("2", "1.2", PMR),  # exactly 0.8 SUL, 40 %
        ("2", "1.21", SMD),  # 0.79 SUL
        ("10", "13", SMD),  # exactly 30 % is not more than 30 %
        ("10", "13.01", PMD),
        ("2", "2.8", SMD),  # 40 % but exactly 0.8 SUL
        ("2", "2.81", PMD),
        ("5", "5", SMD),
    ],
)
def test_percist_thresholds(before: str, after: str, expected: Metabolic) -> None:
    found = percist(PercistScan(d(before)), PercistScan(d(after), d("1.0")), is_at_background=False)
    assert found.response is expected


@pytest.mark.parametrize(
    ("after", "liver", "at_background", "others", "expected"),
    [
        ("1.9", "2.0", True, True, CMR),
        ("2.0", "2.0", True, True, PMR),  # equal to the liver is not under it
        ("1.9", "2.0", False, True, PMR),
        ("1.9", "2.0", True, False, PMR),
    ],
)
def test_percist_complete_response(
    after: str, liver: str, at_background: bool, others: bool, expected: Metabolic
) -> None:
    found = percist(
        PercistScan(Decimal(8)),
        PercistScan(d(after), d(liver)),
        is_at_background=at_background,
        others_at_background=others,
    )
    assert found.response is expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"has_new_lesion": True}, PMD),
        ({"has_growth_elsewhere": True}, SMD),
        ({"glycolysis_change": Decimal(75)}, PMR),  # with a fall of SUL, extent alone is no progression
        ({}, PMR),
    ],
)
def test_percist_elsewhere(options: dict[str, object], expected: Metabolic) -> None:
    after = PercistScan(Decimal(4), Decimal(2))
    found = percist(PercistScan(Decimal(8)), after, is_at_background=False, **options)  # type: ignore[arg-type]
    assert found.response is expected


@pytest.mark.parametrize(("change", "expected"), [("75", PMD), ("74.9", SMD)])
def test_percist_extent_without_a_fall(change: str, expected: Metabolic) -> None:
    scans = PercistScan(Decimal(8)), PercistScan(Decimal(8), Decimal(2))
    assert percist(*scans, is_at_background=False, glycolysis_change=Decimal(change)).response is expected


def test_progression_needs_no_liver() -> None:
    before = PercistScan(Decimal(8))
    assert percist(before, PercistScan(Decimal(12)), is_at_background=False).response is PMD
    assert percist(before, PercistScan(Decimal(4)), is_at_background=False).response is NE


def test_missing_pet_is_not_evaluable() -> None:
    whole = PercistScan(Decimal(8), Decimal(2))
    assert percist(PercistScan(None), whole, is_at_background=True).response is NE
    assert percist(whole, PercistScan(None), is_at_background=True).response is NE
    assert percist(PercistScan(Decimal(0)), whole, is_at_background=True).response is NE
    assert eortc(None, Decimal(2), is_at_background=True, is_after_first_cycle=False).response is NE


def test_a_verdict_says_why() -> None:
    found = percist(PercistScan(Decimal(10)), PercistScan(Decimal(6), Decimal(2)), is_at_background=False)
    assert found.reason.say() == "SULpeak 10 then 6: -40.0 %, a fall of 30 % and 0.8 or more: PMR"


@pytest.mark.parametrize(
    ("peak", "mean", "sd", "expected"), [("3.4", "2", "0.2", T), ("3.39", "2", "0.2", F), (None, "2", "0.2", U)]
)
def test_assessable_by_the_liver(peak: str | None, mean: str, sd: str, expected: Truth) -> None:
    assert is_assessable(PercistScan(d(peak), d(mean), d(sd))) is expected


@pytest.mark.parametrize(("peak", "expected"), [("3.4", T), ("3.39", F)])
def test_assessable_by_the_blood_pool(peak: str, expected: Truth) -> None:
    scan = PercistScan(d(peak), blood_pool_mean=Decimal("1.5"), blood_pool_sd=Decimal("0.2"), is_liver_usable=False)
    assert is_assessable(scan) is expected


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        ({"uptake_minutes": 50}, {"uptake_minutes": 65}, 0),
        ({"uptake_minutes": 49}, {"uptake_minutes": 60}, 1),
        ({"uptake_minutes": 54}, {"uptake_minutes": 70}, 1),  # 16 minutes apart
        ({"uptake_minutes": 60}, {"uptake_minutes": 71}, 1),
        ({"liver_mean": Decimal("1.4")}, {"liver_mean": Decimal("1.68")}, 0),  # exactly 20 %, 0.28
        ({"liver_mean": Decimal("1.4")}, {"liver_mean": Decimal("1.69")}, 1),
        ({"liver_mean": Decimal(2)}, {"liver_mean": Decimal("2.29")}, 0),
        ({"liver_mean": Decimal(2)}, {"liver_mean": Decimal("2.3")}, 1),  # exactly 0.3 is not within 0.3
        ({"glucose": Quantity.of("199", "mg/dL")}, {}, 0),
        ({"glucose": Quantity.of("200", "mg/dL")}, {}, 1),
        ({"glucose": Quantity.of("11.2", "mmol/L")}, {}, 1),  # 201.8 mg/dL
        ({}, {}, 0),
    ],
)
def test_comparability(before: dict[str, object], after: dict[str, object], count: int) -> None:
    scans = (PercistScan(Decimal(8), **before), PercistScan(Decimal(8), **after))  # type: ignore[arg-type]
    assert len(comparability(*scans)) == count


@pytest.mark.parametrize(
    ("before", "after", "first_cycle", "expected"),
    [
        ("10", "8.5", True, PMR),  # 15 % after one cycle
        ("10", "8.51", True, SMD),
        ("10", "7.5", False, SMD),  # exactly 25 % later is not more than 25 %
        ("10", "7.49", False, PMR),
        ("10", "12.5", False, SMD),
        ("10", "12.51", False, PMD),
    ],
)
def test_eortc_thresholds(before: str, after: str, first_cycle: bool, expected: Metabolic) -> None:
    found = eortc(d(before), d(after), is_at_background=False, is_after_first_cycle=first_cycle)
    assert found.response is expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"has_new_uptake": True}, PMD),
        ({"extent_change": Decimal(20)}, CMR),
        ({"extent_change": Decimal("20.1")}, PMD),
        ({}, CMR),
    ],
)
def test_eortc_otherwise(options: dict[str, object], expected: Metabolic) -> None:
    found = eortc(Decimal(10), Decimal(1), is_at_background=True, is_after_first_cycle=False, **options)  # type: ignore[arg-type]
    assert found.response is expected


@pytest.mark.parametrize(
    ("lesion", "expected"), [("1.5", 2), ("1.51", 3), ("2.0", 3), ("2.01", 4), ("4.0", 4), ("4.01", 5), (None, None)]
)
def test_five_point_score(lesion: str | None, expected: int | None) -> None:
    assert five_point(d(lesion), blood_pool=Decimal("1.5"), liver=Decimal(2)) == expected


def test_above_the_liver_the_blood_pool_decides_nothing() -> None:
    assert [five_point(Decimal(size), blood_pool=None, liver=Decimal(2)) for size in (5, 3, 2)] == [5, 4, None]


def test_five_point_ends() -> None:
    assert five_point(None, blood_pool=None, liver=None, is_visible=False) == 1
    assert five_point(Decimal(1), blood_pool=Decimal("1.5"), liver=Decimal(2), is_new=True) == 5
    assert five_point(Decimal("4.5"), blood_pool=Decimal("1.5"), liver=Decimal(2), markedly=Decimal(3)) == 4


PERCIST, LIVER = CompleteResponseRule("percist"), CompleteResponseRule("liver_suvmax")
FIVE, READER = CompleteResponseRule("five_point", Decimal(3)), CompleteResponseRule("reader")


@pytest.mark.parametrize(
    ("rule", "figures", "expected"),
    [
        (PERCIST, {"sul_peak": "1.9", "liver_sul_mean": "2", "is_at_background": True}, T),
        (PERCIST, {"sul_peak": "2", "liver_sul_mean": "2", "is_at_background": True}, F),
        (PERCIST, {"sul_peak": "1.9", "liver_sul_mean": "2", "is_at_background": False}, F),
        (PERCIST, {"sul_peak": "1.9", "liver_sul_mean": "2"}, U),
        (PERCIST, {"liver_sul_mean": "2", "is_at_background": True}, U),
        (LIVER, {"suv_max": "2", "liver_suv_mean": "2"}, T),  # at most the liver
        (LIVER, {"suv_max": "2.01", "liver_suv_mean": "2"}, F),
        (LIVER, {"suv_max": "2"}, U),
        (FIVE, {"five_point": 3}, T),
        (FIVE, {"five_point": 4}, F),
        (FIVE, {}, U),
        (READER, {"reader_complete": True}, T),
        (READER, {"reader_complete": False}, F),
        (READER, {}, U),
        (LIVER, {"suv_max": "1", "liver_suv_mean": "2", "was_detectable": False}, U),
    ],
)
def test_complete_response_of_a_lesion(rule: CompleteResponseRule, figures: dict[str, object], expected: Truth) -> None:
    given = {name: Decimal(value) if isinstance(value, str) else value for name, value in figures.items()}
    verdict, why = complete_metabolic_response(rule, LesionFigures(**given))  # type: ignore[arg-type]
    assert verdict is expected
    assert why.say()


def test_complete_response_of_a_participant() -> None:
    assert patient_complete_response([T, T], has_new_lesion=False) is T
    assert patient_complete_response([T, U], has_new_lesion=False) is U
    assert patient_complete_response([F, U], has_new_lesion=False) is F
    assert patient_complete_response([T, T], has_new_lesion=True) is F


def test_pet_soon_after_radiotherapy() -> None:
    assert is_too_early(date(2026, 3, 24), date(2026, 1, 1), weeks=12)  # day 82
    assert not is_too_early(date(2026, 3, 26), date(2026, 1, 1), weeks=12)  # 84 days
    assert not is_too_early(date(2025, 12, 31), date(2026, 1, 1), weeks=12)


@pytest.mark.parametrize(
    ("formula", "sex", "expected"),
    [
        ("james", "male", "56.52"),  # 1.10 x 70 - 128 x 0.16
        ("morgan", "male", "57.8"),  # 1.10 x 70 - 120 x 0.16
        ("james", "female", "51.22"),
        ("morgan", "female", "51.22"),
    ],
)
def test_lean_body_mass(formula: str, sex: str, expected: str) -> None:
    found = lean_body_mass(Quantity.of(70, "kg"), Quantity.of(175, "cm"), sex, formula)  # type: ignore[arg-type]
    assert found == Quantity.of(expected, "kg")


def test_lean_body_mass_janmahasatian() -> None:
    # BMI 70/1.75^2 = 22.857; 9270 x 70 / (6680 + 216 x 22.857) = 55.86; women 9270 x 70 / (8780 + 244 x 22.857) = 45.20
    male = lean_body_mass(Quantity.of(70, "kg"), Quantity.of("1.75", "m"), "male", "janmahasatian")
    female = lean_body_mass(Quantity.of(70, "kg"), Quantity.of("1.75", "m"), "female", "janmahasatian")
    assert round(male.value, 2) == Decimal("55.86")
    assert round(female.value, 2) == Decimal("45.20")
