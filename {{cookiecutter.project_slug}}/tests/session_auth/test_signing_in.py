"""Valid credentials sign in, all others fail alike, and sessions end in time."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import SignIn, User
from accounts.services.sign_ins import SignInRefusedError
from tests.conftest import PASSWORD
from tests.session_auth.conftest import COOKIE, LOGIN, confirmed, is_signed_in, log_in


def test_valid_credentials_open_the_home_page(user: User) -> None:
    browser = Client()
    response = browser.post(LOGIN, {"username": "ADA@example.com", "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert is_signed_in(browser)
    sign_in = SignIn.objects.get()
    assert (sign_in.user, sign_in.kind, sign_in.ip_address) == (user, "session", "127.0.0.1")


def answer(email: str, password: str) -> tuple[int, str]:
    response = Client().post(LOGIN, {"username": email, "password": password})
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return response.status_code, page.replace(email, "")


@pytest.mark.parametrize(
    ("change", "password"),
    [({}, "wrong"), ({"is_active": False}, PASSWORD), ({"email_verified_at": None}, PASSWORD)],
)
def test_every_refusal_looks_the_same(
    user: User, change: dict[str, object], password: str
) -> None:
    User.objects.update(**change)
    expected = answer("nobody@example.com", PASSWORD)
    assert expected[0] == 200
    assert answer(user.email, password) == expected
    assert not SignIn.objects.exists()


@pytest.mark.parametrize("form", [{}, {"username": "ada@example.com"}, {"password": PASSWORD}])
def test_both_fields_are_required(user: User, form: dict[str, str]) -> None:
    response = Client().post(LOGIN, form)
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {"username", "password"} - form.keys()


def test_page_shows_the_name_of_the_site(db: None) -> None:
    text = " ".join(unescape(Client().get(LOGIN).content.decode()).split())
    assert f"Sign in - {settings.SITE_NAME}" in text


def test_use_is_stored_once_a_minute(user: User) -> None:
    now = timezone.now().replace(microsecond=0)
    with time_machine.travel(now, tick=False) as clock:
        browser = log_in(user)
        for seconds, stored in ((59, 0), (60, 60), (119, 60), (120, 120)):
            clock.move_to(now + timedelta(seconds=seconds))
            assert is_signed_in(browser)
            assert SignIn.objects.get().last_used_at == now + timedelta(seconds=stored)


@pytest.mark.parametrize("form", ["\u2000{name}={value}", "{name}\x85={value}"])
def test_cookie_under_a_forged_name_is_ignored(browser: Client, form: str) -> None:
    """E01: a sibling host could set this cookie in spite of the `__Host-` prefix."""
    names = (COOKIE, settings.CSRF_COOKIE_NAME)
    session, csrf = ((name, browser.cookies[name].value) for name in names)
    fields = {"name": "Countess", "csrfmiddlewaretoken": csrf[1]}

    def post(*headers: str) -> int:
        raw = "; ".join(headers).encode().decode("latin-1")
        strict = Client(enforce_csrf_checks=True)
        return strict.post("/accounts/profile/", fields, HTTP_COOKIE=raw).status_code

    def forged(cookie: tuple[str, str]) -> str:
        return form.format(name=cookie[0], value=cookie[1])

    genuine = [f"{name}={value}" for name, value in (session, csrf)]
    assert post(forged(session), genuine[1]) == 302
    assert post(genuine[0], forged(csrf)) == 403
    assert User.objects.get().name == "Ada"
    assert post(*genuine) == 302
    assert User.objects.get().name == "Countess"


def test_force_login_follows_the_rules_of_every_sign_in(db: None) -> None:
    """F08, A05: as docs/sessions.md says, for the tests of a team."""
    browser = Client()
    with pytest.raises(SignInRefusedError):
        browser.force_login(User.objects.create_user("ada@example.com", PASSWORD))
    assert not is_signed_in(browser)

    browser.force_login(confirmed("grace@example.com"))
    assert is_signed_in(browser)
