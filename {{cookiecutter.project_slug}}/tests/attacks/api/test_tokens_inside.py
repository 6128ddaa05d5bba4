"""J: forged tokens, and what needs other settings, another clock or the database."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings as project_settings
from django.contrib.auth.tokens import default_token_generator
from django.core import signing
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts import email_links
from accounts.models import SignIn, User
from tests.attacks.api import forging
from tests.attacks.api.forging import FORGERIES, encoded, signed
from tests.attacks.server import PASSWORD
from tests.config.production import PRODUCTION_ENVIRONMENT
from tests.token_auth import api as auth
from tests.token_auth.api import ME, REFRESH, Pair, accepts_access, claims, client, refreshed
from tests.token_auth.signing import material
from token_auth import keys

EXAMPLE = Path(__file__).resolve().parents[3] / ".env.example"


def test_j03_unmodified_token_is_accepted(api: APIClient, pair: Pair) -> None:
    """J03: the same steps without a change, so the change is what is rejected below."""
    assert forging.answers_to(api, forging.unchanged, pair) == forging.GOOD


@pytest.mark.parametrize("name", FORGERIES)
def test_j01_to_j28_forged_token_is_rejected(api: APIClient, pair: Pair, name: str) -> None:
    """A06, J01, J02, J03, J05, J06, J09, J10, J12, J13, J15, J16, J20, J28.

    ASVS 9.1.1 to 9.1.3, 9.2.1 to 9.2.4, 11.1.2, 16.5.3, RFC 8725 sections 2 and 3: at
    every endpoint that reads a token, and the honest client stays signed in.
    """
    found = forging.answers_to(api, FORGERIES[name], pair)
    assert found == dict.fromkeys(forging.GOOD, 401)

    assert api.get(ME, HTTP_AUTHORIZATION=f"Bearer {pair['access']}").json()["name"] == "Ada"
    assert api.post(REFRESH, {"refresh": pair["refresh"]}).status_code == 200


@pytest.mark.parametrize(
    ("kind", "claim"), [*(("refresh", each) for each in ("jti", "sid", "sub")), ("access", "sub")]
)
def test_j28_j31_signed_token_must_match_a_user_and_its_sign_in(
    pair: Pair, kind: str, claim: str
) -> None:
    """J28, J31, ASVS 7.2.1, 9.2.2."""
    forged = forging.made(forging.with_claims(**{claim: str(uuid4())}), pair[kind])
    refused = (
        client(forged).get(ME) if kind == "access" else client().post(REFRESH, {kind: forged})
    )

    assert refused.status_code == 401


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "EdDSA"])
def test_j04_public_key_cannot_sign(pair: Pair, settings: Settings, algorithm: str) -> None:
    """J04, ASVS 9.1.2, RFC 8725 section 2.1, CVE-2022-29217: in any encoding."""
    key = material(algorithm)
    settings.JWT_SIGNING_KEYS = {"only": key}
    public = keys.read(key).verifying
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    jwk = json.dumps(keys.read(key).as_jwk()).encode()
    published = json.dumps(client().get("/.well-known/jwks.json").json()).encode()
    header = {"alg": "HS256", "kid": "only", "typ": "at+jwt"}

    for secret in (pem, pem.rstrip(), der, base64.b64encode(der), jwk, published):
        assert not accepts_access({"access": signed(header, claims(pair["access"]), secret)})


def test_j08_j09_production_rejects_weak_or_known_keys(load: Callable[..., Any]) -> None:
    """J08, J09, ASVS 11.1.2, 11.2.3, 13.3.1, RFC 7518 section 3.2: at least 32 random bytes."""
    _, named, rest = EXAMPLE.read_text("utf-8").partition("JWT_SIGNING_KEYS=")
    assert named
    weak = ("a:", "a:c2hvcnQ", "a:" + "c2VjcmV0" * 5)
    for value in (
        *weak,
        rest.splitlines()[0],
        "development-1:" + "x" * 86,
        project_settings.SECRET_KEY,
    ):
        with pytest.raises(ImproperlyConfigured, match="JWT_SIGNING_KEYS"):
            load("production", PRODUCTION_ENVIRONMENT | {"JWT_SIGNING_KEYS": value})


def test_j17_other_signed_values_are_rejected_as_tokens(pair: Pair, user: User) -> None:
    """J17, ASVS 9.2.2, RFC 8725 section 2.8."""
    others = [
        signing.dumps(claims(pair["access"])),
        signing.TimestampSigner().sign("x"),
        default_token_generator.make_token(user),
        email_links.password_reset_link(user).rstrip("/").rpartition("/")[2],
        email_links.verification_link(user, user.email).rstrip("/").rpartition("/")[2],
        str(user.pk),
    ]
    for other in others:
        assert not accepts_access({"access": other})
        assert auth.refresh({"refresh": other}) is None
    assert accepts_access(pair)


@pytest.mark.parametrize(("seconds", "good"), [(-1, True), (1, False)])
def test_j14_token_family_expires_despite_rotation(
    pair: Pair, time_machine: time_machine.TimeMachineFixture, seconds: int, good: bool
) -> None:
    """J13, J14, ASVS 7.3.2, 10.4.8: counted from the sign-in."""
    began = claims(pair["refresh"])["iat"]
    limits = project_settings.SIGN_IN_LIMITS["token"]
    end = began + limits["absolute"].total_seconds()
    now, step = began, limits["idle"].total_seconds() - 60
    while (now := now + step) < end:
        time_machine.move_to(now, tick=False)
        pair = refreshed(pair)
    time_machine.move_to(end + seconds, tick=False)

    assert (auth.refresh(pair) is not None) is good


def test_m14_only_the_own_recent_password_deletes_an_account(
    pair: Pair, other: User, time_machine: time_machine.TimeMachineFixture
) -> None:
    """M14, ASVS 7.5.1, RFC 9470: no old or refreshed token, and no token of another user."""
    signed_in = claims(pair["access"])["auth_time"]
    time_machine.move_to(signed_in + project_settings.REAUTHENTICATION_MAX_AGE, tick=False)
    following = refreshed(pair)
    other.set_password("another long walk by the sea")
    other.save()
    app, of_other = client(following["access"]), client(auth.sign_in(other)["access"])
    assert claims(following["access"])["auth_time"] == signed_in
    assert of_other.post(auth.CONFIRM, {"password": PASSWORD}).status_code == 400
    assert app.delete(ME).status_code == app.get(f"{ME}export/").status_code == 401
    assert User.objects.count() == 2

    access = app.post(auth.CONFIRM, {"password": PASSWORD}).json()["access"]
    assert app.delete(ME).status_code == 401
    assert client(access).delete(ME).status_code == 204
    assert User.objects.get() == other


def test_j34_refresh_adds_no_rows_and_revives_nothing(pair: Pair) -> None:
    """J34, ASVS 7.4.1, 14.2.7."""
    dead = pair
    for _ in range(10):
        pair = refreshed(pair)
    assert SignIn.objects.count() == 1
    client().post(auth.REVOKE, {"refresh": pair["refresh"]})
    call_command("clean_up")

    assert auth.is_dead(pair)
    assert auth.is_dead(dead)


def test_j35_key_rotation_signs_no_user_out(pair: Pair, settings: Settings) -> None:
    """J35, ASVS 11.2.2, 13.3.4, RFC 8725 section 3.10."""
    old = settings.JWT_SIGNING_KEYS
    settings.JWT_SIGNING_KEYS = {"new": keys.generate("HS256"), **old}
    assert accepts_access(pair)
    following = refreshed(pair)
    assert jwt.get_unverified_header(following["access"])["kid"] == "new"

    settings.JWT_SIGNING_KEYS = {"new": settings.JWT_SIGNING_KEYS["new"]}
    assert not accepts_access(pair)
    assert accepts_access(following)


def test_j24_database_contains_no_token(pair: Pair) -> None:
    """J24, S18, ASVS 13.3.1: readers of the table cannot sign in."""
    row = str(SignIn.objects.values().get())

    for token in (pair["access"], pair["refresh"], claims(pair["refresh"])["jti"]):
        assert token not in row


def test_j32_refresh_cookie_requires_its_csrf_token(
    pair: Pair, user: User, settings: Settings
) -> None:
    """J32, W15, ASVS 3.3.1 to 3.3.4, 3.5.1: sent only to this host's token endpoints."""
    settings.JWT_REFRESH_COOKIE = True
    app = client()
    answer = app.post(auth.TOKEN, {"email": user.email, "password": PASSWORD})
    csrf, cookie = answer.json()["csrf_token"], app.cookies["__Secure-refresh_token"]
    assert "refresh" not in answer.json()
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Strict")
    assert (cookie["path"], cookie["domain"]) == ("/api/auth/token/", "")
    for wrong in ("", "x", encoded(b"x")):
        assert app.post(REFRESH, {}, HTTP_X_CSRFTOKEN=wrong).status_code == 403
    assert app.get(REFRESH, HTTP_X_CSRFTOKEN=csrf).status_code == 405

    assert app.post(REFRESH, {}, HTTP_X_CSRFTOKEN=csrf).status_code == 200
