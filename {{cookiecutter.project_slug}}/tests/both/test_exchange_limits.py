"""How many tokens one session is exchanged for."""

import pytest
from django.test import Client
from pytest_django import Settings
from rest_framework_simplejwt.exceptions import InvalidToken

from accounts.models import SignIn, User
from accounts.services import sign_ins
from tests.both.conftest import shows_home, signed_in_browser
from tests.both.test_exchange import exchange, post
from tests.conftest import HERE
from tests.token_auth.api import accepts_access, is_dead, refresh, sign_in
from token_auth.with_sessions import services


def test_exchanges_of_one_session_are_limited(
    user: User, browser: Client, settings: Settings
) -> None:
    """A11: 130 in a row were accepted."""
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"exchanges": (2, 60)}
    exchange(browser)
    pair = exchange(browser)

    response = post(browser)

    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 60
    assert accepts_access(pair)
    assert shows_home(browser)
    assert exchange(signed_in_browser(user))


def test_one_exchange_too_many_ends_the_oldest_tokens_alone(
    user: User, browser: Client, settings: Settings
) -> None:
    """A11: a page that exchanges its session each time it is loaded."""
    settings.MAX_EXCHANGES_PER_SESSION = 2
    elsewhere = sign_in(user)
    first, second = exchange(browser), exchange(browser)

    third = exchange(browser)

    assert is_dead(first)
    assert all(accepts_access(pair) and refresh(pair) for pair in (second, third, elsewhere))
    assert shows_home(browser)


def test_exchanges_do_not_end_the_session_that_they_continue(
    user: User, browser: Client, settings: Settings
) -> None:
    settings.MAX_SIGN_INS_PER_USER = 2
    sign_in(user)

    pair = exchange(browser)

    assert shows_home(browser)
    assert accepts_access(pair)
    assert sign_ins.live(user).count() == 2


def test_a_session_with_another_key_is_not_exchanged(user: User, browser: Client) -> None:
    """A02: a request that was checked before the key changed."""
    session, key = SignIn.objects.get(), str(browser.session.session_key)
    user.refresh_from_db()

    with pytest.raises(InvalidToken):
        services.exchange(user, session.pk, "the key before", client=HERE)

    assert services.exchange(user, session.pk, key, client=HERE)
