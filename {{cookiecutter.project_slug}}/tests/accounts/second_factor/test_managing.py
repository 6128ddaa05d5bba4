"""Setting up, replacing, removing and resetting the second factor, and its keys."""

from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from pytest_django import Settings
from time_machine import TimeMachineFixture

from accounts.models import User
from accounts.second_factor import codes, services
from accounts.second_factor.errors import MESSAGES
from accounts.second_factor.models import AnnouncedReset, Authenticator, RecoveryCode
from accounts.services import sign_ins
from tests.accounts.conftest import KIND, receivers
from tests.accounts.second_factor.conftest import (
    INVALID,
    App,
    code_of_error,
    finish_sign_in,
    log_in,
    ticket_of,
    verify,
)
from tests.conftest import HERE


def command(*words: str) -> str:
    printed = StringIO()
    call_command(*words, stdout=printed)
    return printed.getvalue()


def test_sign_in_or_account_that_has_ended_meanwhile_gets_no_app(user: User) -> None:
    """M08; another request may have revoked or deleted it."""
    user.current_sign_in_id = sign_ins.start(user, KIND, "stolen", client=HERE).pk
    sign_ins.revoke_all(user)
    assert code_of_error(App, user) == "invalid_enrollment"
    assert not services.status(user).enabled
    user.current_sign_in_id = sign_ins.start(user, KIND, "own", client=HERE).pk
    assert code_of_error(App, user) == ""
    User.objects.all().delete()
    assert code_of_error(App, user) == "invalid_ticket"


def test_secret_is_chosen_by_the_service_for_one_user_and_for_minutes(
    user: User, other: User, clock: TimeMachineFixture
) -> None:
    """M10, M18."""
    begun = services.begin_enrollment(user, client=HERE)
    assert begun.secret in begun.uri
    assert begun.secret not in begun.state
    finish = services.finish_enrollment
    assert code_of_error(finish, other, begun.state, "1") == "invalid_enrollment"
    assert code_of_error(finish, user, begun.secret, "1") == "invalid_enrollment"
    late = services.begin_enrollment(other, client=HERE).state
    app = App(other)
    sealed = Authenticator.objects.get(user=other).sealed_secret
    assert app.secret not in sealed
    for state in (sealed, late):
        assert code_of_error(finish, other, state, app.code()) == "invalid_enrollment"
    clock.shift(services.ENROLLMENT_AGE + 1)
    assert code_of_error(finish, user, begun.state, "1") == "invalid_enrollment"


def test_app_is_replaced_with_a_code_of_the_old_one(user: User, app: App) -> None:
    """M08."""
    begin = services.begin_enrollment
    errors = [code_of_error(begin, user, code, client=HERE) for code in ("", " ", "1")]
    assert errors == ["second_factor_exists", "second_factor_exists", INVALID]

    new = App(user, app.recovery_codes[3])

    assert verify(ticket_of(user), app.code()) == INVALID
    assert verify(ticket_of(user), app.recovery_codes[4]) == INVALID
    assert verify(ticket_of(user), new.code(1)) == ""


def test_staff_reset_the_second_factor_of_a_user(user: User, app: App) -> None:
    finish_sign_in(user, app.code())
    mail.outbox.clear()

    assert command("reset_second_factor", "ADA@example.com")

    assert receivers() == [user.email]
    assert not sign_ins.live(user).exists()
    assert log_in(user) is None
    assert codes.use_app_code(user, app.code(1)) == ()
    for email in (user.email, "nobody@example.com"):
        with pytest.raises(CommandError):
            command("reset_second_factor", email)


def test_reset_waits_for_its_delay_and_a_sign_in_cancels_it(
    user: User, app: App, settings: Settings, clock: TimeMachineFixture
) -> None:
    """ASVS 6.4.4."""
    settings.SECOND_FACTOR_RESET_DELAY = 600
    for credential in ("first", "second"):
        mail.outbox.clear()
        for _ in range(2):
            assert "Repeat the command" in command("reset_second_factor", user.email)
            clock.shift(300)
        assert receivers() == [user.email]
        assert "will be removed" in mail.outbox[0].subject
        finish_sign_in(user, app.code(), credential)
    assert services.reset(user)
    assert sign_ins.live(user).exists()
    clock.shift(600)
    assert services.status(user).enabled

    assert services.reset(user) is None

    assert not services.status(user).enabled
    assert not sign_ins.live(user).exists()
    assert code_of_error(services.reset, user) == "no_second_factor"


def test_keys_rotate_and_recovery_codes_outlive_lost_keys(
    user: User, app: App, settings: Settings
) -> None:
    """M17."""
    old = settings.SECOND_FACTOR_KEYS
    settings.SECOND_FACTOR_KEYS = ["a new key" * 9, *old]
    assert user.email not in command("second_factor_keys")
    settings.SECOND_FACTOR_KEYS = [*old, "a new key" * 9]
    assert verify(ticket_of(user), app.code(-1)) == ""
    settings.SECOND_FACTOR_KEYS = ["a new key" * 9]
    assert verify(ticket_of(user), app.code()) == ""
    settings.SECOND_FACTOR_KEYS = old
    assert user.email in command("second_factor_keys")
    assert verify(ticket_of(user), app.code(1)) == INVALID
    assert verify(ticket_of(user), app.recovery_codes[0]) == ""


def test_rows_and_errors_have_texts(user: User, app: App) -> None:
    assert str(Authenticator.objects.get()) == user.email
    assert str(AnnouncedReset(user=user)) == user.email
    assert str(RecoveryCode.objects.order_by("number").last()) == f"{user.email} 9"
    assert all(map(str, MESSAGES.values()))
