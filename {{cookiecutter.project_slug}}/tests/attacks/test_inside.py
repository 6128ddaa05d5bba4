"""P: properties that are not visible over HTTP: hash runs, stored hashes, existing accounts."""

import re
from collections.abc import Callable
from unittest.mock import Mock

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from time_machine import TimeMachineFixture

from accounts import email_links
from accounts.models import User
from accounts.services import authentication, passwords, verification
from tests.conftest import HERE, PASSWORD

START = 1_800_000_000
ARGON2 = "accounts.hashers.Argon2idPasswordHasher"


@pytest.fixture
def accounts(db: None) -> list[str]:
    """An email address of each kind, and an unknown one."""
    create, now = User.objects.create_user, timezone.now()
    create("known@example.com", PASSWORD, email_verified_at=now)
    create("inactive@example.com", PASSWORD, email_verified_at=now, is_active=False)
    create("unverified@example.com", PASSWORD)
    create("passwordless@example.com", email_verified_at=now)
    return [*User.objects.values_list("email", flat=True), "unknown@example.com"]


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """Counts how often a password is hashed."""
    encode = Mock(return_value="md5$x$x")
    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", encode)
    return encode


def test_p01_p02_every_rejection_does_the_same_work(accounts: list[str], hashed: Mock) -> None:
    """P01, P02, P30, ASVS 6.3.8, 11.2.4: the same numbers of hashes and queries."""
    work = set()
    for email in accounts:
        hashed.reset_mock()
        with CaptureQueriesContext(connection) as queries:
            assert authentication.authenticate(email, "wrong", client=HERE) is None
        work.add((hashed.call_count, len(queries)))

    assert work == {(1, 2)}


@pytest.mark.parametrize(
    "ask", [passwords.request_reset, verification.resend], ids=["reset", "resend"]
)
def test_p04_p05_requesting_an_email_computes_no_hash(
    accounts: list[str], hashed: Mock, ask: Callable[..., None]
) -> None:
    """P04, P05, P06, ASVS 6.3.8."""
    for email in accounts:
        ask(email, client=HERE)

    hashed.assert_not_called()


def user_of(link: str) -> User:
    """Return the user whose password a link may reset, however its two parts are written."""
    found = re.search(r"([\w-]+)(?:/|&token=)([\w-]+)/?$", link)
    assert found, link
    return email_links.user_of_password_reset(found[1], found[2])


@pytest.mark.parametrize("end", ["an hour", "deactivated", "deleted"])
def test_p19_p26_reset_link_ends_after_an_hour_or_with_its_account(
    user: User, settings: Settings, time_machine: TimeMachineFixture, end: str
) -> None:
    """P19, P26, ASVS 6.4.1, 7.4.2."""
    time_machine.move_to(START, tick=False)
    link = email_links.password_reset_link(user)
    time_machine.move_to(START + settings.PASSWORD_RESET_TIMEOUT, tick=False)
    assert user_of(link) == user
    if end == "an hour":
        time_machine.shift(1)
    elif end == "deleted":
        user.delete()
    else:
        User.objects.update(is_active=False)

    with pytest.raises(email_links.InvalidLinkError):
        user_of(link)


def test_p28_new_database_has_no_account(db: None) -> None:
    """P28, ASVS 6.3.2: migrations create none."""
    assert not User.objects.exists()


@pytest.mark.parametrize("algorithm", ["pbkdf2_sha256", "argon2"])
def test_p29_sign_in_upgrades_hashes_to_argon2id(
    db: None, settings: Settings, algorithm: str
) -> None:
    """P29, ASVS 11.4.2: 19 MiB and two passes; older hashes are replaced."""
    settings.PASSWORD_HASHERS = [ARGON2, "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    stored = hashers.make_password(PASSWORD, hasher=algorithm)
    User.objects.create(email="ada@example.com", password=stored, email_verified_at=timezone.now())

    assert authentication.authenticate("ada@example.com", PASSWORD, client=HERE) is not None

    found = User.objects.get().password
    assert re.match(r"argon2\$argon2id\$v=19\$m=19456,t=2,p=1\$", found)
