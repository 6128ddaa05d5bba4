from collections.abc import Callable
from types import ModuleType

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.config.production import PRODUCTION_ENVIRONMENT

Load = Callable[[str, dict[str, str]], ModuleType]
KEYS = {
    "new": "the-new-signing-key-of-the-tests-which-is-long-enough",
    "old": "an-old-signing-key-for-these-tests-which-is-long-enough",
}


def test_production_keys_are_read_in_order(load: Load) -> None:
    written = ",".join(f"{kid}:{key}" for kid, key in KEYS.items())
    found = load("production", PRODUCTION_ENVIRONMENT | {"JWT_SIGNING_KEYS": written})
    assert list(found.JWT_SIGNING_KEYS.items()) == list(KEYS.items())


@pytest.mark.parametrize(
    "value",
    ["nonsense", "a:short", "development-1:" + "QUJD" * 16, "a:" + "QUJD" * 16 + ",b:short"],
)
def test_production_refuses_weak_keys(load: Load, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="  JWT_SIGNING_KEYS: must be kid:key"):
        load("production", PRODUCTION_ENVIRONMENT | {"JWT_SIGNING_KEYS": value})


def test_production_refuses_two_keys_of_one_name(load: Load) -> None:
    written = ",".join(f"{kid}:{KEYS['new']}" for kid in ("a", "ab", "a"))

    with pytest.raises(ImproperlyConfigured, match="  JWT_SIGNING_KEYS: must not name two keys"):
        load("production", PRODUCTION_ENVIRONMENT | {"JWT_SIGNING_KEYS": written})


@pytest.mark.parametrize("name", ["development", "production"])
def test_what_tokens_cost_and_give_can_be_chosen(load: Load, name: str) -> None:
    environment = PRODUCTION_ENVIRONMENT if name == "production" else {}
    found = load(name, environment)
    assert (found.JWT_REUSE_GRACE, found.JWT_REVOCATION) == (30, "cache")
    assert found.JWT_REFRESH_COOKIE is False

    chosen = {
        "JWT_REUSE_GRACE": "60",
        "JWT_REVOCATION": "database",
        "JWT_REFRESH_COOKIE": "true",
    }
    found = load(name, environment | chosen)
    assert (found.JWT_REUSE_GRACE, found.JWT_REVOCATION) == (60, "database")
    assert found.JWT_REFRESH_COOKIE is True


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JWT_REUSE_GRACE", "-1"),
        ("JWT_REUSE_GRACE", "61"),
        ("JWT_REUSE_GRACE", "long"),
        ("JWT_REVOCATION", "never"),
        ("JWT_REFRESH_COOKIE", "perhaps"),
        ("CORS_ALLOWED_ORIGINS", "*"),
        ("CORS_ALLOWED_ORIGINS", "http://example.com"),
    ],
)
def test_production_refuses_what_there_is_not(load: Load, name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"  {name}: "):
        load("production", PRODUCTION_ENVIRONMENT | {name: value})


def test_development_cookie_is_that_of_the_checkout(load: Load) -> None:
    """E11: services on one machine share a cookie jar on all ports."""
    found = load("development", {})
    name = found.JWT_REFRESH_COOKIE_NAME
    assert name.startswith("__Secure-")
    assert name != load("production", PRODUCTION_ENVIRONMENT).JWT_REFRESH_COOKIE_NAME


def test_foreign_origins_and_readers_are_none_by_default(load: Load) -> None:
    found = load("production", PRODUCTION_ENVIRONMENT)
    assert found.CORS_ALLOWED_ORIGINS == []
    assert found.CORS_ALLOW_CREDENTIALS is False
    assert found.API_DOCS_ARE_PUBLIC is False


@pytest.mark.parametrize("weak", ["a" * 44, "QUJD" * 16, "abcdefghijk" * 4])
def test_production_refuses_a_repetitive_key(load: Load, weak: str) -> None:
    """E16: also after a good one."""
    for written in (f"a:{weak}", f"a:{KEYS['new']},b:{weak}"):
        with pytest.raises(ImproperlyConfigured, match="  JWT_SIGNING_KEYS: is too easy"):
            load("production", PRODUCTION_ENVIRONMENT | {"JWT_SIGNING_KEYS": written})
