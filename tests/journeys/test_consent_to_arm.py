"""Three people take a new participant from consent to arm, in a browser, in English and in Chinese."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from equipoise.ledger import connecting, read, verify
from ledger_databases import connected
from screening_steps import ENTERED, PERSON, TODAY, answers, consent, sign, state_and_sign
from screens import Visitor
from served_trial import PASSWORD, Served, open_for_conduct, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

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
