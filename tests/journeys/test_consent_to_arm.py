"""Three people take a new participant from consent to arm, in a browser, in English and in Chinese."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from equipoise.ledger import connecting, read, verify
from flagship_participants import ON, participant
from ledger_databases import connected
from screens import Visitor
from served_trial import PASSWORD, Served, open_for_conduct, serving, shifted

pytestmark = [pytest.mark.browser, pytest.mark.slow]

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

SAYS = {
    "en": {
        "role": "Coordinator", "navigation": "Participants",
        "register_open": "The lesion register has not been declared complete.",
        "I1": "Voluntary signed written informed consent, and compliance with protocol requirements",
        "arms": {"Maintenance plus radiotherapy to all residual lesions", "Maintenance alone"}, "imaging": "Imaging",
    },
    "zh-hans": {
        "role": "研究协调员", "navigation": "受试者", "register_open": "病灶登记尚未声明完整。",
        "I1": "自愿签署书面知情同意书，并遵守方案要求",
        "arms": {"维持治疗加全部残留病灶放疗", "仅维持治疗"}, "imaging": "影像检查",
    },
}  # fmt: skip
"""What stands on the pages: of the application, of the rules, of the protocol."""


def answers() -> dict[str, Any]:
    """Every answer as typed, by item: values of labs with unit and limits, dates where the form holds one date."""
    plain = {}
    for item, answer in (PERSON["items"] | MORE).items():
        if isinstance(answer, dict):
            answer = {part: value for part, value in answer.items() if part != "date"}
        plain[item] = answer
    return plain


@pytest.fixture(params=["en", "zh-hans"])
def language(request: pytest.FixtureRequest) -> str:
    """The language the three of them read."""
    return str(request.param)


@pytest.fixture
def served(language: str, tmp_path: Path, django_db_blocker: Any) -> Iterator[Served]:
    """English: a production record. Chinese: a rehearsal's."""
    file = tmp_path / "trial.sqlite3"
    with django_db_blocker.unblock(), connected(f"sqlite:///{file}", create=True):
        connecting.prepare()
        open_for_conduct(rehearsal=language != "en")
    with serving(file) as trial:
        yield trial


def arrive(browser: Browser, served: Served, user: str, language: str, looked_at: set[str]) -> Visitor:
    """Somebody signed in, reading in a language."""
    visitor = Visitor(browser, served.url, looked_at)
    visitor.sign_in(user, PASSWORD)
    if language != "en":
        visitor.switch_language("中文")
        expect(visitor.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    return visitor


def consent(coordinator: Visitor) -> str:
    """Record the consent; the screening number."""
    coordinator.open("/participants/new/")
    day = PERSON["consent"]["date"]
    born = f"{int(day[:4]) - 61}-01-01"
    for name, text in {"on": day, "birth_date": born, "name": "王小明", "hospital_number": "H 1"}.items():
        coordinator.type(name, text)
    coordinator.press(coordinator.page.locator("main form button"))
    return coordinator.page.url.split("/participants/")[1].split("/")[0]


def enter_screening(coordinator: Visitor, subject: str) -> None:
    """Every screening form, the lesion, and that the logs are complete."""
    given = answers()
    for form in ENTERED:
        coordinator.open(f"/participants/{subject}/forms/{form}/")
        coordinator.fill_in(given)
        coordinator.save()
    (lesion,) = PERSON["logs"]["lesions"]["rows"]
    coordinator.open(f"/participants/{subject}/forms/lesions/new/")
    coordinator.fill_in(lesion)
    coordinator.save()
    for log in ("lesions", "prior_toxicities"):
        coordinator.open(f"/participants/{subject}/logs/{log}/")
        coordinator.press(coordinator.page.locator("main form.actions button"))


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


def randomize(investigator: Visitor, subject: str, language: str) -> None:
    """Sign the evaluation as it stands, then randomize; the arm and the schedule are in one view."""
    says, page = SAYS[language], investigator.page
    investigator.open(f"/participants/{subject}/screening/")
    investigator.open(f"/participants/{subject}/screening/?criterion=I1")
    expect(page.locator("#picked")).to_contain_text(says["I1"])
    sign(investigator, "form.actions:has([name=evaluation])")
    sign(investigator, "form.randomize")


def test_consent_to_arm(browser: Browser, served: Served, language: str, django_db_blocker: Any) -> None:
    seen: set[str] = set()
    with (
        closing(arrive(browser, served, "lin", language, seen)) as coordinator,
        closing(arrive(browser, served, "xu", language, seen)) as radiation_oncologist,
        closing(arrive(browser, served, "chen", language, seen)) as investigator,
    ):
        expect(coordinator.page.locator(".who summary")).to_contain_text(SAYS[language]["role"])
        expect(coordinator.page.locator("nav.side")).to_contain_text(SAYS[language]["navigation"])
        subject = consent(coordinator)
        assert subject == "NU-001"
        expect(coordinator.page.locator("main")).to_contain_text(SAYS[language]["register_open"])
        enter_screening(coordinator, subject)

        radiation_oncologist.open(f"/participants/{subject}/forms/irradiability/new/")
        radiation_oncologist.fill_in(PERSON["logs"]["irradiability"]["rows"][0])
        radiation_oncologist.save()
        state_and_sign(radiation_oncologist, subject, "ro_statement")

        state_and_sign(investigator, subject, "investigator_statement")
        investigator.open(f"/participants/{subject}/forms/planned_maintenance/")
        investigator.fill_in(answers())
        investigator.save()
        randomize(investigator, subject, language)

        page = investigator.page
        arm = page.locator("p.arm").inner_text()
        assert arm in SAYS[language]["arms"]
        schedule = page.locator("tbody tr", has_text=SAYS[language]["imaging"])
        expect(schedule.first).to_contain_text((TODAY + timedelta(weeks=8)).isoformat())
        expect(page.locator(".band")).to_have_count(0 if language == "en" else 1)
        coordinator.open(f"/participants/{subject}/")
        expect(coordinator.page.locator("main")).to_contain_text(arm)
        radiation_oncologist.open(f"/participants/{subject}/lesions/")
        steps = coordinator.steps + radiation_oncologist.steps + investigator.steps
    print(f"hands-on steps: {steps}")
    assert steps < 300  # a second each leaves them within five minutes
    with django_db_blocker.unblock(), connected(f"sqlite:///{served.file}"):
        book = read.casebook(subject)
        assert book.randomized is not None
        assert book.randomized_header.actor.user == "chen"
        assert {one.header.actor.user for one in book.signatures} == {"xu", "chen"}
        assert verify(allocation=True).allocations == 1
