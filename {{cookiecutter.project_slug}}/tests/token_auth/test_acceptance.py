"""When access tokens are accepted: recent authentication, revocation, and outages of the cache."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.urls import path
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView
from time_machine import TimeMachineFixture

from accounts.models import SignIn, User
from config.urls import urlpatterns as project_urlpatterns
from tests.attacks.api.forging import MISSING, made, with_claims
from tests.conftest import PASSWORD, UnreachableCache
from tests.token_auth import api as auth
from tests.token_auth.api import Pair, accepts_access, client, refresh, refreshed, sign_in
from token_auth import revocation, services
from token_auth.permissions import IsRecentlyAuthenticated

pytestmark = pytest.mark.urls(__name__)
GUARDED = "/api/guarded/"
Outage = Callable[[], AbstractContextManager[None]]


class GuardedView(APIView):
    """A view of a team that requires a recent authentication."""

    permission_classes = (IsAuthenticated, IsRecentlyAuthenticated)

    def get(self, request: Request) -> Response:
        return Response({"id": request.user.pk})


urlpatterns = [*project_urlpatterns, path("api/guarded/", GuardedView.as_view())]


def is_let_in(access: str) -> bool:
    """Return whether the guarded view accepts a token; it may only ask for the password."""
    response = client(access).get(GUARDED)
    if response.status_code == 200:
        return True
    assert (response.status_code, response.json()["code"]) == (401, "reauthentication_required")
    return False


def confirm(pair: Pair, password: str = PASSWORD) -> Any:
    return client(pair["access"]).post(auth.CONFIRM, {"password": password})


@pytest.fixture
def stale(user: User, clock: TimeMachineFixture, settings: Settings) -> Pair:
    """The tokens of a sign-in that began a while ago."""
    settings.REAUTHENTICATION_MAX_AGE = 60
    pair = sign_in(user)
    clock.shift(61)
    return pair


def test_tokens_contain_how_and_when_the_user_signed_in(
    api: APIClient, user: User, clock: TimeMachineFixture
) -> None:
    pair = api.post(auth.TOKEN, auth.CREDENTIALS).json()
    issued = auth.claims(pair["access"])
    clock.shift(30)

    assert (issued["amr"], issued["auth_time"]) == (["pwd"], issued["iat"])
    assert not {"amr", "auth_time"} & set(auth.claims(pair["refresh"]))
    following = auth.claims(refreshed(pair)["access"])
    assert (following["amr"], following["auth_time"]) == (["pwd"], issued["auth_time"])
    assert following["iat"] == issued["iat"] + 30


def test_stale_token_is_challenged_without_a_query(
    stale: Pair, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """RFC 9470 section 3."""
    with django_assert_num_queries(0):
        response = client(stale["access"]).get(GUARDED)

    assert (response.status_code, response.json()["code"]) == (401, "reauthentication_required")
    challenge = response["WWW-Authenticate"]
    assert challenge.startswith("Bearer ")
    assert 'error="insufficient_user_authentication"' in challenge
    assert f'max_age="{settings.REAUTHENTICATION_MAX_AGE}"' in challenge
    assert client().get(GUARDED).json()["code"] == "not_authenticated"


def test_reauthentication_returns_an_access_token_that_is_let_in(
    stale: Pair, clock: TimeMachineFixture
) -> None:
    following = refreshed(stale)
    assert not is_let_in(following["access"])

    response = confirm(stale)

    assert response.status_code == 200
    assert set(response.json()) == {"access", "token_type", "expires_in"}
    assert is_let_in(response.json()["access"])
    assert is_let_in(refreshed(following)["access"])
    assert not is_let_in(stale["access"])
    clock.shift(61)
    assert not is_let_in(response.json()["access"])


def test_wrong_password_does_not_reauthenticate_and_is_limited(
    stale: Pair, settings: Settings
) -> None:
    attempts, _ = settings.RATE_LIMITS["account_and_ip"]
    for _ in range(attempts):
        response = confirm(stale, "wrong")
        assert (response.status_code, set(response.json())) == (400, {"password"})

    assert confirm(stale).status_code == 429
    assert not is_let_in(refreshed(stale)["access"])


def test_password_change_counts_as_reauthentication(stale: Pair) -> None:
    body = {"current_password": PASSWORD, "new_password": auth.NEW_PASSWORD}
    assert client(stale["access"]).post(auth.PASSWORD_CHANGE, body).status_code == 204

    assert is_let_in(refreshed(stale)["access"])


def test_sign_in_that_ends_meanwhile_gets_no_token(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    renew = services.renew_access

    def revoked_before(user: User) -> tuple[str, int]:
        SignIn.objects.update(revoked_at="2026-01-01T00:00:00Z")
        return renew(user)

    monkeypatch.setattr(services, "renew_access", revoked_before)

    assert confirm(pair).status_code == 401


def test_token_of_an_earlier_version_is_valid_but_not_recent(pair: Pair) -> None:
    assert not is_let_in(made(with_claims(auth_time=MISSING), pair["access"]))
    assert is_let_in(pair["access"])


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch) -> Outage:
    """A context in which the cache cannot be reached."""

    @contextmanager
    def unreachable() -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(revocation, "cache", UnreachableCache())
            yield

    return unreachable


def revoke(pair: Pair) -> None:
    response = client().post(auth.REVOKE, {"refresh": pair["refresh"]})
    assert (response.status_code, response.content) == (204, b"")


def test_any_refresh_token_of_a_family_revokes_it_and_can_be_sent_again(pair: Pair) -> None:
    newest = refreshed(pair)

    for token in (pair, newest, pair):
        revoke(token)
        assert auth.is_dead(newest)


@pytest.mark.parametrize(
    "change",
    [
        revoke,
        lambda _: SignIn.objects.all().delete(),
        lambda _: User.objects.update(is_active=False),
        lambda _: User.objects.update(email_verified_at=None),
    ],
    ids=["revoked", "deleted", "deactivated", "unverified"],
)
def test_tokens_are_accepted_without_the_cache_until_the_database_says_no(
    pair: Pair, outage: Outage, change: Callable[[Pair], Any]
) -> None:
    with outage():
        assert accepts_access(pair)
        following = refreshed(pair)
        assert accepts_access(following)

        change(following)

        assert auth.is_dead(following)


def test_token_issued_without_the_cache_is_accepted_and_can_be_revoked(
    user: User, outage: Outage
) -> None:
    with outage():
        pair = sign_in(user)
        assert accepts_access(pair)
    assert accepts_access(pair)

    revoke(pair)

    assert auth.is_dead(pair)


@pytest.mark.parametrize("mode", ["database", "none"])
def test_other_modes_need_no_cache_and_access_remains_without_revocation(
    user: User, settings: Settings, outage: Outage, mode: str
) -> None:
    settings.JWT_REVOCATION = mode
    with outage():
        pair = sign_in(user)
        assert accepts_access(pair)

        revoke(pair)

        assert accepts_access(pair) is (mode == "none")
        assert refresh(pair) is None
