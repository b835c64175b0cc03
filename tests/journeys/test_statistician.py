"""A statistician in a browser: every kind of endpoint, a figure explored, and from a number to its entries."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from rehearsed_trial import Rehearsed
from screens import grave_findings
from served_trial import Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDE, NARROW = 1280, 390
KINDS = ("pfs", "pfs_interval", "residual_control&measure=lesion", "response", "quality_of_life", "deterioration_free",
         "safety", "pfs&cutoff=2001-01-01")  # fmt: skip


@pytest.fixture(scope="module")
def served(rehearsed: Rehearsed, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[Served]:
    """The rehearsed trial, served."""
    folder = tmp_path_factory.mktemp("statistician") / "trial"
    with django_db_blocker.unblock(), rehearsed.copied(folder) as copy:
        file = copy.file
    with serving(file) as trial:
        yield trial


@pytest.fixture
def page(browser: Browser, served: Served, rehearsed: Rehearsed) -> Iterator[Page]:
    """The statistician's browser; what it complains of fails the test."""
    context = browser.new_context(base_url=served.url, locale="en-US", viewport={"width": WIDE, "height": 900})
    found, faults = context.new_page(), list[str]()
    found.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    found.on("pageerror", lambda error: faults.append(str(error)))
    found.goto("/accounts/login/")
    found.fill("#id_login", "statistician")
    found.fill("#id_password", rehearsed.password)
    with found.expect_navigation():
        found.locator("main form button").click()
    yield found
    context.close()
    assert faults == []


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_kind_is_readable_at_a_desk_and_on_a_phone(page: Page, served: Served, language: str) -> None:
    page.context.add_cookies([{"name": "django_language", "value": language, "url": served.url}])
    faults = []
    for kind in KINDS:
        page.set_viewport_size({"width": WIDE, "height": 900})
        page.goto(f"/analysis/?endpoint={kind}")
        assert "NaN" not in page.locator("main").inner_text()
        assert ("2001-01-01" in kind) == (page.locator("p.error.empty").count() == 1)
        faults += [f"{kind}: {fault}" for fault in grave_findings(page)]
        page.set_viewport_size({"width": NARROW, "height": 844})
        page.reload()
        if page.evaluate("document.documentElement.scrollWidth") > NARROW:
            faults.append(f"{kind}: wider than a phone")
        faults += [f"{kind} on a phone: {fault}" for fault in grave_findings(page)]
    assert faults == []


def test_from_a_step_of_a_curve_to_the_entries_behind_it(page: Page) -> None:
    page.goto("/analysis/?endpoint=pfs")
    slider, said = page.locator(".slider"), page.locator(".said")
    slider.focus()
    page.keyboard.press("End")
    assert "events so far" in said.inner_text()
    group = page.locator(".group-toggle").first
    label = group.inner_text()
    group.click()
    assert label not in said.inner_text(), "an arm that is hidden is not read"
    group.click()
    with page.expect_navigation():
        said.locator("a", has_text="rows of this step").first.click()
    rows = page.locator("table.rows tbody tr")
    assert rows.count() >= 1
    subject = rows.first.locator("th").inner_text().split()[0]
    assert "event" in page.locator("main").inner_text()
    assert grave_findings(page) == []
    with page.expect_navigation():
        rows.first.locator("a", has_text="entr").click()
    main = page.locator("main")
    assert subject in main.inner_text()
    assert main.locator("table.entries tbody tr").count() >= 2
    assert "Randomized" in main.inner_text()
    assert grave_findings(page) == []
    page.set_viewport_size({"width": NARROW, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW


def test_numbers_of_the_trial_and_of_the_report_lead_to_their_rows(page: Page) -> None:
    page.goto("/trial/")
    number = page.locator(".flow a.count").first
    shown = number.inner_text()
    with page.expect_navigation():
        number.click()
    assert page.locator("table.rows tbody tr").count() == int(shown)
    page.goto("/analysis/report.html")
    assert page.locator("svg a text").count() > 5
    link = page.locator("#flow svg a").first
    with page.expect_navigation():
        link.click()
    assert page.locator("table.rows tbody tr").count() > 1


@pytest.mark.parametrize(("ending", "begins"), [("svg", b"<?xml"), ("pdf", b"%PDF"), ("csv", b"endpoint,")])
@pytest.mark.parametrize("kind", KINDS[:-1])
def test_each_figure_can_be_taken_along(page: Page, kind: str, ending: str, begins: bytes) -> None:
    answer = page.request.get(f"/analysis/figure.{ending}?endpoint={kind}")
    assert answer.status == 200
    assert answer.body().startswith(begins)
    if ending == "svg":
        assert "protocol" in answer.text()


def test_a_rehearsed_statistician_hides_the_arms_and_shows_them_again(page: Page) -> None:
    page.goto("/analysis/?endpoint=os")
    assert page.locator(".group-toggle").count() == 2
    with page.expect_navigation():
        page.get_by_role("link", name="Hide the arms").click()
    main = page.locator("main")
    assert page.locator("section.contrast").count() == 0
    assert "Maintenance" not in main.inner_text()
    page.select_option("#endpoint", "pfs")
    with page.expect_navigation():
        page.get_by_role("button", name="Estimate").click()
    assert page.locator("section.contrast").count() == 0, "the choice stays through the form"
    with page.expect_navigation():
        main.locator("a.count").first.click()
    assert "Maintenance" not in page.locator("table.rows").inner_text()
    answer = page.request.get(f"{page.url}&group=rt")
    assert answer.status == 403, "hidden arms answer as arms that may not be seen"
    page.goto("/analysis/?endpoint=os&arms=hidden")
    with page.expect_navigation():
        page.get_by_role("link", name="Show the arms").click()
    assert page.locator("section.contrast").count() == 1
    assert "endpoint=os" in page.url
