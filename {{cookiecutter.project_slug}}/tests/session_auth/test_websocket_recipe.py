"""The recipe for websockets in docs/sessions.md."""

from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from accounts.models import SignIn, User
from accounts.services import sign_ins
from session_auth import sessions


class SignInScope:
    """The class of `docs/sessions.md`, in place of that of Channels."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: object, send: object) -> Any:
        scope = {**scope, "user": await sync_to_async(sessions.user_of)(scope["session"])}
        return await self.app(scope, receive, send)


def handshake(browser: Client) -> Any:
    """Return whom an application finds that a websocket of this browser is connected to."""

    async def app(scope: dict[str, Any], *_: object) -> Any:
        return scope["user"]

    scope = {"type": "websocket", "session": browser.session}
    return async_to_sync(SignInScope(app))(scope, None, None)


def expired(_: User) -> None:
    SignIn.objects.update(idle_ends_at=timezone.now(), ends_at=timezone.now())


def deactivated(user: User) -> None:
    user.is_active = False
    user.save()


@pytest.mark.parametrize("end", [expired, sign_ins.revoke_all, deactivated])
def test_a_handshake_asks_the_sign_in(
    user: User, browser: Client, end: Callable[[User], Any]
) -> None:
    """A10: a websocket is open to a user whose sign-in is live, and to no other."""
    found = handshake(browser)
    assert found == user
    assert found.current_sign_in_id == SignIn.objects.get().pk

    end(user)
    user.save()

    assert handshake(browser) == AnonymousUser()


def test_an_open_socket_asks_whether_its_sign_in_is_live(user: User, browser: Client) -> None:
    """A10: the recipe asks again while the connection is open."""
    found = sessions.user_of(browser.session)
    assert isinstance(found, User)
    assert found.current_sign_in_id is not None
    assert sign_ins.find_live(found.current_sign_in_id)

    sign_ins.revoke_all(user)

    assert sign_ins.find_live(found.current_sign_in_id) is None
