"""Radiotherapy arithmetic: writing, effect, delivery."""

from datetime import date
from fractions import Fraction

import pytest

from equipoise.clinical.radiotherapy import LATE, Delivery, Prescription, delivery, repopulation_loss
from equipoise.kernel.quantities import Quantity


@pytest.mark.parametrize(
    "text",
    ["54/3", " 54 / 3 ", "54 Gy/3", "54Gy/3fx", "54 Gy in 3 fractions", "3 x 18 Gy", "3x18Gy", "18 Gy x 3", "54.0/3"],
)
def test_ways_of_writing_54_gray_in_3(text: str) -> None:
    assert Prescription.parse(text) == Prescription(Fraction(54), 3)


@pytest.mark.parametrize(
    "text", ["", "54", "54/", "/3", "54/3.5", "-54/3", "3 x 18", "54/3/2", "5e1/3", "fifty/3", "9" * 5000 + "/3"]
)
def test_what_is_no_prescription_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="A prescription is written 54/3"):
        Prescription.parse(text)


@pytest.mark.parametrize("text", ["0/3", "54/0", "5400/3", "54/201", "999999999/3"])
def test_nothing_and_too_much_are_no_prescription(text: str) -> None:
    with pytest.raises(ValueError, match="A prescri"):
        Prescription.parse(text)


def test_a_dose_needs_a_unit_of_dose() -> None:
    assert Prescription.of(Quantity.of(5400, "cGy"), 3) == Prescription(Fraction(54), 3)
    with pytest.raises(ValueError, match="does not convert to Gy"):
        Prescription.of(Quantity.of(54, "g"), 3)


def test_two_gray_fractions_are_their_own_equivalent() -> None:
    assert Prescription(Fraction(60), 30).eqd2() == 60
    assert Prescription(Fraction(60), 30).eqd2(LATE) == 60


def test_bed_by_hand() -> None:
    # 3 x 18 Gy: 54 x (1 + 18/10) = 151.2; 54 x (1 + 18/3) = 378
    assert Prescription.parse("54/3").bed() == Fraction("151.2")
    assert Prescription.parse("54/3").bed(LATE) == 378
    with pytest.raises(ValueError, match="alpha/beta ratio is positive"):
        Prescription.parse("54/3").bed(Fraction(0))


def test_a_course_broken_off() -> None:
    given = Prescription.parse("50/5").after(3)
    assert given == Prescription(Fraction(30), 3)
    assert given.bed() == 60
    assert Prescription.parse("50/5").after(0) is None
    with pytest.raises(ValueError, match="Of 5 fractions, 6 cannot have been delivered"):
        Prescription.parse("50/5").after(6)


def test_delivery_counts_days_and_gaps() -> None:
    every_second_day = [date(2026, 3, 2), date(2026, 3, 4), date(2026, 3, 9)]
    assert delivery(Prescription.parse("54/3"), every_second_day) == Delivery(3, 8, 5, True)
    assert delivery(Prescription.parse("54/3"), every_second_day[:1]) == Delivery(1, 1, 0, False)
    assert delivery(Prescription.parse("54/3"), []) == Delivery(0, 0, 0, False)
    with pytest.raises(ValueError, match="4 fractions were given and 3 prescribed"):
        delivery(Prescription.parse("54/3"), [date(2026, 3, 2)] * 4)


def test_repopulation_begins_at_the_kick_off_day() -> None:
    # ln 2 x (40 - 28) / (0.3 x 3) = 9.2420
    loss = repopulation_loss(40, kick_off_days=28, doubling_days=Fraction(3), alpha=Fraction("0.3"))
    assert loss == pytest.approx(9.24196, abs=1e-5)
    assert repopulation_loss(28, kick_off_days=28, doubling_days=Fraction(3), alpha=Fraction("0.3")) == 0


def test_a_prescription_says_where_its_model_is_doubtful() -> None:
    assert Prescription.parse("50/5").describe().say() == "50 Gy in 5 fractions of 10 Gy: BED10 100 Gy, BED3 216.67 Gy"
    assert "model doubtful" in Prescription.parse("54/3").describe().say()
    assert "模型不可靠" in Prescription.parse("54/3").describe().say("zh-hans")
