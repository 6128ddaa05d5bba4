"""System checks of token settings, which run at each start."""

import base64
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from pytest_django import Settings

from tests.token_auth.signing import material, public_of, written

GOOD = material("HS256")
SECRET = "c2VjcmV0" * 12
CACHES = "django.core.cache.backends"
SHARED = "JWT_SIGNING_KEYS: 'a' is also SECRET_KEY. Generate a separate key."
MODE = "JWT_REVOCATION must be one of cache, database, none."
PUBLIC = "JWT_SIGNING_KEYS: the first key signs tokens and must not be a public key."


def found(*, deploy: bool = False) -> list[tuple[str, str]]:
    errors = run_checks(tags=["security"], include_deployment_checks=deploy)
    return [(str(error.id), error.msg) for error in errors if "token_auth" in str(error.id)]


@pytest.mark.parametrize(
    ("algorithm", "mode", "grace"),
    [
        ("HS256", "cache", 0),
        ("RS256", "database", 60),
        ("ES256", "none", 30),
        ("EdDSA", "cache", 30),
    ],
)
def test_good_settings_pass(settings: Settings, algorithm: str, mode: str, grace: int) -> None:
    settings.JWT_SIGNING_KEYS = {"new": material(algorithm), "old": GOOD}
    settings.JWT_REVOCATION, settings.JWT_REUSE_GRACE = mode, grace

    assert found() == []


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"JWT_SIGNING_KEYS": {}}, ("E001", "JWT_SIGNING_KEYS is empty.")),
        (
            {"JWT_SIGNING_KEYS": {"a": GOOD, "b": "c2hvcnQ"}},
            ("E002", "JWT_SIGNING_KEYS: 'b' has fewer than 32 bytes."),
        ),
        ({"SECRET_KEY": SECRET}, ("E002", SHARED)),
        ({"SECRET_KEY_FALLBACKS": [SECRET]}, ("E002", SHARED)),
        ({"SECRET_KEY": base64.urlsafe_b64decode(SECRET).decode()}, ("E002", SHARED)),
        (
            {"JWT_SIGNING_KEYS": {"a": written(public_of(material("ES256"))), "b": GOOD}},
            ("E003", PUBLIC),
        ),
        ({"JWT_REVOCATION": "never"}, ("E004", MODE)),
        ({"JWT_REUSE_GRACE": -1}, ("E006", "JWT_REUSE_GRACE is -1: it must be 0 to 60 seconds.")),
        ({"JWT_REUSE_GRACE": 61}, ("E006", "JWT_REUSE_GRACE is 61: it must be 0 to 60 seconds.")),
    ],
)
def test_a_bad_setting_is_named(
    settings: Settings, changed: dict[str, Any], error: tuple[str, str]
) -> None:
    settings.JWT_SIGNING_KEYS = {"a": SECRET}
    assert found() == []
    for name, value in changed.items():
        setattr(settings, name, value)

    assert found() == [(f"token_auth.{error[0]}", error[1])]
    with pytest.raises(SystemCheckError, match=error[0]):
        call_command("check")


@pytest.mark.parametrize(
    ("backend", "mode", "errors"),
    [
        ("locmem.LocMemCache", "cache", ["token_auth.E005"]),
        ("dummy.DummyCache", "cache", ["token_auth.E005"]),
        ("locmem.LocMemCache", "database", []),
        ("locmem.LocMemCache", "none", []),
        ("redis.RedisCache", "cache", []),
    ],
)
def test_revocation_entries_need_a_cache_that_all_processes_share_in_production(
    settings: Settings, backend: str, mode: str, errors: list[str]
) -> None:
    settings.CACHES = {"default": {"BACKEND": f"{CACHES}.{backend}", "LOCATION": "x"}}
    settings.JWT_REVOCATION = mode

    assert [code for code, _ in found(deploy=True)] == errors
    assert found() == []
