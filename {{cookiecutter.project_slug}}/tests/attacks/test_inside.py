"""P: properties that are not visible over HTTP: hash runs, stored hashes, existing accounts."""

import getpass
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.services import authentication, passwords, verification
from tests.config.production import PRODUCTION_ENVIRONMENT
from tests.conftest import HERE, PASSWORD

ARGON2 = "accounts.hashers.Argon2idPasswordHasher"
ACCOUNTS: dict[str, dict[str, Any]] = {
    "known": {},
    "inactive": {"is_active": False},
    "unverified": {"email_verified_at": None},
    "without a password": {"password": "!"},
}


@pytest.fixture
def accounts(db: None) -> list[str]:
    """An email address of each kind, and an unknown one."""
    for kind, more in ACCOUNTS.items():
        user = User.objects.create_user(
            f"{kind.replace(' ', '-')}@example.com", PASSWORD, email_verified_at=timezone.now()
        )
        for name, value in more.items():
            setattr(user, name, value)
        User.objects.bulk_update([user], [*more] or ["name"])
    return [f"{kind.replace(' ', '-')}@example.com" for kind in (*ACCOUNTS, "unknown")]


@pytest.fixture
def hash_runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes that are computed, one entry for each."""
    runs: list[str] = []
    encode = hashers.MD5PasswordHasher.encode

    def counted(self: hashers.MD5PasswordHasher, password: str, salt: str) -> str:
        runs.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counted)
    return runs


def test_p01_p02_every_refusal_is_the_same_work(accounts: list[str], hash_runs: list[str]) -> None:
    """P01, P02, P30, ASVS 6.3.8, 11.2.4: one hash, and as many queries, for every account."""
    work = set()
    for email in accounts:
        hash_runs.clear()
        with CaptureQueriesContext(connection) as queries:
            assert authentication.authenticate(email, "wrong", client=HERE) is None
        work.add((len(hash_runs), len(queries)))

    assert work == {(1, 2)}


@pytest.mark.parametrize(
    "ask", [passwords.request_reset, verification.resend], ids=["reset", "resend"]
)
def test_p04_p05_asking_for_a_mail_hashes_nothing(
    accounts: list[str], hash_runs: list[str], ask: Callable[..., None]
) -> None:
    """P04, P05, P06, ASVS 6.3.8."""
    for email in accounts:
        ask(email, client=HERE)

    assert hash_runs == []


def test_p05_mails_leave_outside_the_request(load: Callable[..., Any]) -> None:
    """P05, ASVS 6.3.8: in production no request waits for the mail server."""
    production = load("production", dict(PRODUCTION_ENVIRONMENT))

    assert production.SEND_MAIL_IN_BACKGROUND is True


def test_p15_the_command_line_judges_passwords_too(
    db: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """P15, ASVS 6.2.4: an administrator's is no exception."""
    typed = iter(["password1234", "password1234", PASSWORD, PASSWORD])
    monkeypatch.setattr(getpass, "getpass", lambda *_: next(typed))
    monkeypatch.setattr("builtins.input", lambda *_: "n")
    stdin = SimpleNamespace(isatty=lambda: True)

    call_command("createsuperuser", email="root@example.com", stdin=stdin)

    assert "combination of common passwords" in capsys.readouterr().err
    assert User.objects.get().check_password(PASSWORD)


def test_p28_a_new_database_has_no_account(db: None) -> None:
    """P28, ASVS 6.3.2: migrations make none."""
    assert not User.objects.exists()


@pytest.mark.parametrize("algorithm", ["pbkdf2_sha256", "argon2"])
def test_p29_hashes_are_argon2id_after_the_next_sign_in(
    db: None, settings: Settings, algorithm: str
) -> None:
    """P29, ASVS 11.4.2: 19 MiB and two passes, and old hashes are replaced."""
    settings.PASSWORD_HASHERS = [ARGON2, "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    stored = hashers.make_password(PASSWORD, hasher=algorithm)
    User.objects.create(email="ada@example.com", password=stored, email_verified_at=timezone.now())

    assert authentication.authenticate("ada@example.com", PASSWORD, client=HERE) is not None

    found = User.objects.get().password
    assert re.match(r"argon2\$argon2id\$v=19\$m=19456,t=2,p=1\$", found)
