"""A refresh token counts under the exact name of its cookie."""

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from tests.conftest import PASSWORD
from tests.token_auth.api import REFRESH, TOKEN, client


@pytest.mark.parametrize("form", ["\u2000{}", "{}\xa0", "\x85{}"])
def test_refresh_token_under_a_forged_name_is_none(
    user: User, settings: Settings, form: str
) -> None:
    """E01: a sibling host could set this cookie in spite of the `__Secure-` prefix."""
    settings.JWT_REFRESH_COOKIE = True
    answer = client().post(TOKEN, {"email": user.email, "password": PASSWORD})
    token = answer.json()["csrf_token"]
    ((name, cookie),) = answer.cookies.items()

    def status(header: str) -> int:
        raw = header.encode().decode("latin-1")
        response = APIClient().post(REFRESH, {}, HTTP_X_CSRFTOKEN=token, HTTP_COOKIE=raw)
        return int(response.status_code)

    assert status(f"{form.format(name)}={cookie.value}") == 401
    assert status(f"{name}=x; {name}={cookie.value}") == 401
    assert status(f"{name}={cookie.value}") == 200
