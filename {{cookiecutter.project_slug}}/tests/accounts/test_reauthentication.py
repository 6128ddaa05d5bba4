"""When users last entered their password, and receivers that prevent sign-ins."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as project_settings
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from time_machine import TimeMachineFixture

from accounts.models import SignIn, User
from accounts.services import authentication, sign_ins
from accounts.services.rate_limits import RateLimitExceededError
from accounts.services.sign_ins import SignInRefusedError
from accounts.signals import sign_in_starting
from tests.conftest import HERE, PASSWORD

KIND = next(iter(project_settings.SIGN_IN_LIMITS))


class Receiver:
    """A receiver of a project, which can refuse sign-ins."""

    def __init__(self) -> None:
        self.methods: list[tuple[str, ...]] = []
        self.error: Exception | None = None

    def __call__(self, methods: Any, **_: Any) -> None:
        self.methods.append(tuple(methods))
        if self.error:
            raise self.error


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    connected = Receiver()
    sign_in_starting.connect(connected)
    yield connected
    sign_in_starting.disconnect(connected)


def authenticate(password: str = PASSWORD) -> User | None:
    return authentication.authenticate("ada@example.com", password, client=HERE)


def test_a_sign_in_stores_how_and_when_its_user_authenticated(
    user: User, receiver: Receiver
) -> None:
    found = authenticate()
    assert found is not None
    sign_in = sign_ins.start(found, KIND, "x", client=HERE)

    assert receiver.methods == [("pwd",), ("pwd",)]
    assert sign_in.methods == "pwd"
    assert sign_in.authenticated_at == sign_in.created_at
    assert sign_ins.start(user, KIND, "y", client=HERE).methods == ""


def test_a_receiver_prevents_a_sign_in_by_any_way(user: User, receiver: Receiver) -> None:
    receiver.error = SignInRefusedError()

    assert authenticate() is None
    with pytest.raises(SignInRefusedError):
        sign_ins.start(user, KIND, "x", client=HERE)
    assert not SignIn.objects.exists()
    user.refresh_from_db()
    assert user.last_login is None


def test_an_attempt_that_a_receiver_refuses_counts_as_a_wrong_password(
    user: User, receiver: Receiver, settings: Settings
) -> None:
    """Otherwise, only the correct password would never reach the rate limit."""
    receiver.error = SignInRefusedError()
    attempts, _ = settings.RATE_LIMITS["account_and_ip"]
    for _ in range(attempts):
        authenticate()

    with pytest.raises(RateLimitExceededError):
        authenticate()


def test_other_errors_of_a_receiver_propagate(user: User, receiver: Receiver) -> None:
    receiver.error = LookupError()

    with pytest.raises(LookupError):
        authenticate()
    receiver.error = None
    assert authenticate() == user


def test_reauthentication_is_recent_until_the_maximum_age(
    user: User,
    settings: Settings,
    time_machine: TimeMachineFixture,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    sign_in = sign_ins.start(user, KIND, "x", client=HERE)
    other = sign_ins.start(user, KIND, "y", client=HERE)
    time_machine.move_to(timezone.now() + timedelta(hours=1), tick=False)
    user.current_sign_in_id, user.authenticated_at = sign_in.pk, sign_in.authenticated_at
    assert not authentication.is_recent(user)
    assert not authentication.reauthenticate(user, "wrong", client=HERE)
    assert not authentication.is_recent(user)

    assert authentication.reauthenticate(user, PASSWORD, client=HERE)

    ages = dict(SignIn.objects.values_list("pk", "authenticated_at"))
    assert ages == {sign_in.pk: timezone.now(), other.pk: other.authenticated_at}
    for seconds, recent in ((settings.REAUTHENTICATION_MAX_AGE - 1, True), (1, False)):
        time_machine.shift(seconds)
        with django_assert_num_queries(0):
            assert authentication.is_recent(user) is recent


def test_a_user_outside_of_a_request_is_not_recently_authenticated(user: User) -> None:
    assert authentication.reauthenticate(user, PASSWORD, client=HERE)
    assert authentication.is_recent(user)
    assert not authentication.is_recent(User())
