"""The user of a request, as synchronous and asynchronous code finds it."""

from asgiref.sync import async_to_sync
from django.contrib.auth import login, logout
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory

from accounts.models import User
from session_auth.middleware import SignInMiddleware


def test_asynchronous_code_finds_the_user_that_was_set_last(
    user: User, other: User, browser: Client, rf: RequestFactory
) -> None:
    """A09: `request.user` and `await request.auser()` agree, also if the former was set."""
    request = rf.get("/")
    request.session = browser.session
    SignInMiddleware(lambda _: None).process_request(request)  # type: ignore[arg-type]
    ask = async_to_sync(request.auser)
    assert ask() == user

    request.user = AnonymousUser()
    assert ask() == AnonymousUser()

    login(request, other)
    assert ask() == other

    logout(request)
    assert ask() == AnonymousUser()
