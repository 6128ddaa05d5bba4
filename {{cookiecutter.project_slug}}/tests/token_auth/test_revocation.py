"""Access tokens end with their sign-in, also while the cache is away."""

from typing import NoReturn

import pytest
from rest_framework.test import APIClient

from accounts.models import SignIn, User
from tests.token_auth.api import ME, REVOKE, Pair, accepts_access, client, refresh, sign_in
from token_auth import revocation


class AbsentCache:
    def get(self, *_: object) -> NoReturn:
        raise ConnectionError

    def set_many(self, *_: object) -> NoReturn:
        raise ConnectionError


@pytest.fixture
def no_cache(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A cache that cannot be reached until the change is undone."""
    monkeypatch.setattr(revocation, "cache", AbsentCache())
    return monkeypatch


def test_a_good_sign_in_goes_on_without_the_cache(
    pair: Pair, no_cache: pytest.MonkeyPatch
) -> None:
    assert accepts_access(pair)
    following = refresh(pair)
    assert following is not None
    assert accepts_access(following)


def test_an_ended_sign_in_is_refused_without_the_cache(
    api: APIClient, pair: Pair, no_cache: pytest.MonkeyPatch
) -> None:
    assert api.post(REVOKE, {"refresh": pair["refresh"]}).status_code == 204

    assert not accepts_access(pair)
    assert refresh(pair) is None


@pytest.mark.usefixtures("no_cache")
def test_a_sign_in_of_nobody_is_refused_without_the_cache(pair: Pair) -> None:
    SignIn.objects.all().delete()

    assert not accepts_access(pair)


@pytest.mark.usefixtures("no_cache")
@pytest.mark.parametrize("state", [{"is_active": False}, {"email_verified_at": None}])
def test_whoever_may_not_sign_in_is_refused_without_the_cache(
    pair: Pair, state: dict[str, bool | None]
) -> None:
    assert accepts_access(pair)

    User.objects.update(**state)

    assert not accepts_access(pair)


def test_a_deleted_user_is_refused_when_the_mark_is_lost(
    user: User, pair: Pair, no_cache: pytest.MonkeyPatch
) -> None:
    user.delete()
    no_cache.undo()

    response = client(pair["access"]).get(ME)

    assert (response.status_code, response.json()["code"]) == (401, "token_not_valid")
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_mark_ends_one_sign_in_and_no_other(user: User, pair: Pair) -> None:
    beside = sign_in(user)

    revocation.mark([SignIn.objects.earliest("created_at").pk])

    assert not accepts_access(pair)
    assert accepts_access(beside)
