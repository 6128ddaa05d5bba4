"""Token settings: how they are read from the environment, and the checks of each start."""

import base64
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from tests.config.conftest import Load
from tests.config.production import PRODUCTION_ENVIRONMENT
from tests.token_auth.signing import material, public_of, written

NEW = "the-new-signing-key-of-the-tests-which-is-long-enough"
OLD = "an-old-signing-key-for-these-tests-which-is-long-enough"
SECRET = "c2VjcmV0" * 12
LOCAL = "locmem.LocMemCache"


def problems(*, deploy: bool = False) -> list[str]:
    """Return the IDs of what `manage.py check` reports about tokens."""
    errors = run_checks(tags=["security"], include_deployment_checks=deploy)
    return [str(error.id)[-4:] for error in errors if "token_auth" in str(error.id)]


def test_production_reads_keys_in_order_and_allows_no_one_else_by_default(load: Load) -> None:
    keys = {"JWT_SIGNING_KEYS": f"new:{NEW},old:{OLD}"}

    found = load("production", PRODUCTION_ENVIRONMENT | keys)

    assert list(found.JWT_SIGNING_KEYS.items()) == [("new", NEW), ("old", OLD)]
    assert found.CORS_ALLOWED_ORIGINS == []
    assert found.CORS_ALLOW_CREDENTIALS is False
    assert found.API_DOCS_ARE_PUBLIC is False


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        *[
            ("JWT_SIGNING_KEYS", value, "must be kid:key")
            for value in ("nonsense", f"development-1:{NEW}", f"a:{NEW},b:short")
        ],
        ("JWT_SIGNING_KEYS", f"a:{NEW},ab:{NEW},a:{NEW}", "must not name two keys"),
        ("JWT_SIGNING_KEYS", f"a:{NEW},b:{'QUJD' * 16}", "is too easy"),
        ("JWT_REUSE_GRACE", "-1", ""),
        ("JWT_REUSE_GRACE", "61", ""),
        ("JWT_REVOCATION", "never", ""),
        ("JWT_REFRESH_COOKIE", "perhaps", ""),
        ("CORS_ALLOWED_ORIGINS", "http://example.com", ""),
    ],
)
def test_production_refuses_bad_values(load: Load, name: str, value: str, reason: str) -> None:
    """E16: also a repetitive key after a good one."""
    with pytest.raises(ImproperlyConfigured, match=f"  {name}: {reason}"):
        load("production", PRODUCTION_ENVIRONMENT | {name: value})


def test_development_cookie_is_that_of_the_checkout(load: Load) -> None:
    """E11: services on one machine share a cookie jar on all ports."""
    name = load("development", {}).JWT_REFRESH_COOKIE_NAME
    assert name.startswith("__Secure-")
    assert name != load("production", PRODUCTION_ENVIRONMENT).JWT_REFRESH_COOKIE_NAME


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"JWT_REVOCATION": "none", "JWT_REUSE_GRACE": 60}, []),
        ({"JWT_SIGNING_KEYS": {}}, ["E001"]),
        ({"JWT_SIGNING_KEYS": {"a": SECRET, "b": "c2hvcnQ"}}, ["E002"]),
        ({"SECRET_KEY": SECRET}, ["E002"]),
        ({"SECRET_KEY_FALLBACKS": [SECRET]}, ["E002"]),
        ({"SECRET_KEY": base64.urlsafe_b64decode(SECRET).decode()}, ["E002"]),
        ({"JWT_SIGNING_KEYS": {"a": written(public_of(material("ES256")))}}, ["E003"]),
        ({"JWT_REVOCATION": "never"}, ["E004"]),
        ({"JWT_REUSE_GRACE": -1}, ["E006"]),
        ({"JWT_REUSE_GRACE": 61}, ["E006"]),
    ],
)
def test_check_reports_a_bad_setting(
    settings: Settings, changed: dict[str, Any], found: list[str]
) -> None:
    settings.JWT_SIGNING_KEYS = {"a": SECRET}
    assert problems() == []
    for name, value in changed.items():
        setattr(settings, name, value)

    assert problems() == found


@pytest.mark.parametrize(
    ("backend", "mode", "found"),
    [
        (LOCAL, "cache", ["E005"]),
        ("dummy.DummyCache", "cache", ["E005"]),
        (LOCAL, "database", []),
        ("redis.RedisCache", "cache", []),
    ],
)
def test_check_of_production_wants_a_cache_that_all_processes_share(
    settings: Settings, backend: str, mode: str, found: list[str]
) -> None:
    settings.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{backend}"}}
    settings.JWT_REVOCATION = mode

    assert problems(deploy=True) == found
    assert problems() == []
