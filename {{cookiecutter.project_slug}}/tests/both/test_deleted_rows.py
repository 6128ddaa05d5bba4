"""Sessions and tokens end together when rows are deleted."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import SignIn, User
from session_auth.models import BrowserSession
from tests.both.conftest import exchange, shows_home, signed_in_browser
from tests.token_auth.api import accepts_access, is_dead, sign_in
from token_auth.with_sessions.models import Exchange

LIST = f"/{settings.ADMIN_URL}accounts/signin/"
Delete = Callable[[Client, str], Any]


@pytest.mark.parametrize(
    "delete",
    [
        lambda admin, pk: admin.post(f"{LIST}{pk}/delete/", {"post": "yes"}),
        lambda admin, pk: admin.post(
            LIST, {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
        ),
    ],
    ids=["one", "selected"],
)
@pytest.mark.parametrize("kind", ["session", "token"])
def test_sign_in_deleted_in_the_admin_ends_its_session_and_tokens(
    user: User, delete: Delete, kind: str
) -> None:
    """A04: the tokens that the session was exchanged for."""
    admin = Client()
    admin.force_login(User.objects.create_superuser("root@example.com"))
    browser, other = signed_in_browser(user), signed_in_browser(user)
    pair, kept = exchange(browser), exchange(other)
    deleted = SignIn.objects.filter(user=user, kind=kind).earliest("created_at")

    assert delete(admin, str(deleted.pk)).status_code == 302

    assert not SignIn.objects.filter(pk=deleted.pk).exists()
    assert not shows_home(browser)
    assert is_dead(pair)
    assert shows_home(other)
    assert accepts_access(kept)


@pytest.mark.parametrize("model", [Exchange, BrowserSession])
@pytest.mark.parametrize("by_row", [False, True])
def test_deleted_link_ends_its_session_and_tokens(user: User, model: Any, by_row: bool) -> None:
    """A04: tokens whose exchange was deleted outlived their session."""
    browser, other = signed_in_browser(user), sign_in(user)
    pair = exchange(browser)

    (model.objects.get() if by_row else model.objects.all()).delete()

    assert is_dead(pair)
    assert not shows_home(browser)
    assert accepts_access(other)
