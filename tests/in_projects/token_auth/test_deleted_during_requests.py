"""Users who are deleted while a request of theirs to the API is handled."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts import email_links
from accounts.models import User
from tests.accounts.deletion import Send, each_transaction_mode, statuses
from tests.conftest import PASSWORD, parts_of_link
from tests.token_auth.api import ME, REFRESH, REVOKE, TOKEN, client, sign_in

NEW = "the tide comes in at six"
REQUESTS: dict[str, tuple[str, str, dict[str, str] | None]] = {
    "me": ("get", ME, None),
    "rename": ("patch", ME, {"name": "Ada"}),
    "password": (
        "post",
        "/api/auth/password/change/",
        {"current_password": PASSWORD, "new_password": NEW},
    ),
    "email": (
        "post",
        "/api/auth/email/change/",
        {"email": "new@example.org", "password": PASSWORD},
    ),
    "delete": ("delete", ME, None),
    "export": ("get", f"{ME}export/", None),
    "confirm": ("post", "/api/auth/confirm/", {"password": PASSWORD}),
    "revoke all": ("delete", "/api/auth/sign-ins/", None),
}

__all__ = ["each_transaction_mode"]

pytestmark = pytest.mark.usefixtures("without_rate_limits")


def created() -> User:
    return User.objects.create_user(
        f"{uuid4()}@example.com", PASSWORD, email_verified_at=timezone.now()
    )


@pytest.mark.usefixtures("transactional_db", "each_transaction_mode")
@pytest.mark.parametrize("name", REQUESTS)
def test_user_deleted_during_a_request_is_refused(name: str) -> None:
    """The profile and the password failed with a server error."""
    method, path, body = REQUESTS[name]

    def prepare(user: User) -> Send:
        caller = client(sign_in(user)["access"])
        return lambda: getattr(caller, method)(path, body)

    assert statuses(prepare, created) <= {200, 202, 204, 400, 401}


@pytest.mark.usefixtures("transactional_db", "each_transaction_mode")
@pytest.mark.parametrize("path", [REFRESH, REVOKE])
def test_refresh_token_of_a_user_deleted_during_the_request_is_refused(path: str) -> None:
    def prepare(user: User) -> Send:
        body = {"refresh": sign_in(user)["refresh"]}
        return lambda: client().post(path, body)

    assert statuses(prepare, created) <= {200, 204, 401}


@pytest.mark.usefixtures("transactional_db", "each_transaction_mode")
def test_user_deleted_while_signing_in_is_refused() -> None:
    def prepare(user: User) -> Send:
        body = {"email": user.email, "password": PASSWORD}
        return lambda: client().post(TOKEN, body)

    assert statuses(prepare, created) == {200, 401}


@pytest.mark.usefixtures("transactional_db", "each_transaction_mode")
def test_user_deleted_while_following_a_link_is_refused() -> None:
    def verify(user: User) -> Send:
        link = email_links.verification_link(user, f"{uuid4()}@example.org")
        body = parts_of_link("verify_email", link)
        return lambda: client().post("/api/auth/email/verify/", body)

    def reset(user: User) -> Send:
        body: dict[str, Any] = parts_of_link(
            "password_reset", email_links.password_reset_link(user)
        )
        body["new_password"] = NEW
        return lambda: client().post("/api/auth/password/reset/confirm/", body)

    assert statuses(verify, created) == {204, 400}
    assert statuses(reset, created) == {204, 400}
