"""What happens to a form in a real browser: a session that ends, a double click, two people at one form.

At a desk and on a phone, in both languages. Nothing typed is lost, nothing is written twice, nothing is overwritten.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from acting import CONSENT
from equipoise.ledger import connecting, perform, read
from ledger_databases import connected
from screens import Visitor
from served_trial import PASSWORD, Served, open_for_conduct, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TODAY = datetime.now(UTC).date()
FORM = "/participants/NU-001/forms/demographics/"
SAYS = {
    "en": {"meanwhile": "Chen Hao changed this form meanwhile", "saved": "Saved."},
    "zh-hans": {"meanwhile": "Chen Hao 已在此期间更改该表单", "saved": "已保存"},
}
WHERE = [(1280, "en"), (390, "en"), (1280, "zh-hans"), (390, "zh-hans")]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[Served]:
    """A trial in which several people have just consented at the site north."""
    from equipoise.conduct.entry import SYSTEM

    file = tmp_path_factory.mktemp("survives") / "trial.sqlite3"
    with django_db_blocker.unblock(), connected(f"sqlite:///{file}", create=True):
        connecting.prepare()
        open_for_conduct(rehearsal=False)
        consent = replace(CONSENT, on=TODAY.isoformat(), birth_year=TODAY.year - CONSENT.age)
        for _ in WHERE:
            perform(consent, actor=SYSTEM, key=uuid4())
    with serving(file) as trial:
        yield trial


@pytest.fixture(params=WHERE, ids=[f"{width} {language}" for width, language in WHERE])
def where(request: pytest.FixtureRequest) -> tuple[int, str, str]:
    """The width of the window, the language, and a participant of one's own."""
    width, language = request.param
    return width, language, f"/participants/NU-00{WHERE.index(request.param) + 1}/forms/"


def arrive(browser: Browser, served: Served, user: str, width: int, language: str) -> Visitor:
    """Somebody signed in, reading in a language, at a window of a width."""
    visitor = Visitor(browser, served.url, set(), width=width)
    visitor.sign_in(user, PASSWORD)
    if language != "en":
        visitor.page.locator("form.language button", has_text="中文").evaluate("button => button.click()")
        expect(visitor.page.locator("html")).to_have_attribute("lang", "zh-Hans")
    return visitor


def fits(page: Page) -> None:
    """The page is no wider than its window."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), page.url


def height(file: Path, subject: str, django_db_blocker: Any) -> list[str]:
    """Every value the participant's height ever had."""
    with django_db_blocker.unblock(), connected(f"sqlite:///{file}"):
        record = read.casebook(subject).record("demographics")
        return [str(change.answer.value) for change in record.history("height")] if record else []


def test_what_was_typed_outlives_the_session(
    browser: Browser, served: Served, where: tuple[int, str, str], django_db_blocker: Any
) -> None:
    width, language, forms = where
    with closing(arrive(browser, served, "lin", width, language)) as lin:
        page = lin.page
        lin.open(f"{forms}medical_history/")
        page.locator('[name="other_history-value"]').fill("asthma as a child")
        page.locator('[name="gilbert-value"][value="no"]').check()
        page.wait_for_timeout(600)  # the last check of what was typed is asked by now
        page.wait_for_load_state("networkidle")
        page.context.clear_cookies(name="sessionid")
        with page.expect_navigation():
            page.locator("form.crf .actions button").click()
        assert "/accounts/login/" in page.url, page.inner_text("main")
        fits(page)
        page.fill("#id_login", "lin")
        page.fill("#id_password", PASSWORD)
        with page.expect_navigation():
            page.locator("main form button").click()
        assert page.url.endswith(f"{forms}medical_history/")
        expect(page.locator('[name="other_history-value"]')).to_have_value("asthma as a child")
        expect(page.locator('[name="gilbert-value"][value="no"]')).to_be_checked()
        fits(page)
        lin.save()
        lin.open(f"{forms}medical_history/")
        assert page.evaluate("sessionStorage.length") == 0
    with django_db_blocker.unblock(), connected(f"sqlite:///{served.file}"):
        record = read.casebook(forms.split("/")[2]).record("medical_history")
        assert record is not None
        assert (record.text("other_history"), len(record.trail)) == ("asthma as a child", 1)


def test_what_somebody_typed_is_not_offered_to_the_next_person(
    browser: Browser, served: Served, where: tuple[int, str, str]
) -> None:
    width, language, forms = where
    with closing(arrive(browser, served, "lin", width, language)) as somebody:
        page = somebody.page
        somebody.open(f"{forms}medical_history/")
        field = page.locator('[name="other_history-value"]')
        stood = field.input_value()
        field.fill("what lin would have said")
        page.wait_for_timeout(600)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("sessionStorage.length") == 1
        page.context.clear_cookies(name="sessionid")
        with page.expect_navigation():
            page.locator("form.crf .actions button").click()
        page.fill("#id_login", "chen")
        page.fill("#id_password", PASSWORD)
        with page.expect_navigation():
            page.locator("main form button").click()
        assert page.url.endswith(f"{forms}medical_history/")
        expect(field).to_have_value(stood)
        assert page.evaluate("Object.keys(sessionStorage).filter((name) => name !== 'equipoise:sent').length") == 0


def test_a_double_click_is_one_entry_and_two_people_never_overwrite_each_other(
    browser: Browser, served: Served, where: tuple[int, str, str], django_db_blocker: Any
) -> None:
    width, language, forms = where
    address, subject = f"{forms}demographics/", forms.split("/")[2]
    with (
        closing(arrive(browser, served, "lin", width, language)) as lin,
        closing(arrive(browser, served, "chen", width, language)) as chen,
    ):
        lin.open(address)
        lin.page.locator('[name="height-value"]').fill("170")
        lin.page.locator("form.crf .actions button").dblclick(no_wait_after=True)
        expect(lin.page.locator(".note-success")).to_be_visible()
        assert height(served.file, subject, django_db_blocker) == ["170"]
        for visitor in (lin, chen):
            visitor.open(address)
        for visitor, value in ((chen, "171"), (lin, "172")):
            visitor.page.locator('[name="height-value"]').fill(value)
            visitor.page.locator('[name="reason"]').fill("measured again")
        chen.save()
        with lin.page.expect_navigation():
            lin.page.locator("form.crf .actions button").click()
        error = lin.page.locator("main .error[role=alert]").first
        expect(error).to_contain_text(SAYS[language]["meanwhile"])
        expect(error).to_be_in_viewport()
        expect(lin.page.locator('[name="height-value"]')).to_have_value("172")
        expect(lin.page.locator('[name="reason"]')).to_have_value("measured again")
        fits(lin.page)
        assert height(served.file, subject, django_db_blocker) == ["170", "171"]
        lin.complaints = [said for said in lin.complaints if "409" not in said]  # the browser notes the refusal itself
