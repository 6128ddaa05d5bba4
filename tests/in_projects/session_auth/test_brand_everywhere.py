"""The brand of a team on pages, in the admin and in emails."""

from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from pytest_django import Settings

from accounts.models import User
from tests.session_auth import conftest as pages


def test_brand_is_on_pages_and_in_emails(user: User, desk: Client, settings: Settings) -> None:
    assert escape(settings.BRAND["name"]) in desk.get(pages.ADMIN).text
    settings.BRAND = {
        "name": "Sea & Shore",
        "logo": "",
        "color": "#123456",
        "color_in_dark_mode": "#abcdef",
        "support_email": "help@shore.example",
    }
    page = Client().get(pages.LOGIN).content.decode()
    # The team may have its own versions of the emails.
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": []}]
    pages.request_reset(user.email)
    colors = Client().get(reverse("brand_css"))
    body = str(mail.outbox[-1].body)
    html = mail.outbox[-1].message().as_string()

    assert page.count("Sea &amp; Shore") >= 2
    assert "#123456" in colors.text
    assert "#abcdef" in colors.text
    assert "public" in colors["Cache-Control"]
    assert "Sea & Shore" in body
    assert "help@shore.example" in body
    assert "Sea &amp; Shore" in html
    assert "#123456" in html
