"""A participant from PET-CT through radiotherapy to a local failure in a browser, through the hands of five roles.

Coordinator, nuclear-medicine reader, radiation oncologist, investigator and central readers each work at their own
pages, over four months of the server's clock.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from equipoise.conduct.central import central_review
from equipoise.conduct.documents import latest_protocol
from equipoise.conduct.entry import SYSTEM
from equipoise.ledger import connecting, people, read, verify
from ledger_databases import connected
from screening_steps import ENTERED, PERSON, TODAY, answers, consent, sign, state_and_sign
from screens import Visitor
from served_trial import PASSWORD, Served, open_for_conduct, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CLOCK = """
import datetime, pathlib
_days, _real = pathlib.Path({file!r}), datetime.datetime
class _Kind(type):
    def __instancecheck__(cls, one):
        return isinstance(one, _real)
class _Later(_real, metaclass=_Kind):
    @classmethod
    def now(cls, tz=None):
        return _real.now(tz) + datetime.timedelta(days=int(_days.read_text()))
datetime.datetime = _Later
"""
"""Python for the server's process: its clock is ahead of ours by the days written in a file."""

SAYS = {
    "en": {"arm": "Maintenance plus radiotherapy to all residual lesions", "failed": "local failure"},
    "zh-hans": {"arm": "维持治疗加全部残留病灶放疗", "failed": "局部失败"},
}  # fmt: skip

ADRENAL: dict[str, Any] = {
    "organ": "adrenal", "side": "left", "site": "gland", "status": "baseline", "modality": "ct",
    "slice_thickness": "1.25", "longest_diameter": "16", "previously_irradiated": "no", "role": "target",
    "is_primary": "no", "pet_detectable": "yes", "sulpeak": "3.2", "reader_cmr": "no",
}  # fmt: skip
"""The second residual lesion, beside the 22 mm in the lung."""


@dataclass
class Story:
    """A served trial, its people's language, and the server's clock in days from today."""

    browser: Browser
    served: Served
    language: str
    clock: Path
    looked_at: set[str]
    subject: str = ""

    def at(self, days: int) -> str:
        """Move the clock; the day it then shows."""
        self.clock.write_text(str(days))
        return (TODAY + timedelta(days=days)).isoformat()

    def arrives(self, user: str) -> Any:
        """Somebody signs in, reading in the story's language, and leaves at the end of the block."""
        visitor = Visitor(self.browser, self.served.url, self.looked_at)
        visitor.sign_in(user, PASSWORD)
        if self.language != "en":
            visitor.switch_language("中文")
        return closing(visitor)

    def page(self, path: str = "") -> str:
        """An address of the participant."""
        return f"/participants/{self.subject}/{path}"


@pytest.fixture(params=["en", "zh-hans"])
def story(request: pytest.FixtureRequest, browser: Browser, tmp_path: Path, django_db_blocker: Any) -> Iterator[Story]:
    """A rehearsal's record with two central readers and a data manager, served by a clock this test moves."""
    file, clock = tmp_path / "trial.sqlite3", tmp_path / "days"
    clock.write_text("0")
    with django_db_blocker.unblock(), connected(f"sqlite:///{file}", create=True):
        connecting.prepare()
        open_for_conduct(rehearsal=True, seed="hands")
        for user, name, role in (("adams", "Kim Adams", "central_reader"), ("park", "Jin Park", "data_manager")):
            people.make_account(user, name, PASSWORD)
            people.grant(user, role, actor=SYSTEM, delegation="log 2")
    with serving(file, first=CLOCK.format(file=str(clock))) as served:
        yield Story(browser, served, str(request.param), clock, set())


def screening(story: Story) -> None:
    """The coordinator's forms, the nuclear-medicine reader's PET-CT and register, the statements, and the arm."""
    with story.arrives("lin") as coordinator:
        story.subject = consent(coordinator)
        given = answers()
        for form in ENTERED:
            if not form.startswith("pet_ct"):
                coordinator.open(story.page(f"forms/{form}/"))
                coordinator.fill_in(given)
                coordinator.save()
        coordinator.open(story.page("logs/prior_toxicities/"))
        coordinator.press(coordinator.page.locator("main form.actions button"))
    (lesion,) = PERSON["logs"]["lesions"]["rows"]
    with story.arrives("gao") as nuclear:
        nuclear.open(story.page("forms/pet_ct/screening/"))
        nuclear.fill_in(answers())
        nuclear.save()
        for row in (lesion, {**ADRENAL, "found_on": lesion["found_on"]}):
            nuclear.open(story.page("forms/lesions/new/"))
            nuclear.fill_in(row)
            nuclear.save()
        nuclear.open(story.page("logs/lesions/"))
        nuclear.press(nuclear.page.locator("main form.actions button"))
        nuclear.open(story.page("lesions/"))
        expect(nuclear.page.locator("main table tbody tr[id]")).to_have_count(2)
    (stated,) = PERSON["logs"]["irradiability"]["rows"]
    with story.arrives("xu") as oncologist:
        for name in ("L1", "L2"):
            oncologist.open(story.page("forms/irradiability/new/"))
            oncologist.fill_in({**stated, "lesion": [name]})
            oncologist.save()
        state_and_sign(oncologist, story.subject, "ro_statement")
    with story.arrives("chen") as investigator:
        state_and_sign(investigator, story.subject, "investigator_statement")
        investigator.open(story.page("forms/planned_maintenance/"))
        investigator.fill_in(answers())
        investigator.save()
        investigator.open(story.page("screening/"))
        sign(investigator, "form.actions:has([name=evaluation])")
        sign(investigator, "form.randomize")
        expect(investigator.page.locator("p.arm")).to_have_text(SAYS[story.language]["arm"])


def irradiate(story: Story, day: str) -> None:
    """Both lesions get their course; the register says so."""
    with story.arrives("xu") as oncologist:
        for name, kind, dose, fractions in (("L1", "lung_small", "54", "3"), ("L2", "adrenal", "60", "8")):
            oncologist.open(story.page("forms/radiotherapy_course/new/"))
            oncologist.fill_in({
                "rt_lesions": [name], "rt_volume": f"PTV {name}", "rt_intent": "consolidation",
                "rt_status": "delivered", "rt_prescription": kind, "rt_technique": "sabr", "rt_dose_planned": dose,
                "rt_fractions_planned": fractions, "rt_start": day, "rt_end": day, "rt_fractions": fractions,
                "rt_dose": dose, "rt_underdosed": "no",
            })  # fmt: skip
            oncologist.save()
        oncologist.open(story.page("lesions/"))
        expect(oncologist.page.locator("main")).to_contain_text("PTV L2")
        expect(oncologist.page.locator("main")).to_contain_text("151.2")  # BED10 of 54 Gy in 3: 54 (1 + 18/10)


def investigator_reads(story: Story, visit: str, day: str, sizes: Mapping[str, str], response: str) -> None:
    """The investigator reads a scan by typing; what is computed agrees with what is chosen."""
    with story.arrives("chen") as investigator:
        page = investigator.page
        investigator.open(story.page(f"visits/{visit}/"))
        page.locator(f"main a[href$='/assessments/{visit}/']").click()
        said = {"assessment_date": day, "assessment_modality": ["ct_chest_abdomen"], "assessment_timing": "scheduled",
                "non_target": "NA", "new_lesions": "none", "overall_response": response}  # fmt: skip
        type_scan(investigator, sizes, said, response)


def type_scan(reader: Visitor, sizes: Mapping[str, str], said: dict[str, Any], response: str) -> None:
    """Type every size, answer the rest, see the computed response, save."""
    page = reader.page
    for name, size in sizes.items():
        page.locator(f'[name="{name}-mm"]').fill(size)
    reader.fill_in(said)
    expect(page.locator("[data-live=overall]")).to_have_text(response)
    confirmed = page.locator('[name="confirmed"]')
    if confirmed.is_visible():
        confirmed.check()
    reader.save()


def centre_reads(story: Story, visit: str, sizes: Mapping[str, str], response: str) -> None:
    """The central reader finds the scan in the worklist and reads it."""
    with story.arrives("novak") as reader:
        page = reader.page
        reader.open("/central/")
        reader.press(page.locator("main td a.button").first)
        if page.locator("main a[href$='/lesions/new/']").count():
            central_baseline(reader)
            reader.press(page.locator(f"main a.button[href$='/scans/{visit}/']"))
        expect(page.locator("body")).not_to_contain_text(story.subject)
        expect(page.locator("body")).not_to_contain_text("PTV")
        said = {"central_quality": "optimal", "central_non_target": "NA", "central_new_lesions": "none",
                "central_response": response}  # fmt: skip
        type_scan(reader, sizes, said, response)


def central_baseline(reader: Visitor) -> None:
    """The central reader's own two lesions at baseline, declared read."""
    for organ, side, size in (("lung", "right", "21"), ("adrenal", "left", "16")):
        reader.press(reader.page.locator("main a[href$='/lesions/new/']"))
        reader.fill_in({
            "central_organ": organ, "central_side": side, "central_role": "target", "central_longest_diameter": size,
        })  # fmt: skip
        reader.save()
    reader.press(reader.page.locator("main .actions form button"))
    expect(reader.page.locator(".mark-done")).to_be_visible()


def adjudicate(story: Story, response: str) -> None:
    """Another central reader sees two readings without names and chooses the one with a response."""
    with story.arrives("adams") as adjudicator:
        page = adjudicator.page
        adjudicator.open("/central/")
        adjudicator.press(page.locator("main td a.button[href*='/adjudication/']"))
        expect(page.locator("body")).not_to_contain_text(story.subject)
        page.locator("label", has_text=f"({response})").locator("input").check()
        page.locator("#reason").fill("Measured at the same slice level")
        page.locator("#password").fill(PASSWORD)
        adjudicator.press(page.locator("form.crf .actions button"))
        expect(page.locator("main td a.button[href*='/adjudication/']")).to_have_count(0)


def test_from_pet_ct_to_progression(story: Story, django_db_blocker: Any) -> None:
    screening(story)
    irradiate(story, story.at(14))
    day = story.at(57)
    investigator_reads(story, "imaging:1", day, {"L1": "14", "L2": "12"}, "PR")  # 38 to 26 mm: -32 %
    centre_reads(story, "imaging:1", {"C1": "15", "C2": "12"}, "SD")  # 37 to 27 mm: -27 %
    adjudicate(story, "PR")
    day = story.at(113)
    investigator_reads(story, "imaging:2", day, {"L1": "21", "L2": "12"}, "PD")  # 26 to 33 mm: +27 %, +7 mm
    with story.arrives("chen") as investigator:
        page = investigator.page
        investigator.open(story.page("assessments/imaging:2/"))
        investigator.press(page.locator("p.warning a[href$='/forms/progression/new/']"))
        investigator.fill_in({
            "progression_date": day, "progression_basis": ["target"], "progression_pattern": ["residual_site"],
            "progression_lesions": ["L1"], "field_relation": "in_field", "confirmation": "confirmed",
            "confirmation_date": day,
        })  # fmt: skip
        investigator.save()
        investigator.open(story.page("lesions/"))
        expect(page.locator("tr#L1")).to_contain_text(SAYS[story.language]["failed"])
        expect(page.locator("tr#L2")).not_to_contain_text(SAYS[story.language]["failed"])
        investigator.open(story.page("lesions/L1/"))
    centre_reads(story, "imaging:2", {"C1": "20", "C2": "12"}, "SD")  # 27 to 32 mm: +19 %
    adjudicate(story, "PD")
    with story.arrives("park") as manager:
        manager.open("/discordances/")
        rows = manager.page.locator("main table").last.locator("tbody tr")
        expect(rows).to_have_count(2)
        expect(manager.page.locator("main")).not_to_contain_text(SAYS[story.language]["arm"])
    with django_db_blocker.unblock(), connected(f"sqlite:///{story.served.file}"):
        review = central_review(latest_protocol(read.study()), read.casebook(story.subject))
        assert review is not None
        assert [one.response for one in review.scans] == ["PR", "PD"]
        assert review.progression() == review.scans[1].on
        assert verify(allocation=True).allocations == 1
