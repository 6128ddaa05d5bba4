"""Pages and the API share what may be guessed."""

from django.conf import settings as project_settings
from django.test import Client

from accounts.models import User
from tests.conftest import PASSWORD
from tests.token_auth.api import TOKEN, client

LIMIT, _ = project_settings.RATE_LIMITS["account_and_ip"]


def on_a_page(user: User, password: str) -> int:
    form = {"username": user.email, "password": password}
    return Client().post("/accounts/login/", form).status_code


def by_api(user: User, password: str) -> int:
    return int(client().post(TOKEN, {"email": user.email, "password": password}).status_code)


def test_half_on_pages_and_half_by_the_api_is_the_whole(user: User) -> None:
    for number in range(LIMIT):
        (on_a_page, by_api)[number % 2](user, "wrong")

    assert (on_a_page(user, PASSWORD), by_api(user, PASSWORD)) == (429, 429)


def test_one_fewer_and_both_are_open(user: User) -> None:
    for number in range(LIMIT - 1):
        (on_a_page, by_api)[number % 2](user, "wrong")

    assert (on_a_page(user, PASSWORD), by_api(user, PASSWORD)) == (302, 200)
