import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts import email_links
from accounts.models import User
from tests.conftest import PASSWORD
from tests.session_auth.conftest import SignIn, confirmed, is_signed_in

NEW = "a train to the mountains"
PUBLIC = {
    "/accounts/login/",
    "/accounts/verify-email/x/",
    "/accounts/password_reset/",
    "/accounts/password_reset/done/",
    "/accounts/reset/x/x/",
    "/accounts/reset/done/",
    "/health/live/",
    "/health/ready/",
}


def link_in_mail() -> str:
    found = re.search(r"https://testserver(/\S+)", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[1]


def is_tested_here(path: str, pattern: URLPattern) -> bool:
    """Return whether this is a page of the template or of the admin.

    The routes of your own apps are in tests/attacks/routes.txt.
    """
    module = pattern.callback.__module__
    # Packages within session_auth have tests of their own, which say what they open.
    own = module.startswith("session_auth.") and module.count(".") == 1
    return own or module.startswith("monitoring.") or path.startswith(f"/{settings.ADMIN_URL}")


def every_page(resolver: URLResolver, prefix: str = "/") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        path = prefix + re.sub(r"<uuid:\w+>", str(UUID(int=0)), str(pattern.pattern))
        path = re.sub(r"<[^>]+>", "x", path)
        if isinstance(pattern, URLResolver):
            yield from every_page(pattern, path)
        elif is_tested_here(path, pattern):
            yield path


def pages() -> list[str]:
    return sorted(path for path in every_page(get_resolver()) if not re.search(r"[\^$(]", path))


@pytest.mark.parametrize("path", pages())
def test_every_page_requires_a_sign_in_unless_it_is_listed(path: str, db: None) -> None:
    response = Client().get(path)
    if path in PUBLIC:
        assert response.status_code in {200, 400}
    elif path == f"/{settings.ADMIN_URL}login/":
        assert response["Location"].startswith("/accounts/login/")
    else:
        assert response.status_code in {302, 405}
        login = ("/accounts/login/", f"/{settings.ADMIN_URL}login/")
        assert response.get("Location", "/accounts/login/").startswith(login)


@pytest.mark.parametrize(
    "path",
    [
        *("/accounts/login/", "/accounts/password_reset/", "/accounts/logout/"),
        *("/accounts/password_change/", "/accounts/email_change/", "/accounts/profile/"),
        "/accounts/verify-email/x/",
    ],
)
def test_every_form_wants_a_csrf_token(path: str, user: User, sign_in: SignIn) -> None:
    browser = sign_in(user)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = browser.cookies
    refused = strict.post(path)
    assert refused.status_code == 403
    assert is_signed_in(browser)
    page = strict.get("/accounts/profile/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    assert strict.post(path, {"csrfmiddlewaretoken": token[1]}).status_code != 403


def test_the_home_page_greets_its_user(browser: Client) -> None:
    page = browser.get("/").content.decode()
    assert "Ada" in page
    assert "Administration" not in page


def test_a_page_that_is_not_there(browser: Client) -> None:
    response = browser.get("/<script>alert(1)</script>/")
    assert response.status_code == 404
    assert b"<script>" not in response.content


def test_a_changed_password_keeps_this_browser_and_ends_the_others(
    user: User, sign_in: SignIn
) -> None:
    here, there = sign_in(user), sign_in(user)
    key = here.cookies[settings.SESSION_COOKIE_NAME].value
    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert here.post("/accounts/password_change/", form)["Location"] == reverse(
        "password_change_done"
    )
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert here.cookies[settings.SESSION_COOKIE_NAME].value != key
    assert here.get(reverse("password_change_done")).status_code == 200
    assert is_signed_in(sign_in(user, NEW))


@pytest.mark.parametrize(
    "change", [{"old_password": "wrong"}, {"new_password2": "other"}, {"new_password1": "short"}]
)
def test_a_password_is_not_changed_by_mistake(browser: Client, change: dict[str, str]) -> None:
    form = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW} | change
    assert browser.post("/accounts/password_change/", form).status_code == 200
    assert User.objects.get().check_password(PASSWORD)


def test_a_forgotten_password_is_reset_by_mail(user: User, sign_in: SignIn) -> None:
    signed_in, forgetful = sign_in(user), Client()
    asked = forgetful.post("/accounts/password_reset/", {"email": "ADA@example.com"})
    assert asked["Location"] == reverse("password_reset_done")
    assert forgetful.get(reverse("password_reset_done")).status_code == 200
    hop = forgetful.get(link_in_mail())
    assert "set-password" in hop["Location"]
    form = {"new_password1": NEW, "new_password2": NEW}
    done = forgetful.post(hop["Location"], form)
    assert done["Location"] == reverse("password_reset_complete")
    assert forgetful.get(reverse("password_reset_complete")).status_code == 200
    assert not is_signed_in(forgetful)
    assert not is_signed_in(signed_in)
    assert is_signed_in(sign_in(user, NEW))


def test_a_reset_form_that_comes_too_late_says_so(user: User) -> None:
    Client().post("/accounts/password_reset/", {"email": user.email})
    late, new = Client(), {"new_password1": NEW, "new_password2": NEW}
    page = late.get(link_in_mail())["Location"]
    use_up = email_links.use_up

    def after_another(*arguments: Any, **marks: Any) -> None:
        User.objects.update(reset_requested_at=None)
        use_up(*arguments, **marks)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(email_links, "use_up", after_another)
        response = late.post(page, new)

    assert b"no longer valid" in response.content
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_reset_link_opens_once(user: User) -> None:
    Client().post("/accounts/password_reset/", {"email": user.email})
    link = link_in_mail()
    browser = Client()
    form = {"new_password1": NEW, "new_password2": NEW}
    browser.post(browser.get(link)["Location"], form)
    used = Client().get(link)
    assert used.status_code == 200
    assert b"no longer valid" in used.content


@pytest.mark.parametrize("email", ["nobody@example.com", "ada@example.com"])
def test_asking_for_a_reset_tells_nothing(user: User, email: str) -> None:
    response = Client().post("/accounts/password_reset/", {"email": email})
    assert (response.status_code, response["Location"]) == (302, reverse("password_reset_done"))


def test_a_reset_link_leads_to_the_configured_host(user: User, settings: object) -> None:
    headers = {"x-forwarded-host": "evil.test", "forwarded": "host=evil.test"}
    Client().post("/accounts/password_reset/", {"email": user.email}, headers=headers)
    assert "evil" not in str(mail.outbox[-1].body)
    assert link_in_mail()


def test_a_form_that_is_no_address(db: None) -> None:
    assert Client().post("/accounts/password_reset/", {"email": "x"}).status_code == 200
    assert mail.outbox == []


def test_following_a_link_only_asks_and_the_button_confirms(sign_in: SignIn) -> None:
    from accounts.services import verification  # noqa: PLC0415 - needs settings

    grace = User.objects.create_user("grace@example.com", PASSWORD)
    verification.send_link(grace)
    link = link_in_mail()
    assert Client().get(link).status_code == 200
    assert not is_signed_in(sign_in(grace))
    assert Client().post(link)["Location"] == "/accounts/login/"
    assert is_signed_in(sign_in(grace))
    for used in (Client().get(link), Client().post(link)):
        assert used.status_code == 400
        assert b"no longer valid" in used.content


def test_an_account_moves_to_an_address_that_was_confirmed(user: User, sign_in: SignIn) -> None:
    here, there = sign_in(user), sign_in(user)
    asked = here.post(
        "/accounts/email_change/", {"email": "New@example.com", "password": PASSWORD}
    )
    assert asked["Location"] == "/accounts/profile/"
    link = link_in_mail()
    assert User.objects.get().email == "ada@example.com"
    assert here.post(link)["Location"] == "/"
    assert User.objects.get().email == "new@example.com"
    assert is_signed_in(here)
    assert not is_signed_in(there)


@pytest.mark.parametrize(
    "change", [{"password": "wrong"}, {"password": ""}, {"email": "nonsense"}, {"email": ""}]
)
def test_an_account_does_not_move_without_password_and_address(
    browser: Client, change: dict[str, str]
) -> None:
    form = {"email": "new@example.com", "password": PASSWORD} | change
    assert browser.post("/accounts/email_change/", form).status_code == 200
    assert mail.outbox == []


def test_a_taken_address_gets_the_same_answer(browser: Client) -> None:
    confirmed("grace@example.com")
    answers = [
        browser.post("/accounts/email_change/", {"email": email, "password": PASSWORD})["Location"]
        for email in ("grace@example.com", "new@example.com")
    ]
    assert answers == ["/accounts/profile/"] * 2


def test_a_profile_changes_nothing_but_the_name(browser: Client, user: User) -> None:
    form = {
        "name": "<b>Augusta</b>",
        "email": "evil@example.com",
        "is_staff": "on",
        "is_superuser": "on",
        "password": "x",
    }
    assert browser.post("/accounts/profile/", form).status_code == 302
    changed = User.objects.get()
    assert (changed.name, changed.email) == ("<b>Augusta</b>", user.email)
    assert (changed.is_staff, changed.is_superuser) == (False, False)
    assert changed.check_password(PASSWORD)
    page = browser.get("/accounts/profile/").content.decode()
    assert "&lt;b&gt;Augusta&lt;/b&gt;" in page
    assert "<b>Augusta</b>" not in page


def test_signed_in_pages_are_not_cached(browser: Client) -> None:
    assert browser.get("/accounts/profile/")["Cache-Control"] == "no-store"


def test_the_production_cookies_are_bound_to_the_host() -> None:
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_HTTPONLY
    assert (settings.SESSION_COOKIE_SAMESITE, settings.CSRF_COOKIE_SAMESITE) == ("Lax", "Lax")


@pytest.mark.parametrize("method", ["TRACE", "FOO"])
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/accounts/logout/"])
def test_methods_that_no_page_has_are_refused(client: Client, path: str, method: str) -> None:
    response = client.generic(method, path)

    assert response.status_code == 405
    assert "GET" in response["Allow"]
