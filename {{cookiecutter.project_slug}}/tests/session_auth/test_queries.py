"""What a page costs: the number of SQL statements, which no clock can blur."""

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from tests.session_auth.conftest import SignIn


@pytest.mark.parametrize(("engine", "queries"), [("cached_db", 1), ("cache", 1), ("db", 2)])
def test_a_page_of_somebody_signed_in(
    user: User,
    sign_in: SignIn,
    settings: Settings,
    django_assert_num_queries: DjangoAssertNumQueries,
    engine: str,
    queries: int,
) -> None:
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
    browser = sign_in(user)
    browser.get("/")

    with django_assert_num_queries(queries):
        assert browser.get("/").status_code == 200
