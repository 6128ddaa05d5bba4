"""J: tokens that are not ours, or not quite."""

from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from tests.attacks.api.forging import FORGERIES, GOOD, answers_to, made, unchanged, with_claims
from tests.token_auth.api import ME, REFRESH, Pair, client


def test_j03_unmodified_token_is_accepted(api: APIClient, pair: Pair) -> None:
    """J03: the same steps without a change, so the change is what is rejected below."""
    assert answers_to(api, unchanged, pair) == GOOD


@pytest.mark.parametrize("name", FORGERIES)
def test_j01_to_j28_forged_token_is_rejected(api: APIClient, pair: Pair, name: str) -> None:
    """A06, J01, J02, J03, J05, J06, J09, J10, J12, J13, J15, J16, J20, J28.

    ASVS 9.1.1 to 9.1.3, 9.2.1 to 9.2.4, 11.1.2, 16.5.3, RFC 8725 sections 2 and 3: wherever a
    token is read, and the honest client stays signed in.
    """
    assert answers_to(api, FORGERIES[name], pair) == dict.fromkeys(GOOD, 401)

    assert api.get(ME, HTTP_AUTHORIZATION=f"Bearer {pair['access']}").json()["name"] == "Ada"
    assert api.post(REFRESH, {"refresh": pair["refresh"]}).status_code == 200


@pytest.mark.parametrize(
    ("kind", "claim"), [("refresh", "jti"), ("refresh", "sid"), ("access", "sub")]
)
def test_j28_j31_signed_token_must_match_a_user_and_its_sign_in(
    pair: Pair, kind: str, claim: str
) -> None:
    """J28, J31, ASVS 7.2.1, 9.2.2."""
    forged = made(with_claims(**{claim: str(uuid4())}), pair[kind])
    refused = (
        client(forged).get(ME) if kind == "access" else client().post(REFRESH, {kind: forged})
    )

    assert refused.status_code == 401
