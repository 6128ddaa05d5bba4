"""Token settings that come from the environment."""

from collections.abc import Callable
from types import ModuleType

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.config.production import PRODUCTION_ENVIRONMENT

Load = Callable[[str, dict[str, str]], ModuleType]
NEW = "the-new-signing-key-of-the-tests-which-is-long-enough"
OLD = "an-old-signing-key-for-these-tests-which-is-long-enough"


def test_production_reads_keys_in_order(load: Load) -> None:
    keys = {"JWT_SIGNING_KEYS": f"new:{NEW},old:{OLD}"}

    found = load("production", PRODUCTION_ENVIRONMENT | keys)

    assert list(found.JWT_SIGNING_KEYS.items()) == [("new", NEW), ("old", OLD)]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        *[
            ("JWT_SIGNING_KEYS", value, "must be kid:key")
            for value in ("nonsense", "a:short", f"development-1:{NEW}", f"a:{NEW},b:short")
        ],
        ("JWT_SIGNING_KEYS", f"a:{NEW},ab:{NEW},a:{NEW}", "must not name two keys"),
        *[
            ("JWT_SIGNING_KEYS", value, "is too easy")
            for value in ("a:" + "a" * 44, "a:" + "abcdefghijk" * 4, f"a:{NEW},b:{'QUJD' * 16}")
        ],
        ("JWT_REUSE_GRACE", "-1", ""),
        ("JWT_REUSE_GRACE", "61", ""),
        ("JWT_REUSE_GRACE", "long", ""),
        ("JWT_REVOCATION", "never", ""),
        ("JWT_REFRESH_COOKIE", "perhaps", ""),
        ("CORS_ALLOWED_ORIGINS", "*", ""),
        ("CORS_ALLOWED_ORIGINS", "http://example.com", ""),
    ],
)
def test_production_refuses_bad_values(load: Load, name: str, value: str, reason: str) -> None:
    """E16: also a repetitive key, and after a good one."""
    with pytest.raises(ImproperlyConfigured, match=f"  {name}: {reason}"):
        load("production", PRODUCTION_ENVIRONMENT | {name: value})


@pytest.mark.parametrize("name", ["development", "production"])
def test_grace_revocation_and_cookie_can_be_chosen(load: Load, name: str) -> None:
    chosen = {
        "JWT_REUSE_GRACE": "59",
        "JWT_REVOCATION": "database",
        "JWT_REFRESH_COOKIE": "true",
    }
    environment = PRODUCTION_ENVIRONMENT if name == "production" else {}

    found = load(name, environment | chosen)

    assert (found.JWT_REUSE_GRACE, found.JWT_REVOCATION) == (59, "database")
    assert found.JWT_REFRESH_COOKIE is True


def test_development_cookie_is_that_of_the_checkout(load: Load) -> None:
    """E11: services on one machine share a cookie jar on all ports."""
    name = load("development", {}).JWT_REFRESH_COOKIE_NAME
    assert name.startswith("__Secure-")
    assert name != load("production", PRODUCTION_ENVIRONMENT).JWT_REFRESH_COOKIE_NAME


def test_production_allows_no_foreign_origins_and_readers_by_default(load: Load) -> None:
    found = load("production", PRODUCTION_ENVIRONMENT)
    assert found.CORS_ALLOWED_ORIGINS == []
    assert found.CORS_ALLOW_CREDENTIALS is False
    assert found.API_DOCS_ARE_PUBLIC is False
