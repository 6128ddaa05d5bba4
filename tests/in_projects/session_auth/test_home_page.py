"""The home page of a new project: its example is one file, and it takes few queries."""

from pathlib import Path
from shutil import copytree

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from tests.session_auth.conftest import is_signed_in, log_in

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


@pytest.mark.parametrize(("engine", "queries"), [("cached_db", 1), ("cache", 1), ("db", 2)])
def test_page_of_a_signed_in_user_costs_as_few_queries_as_documented(
    user: User,
    settings: Settings,
    django_assert_num_queries: DjangoAssertNumQueries,
    engine: str,
    queries: int,
) -> None:
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    browser = log_in(user)
    browser.get("/")
    with django_assert_num_queries(queries):
        assert is_signed_in(browser)
