"""A visitor with a browser, who checks each page in every color scheme."""

from __future__ import annotations

import os
import re
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.clients.api import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, ViewportSize

ORIGIN = "https://example.com"
# How long to wait for the browser, in milliseconds: a busy machine is slow.
LIMIT = 60_000
expect.set_options(timeout=LIMIT)
WIDE: ViewportSize = {"width": 1024, "height": 720}
NARROW: ViewportSize = {"width": 320, "height": 640}
# Makes the browser's own event a line in its console, where everything else is told as well.
TELL_OF_VIOLATIONS = """
addEventListener("securitypolicyviolation", event =>
    console.error("policy", event.effectiveDirective, event.blockedURI, event.sourceFile));
"""
STANDARDS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
EVERY_RULE = {
    "runOnly": {"type": "tag", "values": STANDARDS},
    "rules": {"target-size": {"enabled": True}},
}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
SIZE = {
    "runOnly": {"type": "rule", "values": ["target-size"]},
    "rules": {"target-size": {"enabled": True}},
}
MOVING = """() => [...document.querySelectorAll("*")].filter(element => {
    const style = getComputedStyle(element);
    return style.animationName !== "none" || !/^[0s, ]+$/.test(style.transitionDuration);
}).map(element => element.outerHTML)"""
INVALID = """() => [...document.querySelectorAll("[aria-invalid=true]")].map(field => [
    field.name,
    field.getAttribute("aria-describedby").split(" ").map(
        id => document.getElementById(id).innerText).join(" "),
])"""
FIELDS = """() => [...document.querySelectorAll("main input:not([type=hidden])")].map(
    field => [field.name, field.autocomplete])"""
# Put in by the debugger, which no policy binds; a script element would not be let in.
AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
SHOTS = os.environ.get("SCREENSHOTS_TO")


class Visitor:
    """A visitor that collects the problems reported by the browser; there must be none."""

    def __init__(
        self, browser: Browser, titles: dict[str, str], *, looks: bool, **options: Any
    ) -> None:
        """Take a browser, the titles of pages seen so far, and whether to check pages in full."""
        self.context = browser.new_context(
            base_url=ORIGIN, viewport=WIDE, reduced_motion="reduce", **options
        )
        self.context.add_init_script(TELL_OF_VIOLATIONS)
        self.titles = titles
        self.looks = looks and options.get("java_script_enabled", True)
        self.complaints: list[str] = []
        self.page = self.context.new_page()
        self.page.set_default_timeout(LIMIT)
        self.page.on("console", self.note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def note(self, message: ConsoleMessage) -> None:
        """Record an error or a warning, except that the page itself has a 4xx status."""
        expected = (
            message.text.startswith("Failed to load resource: the server responded with a status")
            and message.location["url"] == self.page.url
        )
        if message.type in {"error", "warning"} and not expected:
            self.complaints.append(f"{message.text} {message.location['url']}")

    def open(self, path: str) -> int:
        """Open a page and return its status."""
        answer = self.page.goto(path)
        assert answer is not None
        return answer.status

    def fill(self, fields: dict[str, str]) -> None:
        """Fill in fields by label."""
        for label, value in fields.items():
            self.page.get_by_label(label, exact=True).fill(value)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name: str) -> None:
        self.page.get_by_role("link", name=name, exact=True).click()

    def go_back(self) -> None:
        """Go back without waiting, which never ends for a page in the browser's cache."""
        self.page.go_back()

    def sees(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def is_told(self, message: str) -> None:
        expect(self.page.get_by_role("status")).to_have_text(message)

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        self.open("/accounts/login/")
        self.fill({"Email": email, "Password": password})
        self.press("Sign in")
        self.sees(f"Hello, {email}")

    def is_signed_in(self) -> bool:
        self.open("/accounts/profile/")
        return self.page.url == f"{ORIGIN}/accounts/profile/"

    def autocompletes(self) -> dict[str, str]:
        """Return the `autocomplete` value of each field."""
        return dict(self.page.evaluate(FIELDS))

    def refusals(self) -> dict[str, str]:
        """Return the invalid fields with their error messages."""
        return dict(self.page.evaluate(INVALID))

    def look(self, heading: str, name: str = "") -> None:
        """Check a page in light and dark mode, on a small screen, and with axe.

        Args:
            heading: the main heading.
            name: the unique name of the page, if the heading is not unique.
        """
        self.sees(heading)
        assert self.complaints == []
        name = name or re.sub(r"\W+", "-", heading).lower()
        title = self.page.title()
        assert self.titles.setdefault(title, name) == name, title
        if not self.looks:
            return
        assert self.page.locator("html").get_attribute("lang") == "en"
        assert self.page.evaluate(MOVING) == []
        self.page.evaluate(AXE)
        assert self.violations(EVERY_RULE) == []
        self.shoot(f"{name}-light")
        self.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        assert self.violations(CONTRAST) == []
        self.shoot(f"{name}-dark")
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        self.page.set_viewport_size(NARROW)
        assert self.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
        assert self.violations(SIZE) == []
        self.shoot(f"{name}-narrow")
        self.page.set_viewport_size(WIDE)
        assert self.complaints == []

    def violations(self, options: dict[str, Any]) -> list[str]:
        """Return the violations that axe finds."""
        found = self.page.evaluate("options => axe.run(document, options)", options)["violations"]
        return [
            f"{rule['id']}: {node['html']}: {node['failureSummary']}"
            for rule in found
            for node in rule["nodes"]
        ]

    def shoot(self, name: str) -> None:
        """Save the first screenshot of the page, if SCREENSHOTS_TO names a folder."""
        if SHOTS and not (path := Path(SHOTS) / f"{name}.png").exists():
            self.page.screenshot(path=path, full_page=True)
