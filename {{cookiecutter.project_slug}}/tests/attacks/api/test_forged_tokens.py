"""J01-J20: tokens that are not ours, or not quite."""

import hashlib
import hmac
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from tests.attacks.api.forging import (
    CLAIMS,
    FORMS,
    KEY,
    KEYS,
    KINDS,
    LENIENT,
    SIGNATURES,
    Forgery,
    encoded,
    made,
    unchanged,
    with_claims,
)
from tests.token_auth.api import ME, REFRESH, REVOKE, Pair, client

GOOD = {"GET me": 200, "PATCH me": 200, "refresh": 200, "revoke": 204}


def answers_to(api: APIClient, forgery: Forgery, pair: Pair) -> dict[str, int]:
    """Present a forged access token and a forged refresh token wherever one is read."""
    # Servers pass the bytes of a header on as if they were Latin-1.
    access = "Bearer " + made(forgery, pair["access"]).encode().decode("latin-1")
    refresh = {"refresh": made(forgery, pair["refresh"])}
    answers = {
        "GET me": api.get(ME, HTTP_AUTHORIZATION=access),
        "PATCH me": api.patch(ME, {"name": "Eve"}, HTTP_AUTHORIZATION=access),
        "refresh": api.post(REFRESH, refresh),
        "revoke": api.post(REVOKE, refresh),
    }
    return {target: answer.status_code for target, answer in answers.items()}


def assert_refused(api: APIClient, pair: Pair, forgery: Forgery) -> None:
    """Check every place that reads a token, and that the honest client stays signed in."""
    assert answers_to(api, forgery, pair) == dict.fromkeys(GOOD, 401)

    assert api.get(ME, HTTP_AUTHORIZATION=f"Bearer {pair['access']}").json()["name"] == "Ada"
    # An attempt with a token that is not ours does not end the sign-in either.
    assert api.post(REFRESH, {"refresh": pair["refresh"]}).status_code == 200


def test_a_token_without_a_change_is_accepted(api: APIClient, pair: Pair) -> None:
    """The twin of all that follows."""
    assert answers_to(api, unchanged, pair) == GOOD


@pytest.mark.parametrize("name", SIGNATURES)
def test_j01_j02_j03_j09_signatures(api: APIClient, pair: Pair, name: str) -> None:
    """J01, J02, J03, J09, ASVS 9.1.1, 9.1.2, 11.1.2, RFC 8725 sections 2.1 and 3.1."""
    assert_refused(api, pair, SIGNATURES[name])


@pytest.mark.parametrize("name", KEYS)
def test_j05_j06_keys(api: APIClient, pair: Pair, name: str) -> None:
    """J05, J06, ASVS 9.1.3, RFC 8725 sections 2.9 and 3.10: the header chooses no key."""
    assert_refused(api, pair, KEYS[name])


@pytest.mark.parametrize("name", KINDS)
def test_j16_kinds(api: APIClient, pair: Pair, name: str) -> None:
    """J16, ASVS 9.2.2, RFC 8725 sections 2.8, 3.11 and 3.12."""
    assert_refused(api, pair, KINDS[name])


@pytest.mark.parametrize("name", CLAIMS)
def test_j10_j12_j13_j15_claims(api: APIClient, pair: Pair, name: str) -> None:
    """J10, J12, J13, J15, J28, ASVS 9.2.1, 9.2.3, 9.2.4, RFC 8725 sections 3.8 and 3.9."""
    assert_refused(api, pair, CLAIMS[name])


@pytest.mark.parametrize("name", LENIENT)
def test_a06_lenient_forms(api: APIClient, pair: Pair, name: str) -> None:
    """A06, J12, J20: a token has one form only."""
    assert_refused(api, pair, LENIENT[name])


@pytest.mark.parametrize("name", FORMS)
def test_j20_forms(api: APIClient, pair: Pair, name: str) -> None:
    """J20, ASVS 16.5.3: a foreign token causes no server error."""
    assert_refused(api, pair, FORMS[name])


@pytest.mark.parametrize(
    "changed", [{"jti": str(uuid4())}, {"sid": str(uuid4())}], ids=["jti", "sid"]
)
def test_j28_a_signed_refresh_token_must_be_the_one_on_record(
    pair: Pair, changed: dict[str, str]
) -> None:
    """J28, ASVS 7.2.1, 9.2.2."""
    forged = made(with_claims(**changed), pair["refresh"])

    assert client().post(REFRESH, {"refresh": forged}).status_code == 401


def test_j28_a_signed_access_token_of_nobody_is_no_fault_of_the_server(pair: Pair) -> None:
    """J28, J31."""
    forged = made(with_claims(sub=str(uuid4())), pair["access"])

    assert client(forged).get(ME).status_code == 401


def test_j03_one_algorithm_is_what_we_sign_with(pair: Pair) -> None:
    """J03: the tables above leave out what would be good anywhere else."""
    first, second, signature = pair["access"].split(".")
    ours = hmac.new(KEY, f"{first}.{second}".encode(), hashlib.sha256).digest()

    assert encoded(ours) == signature
