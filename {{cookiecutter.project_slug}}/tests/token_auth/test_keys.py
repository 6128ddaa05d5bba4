"""Signing keys: valid types, rotation, `manage.py jwt_keys`, and discovery by other services."""

import re
from collections.abc import Callable
from io import StringIO

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core.management import CommandError, call_command
from django.urls import resolve
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.token_auth.api import Pair, accepts_access, refreshed
from tests.token_auth.signing import ALGORITHMS, material, private_of
from token_auth import keys

METADATA = "/.well-known/oauth-authorization-server"
JWKS = "/.well-known/jwks.json"
MEMBERS = {
    "RS256": {"kty", "n", "e"},
    "ES256": {"kty", "crv", "x", "y"},
    "EdDSA": {"kty", "crv", "x"},
}


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
