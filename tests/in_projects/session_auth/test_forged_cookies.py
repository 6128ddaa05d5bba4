"""Cookies under names that browsers and Django read differently."""

from django.conf import settings as django_settings
from django.test import Client

from accounts.models import User
from tests.session_auth.conftest import COOKIE


def test_cookie_under_a_forged_name_is_ignored(browser: Client) -> None:
    """E01: a sibling host could set this cookie in spite of the `__Host-` prefix."""
    names = (COOKIE, django_settings.CSRF_COOKIE_NAME)
    session, csrf = (f"{name}={browser.cookies[name].value}" for name in names)
    form = {"name": "Countess", "csrfmiddlewaretoken": browser.cookies[names[1]].value}

    def post(*cookies: str) -> int:
        raw = "; ".join(cookies).encode().decode("latin-1")
        strict = Client(enforce_csrf_checks=True)
        return strict.post("/accounts/profile/", form, HTTP_COOKIE=raw).status_code

    assert post(f"\u2000{session}", csrf) == 302
    assert post(session, f"\u2000{csrf}") == 403
    assert User.objects.get().name == "Ada"
    assert post(session, csrf) == 302
    assert User.objects.get().name == "Countess"
