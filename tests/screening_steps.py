"""Screening in a browser: a participant's answers moved to today, and the steps every story of one begins with."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flagship_participants import ON, participant
from screens import Visitor
from served_trial import PASSWORD, shifted

TODAY = datetime.now(UTC).date()
EARLIER = TODAY - timedelta(days=5)

PERSON = shifted(participant(), TODAY - ON)
MORE: dict[str, Any] = {
    "diagnosis_date": "2025-04", "induction_start": (TODAY - timedelta(days=150)).isoformat(),
    "induction_end": (TODAY - timedelta(days=28)).isoformat(), "platinum": "carboplatin",
    "platinum_partner": "pemetrexed", "induction_immunotherapy": "tislelizumab", "prior_thoracic_radiotherapy": "no",
    "brain_metastases_ever": "no", "copd_ild": "no", "thyroid_disease": "no",
    "ecog_date": EARLIER.isoformat(), "vitals_date": EARLIER.isoformat(), "lab_date": EARLIER.isoformat(),
    "systolic": "128", "diastolic": "79", "pulse": "74", "spo2": "97",
    "pet_routine_care": "yes", "diagnostic_ct": "yes", "compared_with": "2025-06", "pet_read_on": EARLIER.isoformat(),
    "tissue_kind": "archived", "tissue_origin": "primary", "planned_immunotherapy": "tislelizumab",
    "c30_date": EARLIER.isoformat(), "lc13_date": EARLIER.isoformat(),
    **{f"q{number}": "2" for number in range(1, 44)}, "q29": "5", "q30": "6",
}  # fmt: skip
"""What the base participant leaves out because no criterion reads it, though its form asks."""

ENTERED = (
    "demographics", "diagnosis", "prior_therapy", "medical_history", "ecog/screening", "vitals/screening",
    "laboratory/screening", "transfusions/screening", "exclusions/screening", "pet_ct/screening",
    "brain_mri/screening", "tissue", "qlq_c30/baseline", "qlq_lc13/baseline",
)  # fmt: skip
"""The forms a coordinator fills in, as their addresses end."""


def answers() -> dict[str, Any]:
    """Every answer as typed, by item: values of labs with unit and limits, dates where the form holds one date."""
    plain = {}
    for item, answer in (PERSON["items"] | MORE).items():
        if isinstance(answer, dict):
            answer = {part: value for part, value in answer.items() if part != "date"}
        plain[item] = answer
    return plain


def consent(coordinator: Visitor) -> str:
    """Record the consent; the screening number."""
    coordinator.open("/participants/new/")
    day = PERSON["consent"]["date"]
    born = f"{int(day[:4]) - 61}-01-01"
    for name, text in {"on": day, "birth_date": born, "name": "王小明", "hospital_number": "H 1"}.items():
        coordinator.type(name, text)
    coordinator.press(coordinator.page.locator("main form button"))
    return coordinator.page.url.split("/participants/")[1].split("/")[0]


def sign(visitor: Visitor, form: str = "section.sign form") -> None:
    """Sign what the page shows, with the password."""
    visitor.page.locator(f"{form} [name=password]").fill(PASSWORD)
    visitor.steps += 1
    visitor.press(visitor.page.locator(f"{form} button"))
    assert visitor.page.locator("main .error").all_inner_texts() == []


def state_and_sign(visitor: Visitor, subject: str, form: str) -> None:
    """Fill in a statement and sign it."""
    visitor.open(f"/participants/{subject}/forms/{form}/")
    visitor.fill_in(answers())
    visitor.save()
    sign(visitor)
