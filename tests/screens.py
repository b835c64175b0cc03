"""Somebody at a browser: signs in, fills in forms by typing, and minds accessibility and the console on every page."""

import re
from collections.abc import Mapping
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

_AXE = Axe()
_ONLY_SERIOUS = {
    "resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "preload": False,  # of style sheets and of sound: no rule of these reads the one, no page has the other
}  # fmt: skip
GRAVE = ("serious", "critical")


def grave_findings(page: Page) -> list[str]:
    """The serious and critical findings of axe on a page, each with the elements it concerns."""
    found = _AXE.run(page, options=_ONLY_SERIOUS).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: " + "; ".join(node["html"][:160] for node in one["nodes"][:3])
        for one in found
        if one["impact"] in GRAVE
    ]


class Visitor:
    """A person with a browser of their own. `steps` counts what a hand does: clicks, choices, fields typed into.

    `looked_at` holds the pages already looked at for accessibility, and may be shared.
    """

    def __init__(self, browser: Browser, url: str, looked_at: set[str], *, width: int = 1280) -> None:
        self._context = browser.new_context(base_url=url, locale="en-US", viewport={"width": width, "height": 900})
        self.page = self._context.new_page()
        self.page.set_default_timeout(15_000)
        self.steps = 0
        self.complaints: list[str] = []
        self._looked_at = looked_at
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _console(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.complaints.append(f"{self.page.url}: {said.text}")

    def close(self) -> None:
        """Close the browser; whatever the console said on the way fails here."""
        self._context.close()
        assert self.complaints == []

    def open(self, path: str) -> None:
        """Go to a page and look at it."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        self.look()

    def look(self) -> None:
        """Look for what keeps people out of a page, the first time it is seen."""
        path = re.sub(r"https?://[^/]+", "", self.page.url).split("?")[0]
        if path in self._looked_at:
            return
        self._looked_at.add(path)
        assert grave_findings(self.page) == [], path

    def press(self, button: str | Locator) -> None:
        """Press a button, by its words or itself, and look at the page that follows."""
        target = self.page.get_by_role("button", name=button, exact=True) if isinstance(button, str) else button
        with self.page.expect_navigation():
            target.click()
        self.steps += 1
        self.look()

    def type(self, name: str, text: str) -> None:
        """Type into the field of a name."""
        self.page.locator(f'main [name="{name}"]').fill(text)
        self.steps += 1

    def sign_in(self, user: str, password: str) -> None:
        """Sign in with name and password."""
        self.open("/accounts/login/")
        self.page.fill("#id_login", user)
        self.page.fill("#id_password", password)
        self.steps += 2
        self.press(self.page.locator("main form button"))

    def switch_language(self, name: str) -> None:
        """Press the page's own button for the other language."""
        self.press(self.page.locator("form.language button", has_text=name))

    def fill_in(self, answers: Mapping[str, Any]) -> None:
        """Answer the items of the form on the page, in the page's order, as their questions come to be asked."""
        for field in self.page.locator("[data-item]").all():
            item = field.get_attribute("data-item") or ""
            if item in answers:
                expect(field).to_be_visible()
                self._answer(field, item, answers[item])

    def _answer(self, field: Locator, item: str, answer: Any) -> None:
        parts = answer if isinstance(answer, dict) else {"value": answer}
        for part, value in parts.items():
            if value == "":
                continue
            self.steps += 1
            controls = field.locator(f'[name="{item}-{part}"]')
            kind = controls.first.evaluate("control => control.type")
            if kind in ("radio", "checkbox"):
                for one in value if isinstance(value, list) else [value]:
                    field.locator(f'[name="{item}-{part}"][value="{one}"]').check()
            elif kind == "select-one":
                controls.select_option(value)
            else:
                controls.fill(value)

    def save(self) -> None:
        """Save the form; nothing may be wrong with it."""
        self.press(self.page.locator("form.crf .actions button"))
        assert self.page.locator("main .error").all_inner_texts() == []
