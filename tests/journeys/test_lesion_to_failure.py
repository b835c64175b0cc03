"""A lesion in a browser: found on the map, irradiated, read by typing alone, seen to fail, progression recorded."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from equipoise.conduct.assessment import course
from equipoise.conduct.casebook import Casebook
from equipoise.conduct.documents import latest_protocol
from equipoise.conduct.journey import progressed_on
from equipoise.ledger import read
from rehearsed_trial import Rehearsed
from screens import Visitor
from served_trial import Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SAYS = {
    "en": {"failed": "local failure", "controlled": "controlled", "button": "English"},
    "zh-hans": {"failed": "局部失败", "controlled": "已控制", "button": "中文"},
}  # fmt: skip


@pytest.fixture
def served(rehearsed: Rehearsed, django_db_blocker: Any, tmp_path: Path) -> Iterator[Served]:
    """A copy of the rehearsed trial, served."""
    with django_db_blocker.unblock(), rehearsed.copied(tmp_path / "trial") as copy, serving(copy.file) as found:
        yield found


def irradiated_and_controlled() -> tuple[Casebook, str, str]:
    """Somebody of the radiotherapy arm at river whose target was irradiated and has not progressed; the last scan."""
    protocol = latest_protocol(read.study())
    for book in read.casebooks().values():
        if book.site == "river" and book.arm == "rt" and not progressed_on(protocol, book) and not book.died:
            found = course(protocol, book)
            targets = [one.id for one in found.targets]
            if found.scans and targets:
                return book, found.scans[-1].visit, targets[0]
    raise AssertionError("the rehearsal has nobody like that")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_from_radiotherapy_to_failure(served: Served, browser: Browser, rehearsed: Rehearsed, language: str) -> None:
    book, visit, target = irradiated_and_controlled()
    says, looked_at = SAYS[language], set[str]()
    register = f"/participants/{book.subject}/lesions/"

    oncologist = Visitor(browser, served.url, looked_at)
    oncologist.sign_in("radiation-oncologist-river", rehearsed.password)
    if language != "en":
        oncologist.switch_language(says["button"])
    oncologist.open(register)
    row = oncologist.page.locator(f"tr#{target}")
    expect(row).to_contain_text(says["controlled"])
    oncologist.page.locator(f"svg.body a[href$='#{target}']").click()
    expect(oncologist.page.locator("tr.picked")).to_have_id(target)
    oncologist.open(f"/participants/{book.subject}/forms/radiotherapy_course/new/")
    day = course(latest_protocol(read.study()), book).scans[-1].on.isoformat()
    oncologist.fill_in({
        "rt_lesions": [target], "rt_volume": "PTV boost", "rt_intent": "palliative", "rt_status": "delivered",
        "rt_prescription": "lung_central", "rt_technique": "sabr", "rt_dose_planned": "60", "rt_fractions_planned": "8",
        "rt_start": day, "rt_end": day, "rt_fractions": "8", "rt_dose": "60", "rt_underdosed": "no",
    })  # fmt: skip
    oncologist.save()
    oncologist.open(f"{register}{target}/")
    course_line = oncologist.page.locator("tr", has_text="PTV boost")
    expect(course_line).to_contain_text("105")  # BED10 of 60 Gy in 8: 60 (1 + 7.5/10)
    expect(course_line).to_contain_text("87.5")  # EQD2: 105 / 1.2
    oncologist.close()

    investigator = Visitor(browser, served.url, looked_at)
    investigator.sign_in("investigator-river", rehearsed.password)
    if language != "en":
        investigator.switch_language(says["button"])
    investigator.open(f"/participants/{book.subject}/visits/{visit}/")
    page = investigator.page
    page.locator(f"main a[href$='/assessments/{visit}/']").click()
    sizes = page.locator("[data-mm]")
    sizes.first.focus()
    page.keyboard.press("Tab")
    if sizes.count() > 1:
        expect(sizes.nth(1)).to_be_focused()
    page.locator(f'[name="{target}-mm"]').fill("88")
    expect(page.locator("[data-live=overall]")).to_have_text("PD")
    expect(page.locator("[data-live=says]")).to_contain_text(re.compile(r"mm.*PD"))
    expect(page.locator("[data-implausible]")).to_be_visible()
    page.locator('[name="overall_response-value"][value="PD"]').check()
    expect(page.locator("[data-disagrees]")).to_be_hidden()
    page.locator('[name="confirmed"]').check()
    page.locator("#reason").fill("Reread")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    investigator.look()
    page.locator("p.warning a[href$='/forms/progression/new/']").click()
    investigator.fill_in({
        "progression_date": day, "progression_basis": ["target"], "progression_pattern": ["residual_site"],
        "progression_lesions": [target], "field_relation": "in_field", "confirmation": "confirmed",
        "confirmation_date": day,
    })  # fmt: skip
    investigator.save()
    investigator.open(register)
    expect(page.locator(f"tr#{target}")).to_contain_text(says["failed"])
    expect(page.locator("svg.body g.failed title")).to_contain_text(f"{target}:")
    investigator.close()

    reader = Visitor(browser, served.url, looked_at)
    reader.sign_in("nuclear-reader-river", rehearsed.password)
    reader.open(register)
    expect(reader.page.locator("main")).not_to_contain_text("PTV")
    expect(reader.page.locator("svg.body .given")).to_have_count(0)
    reader.close()
