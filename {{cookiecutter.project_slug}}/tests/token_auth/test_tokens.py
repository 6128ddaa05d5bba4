"""Access and refresh tokens: where they are read, what they contain, rotation and expiry."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient
from rest_framework_simplejwt import tokens as simplejwt
from time_machine import TimeMachineFixture

from accounts.models import SignIn, User
from tests.attacks.api import forging
from tests.attacks.api.forging import made, with_claims
from tests.token_auth import api as auth
from tests.token_auth.api import Pair, accepts_access, claims, is_dead, refresh, refreshed, sign_in
from token_auth import claims as own
from token_auth import tokens

TENANT = "https://example.com/tenant"
GRACE = 10
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("query", "headers"),
    [
        ("?access_token={access}", {}),
        ("", {"Cookie": "access={access}; Authorization=Bearer {access}"}),
        ("", {"Authorization": "Bearer\t{access}"}),
        ("", {"Authorization": "Basic {access}"}),
        ("", {"Authorization": "Bearer {refresh}"}),
    ],
    ids=["query", "cookie", "tab", "scheme", "refresh token"],
)
def test_token_elsewhere_or_in_another_form_is_refused(
    api: APIClient, pair: Pair, query: str, headers: dict[str, str]
) -> None:
    sent = {name: value.format(**pair) for name, value in headers.items()}

    response = api.get(auth.ME + query.format(**pair), headers=sent)

    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Bearer realm="api"')
    assert set(response.json()) == {"detail", "code"}


def test_endpoint_with_the_credential_in_the_body_reads_no_header(
    api: APIClient, user: User
) -> None:
    api.credentials(HTTP_AUTHORIZATION="Bearer nonsense")

    pair = api.post(auth.TOKEN, auth.CREDENTIALS).json()
    assert api.post(auth.REFRESH, {"refresh": pair["refresh"]}).status_code == 200
    assert api.post(auth.REVOKE, {"refresh": pair["refresh"]}).status_code == 204


def test_extra_claims_are_in_access_tokens_alone(
    user: User, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own, "extra_claims", lambda sign_in: {TENANT: sign_in.user.name})

    for found in (sign_in(user), refreshed(pair)):
        assert claims(found["access"])[TENANT] == "Ada"
        assert TENANT not in claims(found["refresh"])
        assert accepts_access(found)


def test_extra_claims_cannot_replace_claims_of_the_project(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own, "extra_claims", lambda _: {})
    pair = sign_in(user)
    assert {*claims(pair["access"]), *claims(pair["refresh"]), "nbf"} <= own.RESERVED

    monkeypatch.setattr(own, "extra_claims", lambda _: {"sub": "mine", "other": 1})
    with pytest.raises(ValueError, match=r"must not set sub\."):
        sign_in(user)


@pytest.mark.parametrize(
    ("forgery", "accepted"),
    [
        (forging.unchanged, True),
        (forging.unsigned("none"), False),
        (forging.with_header(key=b"x" * 64), False),
        (forging.FORGERIES["signature with loose bits"], False),
        (lambda header, claims: forging.signed([header], claims), False),
        (with_claims(nbf=0.5), False),
        (with_claims(sid="1"), False),
        *((with_claims(auth_time=time), False) for time in ("1", -1, 1.5, True, 10**12, None)),
        (with_claims(client_id=tokens.CLIENT_ID), True),
        *((with_claims(client_id=client), False) for client in ("other", None)),
    ],
)
def test_access_token_of_this_service_alone_is_accepted(
    pair: Pair, forgery: forging.Forgery, accepted: bool
) -> None:
    """B06, RFC 9068 section 2.2: it names its client."""
    assert accepts_access({"access": made(forgery, pair["access"])}) is accepted


@pytest.mark.parametrize(("mode", "accepted"), [("database", False), ("cache", True)])
def test_access_token_of_another_user_than_its_sign_in_is_refused_by_the_database(
    pair: Pair, other: User, settings: Settings, mode: str, accepted: bool
) -> None:
    """A06: as docs/security-of-tokens.md says, the cache does not know the user of a sign-in."""
    settings.JWT_REVOCATION = mode
    forged = made(with_claims(sub=str(other.pk)), pair["access"])

    assert accepts_access({"access": forged}) is accepted
    assert accepts_access(pair)


@pytest.mark.parametrize(
    "kind", [simplejwt.AccessToken, simplejwt.SlidingToken, tokens.RefreshToken]
)
def test_for_user_names_the_function_to_use(user: User, kind: Any) -> None:
    """B08: it would return a token that nothing accepts."""
    with pytest.raises(TypeError, match=r"token_auth\.services\.obtain"):
        kind.for_user(user)


@pytest.mark.parametrize(
    ("grace", "seconds", "accepted"),
    [(0, 0, False), (GRACE, GRACE - 1, True), (GRACE, GRACE, False)],
)
def test_refresh_repeated_within_the_grace_returns_the_same_refresh_token(
    clock: TimeMachineFixture,
    pair: Pair,
    settings: Settings,
    grace: int,
    seconds: int,
    accepted: bool,
) -> None:
    """B01: both responses lead to one chain, and both tabs stay signed in."""
    settings.JWT_REUSE_GRACE = grace
    first = refreshed(pair)
    before = SignIn.objects.values().get()
    clock.shift(seconds)

    again = refresh(pair)

    assert (again is not None and again["refresh"] == first["refresh"]) is accepted
    # A repeated refresh extends neither the sign-in nor the grace.
    assert (SignIn.objects.values().get() == before) is accepted
    assert is_dead(first) is not accepted


@pytest.mark.parametrize(("late", "accepted"), [(-SECOND, True), (timedelta(0), False)])
def test_tokens_expire_with_their_sign_in(
    clock: TimeMachineFixture, pair: Pair, late: timedelta, accepted: bool
) -> None:
    ends_at = timezone.now() + timedelta(minutes=1)
    SignIn.objects.update(idle_ends_at=ends_at, ends_at=ends_at)
    pair = refreshed(pair)
    assert pair["expires_in"] == 60

    clock.shift(timedelta(minutes=1) + late)

    assert accepts_access(pair) is accepted
    assert (refresh(pair) is not None) is accepted


@pytest.mark.parametrize(
    "change",
    [
        lambda: User.objects.update(is_active=False),
        lambda: User.objects.update(email_verified_at=None),
        lambda: SignIn.objects.update(revoked_at=timezone.now()),
        lambda: SignIn.objects.update(idle_ends_at=timezone.now() - SECOND),
        lambda: SignIn.objects.all().delete(),
    ],
    ids=["deactivated", "unverified", "revoked", "expired", "deleted"],
)
@pytest.mark.parametrize("repeated", [False, True])
def test_refresh_is_refused_after_a_change_that_only_the_database_knows(
    pair: Pair, change: Callable[[], object], repeated: bool
) -> None:
    if repeated:
        refreshed(pair)

    change()

    assert refresh(pair) is None


@pytest.mark.parametrize("path", [auth.REFRESH, auth.REVOKE])
def test_refresh_token_with_the_sub_of_another_user_is_refused(
    api: APIClient, pair: Pair, other: User, path: str
) -> None:
    """A06: the sign-in belongs to one user, and continues."""
    forged = made(with_claims(sub=str(other.pk)), pair["refresh"])

    assert api.post(path, {"refresh": forged}).status_code == 401
    assert refresh(pair)
