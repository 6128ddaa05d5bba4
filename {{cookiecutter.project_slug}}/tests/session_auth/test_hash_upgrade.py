"""Sessions survive a new hash of the same password."""

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import QuerySet
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from session_auth import sessions
from tests.conftest import PASSWORD
from tests.session_auth.conftest import SignIn as SignInBrowser
from tests.session_auth.conftest import is_signed_in

BACKENDS = ["db", "cached_db", "cache"]


def deploy_new_hasher(settings: Settings) -> None:
    new = "tests.accounts.test_password_hash.NewHasher"
    settings.PASSWORD_HASHERS = [new, *settings.PASSWORD_HASHERS]


def change_password_behind_every_signal() -> None:
    """Change it as SQL would: `User.objects.update()` revokes the sign-ins."""
    rows: QuerySet[User] = QuerySet(User)
    rows.update(password=make_password("the tide comes in at six"))


@pytest.mark.parametrize("backend", BACKENDS)
def test_signing_in_elsewhere_after_a_deployment_signs_nobody_out(
    user: User, sign_in: SignInBrowser, settings: Settings, backend: str
) -> None:
    """A08: the first sign-in after the deployment upgrades the hash."""
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{backend}"
    here, before = sign_in(user), User.objects.get().password
    deploy_new_hasher(settings)

    there = sign_in(user)

    assert User.objects.get().password != before
    assert is_signed_in(here)
    assert is_signed_in(there)


def test_reauthentication_that_upgrades_the_hash_signs_nobody_out(
    user: User, sign_in: SignInBrowser, settings: Settings
) -> None:
    """A08: the page's copy of the user still has the hash before."""
    here, elsewhere = sign_in(user), sign_in(user)
    deploy_new_hasher(settings)
    form = {"email": "ada@example.org", "password": PASSWORD}

    assert here.post("/accounts/email_change/", form).status_code == 302

    assert is_signed_in(here)
    assert is_signed_in(elsewhere)


def test_a_password_changed_behind_every_signal_still_signs_out(
    user: User, browser: Client
) -> None:
    change_password_behind_every_signal()

    assert not is_signed_in(browser)


def test_a_session_of_another_password_is_not_signed_anew(user: User, browser: Client) -> None:
    change_password_behind_every_signal()
    changed = User.objects.get()

    sessions.keep_signed_in(changed, "the hash of another password")

    assert not is_signed_in(browser)


def test_a_session_that_is_deleted_meanwhile_stays_deleted(
    user: User, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deleted(*_: object, **__: object) -> None:
        raise UpdateError

    monkeypatch.setattr(SessionStore, "save", deleted)

    sessions.keep_signed_in(user, user.password)
