"""What can be measured at baseline, and which targets may be chosen (RECIST 1.1, sections 3 and 4.2)."""

import pytest

from equipoise.clinical.recist.measurability import (
    BaselineFinding,
    Kind,
    Measurability,
    Method,
    measurability,
)
from equipoise.kernel.quantities import Quantity

YES, NO, NORMAL, UNKNOWN = Measurability


def found(
    kind: Kind,
    size: str | None,
    method: Method = Method.CT,
    *,
    slices: int | None = None,
    irradiated: bool = False,
    progressed: bool = False,
) -> Measurability:
    return measurability(
        BaselineFinding(
            kind,
            method,
            None if size is None else Quantity.of(size, "mm"),
            None if slices is None else Quantity.of(slices, "mm"),
            irradiated,
            progressed,
        )
    )[0]


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (found(Kind.SOLID, "10"), YES),
        (found(Kind.SOLID, "9.9"), NO),
        (found(Kind.SOLID, "10", slices=5), YES),
        (found(Kind.SOLID, "15", slices=8), NO),  # at least twice the slice thickness
        (found(Kind.SOLID, "16", slices=8), YES),
        (found(Kind.SOLID, "10", Method.CALIPER), YES),
        (found(Kind.SOLID, "9", Method.CALIPER), NO),
        (found(Kind.SOLID, "20", Method.X_RAY), YES),
        (found(Kind.SOLID, "19", Method.X_RAY), NO),
        (found(Kind.SOLID, "40", Method.PET), NO),
        (found(Kind.SOLID, "40", Method.ULTRASOUND), NO),
        (found(Kind.NODE, "15"), YES),
        (found(Kind.NODE, "14.9"), NO),  # pathological, and a non-target
        (found(Kind.NODE, "10"), NO),
        (found(Kind.NODE, "9.9"), NORMAL),
        (found(Kind.LYTIC_BONE_SOFT_TISSUE, "10", Method.MRI), YES),
        (found(Kind.LYTIC_BONE_SOFT_TISSUE, "30", Method.BONE_SCAN), NO),
        (found(Kind.BLASTIC_BONE, "40"), NO),
        (found(Kind.SIMPLE_CYST, "40"), NORMAL),
        (found(Kind.CYSTIC_METASTASIS, "12"), YES),
        (found(Kind.TRULY_NON_MEASURABLE, None), NO),
        (found(Kind.SOLID, "30", irradiated=True), NO),
        (found(Kind.SOLID, "30", irradiated=True, progressed=True), YES),
        (found(Kind.SOLID, None), UNKNOWN),
    ],
)
def test_measurability(verdict: Measurability, expected: Measurability) -> None:
    assert verdict is expected


def test_measurability_says_why() -> None:
    _, why = measurability(BaselineFinding(Kind.NODE, Method.CT, Quantity.of("1.2", "cm")))
    assert why.say() == "12 mm, under 15 mm: not measurable"
    assert why.say("zh-hans") == "12 mm，小于 15 mm：不可测量"
