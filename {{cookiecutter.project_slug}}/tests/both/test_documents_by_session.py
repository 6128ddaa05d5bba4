import pytest
from django.test import Client

from accounts.models import User
from tests.both.conftest import signed_in_browser
from tests.token_auth.api import sign_in

PATHS = ["/api/schema/", "/api/docs/", "/api/docs/?script="]


@pytest.mark.parametrize("path", PATHS)
def test_staff_read_what_the_api_can_do(staff: User, path: str) -> None:
    assert signed_in_browser(staff).get(path).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_other_users_do_not(browser: Client, path: str) -> None:
    assert browser.get(path).status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_visitors_do_not(client: Client, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("path", PATHS)
def test_beside_a_staff_session_the_header_counts(staff: User, path: str) -> None:
    browser = signed_in_browser(staff)
    own = {"Authorization": f"Bearer {sign_in(staff)['access']}"}

    assert browser.get(path, headers=own).status_code == 200
    assert browser.get(path, headers={"Authorization": "Bearer nonsense"}).status_code == 401
