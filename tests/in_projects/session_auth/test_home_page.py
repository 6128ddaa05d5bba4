"""The example on the home page is one file, which a team deletes."""

from pathlib import Path
from shutil import copytree

from django.test import Client
from django.urls import reverse
from pytest_django import Settings

EXAMPLE = "templates/session_auth/home.html"


def test_home_page_remains_without_the_example(
    browser: Client, desk: Client, settings: Settings, tmp_path: Path
) -> None:
    pages = {browser: browser.get("/").text, desk: desk.get("/").text}
    for page in pages.values():
        assert f"brand/{EXAMPLE}" in page
        assert "docs/first-page.md" in page
        assert (settings.BASE_DIR / "docs/first-page.md").exists()
    brand = copytree(settings.BASE_DIR / "brand", tmp_path / "brand")

    (brand / EXAMPLE).unlink()
    settings.TEMPLATES = [
        {**engine, "DIRS": [brand / "templates"]} for engine in settings.TEMPLATES
    ]

    for visitor in pages:
        page = visitor.get("/").text
        assert "first-page.md" not in page
        for name in ("profile", "sign_ins"):
            assert reverse(name) in page
        # The administration is in the header and in the menu, for staff only.
        assert page.count(f'"{reverse("admin:index")}"') == (2 if visitor is desk else 0)
