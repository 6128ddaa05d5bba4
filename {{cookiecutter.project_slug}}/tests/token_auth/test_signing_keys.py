import re
from datetime import UTC, datetime

import jwt
import pytest
from django.conf import settings as project_settings
from pytest_django import Settings

from accounts.models import User
from tests.token_auth.api import Pair, accepts_access, claims, is_dead, refresh, sign_in

NEW = {"test-3": "dGVzdC1rZXktMy10ZXN0LWtleS0zLXRlc3Qta2V5LTM"}
OLD = project_settings.JWT_SIGNING_KEYS
UUID_FORM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}")


@pytest.mark.parametrize(("kind", "typ"), [("access", "at+jwt"), ("refresh", "rt+jwt")])
def test_the_first_key_signs(pair: Pair, kind: str, typ: str) -> None:
    assert jwt.get_unverified_header(pair[kind]) == {
        "alg": "HS256",
        "kid": "test-2",
        "typ": typ,
    }


def test_a_new_key_signs_while_the_old_ones_verify(
    user: User, pair: Pair, settings: Settings
) -> None:
    settings.JWT_SIGNING_KEYS = NEW | OLD

    assert accepts_access(pair)
    following = refresh(pair)
    assert following is not None
    assert jwt.get_unverified_header(following["access"])["kid"] == "test-3"
    assert jwt.get_unverified_header(following["refresh"])["kid"] == "test-3"
    assert accepts_access(following)


def test_a_removed_key_verifies_no_more(user: User, pair: Pair, settings: Settings) -> None:
    settings.JWT_SIGNING_KEYS = NEW

    assert is_dead(pair)
    assert accepts_access(sign_in(user))


def test_another_key_under_the_same_name_verifies_nothing(
    user: User, pair: Pair, settings: Settings
) -> None:
    settings.JWT_SIGNING_KEYS = {"test-2": NEW["test-3"]}

    assert is_dead(pair)
    assert accepts_access(sign_in(user))


@pytest.mark.parametrize("name", ["JWT_ISSUER", "JWT_AUDIENCE"])
def test_tokens_of_another_service_are_refused(pair: Pair, settings: Settings, name: str) -> None:
    setattr(settings, name, "https://other.testserver")

    assert is_dead(pair)


def test_tokens_outlive_a_new_secret_key(pair: Pair, settings: Settings) -> None:
    settings.SECRET_KEY = "another-" + "y" * 60

    assert accepts_access(pair)


@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_tokens_hold_nothing_but_ids_and_times(
    user: User, pair: Pair, settings: Settings, kind: str
) -> None:
    seconds = settings.SIMPLE_JWT[f"{kind.upper()}_TOKEN_LIFETIME"].total_seconds()
    found = claims(pair[kind])

    more = {"client_id", "epoch"} if kind == "access" else set()
    assert set(found) == {"aud", "exp", "iat", "iss", "jti", "sid", "sub", "typ"} | more
    assert all(UUID_FORM.fullmatch(found[name]) for name in ("jti", "sid", "sub"))
    assert (found["sub"], found["typ"]) == (str(user.pk), kind)
    assert found["iss"] == settings.JWT_ISSUER
    assert (found["aud"] == settings.JWT_AUDIENCE) is (kind == "access")
    assert found["exp"] - found["iat"] in {seconds, seconds - 1}
    assert abs(datetime.now(UTC).timestamp() - found["iat"]) < 60
