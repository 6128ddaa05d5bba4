"""The templates of a new project below `brand/`, which a team replaces."""

from django.test import Client
from django.urls import reverse
from pytest_django import Settings


def test_name_and_support_address_are_on_each_page(db: None, settings: Settings) -> None:
    shown = {"name": "Sea & Shore", "support_email": "help@shore.example"}
    settings.BRAND = settings.BRAND | shown
    page = Client().get(reverse("login")).text
    assert page.count("Sea &amp; Shore") == 4
    assert "mailto:help@shore.example" in page
    assert "<img" in page

    settings.BRAND = settings.BRAND | {"logo": "", "support_email": ""}
    page = Client().get(reverse("login")).text
    assert "<img" not in page
    assert "mailto:" not in page
