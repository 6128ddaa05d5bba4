"""Claims of your own, as `token_auth.claims` shows."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import SignIn
from tests.conftest import PASSWORD
from tests.token_auth.api import TOKEN, Pair, accepts_access, claims, refresh
from token_auth import claims as own

TENANT = "https://example.com/tenant"


def test_the_example_of_the_module_works(
    api: APIClient, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def extra_claims(sign_in: SignIn) -> dict[str, Any]:
        return {TENANT: sign_in.user.email.partition("@")[2]}

    monkeypatch.setattr(own, "extra_claims", extra_claims)
    first = api.post(TOKEN, {"email": "ada@example.com", "password": PASSWORD}).json()
    following = refresh(pair)

    for found in (first, following):
        assert found is not None
        assert claims(found["access"])[TENANT] == "example.com"
        assert TENANT not in claims(found["refresh"])
        assert accepts_access(found)
    assert TENANT not in claims(pair["access"])


@pytest.mark.parametrize(
    "name", ["aud", "client_id", "exp", "epoch", "iat", "iss", "jti", "nbf", "sid", "sub", "typ"]
)
def test_what_we_say_ourselves_is_not_overwritten(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(own, "extra_claims", lambda _: {name: "mine", "other": 1})

    with pytest.raises(ValueError, match=rf"must not set {name}\."):
        refresh(pair)
