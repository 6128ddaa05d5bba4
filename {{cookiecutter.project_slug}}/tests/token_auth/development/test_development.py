"""The development server of an API without a front end."""

import io
import json
import re
import shlex

from django.core.mail import EmailMessage
from django.test import Client, RequestFactory
from django.urls import URLPattern
from pytest_django import Settings

from accounts import email_links
from accounts.models import User
from config import development_urls
from tests.conftest import PASSWORD
from token_auth.console_mail import EmailBackend


def printed(body: str) -> str:
    """Return what the console prints of an email."""
    stream = io.StringIO()
    EmailBackend(stream=stream).send_messages([EmailMessage("Hello", body, to=["a@b.org"])])
    return stream.getvalue()


def test_first_page_leads_to_the_documents_of_the_api() -> None:
    """F18: it was Django's 404 page."""
    first_page = development_urls.urlpatterns[-1]
    assert isinstance(first_page, URLPattern)
    assert first_page.resolve("") is not None

    response = first_page.callback(RequestFactory().get("/"))

    assert (response.status_code, response["Location"]) == (302, "/api/docs/")


def test_email_says_what_to_send_without_a_front_end(user: User, settings: Settings) -> None:
    """F18: the command in the console does what the page would do."""
    settings.MAIL_LINK_PATHS = {"password_reset": "/reset#uid={uid}&token={token}"}

    curl = re.search(r"curl .*", printed(email_links.password_reset_link(user)))

    assert curl is not None
    _, url, _, _, _, body = shlex.split(curl[0])
    fields = json.loads(body) | {"new_password": "the tide comes in at six"}
    path = url.removeprefix(settings.PUBLIC_BASE_URL)
    assert Client().post(path, fields, content_type="application/json").status_code == 204
    assert not User.objects.get().check_password(PASSWORD)


def test_email_without_a_link_says_nothing_more() -> None:
    """F18: a notification."""
    assert "curl" not in printed("Your password was changed.")
    assert "/api/auth/email/verify/" in printed("https://app/verify-email#token=a:b")
