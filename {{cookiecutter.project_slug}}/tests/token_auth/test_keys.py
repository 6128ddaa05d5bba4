"""Signing keys and the other settings of tokens: values, rotation, publication and checks."""

import base64
import re
from collections.abc import Callable
from io import StringIO
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.urls import resolve
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.config.conftest import Load
from tests.config.production import PRODUCTION_ENVIRONMENT
from tests.token_auth.api import Pair, accepts_access, refreshed
from tests.token_auth.signing import ALGORITHMS, material, private_of, public_of, written
from token_auth import keys

METADATA = "/.well-known/oauth-authorization-server"
JWKS = "/.well-known/jwks.json"
MEMBERS = {
    "RS256": {"kty", "n", "e"},
    "ES256": {"kty", "crv", "x", "y"},
    "EdDSA": {"kty", "crv", "x"},
}
NEW = "the-new-signing-key-of-the-tests-which-is-long-enough"
OLD = "an-old-signing-key-for-these-tests-which-is-long-enough"
SECRET = "c2VjcmV0" * 12
LOCAL = "locmem.LocMemCache"


by_algorithm = pytest.mark.parametrize(
    ("arguments", "algorithm"), [([], "HS256"), (["--algorithm", "ES256"], "ES256")]
)


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("jwt_keys", *arguments, stdout=out)
    return out.getvalue()


def ring_of(text: str) -> dict[str, str]:
    return dict(entry.split(":") for entry in text.strip().split(","))


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_new_first_key_signs_and_the_old_ones_still_verify(
    pair: Pair, settings: Settings, algorithm: str
) -> None:
    settings.JWT_SIGNING_KEYS = {"new": material(algorithm), **settings.JWT_SIGNING_KEYS}

    assert accepts_access(pair)
    following = refreshed(pair)
    for kind, typ in (("access", "at+jwt"), ("refresh", "rt+jwt")):
        header = jwt.get_unverified_header(following[kind])
        assert header == {"alg": algorithm, "kid": "new", "typ": typ}
    assert accepts_access(following)
    assert accepts_access(refreshed(following))


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: "", "is not in base64url."),
        (lambda: "no base64 at all, with spaces in it, and a comma", "is not in base64url."),
        (lambda: "QUJD" * 10 + "Q", "is not in base64url."),
        (lambda: "QUJD" * 10, "has fewer than 32 bytes."),
        (lambda: material("RS256")[:-8], "is damaged."),
        (lambda: private_of(rsa.generate_private_key(65537, 1024)), "has fewer than 2048 bits."),  # noqa: S505 - that is the point
        (lambda: private_of(ec.generate_private_key(ec.SECP384R1())), "is not a key for"),
    ],
)
def test_unusable_key_is_refused_with_the_reason(make: Callable[[], str], problem: str) -> None:
    with pytest.raises(keys.UnusableKeyError, match=problem):
        keys.read(make())


@by_algorithm
def test_generated_key_can_be_set_as_it_is_printed(arguments: list[str], algorithm: str) -> None:
    ((kid, key),) = ring_of(printed("generate", *arguments)).items()

    assert re.fullmatch(r"\d{14}", kid)
    assert keys.read(key).algorithm == algorithm


def test_list_has_the_use_of_each_key_and_not_the_key(settings: Settings) -> None:
    settings.JWT_SIGNING_KEYS = {"new": material("EdDSA"), "old": material("HS256"), "bad": "eA"}

    assert printed("list").splitlines() == [
        "new  EdDSA  signs and verifies",
        "old  HS256  verifies",
        "bad  has fewer than 32 bytes.  verifies",
    ]


@by_algorithm
def test_rotation_signs_no_one_out_before_its_last_step(
    pair: Pair, settings: Settings, arguments: list[str], algorithm: str
) -> None:
    text = printed("rotate", *arguments)
    known, signs, alone = (ring_of(found) for found in re.findall(r"JWT_SIGNING_KEYS=(\S+)", text))

    assert list(known) == [*settings.JWT_SIGNING_KEYS, *alone]
    assert list(signs) == [*alone, *settings.JWT_SIGNING_KEYS]
    assert [keys.read(key).algorithm for key in alone.values()] == [algorithm]
    for ring, accepted in ((known, True), (signs, True), (alone, False)):
        settings.JWT_SIGNING_KEYS = ring
        assert accepts_access(pair) is accepted
    assert f"After {settings.SIMPLE_JWT['REFRESH_TOKEN_LIFETIME'].days} days" in text


@pytest.mark.parametrize(
    ("ring", "advice"), [({}, "See jwt_keys generate"), ({"a": "c2hvcnQ"}, "See jwt_keys list")]
)
def test_rotation_needs_usable_keys(settings: Settings, ring: dict[str, str], advice: str) -> None:
    settings.JWT_SIGNING_KEYS = ring

    with pytest.raises(CommandError, match=advice):
        printed("rotate")


def test_metadata_has_what_rfc_8414_requires_and_names_endpoints_that_exist(
    api: APIClient, settings: Settings
) -> None:
    """B06, RFC 8414 sections 2 and 3.3: clients compare the issuer, and no list is empty."""
    response = api.get(METADATA, headers={"Authorization": "Bearer is not read"})

    assert response["Cache-Control"] == "public, max-age=300"
    metadata = response.json()
    assert metadata["issuer"] == settings.JWT_ISSUER
    assert "response_types_supported" in metadata
    assert not {"authorization_code", "implicit"} & set(metadata["grant_types_supported"])
    assert all(metadata.values())
    names = {"token_endpoint": "token", "revocation_endpoint": "token_revoke", "jwks_uri": "jwks"}
    for name, view in names.items():
        path = metadata[name].removeprefix(settings.PUBLIC_BASE_URL)
        assert resolve(path).url_name == view


def test_key_set_has_each_public_key_and_no_secret(api: APIClient, settings: Settings) -> None:
    assert api.get(JWKS).json() == {"keys": []}
    settings.JWT_SIGNING_KEYS = {name: material(name) for name in ("HS256", *MEMBERS)}

    response = api.get(JWKS, headers={"Authorization": "Bearer is not read"})

    assert response["Cache-Control"] == "public, max-age=300"
    found = response.json()["keys"]
    assert [key["kid"] for key in found] == list(MEMBERS)
    for key in found:
        assert (key["alg"], key["use"]) == (key["kid"], "sig")
        assert set(key) == MEMBERS[key["alg"]] | {"kid", "alg", "use"}


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
