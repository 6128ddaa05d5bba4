"""Users who are deleted while a request of theirs to a page is handled."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts import email_links
from accounts.models import User
from tests.accounts.deletion import Send, each_transaction_mode, statuses
from tests.conftest import PASSWORD
from tests.session_auth.conftest import NEW, USERS, confirmed

NEW_TWICE = {"new_password1": NEW, "new_password2": NEW}
FORMS: dict[str, dict[str, str] | None] = {
    "/accounts/profile/": {"name": "Ada"},
    "/accounts/password_change/": {"old_password": PASSWORD, **NEW_TWICE},
    "/accounts/email_change/": {"email": "new@example.org", "password": PASSWORD},
    "/accounts/reauthenticate/": {"password": PASSWORD},
    "/accounts/export/": None,
    "/accounts/delete/": {},
    "/accounts/sign-ins/": None,
    "/accounts/sign-ins/revoke-all/": {"others": "yes"},
}
ADMIN: dict[str, Any] = {
    "change": ("{id}/change/", {"email": "ada@example.org", "name": "Ada", "is_active": "on"}),
    "delete": ("{id}/delete/", {"post": "yes"}),
    "deactivate": ("", {"action": "deactivate", "_selected_action": "{id}"}),
}

__all__ = ["each_transaction_mode"]

pytestmark = pytest.mark.usefixtures("without_rate_limits")


def created() -> User:
    return confirmed(f"{uuid4()}@example.com")


def signed_in(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def sends(path: str, form: dict[str, str] | None) -> Callable[[User], Send]:
    """Return a function that prepares the request of a signed-in user."""

    def prepare(user: User) -> Send:
        browser = signed_in(user)
        return lambda: browser.get(path) if form is None else browser.post(path, form)

    return prepare


@pytest.mark.usefixtures("transactional_db", "each_transaction_mode")
@pytest.mark.parametrize("path", FORMS)
def test_user_deleted_during_a_request_is_sent_to_sign_in(path: str) -> None:
    """The profile, the password and the email address failed with a server error."""
    assert statuses(sends(path, FORMS[path]), created) <= {200, 302}


@pytest.mark.usefixtures("transactional_db", "each_transaction_mode")
def test_user_deleted_while_signing_in_is_refused() -> None:
    def prepare(user: User) -> Send:
        form = {"username": user.email, "password": PASSWORD}
        return lambda: Client().post("/accounts/login/", form)

    assert statuses(prepare, created) == {200, 302}


@pytest.mark.usefixtures("transactional_db", "each_transaction_mode")
def test_user_deleted_while_following_a_link_is_refused() -> None:
    def verify(user: User) -> Send:
        link = email_links.verification_link(user, f"{uuid4()}@example.org")
        browser = signed_in(user)
        return lambda: browser.post(link.removeprefix("https://testserver"))

    def reset(user: User) -> Send:
        user.reset_requested_at = timezone.now()
        user.save()
        browser = Client()
        link = email_links.password_reset_link(user).removeprefix("https://testserver")
        form = browser.get(link)["Location"]
        return lambda: browser.post(form, NEW_TWICE)

    assert statuses(verify, created) <= {302, 400}
    assert statuses(reset, created) <= {200, 302}


@pytest.mark.usefixtures("transactional_db")
@pytest.mark.parametrize(
    ("deleted", "action"),
    [("staff", "deactivate"), ("staff", "change"), ("user", "change"), ("user", "delete")],
)
def test_admin_action_on_or_by_a_deleted_user_is_not_a_server_error(
    deleted: str, action: str
) -> None:
    users: dict[str, User] = {}

    def create() -> User:
        users["user"] = created()
        users["staff"] = User.objects.create_superuser(f"{uuid4()}@example.com")
        return users[deleted]

    def prepare(_: User) -> Send:
        browser, user = signed_in(users["staff"]), users["user"]
        path, form = ADMIN[action]
        named = {"id": str(user.pk), "email": user.email}
        form = {name: value.format(**named) for name, value in form.items()}
        form["email"] = form.get("email", "").replace("@example.org", f"-{uuid4()}@example.org")
        path = USERS + path.format(**named)
        return lambda: browser.post(path, form)

    assert statuses(prepare, create) <= {200, 302, 403, 404}
