"""Every page of the application, as somebody who may open it: whole, readable, and no wider than a telephone."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage

from equipoise.ledger import read
from ledger_databases import connected
from rehearsed_trial import Rehearsed
from screens import grave_findings
from served_trial import Served, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PEOPLE = ("coordinator-north", "investigator-north", "radiation-oncologist-north", "sponsor-admin",
          "independent-statistician", "data-manager", "central-reader", "central-reader-2")  # fmt: skip
"""Between them they open every page."""

NO_PAGES = frozenset(
    {"switch-role", "set_language", "sign-form", "sign-form-at", "not-done", "not-done-at", "remove-row", "check-form",
     "check-form-at", "check-assessment", "check-central-scan", "check-central-lesion", "calendar", "take-look",
     "figure-pdf", "trial-report", "source-entries"}
)  # fmt: skip
"""Addresses that only take something or give a file."""

WIDE, NARROW = 1280, 390


@pytest.fixture(scope="module")
def subjects(rehearsed: Rehearsed, django_db_blocker: Any) -> dict[str, str]:
    """Somebody of the site north who is randomized, and somebody who failed screening."""
    with django_db_blocker.unblock(), connected(rehearsed.url):
        books = [book for book in read.casebooks().values() if book.site == "north"]
        return {
            "randomized": max((book for book in books if book.randomized), key=lambda book: book.version).subject,
            "failed": next(book for book in books if book.screen_failed).subject,
        }


@pytest.fixture(scope="module")
def served(rehearsed: Rehearsed, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Iterator[Served]:
    """The rehearsed trial, served."""
    folder = tmp_path_factory.mktemp("pages") / "trial"
    with django_db_blocker.unblock(), rehearsed.copied(folder) as copy:
        file = copy.file
    with serving(file) as trial:
        yield trial


@pytest.fixture(scope="module")
def people(browser: Browser, served: Served, rehearsed: Rehearsed) -> Iterator[dict[str, BrowserContext]]:
    """Each of them signed in."""
    contexts = {}
    for user in PEOPLE:
        contexts[user] = context = browser.new_context(base_url=served.url, locale="en-US")
        page = context.new_page()
        page.goto("/accounts/login/")
        page.fill("#id_login", user)
        page.fill("#id_password", rehearsed.password)
        with page.expect_navigation():
            page.locator("main form button").click()
        assert page.locator("nav.side").count() == 1, user
        page.close()
    yield contexts
    for context in contexts.values():
        context.close()


def addresses() -> dict[str, str]:
    """Every address of the application itself, by name."""
    found: dict[str, str] = {}

    def walk(patterns: list[Any], before: str) -> None:
        for one in patterns:
            route = before + str(one.pattern)
            if isinstance(one, URLResolver):
                walk(one.url_patterns, route)
            elif isinstance(one, URLPattern) and one.name and one.name not in NO_PAGES:
                found[one.name] = route

    walk(get_resolver().url_patterns, "/")
    return {
        name: route
        for name, route in found.items()
        if not route.endswith((".svg", ".csv", ".json", ".md", ".pdf", "$", ".ics", ".zip"))
    }


def central_pages(people: dict[str, BrowserContext]) -> list[str]:
    """The pages of central review, found as the central readers find them: their numbers are the server's secret."""
    found: set[str] = set()
    for user in ("central-reader", "central-reader-2"):
        page = people[user].new_page()
        page.goto("/central/")
        links = [link.get_attribute("href") or "" for link in page.locator("main a").all()]
        own = [link for link in links if link.count("/") == 3][:1]
        found |= {*own, *[link for link in links if "adjudication" in link][:1]}
        for participant in own:
            page.goto(participant)
            inner = [link.get_attribute("href") or "" for link in page.locator("main a").all()]
            found |= {
                *[link for link in inner if "/lesions/" in link][:1],
                *[link for link in inner if "/scans/" in link][:1],
            }
        page.close()
    assert len(found) > 4
    return sorted(found)


def paths(subjects: dict[str, str]) -> list[str]:
    """Each page with something on it, but for those under a blinded number."""
    parts = {
        "<str:subject>": subjects["randomized"], "<str:occurrence>": "screening", "<str:lesion>": "L1",
    }  # fmt: skip
    found = []
    for name, route in addresses().items():
        if "<str:number>" in route:
            continue
        if "/accounts/" in route and name not in ("account_change_password", "account_reauthenticate", "mfa_index"):
            continue
        for part, value in parts.items():
            route = route.replace(part, value)
        route = route.replace("<str:visit>", "imaging:1" if "assessments" in route else "screening")
        route = route.replace("<str:form>", {"log": "adverse_events", "form": "demographics"}.get(name, "laboratory"))
        found.append(route)
    base = f"/participants/{subjects['randomized']}"
    found += [f"{base}/forms/{one}/" for one in ("adverse_events/new", "radiotherapy_course/new", "qlq_c30/baseline")]
    found += [f"/participants/{subjects['failed']}/screening/", "/participants/NU-999/"]
    return sorted(found)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page(people: dict[str, BrowserContext], subjects: dict[str, str], served: Served, language: str) -> None:
    """One walk over all of them, so that every fault is told at once."""
    faults: list[str] = []
    unopened: dict[str, set[int]] = {}
    pages = {user: context.new_page() for user, context in people.items()}
    for user, page in pages.items():
        people[user].add_cookies([{"name": "django_language", "value": language, "url": served.url}])

        def complain(said: ConsoleMessage) -> None:
            if said.type in ("error", "warning") and "Failed to load resource" not in said.text:
                faults.append(f"{said.page.url if said.page else ''}: console: {said.text}")

        page.on("console", complain)
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    opened = 0
    for path in [*paths(subjects), *central_pages(people)]:
        wanted = 404 if path.endswith("NU-999/") else 200
        for user, page in pages.items():
            status = people[user].request.get(path).status  # without drawing the refusals of those it is not for
            if status != wanted:
                unopened.setdefault(path, set()).add(status)
                continue
            unopened.pop(path, None)
            page.set_viewport_size({"width": WIDE, "height": 900})
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == wanted, path
            opened += 1
            faults += [f"{path} as {user}: {fault}" for fault in grave_findings(page)]
            page.set_viewport_size({"width": NARROW, "height": 844})
            if page.evaluate("document.documentElement.scrollWidth") > NARROW:
                page.reload()  # turned to its side, a figure may keep its width until it is drawn again
            width = page.evaluate("document.documentElement.scrollWidth")
            if width > NARROW:
                faults.append(f"{path} as {user}: {width} px wide on a telephone of {NARROW}")
            faults += [f"{path} on a telephone: {fault}" for fault in grave_findings(page)] if language == "en" else []
            break
    for page in pages.values():
        page.close()
    assert faults == [], "\n".join(faults)
    assert unopened == {}
    assert opened >= 30


def test_sign_in_page(browser: Browser, served: Served) -> None:
    context = browser.new_context(base_url=served.url, viewport={"width": NARROW, "height": 844})
    page = context.new_page()
    page.goto("/accounts/login/")
    assert grave_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW
    page.fill("#id_login", "nobody")
    page.fill("#id_password", "wrong")
    with page.expect_navigation():
        page.locator("main form button").click()
    assert page.locator(".error").count() == 1
    assert grave_findings(page) == []
    context.close()
