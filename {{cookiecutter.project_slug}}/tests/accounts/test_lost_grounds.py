"""What a sign-in was granted on changes, wherever in the code that is: it ends."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.services import authentication, sign_ins
from tests.conftest import PASSWORD
from web.client_info import ClientInfo

HERE = ClientInfo("192.0.2.1", "a browser")
CHANGES = {
    "email": "ada@example.org",
    "is_active": False,
    "is_staff": True,
    "is_superuser": True,
}


@pytest.fixture
def other(db: None) -> User:
    return User.objects.create_user("grace@example.com", email_verified_at=timezone.now())


def save_all(user: User, **values: Any) -> None:
    for name, value in values.items():
        setattr(user, name, value)
    user.save()


def save_some(user: User, **values: Any) -> None:
    for name, value in values.items():
        setattr(user, name, value)
    user.save(update_fields=list(values))


def signed_in(user: User) -> int:
    return sign_ins.live(user).count()


@pytest.mark.parametrize("save", [save_all, save_some])
@pytest.mark.parametrize(("name", "value"), CHANGES.items())
def test_a_change_ends_the_sign_ins_of_that_user(
    user: User, other: User, kind: str, save: Callable[..., None], name: str, value: object
) -> None:
    for whose, credential in ((user, "a"), (user, "b"), (other, "c")):
        sign_ins.start(whose, kind, credential, client=HERE)

    save(user, **{name: value})

    assert (signed_in(user), signed_in(other)) == (0, 1)


@pytest.mark.parametrize("name", ["is_staff", "is_superuser"])
def test_a_role_that_is_taken_ends_them_too(user: User, kind: str, name: str) -> None:
    save_all(user, is_staff=True, is_superuser=True)
    sign_ins.start(user, kind, "a", client=HERE)

    save_all(user, **{name: False})

    assert signed_in(user) == 0


@pytest.mark.parametrize("save", [save_all, save_some])
@pytest.mark.parametrize(
    ("name", "value"), [("name", "Countess"), ("email", "ADA@Example.com"), ("is_staff", False)]
)
def test_what_changes_nothing_of_it_ends_nothing(
    user: User, kind: str, save: Callable[..., None], name: str, value: object
) -> None:
    sign_ins.start(user, kind, "a", client=HERE)

    save(user, **{name: value})

    assert signed_in(user) == 1


def test_saving_a_stale_user_keeps_a_change_made_elsewhere(user: User, kind: str) -> None:
    stale = User.objects.get()
    save_all(user, is_staff=True)
    sign_ins.start(user, kind, "a", client=HERE)

    save_all(stale, name="Countess")

    user.refresh_from_db()
    assert (user.name, user.is_staff) == ("Countess", True)
    assert signed_in(user) == 1


def test_another_password_ends_them(user: User, kind: str) -> None:
    sign_ins.start(user, kind, "a", client=HERE)

    user.set_password("the tide comes in at six")
    user.save()

    assert signed_in(user) == 0


def test_a_new_hash_of_the_same_password_ends_nothing(
    user: User, kind: str, settings: Settings
) -> None:
    old = "django.contrib.auth.hashers.PBKDF2PasswordHasher"
    settings.PASSWORD_HASHERS = [*settings.PASSWORD_HASHERS, old]
    User.objects.update(password=make_password(PASSWORD, hasher="pbkdf2_sha256"))
    user.refresh_from_db()
    sign_ins.start(user, kind, "a", client=HERE)

    found = authentication.authenticate(user.email, PASSWORD, client=HERE)

    assert found == user
    assert not User.objects.get().password.startswith("pbkdf2_sha256")
    assert signed_in(user) == 1


def test_the_one_that_makes_the_change_goes_on(user: User, kind: str) -> None:
    this = sign_ins.start(user, kind, "a", client=HERE)
    sign_ins.start(user, kind, "b", client=HERE)
    user.current_sign_in_id = this.pk

    save_all(user, email="ada@example.org")

    assert list(sign_ins.live(user)) == [this]


def test_a_new_user_has_nothing_to_end(db: None) -> None:
    user = User(email="new@example.com")
    user.set_password(PASSWORD)
    user.save()

    assert signed_in(user) == 0
