"""Other ways into and out of a session than our pages."""

import asyncio
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as project_settings
from django.contrib.auth import SESSION_KEY, alogin, login, logout
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from accounts.models import SignIn, User
from accounts.services import passwords, sign_ins
from session_auth import sessions
from session_auth.middleware import SignInMiddleware
from session_auth.models import BrowserSession
from tests.conftest import PASSWORD
from tests.session_auth.conftest import SignIn as SignInBrowser
from tests.session_auth.conftest import confirmed, is_signed_in

COOKIE = project_settings.SESSION_COOKIE_NAME
ENGINES = ["db", "cached_db", "cache"]


@pytest.fixture
def other(db: None) -> User:
    return confirmed("grace@example.com")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, settings: Settings) -> str:
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{request.param}"
    return str(request.param)


def by_page(browser: Client, user: User) -> None:
    form = {"username": user.email, "password": PASSWORD}
    assert browser.post("/accounts/login/", form).status_code == 302


def by_own_view(browser: Client, user: User) -> None:
    """Sign in as a team's view, or a package for impersonation, does."""
    request = HttpRequest()
    request.COOKIES = {name: morsel.value for name, morsel in browser.cookies.items()}
    request.session = import_module(project_settings.SESSION_ENGINE).SessionStore(
        request.COOKIES.get(COOKIE)
    )
    login(request, user)
    request.session.save()
    browser.cookies[COOKIE] = str(request.session.session_key)


def by_force(browser: Client, user: User) -> None:
    browser.force_login(user)


WAYS = [by_page, by_own_view, by_force]


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("order", ["ab", "aba", "aa", "aab", "abba"])
@pytest.mark.parametrize("way", WAYS)
def test_the_last_user_who_signs_in_with_a_browser_is_signed_in(
    user: User, other: User, way: Callable[[Client, User], None], order: str
) -> None:
    """A01: a second user, or the same one again, in one browser; and in the next browser too."""
    for browser in (Client(), Client()):
        for name in order:
            way(browser, {"a": user, "b": other}[name])

        last = {"a": user, "b": other}[order[-1]]
        assert is_signed_in(browser)
        assert browser.session[SESSION_KEY] == str(last.pk)


@pytest.mark.parametrize("way", WAYS)
def test_the_former_sign_in_of_the_browser_ends(
    user: User, other: User, way: Callable[[Client, User], None]
) -> None:
    """A01: nothing is left of the user before."""
    browser, elsewhere = Client(), Client()
    way(elsewhere, user)
    way(browser, user)
    key = browser.cookies[COOKIE].value

    way(browser, other)

    assert sign_ins.live(user).count() == 1
    assert is_signed_in(elsewhere)
    browser.cookies[COOKIE] = key
    assert not is_signed_in(browser)


def test_signing_in_by_asynchronous_code_replaces_the_former(user: User, other: User) -> None:
    """A01: `alogin()` sends its signal to the same receiver."""
    # The database of the test is open in this thread alone, which the async code shares.
    request = HttpRequest()
    request.session = import_module(project_settings.SESSION_ENGINE).SessionStore()

    async def sign_in_twice() -> None:
        await alogin(request, user)
        await alogin(request, other)

    async_to_sync(sign_in_twice)()

    assert sign_ins.live(other).count() == 1
    assert not sign_ins.live(user).exists()


def deactivated(user: User) -> None:
    user.is_active = False


def unconfirmed(user: User) -> None:
    user.email_verified_at = None


@pytest.mark.parametrize("way", [by_own_view, by_force])
@pytest.mark.parametrize("change", [deactivated, unconfirmed])
def test_a_user_who_may_not_sign_in_is_refused_whoever_signs_them_in(
    user: User, way: Callable[[Client, User], None], change: Callable[[User], None]
) -> None:
    """A05: the door of another package."""
    change(user)
    user.save()
    browser = Client()

    with pytest.raises(PermissionDenied):
        way(browser, user)

    assert not SignIn.objects.exists()
    assert not is_signed_in(browser)


def test_a_refused_request_is_anonymous(user: User) -> None:
    user.is_active = False
    user.save()
    request = HttpRequest()
    request.session, request.user = Client().session, AnonymousUser()

    with pytest.raises(PermissionDenied):
        login(request, user)

    assert request.user == AnonymousUser()
    assert SESSION_KEY not in request.session


def test_the_page_shows_the_form_when_the_account_changes_after_the_check(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = sessions.start_sign_in

    def late(request: HttpRequest, user: User) -> None:
        User.objects.update(is_active=False)
        genuine(request, user)

    monkeypatch.setattr(sessions, "start_sign_in", late)
    browser = Client()

    response = browser.post("/accounts/login/", {"username": user.email, "password": PASSWORD})

    assert response.status_code == 200
    assert response.context["form"].non_field_errors()
    assert not is_signed_in(browser)


def by_flush(browser: Client) -> None:
    browser.session.flush()


def by_row(browser: Client) -> None:
    Session.objects.get(pk=browser.cookies[COOKIE].value).delete()


def by_rows(browser: Client) -> None:
    Session.objects.filter(pk=browser.cookies[COOKIE].value).delete()


@pytest.mark.parametrize("delete", [by_flush, by_row, by_rows])
def test_a_session_that_code_deletes_ends_its_sign_in(
    user: User, browser: Client, sign_in: SignInBrowser, delete: Callable[[Client], None]
) -> None:
    """A04: deleting a session ends what belongs to it."""
    elsewhere = sign_in(user)

    delete(browser)

    assert sign_ins.live(user).count() == 1
    assert is_signed_in(elsewhere)
    assert not is_signed_in(browser)


def test_deleting_all_sessions_ends_all_sign_ins_of_sessions(
    user: User, sign_in: SignInBrowser
) -> None:
    """A04: as staff do in a shell to sign everyone out."""
    browsers = [sign_in(user), sign_in(user), sign_in(user)]

    Session.objects.all().delete()

    assert not sign_ins.live(user).exists()
    assert not any(is_signed_in(browser) for browser in browsers)


def test_another_request_while_the_password_is_changed_ends_nothing(
    user: User, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A02: a second tab, between the new password and the new key of the session."""
    tab = Client()
    tab.cookies[COOKIE] = browser.cookies[COOKIE].value
    genuine = passwords.change

    def change(user: User, new_password: str, **options: Any) -> None:
        genuine(user, new_password, **options)
        tab.get("/")

    monkeypatch.setattr(passwords, "change", change)
    new = "the tide comes in at six"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}

    assert browser.post("/accounts/password_change/", form).status_code == 302

    assert is_signed_in(browser)
    assert sign_ins.live(user).count() == 1
    assert not is_signed_in(tab)


def test_an_expired_sign_in_is_not_revoked_with_its_session(user: User, browser: Client) -> None:
    SignIn.objects.update(idle_ends_at=timezone.now())

    assert not is_signed_in(browser)

    assert SignIn.objects.get().revoked_at is None


def test_any_session_backend_deletes_the_sessions_of_ended_sign_ins(
    user: User, settings: Settings, tmp_path: Any
) -> None:
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.file"
    settings.SESSION_FILE_PATH = str(tmp_path)
    browser = Client()
    by_page(browser, user)
    assert is_signed_in(browser)
    assert list(tmp_path.iterdir())

    sign_ins.revoke_all(user)

    assert not list(tmp_path.iterdir())


def asked(request: HttpRequest) -> object:
    """Return whom asynchronous code finds."""

    async def ask() -> object:
        return await request.auser()

    return asyncio.run(ask())


def test_asynchronous_code_finds_the_user_that_was_set_last(
    user: User, other: User, browser: Client
) -> None:
    """A09: `request.user` and `await request.auser()` agree, also if the former was set."""
    request = RequestFactory().get("/")
    request.session = browser.session
    SignInMiddleware(lambda _: None).process_request(request)  # type: ignore[arg-type]
    # The database of the test is open in this thread alone, so the user is looked up before.
    assert request.user == user
    assert asked(request) == user

    request.user = AnonymousUser()
    assert asked(request) == AnonymousUser()

    login(request, other)
    assert asked(request) == other

    logout(request)
    assert asked(request) == AnonymousUser()
    assert not BrowserSession.objects.exists() or not sign_ins.live(other).exists()


def test_a_request_without_cookies_can_end_nothing(user: User) -> None:
    request: Any = SimpleNamespace(session=Client().session)
    sessions.revoke_sign_in(request)
    assert not SignIn.objects.exists()
