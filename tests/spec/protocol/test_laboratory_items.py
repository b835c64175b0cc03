"""A laboratory result is compared with what is impossible across units, by the analyte where mass meets amount."""

from datetime import date
from decimal import Decimal

import pytest

from equipoise.methods.items import LabItem
from equipoise.methods.typed import AnswerError

CREATININE = LabItem(
    id="creatinine", label="Creatinine", kind="lab", analyte="creatinine", units=("umol/L", "mg/dL"), most=Decimal(3000)
)


def read(value: str, unit: str) -> str | None:
    answer = CREATININE.read({"value": value, "unit": unit}, today=date(2026, 3, 10))
    return answer.value if isinstance(answer.value, str) else None


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        ("3000", "umol/L"),
        ("33.93", "mg/dL"),  # x 88.4 = 2999.412 umol/L
    ],
)
def test_what_is_possible_is_taken(value: str, unit: str) -> None:
    assert read(value, unit) == value


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        ("3000.1", "umol/L"),
        ("33.94", "mg/dL"),  # x 88.4 = 3000.296 umol/L
        ("97", "mg/dL"),  # umol/L typed under the wrong unit
    ],
)
def test_what_is_impossible_is_refused(value: str, unit: str) -> None:
    with pytest.raises(AnswerError, match="impossible"):
        read(value, unit)
