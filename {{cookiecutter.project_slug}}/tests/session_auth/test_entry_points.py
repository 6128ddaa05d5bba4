"""Sessions that start or end outside of our pages, or while their cache is unreachable."""

from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as project_settings
from django.contrib.auth import SESSION_KEY, alogin, login
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone
from pytest_django import Settings

from accounts.models import SignIn, User
from accounts.services import sign_ins
from accounts.services.sign_ins import SignInRefusedError
from config import urls
from session_auth import sessions
from session_auth.cache import OptionalRedisCache
from tests.conftest import PASSWORD
from tests.session_auth.conftest import COOKIE, LOGIN, is_signed_in, log_in

# Nothing listens there, so connections are refused immediately.
UNREACHABLE = "redis://127.0.0.1:1/0"
Way = Callable[[Client, User], object]


def by_page(browser: Client, user: User) -> None:
    log_in(user, browser=browser)


def by_own_view(browser: Client, user: User, log_in: Callable[..., object] = login) -> None:
    """Sign in as a team's view, or a package for impersonation, does."""
    request = request_of(browser)
    log_in(request, user)
    request.session.save()
    browser.cookies[COOKIE] = str(request.session.session_key)


def by_async_view(browser: Client, user: User) -> None:
    by_own_view(browser, user, async_to_sync(alogin))


def by_force(browser: Client, user: User) -> None:
    browser.force_login(user)


def request_of(browser: Client) -> HttpRequest:
    request = HttpRequest()
    request.COOKIES = {name: morsel.value for name, morsel in browser.cookies.items()}
    store = import_module(project_settings.SESSION_ENGINE).SessionStore
    request.session = store(request.COOKIES.get(COOKIE))
    return request


@pytest.mark.parametrize("order", ["ab", "aa"])
@pytest.mark.parametrize(
    ("way", "engine"),
    [
        *((way, "cache") for way in (by_page, by_own_view, by_async_view)),
        # No request comes with `force_login`, so only a deleted row reveals the former sign-in.
        *((way, "db") for way in (by_page, by_force)),
    ],
)
def test_last_user_who_signs_in_with_a_browser_is_signed_in(
    user: User, other: User, settings: Settings, way: Way, order: str, engine: str
) -> None:
    """A01: the earlier sign-in, of the same or of another user, has ended."""
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    browser, elsewhere = Client(), Client()
    way(elsewhere, user)
    first, last = ({"a": user, "b": other}[name] for name in order)
    way(browser, first)
    key = browser.cookies[COOKIE].value

    way(browser, last)

    assert is_signed_in(browser)
    assert browser.session[SESSION_KEY] == str(last.pk)
    assert async_to_sync(browser.get("/").wsgi_request.auser)() == last
    assert is_signed_in(elsewhere)
    assert sign_ins.live(user).count() == (2 if last == user else 1)
    browser.cookies[COOKIE] = key
    assert not is_signed_in(browser)


@pytest.mark.parametrize("change", [{"is_active": False}, {"email_verified_at": None}])
def test_user_who_may_not_sign_in_is_refused_at_every_entry_point(
    user: User, change: dict[str, Any]
) -> None:
    """A05: the entry point of another package, and that of a team's tests."""
    User.objects.update(**change)
    user.refresh_from_db()
    browser = Client()
    request = request_of(browser)

    with pytest.raises(PermissionDenied):
        login(request, user)
    with pytest.raises(SignInRefusedError):
        browser.force_login(user)

    assert request.user == AnonymousUser()
    assert SESSION_KEY not in request.session
    assert not is_signed_in(browser)
    assert not SignIn.objects.exists()


def test_page_shows_the_form_when_the_account_changes_after_the_check(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "start_sign_in", Mock(side_effect=SignInRefusedError))
    browser = Client()

    response = browser.post(LOGIN, {"username": user.email, "password": PASSWORD})

    assert response.status_code == 200
    assert response.context["form"].non_field_errors()
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    "delete",
    [
        lambda session: session.flush(),
        lambda session: Session.objects.get(pk=session.session_key).delete(),
        lambda session: Session.objects.filter(pk=session.session_key).delete(),
    ],
    ids=["flush", "row", "rows"],
)
def test_session_that_code_deletes_ends_its_sign_in(
    user: User, browser: Client, delete: Callable[[SessionBase], object]
) -> None:
    """A04: deleting a session ends what belongs to it."""
    elsewhere, _ = log_in(user), log_in(user)

    delete(browser.session)

    assert sign_ins.live(user).count() == 2
    assert (is_signed_in(elsewhere), is_signed_in(browser)) == (True, False)
    Session.objects.all().delete()
    assert not sign_ins.live(user).exists()


def test_expired_sign_in_is_not_revoked_with_its_session(browser: Client) -> None:
    SignIn.objects.update(idle_ends_at=timezone.now())

    assert not is_signed_in(browser)

    assert SignIn.objects.get().revoked_at is None


def test_cache_is_used_where_it_is_reachable_and_empty_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cache = OptionalRedisCache(UNREACHABLE, {"KEY_PREFIX": "tests"})
    cache.set("key", "value")
    assert cache.get("key", "default") == "default"
    assert (cache.delete("key"), "key" in cache) == (False, False)

    stored = {"tests:1:key": "value"}
    server = SimpleNamespace(
        get=stored.get, delete=stored.__delitem__, has_key=stored.__contains__
    )
    monkeypatch.setattr(cache, "_cache", server)
    assert (cache.get("key", "default"), "key" in cache) == ("value", True)
    cache.delete("key")
    assert "key" not in cache


def test_sign_in_revoked_while_the_cache_is_unreachable_stays_revoked(
    settings: Settings, user: User
) -> None:
    """Also when the cache returns with the sessions that it held before."""
    backend, reachable = "session_auth.cache.OptionalRedisCache", settings.SESSION_CACHE_ALIAS
    options = {"BACKEND": backend, "LOCATION": UNREACHABLE, "KEY_PREFIX": "tests"}
    settings.CACHES = settings.CACHES | {"unreachable": options}
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
    browser = log_in(user)
    settings.SESSION_CACHE_ALIAS = "unreachable"
    assert is_signed_in(browser)
    assert is_signed_in(log_in(user))
    assert browser.post("/accounts/profile/", {"name": "Countess"}).status_code == 302

    sign_ins.revoke(SignIn.objects.all())
    assert not is_signed_in(browser)

    settings.SESSION_CACHE_ALIAS = reachable
    assert not is_signed_in(browser)


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"user {request.user}")


# Views such as a team writes, or another framework makes.
urlpatterns = [
    path("api/v2/things/", plain),
    path("things/", plain),
    *urls.urlpatterns,
]


@pytest.mark.urls(__name__)
def test_api_path_is_not_redirected_to_the_login_page(browser: Client) -> None:
    """F06: a program gets 401 and JSON, a page the login page."""
    anonymous = Client()

    response = anonymous.get("/api/v2/things/")

    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
    assert response["WWW-Authenticate"]
    assert anonymous.get("/things/")["Location"].startswith(LOGIN)
    assert browser.get("/api/v2/things/").content == b"user ada@example.com"
