"""What `manage.py check`, which every start runs, has to say of the settings."""

import base64
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from pytest_django import Settings

from tests.token_auth.signing import ALGORITHMS, material, public_of, written

GOOD = material("HS256")
REDIS = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "x"}}
OF_ONE_PROCESS = ["locmem.LocMemCache", "dummy.DummyCache"]


def found(*, deploy: bool = False) -> list[tuple[str | None, str]]:
    errors = run_checks(tags=["security"], include_deployment_checks=deploy)
    return [(error.id, error.msg) for error in errors if str(error.id).startswith("token_auth")]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_good_key_passes(settings: Settings, algorithm: str) -> None:
    settings.JWT_SIGNING_KEYS = {"new": material(algorithm), "old": GOOD}

    assert found() == []


@pytest.mark.parametrize(
    ("ring", "fault"),
    [
        ({}, ("token_auth.E001", "JWT_SIGNING_KEYS is empty.")),
        ({"a": "c2hvcnQ"}, ("token_auth.E002", "JWT_SIGNING_KEYS: 'a' has fewer than 32 bytes.")),
        (
            {"a": "QUJD" * 20, "b": "no base64"},
            ("token_auth.E002", "JWT_SIGNING_KEYS: 'b' is not in base64url."),
        ),
    ],
)
def test_a_bad_key_is_named(settings: Settings, ring: dict[str, str], fault: Any) -> None:
    settings.JWT_SIGNING_KEYS = ring

    assert found() == [fault]
    with pytest.raises(SystemCheckError, match=fault[0]):
        call_command("check")


def test_the_first_key_has_to_sign(settings: Settings) -> None:
    settings.JWT_SIGNING_KEYS = {"a": written(public_of(material("ES256"))), "b": GOOD}

    assert [code for code, _ in found()] == ["token_auth.E003"]


SECRET = "c2VjcmV0" * 12


@pytest.mark.parametrize(
    "shared",
    [
        {"SECRET_KEY": SECRET},
        {"SECRET_KEY_FALLBACKS": [SECRET]},
        {"SECRET_KEY": base64.urlsafe_b64decode(SECRET).decode()},
    ],
)
def test_a_key_has_one_use(settings: Settings, shared: dict[str, Any]) -> None:
    settings.JWT_SIGNING_KEYS = {"a": SECRET}
    assert found() == []
    for name, value in shared.items():
        setattr(settings, name, value)

    assert found() == [
        ("token_auth.E002", "JWT_SIGNING_KEYS: 'a' is also SECRET_KEY. Generate a separate key.")
    ]


@pytest.mark.parametrize("mode", ["cache", "database", "none"])
def test_a_way_of_revoking_is_known(settings: Settings, mode: str) -> None:
    settings.JWT_REVOCATION = mode

    assert found() == []


def test_an_unknown_way_of_revoking_is_refused(settings: Settings) -> None:
    settings.JWT_REVOCATION = "never"

    assert found() == [("token_auth.E004", "JWT_REVOCATION must be one of cache, database, none.")]


@pytest.mark.parametrize("backend", OF_ONE_PROCESS)
@pytest.mark.parametrize(
    ("mode", "faults"), [("cache", ["token_auth.E005"]), ("database", []), ("none", [])]
)
def test_marks_need_a_cache_that_all_share(
    settings: Settings, backend: str, mode: str, faults: list[str]
) -> None:
    settings.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{backend}"}}
    settings.JWT_REVOCATION = mode

    assert [code for code, _ in found(deploy=True)] == faults
    assert found() == []


def test_a_shared_cache_passes(settings: Settings) -> None:
    settings.CACHES = REDIS

    assert found(deploy=True) == []


@pytest.mark.parametrize(("grace", "good"), [(0, True), (60, True), (61, False), (-1, False)])
def test_a_grace_outside_of_its_bounds_is_refused(
    settings: Settings, grace: int, good: bool
) -> None:
    settings.JWT_SIGNING_KEYS = {"new": GOOD}
    settings.JWT_REUSE_GRACE = grace

    assert [name for name, _ in found()] == ([] if good else ["token_auth.E006"])
